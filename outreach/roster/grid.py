"""The cells of a spreadsheet: cleaned values, merged cells, hidden columns and sheets."""

import csv
import io
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.chartsheet import Chartsheet
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._reader import WorkSheetParser

from outreach.roster.opening import Kind, damaged, examine
from outreach.roster.problems import Refusal

Value = str | int | float | date

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_SHEETS = 200
# Longer texts are cut; nothing a list needs is that long.
MAX_TEXT = 1_000
MAX_MERGED_CELLS = 2_000_000


@dataclass
class Grid:
    """One sheet. Rows and columns count from 1, as the spreadsheet shows them; empty cells are
    absent."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    # Each merged cell but the first of its range → the first, where the value stands.
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    converted: str | None = None
    conversions: list[tuple[str, str]] = field(default_factory=list)
    # The lines of texts that have several; in `rows` these are joined by spaces.
    lines: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Value | None:
        """The value that stands in this very cell."""
        return self.rows.get(row, {}).get(column)

    def spread(self, row: int, column: int) -> Value | None:
        """The value that the reader sees in this cell: of its merged range, if it is in one."""
        return self.at(*self.merged.get((row, column), (row, column)))

    def drop_column(self, column: int) -> None:
        """Forget everything that stands in the column."""
        for cells in self.rows.values():
            cells.pop(column, None)
        for place in [place for place in self.lines if place[1] == column]:
            del self.lines[place]


def clean_text(text: str) -> str:
    """Composed Unicode, one space between words, no control, direction or zero-width characters."""
    text = unicodedata.normalize("NFC", text[: 4 * MAX_TEXT].replace("_x000D_", " "))
    if text.isprintable():
        return " ".join(text.split())[:MAX_TEXT]
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs")
    )
    return " ".join(kept.split())[:MAX_TEXT]


def _clean(value: object) -> Value | None:
    match value:
        case None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return clean_text(value) or None
        case float() if not isfinite(value):
            return str(value)
        case float() if value.is_integer():
            return int(value)
        case int() | float():
            return value
        case datetime():
            return value.date()
        case date():
            return value
        case time() | timedelta():
            return str(value)
        case _:
            return clean_text(str(value)) or None


def read_grids(content: bytes, encoding: str | None = None) -> list[Grid]:
    """The sheets of a spreadsheet file in their order. Raises Refusal."""
    if examine(content) is Kind.TEXT:
        return [_read_text(content)]
    try:
        with warnings.catch_warnings():
            # The reader warns about styling that it leaves out; only cells matter here.
            warnings.simplefilter("ignore")
            return list(_read_workbook(content))
    except Refusal:
        raise
    except Exception as error:
        # The reader was made for sound files and raises whatever comes on damaged ones.
        raise damaged() from error


def _read_workbook(content: bytes) -> Iterator[Grid]:
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in workbook.worksheets if not isinstance(sheet, Chartsheet)]
    if len(sheets) > MAX_SHEETS:
        raise _too_large()
    for sheet in sheets:
        # Read-only sheets stream, but keep merged cells and hidden columns to themselves; their
        # parser tells.
        with sheet._get_source() as source:
            parser = WorkSheetParser(
                source,
                sheet._shared_strings,
                data_only=True,
                epoch=workbook.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
            )
            grid = Grid(clean_text(sheet.title), hidden=sheet.sheet_state != "visible")
            for number, cells in parser.parse():
                row = {}
                for cell in cells:
                    value = _clean(cell["value"])
                    if value is not None and cell["column"] <= MAX_COLUMNS:
                        row[cell["column"]] = value
                        if isinstance(cell["value"], str) and "\n" in cell["value"]:
                            lines = [clean_text(line) for line in cell["value"].splitlines()]
                            grid.lines[number, cell["column"]] = list(filter(None, lines))
                if row:
                    grid.rows[number] = row
                if len(grid.rows) > MAX_ROWS:
                    raise _too_large()
        grid.hidden_columns = _hidden_columns(parser)
        _note_merged(grid, parser)
        yield grid


def _hidden_columns(parser: WorkSheetParser) -> set[int]:
    hidden: set[int] = set()
    for first, attributes in parser.column_dimensions.items():
        if attributes.get("hidden") in ("1", "true"):
            start = column_index_from_string(first)
            end = min(int(attributes.get("max", start)), MAX_COLUMNS)
            hidden.update(range(start, end + 1))
    return hidden


def _note_merged(grid: Grid, parser: WorkSheetParser) -> None:
    last_row = max(grid.rows, default=0)
    for span in parser.merged_cells.mergeCell if parser.merged_cells else ():
        origin = (span.min_row, span.min_col)
        for row in range(span.min_row, min(span.max_row, last_row) + 1):
            for column in range(span.min_col, min(span.max_col, MAX_COLUMNS) + 1):
                if (row, column) != origin:
                    grid.merged[row, column] = origin
            if len(grid.merged) > MAX_MERGED_CELLS:
                raise _too_large()


def _too_large() -> Refusal:
    return Refusal(
        "too_many_cells",
        _(
            "The file has more rows, sheets or merged cells than any ward's list (at most "
            "%(rows)d rows a sheet). Please split it, for example by neighbourhood."
        )
        % {"rows": MAX_ROWS},
    )


def _read_text(content: bytes) -> Grid:
    """A list saved as text with commas, semicolons or tabs between the columns."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal(
            "unknown_encoding",
            _(
                "The text of the file is not in UTF-8, so Vietnamese letters would be lost. "
                "Please choose Save As in Excel, Excel Workbook (.xlsx), and choose the new file."
            ),
        ) from error
    sample = text[:20_000]
    delimiter = max("\t;,", key=sample.count)
    grid = Grid("CSV")
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            row: dict[int, Value] = {
                column: value
                for column, cell in enumerate(cells[:MAX_COLUMNS], 1)
                if (value := clean_text(cell))
            }
            if row:
                grid.rows[number] = row
            if len(grid.rows) > MAX_ROWS:
                raise _too_large()
    except csv.Error as error:
        raise damaged() from error
    return grid
