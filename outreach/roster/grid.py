"""The cells of a spreadsheet: cleaned values, merged cells, hidden columns and sheets."""

from dataclasses import asdict, dataclass, field
from datetime import date

from outreach.notes import mask_numbers
from outreach.roster.cell_values import Value, clean_text
from outreach.roster.confinement import reading
from outreach.roster.encodings import Encoding
from outreach.roster.limits import Limits
from outreach.roster.opening import MEGABYTE, examine

__all__ = ["MAX_COLUMNS", "Encoding", "Grid", "Value", "clean_text", "read_grids"]

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_SHEETS = 200
MAX_CELLS = 4_000_000
MAX_MERGED_CELLS = 1_000_000
MAX_MEMORY = 512 * MEGABYTE
# The largest lists take a tenth.
MAX_CPU_SECONDS = 40
MAX_SECONDS = 60


@dataclass
class Grid:
    """One sheet. Rows and columns count from 1, as the spreadsheet shows them; empty cells are
    absent."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    # The lines of each text that has several; in `rows` they stand in one.
    lines: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    # Each merged cell but the first of its range → the first, where the value stands.
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    # The old encoding that texts were converted from, and a few of them, before → after.
    converted: Encoding | None = None
    conversions: list[tuple[str, str]] = field(default_factory=list)

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


def read_grids(content: bytes, encoding: Encoding | None = None) -> list[Grid]:
    """The sheets of a spreadsheet file in their order. Raises Refusal.

    Texts in TCVN3 or VNI are recognised and converted; `encoding` says what they are in instead
    (UNICODE: nothing is converted).
    """
    asked = {
        "kind": examine(content),
        "limits": asdict(
            Limits(
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
                sheets=MAX_SHEETS,
                cells=MAX_CELLS,
                merged_cells=MAX_MERGED_CELLS,
                memory=MAX_MEMORY,
                seconds=MAX_CPU_SECONDS,
            )
        ),
    }
    grids, found = _read(content, asked | {"encoding": encoding, "doubtful": True})
    if found:
        # Only now is it known what the texts are in; such files are rare.
        grids, _ = _read(content, asked | found)
    return grids


def _shown_name(name: str, known: list[Grid]) -> str:
    """The sheet's name without numbers of papers, different from those of the sheets before."""
    bare = shown = mask_numbers(name)
    number = 2
    while shown != name and any(grid.name == shown for grid in known):
        shown, number = f"{bare} ({number})", number + 1
    return shown


def _read(content: bytes, asked: dict) -> tuple[list[Grid], dict | None]:
    """The sheets, and what their texts should be converted from."""
    grids: list[Grid] = []
    with reading(content, asked, MAX_SECONDS) as answers:
        for answer in answers:
            match answer:
                case ["rows", rows]:
                    for row in rows:
                        _take_row(grids[-1], *row)
                case ["sheet", name, hidden]:
                    grids.append(Grid(_shown_name(name, grids), hidden))
                case ["end", rest]:
                    _finish(grids[-1], rest, asked["encoding"])
                case ["done", found]:
                    return grids, found
    raise AssertionError("The reading process always says a last word.")


def _take_row(
    grid: Grid,
    number: int,
    columns: list[int],
    values: list,
    dates: list[int] | None = None,
    lines: dict[str, list[str]] | None = None,
) -> None:
    for place in dates or ():
        values[place] = date.fromisoformat(values[place])
    cells = dict(zip(columns, values, strict=True))
    if number in grid.rows:
        grid.rows[number].update(cells)
    else:
        grid.rows[number] = cells
    for column, texts in (lines or {}).items():
        grid.lines[number, int(column)] = texts


def _finish(grid: Grid, rest: dict, encoding: str | None) -> None:
    grid.rows = dict(sorted(grid.rows.items()))
    grid.hidden_columns = set(rest["hidden"])
    for top, left, bottom, right in rest["merged"]:
        origin = (top, left)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                grid.merged[row, column] = origin
        grid.merged.pop(origin, None)
    grid.conversions = [(before, after) for before, after in rest["conversions"]]
    if grid.conversions and encoding:
        grid.converted = Encoding(encoding)
