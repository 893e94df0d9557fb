"""Homes whose members all stand in one cell."""

from django.test import SimpleTestCase

from outreach.roster.meanings import Meaning
from outreach.roster.reading import RosterFile
from tests.outreach.roster.lists import read, workbook

HEADER = ("STT", "Chủ hộ", "Năm sinh", "Địa chỉ", "Các thành viên trong hộ")


def listed(cell, heading="Các thành viên trong hộ", head="Nguyễn Văn An") -> RosterFile:
    return read(
        workbook(
            (*HEADER[:-1], heading),
            (1, head, 1950, "12/5 Võ Thị Sáu", cell),
            (2, "Lê Văn Cường", 1970, "41 Võ Thị Sáu", "Lê Thị Dung (1980), Lê Văn Em (2001)"),
        )
    )


def people(roster: RosterFile) -> list[tuple]:
    return [(p.name, p.birth_year, p.sex, p.phone) for p in roster.households[0].people]


AN = ("Nguyễn Văn An", 1950, None, None)
BE = ("Trần Thị Bé", 1965, None, None)
BINH = ("Nguyễn Văn Bình", 1990, None, None)


class MembersInOneCell(SimpleTestCase):
    def test_are_read_however_they_are_separated(self):
        for cell in (
            "Trần Thị Bé (1965), Nguyễn Văn Bình (1990)",
            "1. Trần Thị Bé - 1965; 2. Nguyễn Văn Bình - 1990",
            "1. Trần Thị Bé 1965 2. Nguyễn Văn Bình 1990",
            "1/ Trần Thị Bé (1965)\n2/ Nguyễn Văn Bình (1990)",
            "- Vợ: Trần Thị Bé, 1965\n- Con: Nguyễn Văn Bình, 1990",
            "Trần Thị Bé (vợ, 1965); Nguyễn Văn Bình (con, 12/5/1990)",
            "Trần Thị Bé (SN 1965), Nguyễn Văn Bình (sinh năm 1990)",
            "Trần Thị Bé, 1965, vợ, nội trợ, Nguyễn Văn Bình, 1990, con, học sinh",
            "Trần Thị Bé SN: 1965 và Nguyễn Văn Bình SN: 1990",
            "Vợ Trần Thị Bé 1965, con Nguyễn Văn Bình 1990",
            "+ TRẦN THỊ BÉ - 1965\n+ NGUYỄN VĂN BÌNH - 1990",
            "Nguyễn Văn An (chủ hộ), Trần Thị Bé - 1965, Nguyễn Văn Bình - 1990",
        ):
            with self.subTest(cell):
                roster = listed(cell)
                self.assertEqual(roster.problems, [])
                self.assertEqual(people(roster), [AN, BE, BINH])
                self.assertTrue(roster.households[0].names_members)
                self.assertEqual(roster.households[0].head, 0)

    def test_may_have_sex_and_phone_beside_the_year(self):
        said = people(listed("- Vợ: Trần Thị Bé, 1965, nữ\n- Con: Nguyễn Văn Bình (nam, 1990)"))
        self.assertEqual([person[2] for person in said], [None, "female", "male"])
        said = people(listed("Trần Thị Bé (vợ, 1965, 0912 345 678), Nguyễn Văn Bình 0987654321"))
        self.assertEqual([person[3] for person in said], [None, "0912345678", "0987654321"])

    def test_are_recognised_by_what_stands_in_the_cells(self):
        for heading in ("Họ và tên", "Thành viên", "Nhân khẩu", "Họ tên các thành viên", None):
            roster = listed("Trần Thị Bé (1965), Nguyễn Văn Bình (1990)", heading)
            if heading is None:
                self.assertEqual(len(people(roster)), 1)
                continue
            self.assertEqual(roster.sheets[0].columns[4].meaning, Meaning.MEMBERS, heading)
            self.assertEqual(people(roster), [AN, BE, BINH], heading)

    def test_are_numbers_of_people_where_numbers_stand(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Địa chỉ", "Nhân khẩu trong hộ"),
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", 3),
            )
        )
        self.assertEqual(roster.households[0].size, 3)
        self.assertEqual(roster.problems, [])

    def test_say_who_is_the_head_where_no_column_does(self):
        roster = read(
            workbook(
                ("STT", "Họ tên các thành viên", "Địa chỉ"),
                (1, "Trần Thị Bé (vợ), Nguyễn Văn An (chủ hộ)", "12/5 Võ Thị Sáu"),
                (2, "Lê Thị Dung, Lê Văn Em", "41 Võ Thị Sáu"),
            )
        )
        first, second = roster.households
        self.assertEqual(
            (first.people[first.head].name, first.head_is_said), ("Nguyễn Văn An", True)
        )
        self.assertEqual(
            (second.people[second.head].name, second.head_is_said), ("Lê Thị Dung", False)
        )

    def test_leave_out_who_has_died(self):
        for cell in (
            "Trần Thị Bé (đã mất), Nguyễn Văn Bình (1990)",
            "Nguyễn Văn Bình (1990), Trần Thị Bé đã mất",
            "Nguyễn Văn Bình (1990); Trần Thị Bé (vợ, mất 2020)",
        ):
            roster = listed(cell)
            self.assertEqual(people(roster), [AN, BINH], cell)
            self.assertEqual([(r.code, r.count) for r in roster.remarks], [("died_left_out", 1)])

    def test_are_not_said_to_be_all_where_the_cell_is_empty(self):
        self.assertFalse(listed(None).households[0].names_members)

    def test_of_whom_a_part_cannot_be_read_are_a_problem_that_names_the_part(self):
        for cell, part in (
            ("Trần Thị Bé (1965), Bình 07", "Bình 07"),
            ("Trần Thị Bé (65), Nguyễn Văn Bình", "65"),
            ("Trần Thị Bé (1965), còn một cháu nhỏ", "còn một cháu nhỏ"),
        ):
            roster = listed(cell)
            self.assertEqual(
                [(p.row, p.column, p.code) for p in roster.problems],
                [(2, "E", "member_unreadable")],
                cell,
            )
            self.assertIn(part, roster.problems[0].message)

    def test_hold_no_citizen_id_number(self):
        roster = listed("Trần Thị Bé (1965, CCCD 079165001234), Nguyễn Văn Bình")
        self.assertEqual([problem.code for problem in roster.problems], ["member_unreadable"])
        self.assertNotIn("079165001234", str(roster))
