"""Household cards and the codes on them."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from outreach.cards import ALPHABET, card_address, new_card_code
from tests.builders import make_household
from tests.people import make_cast
from volunteers.qr import qr_svg


class ACardCode(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, card_code="27139-4K7QXM")

    def test_opens_the_home_for_a_volunteer_in_scope(self):
        for user in (self.cast.lan, self.cast.hoa):
            self.client.force_login(user)
            for code in ("27139-4K7QXM", "27139-4k7qxm"):
                self.assertRedirects(self.client.get(f"/h/{code}"), f"/phieu/ho/{self.home.pk}/")

    def test_opens_the_ward_page_for_everyone_else_real_or_not(self):
        for user in (None, self.cast.binh, self.cast.admin, self.cast.city_viewer):
            if user:
                self.client.force_login(user)
            for code in ("27139-4K7QXM", "27139-ZZZZZZ"):
                with self.subTest(user=user, code=code):
                    answer = self.client.get(f"/h/{code}")
                    self.assertRedirects(answer, "/phuong/27139/")
                    self.assertEqual(answer.headers.get("Vary"), "Cookie")

    def test_of_no_ward_opens_the_first_page(self):
        for code in ("99999-4K7QXM", "x", "27139", "27139-IIIIII", "đ-1", "79-4K7QXM"):
            self.assertRedirects(self.client.get(f"/h/{code}"), "/", fetch_redirect_response=False)

    def test_has_six_signs_after_the_ward(self):
        for code in ("27139-4K7QX", "27139-4K7QXMM", "27139-4K7QX-"):
            self.assertRedirects(self.client.get(f"/h/{code}"), "/", fetch_redirect_response=False)

    def test_is_random_and_without_letters_that_look_alike(self):
        codes = {new_card_code("27139") for _ in range(200)}
        self.assertEqual(len(codes), 200)
        self.assertTrue(all(set(code[6:]) <= set(ALPHABET) for code in codes))
        self.assertFalse(set("ILOU") & set(ALPHABET))


class TheCardSheet(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        for number in range(1, 12):
            make_household(cls.cast.kp1, "Đặng Thị Bích Yến", address=f"12/{number} Võ Thị Sáu")

    def page(self, user, area, **query):
        self.client.force_login(user)
        return self.client.get(f"/phieu/the/{area}/", query)

    def test_has_a_card_for_each_home_in_walking_order_eight_a_sheet(self):
        answer = self.page(self.cast.hoa, "27139.1")
        self.assertContains(answer, '<article class="card">', 11)
        self.assertContains(answer, '<section class="sheet"', 2)
        text = answer.content.decode()
        self.assertLess(text.index("12/2 Võ"), text.index("12/10 Võ"))

    def test_names_nobody(self):
        self.assertNotContains(self.page(self.cast.lan, "27139.1"), "Yến")

    def test_is_for_those_who_may_see_the_homes(self):
        for user, area, status in (
            (self.cast.lan, "27139.1", 200),
            (self.cast.lan, "27139.2", 404),
            (self.cast.binh, "27139.1", 404),
            (self.cast.admin, "27139.1", 404),
            (self.cast.hoa, "27139.2", 200),
            (self.cast.hoa, "27160.1", 404),
            (self.cast.hoa, "27139", 404),
            (self.cast.hoa, "nowhere", 404),
        ):
            with self.subTest(user=user.username, area=area):
                self.assertEqual(self.page(user, area).status_code, status)

    def test_takes_any_page_number(self):
        for number in ("0", "-1", "99", "x"):
            self.assertEqual(self.page(self.cast.hoa, "27139.1", trang=number).status_code, 200)

    def test_lists_only_own_neighbourhoods(self):
        self.client.force_login(self.cast.lan)
        answer = self.client.get("/phieu/the/")
        self.assertContains(answer, "/phieu/the/27139.1/")
        self.assertNotContains(answer, "/phieu/the/27139.2/")
        self.assertNotContains(answer, "/phieu/the/27160.1/")

    def test_lists_all_neighbourhoods_for_the_team_of_a_whole_ward(self):
        self.cast.team.areas.set([self.cast.ward])
        self.client.force_login(self.cast.lan)
        answer = self.client.get("/phieu/the/")
        for code in ("27139.1", "27139.2"):
            self.assertContains(answer, f"/phieu/the/{code}/")

    def test_costs_the_same_for_many_homes(self):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/phieu/the/27139.1/")
            return len(queries)

        self.client.force_login(self.cast.hoa)

        before = cost()
        for number in range(20, 40):
            make_household(self.cast.kp1, address=f"{number} Kỳ Đồng")
        self.assertEqual(cost(), before)


class AQrCode(TestCase):
    def test_says_what_it_was_given(self):
        """The modules of the drawn path are those of the library's own matrix."""
        import re

        import qrcode

        text = card_address("27139-4K7QXM")
        svg = qr_svg(text)
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
        code.add_data(text)
        matrix = code.get_matrix()
        dark = {
            (x, int(y))
            for start, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-", svg)
            for x in range(int(start), int(start) + int(width))
        }
        expected = {(x, y) for y, row in enumerate(matrix) for x, on in enumerate(row) if on}
        self.assertEqual(dark, expected)
        self.assertLess(len(svg), 8000)
