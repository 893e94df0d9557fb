"""Reading a whole file: the households of all its sheets, and how the sheets were understood."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from outreach.roster.columns import Column, Columns, understand_columns
from outreach.roster.grid import Grid, read_grids
from outreach.roster.headers import Header, find_header
from outreach.roster.meanings import Meaning
from outreach.roster.neighbourhoods import Neighbourhood, find_mention, parse_neighbourhood
from outreach.roster.people import ListedHousehold, gather_households
from outreach.roster.problems import Problem, Refusal
from outreach.roster.rows import RowReader

NAMES = (Meaning.NAME, Meaning.HEAD_NAME)
ADDRESSES = (Meaning.ADDRESS, Meaning.HOUSE_NUMBER, Meaning.STREET)


@dataclass(frozen=True)
class SheetRead:
    """How a sheet was understood. Without a header (None) nothing was read from it; `hidden`
    sheets are not read either."""

    name: str
    hidden: bool = False
    header: Header | None = None
    columns: tuple[Column, ...] = ()
    neighbourhood: Neighbourhood | None = None
    # Row numbers of separators, totals, repeated headers and signatures.
    left_out: tuple[int, ...] = ()
    households: int = 0

    @property
    def dropped(self) -> list[Column]:
        return [column for column in self.columns if column.dropped]

    @property
    def ignored(self) -> list[Column]:
        return [column for column in self.columns if column.meaning == Meaning.IGNORED]


@dataclass(frozen=True)
class RosterFile:
    """`problems` are in the order of the file; each leaves something of the file out."""

    sheets: list[SheetRead]
    households: list[ListedHousehold]
    problems: list[Problem] = field(default_factory=list)


def read_roster(content: bytes, today: date) -> RosterFile:
    """Read a ward's list. Raises Refusal when the file is none, or holds no table of people."""
    sheets: list[SheetRead] = []
    households: list[ListedHousehold] = []
    problems: list[Problem] = []
    for grid in read_grids(content):
        header = None if grid.hidden else find_header(grid)
        if header is None:
            sheets.append(SheetRead(grid.name, grid.hidden))
            continue
        columns = understand_columns(grid, header)
        reader = RowReader(grid, header, columns, today.year)
        named = _neighbourhood_of_sheet(grid, header)
        lacking = list(_lacking(grid, header, columns))
        found: list[ListedHousehold] = []
        if not lacking:
            found = gather_households(reader, reader.read_all(), named)
        households += found
        problems += lacking + sorted(reader.problems, key=lambda problem: problem.row)
        sheets.append(
            SheetRead(
                name=grid.name,
                header=header,
                columns=tuple(columns.all),
                neighbourhood=named,
                left_out=tuple(reader.left_out),
                households=len(found),
            )
        )
    if not any(sheet.header for sheet in sheets):
        raise Refusal(
            "no_table",
            _(
                "No table of households was found. The list needs a header row with at least the "
                "name (Họ và tên, Chủ hộ) and the address (Địa chỉ) above their columns."
            ),
        )
    return RosterFile(sheets, households, problems)


def _neighbourhood_of_sheet(grid: Grid, header: Header) -> Neighbourhood | None:
    """What the sheet's title names, else its letterhead."""
    titled = parse_neighbourhood(grid.name)
    if titled and titled.kind:
        return titled
    above = (v for n in sorted(grid.rows) if n < header.top for v in grid.rows[n].values())
    return find_mention(grid.name) or find_mention(" · ".join(str(value) for value in above))


def _lacking(grid: Grid, header: Header, columns: Columns) -> Iterator[Problem]:
    if not columns.has(*ADDRESSES):
        yield Problem(
            grid.name,
            header.bottom,
            "",
            "address_column_missing",
            _(
                "The table has no column with addresses. Please add one headed “Địa chỉ”, or "
                "delete the sheet if it is not part of the list."
            ),
        )
