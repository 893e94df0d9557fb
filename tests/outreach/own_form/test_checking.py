"""What is said about a form before it is kept: wrong placeholders, and files that are none."""

import re
from io import BytesIO

from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from outreach.models import Indicator
from outreach.own_form.checking import check, warnings
from outreach.own_form.example import write_example
from outreach.own_form.package import MAX_INFLATED
from outreach.own_form.problems import NoForm
from outreach.own_form.template import Form
from outreach.roster.opening import OLE
from tests.outreach.own_form import forms
from tests.outreach.own_form.forms import city_form, of_bytes, small
from tests.outreach.test_coverage import CoverageTestCase

REACHED = "{{chi_tieu:households_reached.tu_so}}"


def edited(change, content: bytes | None = None) -> bytes:
    return forms.edited(change, content or city_form())


class CheckingCase(CoverageTestCase):
    def problems(self, content: bytes, area=None) -> list[str]:
        with override("vi"):
            return [one.words for one in check(Form(content), area or self.cast.ward)]

    def assert_said(self, text, said: str, at: str = "C7", area=None, **cells):
        words = f"Trang tính “Biểu 01”, ô {at}: {said}"
        found = self.problems(small({"C7": text, **cells}), area)
        self.assertTrue(any(one.startswith(words) for one in found), (words, found))


class AGoodForm(CheckingCase):
    def test_has_nothing_to_say(self):
        self.assertEqual(self.problems(city_form()), [])
        self.assertEqual(self.problems(city_form(), self.cast.city), [])

    def test_is_the_example(self):
        for area in (self.cast.ward, self.cast.city):
            file = BytesIO()
            write_example(file, area.level)
            self.assertEqual(self.problems(file.getvalue(), area), [])


class AWrongPlaceholder(CheckingCase):
    def test_is_named_with_what_it_may_be(self):
        for text, better in (
            ("{{ten_phung}}", "{{ten_phuong}}"),
            ("{{tên_phường}}", "{{ten_phuong}}"),
            ("Ngày {{den_nagy}}", "{{den_ngay}}"),
            ("{{chi_tieu:households_reach.tu_so}}", REACHED),
            ("{{chi_tieu:households_reached.tuso}}", REACHED),
            ("{{households_reached.tu_so}}", REACHED),
        ):
            with self.subTest(text):
                written = text[text.index("{{") :]
                self.assert_said(text, f"không có “{written}”; có thể là “{better}”")

    def test_without_any_likeness_leads_to_the_list(self):
        self.assert_said("{{xyz}}", "không có “{{xyz}}”; hãy xem danh sách mã điền")
        self.assert_said("{{}}", "không có “{{}}”")

    def test_lacks_a_brace(self):
        for text in ("{{ten_phuong}", "ten_phuong}}", "{{ten_phuong", "{{{ten_phuong}"):
            self.assert_said(text, "thiếu hoặc thừa dấu ngoặc")
        self.assert_said("{ten_phuong}", "“{ten_phuong}” chỉ có một dấu ngoặc; hãy ghi “{{ten_")
        self.assertEqual(self.problems(small({"A1": "{khác}", "A2": REACHED})), [])

    def test_belongs_into_a_repeated_row(self):
        self.assert_said("{{stt}}", "“{{stt}}” chỉ dùng trong dòng được lặp")

    def test_belongs_into_a_row_of_teams(self):
        said = "“{{to.ho}}” chỉ dùng trong dòng của các tổ; hãy ghi thêm {{moi_to}}"
        self.assert_said("{{to.ho}}", said)
        self.assert_said("{{moi_khu_pho}}{{to.ho}}", said)

    def test_has_no_meaning_for_a_team(self):
        for written in (REACHED, "{{ma}}", "{{chi_tieu:xyz.tu_so}}"):
            said = (
                f"“{written}” không có nghĩa đối với một tổ; dòng có {{{{moi_to}}}} chỉ dùng được "
            )
            self.assert_said("{{moi_to}}" + written, said + "{{stt}}, {{ten}}, {{to.ho}}, ")
        self.assertEqual(self.problems(small({"A2": "{{moi_to}}{{ten}} {{to.ty_le}} {{nam}}"})), [])

    def test_is_almost_one_of_a_team(self):
        said = "không có “{{to.ho_da_de}}”; có thể là “{{to.ho_da_den}}”"
        self.assert_said("{{moi_to}}{{to.ho_da_de}}", said)

    def test_repeats_its_row_twice(self):
        self.assert_said(
            "{{moi_khu_pho}}{{stt}}",
            "dòng 7 có “{{moi_khu_pho}}” lần thứ hai",
            at="D7",
            D7="{{moi_khu_pho}}",
        )
        self.assert_said("{{moi_khu_pho}}{{moi_khu_pho}}{{stt}}", "dòng 7 có")

    def test_repeats_for_what_a_ward_does_not_have(self):
        self.assert_said("{{moi_phuong}}{{ten}}", "biểu có dòng cho mỗi phường")
        self.assert_said(
            "{{moi_phuong}}{{ten}}",
            "một biểu chỉ lặp theo khu phố hoặc chỉ lặp theo phường",
            at="C8",
            C8="{{moi_khu_pho}}{{ten}}",
            area=self.cast.city,
        )

    def test_asks_for_an_indicator_that_is_hidden_or_gone(self):
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        self.assert_said("{{chi_tieu:households_met.tu_so}}", "“{{chi_tieu:households_met.tu_so}}”")
        self.assertIn("đã ẩn", self.problems(small({"A1": "{{chi_tieu:households_met.tu_so}}"}))[0])
        Indicator.objects.filter(pk="households_met").delete()
        self.assert_said("{{chi_tieu:households_met.tu_so}}", "không có")

    def test_asks_for_the_rate_of_an_amount(self):
        for piece in ("mau_so", "ty_le"):
            text = f"{{{{chi_tieu:sessions_held.{piece}}}}}"
            self.assert_said(text, f"“{text}”: “Lớp đã mở” không có mẫu số")

    def test_stands_where_nothing_can_be_filled(self):
        def names(parts):
            sheet = parts["xl/drawings/drawing1.xml"]
            parts["xl/drawings/drawing1.xml"] = sheet.replace(b"Chart 1", b"{{ten_phuong}}")

        self.assert_said('="Kỳ {{ky_bao_cao}}"', "công thức không chứa được mã điền")
        found = self.problems(small({"A1": REACHED}, title="{{ten_phuong}}"))
        self.assertIn("tên trang tính không chứa được mã điền", found[0])
        self.assertIn("hộp chữ hoặc hình vẽ", self.problems(edited(names))[0])

        def header(sheet):
            sheet.oddHeader.center.text = "{{ten_phung}} {{moi_khu_pho}}"

        found = self.problems(small({"A1": REACHED}, change=header))
        self.assertIn("ô đầu trang, chân trang: không có “{{ten_phung}}”", found[0])
        self.assertIn("ở đây không lặp dòng được", found[1])

    def test_is_missing_altogether(self):
        self.assertIn("không có mã điền nào", self.problems(small({"A1": "Báo cáo"}))[0])

    def test_are_all_named_at_once_in_the_order_of_the_file(self):
        found = self.problems(small({"B2": "{{a1}} {{b2}}", "A3": "{{c3}}", "A1": REACHED}))
        self.assertEqual([one.split(":")[0][-2:] for one in found], ["B2", "B2", "A3"])


class ARowThatCannotBeRepeated(CheckingCase):
    def test_lies_under_a_merged_cell(self):
        def merge(sheet):
            sheet.merge_cells("A7:B8")

        content = small({"C7": "{{moi_khu_pho}}{{ten}}"}, change=merge)
        self.assertIn("ô A7: ô gộp A7:B8 nằm trên cả dòng được lặp", self.problems(content)[0])

    def test_is_used_by_a_formula_that_wants_one_cell(self):
        self.assert_said(
            "{{moi_khu_pho}}{{ten}}",
            "công thức lấy ô D7 của dòng được lặp",
            at="D9",
            D7=REACHED,
            D9="=D7*2",
        )

    def test_is_too_long(self):
        cells = {"A7": "{{moi_khu_pho}}{{ten}}"}

        def long(sheet):
            for column in range(2, 400):
                sheet.cell(7, column, column)

        self.assertIn("dòng 7 có 399 ô", self.problems(small(cells, change=long))[0])
        many = {f"A{row}": "{{moi_khu_pho}}{{ten}}" for row in range(1, 40)}
        self.assertIn("ở đây có 39 dòng", self.problems(small(many))[0])

    def test_may_be_the_last_of_a_table(self):
        def table(sheet):
            sheet.add_table(Table(displayName="Bang1", ref="A6:B7"))

        cells = {"A6": "Tên", "B6": "Số", "A7": "{{moi_khu_pho}}{{ten}}", "B7": REACHED}
        self.assertEqual(self.problems(small(cells, change=table)), [])
        titled = self.problems(small(cells | {"B6": "{{ten_phuong}}"}, change=table))
        self.assertIn("ô B6: tiêu đề cột của bảng (Table) không chứa được mã điền", titled[0])


class AFileThatIsNoForm(CheckingCase):
    def assert_refused(self, content: bytes, code: str, said: str):
        with override("vi"), self.assertRaises(NoForm) as caught:
            Form(content)
        self.assertEqual(caught.exception.code, code)
        with override("vi"):
            self.assertIn(said, caught.exception.message)

    def test_is_told_what_it_is_and_what_to_do(self):
        def ods(parts):
            parts["content.xml"] = b"<x/>"

        def macro(parts):
            parts["xl/vbaProject.bin"] = b"x"

        def template(parts):
            types = parts["[Content_Types].xml"]
            parts["[Content_Types].xml"] = types.replace(b"sheet.main+xml", b"template.main+xml")

        def strict(parts):
            old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(old, new)

        def signed(parts):
            parts["_xmlsignatures/sig1.xml"] = b"<x/>"

        locked = OLE + "EncryptedPackage".encode("utf-16-le")
        for content, code, said in (
            (b"", "empty_file", "Tệp trống"),
            (b"a,b\r\n1,2\r\n", "text", "CSV"),
            (b"%PDF-1.7", "pdf", "PDF"),
            (b"\x89PNG\r\n", "picture", "hình ảnh"),
            (b"<html></html>", "web_page", "trang web"),
            (OLE + b"x" * 100, "old_format", ".xls"),
            (locked, "password_protected", "mật khẩu"),
            (edited(ods), "other_format", ".ods"),
            (edited(macro), "macros", ".xlsm"),
            (edited(template), "template", ".xltx"),
            (edited(strict), "strict", "Strict Open XML"),
            (edited(signed), "signed", "chữ ký số"),
            (city_form()[:3000], "damaged_file", "hỏng"),
            (b"x" * 1_100_000, "file_too_large", "1 MB"),
        ):
            with self.subTest(code):
                self.assert_refused(content, code, said)

    def test_may_not_unpack_to_much(self):
        def bomb(parts):
            parts["xl/media/image2.png"] = b"\0" * (MAX_INFLATED + 1)

        def cells(parts):
            row = b'<row r="%d"><c r="A%d"/></row>'
            rows = b"".join(row % (number, number) for number in range(1, 50_002))
            sheet = parts["xl/worksheets/sheet1.xml"]
            start, end = sheet.index(b"<sheetData>") + 11, sheet.index(b"</sheetData>")
            parts["xl/worksheets/sheet1.xml"] = sheet[:start] + rows + sheet[end:]

        self.assert_refused(edited(bomb), "zip_bomb", "lớn hơn mọi biểu mẫu")
        self.assert_refused(edited(cells), "too_many_cells", "50.000 ô")

    def test_may_not_bring_entities(self):
        def entities(parts):
            sheet = parts["xl/worksheets/sheet1.xml"]
            start = sheet.index(b"<worksheet")
            bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
            parts["xl/worksheets/sheet1.xml"] = sheet[:start] + bomb + sheet[start:]

        def outside(parts):
            doctype = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "file:///etc/x">'
            book = parts["xl/workbook.xml"].decode()
            text = doctype + book[book.index("<workbook") :]
            parts["xl/workbook.xml"] = text.encode("utf-16")

        for change in (entities, outside):
            self.assert_refused(edited(change), "unsafe_xml", "không được mở")

    def test_may_not_be_broken_inside(self):
        def set_part(name, content):
            def change(parts):
                parts[name] = content

            return change

        def without(name):
            return lambda parts: parts.pop(name)

        def cell(old: bytes, new: bytes):
            def change(parts):
                sheet = parts["xl/worksheets/sheet1.xml"]
                assert old in sheet
                parts["xl/worksheets/sheet1.xml"] = sheet.replace(old, new, 1)

            return change

        changes = (
            set_part("xl/worksheets/sheet1.xml", b"<worksheet"),
            set_part("xl/workbook.xml", b"no xml"),
            set_part("xl/sharedStrings.xml", b"<sst/>"),
            without("xl/_rels/workbook.xml.rels"),
            without("xl/sharedStrings.xml"),
            cell(b'<c r="A1"', b'<c r="A2"'),
            cell(b'<c r="A1"', b'<c r="1A"'),
            cell(b'<row r="9"', b'<row r="1"'),
            cell(b'<row r="9"', b'<row r="x"'),
        )
        for number, change in enumerate(changes):
            with self.subTest(number):
                self.assert_refused(edited(change), "damaged_file", "hỏng")

    def test_may_not_have_numbers_that_are_none(self):
        def styled(parts):
            sheet = parts["xl/worksheets/sheet2.xml"]
            parts["xl/worksheets/sheet2.xml"] = re.sub(rb'(<c r="B2")', rb'\1 s="x"', sheet)

        def anchored(parts):
            sheet = parts["xl/drawings/drawing1.xml"]
            assert b"row>12<" in sheet
            parts["xl/drawings/drawing1.xml"] = sheet.replace(b"row>12<", b"row>x<")

        for change in (styled, anchored):
            with self.subTest(change.__name__), self.assertRaises(NoForm):
                self.problems(edited(change))


class AFormWithPartsThatDoNotChange(CheckingCase):
    def test_warns_of_them_by_name(self):
        def parts_of_excel(parts):
            parts["xl/pivotTables/pivotTable1.xml"] = b"<x/>"
            parts["xl/externalLinks/externalLink1.xml"] = b"<x/>"

        with override("vi"):
            self.assertEqual(warnings(Form(city_form())), [])
            said = " ".join(warnings(Form(edited(parts_of_excel))))
        self.assertIn("PivotTable giữ số cũ", said)
        self.assertIn("Liên kết đến tệp Excel khác", said)

    def test_takes_cells_without_their_references(self):
        def bare(parts):
            sheet = parts["xl/worksheets/sheet1.xml"]
            sheet = sheet.replace(b' r="A1"', b"").replace(b'<row r="1"', b"<row")
            parts["xl/worksheets/sheet1.xml"] = sheet

        book = Workbook()
        book.active["A1"] = "{{ten_phung}}"
        found = self.problems(edited(bare, of_bytes(book)))
        self.assertIn("ô A1: không có “{{ten_phung}}”", found[0])
