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
