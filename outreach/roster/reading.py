"""Reading a whole file: the households of all its sheets, and how the sheets were understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from outreach.roster.choices import NO_LIST, NONE, Choices
from outreach.roster.columns import Column, Columns, understand_columns
from outreach.roster.grid import Grid, read_grids
from outreach.roster.headers import NAMES, Header, find_header
from outreach.roster.meanings import ADDRESSES, NOT_STORED, Meaning, meaning_of
from outreach.roster.neighbourhoods import (
    Neighbourhood,
    find_mention,
    find_titled,
    parse_neighbourhood,
)
from outreach.roster.people import ListedHousehold, gather_households
from outreach.roster.problems import Problem, Refusal
from outreach.roster.remarks import Remark, remark
from outreach.roster.rows import RowReader, lacks_addresses

CONVERSIONS = 5


@dataclass(frozen=True)
class SheetRead:
    """How a sheet was understood. Without a header (None) nothing was read from it; `hidden`
    sheets are not read either, nor those that the officer has left aside."""

    name: str
    hidden: bool = False
    left_aside: bool = False
    header: Header | None = None
    columns: tuple[Column, ...] = ()
    neighbourhood: Neighbourhood | None = None
    # Row numbers of separators, totals, repeated headers and signatures.
    left_out: tuple[int, ...] = ()
    households: int = 0
    # Row numbers of each household, also of those that could not be used.
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def dropped(self) -> list[Column]:
        return [column for column in self.columns if column.dropped]

    @property
    def ignored(self) -> list[Column]:
        return [column for column in self.columns if column.meaning == Meaning.IGNORED]


@dataclass(frozen=True)
class RosterFile:
    """`problems` are in the order of the file; each leaves something of the file out. `remarks`
    are what the officer should know beside them. `converted`: the old encoding that texts were
    converted from, and some of these, before → after."""

    sheets: list[SheetRead]
    households: list[ListedHousehold]
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    converted: str | None = None
    conversions: list[tuple[str, str]] = field(default_factory=list)


def read_roster(content: bytes, today: date, choices: Choices = NONE) -> RosterFile:
    """Read a ward's list. Raises Refusal when the file is none, or holds no table of people."""
    grids = read_grids(content, choices.encoding)
    roster = RosterFile(
        [],
        [],
        converted=next((grid.converted for grid in grids if grid.converted), None),
        conversions=[pair for grid in grids for pair in grid.conversions][:CONVERSIONS],
    )
    for grid in grids:
        header = None if grid.hidden else find_header(grid, today.year, choices)
        if header is None:
            aside = choices.headers.get(grid.name) == NO_LIST
            roster.sheets.append(SheetRead(grid.name, grid.hidden, aside))
        else:
            _read_sheet(roster, grid, header, today.year, choices)
    if not any(sheet.header for sheet in roster.sheets):
        raise Refusal(
            "no_table",
            _(
                "No table of households was found. The list needs a header row with at least the "
                "name (Họ và tên, Chủ hộ) and the address (Địa chỉ) above their columns."
            ),
        )
    return roster


def _read_sheet(
    roster: RosterFile, grid: Grid, header: Header, this_year: int, choices: Choices
) -> None:
    """Add to `roster` what stands in one sheet."""
    # Before columns are dropped with what stands above them.
    named = _neighbourhood_of_sheet(grid, header)
    columns = understand_columns(grid, header, this_year, choices)
    if _counts_homes(grid, header, columns):
        roster.sheets.append(SheetRead(grid.name))
        return
    reader = RowReader(grid, header, columns, this_year)
    lacking = list(_lacking(grid, header, columns))
    found: list[ListedHousehold] = []
    groups: tuple[tuple[int, ...], ...] = ()
    if not lacking:
        found, groups = gather_households(reader, reader.read_all(), named)
    roster.households.extend(found)
    roster.problems.extend(lacking + sorted(reader.problems, key=lambda problem: problem.row))
    roster.remarks.extend(_remarks(reader))
    roster.sheets.append(
        SheetRead(
            name=grid.name,
            header=header,
            columns=tuple(columns.all),
            neighbourhood=named,
            left_out=tuple(reader.left_out),
            households=len(found),
            groups=groups,
        )
    )


def _counts_homes(grid: Grid, header: Header, columns: Columns) -> bool:
    """Whether the table has a row for each neighbourhood, and not for each home: it names somebody
    and a neighbourhood, no address, and no neighbourhood twice."""
    place = columns.first(Meaning.NEIGHBOURHOOD)
    if place is None or columns.has(*ADDRESSES):
        return False
    written = [grid.at(n, place) for n in sorted(grid.rows) if n >= header.first_row]
    named = [str(value) for value in written if value is not None]
    return 0 < len(named) == len(set(named))


def _remarks(reader: RowReader) -> Iterator[Remark]:
    name = reader.grid.name
    if reader.header.is_absent or reader.header.guessed:
        yield remark(name, "no_header", 1)
    hidden = [
        column.letter
        for column in reader.columns.all
        if column.hidden and column.meaning not in NOT_STORED
    ]
    if hidden:
        yield remark(name, "hidden_columns_read", len(hidden), ", ".join(hidden))
    for code, count in sorted(reader.counted.items()):
        if count:
            yield remark(name, code, count)


def _neighbourhood_of_sheet(grid: Grid, header: Header) -> Neighbourhood | None:
    """What the sheet's title names, else its letterhead."""
    titled = parse_neighbourhood(grid.name)
    if titled and titled.kind:
        return titled
    first = header.top or header.first_row
    above = [str(v) for n in sorted(grid.rows) if n < first for v in grid.rows[n].values()]
    letterhead = " · ".join(above)
    # In brackets may stand where the neighbourhood came from: "(tách từ khu phố 7 cũ)".
    bare = re.sub(r"\(.*?\)", " ", letterhead)
    found = find_mention(grid.name) or find_mention(bare) or find_mention(letterhead)
    if found:
        return found
    named = {one for text in [grid.name, *above] if (one := find_titled(text)) and one.kind}
    return named.pop() if len(named) == 1 else None


def _lacking(grid: Grid, header: Header, columns: Columns) -> Iterator[Problem]:
    row = header.bottom or header.first_row
    if not columns.has(*NAMES):
        message = _(
            "The table has no column with names. Please say which column holds them, or leave the "
            "sheet out if it is not part of the list."
        )
        yield Problem(grid.name, row, "", "name_column_missing", message)
    if not columns.has(*ADDRESSES) and not lacks_addresses(columns):
        message = _(
            "The table has no column with addresses. Please add one headed “Địa chỉ”, or delete "
            "the sheet if it is not part of the list."
        )
        yield Problem(grid.name, row, "", "address_column_missing", message)
    if beside := _second_table(header, columns):
        message = _(
            "Two tables stand side by side; the second begins in column %(column)s. Please move "
            "it below the first, or into a sheet of its own."
        ) % {"column": beside.letter}
        yield Problem(grid.name, row, beside.letter, "two_tables", message)


def _second_table(header: Header, columns: Columns) -> Column | None:
    """The first column of a table right of the first: names and addresses stand in both, below the
    same words."""
    repeated: dict[Meaning, list[Column]] = {}
    for column in columns.all:
        meaning = meaning_of(header.headings.get(column.index, []))
        used = columns.places.get(meaning, [])
        if not used or column.index in used or column.index < used[0] or not column.samples:
            continue
        if column.heading == columns.heading(meaning):
            repeated.setdefault(meaning, []).append(column)
    if set(NAMES) & repeated.keys() and set(ADDRESSES) & repeated.keys():
        return min((one[0] for one in repeated.values()), key=lambda column: column.index)
    return None
