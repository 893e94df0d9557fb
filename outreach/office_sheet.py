"""Worksheets that look and print like a Vietnamese office's tables.

Source of the print format: Decree 30/2020/NĐ-CP, Annex I: A4, margins 20, 15, 20 and 30 mm, black
Times New Roman, page number top centre from page 2.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from outreach.checksum import Checksum

# The content type of a workbook.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MM = 1 / 25.4  # inches
FONT = "Times New Roman"
A4 = 9  # the number of the paper size in the file format
MAX_LINES = 25  # a row cannot be higher than 409 points
LINE_HEIGHT = 16  # points, of 12 point text
# Letters of 12 point Times that fit in one unit of column width, less for bold ones.
LETTERS, BOLD_LETTERS = 1.15, 1.0
MAX_ROWS = 1_048_576
NUMBERS = (int, date, float)
LIKE_FORMULAS = tuple("=+-@\t\r\n")
# What XML 1.0 cannot carry.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Kind(Enum):
    """What a column holds; decides format and alignment."""

    TEXT = auto()
    CODE = auto()  # codes and phone numbers: text for ever, leading zeros kept
    ORDER = auto()  # the row's own number
    NUMBER = auto()
    RATE = auto()  # 0 to 1, shown in percent
    POINTS = auto()  # by how many percent of all a rate changed
    DIFFERENCE = auto()  # by how many an amount changed
    DATE = auto()
    TITLE = auto()  # column titles


FORMATS = {
    Kind.CODE: "@",
    Kind.ORDER: "0",
    Kind.NUMBER: "#,##0",
    Kind.RATE: "0.0%",
    Kind.POINTS: '+0.0" điểm %";-0.0" điểm %";0.0" điểm %"',
    Kind.DIFFERENCE: "+#,##0;-#,##0;0",
    Kind.DATE: "dd/mm/yyyy",
}
HORIZONTAL = {
    Kind.ORDER: "center",
    Kind.NUMBER: "right",
    Kind.RATE: "right",
    Kind.POINTS: "right",
    Kind.DIFFERENCE: "right",
    Kind.DATE: "center",
    Kind.TITLE: "center",
}


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` in characters. Neighbours of one `group` share a title above."""

    title: str
    width: float
    kind: Kind = Kind.TEXT
    group: str = ""


@dataclass(frozen=True)
class Shown:
    """A value that is shown otherwise than its column."""

    value: Any
    kind: Kind


@dataclass(frozen=True)
class Linked:
    """Text that leads to the first cell of another sheet."""

    text: str
    sheet: str


# What no name of a sheet may have, and how long it may be.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted` as a sheet can be called, and none of `taken` is; spreadsheet programs do not tell
    capitals from small letters."""
    bare = " ".join(_FORBIDDEN.sub(" ", clean(wanted)).split()).strip("' ") or "-"
    known = {name.casefold() for name in taken}
    name, number = bare[:LONGEST_NAME].strip("' "), 1
    while name.casefold() in known:
        number += 1
        end = f" ({number})"
        name = bare[: LONGEST_NAME - len(end)].strip("' ") + end
    return name


@dataclass(frozen=True)
class Words:
    """Words above or below a table, over the columns `first` to `last` (from 1)."""

    text: str
    first: int
    last: int
    bold: bool = False
    italic: bool = False
    size: int = 12
    align: str = "center"


def clean(text: str) -> str:
    """`text` without the characters that a workbook cannot carry."""
    return _ILLEGAL.sub("", text)


def lines_of(text: str, width: float, bold: bool = False, size: int = 12) -> int:
    """How many lines the text needs in a column of this width. Spreadsheet programs do not all
    make rows high enough by themselves."""
    letters = max(int(width * (BOLD_LETTERS if bold else LETTERS) * 12 / size), 1)
    return sum(max(-(-len(line) // letters), 1) for line in text.split("\n"))


class OfficeSheet:
    """One table on a sheet of its own, written row by row and never kept in memory.

    `above` are the lines over the table. Nothing given here becomes a formula.
    """

    def __init__(
        self,
        book: Workbook,
        title: str,
        columns: Sequence[Column],
        above: Iterable[Sequence[Words]] = (),
        *,
        landscape: bool = True,
        frozen_columns: int = 0,
        page_columns: int = 0,
        checksum: Checksum | None = None,
    ) -> None:
        """`page_columns`: print at most this many columns a page, after the frozen ones, instead of
        shrinking the table to the width of one; a group is never torn apart. `checksum` gets every
        number."""
        self.sheet = book.create_sheet(title)
        self.checksum = checksum
        self.columns = columns
        self.styles: dict[tuple, Any] = {}
        above = list(above)
        grouped = any(column.group for column in columns)
        self.header_row = len(above) + (2 if grouped else 1)
        self.written = 0
        for number, column in enumerate(columns, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = column.width
        corner = f"{get_column_letter(frozen_columns + 1)}{self.header_row + 1}"
        self.sheet.freeze_panes = corner
        # Rows of one line need not say how high they are.
        self.sheet.sheet_format.defaultRowHeight = LINE_HEIGHT
        self.sheet.sheet_format.customHeight = True
        self._set_up_print(landscape, frozen_columns, page_columns, grouped)
        for line in above:
            self.line(*line)
        if grouped:
            self._write_groups()
        titles = ["" if grouped and not column.group else column.title for column in columns]
        heights = [lines_of(t, c.width, True) for t, c in zip(titles, columns, strict=True)]
        self._append([self._cell(title, Kind.TITLE) for title in titles], max(heights))

    def _set_up_print(self, landscape: bool, frozen: int, page: int, grouped: bool) -> None:
        sheet = self.sheet
        sheet.page_setup.paperSize = A4
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_margins.top = sheet.page_margins.bottom = 20 * MM
        sheet.page_margins.left, sheet.page_margins.right = 30 * MM, 15 * MM
        sheet.page_margins.header = sheet.page_margins.footer = 10 * MM
        sheet.HeaderFooter.differentFirst = True
        sheet.oddHeader.center.text = "&P"
        sheet.oddHeader.center.font, sheet.oddHeader.center.size = FONT, 13
        first = self.header_row - 1 if grouped else self.header_row
        sheet.print_title_rows = f"{first}:{self.header_row}"
        if not page:
            sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
            return
        sheet.page_setup.scale = 70
        sheet.print_title_cols = f"A:{get_column_letter(frozen)}"
        for column in self._page_ends(frozen, page):
            sheet.col_breaks.append(Break(id=column, max=MAX_ROWS - 1, man=True))

    def _page_ends(self, frozen: int, page: int) -> Iterator[int]:
        """After how many columns another page begins."""
        begin = at = frozen
        for _group, columns in groupby(self.columns[frozen:], key=lambda column: column.group):
            wide = len(list(columns))
            if at + wide > begin + page and at > begin:
                yield at
                begin = at
            at += wide

    def _write_groups(self) -> None:
        """The titles that several columns share; a column without one is a single tall cell."""
        row = self.header_row - 1
        cells, first, height = [], 1, 1
        for number, column in enumerate(self.columns, start=1):
            starts = not column.group or self.columns[number - 2].group != column.group
            first = number if starts else first
            cells.append(self._cell((column.group or column.title) if starts else "", Kind.TITLE))
            ends = number == len(self.columns) or self.columns[number].group != column.group
            if not column.group:
                self._merge(number, row, number, row + 1)
            elif ends and number > first:
                self._merge(first, row, number, row)
                height = max(height, lines_of(column.group, self._width(first, number), True))
        self._append(cells, height)

    def line(self, *words: Words) -> None:
        """A line outside the table."""
        row, height = self.written + 1, 1.0
        cells: list[Cell | None] = [None] * max((word.last for word in words), default=0)
        for word in words:
            width = self._width(word.first, word.last)
            lines = lines_of(word.text, width, word.bold, word.size)
            height = max(height, lines * word.size / 12)
            cells[word.first - 1] = self._words(word)
            if word.last > word.first:
                self._merge(word.first, row, word.last, row)
        self._append(cells, height)

    def row(self, values: Iterable[Any], bold: bool = False) -> None:
        """A row of the table: text, whole numbers, rates, dates; None leaves a cell empty."""
        cells: list[Cell | None] = []
        height = 1
        for value, column in zip(values, self.columns, strict=True):
            kind = column.kind
            if isinstance(value, Shown):
                value, kind = value.value, value.kind
            if isinstance(value, Linked):
                cells.append(self._link(value, kind, len(cells) + 1))
                continue
            cells.append(self._cell(value, kind, bold))
            # Most texts are shorter than their column is wide.
            if (
                column.kind is Kind.TEXT
                and isinstance(value, str)
                and (len(value) >= column.width * BOLD_LETTERS or "\n" in value)
            ):
                height = max(height, lines_of(value, column.width, bold))
        self._append(cells, height)

    def filter_rows(self) -> None:
        """Put a filter on the table as it stands; lines and totals may follow."""
        last = get_column_letter(len(self.columns))
        self.sheet.auto_filter.ref = f"A{self.header_row}:{last}{self.written}"

    def _append(self, cells: list[Cell | None], height: float) -> None:
        """Write the cells; `height` in lines of 12 point text."""
        self.written += 1
        if height != 1:
            self.sheet.row_dimensions[self.written].height = LINE_HEIGHT * min(height, MAX_LINES)
        self.sheet.append(cells)
        self._sum_up(cells)
        if height != 1:
            del self.sheet.row_dimensions[self.written]  # written; a long table is not kept

    def _sum_up(self, cells: list[Cell | None]) -> None:
        if self.checksum is None:
            return
        for column, cell in enumerate(cells, start=1):
            if cell is not None and cell.data_type == "n" and cell.value is not None:
                place = f"{get_column_letter(column)}{self.written}"
                self.checksum.add(self.sheet.title, place, cell.value)

    def _width(self, first: int, last: int) -> float:
        return sum(column.width for column in self.columns[first - 1 : last])

    def _merge(self, first_column: int, first_row: int, last_column: int, last_row: int) -> None:
        first, last = get_column_letter(first_column), get_column_letter(last_column)
        self.sheet.merged_cells.add(f"{first}{first_row}:{last}{last_row}")

    def _words(self, words: Words) -> Cell:
        cell = self._plain(words.text)
        cell.quotePrefix = cell._value.startswith(LIKE_FORMULAS)
        cell.font = Font(name=FONT, size=words.size, bold=words.bold, italic=words.italic)
        cell.alignment = Alignment(horizontal=words.align, vertical="top", wrap_text=True)
        return cell

    def _cell(self, value: Any, kind: Kind, bold: bool = False) -> Cell:
        if isinstance(value, NUMBERS):
            cell, quoted = WriteOnlyCell(self.sheet, value), False
        else:
            cell = self._plain("" if value is None else str(value))
            quoted = cell._value.startswith(LIKE_FORMULAS)
        cell._style = self._style(kind, bold, quoted)
        return cell

    def _link(self, link: Linked, kind: Kind, column: int) -> Cell:
        cell = self._cell(link.text, kind)
        sheet = link.sheet.replace("'", "''")
        place = f"{get_column_letter(column)}{self.written + 1}"
        cell._hyperlink = Hyperlink(ref=place, location=f"'{sheet}'!A1")
        cell.font = Font(name=FONT, size=12, underline="single")
        return cell

    def _plain(self, text: str) -> Cell:
        """A cell that is text whatever it begins with, and with a style that has `quotePrefix` also
        when someone edits it later."""
        cell = WriteOnlyCell(self.sheet)
        cell._value = clean(text)[:32767]
        cell.data_type = "s"
        return cell

    def _style(self, kind: Kind, bold: bool, quoted: bool) -> Any:
        """Made once for each look: setting fonts cell by cell costs more than writing."""
        key = kind, bold, quoted
        if key not in self.styles:
            cell = WriteOnlyCell(self.sheet)
            thin = Side(style="thin", color="000000")
            cell.font = Font(name=FONT, size=12, bold=bold or kind is Kind.TITLE)
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            cell.alignment = Alignment(
                horizontal=HORIZONTAL.get(kind, "left"),
                vertical="center" if kind is Kind.TITLE else "top",
                wrap_text=kind in (Kind.TEXT, Kind.TITLE),
            )
            if kind is Kind.TITLE:
                cell.fill = PatternFill("solid", fgColor="EDEDED")
            cell.number_format = FORMATS.get(kind, "General")
            cell.quotePrefix = quoted
            self.styles[key] = copy(cell._style)
        return self.styles[key]
