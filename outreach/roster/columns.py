"""What each column of a table is taken for, and which columns are dropped unread."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from outreach.notes import mask_numbers
from outreach.roster.grid import Grid, Value
from outreach.roster.headers import Header
from outreach.roster.meanings import DROPPED, NOT_STORED, Meaning, fold_heading, meaning_of
from outreach.roster.problems import letter

SAMPLES = 3
# Of two columns that mean the same, the one whose heading says this is taken.
PREFERRED = {
    Meaning.ADDRESS: ("hien tai", "hien nay", "noi o", "cho o", "tam tru", "dia chi"),
    Meaning.SIZE: ("tong",),
    Meaning.PHONE: ("di dong", "dien thoai", "sdt"),
    Meaning.NUMBER: ("stt", "tt"),
}
# These may be written in two neighbouring columns below one heading ("Họ và tên": family name and
# middle names, given name).
JOINED = {Meaning.NAME, Meaning.HEAD_NAME, Meaning.ADDRESS}


@dataclass(frozen=True)
class Column:
    """`samples` are three values as they stand, without numbers that may identify a person; a
    dropped column has none."""

    index: int
    heading: str
    meaning: Meaning
    hidden: bool = False
    samples: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        return letter(self.index)

    @property
    def dropped(self) -> bool:
        return self.meaning in DROPPED


@dataclass(frozen=True)
class Columns:
    """All columns of a table, and where each meaning stands (several columns are joined)."""

    all: list[Column]
    places: dict[Meaning, list[int]] = field(default_factory=dict)

    def has(self, *meanings: Meaning) -> bool:
        return any(meaning in self.places for meaning in meanings)

    def first(self, meaning: Meaning) -> int | None:
        return self.places.get(meaning, [None])[0]

    def heading(self, meaning: Meaning) -> str:
        index = self.first(meaning)
        return next((column.heading for column in self.all if column.index == index), "")


def understand_columns(grid: Grid, header: Header) -> Columns:
    """Decide what each column means. Columns to be dropped are emptied in `grid` at once, hidden
    ones too, so that nothing after this can see them."""
    values = _values_by_column(grid, header.first_row)
    meanings = {}
    for index in sorted(values.keys() | header.headings.keys()):
        meaning = meaning_of(header.headings.get(index, []))
        if _are_citizen_ids(values.get(index, []), meaning):
            meaning = Meaning.CITIZEN_ID
        if meaning in (Meaning.BIRTH_MALE, Meaning.BIRTH_FEMALE):
            meaning = _birth_or_mark(meaning, values.get(index, []))
        if meaning in DROPPED:
            grid.drop_column(index)
        meanings[index] = meaning
    places = _choose(meanings, header)
    columns = []
    for index, meaning in meanings.items():
        used = meaning in NOT_STORED or index in places.get(meaning, [])
        samples = () if meaning in DROPPED else _samples(values.get(index, []), meaning)
        columns.append(
            Column(
                index,
                " / ".join(header.headings.get(index, [])),
                meaning if used else Meaning.IGNORED,
                index in grid.hidden_columns,
                samples,
            )
        )
    return Columns(columns, places)


def _values_by_column(grid: Grid, first_row: int) -> dict[int, list[Value]]:
    values: dict[int, list[Value]] = {}
    for number, cells in grid.rows.items():
        if number >= first_row:
            for column, value in cells.items():
                values.setdefault(column, []).append(value)
    return values


def _are_citizen_ids(values: Iterable[Value], meaning: Meaning) -> bool:
    """Whether most values have 12 digits, or 9 as the old cards had. Phone numbers whose leading
    zero a spreadsheet ate have 9 digits too, so in a column of phones those do not count."""
    lengths = (12,) if meaning == Meaning.PHONE else (9, 12)
    written = [re.sub(r"[\s.\-]", "", str(value)) for value in values]
    hits = sum(text.isdigit() and len(text) in lengths for text in written)
    return hits * 2 > len(written)


def _birth_or_mark(meaning: Meaning, values: Iterable[Value]) -> Meaning:
    """Below "Nam" and "Nữ" stand years of birth, or mere marks."""
    if any(re.search(r"\d{4}", str(value)) for value in values):
        return meaning
    return Meaning.SEX_MALE if meaning == Meaning.BIRTH_MALE else Meaning.SEX_FEMALE


def _choose(meanings: dict[int, Meaning], header: Header) -> dict[Meaning, list[int]]:
    places: dict[Meaning, list[int]] = {}
    for meaning in Meaning:
        candidates = [index for index, found in meanings.items() if found == meaning]
        if not candidates or meaning in NOT_STORED:
            continue
        best = min(candidates, key=lambda index: _rank(meaning, header.headings[index]))
        places[meaning] = [best]
        if meaning in JOINED:
            places[meaning] += _joined(best, meaning, meanings, header)
    return places


def _rank(meaning: Meaning, heading: list[str]) -> int:
    folded = fold_heading(" ".join(heading))
    words = PREFERRED.get(meaning, ())
    return next((place for place, word in enumerate(words) if word in folded), len(words))


def _joined(best: int, meaning: Meaning, meanings: dict[int, Meaning], header: Header) -> list[int]:
    """The column right of `best`, when both stand below one heading or name the two parts."""
    following = best + 1
    if meanings.get(following) != meaning:
        return []
    here, there = header.headings[best], header.headings[following]
    parts = fold_heading(here[-1]) in ("ho", "ho dem", "ho va chu dem", "ho va ten dem")
    return [following] if here == there or (parts and fold_heading(there[-1]) == "ten") else []


def _samples(values: list[Value], meaning: Meaning) -> tuple[str, ...]:
    shown = dict.fromkeys(masked(value, meaning)[:60] for value in values)
    return tuple(list(shown)[:SAMPLES])


def masked(value: Value, meaning: Meaning) -> str:
    """`value` for showing, without numbers that may be a citizen's; phone numbers are shown whole
    where phone numbers are expected, though those without their zero have nine digits."""
    text = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    if meaning == Meaning.PHONE and sum(character.isdigit() for character in text) < 12:
        return text
    return mask_numbers(text)
