"""Ages, dates, phones and card codes as wards write them, and what is remarked about them."""

from django.test import SimpleTestCase

from outreach.roster.meanings import Meaning
from tests.outreach.roster.lists import read, workbook
from tests.outreach.roster.test_problems import places
from tests.outreach.roster.test_shapes import HEADER, row


def remarks(roster) -> list[tuple]:
    return [(remark.code, remark.count) for remark in roster.remarks]


class TheBirth(SimpleTestCase):
    def year(self, birth):
        roster = read(workbook(HEADER, row(birth=birth)))
        self.assertEqual(roster.problems, [], birth)
        return roster.households[0].people[0].birth_year

    def test_may_have_a_year_of_two_digits_where_only_one_century_is_possible(self):
        for birth in ("3.11.67", "03/11/67", "3-11-67", "11/67"):
            self.assertEqual(self.year(birth), 1967, birth)

    def test_with_a_year_that_may_be_either_century_is_a_problem(self):
        for birth in ("3.11.20", "03/11/26", "11/12", "67", 67):
            roster = read(workbook(HEADER, row(), row(2, birth=birth)))
            self.assertEqual(places(roster), [("KP1", 3, "C", "birth_unreadable")], birth)

    def test_may_be_a_guess(self):
        for birth in (
            "khoảng 1950",
            "1950 (ước)",
            "~1950",
            "k. 1950",
            "1950?",
            "00/00/1950",
            "năm 1950",
        ):
            self.assertEqual(self.year(birth), 1950, birth)

    def test_may_be_an_age(self):
        for heading, year in (("Tuổi", 1966), ("Tuổi (tính đến năm 2025)", 1965)):
            for age in (60, "60", "60 tuổi"):
                roster = read(
                    workbook(("Chủ hộ", heading, "Địa chỉ"), ("Nguyễn Văn An", age, "12/5 VTS"))
                )
                self.assertEqual(roster.households[0].people[0].birth_year, year, age)
                self.assertEqual(remarks(roster), [("year_from_age", 1)])

    def test_below_a_heading_of_ages_may_be_a_year_all_the_same(self):
        roster = read(workbook(("Chủ hộ", "Tuổi", "Địa chỉ"), ("Nguyễn Văn An", 1950, "12/5 VTS")))
        self.assertEqual(roster.households[0].people[0].birth_year, 1950)
        self.assertEqual(remarks(roster), [])

    def test_that_no_age_can_be_is_a_problem(self):
        content = workbook(
            ("Chủ hộ", "Tuổi", "Địa chỉ"),
            ("Nguyễn Văn An", 60, "12/5 VTS"),
            ("Trần Thị Bé", "sáu mươi", "41 VTS"),
        )
        self.assertEqual(places(read(content)), [("KP1", 3, "B", "age_unreadable")])


class ThePhone(SimpleTestCase):
    def test_is_the_first_of_several_and_that_is_remarked(self):
        for phone in (
            "0912345678/0987654321", "0912 345 678 - 0987 654 321", "0912.345.678 (con 0987654321)",
            "0912345678, 0987654321", "0912345678 0987654321", "+84 912 345 678; 0987654321",
        ):  # fmt: skip
            roster = read(workbook(HEADER, row(phone=phone)))
            self.assertEqual(roster.households[0].people[0].phone, "0912345678", phone)
            self.assertEqual(remarks(roster), [("second_phone_left_out", 1)], phone)
            self.assertIn("1 ô", roster.remarks[0].sentence)

    def test_may_be_missing_in_many_words(self):
        for words in ("Không có SĐT", "không dùng ĐT", "KXĐ", "ko có SĐT", "Chưa cung cấp"):
            roster = read(workbook(HEADER, row(phone=words)))
            self.assertEqual((roster.problems, roster.households[0].people[0].phone), ([], None))

    def test_may_begin_with_the_letter_o(self):
        roster = read(workbook(HEADER, row(phone="O912 345 678")))
        self.assertEqual(roster.households[0].people[0].phone, "0912345678")

    def test_alone_is_not_remarked(self):
        for phone in (
            "0912345678",
            "0912.345.678 (con)",
            "+84 912 345 678",
            "091 234 5678",
            912345678,
            "0912-345-678",
            "ĐT: 0912345678",
            "(+84) 912345678",
        ):
            roster = read(workbook(HEADER, row(phone=phone)))
            self.assertEqual(roster.households[0].people[0].phone, "0912345678", phone)
            self.assertEqual(remarks(roster), [], phone)


class AHiddenColumn(SimpleTestCase):
    def test_that_was_read_is_remarked(self):
        roster = read(workbook(HEADER, row(phone="0912345678"), hidden=("E",)))
        self.assertEqual(roster.households[0].people[0].phone, "0912345678")
        self.assertEqual(remarks(roster), [("hidden_columns_read", 1)])
        self.assertIn("E", roster.remarks[0].sentence)


class TheAddress(SimpleTestCase):
    def test_stays_as_it_is_written_but_for_spaces(self):
        for written, expected in (
            ("12/5A", "12/5A"),
            ("Số 12 / 5A", "Số 12/5A"),
            ("hẻm 12/5", "hẻm 12/5"),
            (12, "12"),
            ("Nhà sau chợ Vườn Chuối", "Nhà sau chợ Vườn Chuối"),
        ):
            roster = read(workbook(HEADER, row(address=written)))
            self.assertEqual(roster.problems, [], written)
            self.assertEqual(roster.households[0].address, expected)


class TheCardCode(SimpleTestCase):
    def codes(self, heading, *cells):
        rows = [(*row(n, address=f"{n} Kỳ Đồng"), cell) for n, cell in enumerate(cells, 1)]
        roster = read(workbook((*HEADER, heading), *rows))
        return [home.card_code for home in roster.households], roster

    def test_is_read_below_its_heading(self):
        for heading in ("Mã thẻ", "Mã hộ trên thẻ", "MÃ QR", "Mã thẻ hộ"):
            codes, roster = self.codes(heading, "27139-4K7QXM", None, "27139 - 4k7qxn")
            self.assertEqual(codes, ["27139-4K7QXM", None, "27139-4K7QXN"], heading)
            self.assertEqual(roster.problems, [])

    def test_is_recognised_by_what_it_looks_like(self):
        codes, _roster = self.codes("Dán ở cửa", "27139-4K7QXM", "27139-4K7QXN", "27139-4K7QXP")
        self.assertEqual(codes[2], "27139-4K7QXP")

    def test_that_is_none_is_a_problem(self):
        _codes, roster = self.codes("Mã thẻ", "27139-4K7QXM", "27139-LLLL")
        self.assertEqual(places(roster), [("KP1", 3, "F", "card_code_unreadable")])

    def test_of_another_card_is_ignored(self):
        codes, roster = self.codes("Mã thẻ", "TV-001", "TV-002")
        self.assertEqual((codes, roster.problems), ([None, None], []))
        self.assertEqual(roster.sheets[0].columns[5].meaning, Meaning.IGNORED)
