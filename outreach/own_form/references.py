"""References to cells, in formulas and elsewhere, after rows of a sheet have been repeated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from openpyxl.utils import column_index_from_string, get_column_letter

# Functions that take a range where they take a cell, and so may take all rows for one.
AGGREGATES = {
    *("SUM", "AVERAGE", "AVERAGEA", "COUNT", "COUNTA", "COUNTBLANK", "MIN", "MAX", "MEDIAN"),
    *("PRODUCT", "SUBTOTAL", "SUMPRODUCT", "SUMIF", "COUNTIF", "STDEV", "LARGE", "SMALL"),
}
_ROW = r"\$?[1-9]\d{0,6}"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_PART = re.compile(
    # Words in quotes, and names of columns of a table, are left alone; so are other workbooks.
    r'(?P<other>"(?:[^"]|"")*"|\[\d+\][\w.]*!\$?\w*\$?\w*(?::\$?\w*\$?\w*)?|\[[^\[\]]*\])'
    r"|(?<![\w.$])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    rf"(?:(?P<column>{_COLUMN})(?P<row>{_ROW})(?::(?P<column_2>{_COLUMN})(?P<row_2>{_ROW}))?"
    rf"|(?P<first>{_ROW}):(?P<last>{_ROW}))(?![\w(.!])"
)
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*$")


class Unclear(Exception):
    """A formula refers to one cell of a repeated row, and it cannot be told which row it means."""


class Single(Enum):
    """What becomes of a reference to one cell of a repeated row, made outside of that row."""

    # All rows where a function takes them; else Unclear.
    ARGUMENT = auto()
    ALL = auto()
    FIRST = auto()


@dataclass(frozen=True)
class Moves:
    """Which rows of a sheet are repeated how often (at least once): row → number."""

    times: Mapping[int, int]

    def first(self, row: int) -> int:
        """Where a row stands now: the first of a repeated one."""
        return row + sum(times - 1 for above, times in self.times.items() if above < row)

    def last(self, row: int) -> int:
        return self.first(row) + self.times.get(row, 1) - 1

    def area(self, area: str) -> str:
        """A cell or range without a sheet, like C7 or A1:B9; what it covered it still covers."""
        return " ".join(moved(one, "", {"": self}, single=Single.ALL) for one in area.split())

    def cell(self, cell: str) -> str:
        return moved(cell, "", {"": self}, single=Single.FIRST)


@dataclass(frozen=True)
class Copy:
    """A formula that stands in a repeated row: in the copy number `index` (from 0) of `row`."""

    row: int
    index: int


def moved(
    formula: str,
    own_sheet: str,
    moves: Mapping[str, Moves],
    *,
    copy: Copy | None = None,
    single: Single = Single.ARGUMENT,
) -> str:
    """`formula`, which stands on `own_sheet`, with its references where the rows are now. `moves`
    are those of each changed sheet, by its name in lower case.

    In a repeated row: the row itself and, without a $, the one above it go along with the copy; in
    a range $ means all copies; what lies elsewhere stays the same place. Raises Unclear.
    """

    def replace(match: re.Match[str]) -> str:
        if match["other"]:
            return match[0]
        prefix = match["sheet"] or ""
        sheet = _unquoted(prefix) if prefix else own_sheet
        sheets = moves.get(sheet.casefold())
        if sheets is None:
            return match[0]
        along = copy if sheet.casefold() == own_sheet.casefold() else None
        if match["first"]:
            ends = _ends(match["first"], match["last"], sheets, along)
            return f"{prefix}{ends[0]}:{ends[1]}"
        if match["row_2"]:
            top, bottom = _ends(match["row"], match["row_2"], sheets, along)
            return f"{prefix}{match['column']}{top}:{match['column_2']}{bottom}"
        return prefix + _single(match, sheets, along, single)

    return _PART.sub(replace, formula)


def _unquoted(prefix: str) -> str:
    name = prefix[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _number(row: str) -> tuple[str, int]:
    return ("$", int(row[1:])) if row.startswith("$") else ("", int(row))


def _along(sign: str, number: int, moves: Moves, copy: Copy | None) -> int | None:
    """The row of the copy that the formula stands in; None where the reference does not go along
    with it."""
    if copy is None or sign or number not in (copy.row, copy.row - 1):
        return None
    return moves.first(copy.row) + copy.index - (copy.row - number)


def _ends(first: str, last: str, moves: Moves, copy: Copy | None) -> tuple[str, str]:
    found = []
    for text, place in ((first, moves.first), (last, moves.last)):
        sign, number = _number(text)
        own = _along(sign, number, moves, copy)
        found.append(f"{sign}{place(number) if own is None else own}")
    return found[0], found[1]


def _single(match: re.Match[str], moves: Moves, copy: Copy | None, single: Single) -> str:
    column, (sign, number) = match["column"], _number(match["row"])
    own = _along(sign, number, moves, copy)
    if own is not None:
        return f"{column}{sign}{own}"
    first, last = moves.first(number), moves.last(number)
    here = f"{column}{sign}{first}"
    if first == last or single is Single.FIRST or (copy and copy.row == number):
        return here
    if single is Single.ALL or _is_argument(match):
        return f"{here}:{column}{sign}{last}"
    raise Unclear(match[0])


def _is_argument(match: re.Match[str]) -> bool:
    """Whether the reference alone is an argument of a function that takes ranges."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    if before[-1:] not in ("(", ",", ";") or after[:1] not in (")", ",", ";"):
        return False
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += (before[place] == ")") - (before[place] == "(")
        if depth < 0:
            name = _FUNCTION.search(before[:place])
            return bool(name) and name[0].upper() in AGGREGATES if name else False
    return False


def shifted(formula: str, down: int, right: int) -> str:
    """A formula as it reads in a cell so many rows below and columns to the right, as spreadsheets
    copy it: what has a $ stays."""

    def replace(match: re.Match[str]) -> str:
        if match["other"]:
            return match[0]
        prefix = match["sheet"] or ""
        if match["first"]:
            return f"{prefix}{_down(match['first'], down)}:{_down(match['last'], down)}"
        here = prefix + _right(match["column"], right) + _down(match["row"], down)
        if match["row_2"]:
            here += ":" + _right(match["column_2"], right) + _down(match["row_2"], down)
        return here

    return _PART.sub(replace, formula)


def _down(row: str, rows: int) -> str:
    return row if row.startswith("$") else str(max(int(row) + rows, 1))


def _right(column: str, columns: int) -> str:
    if column.startswith("$"):
        return column
    return get_column_letter(max(column_index_from_string(column) + columns, 1))
