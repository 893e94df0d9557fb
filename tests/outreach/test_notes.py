"""Numbers that identify a person, however they are written."""

from django.test import SimpleTestCase

from outreach.notes import mask_numbers


class ACitizenIdNumber(SimpleTestCase):
    def assert_masked(self, *texts):
        for text in texts:
            with self.subTest(text):
                masked = mask_numbers(text)
                self.assertIn("▇", masked)
                self.assertNotIn("1199", masked)

    def test_is_masked_alone_and_with_signs_inside(self):
        self.assert_masked("079185001199", "079 185 001199", "079.185.001.199", "02512-1199")

    def test_is_masked_beside_other_numbers(self):
        self.assert_masked(
            "0912345678 079185001199",
            "CCCD 079185001199 15/3/1955",
            "079185001199 0912345678",
            "1955 079185001199",
            "CMND 025561199 2021",
            "0987 654 321 - 079 185 001199",
        )

    def test_is_masked_with_wide_or_unseen_gaps(self):
        self.assert_masked(
            "079  185  001199",
            "079\u00a0185\u00a0001199",
            "079 - 185 - 001199",
            "079–185–001199",
            "079_185_001199",
            "079\u200b185\u200b001199",
        )

    def test_takes_no_long_time_on_a_page_of_digits(self):
        self.assertIn("9", mask_numbers("9 9" * 13_000 + "x"))


class APhoneNumberOrADate(SimpleTestCase):
    def test_stays(self):
        for text in (
            "gọi 0912 345 678 - 15 giờ",
            "0912345678 0987654321",
            "0912.345.678 / 0987.654.321",
            "+84 912 345 678",
            "+84 912345678 sau 17 giờ",
            "ngày 12/10/2026 lúc 15:30",
            "đến ngày 12-10-2026",
            "281/209A Võ Thị Sáu",
        ):
            with self.subTest(text):
                self.assertEqual(mask_numbers(text), text)
