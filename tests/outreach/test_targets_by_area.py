"""How far each neighbourhood is from its target: in the table of areas and in the workbook."""

from itertools import pairwise

from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from outreach.visit_sheet import VisitRows
from outreach.workbook.area_sheet import COLUMNS_A_PAGE
from tests.builders import make_household
from tests.outreach.test_coverage_page import DeskTestCase
from tests.outreach.test_targets import make_target
from tests.outreach.test_workbook import WorkbookTestCase
from tests.volunteers.desk import text_of

YEAR = ("2026-01-01", "2026-12-31")


class AreaTargetCase(WorkbookTestCase, DeskTestCase):
    def lines(self, code="27139") -> dict[str, dict]:
        """By name of the area and code of the indicator what the page shows."""
        table = self.page(self.cast.hoa, code).context["table"]
        return {
            row.name: {line.figure.code: line for line in row.lines}
            for row in (*table.rows, table.total)
        }

    def sheet(self, **options) -> tuple[list[list[str]], dict[str, list]]:
        """Groups and titles over the columns, and the rows by the name of their area."""
        name = "Theo phường, xã" if options.get("area") == self.cast.city else "Theo khu phố"
        rows = list(load_workbook(self.file(**options))[name].iter_rows(values_only=True))
        start = next(n for n, row in enumerate(rows) if row[0] == "STT")
        groups: list[str] = []
        for title in rows[start]:
            groups.append(title or groups[-1])
        titles = [list(pair) for pair in zip(groups, rows[start + 1], strict=True)]
        return titles, {row[2]: list(row) for row in rows[start + 2 :]}

    def assigned(self, **options) -> dict[str, dict[str, object]]:
        """By area and name of the indicator what the column of targets holds."""
        titles, rows = self.sheet(**options)
        places = {group: at for at, (group, title) in enumerate(titles) if title == "Chỉ tiêu giao"}
        return {
            area: {group: row[at] for group, at in places.items()} for area, row in rows.items()
        }


class TheTableOfAreas(AreaTargetCase):
    def test_says_how_far_each_area_is_from_its_own_target(self):
        self.visit("2026-11-03", outcome="met")
        make_target(self.cast.kp1, *YEAR)
        make_target(self.cast.kp2, *YEAR, 0, "count")
        lines = self.lines()
        self.assertEqual(lines["Khu phố 1"]["households_met"].reached.missing, 1)
        self.assertTrue(lines["Khu phố 2"]["households_met"].reached.is_reached)
        self.assertIsNone(lines["Khu phố 1"]["households_reached"].reached)
        self.assertIsNone(lines["Toàn Phường Xuân Hòa"]["households_met"].reached)

    def test_is_short_on_the_screen_and_whole_for_screen_readers(self):
        self.visit("2026-11-03", outcome="met")
        make_target(self.cast.kp1, *YEAR)
        make_target(self.cast.kp2, *YEAR, 0, "count")
        page = self.page(self.cast.hoa)
        short = '<span class="coverage__part" aria-hidden="true">{}</span>'
        self.assertContains(page, short.format("Thiếu 1 để đạt 80%"), 1)
        self.assertContains(page, short.format("Đạt 0"), 1)
        words = "Mục tiêu 80%: chưa đạt: còn thiếu 1 hộ (30,0% mẫu số)"
        self.assertContains(page, f'<span class="w-sr-only">{words}</span>', 1)

    def test_says_so_where_there_is_nobody_to_count_among(self):
        empty = self.cast.ward.add_child("Khu phố 3")
        make_target(empty, *YEAR)
        self.assertContains(self.page(self.cast.hoa), 'aria-hidden="true">Mục tiêu 80%</span>')

    def test_shows_wards_beside_their_city(self):
        make_target(self.cast.ward, *YEAR)
        words = text_of(self.page(self.cast.city_viewer, "79"))
        self.assertIn("Thiếu 3 để đạt 80%", words)

    def test_gives_no_target_to_what_lies_in_no_lane(self):
        lane = self.cast.kp1.add_child("Hẻm 5")
        make_household(lane, address="5/1 Võ Thị Sáu")
        make_target(self.cast.kp1, *YEAR)
        lines = self.lines("27139.1")
        self.assertIsNone(lines["Chưa xếp vào ngõ, hẻm"]["households_met"].reached)
        self.assertIsNotNone(lines["Toàn Khu phố 1"]["households_met"].reached)

    def test_costs_the_same_queries_however_many_targets_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.page(self.cast.hoa)
                self.file()
            return len(captured)

        make_target(self.cast.kp1, *YEAR)
        queries()
        before = queries()
        for area in (self.cast.kp1, self.cast.kp2):
            for indicator in ("skill.pay_qr", "households_reached", "residents_taught"):
                make_target(area, *YEAR, indicator=indicator)
        self.assertEqual(queries(), before)


class TheSheetOfAreas(AreaTargetCase):
    def test_has_a_column_of_targets_only_where_an_area_has_one(self):
        self.assertEqual(self.assigned()["Khu phố 1"], {})
        make_target(self.cast.kp1, *YEAR)
        make_target(self.cast.other_kp, *YEAR, indicator="households_reached")
        name = "Hộ đã gặp được người (hộ)"
        self.assertEqual(
            self.assigned(),
            {
                "Khu phố 1": {name: 0.8},
                "Khu phố 2": {name: None},
                "Toàn Phường Xuân Hòa": {name: None},
            },
        )

    def test_agrees_with_the_page(self):
        self.visit("2026-11-03", outcome="met")
        make_target(self.cast.kp1, *YEAR, 66.5)
        make_target(self.cast.kp2, *YEAR, 12, "count", indicator="sessions_held")
        make_target(self.cast.ward, *YEAR, 1200, "count")
        table = self.page(self.cast.hoa).context["table"]
        assigned, (titles, rows) = self.assigned(), self.sheet()
        for row in (*table.rows, table.total):
            written = {
                (group, title): value
                for (group, title), value in zip(titles, rows[row.name], strict=True)
            }
            for line in row.lines:
                indicator = line.figure.indicator
                group = f"{indicator.name} ({indicator.unit})"
                target = line.reached and line.reached.target
                value = target and float(target.value) / (100 if target.measure != "count" else 1)
                self.assertEqual(assigned[row.name].get(group), value, (row.name, group))
                number = "Số" if indicator.is_amount else "Tử số"
                self.assertEqual(written[group, number], line.figure.numerator)
        self.assertEqual(sum(1 for _group, title in titles if title == "Chỉ tiêu giao"), 2)

    def test_of_a_city_has_the_targets_of_its_wards(self):
        make_target(self.cast.ward, *YEAR)
        found = self.assigned(area=self.cast.city, rows=VisitRows.BY_AREA)
        self.assertEqual(found["Phường Xuân Hòa"], {"Hộ đã gặp được người (hộ)": 0.8})

    def test_is_printed_without_tearing_an_indicator_apart(self):
        make_target(self.cast.kp1, *YEAR)
        make_target(self.cast.kp1, *YEAR, indicator="skill.pay_qr")
        sheet = load_workbook(self.file())["Theo khu phố"]
        titles, _rows = self.sheet()
        ends = [3, *(one.id for one in sheet.col_breaks.brk), len(titles)]
        self.assertGreater(len(ends), 6)
        for begin, end in pairwise(ends):
            self.assertLessEqual(end - begin, COLUMNS_A_PAGE)
            if end < len(titles):
                self.assertNotEqual(titles[end - 1][0], titles[end][0])
