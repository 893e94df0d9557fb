"""Requests that no page answers."""

from django.test import TestCase

from tests.people import make_cast


class AnAddressWithANullCharacter(TestCase):
    def test_is_not_found_anywhere(self):
        cast = make_cast()
        self.client.force_login(cast.hoa)
        for address in (
            "/phuong/27139%00/",
            "/h/27139-%00",
            "/phieu/the/27139.1%00/",
            "/admin/?q=%00",
            "/hoc/1%00",
            "/%00",
        ):
            with self.subTest(address):
                self.assertEqual(self.client.get(address).status_code, 404)


class TextInAnEncodingOfTheSendersOwn(TestCase):
    def test_is_read_as_the_utf_8_that_our_pages_send(self):
        for charset in ("utf-7", "rot13", "unicode_escape", "base64", "utf-16"):
            with self.subTest(charset):
                found = self.client.generic(
                    "GET",
                    "/tim/",
                    content_type=f"text/plain; charset={charset}",
                    QUERY_STRING=r"q=%2B2AA-\ud800",
                )
                self.assertEqual(found.status_code, 200)

    def test_leaves_the_fields_of_a_form_as_they_were_sent(self):
        body = '--B\r\nContent-Disposition: form-data; name="login"\r\n\r\n+2AA-\r\n--B--\r\n'
        for charset in ("utf-7", "rot13", "utf-16"):
            with self.subTest(charset):
                answer = self.client.generic(
                    "POST",
                    "/tai-khoan/dang-nhap/",
                    body,
                    content_type=f"multipart/form-data; boundary=B; charset={charset}",
                )
                self.assertContains(answer, "+2AA-")

    def test_gives_no_error_when_it_is_the_name_of_a_file(self):
        for charset in ("none-such", "rot13", "unicode_escape", "utf-7"):
            body = (
                f"--B\r\nContent-Disposition: form-data; name=\"f\"; filename*={charset}''%5Cud800"
                "\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n"
            )
            with self.subTest(charset):
                answer = self.client.generic(
                    "POST",
                    "/tai-khoan/dang-nhap/",
                    body,
                    content_type="multipart/form-data; boundary=B",
                )
                self.assertIn(answer.status_code, (200, 400))


class Health(TestCase):
    def test_answers_without_a_log_in(self):
        for address in ("/healthz", "/readyz"):
            self.assertEqual(self.client.get(address).content, b"ok")


class AWardsPage(TestCase):
    def test_is_there_for_open_wards_only(self):
        cast = make_cast()
        self.assertContains(self.client.get(f"/phuong/{cast.ward.pk}/"), "Phường Xuân Hòa")
        cast.ward.opened_on = None
        cast.ward.save()
        for code in (cast.ward.pk, "79", "27139.1", "00000", "x"):
            self.assertEqual(self.client.get(f"/phuong/{code}/").status_code, 404)
