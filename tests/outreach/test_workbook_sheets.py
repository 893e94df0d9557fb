"""The workbook's sheets of teams, skills, households not reached and single wards, and what the
whole says about itself."""

import hashlib
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree
from openpyxl import load_workbook

from outreach.coverage import coverage
from outreach.coverage.ladder import ladder
from outreach.indicators import current_indicators
from outreach.models import Target
from outreach.office_sheet import sheet_name
from outreach.periods import Period
from outreach.visit_sheet import VisitRows
from tests.builders import give_consent, make_household
from tests.outreach.test_coverage import NOVEMBER, moment
from tests.outreach.test_workbook import WorkbookTestCase
from tests.workbooks import read_raw, read_with_libreoffice
from volunteers.models import Area, Membership, Team

NOT_SUMMED = ("Ngày công", "Hộ chưa tiếp cận", "Lượt đến", "Ghi chú")


def checksum_of(sheets) -> str:
    """As docs/coverage.md says, from what another reader read."""
    text = "".join(
        f"{name}!{column}{row}={round(cell.value, 6) + 0:.6f}\n"
        for name, rows in sheets.items()
        if not name.startswith(NOT_SUMMED)
        for row, cells in enumerate(rows, start=1)
        for column, cell in cells.items()
        if cell.kind == "n" and cell.value is not None
    )
    return hashlib.sha256(text.replace("=-0.000000\n", "=0.000000\n").encode()).hexdigest()


def notes_of(sheets) -> dict[str, str]:
    return {row["A"].value: row["B"].value for row in sheets["Ghi chú"] if "B" in row}


class TheSheetOfTeams(WorkbookTestCase):
    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))

    def rows(self, **options) -> list[list]:
        sheet = self.table(self.sheets(**options)["Theo tổ"])
        return [row for row in sheet if len(row) == 12]

    def test_puts_homes_and_work_of_each_team_beside_the_ward(self):
        self.visit("2026-11-03", outcome="met", met=[self.yen.pk], lessons_taught=[3])
        self.visit("2026-11-03 15:00", self.far_home, companions=[self.cast.minh.pk])
        team, none, ward = self.rows()
        self.assertEqual(team, [1, "Tổ công nghệ số khu phố 1", 0.5, 2, 1, 1, 1, 0, 2, 2, 0, 2])
        self.assertEqual(none, [2, "Không thuộc tổ nào", 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
        self.assertEqual(ward[1:], ["Toàn Phường Xuân Hòa", 2 / 3, 3, 2, 1, 1, 0, 2, 2, 0, 2])

    def test_has_no_rest_where_every_home_and_visit_has_its_team(self):
        other = Team.objects.create(ward=self.cast.ward, name="Tổ khu phố 2")
        other.areas.set([self.cast.kp2])
        self.visit("2026-11-03")
        self.assertEqual(
            [row[1] for row in self.rows()],
            ["Tổ công nghệ số khu phố 1", "Tổ khu phố 2", "Toàn Phường Xuân Hòa"],
        )

    def test_is_only_in_a_wards_workbook(self):
        self.assertIn("Theo tổ", self.sheets(rows=VisitRows.BY_AREA))
        self.assertNotIn("Theo tổ", self.sheets(area=self.cast.kp1))


class TheSheetOfSkills(WorkbookTestCase):
    def history(self) -> None:
        for person in (self.yen, self.viet):
            give_consent(person, self.cast.lan, moment("2026-09-01 08:00"))
        self.visit("2026-10-03", outcome="met", levels={(self.yen, "pay_qr"): 1})
        self.visit("2026-11-03", outcome="met", levels={(self.yen, "pay_qr"): 3})
        self.visit("2026-11-04", self.next_door, levels={(self.viet, "pay_qr"): 0})
        self.visit("2026-11-05", self.next_door, levels={(self.viet, "smartphone"): 1})

    def rows(self) -> dict[str, list]:
        return {row[1]: row[2:] for row in self.table(self.sheets()["Theo kỹ năng"])[:28]}

    def test_has_the_levels_of_each_skill_before_and_after(self):
        self.history()
        name = {one.skill.pk: one.skill.name for one in ladder(self.cast.ward, NOVEMBER)}
        rows = self.rows()
        self.assertEqual(rows[f"{name['pay_qr']} – đầu kỳ"], [1, 1, 0, 0, "", "", 2])
        self.assertEqual(rows[f"{name['pay_qr']} – cuối kỳ"], [1, 0, 0, 1, "", "", 2])
        self.assertEqual(rows[f"{name['smartphone']} – cuối kỳ"], ["", "", "", "", 0, 1, 1])

    def test_agrees_with_the_indicators_of_its_skills(self):
        self.history()
        counted = coverage(self.cast.ward, NOVEMBER)
        for one in ladder(self.cast.ward, NOVEMBER):
            code = ("skill." if one.is_ladder else "fact.") + one.skill.pk
            able = sum(one.after[one.skill.reached_from :])
            self.assertEqual(able, counted.figure(code).numerator, code)

    def test_has_two_charts_of_its_own_cells(self):
        file = self.file()
        with zipfile.ZipFile(file) as archive:
            charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
            found = [etree.fromstring(archive.read(name)) for name in sorted(charts)]
        self.assertEqual(len(found), 2)
        ladder_chart = [node.text for node in found[0].iter("{*}f")]
        self.assertEqual(ladder_chart[0], "'Theo kỹ năng'!$C$5")
        self.assertIn("'Theo kỹ năng'!$F$6:$F$19", ladder_chart)
        self.assertIn("'Theo kỹ năng'!$B$6:$B$19", ladder_chart)
        self.assertIn("'Theo kỹ năng'!$H$20:$H$33", [node.text for node in found[1].iter("{*}f")])

    def test_opens_in_libreoffice(self):
        self.history()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "do-phu.xlsx"
            path.write_bytes(self.file().getvalue())
            shown = read_with_libreoffice(path)["Theo kỹ năng"]
        self.assertEqual(shown[5][0], "1")
        self.assertEqual(len([row for row in shown[5:33] if row[8]]), 28)


class TheSheetOfHouseholdsNotReached(WorkbookTestCase):
    def rows(self, **options) -> list[list]:
        return self.table(self.sheets(**options)["Hộ chưa tiếp cận"])

    def test_names_area_and_card_only(self):
        self.visit("2026-11-03")
        self.visit("2026-10-03", self.far_home)
        rows = self.rows()
        homes = [("Khu phố 1", self.next_door), ("Khu phố 2", self.far_home)]
        self.assertEqual(
            rows,
            [
                [number, area, "Nhà ở", home.card_code]
                for number, (area, home) in enumerate(homes, start=1)
            ],
        )

    def test_names_people_only_when_asked_for(self):
        make_household(self.cast.kp2, "Bà Tư", address="007 Lê Lai", phone="0912345678")
        self.assertNotIn("Bà Tư", str(self.rows()))
        row = next(row for row in self.rows(rows=VisitRows.WITH_NAMES) if "Bà Tư" in row)
        self.assertEqual(row[4:], ["007 Lê Lai", "Bà Tư", "0912345678"])

    def test_is_in_the_order_of_neighbourhoods_and_doors(self):
        for number in (10, 9):
            make_household(self.cast.ward.add_child(f"Khu phố {number}"), address="1 Lê Lai")
        lane = self.cast.kp1.add_child("Hẻm 5")
        make_household(lane, address="2 Lê Lai")
        self.assertEqual(
            [row[1] for row in self.rows()],
            [
                *("Khu phố 1", "Khu phố 1", "Khu phố 1, Hẻm 5"),
                *("Khu phố 2", "Khu phố 10", "Khu phố 9"),
            ],
        )

    def test_says_when_nobody_was_left_out(self):
        for home in (self.home, self.next_door, self.far_home):
            self.visit("2026-11-03", home)
        sheet = self.sheets()["Hộ chưa tiếp cận"]
        self.assertIn("Trong kỳ này không còn hộ nào chưa đến.", str(sheet))

    def test_is_not_in_a_workbook_without_single_visits(self):
        self.assertNotIn("Hộ chưa tiếp cận", self.sheets(rows=VisitRows.BY_AREA))

    def test_costs_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.file(rows=VisitRows.WITH_NAMES)
            return len(captured)

        def more(numbers) -> None:
            for number in numbers:
                make_household(self.cast.kp1, address=f"{number} Lê Lai")
                other = Team.objects.create(ward=self.cast.ward, name=f"Tổ {number}")
                other.areas.set([self.cast.kp1, self.cast.kp2.add_child(f"Hẻm {number}")])

        more([1])
        queries()
        before = queries()
        more(range(2, 9))
        queries()
        self.assertEqual(queries(), before)


class TheSheetsOfACitysWards(WorkbookTestCase):
    def city(self):
        return self.file(area=self.cast.city, rows=VisitRows.BY_AREA)

    def test_have_the_numbers_and_targets_of_each(self):
        self.visit("2026-11-03")
        Target.objects.create(
            area=self.cast.ward,
            indicator_id="households_reached",
            first=date(2026, 1, 1),
            last=date(2026, 12, 31),
            measure="percent",
            value=80,
        )
        sheets = read_raw(self.city())
        self.assertEqual(
            list(sheets),
            [
                *("Tổng hợp", "Theo phường, xã", "Lượt đến"),
                *("Phường Xuân Hòa", "Phường Bàn Cờ", "Ghi chú"),
            ],
        )
        rows = self.table(sheets["Phường Xuân Hòa"])
        self.assertEqual(rows[0], [1, "Hộ đã đến", "hộ", 0.8, 1, 3, 1 / 3])
        self.assertEqual(len(rows), len(current_indicators()))

    def test_are_found_from_the_sheet_of_wards(self):
        sheet = load_workbook(self.city())["Theo phường, xã"]
        links = {row[2].value: row[2].hyperlink for row in sheet.iter_rows() if row[2].hyperlink}
        self.assertEqual(links["Phường Bàn Cờ"].location, "'Phường Bàn Cờ'!A1")
        self.assertEqual(len(links), 2)

    def test_have_names_that_spreadsheets_take(self):
        opened = {"level": "commune", "parent": self.cast.city, "opened_on": date(2025, 7, 1)}
        for code, name in (
            ("27001", "Phường Bàn Cờ"),
            ("27002", "Ghi chú"),
            ("27003", "Xã: Một/Hai [Ba] có tên rất dài hơn ba mươi mốt chữ"),
        ):
            Area.objects.create(code=code, name=name, **opened)
        book = load_workbook(self.city())
        self.assertIn("Phường Bàn Cờ (2)", book.sheetnames)
        self.assertIn("Ghi chú (2)", book.sheetnames)
        self.assertIn("Xã Một Hai Ba có tên rất dài hơ", book.sheetnames)

    def test_cost_no_query_each(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.city()
            return len(captured)

        queries()
        before = queries()
        for number in range(5):
            Area.objects.create(
                code=f"2700{number}",
                name=f"Phường {number}",
                level="commune",
                parent=self.cast.city,
                opened_on=date(2025, 7, 1),
            )
        queries()
        self.assertEqual(queries(), before)


class TheNameOfASheet(WorkbookTestCase):
    def test_is_short_plain_and_its_own(self):
        self.assertEqual(sheet_name("Phường 1", ["PHƯỜNG 1", "phường 1 (2)"]), "Phường 1 (3)")
        self.assertEqual(sheet_name("'[]'", []), "-")
        long = sheet_name("x" * 40, ["x" * 31])
        self.assertEqual((len(long), long[-4:]), (31, " (2)"))


class TheColumnOfThePeriodBefore(WorkbookTestCase):
    def column(self, **options) -> dict:
        rows = self.sheets(**options)["Tổng hợp"][8:37]
        return {row["B"].value: row["I"] for row in rows}

    def test_has_points_of_rates_and_differences_of_amounts(self):
        self.visit("2026-11-03")
        self.visit("2026-10-03")
        self.visit("2026-11-04", self.far_home)
        column = self.column()
        reached, days = column["Hộ đã đến"], column["Ngày công của tổ"]
        self.assertAlmostEqual(reached.value, 100 / 3, 4)
        self.assertIn("điểm %", reached.format)
        self.assertEqual((days.value, days.format), (1, "+#,##0;-#,##0;0"))

    def test_is_empty_where_there_is_nothing_before(self):
        empty = {cell.value for cell in self.column(period=Period(None, NOVEMBER.last)).values()}
        self.assertEqual(empty, {""})
        september = Period(date(2026, 10, 1), date(2026, 10, 31))
        self.assertEqual(self.column(period=september)["Hộ đã đến"].value, 0)
        august = Period(date(2026, 9, 1), date(2026, 9, 30))
        self.assertEqual(self.column(period=august)["Hộ đã đến"].value, "")

    def test_says_in_the_notes_which_it_is(self):
        notes = notes_of(self.sheets())
        self.assertEqual(notes["Kỳ trước"], "Từ ngày 01/10/2026 đến hết ngày 31/10/2026")


class TheChecksum(WorkbookTestCase):
    def test_can_be_computed_again_from_the_file(self):
        self.visit("2026-11-03")
        self.visit("2026-10-03", self.far_home)
        for options in (
            {},
            {"rows": VisitRows.WITH_NAMES},
            {"area": self.cast.kp1},
            {"area": self.cast.city, "rows": VisitRows.BY_AREA},
        ):
            sheets = self.sheets(**options)
            self.assertEqual(notes_of(sheets)["Mã kiểm tra"], checksum_of(sheets), options)

    def test_changes_with_a_number(self):
        before = notes_of(self.sheets())["Mã kiểm tra"]
        self.assertEqual(notes_of(self.sheets())["Mã kiểm tra"], before)
        self.visit("2026-11-03")
        self.assertNotEqual(notes_of(self.sheets())["Mã kiểm tra"], before)
