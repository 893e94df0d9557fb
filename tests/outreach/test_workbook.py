"""The workbook of the desk, read back with other readers than the one that wrote it."""

import json
import tempfile
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook

from outreach import office_sheet
from outreach.coverage import coverage
from outreach.models import Household
from outreach.periods import Period
from outreach.workbook import VisitRows, write_workbook
from tests.builders import close_household, give_consent, make_household, void_visit
from tests.outreach.test_coverage import NOVEMBER, CoverageTestCase, moment
from tests.workbooks import read_raw, read_with_libreoffice

SHEETS = [
    *("Tổng hợp", "Theo khu phố", "Theo tổ", "Ngày công", "Theo kỹ năng"),
    *("Hộ chưa tiếp cận", "Lượt đến", "Ghi chú"),
]
# 1899-12-30: day 0 of a spreadsheet's calendar.
DAY_ZERO = date(1899, 12, 30)


class WorkbookTestCase(CoverageTestCase):
    def file(self, area=None, period=NOVEMBER, rows=VisitRows.EACH) -> BytesIO:
        file = BytesIO()
        write_workbook(file, area or self.cast.ward, period, visit_rows=rows, made_by="Lê Thị Hoa")
        file.seek(0)
        return file

    def sheets(self, **options):
        return read_raw(self.file(**options))

    def table(self, sheet) -> list[list]:
        """The values of the rows below the column titles."""
        start = next(
            n for n, row in enumerate(sheet) if row and row.get("A") and row["A"].value == "STT"
        )
        return [[cell.value for cell in row.values()] for row in sheet[start + 1 :]]


class ItsSheets(WorkbookTestCase):
    def test_are_those_that_the_city_knows(self):
        self.assertEqual(list(self.sheets()), SHEETS)

    def test_of_a_province_show_wards_and_no_visits_one_by_one(self):
        self.visit("2026-11-03", outcome="met")
        sheets = self.sheets(area=self.cast.city, rows=VisitRows.BY_AREA)
        self.assertEqual(list(sheets)[1], "Theo phường, xã")
        visits = self.table(sheets["Lượt đến"])
        self.assertEqual(visits[0][:5], [1, "27139", "Phường Xuân Hòa", 1, 1])
        self.assertEqual(visits[-1][1:5], ["79", "Tổng cộng", 1, 1])

    def test_of_a_province_refuse_to_show_visits(self):
        for rows in (VisitRows.EACH, VisitRows.WITH_NAMES):
            with self.assertRaises(ValueError):
                self.file(area=self.cast.city, rows=rows)

    def test_summarise_every_indicator_with_its_explanation(self):
        rows = self.table(self.sheets()["Tổng hợp"])
        counted = coverage(self.cast.ward, NOVEMBER)
        self.assertEqual([row[1] for row in rows[:29]], [f.name for f in counted.indicators])
        self.assertEqual(rows[0][3:], ["hộ", "", 0, 3, 0, 0])
        self.assertRegex(rows[0][2], r"^Mẫu số: .+ Tử số: .+\.$")

    def test_leave_the_rate_empty_without_a_denominator(self):
        rows = self.table(self.sheets(period=Period(None, date(2020, 1, 1)))["Tổng hợp"])
        self.assertEqual(rows[0][3:], ["hộ", "", 0, 0, "", ""])

    def test_say_what_was_counted_when_and_by_whom(self):
        notes = {row["A"].value: row["B"].value for row in self.sheets()["Ghi chú"] if len(row) > 1}
        self.assertEqual(notes["Địa bàn"], "Phường Xuân Hòa (mã 27139)")
        self.assertEqual(notes["Kỳ"], "Từ ngày 01/11/2026 đến hết ngày 30/11/2026")
        self.assertEqual(notes["Người lập biểu"], "Lê Thị Hoa")
        self.assertIn("Số liệu tính lúc", notes["Thời điểm tính"])

    def test_are_vietnamese_whatever_language_asks(self):
        with override("en"):
            self.assertEqual(list(self.sheets()), SHEETS)


class ItsVisits(WorkbookTestCase):
    def test_come_by_day_with_real_dates_and_without_the_household(self):
        self.visit("2026-11-05", outcome="absent", companions=[self.cast.minh.pk])
        self.visit("2026-11-03", outcome="met", met=[self.yen.pk, self.oanh.pk])
        self.visit("2026-10-31")
        sheet = self.sheets()["Lượt đến"]
        self.assertEqual(
            [row[2:] for row in self.table(sheet)],
            [
                ["Khu phố 1", "Gặp được người", "Nguyễn Thị Lan", 0, 2, 0],
                ["Khu phố 1", "Vắng nhà", "Nguyễn Thị Lan", 1, 0, 0],
            ],
        )
        day = sheet[-1]["B"]
        self.assertEqual((day.kind, day.format), ("n", "dd/mm/yyyy"))
        self.assertEqual(DAY_ZERO + timedelta(days=day.value), date(2026, 11, 5))

    def test_leave_voided_ones_out(self):
        void_visit(self.visit("2026-11-05"), self.cast.lan)
        self.assertIn("Không có lượt đến nào", str(self.sheets()["Lượt đến"][-1]))

    def test_keep_codes_and_phones_as_text(self):
        home = make_household(self.cast.kp1, "Bà Tư", address="007", phone="0912345678")
        self.visit("2026-11-05", home)
        row = self.sheets(rows=VisitRows.WITH_NAMES)["Lượt đến"][-1]
        card, phone = row["I"], row["L"]
        self.assertEqual((card.kind, card.value, card.format), ("s", home.card_code, "@"))
        self.assertEqual((phone.kind, phone.value, phone.format), ("s", "0912345678", "@"))
        code = self.sheets()["Theo khu phố"][-1]["B"]
        self.assertEqual((code.kind, code.value, code.format), ("s", "27139", "@"))

    def test_name_the_lane_with_its_neighbourhood(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        self.visit("2026-11-05", make_household(lane, address="5/1 Lý Chính Thắng"))
        self.assertEqual(self.sheets()["Lượt đến"][-1]["C"].value, "Khu phố 2, Hẻm 5")

    def test_go_on_in_another_sheet_when_one_is_full(self):
        for day in range(1, 8):
            self.visit(f"2026-11-0{day}")
        with mock.patch("outreach.visit_sheet.MAX_ROWS", 8):
            sheets = self.sheets()
        self.assertEqual(list(sheets)[6:9], ["Lượt đến", "Lượt đến (2)", "Ghi chú"])
        self.assertEqual(len(sheets["Lượt đến"]), 8)
        rows = self.table(sheets["Lượt đến"]) + self.table(sheets["Lượt đến (2)"])
        self.assertEqual([row[0] for row in rows], [1, 2, 3, 4, 5, 6, 7])

    def test_cost_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.file(rows=VisitRows.WITH_NAMES)
            return len(captured)

        self.visit("2026-11-03", outcome="met", met=[self.yen.pk])
        queries()
        before = queries()
        for day in range(4, 12):
            self.visit(f"2026-11-{day:02}", self.next_door, companions=[self.cast.minh.pk])
        queries()
        self.assertEqual(queries(), before)


class HostileWords(WorkbookTestCase):
    WORDS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.example","x")')

    def hostile_visits(self) -> None:
        for number, word in enumerate(self.WORDS):
            home = make_household(self.cast.kp1, f"{word} Tư", address=f"{word} Lê Lai")
            Household.objects.filter(pk=home.pk).update(address=word)
            self.visit(f"2026-11-0{number + 1}", home, note=word)
        self.cast.kp2.name = "=2+3"
        self.cast.kp2.save()
        self.cast.lan.full_name = "@SUM(B1)"
        self.cast.lan.save()

    def test_never_become_formulas(self):
        self.hostile_visits()
        file = self.file(rows=VisitRows.WITH_NAMES)
        for sheet in load_workbook(file):
            for row in sheet.iter_rows():
                self.assertNotIn("f", {cell.data_type for cell in row})
        file.seek(0)
        sheets = read_raw(file)
        kinds = {cell.kind for sheet in sheets.values() for row in sheet for cell in row.values()}
        self.assertEqual(kinds, {"n", "s"})
        notes = [row["M"].value for row in sheets["Lượt đến"][-len(self.WORDS) :]]
        self.assertEqual(notes, list(self.WORDS))
        self.assertIn("=2+3", [row["C"].value for row in sheets["Theo khu phố"] if "C" in row])

    def test_are_shown_as_they_were_written(self):
        self.hostile_visits()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "book.xlsx"
            path.write_bytes(self.file(rows=VisitRows.WITH_NAMES).getvalue())
            visits = read_with_libreoffice(path)["Lượt đến"]
        shown = [row[12] for row in visits[-len(self.WORDS) :]]
        self.assertEqual([word.strip() for word in shown], [word.strip() for word in self.WORDS])

    def test_that_no_workbook_can_carry_are_cleaned(self):
        home = make_household(self.cast.kp1, "Bà\x0b Tư\ufffe", address="12\x1f Lê Lai")
        self.visit("2026-11-05", home, note="một\x01hai\nba")
        row = self.sheets(rows=VisitRows.WITH_NAMES)["Lượt đến"][-1]
        self.assertEqual(
            [row[column].value for column in "JKM"], ["12 Lê Lai", "Bà Tư", "mộthai\nba"]
        )


class ItsPrint(WorkbookTestCase):
    def test_follows_decree_30(self):
        book = load_workbook(self.file())
        for sheet in book:
            self.assertEqual(sheet.page_setup.paperSize, 9)
            self.assertAlmostEqual(sheet.page_margins.left * 25.4, 30, places=1)
            self.assertAlmostEqual(sheet.page_margins.top * 25.4, 20, places=1)
            self.assertTrue(sheet.HeaderFooter.differentFirst)
            self.assertEqual(sheet.oddHeader.center.text, "&P")
            self.assertIsNone(sheet.firstHeader.center.text)
            self.assertTrue(sheet.print_title_rows)
            fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value}
            self.assertEqual(fonts, {"Times New Roman"})
        self.assertEqual(
            [sheet.page_setup.orientation for sheet in book], ["landscape"] * 7 + ["portrait"]
        )

    def test_keeps_titles_in_sight_and_filters_the_tables(self):
        self.visit("2026-11-03")
        book = load_workbook(self.file())
        self.assertEqual(
            [(s.freeze_panes, s.auto_filter.ref) for s in list(book)[:7]],
            [
                *(("C9", "A8:I37"), ("D6", "A5:CF7"), ("C5", "A4:L6"), ("D5", "A4:I5")),
                *(("C6", "A5:I33"), ("C5", "A4:D6"), ("C5", "A4:H5")),
            ],
        )

    def test_bears_the_letterhead_of_the_office(self):
        sheet = self.sheets(area=self.cast.kp1)["Tổng hợp"]
        self.assertEqual(sheet[0]["A"].value, "ỦY BAN NHÂN DÂN PHƯỜNG XUÂN HÒA")
        self.assertEqual(sheet[1]["A"].value, "KHU PHỐ 1")
        self.assertEqual(sheet[0]["C"].value, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")

    def test_makes_rows_high_enough_for_their_words(self):
        book = load_workbook(self.file())
        self.assertGreaterEqual(
            max(r.height or 0 for r in book["Tổng hợp"].row_dimensions.values()), 3 * 16
        )
        self.assertEqual(office_sheet.lines_of("chữ " * 30, 20), 6)


def blank(value):
    return "" if value is None else value


class OneNumberEverywhere(WorkbookTestCase):
    """A fixed history, read from the JSON, two readers of the workbook, and the page's own call."""

    def history(self) -> None:
        give_consent(self.yen, self.cast.lan, moment("2026-10-01 08:00"))
        give_consent(self.viet, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", outcome="met", levels={(self.yen, "pay_qr"): 2})
        self.visit("2026-11-04", self.next_door, levels={(self.viet, "smartphone"): 1})
        self.visit("2026-11-04", self.far_home, outcome="declined")
        gone = make_household(self.cast.kp2, "Ông Ba", address="9 Lê Lai")
        self.visit("2026-11-04", gone, outcome="moved")
        close_household(gone, date(2026, 11, 20))

    def json(self):
        out = StringIO()
        days = ("--from", "2026-11-01", "--to", "2026-11-30")
        call_command("coverage", "--area", "27139", *days, "--json", stdout=out)
        return json.loads(out.getvalue())

    def test_stands_in_json_and_in_the_workbook_read_by_two_readers(self):
        self.history()
        told = self.json()
        figures = [(i["numerator"], i["denominator"], i["rate"]) for i in told["indicators"]]
        self.assertEqual(figures[0], (3, 3, 1.0))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "do-phu.xlsx"
            path.write_bytes(self.file().getvalue())
            raw, shown = read_raw(path), read_with_libreoffice(path)
        rows = self.table(raw["Tổng hợp"])[:29]
        self.assertEqual(
            [tuple(row[5:8]) for row in rows], [tuple(map(blank, figure)) for figure in figures]
        )
        for row, (numerator, denominator, rate) in zip(
            shown["Tổng hợp"][8:37], figures, strict=True
        ):
            self.assertEqual(row[5:7], [str(numerator), str(blank(denominator))])
            if rate is None:
                self.assertEqual(row[7], "")
            else:
                self.assertAlmostEqual(float(row[7].removesuffix("%")) / 100, rate, 3)
        areas = self.table(raw["Theo khu phố"])[1:]
        for row, part in zip(areas, told["by_area"], strict=False):
            self.assertEqual(row[1:3], [part["code"], part["name"]])
            expected = []
            for i in part["indicators"]:
                expected.append(i["numerator"])
                if i["denominator"] is not None:
                    expected += [i["denominator"], blank(i["rate"])]
            self.assertEqual(row[3:], expected)
        self.assertEqual(areas[-1][1:3], ["27139", "Toàn Phường Xuân Hòa"])
        self.assertEqual(areas[-1][3:5], [3, 3])

    def test_reconciles_in_the_notes(self):
        self.history()
        agree = [
            row["C"].value
            for row in self.sheets()["Ghi chú"]
            if row.get("A") and row["A"].value == "Đối chiếu các trang"
        ]
        self.assertEqual(agree, [4, 4, 1, 0, 3, 3, 0, 0, 4, 2, 2])

    def test_reconciles_two_visits_to_one_home(self):
        for day in ("2026-11-03", "2026-11-04"):
            self.visit(day)
        agree = [
            row["C"].value
            for row in self.sheets()["Ghi chú"]
            if row.get("A") and row["A"].value == "Đối chiếu các trang"
        ]
        self.assertEqual(agree, [2, 1, 0, 0, 1, 1, 2, 2, 2, 2, 2])

    def test_reconciles_a_home_that_moved_between_neighbourhoods(self):
        self.visit("2026-11-03")
        make_household(
            self.cast.kp2, address=self.home.address, as_of=date(2026, 11, 20), key=self.home.pk
        )
        notes = self.sheets(area=self.cast.kp2)["Ghi chú"]
        agree = [
            row["C"].value
            for row in notes
            if row.get("A") and row["A"].value == "Đối chiếu các trang"
        ]
        self.assertEqual(agree, [0, 0, 0, 1, 1, 1, 1, 0, 0])


class TheCommand(WorkbookTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def export(self, *arguments, area="27139", out="do-phu.xlsx"):
        said = StringIO()
        path = self.folder / out
        call_command("export_coverage", "--area", area, "--out", path, *arguments, stdout=said)
        return path

    def assert_refused(self, sentence: str, *arguments, returncode=2, **options):
        with self.assertRaises(CommandError) as raised:
            self.export(*arguments, **options)
        self.assertIn(sentence, str(raised.exception))
        self.assertEqual(raised.exception.returncode, returncode)
        self.assertEqual([path for path in self.folder.rglob("*") if path.is_file()], [])

    def test_writes_the_workbook_and_nothing_beside_it(self):
        path = self.export("--to", "2026-11-30")
        self.assertEqual(list(read_raw(path)), SHEETS)
        self.assertEqual(list(self.folder.iterdir()), [path])

    def test_shows_names_only_with_detail(self):
        self.visit("2026-11-03", outcome="met")
        self.assertNotIn("Bích Yến", str(read_raw(self.export())))
        self.assertIn("Bích Yến", str(read_raw(self.export("--detail"))))

    def test_exports_a_province_without_visits_one_by_one(self):
        self.assertIn("Theo phường, xã", read_raw(self.export(area="79")))
        (self.folder / "do-phu.xlsx").unlink()
        self.assert_refused("79 is a province", "--detail", area="79")

    def test_names_what_is_wrong_with_the_target(self):
        self.assert_refused("is missing", out="không có/do-phu.xlsx")
        self.assert_refused("ending in .xlsx", out="do-phu.csv")
        self.assert_refused("too long", out="x" * 300 + ".xlsx")
        (self.folder / "thư mục.xlsx").mkdir()
        self.assert_refused("this is a folder", out="thư mục.xlsx")

    def test_names_what_is_wrong_with_the_question(self):
        self.assert_refused("not the code of a known area", area="Xuân Hòa")
        self.assert_refused("expected YYYY-MM-DD", "--to", "hôm nay")

    def test_leaves_the_old_file_when_writing_fails(self):
        path = self.folder / "do-phu.xlsx"
        path.write_text("cũ")
        with (
            mock.patch("os.replace", side_effect=OSError(28, "No space left")),
            self.assertRaises(CommandError) as raised,
        ):
            self.export()
        self.assertIn("No space left", str(raised.exception))
        self.assertEqual(raised.exception.returncode, 1)
        self.assertEqual(path.read_text(), "cũ")
        self.assertEqual(list(self.folder.iterdir()), [path])
