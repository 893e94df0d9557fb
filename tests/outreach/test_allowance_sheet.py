"""Allowances in the workbook: each day with its reason, and the sums to be signed."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.visit_sheet import VisitRows
from tests.outreach.test_allowances import make_rule
from tests.outreach.test_workbook import SHEETS, WorkbookTestCase
from tests.outreach.test_workbook_sheets import checksum_of, notes_of
from volunteers.models import Membership

SUMS = "Tổng hợp ngày công"


class AllowanceSheetCase(WorkbookTestCase):
    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))

    def titles(self, sheet) -> list[str]:
        row = next(row for row in sheet if row and row.get("A") and row["A"].value == "STT")
        return [cell.value for cell in row.values()]


class AWorkbookWithoutAllowances(AllowanceSheetCase):
    def test_speaks_of_no_money(self):
        make_rule(self.cast.other_ward)
        self.visit("2026-11-03")
        sheets = self.sheets()
        self.assertEqual(list(sheets), SHEETS)
        self.assertEqual(self.titles(sheets["Ngày công"])[-1], "Công")
        self.assertNotIn("Mức chi", str(sheets))


class TheSheetOfPersonDays(AllowanceSheetCase):
    def test_says_what_each_day_is_paid_and_why_not(self):
        make_rule(self.cast.ward, most_days=1)
        self.visit("2026-11-03")
        self.visit("2026-11-04", companions=[self.cast.minh.pk])
        sheet = self.sheets()["Ngày công"]
        self.assertEqual(self.titles(sheet)[-3:], ["Mức chi (đ)", "Thành tiền (đ)", "Ghi chú"])
        rows = self.table(sheet)
        self.assertEqual(
            [row[-4:] for row in rows],
            [
                [1, 50_000, 50_000, ""],
                [1, 50_000, 0, "vượt 1 ngày/tháng"],
                [1, 50_000, 50_000, ""],
                [3, "", 100_000, ""],
            ],
        )

    def test_leads_to_the_visits_by_the_cards_of_the_homes_where_those_have_them(self):
        self.visit("2026-11-03", companions=[self.cast.minh.pk])
        self.visit("2026-11-03 15:00")
        self.visit("2026-11-03 16:00", self.far_home)
        self.visit("2026-11-05", self.next_door)
        sheets = self.sheets(rows=VisitRows.WITH_NAMES)
        self.assertEqual(self.titles(sheets["Ngày công"])[-1], "Mã thẻ các hộ đã đến")
        rows = [row for row in self.table(sheets["Ngày công"]) if row[0]]
        shown = {(row[1], row[2]): set(row[-1].split(", ")) for row in rows}
        visits = self.table(sheets["Lượt đến"])
        for (day, name), codes in shown.items():
            if name == "Nguyễn Thị Lan":
                self.assertEqual(codes, {row[8] for row in visits if row[1] == day})
        both = sorted((self.home.card_code, self.far_home.card_code))
        self.assertEqual(
            [row[-1] for row in rows],
            [", ".join(both), self.home.card_code, self.next_door.card_code],
        )

    def test_names_no_home_where_the_visits_do_not(self):
        self.visit("2026-11-03")
        self.assertNotIn(self.home.card_code, str(self.sheets()["Ngày công"]))

    def test_costs_the_same_queries_however_much_there_is(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.file(rows=VisitRows.WITH_NAMES)
            return len(captured)

        make_rule(self.cast.ward, "2026-11-01", "2026-11-04")
        self.visit("2026-11-03")
        queries()
        self.visit("2026-11-03")
        before = queries()
        make_rule(self.cast.ward, "2026-11-05")
        for number in range(3, 9):
            self.visit(f"2026-11-0{number}", companions=[self.cast.minh.pk])
        self.assertEqual(queries(), before)


class TheSheetOfSums(AllowanceSheetCase):
    def setUp(self):
        super().setUp()
        make_rule(self.cast.ward, most_days=1)
        for day in ("2026-10-30", "2026-11-03", "2026-11-04"):
            self.visit(day, companions=[self.cast.minh.pk])

    def test_has_a_row_for_each_member_and_month_with_room_to_sign(self):
        sheet = self.sheets()[SUMS]
        self.assertEqual(self.titles(sheet)[-1], "Ký nhận")
        team = "Tổ công nghệ số khu phố 1"
        self.assertEqual(
            self.table(sheet),
            [
                [1, "11/2026", "Nguyễn Thị Lan", team, 2, 1, 50_000, ""],
                [2, "11/2026", "Trần Văn Minh", team, 2, 1, 50_000, ""],
                ["", "11/2026", "Cộng theo tổ", team, 4, 2, 100_000, ""],
                ["", "", "Tổng cộng", "", 4, 2, 100_000, ""],
            ],
        )

    def test_says_by_which_rule_it_is_paid_and_who_set_it(self):
        words = str(self.sheets()[SUMS])
        self.assertIn(
            "Phường Xuân Hòa, từ ngày 01/01/2026: 50.000 đ/người/ngày; tối đa 1 ngày/người/tháng. "
            "Căn cứ: Nghị quyết 26/2025/NQ-HĐND",
            words,
        )

    def test_agrees_with_the_days_and_stands_under_the_checksum(self):
        sheets = self.sheets()
        self.assertEqual(list(sheets).index(SUMS), list(sheets).index("Ngày công") + 1)
        agree = {row["B"].value: row["C"].value for row in sheets["Ghi chú"] if "C" in row}
        self.assertEqual(agree["Tiền chi (đồng): trang ngày công"], 100_000)
        self.assertEqual(agree["Tiền chi (đồng): trang tổng hợp ngày công"], 100_000)
        self.assertEqual(notes_of(sheets)["Mã kiểm tra"], checksum_of(sheets))

    def test_is_only_in_a_wards_workbook_with_visits(self):
        self.assertNotIn(SUMS, self.sheets(rows=VisitRows.BY_AREA))
        self.assertNotIn(SUMS, self.sheets(area=self.cast.kp1))
