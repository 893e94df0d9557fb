"""What is wrong in a list is named by sheet, row and column, and nothing bad comes in unseen."""

from datetime import date

from django.test import SimpleTestCase, TestCase

from outreach.models import Household, LedgerEvent, Resident, RosterImport
from tests.outreach.roster.lists import import_list, read, workbook
from tests.outreach.roster.test_shapes import HEADER, row
from tests.people import make_cast


def places(roster) -> list[tuple]:
    return [(p.sheet, p.row, p.column, p.code) for p in roster.problems]


class AProblem(SimpleTestCase):
    def test_names_its_cell(self):
        for cells, column, code in (
            ({"name": None}, "B", "name_missing"),
            ({"name": "0912345678"}, "B", "name_unreadable"),
            ({"name": "An 079060001234"}, "B", "looks_like_citizen_id"),
            ({"name": "An " * 60}, "B", "text_too_long"),
            ({"birth": 1850}, "C", "birth_unreadable"),
            ({"birth": 2027}, "C", "birth_unreadable"),
            ({"birth": "ba mươi"}, "C", "birth_unreadable"),
            ({"birth": 24779}, "C", "birth_unreadable"),
            ({"address": None}, "D", "address_missing"),
            ({"address": "không rõ"}, "D", "address_missing"),
            ({"address": date(2026, 5, 12)}, "D", "address_unreadable"),
            ({"address": "Số nhà"}, "D", "address_unreadable"),
            ({"address": "12/5 VTS CCCD 079060001234"}, "D", "looks_like_citizen_id"),
            ({"address": "1/" * 200}, "D", "text_too_long"),
            ({"phone": "09123"}, "E", "phone_unreadable"),
            ({"phone": "hỏi con trai"}, "E", "phone_unreadable"),
        ):
            with self.subTest(code, **cells):
                roster = read(workbook(HEADER, row(), row(2, "Trần Thị Bé"), row(3, **cells)))
                self.assertEqual(places(roster), [("KP1", 4, column, code)])
                self.assertTrue(roster.problems[0].message)

    def test_says_what_arrived_but_no_citizen_id_number(self):
        roster = read(workbook(HEADER, row(phone="079060001234"), row(phone="0912345678")))
        self.assertEqual(places(roster), [("KP1", 2, "E", "phone_unreadable")])
        self.assertNotIn("079060001234", roster.problems[0].message)
        wrong = read(workbook(HEADER, row(birth="năm Tý")))
        self.assertIn("năm Tý", wrong.problems[0].message)

    def test_in_a_merged_cell_is_said_once_where_it_begins(self):
        roster = read(
            workbook(
                ("STT hộ", "Họ tên", "Địa chỉ", "Số nhân khẩu"),
                (1, "Nguyễn Văn An", "12/5 Võ Thị Sáu", "nhiều"),
                (None, "Trần Thị Bé", None, None),
                merged=("A2:A3", "C2:C3", "D2:D3"),
            )
        )
        self.assertEqual(places(roster), [("KP1", 2, "D", "size_unreadable")])
        self.assertEqual(len(roster.households), 1)

    def test_of_two_births_in_one_row_is_the_row_s(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Ngày sinh", None, "Địa chỉ"),
                (None, "Nam", "Nữ", None),
                ("Nguyễn Văn An", 1950, 1955, "12/5 Võ Thị Sáu"),
                merged=("B1:C1",),
            )
        )
        self.assertEqual(places(roster), [("KP1", 3, "B", "birth_unreadable")])

    def test_that_no_home_has_a_neighbourhood_is_said_once(self):
        roster = read(workbook(HEADER, row(), row(2, "Trần Thị Bé"), title="Sheet1"))
        self.assertEqual(places(roster), [("Sheet1", 1, "", "neighbourhood_missing")])
        self.assertEqual(roster.households, [])

    def test_of_one_home_without_neighbourhood_is_that_home_s(self):
        header = (*HEADER, "KP")
        rows = [(*row(number), 1) for number in range(1, 4)]
        roster = read(workbook(header, *rows, (*row(4), None), title="Sheet1"))
        self.assertEqual(places(roster), [("Sheet1", 5, "F", "neighbourhood_missing")])

    def test_of_a_table_without_addresses_is_the_table_s(self):
        roster = read(workbook(("STT", "Chủ hộ", "Năm sinh"), (1, "Nguyễn Văn An", 1960)))
        self.assertEqual(places(roster), [("KP1", 1, "", "address_column_missing")])


class AListWithBadRows(TestCase):
    def setUp(self):
        self.cast = make_cast()
        self.content = workbook(
            HEADER,
            row(1, "Nguyễn Văn An", 1960, "12/5 Võ Thị Sáu", "0912345678"),
            row(2, "Trần Thị Bé", 1850, "41 Võ Thị Sáu", "không có"),
            row(3, None, 1970, "43 Võ Thị Sáu"),
            row(4, "Lê Văn Cường", 1970, None),
            row(5, "NGUYEN VAN AN", 1960, "Số 12 / 5 võ thị sáu"),
        )

    def test_is_refused_as_a_whole(self):
        outcome = import_list(self.cast.ward, self.content)
        self.assertTrue(outcome.refused)
        self.assertEqual(
            [(p.row, p.column, p.code) for p in outcome.problems],
            [
                (3, "C", "birth_unreadable"),
                (4, "B", "name_missing"),
                (5, "D", "address_missing"),
                (6, "", "duplicate_household"),
            ],
        )
        for model in (Household, Resident, LedgerEvent, RosterImport):
            self.assertFalse(model.objects.exists(), model)

    def test_comes_in_without_them_when_that_is_asked_for(self):
        outcome = import_list(self.cast.ward, self.content, skip_bad_rows=True)
        self.assertFalse(outcome.refused)
        self.assertEqual(len(outcome.problems), 4)
        households = outcome.counts["households"]
        self.assertEqual((households["new"], households["duplicates"]), (2, 1))
        stored = Resident.objects.values_list("name", "birth_year", "phone").order_by("name")
        self.assertEqual(
            list(stored), [("Nguyễn Văn An", 1960, "0912345678"), ("Trần Thị Bé", None, "")]
        )
        record = RosterImport.objects.get()
        self.assertEqual(record.summary["problems"]["duplicate_household"], 1)

    def test_of_which_nothing_is_left_is_refused_in_any_case(self):
        content = workbook(HEADER, row(1, None))
        self.assertTrue(import_list(self.cast.ward, content, skip_bad_rows=True).refused)
        empty = import_list(self.cast.ward, workbook(HEADER), skip_bad_rows=True)
        self.assertTrue(empty.refused)
        self.assertEqual([problem.code for problem in empty.problems], ["no_households"])

    def test_keeps_the_members_of_a_home_when_one_of_them_has_no_name(self):
        content = workbook(
            ("STT hộ", "Họ tên", "Quan hệ", "Năm sinh", "Địa chỉ"),
            (1, "Nguyễn Văn An", "Chủ hộ", 1950, "12/5 Võ Thị Sáu"),
            (None, None, "Con", 1980, None),
            (2, None, "Chủ hộ", 1950, "41 Võ Thị Sáu"),
            (None, "Trần Thị Bé", "Vợ", 1955, None),
        )
        outcome = import_list(self.cast.ward, content, skip_bad_rows=True)
        self.assertEqual([problem.row for problem in outcome.problems], [3, 4])
        # A home whose head cannot be read would be taken for another one next time.
        self.assertEqual(list(Resident.objects.values_list("name", flat=True)), ["Nguyễn Văn An"])


class CitizenIds(TestCase):
    def test_never_reach_the_database(self):
        cast = make_cast()
        secret = "079060001234"
        content = workbook(
            (*HEADER, "CCCD", "Ghi chú", "Dân tộc"),
            (*row(1), secret, "Hộ kinh doanh", "Chơ-ro"),
            (*row(2, "Trần Thị Bé", phone="0912345678"), secret, f"CCCD {secret}", "Chơ-ro"),
            hidden=("F",),
        )
        import_list(cast.ward, content)
        self.assertEqual(Household.objects.count(), 2)
        for model in (Household, Resident, LedgerEvent, RosterImport):
            said = str(list(model.objects.values()))
            self.assertNotIn(secret, said)
            self.assertNotIn("Chơ-ro", said)
