"""Vietnamese names: folding, tidying, and the order of a list."""

from random import Random

from django.test import SimpleTestCase, TestCase

from tests.people import make_person
from volunteers.models import User
from volunteers.names import fold, normalise_name, sort_key

# As a Vietnamese class register lists them: given name first, letters before tones, then the family
# and middle names.
IN_ORDER = [
    "Lê Văn An",
    "Nguyễn Văn An",
    "Trần Ánh",
    "Phạm Thị Ân",
    "Lê Bình",
    "Nguyễn Thị Bình",
    "Hồ Dung",
    "Võ Thị Dũng",
    "Bùi Đào",
    "Đỗ Em",
    "Lý Ến",
    "Mai Thị Hoa",
    "Mai Thị Hòa",
    "Mai Thị Hỏa",
    "Mai Thị Hõa",
    "Mai Thị Hóa",
    "Mai Thị Họa",
    "Tô Lan",
    "Tô Ly",
    "Cao Oanh",
    "Cao Ông",
    "Cao Ơn",
    "Vũ Tú",
    "Vũ Tư",
    "Ngô Xuân",
    "Ngô Ý",
]


class FoldedText(SimpleTestCase):
    def test_it_loses_diacritics_capitals_and_extra_spaces(self):
        self.assertEqual(fold("  ĐẶNG  Thị\tBích Yến "), "dang thi bich yen")

    def test_composed_and_decomposed_writing_fold_alike(self):
        self.assertEqual(fold("Nguye\u0302\u0303n"), fold("Nguy\u1ec5n"))

    def test_folding_twice_changes_nothing(self):
        for name in IN_ORDER:
            self.assertEqual(fold(fold(name)), fold(name))


class ANameAsTyped(SimpleTestCase):
    def test_it_is_composed_and_single_spaced(self):
        self.assertEqual(normalise_name(" Nguye\u0302\u0303n   Lan "), "Nguy\u1ec5n Lan")

    def test_a_name_all_in_capitals_is_written_as_names_are(self):
        self.assertEqual(normalise_name("NGUYỄN THỊ ÁNH"), "Nguyễn Thị Ánh")

    def test_capitals_inside_a_name_stay(self):
        self.assertEqual(normalise_name("Y Wang Niê"), "Y Wang Niê")


class TheOrderOfNames(SimpleTestCase):
    def test_given_names_come_in_vietnamese_order(self):
        shuffled = IN_ORDER.copy()
        Random(7).shuffle(shuffled)
        self.assertEqual(sorted(shuffled, key=sort_key), IN_ORDER)

    def test_a_tone_decides_only_between_the_same_letters(self):
        self.assertLess(sort_key("Hoạ"), sort_key("Hoan"))
        self.assertLess(sort_key("Lê Ánh"), sort_key("Bùi Ánh Tuyết"))

    def test_composed_and_decomposed_writing_sort_alike(self):
        self.assertEqual(sort_key("Nguye\u0302\u0303n Ho\u0323a"), sort_key("Nguyễn Họa"))

    def test_unknown_signs_do_not_stop_it(self):
        for name in ("", "  ", "Y'Ơt", "O’Neill", "Nguyễn Văn 2"):
            self.assertRegex(sort_key(name), "^[a-z]*$")


class TheOrderInTheDatabase(TestCase):
    def test_it_is_the_same_as_in_python(self):
        shuffled = IN_ORDER.copy()
        Random(11).shuffle(shuffled)
        for number, name in enumerate(shuffled):
            make_person(f"nguoi{number}", name)
        listed = User.objects.order_by("name_sort_key").values_list("full_name", flat=True)
        self.assertEqual(list(listed), IN_ORDER)
