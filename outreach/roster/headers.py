"""Which rows of a sheet are the header of its table, and the words above each column."""

import re
from dataclasses import dataclass

from outreach.roster.choices import NO_LIST, NONE, Choices
from outreach.roster.grid import MAX_COLUMNS, Grid, Value
from outreach.roster.guessing import guess_table, kind_of
from outreach.roster.meanings import NOT_STORED, Meaning, known_meaning
from volunteers.names import fold

SEARCHED_ROWS = 60
TALLEST = 3
EVERY_YEAR = 9999
_OF_ROWS = {Meaning.NAME, Meaning.ADDRESS, Meaning.PHONE, Meaning.BIRTH}
# How the two halves of an office's letterhead begin, and the name of its form (Decree 30/2020).
_LETTERHEAD = re.compile(
    r"(ubnd|uy ban|hdnd|dang uy|ubmttq|mttq|cong an|cong hoa xa hoi|doc lap|phu luc|mau so"
    r"|bieu so)\b"
)
NAMES = {Meaning.NAME, Meaning.HEAD_NAME, Meaning.MEMBERS}


@dataclass(frozen=True)
class Header:
    """Rows `top` to `bottom`, both 0 for a table without header; `headings` gives each column's
    words from top to bottom. The list begins in `first_row`, below a numbering row (1, 2, 3 …) if
    there is one. `guessed`: the words say nothing that we know, what stands below them does."""

    top: int
    bottom: int
    headings: dict[int, list[str]]
    first_row: int
    guessed: bool = False

    @property
    def is_absent(self) -> bool:
        return self.top == 0


def find_header(grid: Grid, this_year: int, choices: Choices = NONE) -> Header | None:
    """The header of the sheet's table: the one that the officer chose, else the rows that name most
    columns, else what stands above names and addresses. None when there is no such table."""
    chosen = choices.headers.get(grid.name)
    if chosen == NO_LIST:
        return None
    if chosen:
        top, bottom = chosen
        return Header(top, bottom, _headings(grid, top, bottom), _first_row(grid, bottom))
    found = _by_words(grid, choices)
    if found:
        return found
    table = guess_table(grid, this_year)
    if table is None:
        return None
    top, bottom, first_row = table
    headings = _headings(grid, top, bottom) if top else {}
    return Header(top, bottom, headings, first_row, guessed=True)


def _by_words(grid: Grid, choices: Choices) -> Header | None:
    """The rows that name most columns; None when no row names a person and something else."""
    best: tuple[int, bool, int, int] | None = None
    found = None
    numbers = sorted(grid.rows)[:SEARCHED_ROWS]
    for top in numbers:
        if _is_title(grid, top):
            continue
        for height in range(1, TALLEST + 1):
            bottom = top + height - 1
            if height > 1 and not _can_be_heading(grid, bottom):
                break
            headings = _headings(grid, top, bottom)
            meanings = {choices.meaning_of(parts) for parts in headings.values()} - {
                Meaning.IGNORED
            }
            if len(meanings) < 2 or not meanings & NAMES or not meanings - NOT_STORED - NAMES:
                continue
            # A row that only divides the groups above it belongs to the header.
            divides = height > 1 and _divides_groups(grid, bottom)
            # What the ward has said not to use is understood too.
            unused = sum(choices.says_unused(parts) for parts in headings.values())
            score = (len(meanings) + unused, divides, -height, -top)
            if best is None or score > best:
                best, found = score, (top, bottom, headings)
    if found is None:
        return None
    top, bottom, headings = found
    return Header(top, bottom, headings, _first_row(grid, bottom))


def _first_row(grid: Grid, bottom: int) -> int:
    """The row below the header, and below rows that count its columns or say how to fill them
    ("(ghi chữ in hoa)")."""
    following = bottom + 1
    for number in sorted(number for number in grid.rows if number > bottom):
        cells = list(grid.rows[number].values())
        hints = len(cells) > 1 and all(str(v).startswith("(") for v in cells)
        if not hints and not _numbers_columns(cells):
            return number
        following = number + 1
    return following


def _is_title(grid: Grid, row: int) -> bool:
    """One text alone in its row, merged across or not; or the office's name beside the state's."""
    values = grid.rows[row].values()
    return len(values) == 1 or any(_LETTERHEAD.match(fold(str(value))) for value in values)


def _can_be_heading(grid: Grid, row: int) -> bool:
    """A lower header row holds words only, and neither a person nor an address; lists have numbers
    or dates in most rows."""
    values = grid.rows.get(row, {}).values()
    return bool(values) and all(
        isinstance(value, str)
        and not re.fullmatch(r"[\d\s./+\-]+", value)
        and (known_meaning([value]) or kind_of(value, EVERY_YEAR) not in _OF_ROWS)
        for value in values
    )


def _divides_groups(grid: Grid, row: int) -> bool:
    """Whether all words of the row stand below cells merged sideways ("Ngày sinh": Ngày, Tháng,
    Năm)."""
    groups: set[int] = set()
    for column in range(1, MAX_COLUMNS + 1):
        origin = grid.merged.get((row - 1, column))
        if origin and origin[0] == row - 1:
            groups |= {origin[1], column}
    return bool(groups) and grid.rows.get(row, {}).keys() <= groups


def _headings(grid: Grid, top: int, bottom: int) -> dict[int, list[str]]:
    rows = range(top, bottom + 1)
    columns = {column for row in rows for column in grid.rows.get(row, {})}
    columns |= {c for c in range(1, MAX_COLUMNS + 1) for row in rows if (row, c) in grid.merged}
    headings = {}
    for column in sorted(columns):
        parts: list[str] = []
        for row in rows:
            value = _heading_at(grid, row, column, bottom)
            if value is not None and str(value) not in parts:
                parts.append(str(value))
        if parts:
            headings[column] = parts
    return headings


def _heading_at(grid: Grid, row: int, column: int, bottom: int) -> Value | None:
    """The words in the cell, or those of the group that it stands in: a merged range, or a group
    heading left of it when both have words below."""
    value = grid.spread(row, column)
    if value is not None or row == bottom or grid.at(bottom, column) is None:
        return value
    left = max((c for c in grid.rows.get(row, {}) if c < column), default=None)
    if left is not None and grid.at(bottom, left) is not None:
        return grid.at(row, left)
    return None


def _numbers_columns(values: list[Value]) -> bool:
    """Whether the row only counts its columns: 1 2 3, (1) (2) (3), A B 1 2."""
    words = [str(value).split("=")[0].strip("()[] ") for value in values]
    counted = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    letters = [word for word in words if not word.isdigit()]
    return (
        len(counted) >= 3
        and all(len(word) == 1 for word in letters)
        and counted == list(range(counted[0], counted[0] + len(counted)))
        and counted[0] in (0, 1)
    )
