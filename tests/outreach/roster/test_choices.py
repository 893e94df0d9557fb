"""What the officer says about columns and sheets counts more than our rules, but for citizen-ID
numbers."""

from django.test import SimpleTestCase

from outreach.roster.choices import NO_LIST, Choices
from outreach.roster.columns import Reason
from outreach.roster.meanings import CHOOSABLE, DROPPED, Meaning, heading_key
from outreach.roster.problems import Refusal
from outreach.roster.reading import read_roster
from tests.outreach.roster.lists import TODAY, workbook
from tests.outreach.roster.test_shapes import HEADER, brief, row


def read(content, **choices):
    return read_roster(content, TODAY, Choices(**choices))


class AChoice(SimpleTestCase):
    LIST = (
        ("Cột A", "Cột B", "Liên lạc", "Ghi thêm"),
        ("Nguyễn Văn An", "Nhà sau chợ", "0912345678", "0987654321"),
        ("Trần Thị Bé", "Nhà cạnh chùa", "0912345679", "0987654322"),
    )

    def test_makes_a_list_of_a_sheet_that_was_none(self):
        with self.assertRaises(Refusal):
            read(workbook(*self.LIST))
        chosen = {"cot a": Meaning.HEAD_NAME, "cot b": Meaning.ADDRESS}
        roster = read(workbook(*self.LIST), meanings=chosen)
        self.assertEqual(roster.problems, [])
        self.assertEqual(brief(roster.households[0])[:2], ("Nguyễn Văn An", "Nhà sau chợ"))
        columns = roster.sheets[0].columns
        self.assertEqual([column.key for column in columns[:2]], ["cot a", "cot b"])
        self.assertEqual(columns[0].reason, Reason.CHOSEN)

    def test_beats_the_heading(self):
        content = workbook((*HEADER, "SĐT con"), (*row(phone="0912345678"), "0987654321"))
        roster = read(content)
        self.assertEqual(roster.households[0].people[0].phone, "0912345678")
        roster = read(content, meanings={heading_key(["SĐT con"]): Meaning.PHONE})
        self.assertEqual(roster.households[0].people[0].phone, "0987654321")
        roster = read(content, meanings={heading_key(["Số điện thoại"]): Meaning.IGNORED})
        self.assertEqual(roster.households[0].people[0].phone, "0987654321")

    def test_of_a_column_without_heading_goes_by_its_letter(self):
        content = workbook(HEADER, (*row(), 4), (*row(2, "Trần Thị Bé"), 3))
        self.assertEqual(read(content).sheets[0].columns[5].key, "#F")
        self.assertEqual(read(content, meanings={"#F": Meaning.SIZE}).households[1].size, 3)

    def test_never_brings_citizen_id_numbers_back(self):
        for heading in ("Số CCCD", "Ghi thêm", "Địa chỉ theo CCCD"):
            content = workbook(
                ("Chủ hộ", "Địa chỉ", heading),
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Hưu trí"),
                ("Trần Thị Bé", "41 Võ Thị Sáu", "CCCD 079 165 001 234"),
                ("Lê Văn Cường", "43 Võ Thị Sáu", "Công nhân"),
            )
            for meaning in set(CHOOSABLE) - {Meaning.PHONE}:
                roster = read(content, meanings={heading_key([heading]): meaning})
                column = roster.sheets[0].columns[2]
                self.assertEqual((column.meaning, column.samples), (Meaning.CITIZEN_ID, ()))
                self.assertEqual(
                    (column.reason, column.choosable), (Reason.CONTENTS, False), (heading, meaning)
                )
                self.assertNotIn("001 234", str(roster))

    def test_may_take_a_column_that_only_its_heading_condemned(self):
        content = workbook(
            ("Chủ hộ", "Giấy tờ nhà: địa chỉ"),
            ("Nguyễn Văn An", "12/5 Võ Thị Sáu"),
            ("Trần Thị Bé", "41 Võ Thị Sáu"),
        )
        key = heading_key(["Giấy tờ nhà: địa chỉ"])
        roster = read(content, meanings={key: Meaning.ADDRESS})
        self.assertEqual(len(roster.households), 2)

    def test_is_offered_without_what_is_always_dropped(self):
        self.assertFalse(set(CHOOSABLE) & DROPPED)
        self.assertEqual(CHOOSABLE[-1], Meaning.IGNORED)
        self.assertEqual(set(CHOOSABLE) | DROPPED, set(Meaning))


class AChosenHeader(SimpleTestCase):
    def test_is_taken(self):
        content = workbook(("Họ và tên", "Địa chỉ", "SĐT"), HEADER, row(), row(2, "Trần Thị Bé"))
        header = read(content, headers={"KP1": (2, 2)}).sheets[0].header
        self.assertEqual((header.top, header.bottom, header.first_row), (2, 2, 3))

    def test_may_say_that_a_sheet_is_no_list(self):
        with self.assertRaises(Refusal):
            read(workbook(HEADER, row()), headers={"KP1": NO_LIST})

    def test_below_the_table_leaves_a_clear_problem(self):
        roster = read(workbook(HEADER, row()), headers={"KP1": (5, 6)})
        codes = [problem.code for problem in roster.problems]
        self.assertEqual(codes, ["name_column_missing", "address_column_missing"])


class TheCitizenIdCard(SimpleTestCase):
    def meaning(self, heading, *cells):
        names, phones = ("Nguyễn Văn An", "Trần Thị Bé"), ("0912345678", "0912345679")
        content = workbook(("Chủ hộ", "SĐT", heading), *zip(names, phones, cells, strict=True))
        return read(content).sheets[0].columns[2].meaning

    def test_may_be_where_an_address_was_copied_from(self):
        for heading in (
            "Địa chỉ theo CCCD",
            "Địa chỉ (ghi theo CCCD)",
            "Địa chỉ trên căn cước công dân",
            "Nơi thường trú theo CMND/CCCD",
            "Địa chỉ CCCD",
        ):
            meaning = self.meaning(heading, "12/5 Võ Thị Sáu", "41 Võ Thị Sáu")
            self.assertEqual(meaning, Meaning.ADDRESS, heading)

    def test_is_dropped_in_every_other_case(self):
        for heading in (
            "CCCD",
            "Số CCCD",
            "Ngày cấp CCCD",
            "Nơi cấp CCCD",
            "Địa chỉ, số CCCD",
            "Số căn cước công dân/định danh",
            "CMND/CCCD",
            "Mã định danh theo CCCD",
        ):
            meaning = self.meaning(heading, "12/5 Võ Thị Sáu", "41 Võ Thị Sáu")
            self.assertEqual(meaning, Meaning.CITIZEN_ID, heading)

    def test_decides_by_its_number_where_the_heading_leaves_doubt(self):
        meaning = self.meaning("Địa chỉ theo CCCD", "12/5 Võ Thị Sáu", "079165001234, 41 VTS")
        self.assertEqual(meaning, Meaning.CITIZEN_ID)
