"""The rows that an import leaves out, as a small workbook to mend and to import again."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from outreach.office_sheet import clean
from outreach.roster.choices import Choices
from outreach.roster.columns import masked
from outreach.roster.difference import Doubt
from outreach.roster.grid import Grid, Value, read_grids
from outreach.roster.headers import Header
from outreach.roster.meanings import Meaning
from outreach.roster.neighbourhoods import parse_separator
from outreach.roster.problems import Problem
from outreach.roster.reading import RosterFile, SheetRead

# Sheet → row → why it is left out.
Reasons = Mapping[str, Mapping[int, list[str]]]
WIDEST, REASON_WIDTH = 40, 60
# Rows by which the width of a column is chosen.
MEASURED = 200


def reasons_of(problems: Iterable[Problem], later: Iterable[Doubt] = ()) -> Reasons:
    """Why which rows are left out: what is wrong in them, and households that are probably known
    and about which somebody still has to decide."""
    reasons: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        if problem.row:
            reasons[problem.sheet][problem.row].append(problem.message)
    for doubt in later:
        reasons[doubt.listed.sheet][doubt.listed.row].append(
            _("Not decided yet: %(reason)s.") % {"reason": doubt.reason.label}
        )
    return reasons


def left_out_rows(
    content: bytes, choices: Choices, roster: RosterFile, reasons: Reasons
) -> bytes | None:
    """An .xlsx with the same headings, all rows of each household with a reason, and the reasons in
    a last column; None when no row has one. Dropped columns stay out."""
    book = Workbook()
    book.remove(book.active)
    for grid, sheet in zip(read_grids(content, choices.encoding), roster.sheets, strict=True):
        rows = _rows(sheet, reasons.get(sheet.name, {}))
        if rows and sheet.header:
            for column in sheet.dropped:
                grid.drop_column(column.index)
            copy = _Copy(book.create_sheet(sheet.name[:31]), grid, sheet, sheet.header)
            copy.write(rows, reasons[sheet.name])
    if not book.worksheets:
        return None
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(sheet: SheetRead, reasons: Mapping[int, list[str]]) -> list[int]:
    """The rows with a reason, each with the other rows of its household."""
    in_group = {row: group for group in sheet.groups for row in group}
    last_of_header = sheet.header.bottom if sheet.header else 0
    wanted = {
        other for row in reasons if row > last_of_header for other in in_group.get(row, (row,))
    }
    return sorted(wanted)


class _Copy:
    """One sheet: what stands above the list as it is, then the chosen rows, with the separators
    that name their neighbourhood, and a last column with the reasons."""

    def __init__(self, sheet: Worksheet, grid: Grid, read: SheetRead, header: Header):
        self.sheet, self.grid, self.read, self.header = sheet, grid, read, header
        self.last = max((max(cells, default=1) for cells in grid.rows.values()), default=1)
        self.meanings = {column.index: column.meaning for column in read.columns}

    def write(self, rows: list[int], reasons: Mapping[int, list[str]]) -> None:
        above = list(range(1, self.header.first_row))
        copied = [*above, *self._with_separators(rows)]
        places = {row: place for place, row in enumerate(copied, 1)}
        for row, place in places.items():
            for column, value in self.grid.rows.get(row, {}).items():
                self._put(place, column, self._without_numbers(column, value))
        self._copy_merged(places)
        if not self.header.is_absent:
            self._put(places[self.header.bottom], self.last + 1, _("Reason"), bold=True)
        for row in rows:
            self._put(places[row], self.last + 1, " ".join(reasons.get(row, ())))
        self._set_widths()

    def _without_numbers(self, column: int, value: Value) -> Value:
        """The value, but for numbers in it that may identify a person."""
        if isinstance(value, date):
            return value
        shown = masked(value, self.meanings.get(column, Meaning.IGNORED))
        return value if shown == str(value) else shown

    def _with_separators(self, rows: list[int]) -> Iterator[int]:
        separators = [row for row in self.read.left_out if self._names_neighbourhood(row)]
        said = 0
        for row in rows:
            nearest = max((separator for separator in separators if separator < row), default=0)
            if nearest > said:
                said = nearest
                yield nearest
            yield row

    def _names_neighbourhood(self, row: int) -> bool:
        texts = {str(value) for value in self.grid.rows.get(row, {}).values()}
        return any(parse_separator(text) for text in texts)

    def _put(self, row: int, column: int, value: Value, bold: bool = False) -> None:
        cell = self.sheet.cell(row, column)
        if isinstance(value, str):
            # Set as it is: what begins with "=" is a text and no formula.
            cell.value, cell.data_type = clean(value), "s"
        else:
            cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd/mm/yyyy"
        if column > self.last:
            cell.fill = PatternFill("solid", fgColor="FFF1CC")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold or self.header.top <= row <= self.header.bottom:
            cell.font = Font(bold=True)

    def _copy_merged(self, places: Mapping[int, int]) -> None:
        """Merge again what is copied as a whole."""
        spans: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for cell, origin in self.grid.merged.items():
            spans[origin].append(cell)
        for origin, cells in spans.items():
            span = [origin, *cells]
            if all(row in places for row, _column in span):
                rows = [places[row] for row, _column in span]
                columns = [column for _row, column in span]
                self.sheet.merge_cells(
                    start_row=min(rows),
                    end_row=max(rows),
                    start_column=min(columns),
                    end_column=max(columns),
                )

    def _set_widths(self) -> None:
        for column in range(1, self.last + 1):
            texts = (str(cells[column]) for cells in self.grid.rows.values() if column in cells)
            longest = max(map(len, islice(texts, MEASURED)), default=6)
            self.sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)
        self.sheet.column_dimensions[get_column_letter(self.last + 1)].width = REASON_WIDTH
