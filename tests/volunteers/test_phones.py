"""Phone numbers as people write them."""

from django.test import SimpleTestCase

from volunteers.phones import normalise_phone


class AVietnameseNumber(SimpleTestCase):
    def test_every_usual_writing_is_the_same_number(self):
        for text in (
            "0912345678",
            "0912 345 678",
            "0912.345.678",
            "(0912) 345-678",
            "+84912345678",
            "+84 912 345 678",
            "0084 912345678",
            "84912345678",
            "912345678",
        ):
            with self.subTest(text):
                self.assertEqual(normalise_phone(text), "0912345678")

    def test_a_landline_has_eleven_digits(self):
        self.assertEqual(normalise_phone("028 3930 1234"), "02839301234")


class WhatIsNoNumber(SimpleTestCase):
    def test_it_is_refused_with_the_text_that_arrived(self):
        for text in ("", "lan", "09123", "0912345678901", "079123456789012", "113", "0912x45678"):
            with self.subTest(text), self.assertRaises(ValueError) as refusal:
                normalise_phone(text)
            self.assertEqual(str(refusal.exception), text)
