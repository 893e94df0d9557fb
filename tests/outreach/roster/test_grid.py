"""The cells of a workbook, as two other readers have them, and as files in the wild have them."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import python_calamine
from django.test import SimpleTestCase
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chartsheet import Chartsheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from outreach.roster.grid import Grid, clean_text, read_grids
from tests.outreach.roster.lists import SHAPES, real_list, rezipped, saved, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl__worksheets__sheet1.xml"


def raw(body: str, **parts: bytes) -> bytes:
    """A workbook whose first sheet has this XML."""
    xml = f'<worksheet xmlns="{MAIN}">{body}</worksheet>'.encode()
    return rezipped(workbook(("x",)), **{SHEET: xml, **parts})


def rows(content: bytes) -> dict[int, dict[int, object]]:
    return read_grids(content)[0].rows


def plain(value) -> object:
    """A value of another reader as the grid has it."""
    match value:
        case None | "":
            return None
        case bool():
            return str(value).upper()
        case datetime():
            return value.date()
        case time() | timedelta():
            return str(value)
        case float() if value.is_integer():
            return int(value)
        case str():
            return clean_text(value) or None
    return value


def grid_of(table) -> dict[int, dict[int, object]]:
    found = {}
    for number, cells in enumerate(table, 1):
        row = {place: plain(value) for place, value in enumerate(cells, 1)}
        row = {place: value for place, value in row.items() if value is not None}
        if row:
            found[number] = row
    return found


def by_openpyxl(content: bytes) -> dict[str, dict]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {sheet.title: grid_of(sheet.values) for sheet in book.worksheets}


def by_calamine(content: bytes) -> dict[str, dict]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    return {
        name: grid_of(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for name in book.sheet_names
    }


def nasty() -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet["C4"] = "bắt đầu ở C4"
    sheet.append([1, 2.5, 912345678, 79123456789012, True, False, "0912", "  hai  chữ ", "a\nb"])
    sheet.append([date(1950, 2, 3), datetime(1999, 12, 31, 23, 59), date(1900, 1, 1), time(7, 30)])
    sheet.append([timedelta(hours=30), -3, 0, 1e15, "TRUE", "=1+1", None, "x\u200b\u202ey"])
    sheet["A9"] = CellRichText("Nguyễn ", TextBlock(InlineFont(b=True), "Văn"), " An")
    for place, shown in enumerate(("dd/mm/yyyy", 'yyyy"năm"', "[$-42A]d/m/yy", "0.00", "@"), 1):
        sheet.cell(11, place, 21_000).number_format = shown
    for place, shown in enumerate(("[h]:mm", "hh:mm", "[Red]0", '"day"0', "mmm-yy"), 1):
        sheet.cell(12, place, 21_000.5).number_format = shown
    book.create_sheet("Trống")
    book.create_sheet("Ẩn").append(["ẩn"])
    book["Ẩn"].sheet_state = "hidden"
    return book


class ThreeReaders(SimpleTestCase):
    maxDiff = None

    def assertSameGrids(self, content: bytes) -> None:
        grids = {grid.name: grid.rows for grid in read_grids(content)}
        self.assertEqual(grids, by_openpyxl(content))
        self.assertEqual(grids, by_calamine(content))

    def test_agree_on_the_real_lists(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.assertSameGrids(real_list(shape))

    def test_agree_on_every_kind_of_cell(self):
        self.assertSameGrids(saved(nasty()))

    def test_agree_on_dates_that_count_from_1904(self):
        book = nasty()
        book.epoch = CALENDAR_MAC_1904
        # Days before the first: calamine takes them for midnight.
        book["Sheet"]["C6"] = None
        self.assertSameGrids(saved(book))

    def test_differ_where_a_formula_failed(self):
        # What the spreadsheet shows is a problem to be named; calamine has an empty cell there.
        content = workbook(("#REF!", "#N/A", "x"))
        self.assertEqual(rows(content), {1: {1: "#REF!", 2: "#N/A", 3: "x"}})
        self.assertEqual(by_openpyxl(content)["KP1"], rows(content))
        self.assertEqual(by_calamine(content)["KP1"], {1: {3: "x"}})


class ASheet(SimpleTestCase):
    def test_has_merged_cells_and_hidden_columns(self):
        content = workbook(
            ("a", None, "c", "d"), (1, 2, 3, 4), merged=("A1:B1", "C1:C2"), hidden=("B", "D")
        )
        (grid,) = read_grids(content)
        self.assertEqual(grid.merged, {(1, 2): (1, 1), (2, 3): (1, 3)})
        self.assertEqual((grid.spread(1, 2), grid.at(1, 2)), ("a", None))
        self.assertEqual(grid.hidden_columns, {2, 4})

    def test_that_merges_whole_columns_costs_no_more_than_its_rows(self):
        cells = '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
        (grid,) = read_grids(
            raw(f'{cells}<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
        )
        self.assertEqual(grid.merged, {(1, 2): (1, 1), (2, 1): (1, 1), (2, 2): (1, 1)})

    def test_may_be_hidden_and_charts_are_left_out(self):
        book = nasty()
        book.create_chartsheet("Biểu đồ")
        self.assertIsInstance(book["Biểu đồ"], Chartsheet)
        book["Trống"].sheet_state = "veryHidden"
        grids = read_grids(saved(book))
        self.assertEqual(
            [(grid.name, grid.hidden) for grid in grids],
            [("Sheet", False), ("Trống", True), ("Ẩn", True)],
        )

    def test_counts_rows_and_cells_that_do_not_say_where_they_are(self):
        content = raw(
            '<sheetData><row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row>'
            '<row><c><v>3</v></c></row><row><c r="C9"><v>4</v></c></row>'
            '<row r="2"><c r="A2" t="str"><v>late</v></c></row></sheetData>'
        )
        self.assertEqual(
            list(rows(content).items()),
            [(2, {1: "late"}), (3, {2: 1, 3: 2}), (4, {1: 3}), (9, {3: 4})],
        )

    def test_may_name_its_elements_with_a_prefix(self):
        xml = (
            f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>5</x:v>'
            "</x:c></x:row></x:sheetData></x:worksheet>"
        )
        self.assertEqual(rows(rezipped(workbook(("x",)), **{SHEET: xml.encode()})), {1: {1: 5}})

    def test_has_texts_that_stand_elsewhere(self):
        strings = (
            f'<sst xmlns="{MAIN}"><si><t>Nguyễn</t></si><si><r><t>Văn </t></r><r><t>An</t></r>'
            "<rPh><t>đọc</t></rPh></si><si/></sst>"
        )
        content = raw(
            '<sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c>'
            '<c r="C1" t="s"><v>2</v></c></row></sheetData>',
            **{"xl__sharedStrings.xml": strings.encode()},
        )
        self.assertEqual(rows(content), {1: {1: "Văn An", 2: "Nguyễn"}})

    def test_has_what_formulas_last_gave(self):
        content = raw(
            '<sheetData><row r="1"><c r="A1" t="str"><f>B1&amp;C1</f><v>An</v></c>'
            '<c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>1+2</f></c>'
            '<c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1" t="d"><v>1950-02-03T00:00:00</v>'
            "</c></row></sheetData>"
        )
        self.assertEqual(rows(content), {1: {1: "An", 2: 2, 4: "#DIV/0!", 5: date(1950, 2, 3)}})

    def test_has_numbers_as_other_programs_write_them(self):
        numbers = ("9.12345678E8", "912345678.0", "1.5", "-0", "1E999", "abc", "9" * 5_000)
        cells = "".join(f"<c><v>{number}</v></c>" for number in numbers)
        (row,) = rows(raw(f'<sheetData><row r="1">{cells}</row></sheetData>')).values()
        self.assertEqual(
            list(row.values()), [912345678, 912345678, 1.5, 0, "inf", "abc", "9" * 1_000]
        )


class ATextOfSeveralLines(SimpleTestCase):
    TEXT = "Nguyễn Văn An\n\n  Trần  Thị Bé_x000D_\nLê Văn Cường\n"
    LINES = ["Nguyễn Văn An", "Trần Thị Bé", "Lê Văn Cường"]

    def assertLines(self, grid: Grid) -> None:
        self.assertEqual(grid.lines, {(2, 2): self.LINES})
        self.assertEqual(grid.at(2, 2), "Nguyễn Văn An Trần Thị Bé Lê Văn Cường")

    def test_keeps_them_beside_the_text_in_one(self):
        self.assertLines(read_grids(workbook(("a", "b"), ("một dòng", self.TEXT, "c\n")))[0])

    def test_keeps_them_in_a_text_file_too(self):
        self.assertLines(read_grids(f'a,b\nmột dòng,"{self.TEXT}",c\n'.encode())[0])

    def test_loses_them_with_its_column(self):
        (grid,) = read_grids(workbook(("a", "b"), ("một dòng", self.TEXT)))
        grid.drop_column(2)
        self.assertEqual((grid.lines, grid.rows), ({}, {1: {1: "a"}, 2: {1: "một dòng"}}))
