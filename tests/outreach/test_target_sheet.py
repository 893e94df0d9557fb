"""The sheet of targets: what stands in it, and what of it is refused and how."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from wagtail.models import ModelLogEntry

from outreach.forms.targets import LARGEST_SHEET
from outreach.models import Indicator, Target
from outreach.target_import import put_targets, read_targets
from outreach.target_sheet import write_targets
from tests.outreach.test_target_screens import YEAR, TargetScreenCase
from tests.outreach.test_targets import make_target
from tests.volunteers.desk import text_of
from volunteers import roles
from volunteers.models import Area, RoleGrant

TITLES = [
    "Mã địa bàn", "Địa bàn", "Mã chỉ tiêu", "Tên chỉ tiêu", "Từ ngày", "Đến ngày",
    "Tính bằng (%/số lượng)", "Mục tiêu", "Nguồn",
]  # fmt: skip
GOOD = [
    "27139", "Phường Xuân Hòa", "households_met", "Hộ đã gặp", date(2026, 1, 1),
    date(2026, 12, 31), "%", 80, "Kế hoạch 31",
]  # fmt: skip
PLACES = dict(zip("ABCDEFGHI", range(9), strict=True))


def row(**said) -> list:
    """A good row with other words in some columns, by their letters."""
    values = list(GOOD)
    for column, value in said.items():
        values[PLACES[column]] = value
    return values


def book_of(*rows, titles=TITLES, above=()) -> bytes:
    book = Workbook()
    for values in (*above, titles, *rows):
        book.active.append(values)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class SheetCase(TargetScreenCase):
    def read(self, *rows, **options):
        areas = {area.pk: area for area in (self.cast.ward, self.cast.kp1, self.cast.kp2)}
        return read_targets(book_of(*rows, **options), areas)

    def send(self, content: bytes, code="27139", name="muc-tieu.xlsx"):
        upload = SimpleUploadedFile(name, content)
        return self.client.post(reverse("import_targets", args=[code]), {"file": upload})

    def exported(self, area=None, areas=None):
        file = BytesIO()
        area = area or self.cast.ward
        write_targets(file, area, areas or Area.objects.within(area), 2026)
        return file.getvalue()

    def cells(self, content: bytes) -> list[list]:
        rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
        return [list(values) for values in rows if values[0] != TITLES[0]][3:]


class TheExportedSheet(SheetCase):
    def test_has_the_targets_and_empty_rows_for_the_other_indicators(self):
        make_target(self.cast.ward, *YEAR, source="Kế hoạch 31")
        make_target(self.cast.kp2, "2026-10-01", "2026-12-31", 1200, "count")
        rows = self.cells(self.exported())
        self.assertEqual(len(rows), 2 + 28)
        self.assertEqual(rows[0][:3], ["27139", "Phường Xuân Hòa", "households_met"])
        self.assertEqual(rows[0][6:], ["%", 80, "Kế hoạch 31"])
        self.assertEqual(rows[0][4].date(), date(2026, 1, 1))
        self.assertEqual((rows[1][0], rows[1][6:8]), ("27139.2", ["số lượng", 1200]))
        self.assertEqual(rows[2][2:4], ["households_reached", "Hộ đã đến"])
        self.assertEqual(rows[2][6:], [None, None, None])
        self.assertEqual(rows[2][5].date(), date(2026, 12, 31))

    def test_has_no_empty_row_for_what_is_not_shown(self):
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        self.assertNotIn("households_met", [cells[2] for cells in self.cells(self.exported())])

    def test_says_the_same_when_it_is_imported_again(self):
        make_target(self.cast.ward, *YEAR, "0.5", source="=SUM(A1:A9)")
        make_target(self.cast.kp1, *YEAR, "66.5")
        make_target(self.cast.kp2, *YEAR, 1, indicator="skill.pay_qr")
        make_target(self.cast.ward, *YEAR, 0, "count", indicator="person_days")
        areas = {area.pk: area for area in Area.objects.within(self.cast.ward)}
        sheet = read_targets(self.exported(), areas)
        self.assertEqual(sheet.problems, [])
        outcome = put_targets(self.cast.ward, sheet.targets)
        self.assertEqual((outcome.added, outcome.changed, outcome.unchanged), (0, 0, 4))
        self.assertFalse(ModelLogEntry.objects.filter(action__contains="imported").exists())

    def test_costs_the_same_queries_however_many_targets_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.exported()
            return len(captured)

        make_target(self.cast.ward, *YEAR)
        before = queries()
        for indicator in ("skill.pay_qr", "sessions_held"):
            make_target(self.cast.kp1, *YEAR, 5, "count", indicator=indicator)
        self.assertEqual(queries(), before)


class ASheetThatIsImported(SheetCase):
    def test_adds_and_changes_targets_and_lets_others_be(self):
        make_target(self.cast.ward, *YEAR, 50)
        other = make_target(self.cast.ward, "2025-01-01", "2025-12-31", 10)
        answer = self.send(book_of(GOOD, row(A="27139.1", B="khu phố 1", H="66,5", I=None)))
        self.assertRedirects(answer, reverse("targets", args=["27139"]))
        self.assertEqual(
            set(Target.objects.values_list("area", "value", "source")),
            {
                ("27139", Decimal(80), "Kế hoạch 31"),
                ("27139", Decimal(10), other.source),
                ("27139.1", Decimal("66.5"), ""),
            },
        )
        (entry,) = ModelLogEntry.objects.filter(action="outreach.targets_imported")
        self.assertEqual((entry.data["added"], entry.data["changed"]), (1, 1))
        self.assertIn("1 mới, 1 được sửa", entry.message)

    def test_keeps_no_number_of_a_citizen(self):
        (target,) = self.read(row(I="Theo CCCD 079055001234")).targets
        self.assertNotIn("079055001234", target.source)

    def test_may_be_arranged_otherwise(self):
        order = [7, 2, 0, 5, 4, 6]
        titles = [TITLES[n].upper() for n in order]
        rows = [[GOOD[n] for n in order]]
        sheet = self.read(*rows, titles=titles, above=[["Phường Xuân Hòa"], []])
        self.assertEqual([target.value for target in sheet.targets], [80])

    def test_may_be_text_throughout(self):
        (target,) = self.read(row(E="1/1/2026", F="2026-12-31", H="80%", G=None)).targets
        self.assertEqual((target.first, target.last), (date(2026, 1, 1), date(2026, 12, 31)))
        self.assertEqual((target.measure, target.value), ("percent", 80))

    def test_leaves_out_rows_without_a_target(self):
        sheet = self.read(GOOD, row(G=None, H=None, I=None), [None] * 9, row(F=date(2026, 6, 30)))
        self.assertEqual((len(sheet.targets), sheet.left_out), (2, 1))
        self.assertEqual(sheet.problems, [])

    def test_knows_a_code_of_which_the_spreadsheet_made_a_number(self):
        self.cast.city.name = "Thành phố"
        areas = {"03408": Area(code="03408", name="Xã A"), "27139": self.cast.ward}
        book = book_of(row(A=3408, B=None), row(A=27139))
        found = read_targets(book, areas)
        self.assertEqual([target.area_id for target in found.targets], ["03408", "27139"])

    def test_by_an_administrator_may_name_the_wards_of_a_city(self):
        self.client.force_login(self.cast.admin)
        self.send(book_of(row(A="79", B=None), row(A="27160", B="Phường Bàn Cờ")), "79")
        self.assertEqual(set(Target.objects.values_list("area", flat=True)), {"79", "27160"})


class ASheetWithMistakes(SheetCase):
    def assert_problem(self, column: str, said: str, *, read=None, **changed) -> None:
        with self.subTest(said, **changed):
            sheet = read or self.read(GOOD, row(**{"F": date(2026, 11, 30)} | changed))
            self.assertEqual(
                [(problem.row, problem.column) for problem in sheet.problems], [(3, column)]
            )
            self.assertIn(said, sheet.problems[0].message)
            self.assertEqual(sheet.problems[0].sheet, "Sheet")

    def test_names_each_by_row_and_column(self):
        for column, value, said in (
            ("A", "27160", "“27160” không phải là mã của địa bàn"),
            ("A", "00000", "“00000” không phải là mã của địa bàn"),
            ("A", None, "“” không phải là mã của địa bàn"),
            ("A", 27139.1, "bị bảng tính đổi thành số"),
            ("B", "Khu phố 1", "Mã 27139 là Phường Xuân Hòa"),
            ("C", "khong-co", "“khong-co” không phải là mã của chỉ tiêu"),
            ("C", None, "“” không phải là mã của chỉ tiêu"),
            ("E", "hôm qua", "“hôm qua” không phải là một ngày"),
            ("E", None, "“” không phải là một ngày"),
            ("E", date(1999, 12, 31), "từ năm 2000"),
            ("F", date(2025, 1, 1), "Ngày cuối 01/01/2025 đứng trước ngày đầu 01/01/2026"),
            ("G", "điểm", "“điểm” không phải là cách tính mục tiêu"),
            ("G", None, "“” không phải là cách tính mục tiêu"),
            ("H", None, "“” không phải là mục tiêu"),
            ("H", "nhiều", "“nhiều” không phải là mục tiêu"),
            ("H", -1, "“-1” không phải là mục tiêu"),
            ("H", 66.67, "“66.67” không phải là mục tiêu"),
            ("H", 120, "120% là hơn tất cả"),
            ("H", 0.8, "có thể là 80% hoặc 0,8%"),
            ("H", 1, "có thể là 100% hoặc 1%"),
            ("H", date(2026, 1, 1), "không phải là mục tiêu"),
            ("I", "x" * 201, "Nguồn dài 201 chữ"),
        ):
            self.assert_problem(column, said, **{column: value})
        self.assert_problem("H", "không có mẫu số", C="sessions_held")
        self.assert_problem("H", "không phải là số nguyên", G="số lượng", H=5.5)

    def test_names_every_mistake_of_a_row(self):
        sheet = self.read(row(A="x", C="y", E="z", H="w"))
        self.assertEqual([problem.column for problem in sheet.problems], ["A", "C", "E", "H"])

    def test_names_a_row_that_stands_twice(self):
        sheet = self.read(GOOD, row(H=70))
        self.assert_problem("C", "Dòng 2 đã có cùng địa bàn", read=sheet)

    def test_is_not_taken_in_at_all(self):
        page = self.send(book_of(GOOD, row(A="27160", B="Phường Bàn Cờ")))
        self.assertEqual(page.status_code, 200)
        words = text_of(page)
        self.assertIn("Chưa nhập dòng nào", words)
        self.assertIn("Sheet 3 A “27160” không phải", words)
        self.assertFalse(Target.objects.exists())

    def test_shows_the_first_hundred(self):
        days = [date(2026, 1, 1 + number % 28) for number in range(130)]
        page = self.send(book_of(*(row(A="x", E=day) for day in days)))
        self.assertEqual(len(page.context["problems"]), 100)
        self.assertIn("và 30 mục nữa", text_of(page))

    def test_tells_nothing_of_another_ward(self):
        make_target(self.cast.other_ward, *YEAR)
        foreign, absent = self.read(row(A="27160", B=None)), self.read(row(A="00000", B=None))
        self.assertEqual(
            foreign.problems[0].message.replace("27160", ""),
            absent.problems[0].message.replace("00000", ""),
        )

    def test_reaches_no_other_ward_of_the_same_officer(self):
        roles.grant(self.cast.hoa, RoleGrant.Role.OFFICER, self.cast.other_ward)
        self.send(book_of(row(A="27160", B=None)))
        self.assertFalse(Target.objects.exists())


class WhatIsNoSheetOfTargets(SheetCase):
    def assert_refused(self, content: bytes, said: str, name="muc-tieu.xlsx") -> None:
        page = self.send(content, name=name)
        self.assertEqual(page.status_code, 200)
        self.assertIn(said, text_of(page))
        self.assertFalse(Target.objects.exists())

    def test_names_the_titles_that_are_missing(self):
        titles = [*TITLES[:6], "Đo bằng", *TITLES[7:]]
        self.assert_refused(
            book_of(GOOD, titles=titles), "không có dòng nào mang các tiêu đề “Tính bằng"
        )
        self.assert_refused(book_of(titles=["Họ và tên"]), "“Mã địa bàn”, “Mã chỉ tiêu”")

    def test_is_refused_as_any_other_upload(self):
        bomb = BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("[Content_Types].xml", "xl/workbook.xml"):
                archive.writestr(name, b" " * 60_000_000)
        for content, said in (
            (b"", "Tệp trống"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "định dạng .xls cũ"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04 cut short", "hỏng"),
            (bomb.getvalue(), "Khi giải nén"),
            (b"\0" * LARGEST_SHEET + b"x", "nặng 3 MB"),
        ):
            with self.subTest(said):
                self.assert_refused(content, said)

    def test_asks_for_a_file(self):
        page = self.client.post(reverse("import_targets", args=["27139"]), {})
        self.assertIn("Hãy chọn tệp có các mục tiêu", text_of(page))

    def test_may_be_text_with_the_same_titles(self):
        lines = [TITLES, ["27139", "", "households_met", "", "1/1/2026", "31/12/2026", "%", "80"]]
        text = "\n".join(";".join(line) for line in lines).encode()
        self.assertEqual(self.send(text, name="muc-tieu.csv").status_code, 302)
        self.assertEqual(Target.objects.get().value, 80)

    def test_has_too_many_rows(self):
        rows = [row(H=None, G=None, I=None)] * 5_001
        self.assert_refused(book_of(*rows), "5001 dòng")
