"""What each column of a table is taken for, and which columns are dropped unread."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from outreach.cards import is_card_code
from outreach.notes import LENGTHS, mask_numbers
from outreach.roster.choices import NONE, Choices
from outreach.roster.grid import Grid, Value
from outreach.roster.guessing import guess_columns
from outreach.roster.headers import NAMES, Header
from outreach.roster.meanings import (
    ADDRESSES,
    DROPPED,
    NOT_STORED,
    Meaning,
    fold_heading,
    heading_key,
    known_meaning,
    names_identity,
)
from outreach.roster.members import list_members
from outreach.roster.naming import HEAD_MARKS
from outreach.roster.neighbourhoods import parse_separator
from outreach.roster.problems import letter

SAMPLES = 3
FEWEST_CELLS = 3
# Of two columns that mean the same, the one whose heading says this is taken.
PREFERRED = {
    Meaning.ADDRESS: ("hien tai", "hien nay", "noi o", "cho o", "tam tru", "dia chi"),
    Meaning.SIZE: ("tong",),
    Meaning.PHONE: ("di dong", "dien thoai", "sdt"),
    Meaning.NUMBER: ("stt", "tt"),
    Meaning.NEIGHBOURHOOD: ("khu pho", "kp", "ap", "thon", "khom", "khu vuc", "ban", "buon"),
    Meaning.HEAD_NAME: ("chu ho", "dai dien ho"),
}
FAMILY_PARTS = (
    "ho", "ho dem", "ho va chu dem", "ho va ten dem", "ho lot", "ho va chu lot", "ho chu lot"
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
NAME_PARTS = ("chu dem", "ten dem", "dem", "lot", "chu lot", "ten lot", "ten")
MOST_JOINED = 4
_SUB_NUMBER = re.compile(r"\d+\.\d+")
_SIGNS = re.compile(r"[\s.\-]")

# These may be written in two neighbouring columns below one heading ("Họ và tên": family name and
# middle names, given name).
JOINED = {Meaning.NAME, Meaning.HEAD_NAME, Meaning.ADDRESS}
# And of these all columns belong together: lane and street, wife and children.
GATHERED = {Meaning.STREET, Meaning.MEMBERS}


class Reason(StrEnum):
    """Why a column was taken for what it was."""

    HEADING = "heading"
    CONTENTS = "contents"
    CHOSEN = "chosen"
    GUESSED = "guessed"


@dataclass(frozen=True)
class Column:
    """`samples` are three values as they stand, without numbers that may identify a person; a
    dropped column has none. `key` is by what a choice for this column is remembered."""

    index: int
    heading: str
    meaning: Meaning
    hidden: bool = False
    samples: tuple[str, ...] = ()
    key: str = ""
    reason: Reason = Reason.HEADING

    @property
    def letter(self) -> str:
        return letter(self.index)

    @property
    def dropped(self) -> bool:
        return self.meaning in DROPPED

    @property
    def choosable(self) -> bool:
        """Whether the officer may say that it means something else."""
        return not (self.dropped and self.reason == Reason.CONTENTS)


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


def understand_columns(
    grid: Grid, header: Header, this_year: int, choices: Choices = NONE
) -> Columns:
    """Decide what each column means. Columns to be dropped are emptied in `grid` at once, hidden
    ones too, so that nothing after this can see them."""
    values = _values_by_column(grid, header)
    meant: dict[int, tuple[Meaning | None, Reason]] = {}
    for index in sorted(values.keys() | header.headings.keys()):
        parts = header.headings.get(index, [])
        meant[index] = _mean(index, parts, values.get(index, []), this_year, choices)
    _guess(meant, header, values, this_year)
    _tell_rows_of_persons(grid, header, meant, values, this_year)
    for index, (meaning, _reason) in meant.items():
        if meaning in DROPPED:
            _drop(grid, index)
    return _gathered(grid, header, meant, values)


def _drop(grid: Grid, index: int) -> None:
    """Empty the column but for the names of neighbourhoods that stand between the homes."""
    between = {
        number: cells[index]
        for number, cells in grid.rows.items()
        if len(cells) < FEWEST_CELLS and index in cells and parse_separator(str(cells[index]))
    }
    grid.drop_column(index)
    for number, text in between.items():
        grid.rows[number][index] = text


def _gathered(
    grid: Grid,
    header: Header,
    meant: dict[int, tuple[Meaning | None, Reason]],
    values: dict[int, list[Value]],
) -> Columns:
    places = _choose(meant, header)
    columns = []
    for index, (meaning, reason) in meant.items():
        meaning = meaning or Meaning.IGNORED
        used = meaning in NOT_STORED or index in places.get(meaning, [])
        parts = header.headings.get(index, [])
        columns.append(
            Column(
                index,
                " / ".join(parts),
                meaning if used else Meaning.IGNORED,
                index in grid.hidden_columns,
                () if meaning in DROPPED else _samples(values.get(index, []), meaning),
                _key(index, parts),
                reason,
            )
        )
    return Columns(columns, places)


def _key(index: int, parts: list[str]) -> str:
    """A column without heading is remembered by its letter."""
    return heading_key(parts) or f"#{letter(index)}"


def _mean(
    index: int, parts: list[str], values: list[Value], this_year: int, choices: Choices
) -> tuple[Meaning | None, Reason]:
    """The meaning of one column, None when neither its words nor a choice tell."""
    said = known_meaning(parts)
    chosen = choices.meanings.get(_key(index, parts))
    meaning = chosen or said
    # Where a choice or an address "theo CCCD" overrules a rule that protects, one number is enough.
    strict = (chosen and chosen != said) or (meaning not in DROPPED and names_identity(parts))
    if _are_citizen_ids(values, meaning) or (
        strict and meaning != Meaning.PHONE and any(map(_holds_citizen_id, values))
    ):
        return Meaning.CITIZEN_ID, Reason.CONTENTS
    if chosen:
        return chosen, Reason.CHOSEN
    by_contents = _by_contents(said, values, this_year)
    if by_contents != said:
        return by_contents, Reason.CONTENTS
    return said, Reason.HEADING


def _by_contents(meaning: Meaning | None, values: list[Value], this_year: int) -> Meaning | None:
    """The meaning where one heading stands above different things."""
    match meaning:
        case Meaning.BIRTH_MALE | Meaning.BIRTH_FEMALE:
            return _birth_or_mark(meaning, values)
        case Meaning.MEMBERS | Meaning.NAME if values and all(map(_is_small, values)):
            return Meaning.SIZE
        case Meaning.NAME if list_members(values, this_year):
            return Meaning.MEMBERS
        case Meaning.AGE if values and all(_YEAR.search(str(value)) for value in values):
            return Meaning.BIRTH
        case Meaning.HEAD_NAME if values and all(map(_is_mark, values)):
            return Meaning.RELATION
        case Meaning.NUMBER if any(_SUB_NUMBER.fullmatch(str(value)) for value in values):
            # 1, 1.1, 1.2, 2: the people of the first home, then the second home.
            return Meaning.HOUSEHOLD_NUMBER
        case Meaning.CARD_CODE if not any(map(_is_card_code, values)):
            return Meaning.IGNORED
        case Meaning.SIZE if list_members(values, this_year):
            return Meaning.MEMBERS
        case _:
            return meaning


def _is_small(value: Value) -> bool:
    return str(value).isdigit() and len(str(value)) <= 2


def _is_mark(value: Value) -> bool:
    return str(value).lower() in HEAD_MARKS


def _is_card_code(value: Value) -> bool:
    return is_card_code(str(value).upper())


def _tell_rows_of_persons(
    grid: Grid,
    header: Header,
    meant: dict[int, tuple[Meaning | None, Reason]],
    values: dict[int, list[Value]],
    this_year: int,
) -> None:
    """Below "Danh sách thành viên" may stand one person in each row, unless each row has a head of
    its own and is a household for that."""
    telling = {Meaning.HEAD_NAME, Meaning.NAME, *ADDRESSES}
    home = [index for index, (meaning, _) in meant.items() if meaning in telling]
    head = next((i for i in home if meant[i][0] not in ADDRESSES), 0)
    several = sum(meaning == Meaning.MEMBERS for meaning, _reason in meant.values()) > 1
    # Signatures below the table stand in few cells.
    rows = [c for n, c in grid.rows.items() if n >= header.first_row and len(c) >= FEWEST_CELLS]
    for index, (meaning, reason) in meant.items():
        if meaning != Meaning.MEMBERS or reason != Reason.HEADING or several:
            continue
        heading = header.headings.get(index, ())
        with_members = [c for c in rows if index in c and c[index] not in heading]
        homes = [[cells.get(i) for i in home] for cells in with_members]
        own_heads = all(head in cells for cells in with_members) and all(
            before != after for before, after in pairwise(homes)
        )
        if not own_heads and not list_members(values.get(index, []), this_year, least=0):
            meant[index] = Meaning.NAME, Reason.CONTENTS


def _guess(
    meant: dict[int, tuple[Meaning | None, Reason]],
    header: Header,
    values: dict[int, list[Value]],
    this_year: int,
) -> None:
    """Fill in what the headings left open, and what several people in one cell tell."""
    known = {meaning for meaning, _reason in meant.values() if meaning}
    lacking = not known & NAMES or not known & ADDRESSES
    unknown = {i: values[i] for i, (meaning, _) in meant.items() if not meaning and i in values}
    guessed = guess_columns(unknown, known, this_year, thorough=lacking)
    for index, meaning in guessed.items():
        if meaning == Meaning.NAME and list_members(values[index], this_year):
            meaning = Meaning.MEMBERS
        meant[index] = meaning, Reason.GUESSED


def _values_by_column(grid: Grid, header: Header) -> dict[int, list[Value]]:
    """What stands in each column below the header, without headers printed again."""
    values: dict[int, list[Value]] = {}
    for number, cells in grid.rows.items():
        if number >= header.first_row:
            for column, value in cells.items():
                if value not in header.headings.get(column, ()):
                    values.setdefault(column, []).append(value)
    return values


def _are_citizen_ids(values: Iterable[Value], meaning: Meaning | None) -> bool:
    """Whether most values have 12 digits, or 9 as the old cards had. Phone numbers whose leading
    zero a spreadsheet ate have 9 digits too, so in a column of phones those do not count."""
    lengths = (12,) if meaning == Meaning.PHONE else (9, 12)
    written = hits = 0
    for value in values:
        written += 1
        text = str(value).strip(" .-")
        # Most cells are names, addresses and short numbers; only what may be one is looked at.
        if len(text) >= min(lengths) and text[0].isdigit() and text[-1].isdigit():
            bare = _SIGNS.sub("", text)
            hits += bare.isdigit() and len(bare) in lengths
    return hits * 2 > written


def _holds_citizen_id(value: Value) -> bool:
    text = str(value)
    return len(text) >= min(LENGTHS) and mask_numbers(text) != text


def _birth_or_mark(meaning: Meaning, values: Iterable[Value]) -> Meaning:
    """Below "Nam" and "Nữ" stand years of birth, or mere marks, or how many men and women."""
    texts = [str(value) for value in values]
    if any(re.search(r"\d{4}", text) for text in texts):
        return meaning
    if any(text.isdigit() and int(text) > 1 for text in texts):
        return Meaning.IGNORED
    return Meaning.SEX_MALE if meaning == Meaning.BIRTH_MALE else Meaning.SEX_FEMALE


def _choose(
    meant: dict[int, tuple[Meaning | None, Reason]], header: Header
) -> dict[Meaning, list[int]]:
    meanings = {index: meaning for index, (meaning, _reason) in meant.items()}
    places: dict[Meaning, list[int]] = {}
    for meaning in Meaning:
        candidates = [index for index, found in meanings.items() if found == meaning]
        if not candidates or meaning in NOT_STORED:
            continue

        def rank(index: int, meaning: Meaning = meaning) -> tuple[bool, int]:
            chosen = meant[index][1] == Reason.CHOSEN
            return not chosen, _rank(meaning, header.headings.get(index, []))

        best = min(candidates, key=rank)
        places[meaning] = candidates if meaning in GATHERED else [best]
        if meaning == Meaning.PHONE:
            places[meaning] = _numbered_alike(best, candidates, header)
        if meaning in JOINED:
            places[meaning] += _joined(best, meaning, meanings, header)
    return places


def _numbered_alike(best: int, candidates: list[int], header: Header) -> list[int]:
    """Of "SĐT 1" and "SĐT 2" both."""

    def words(index: int) -> str:
        return re.sub(r"\d+", "", fold_heading(" ".join(header.headings.get(index, [])))).strip()

    return [best] + [i for i in candidates if i != best and words(i) == words(best)]


def _rank(meaning: Meaning, heading: list[str]) -> int:
    folded = fold_heading(" ".join(heading))
    words = PREFERRED.get(meaning, ())
    return next((place for place, word in enumerate(words) if word in folded), len(words))


def _joined(
    best: int, meaning: Meaning, meanings: dict[int, Meaning | None], header: Header
) -> list[int]:
    """The columns right of `best` that stand below one heading with it, or name the next part."""
    found: list[int] = []
    here = header.headings.get(best, [""])
    parts = fold_heading(here[-1]) in FAMILY_PARTS
    for following in range(best + 1, best + MOST_JOINED):
        there = header.headings.get(following, [""])
        next_part = parts and fold_heading(there[-1]) in NAME_PARTS
        if meanings.get(following) != meaning or not (here == there or next_part):
            break
        found.append(following)
    return found


def _samples(values: list[Value], meaning: Meaning) -> tuple[str, ...]:
    shown: dict[str, None] = {}
    for value in dict.fromkeys(values):
        shown[masked(value, meaning)[:60]] = None
        if len(shown) == SAMPLES:
            break
    return tuple(shown)


def masked(value: Value, meaning: Meaning) -> str:
    """`value` for showing, without numbers that may be a citizen's; phone numbers are shown whole
    where phone numbers are expected, though those without their zero have nine digits."""
    text = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    if meaning == Meaning.PHONE and sum(character.isdigit() for character in text) < 12:
        return text
    return mask_numbers(text)
