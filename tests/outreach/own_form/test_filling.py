"""Filled forms, read back with other readers than what wrote them."""

import re
import tempfile
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from outreach.coverage import coverage
from outreach.coverage.teams import teams
from outreach.coverage_teams import numbers_of
from outreach.models import Indicator, ReportForm
from outreach.own_form.checking import check
from outreach.own_form.filling import fill_form
from outreach.own_form.problems import Unfillable
from outreach.own_form.template import Form
from outreach.periods import Period
from tests.builders import make_household
from tests.outreach.own_form.forms import city_form, edited, of_bytes, reached, small
from tests.outreach.test_coverage import NOVEMBER, CoverageTestCase, moment
from tests.outreach.test_targets import make_target
from tests.workbooks import read_with_libreoffice
from volunteers.models import Area, Membership, Team

NOW = moment("2026-12-05 08:15")


class FillingCase(CoverageTestCase):
    def filled(self, content=None, area=None, period=NOVEMBER, keeper=None) -> BytesIO:
        form = ReportForm(area=keeper or self.cast.ward, content=content or city_form())
        file = BytesIO()
        fill_form(file, form, area or self.cast.ward, period, made_by="Lê Thị Hoa", now=NOW)
        file.seek(0)
        return file

    def book(self, *arguments, **options):
        return load_workbook(self.filled(*arguments, **options), rich_text=True)

    def cell(self, text, change=None, **options):
        """A cell with this text, filled."""
        return self.book(small({"A1": text}, change=change), **options).active["A1"]


class AFilledForm(FillingCase):
    def setUp(self):
        self.visit("2026-11-03", outcome="met")
        self.visit("2026-10-05", self.far_home)
        make_target(self.cast.ward, "2026-01-01", "2026-12-31", 80, indicator="households_reached")

    def test_has_the_numbers_of_the_coverage_in_a_row_for_each_neighbourhood(self):
        counted = coverage(self.cast.ward, NOVEMBER)
        sheet = self.book()["Biểu 01"]
        rows = [[cell.value for cell in row[:5]] for row in sheet["A9:E10"]]
        figures = [part.figure("households_reached") for part in counted.by_area]
        self.assertEqual(
            rows,
            [
                [number, part.area.name, figure.numerator, figure.denominator, figure.rate]
                for number, (part, figure) in enumerate(
                    zip(counted.by_area, figures, strict=True), start=1
                )
            ],
        )
        self.assertEqual([row[2] for row in rows], [1, 0])
        self.assertEqual(sheet["G9"].value, "Khu phố 1 (mã 27139.1): 50,0%")
        self.assertEqual(sheet["G11"].value, 0.8)

    def test_has_words_dates_and_numbers_of_its_own(self):
        book = self.book()
        sheet = book["Biểu 01"]
        self.assertEqual(sheet["A1"].value, "UBND PHƯỜNG XUÂN HÒA")
        self.assertEqual(sheet["E2"].value, "Phường Xuân Hòa, ngày 05 tháng 12 năm 2026")
        self.assertEqual(sheet["A4"].value, "BÁO CÁO THÁNG 11 NĂM 2026")
        self.assertEqual(sheet["F14"].value, "Lê Thị Hoa")
        self.assertEqual(sheet.oddHeader.center.text, "Phường Xuân Hòa")
        second = book["Biểu 02"]
        self.assertEqual(second["B2"].value, datetime(2026, 11, 30))
        self.assertEqual(second["B2"].number_format, "dd/mm/yyyy")
        self.assertAlmostEqual(second["B3"].value, 1 / 3)
        self.assertEqual(second["B3"].number_format, "0.0%")
        self.assertEqual(second["B5"].value, 0)
        self.assertIsNone(second["B6"].value)
        self.assertEqual(second["A7"].value, "Đã đến 1 trên 3 hộ")

    def test_compares_with_the_period_before(self):
        earlier = coverage(self.cast.ward, Period(date(2026, 10, 1), date(2026, 10, 31)))
        now = coverage(self.cast.ward, NOVEMBER).figure("households_reached").rate
        then = earlier.figure("households_reached").rate
        self.visit("2026-11-04", self.next_door)
        found = self.book()["Biểu 02"]["B4"].value
        self.assertAlmostEqual(found, now + 1 / 3 - then)
        self.assertEqual(self.cell("tăng " + reached("so_ky_truoc")).value, "tăng +33,3 điểm %")
        none = self.cell(reached("so_ky_truoc"), period=Period(None, NOVEMBER.last))
        self.assertIsNone(none.value)

    def test_keeps_its_look(self):
        before = load_workbook(BytesIO(city_form()))["Biểu 01"]
        after = self.book()["Biểu 01"]
        for was, now in (("A1", "A1"), ("C8", "C8"), ("C9", "C9"), ("C9", "C10"), ("E10", "E11")):
            for what in ("font", "border", "fill", "alignment", "number_format"):
                looks = [repr(getattr(cell, what)) for cell in (before[was], after[now])]
                self.assertEqual(*looks, (now, what))
        self.assertEqual(after.column_dimensions["B"].width, 27.5)
        heights = {row: after.row_dimensions[row].height for row in (9, 10, 11, 13)}
        self.assertEqual(heights, {9: 31.5, 10: 31.5, 11: None, 13: 44})
        self.assertEqual(after.page_setup.orientation, "landscape")
        self.assertAlmostEqual(after.page_margins.left, 1.2)
        self.assertEqual(after.freeze_panes, "A9")
        self.assertEqual(after.oddFooter.right.text, "&P/&N")
        self.assertEqual(after.print_title_rows, "$8:$8")

    def test_keeps_what_is_bold_within_a_text(self):
        text = self.book()["Biểu 01"]["A5"].value
        self.assertIsInstance(text, CellRichText)
        self.assertEqual(str(text), "Kỳ 01/11/2026 đến 30/11/2026, lập ngày 05/12/2026")
        self.assertEqual(text[1].text, "01/11/2026 đến 30/11/2026")
        self.assertTrue(text[1].font.b)

    def test_moves_what_lies_below_the_repeated_row(self):
        book = self.book()
        sheet = book["Biểu 01"]
        merged = {str(area) for area in sheet.merged_cells.ranges}
        self.assertLessEqual({"G9:H9", "G10:H10", "F13:H13", "A4:H4"}, merged)
        self.assertNotIn("F12:H12", merged)
        self.assertEqual(sheet.print_area, "'Biểu 01'!$A$1:$H$15")
        self.assertEqual(book.defined_names["tong_ho"].attr_text, "'Biểu 01'!$D$11")
        self.assertEqual([str(one.sqref) for one in sheet.conditional_formatting], ["E9:E11"])
        (rules,) = sheet.conditional_formatting
        self.assertEqual(rules.rules[0].formula, ["$E$11"])
        self.assertEqual(str(sheet.data_validations.dataValidation[0].sqref), "H11")
        self.assertEqual(sheet["F13"].comment.text, "Ký, ghi rõ họ tên")
        self.assertEqual(sheet["A13"].hyperlink.target, "https://example.vn/bieu")
        (image,) = sheet._images
        self.assertEqual(image.anchor._from.row, 13)
        (chart,) = sheet._charts
        self.assertEqual(chart.anchor._from.row, 16)
        self.assertEqual(chart.ser[0].val.numRef.f, "'Biểu 01'!$C$9:$C$10")

    def test_has_formulas_that_cover_all_rows(self):
        book = self.book()
        sheet = book["Biểu 01"]
        formulas = {at: sheet[at].value for at in ("F9", "F10", "C11", "D11", "E11")}
        self.assertEqual(
            formulas,
            {
                "F9": "=IF(D9=0,0,C9/D$11)",
                "F10": "=IF(D10=0,0,C10/D$11)",
                "C11": "=SUM(C9:C10)",
                "D11": "=SUM(D9:D10)",
                "E11": "=IF(D11=0,0,C11/D11)",
            },
        )
        self.assertEqual(book["Biểu 02"]["B1"].value, "='Biểu 01'!C11")
        self.assertEqual(book["Biểu 02"]["B8"].value, "=AVERAGE('Biểu 01'!E9:E10)")

    def test_is_opened_and_counted_by_libreoffice(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bieu.xlsx"
            path.write_bytes(self.filled().getvalue())
            sheets = read_with_libreoffice(path)
        rows = sheets["Biểu 01"]
        self.assertEqual(rows[8][:6], ["1", "Khu phố 1", "1", "2", "50%", "33.3333333333333%"])
        self.assertEqual(rows[9][:6], ["2", "Khu phố 2", "0", "1", "0%", "0%"])
        self.assertEqual(
            rows[10][1:6], ["Tổng cộng", "1", "3", "33.3333333333333%", "33.3333333333333%"]
        )
        self.assertEqual(sheets["Biểu 02"][0][1], "1")
        # A date, as this program shows dates.
        self.assertEqual(sheets["Biểu 02"][1][1], "11/30/2026")

    def test_leaves_every_other_part_of_the_file_as_it_is(self):
        with (
            zipfile.ZipFile(BytesIO(city_form())) as before,
            zipfile.ZipFile(self.filled()) as after,
        ):
            self.assertEqual(before.namelist(), after.namelist())
            for name in ("xl/theme/theme1.xml", "xl/media/image1.png", "docProps/app.xml"):
                self.assertEqual(before.read(name), after.read(name))
            self.assertIn(b":Row>11<", before.read("xl/drawings/commentsDrawing1.vml"))
            self.assertIn(b":Row>12<", after.read("xl/drawings/commentsDrawing1.vml"))
            text = "".join(
                after.read(name).decode()
                for name in after.namelist()
                if re.fullmatch(r"xl/worksheets/sheet\d\.xml", name)
            )
        self.assertNotIn("{{", text)

    def test_is_vietnamese_whatever_language_asks(self):
        with override("en"):
            self.assertEqual(self.cell(reached("ty_le") + "!").value, "33,3%!")

    def test_costs_the_same_queries_however_much_there_is(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.filled()
            return len(captured)

        queries()
        self.visit("2026-10-06")
        before = queries()
        for number in range(3, 9):
            area = self.cast.ward.add_child(f"Khu phố {number}")
            make_target(area, "2026-01-01", "2026-12-31", indicator="households_reached")
            self.visit("2026-11-04", make_household(area, address=f"{number} Lê Lai"))
        self.assertEqual(queries(), before)


class ACell(FillingCase):
    def test_keeps_its_own_format(self):
        def change(sheet):
            sheet["A1"].number_format = "0.000"

        self.assertEqual(self.cell(reached("ty_le"), change).number_format, "0.000")

    def test_within_a_text_is_written_the_vietnamese_way(self):
        make_target(self.cast.ward, "2026-01-01", "2026-12-31", 1200, "count")
        found = self.cell("Giao {{chi_tieu:households_met.chi_tieu_giao}} hộ, đạt {{den_ngay}}")
        self.assertEqual(found.value, "Giao 1.200 hộ, đạt 30/11/2026")
        empty = self.cell("Tỷ lệ: {{chi_tieu:referrals_answered.ty_le}}")
        self.assertEqual(empty.value, "Tỷ lệ: –")

    def test_may_write_its_placeholder_with_spaces_and_capitals(self):
        self.assertEqual(self.cell("{{ Ten_Phuong }}").value, "Phường Xuân Hòa")
        self.assertEqual(self.cell("{{ TEN_PHUONG }}").value, "PHƯỜNG XUÂN HÒA")
        self.assertEqual(self.cell("{{chi_tieu: Households_Reached.tu_so}}").value, 0)

    def test_never_becomes_a_formula(self):
        self.cast.ward.name = "=1+1"
        self.cast.ward.save()
        cell = self.cell("{{ten_phuong}}")
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def test_counts_days_from_1904_where_the_workbook_does(self):
        book = Workbook()
        book.epoch = CALENDAR_MAC_1904
        book.active["A1"] = "{{den_ngay}}"
        found = self.book(of_bytes(book)).active["A1"].value
        self.assertEqual(found, datetime(2026, 11, 30))


class RepeatedRows(FillingCase):
    def test_stay_one_empty_row_where_there_is_nothing_to_list(self):
        cells = {"A5": "{{moi_phuong}}{{ten}}", "A6": "=COUNTA(A5:A5)", "B5": "chữ"}
        empty = Area.objects.create(code="01", name="Hà Nội", level="province")
        sheet = self.book(small(cells), area=empty, keeper=empty).active
        self.assertEqual([sheet[at].value for at in ("A5", "B5")], [None, "chữ"])
        self.assertEqual(sheet["A6"].value, "=COUNTA(A5:A5)")

    def test_list_the_wards_of_a_city(self):
        content = small({"A2": "{{moi_phuong}}{{ma}}", "B2": "{{ten}}", "A3": "{{ten_phuong}}"})
        sheet = self.book(content, area=self.cast.city, keeper=self.cast.city).active
        self.assertEqual([row[0].value for row in sheet["A2:A4"]], ["27139", "27160", None])

    def test_may_be_several_in_a_sheet(self):
        cells = {
            "A2": "{{moi_khu_pho}}{{ten}}",
            "A3": "giữa",
            "A4": "{{moi_khu_pho}}{{stt}}",
            "A5": "=SUM(A4:A4)",
            "A6": "=A5+A3",
        }
        sheet = self.book(small(cells)).active
        values = [row[0].value for row in sheet["A2:A8"]]
        self.assertEqual(values[:5], ["Khu phố 1", "Khu phố 2", "giữa", 1, 2])
        self.assertEqual(values[5:], ["=SUM(A5:A6)", "=A7+A4"])

    def test_write_out_formulas_that_are_shared(self):
        def share(parts):
            """As Excel keeps a formula that was drawn down."""
            sheet = parts["xl/worksheets/sheet1.xml"]
            sheet = sheet.replace(b"<f>B4*2</f>", b'<f t="shared" ref="C4:C5" si="0">B4*2</f>')
            sheet = sheet.replace(b"<f>B5*2</f>", b'<f t="shared" si="0"/>')
            assert sheet.count(b"shared") == 2
            parts["xl/worksheets/sheet1.xml"] = sheet

        cells = {"A2": "{{moi_khu_pho}}{{ten}}", "B4": 1, "B5": 2, "C4": "=B4*2", "C5": "=B5*2"}
        sheet = self.book(edited(share, small(cells))).active
        self.assertEqual([row[0].value for row in sheet["C5:C6"]], ["=B5*2", "=B6*2"])


class RowsOfTeams(FillingCase):
    NUMBERS = (
        *("ho", "ho_da_den", "ho_da_gap", "nguoi_duoc_huong_dan", "nguoi_tien_bo", "luot_tham"),
        *("ngay_cong", "lop", "thanh_vien"),
    )
    LINE = ("{{moi_to}}{{stt}}", "{{ten}}", *(f"{{{{to.{name}}}}}" for name in NUMBERS))

    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))
        other = Team.objects.create(ward=self.cast.ward, name="Tổ mới")
        other.areas.set([self.cast.kp2.add_child("Hẻm 5")])

    def sheet(self, **cells):
        line = {f"{column}5": text for column, text in zip("ABCDEFGHIJK", self.LINE, strict=True)}
        return self.book(small(line | cells)).active

    def test_have_the_numbers_of_each_team(self):
        self.visit("2026-11-03", outcome="met", met=[self.yen.pk], lessons_taught=[3])
        self.visit("2026-11-04")
        self.visit("2026-11-05", self.far_home)
        sheet = self.sheet(A6="Cộng", C6="=SUM(C5:C5)")
        rows = [[cell.value for cell in row] for row in sheet["A5:K7"]]
        self.assertEqual(rows[0], [1, self.cast.team.name, 2, 1, 1, 1, 0, 3, 3, 0, 1])
        self.assertEqual(rows[1], [2, "Tổ mới", *[0] * 9])
        self.assertEqual(rows[2], [3, "Không thuộc tổ nào", 1, 1, *[0] * 7])
        self.assertEqual(sheet["C8"].value, "=SUM(C5:C7)")
        found = teams(self.cast.ward, NOVEMBER)
        self.assertEqual([row[2:] for row in rows], [numbers_of(row) for row in found.rows])

    def test_have_rates_that_are_empty_without_homes(self):
        self.visit("2026-11-03")
        sheet = self.sheet(L5="{{to.ty_le}}", M5="{{TEN}} của {{ten_phuong}}: {{to.ty_le}}")
        self.assertEqual([sheet[at].value for at in ("L5", "L6", "L7")], [0.5, None, 0])
        self.assertEqual(sheet["L5"].number_format, "0.0%")
        self.assertEqual(sheet["M6"].value, "TỔ MỚI của Phường Xuân Hòa: –")

    def test_may_stand_beside_rows_of_neighbourhoods(self):
        sheet = self.sheet(A3="{{moi_khu_pho}}{{ten}}", B3=reached("mau_so"))
        self.assertEqual([cell.value for cell in sheet["A"][2:4]], ["Khu phố 1", "Khu phố 2"])
        self.assertEqual([cell.value for cell in sheet["A"][5:8]], [1, 2, 3])

    def test_are_counted_only_where_they_are_asked_for(self):
        with patch("outreach.own_form.values.teams", side_effect=AssertionError):
            self.filled()

    def test_cost_the_same_queries_however_many_teams_there_are(self):
        content = small(dict(zip(("A2", "B2", "C2"), self.LINE, strict=False)))

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.filled(content)
            return len(captured)

        queries()
        self.visit("2026-11-03")
        before = queries()
        for number in range(6):
            Team.objects.create(ward=self.cast.ward, name=f"Tổ {number}").areas.set([self.cast.kp2])
            self.visit("2026-11-04", self.far_home)
        self.assertEqual(queries(), before)


class AFormThatCannotBeFilled(FillingCase):
    def assert_refused(self, content, said, **options):
        with override("vi"), self.assertRaises(Unfillable) as caught:
            self.filled(content, **options)
        self.assertIn(said, str(caught.exception))

    def test_asks_for_an_indicator_that_was_hidden_meanwhile(self):
        content = small({"B3": "{{chi_tieu:households_met.tu_so}}"})
        with override("vi"):
            self.assertEqual(check(Form(content), self.cast.ward), [])
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        self.assert_refused(
            content, "ô B3: “{{chi_tieu:households_met.tu_so}}” nói về một chỉ tiêu"
        )

    def test_has_rows_of_areas_that_do_not_lie_one_level_below(self):
        content = small({"A2": "{{moi_khu_pho}}{{ten}}"})
        self.assert_refused(
            content, "hãy điền cho một phường", area=self.cast.city, keeper=self.cast.city
        )
        content = small({"A2": "{{moi_phuong}}{{ten}}"})
        self.assert_refused(content, "hãy điền cho thành phố", keeper=self.cast.city)

    def test_has_rows_of_teams_which_a_city_does_not_have(self):
        content = small({"A2": "{{moi_to}}{{ten}}"})
        city = {"area": self.cast.city, "keeper": self.cast.city}
        self.assert_refused(content, "mỗi tổ; hãy điền cho một phường", **city)
