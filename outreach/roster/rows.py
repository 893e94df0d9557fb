"""The rows below the header: typed values, what is wrong in which cell, and what is no row of the
list at all (separators, totals, signatures)."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from outreach.models import Resident
from outreach.roster import values
from outreach.roster.cells import Cells, kind_of_neighbourhoods
from outreach.roster.columns import Columns
from outreach.roster.grid import Grid, Value
from outreach.roster.headers import Header
from outreach.roster.meanings import ADDRESSES, Meaning, fold_heading
from outreach.roster.naming import NamedPerson, says_head
from outreach.roster.neighbourhoods import RURAL, Neighbourhood, parse_separator
from outreach.roster.problems import Problem, letter
from volunteers.names import fold

_COUNTED = (
    r"(?:ho|ho dan|ho gia dinh|nhan khau|khau|nguoi|so|co|danh sach|chung|toan|khu pho|kp|phuong)"
)
_TOTAL = re.compile(
    rf"^(?:tong cong|tong so|tong|cong)(?: {_COUNTED})*(?: \d[\d ]*(?: {_COUNTED})*)*$"
)
_EXAMPLE = {"vd", "vd:", "vi du", "vi du:"}
_FOOTER = re.compile(
    r"\b(nguoi lap|lap bieu|lap bang|ky ten|ky ghi ro|ghi ro ho ten|xac nhan|noi nhan|tm uy ban"
    r"|tm ubnd|t m uy ban|kt chu tich|chu tich|truong khu pho|to truong)\b|\bngay .*thang .*nam\b"
)
_CLOSING = re.compile(r"^(ghi chu|luu y|chu thich|danh sach (nay )?(gom|co)|tong cong|bang chu)\b")
# Beside the name of a neighbourhood: its number, and how many live there.
_BESIDE = re.compile(r"^(?:[ivx]+|[a-h]|\d+)[.)]?$|^\(?\d+ (?:ho|nhan khau|khau|nguoi)\)?$")
_OF_ONE_SEX = (Meaning.BIRTH_MALE, Meaning.BIRTH_FEMALE, Meaning.SEX_MALE, Meaning.SEX_FEMALE)
_REPEATABLE = (Meaning.ADDRESS, Meaning.HOUSE_NUMBER, Meaning.STREET, Meaning.NEIGHBOURHOOD)
_NOTHING_BAD: frozenset[Meaning] = frozenset()
# A separator has at most its number and a count beside it.
MOST_BESIDE = 3
FEWEST_COUNTED, LONGEST_COUNT = 4, 4
# A row that holds nothing but these says nothing about anybody.
_NO_CONTENT = {Meaning.NUMBER, Meaning.HOUSEHOLD_NUMBER, Meaning.NOTE}


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row. None: the row does not say. `own` are the meanings that stand in this very row and
    not in a merged cell above; `bad` those whose cell could not be read."""

    number: int
    # Counts the separator rows above, and what the last one names.
    section: int
    section_names: Neighbourhood | None
    own: frozenset[Meaning]
    bad: frozenset[Meaning] = frozenset()
    household_number: str | None = None
    name: str | None = None
    head_name: str | None = None
    is_head: bool = False
    has_died: bool = False
    birth_year: int | None = None
    sex: Resident.Sex | None = None
    phone: str | None = None
    address: str | None = None
    neighbourhood: Neighbourhood | None = None
    size: int | None = None
    business: bool = False
    members: tuple[NamedPerson, ...] = ()
    card_code: str | None = None


@dataclass
class RowReader:
    """Reads the rows of one sheet and gathers `problems`, the numbers of `left_out` rows and
    what was `counted` for remarks."""

    grid: Grid
    header: Header
    columns: Columns
    this_year: int
    problems: list[Problem] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._folded = {
            column: [fold(part) for part in parts] for column, parts in self.header.headings.items()
        }
        self._lengths = {len(part) for parts in self._folded.values() for part in parts}
        places = self.columns.places
        self.single = [(meaning, where[0]) for meaning, where in places.items() if len(where) == 1]
        self.joined = [(meaning, where) for meaning, where in places.items() if len(where) > 1]
        self.repeatable = [meaning for meaning in _REPEATABLE if meaning in places]
        # What stood last in the columns that may say "as above".
        self.above: dict[Meaning, Value] = {}
        self.by_sex = any(meaning in places for meaning in _OF_ONE_SEX)
        self.kind_of_column = kind_of_neighbourhoods(self.columns.heading(Meaning.NEIGHBOURHOOD))
        # Villages whose lists give nothing but the village.
        self.without_addresses = lacks_addresses(self.columns)
        self._number = self.columns.first(Meaning.NUMBER)
        self._place = self.columns.first(Meaning.NEIGHBOURHOOD)
        self._names = [self.columns.first(m) for m in (Meaning.NAME, Meaning.HEAD_NAME)]
        # Few combinations of filled cells occur; each is kept once.
        self._filled: dict[frozenset[Meaning], frozenset[Meaning]] = {}

    def read_person(self, value: Value) -> NamedPerson | None:
        return values.read_person(value, self.this_year)

    def read_year(self, value: Value) -> int | None:
        return values.read_birth_year(value, self.this_year)

    def read_all(self) -> list[ListedRow]:
        rows: list[ListedRow] = []
        section, names = 0, None
        numbers = [number for number in sorted(self.grid.rows) if number >= self.header.first_row]
        end = self._next_table(numbers) or self._footer(numbers)
        for number in numbers:
            if end is not None and number >= end:
                self.left_out.append(number)
                continue
            if separator := self._separator(number):
                # A team is a part of the neighbourhood named above it.
                inside = separator.is_team and names and not names.is_team
                section, names = section + 1, names if inside else separator
                self.left_out.append(number)
            elif self._is_total(number) or self._repeats_header(number):
                self.left_out.append(number)
            else:
                cells = Cells(self, number)
                if not cells.own <= _NO_CONTENT:
                    rows.append(self._read(cells, section, names))
        return rows

    def _texts(self, number: int) -> set[str]:
        """The words of the row, without numbers and counts of homes."""
        return {
            value
            for value in self.grid.rows[number].values()
            if isinstance(value, str) and not _BESIDE.match(fold(value))
        }

    def _separator(self, number: int) -> Neighbourhood | None:
        cells = self.grid.rows[number]
        if len(cells) > MOST_BESIDE and len(set(map(str, cells.values()))) > MOST_BESIDE:
            return None
        texts = self._texts(number)
        if len(texts) != 1 or (self._place and self._place in cells and len(cells) > 1):
            return None
        return parse_separator(texts.pop())

    def _is_total(self, number: int) -> bool:
        """A total, or the example that shows how to fill in the list."""
        for value in self.grid.rows[number].values():
            if isinstance(value, str):
                text = value if value[0] in "tTcCvV" else ""
                return bool(_TOTAL.match(fold_heading(text))) or fold(text) in _EXAMPLE
        return False

    def _repeats_header(self, number: int) -> bool:
        """A header, or the row that counts its columns, printed again on each page."""
        cells = self.grid.rows[number]
        for index in self._names:
            # Most rows name somebody, and are no headers for that.
            if index in cells and not self._is_heading(index, str(cells[index])):
                return len(str(cells[index])) <= LONGEST_COUNT and _counts(cells)
        same = sum(
            fold(str(value)) in self._folded.get(column, ()) for column, value in cells.items()
        )
        return (same >= 2 and same * 2 >= len(cells)) or _counts(cells)

    def _next_table(self, numbers: list[int]) -> int | None:
        """The row in which the same headings stand above other columns: what follows would be read
        as something else."""
        index = next(filter(None, self._names), None)
        every = {part for parts in self._folded.values() for part in parts}
        for number in numbers:
            text = str(self.grid.rows[number].get(index or 0, ""))
            if len(text) not in self._lengths or fold(text) not in every:
                continue
            if not self._repeats_header(number) and self._has_headings(number, every):
                message = _(
                    "Another table begins here with its columns in another order. Please move it "
                    "into a sheet of its own."
                )
                self.add_problem(number, None, "two_tables", message)
                return number
        return None

    def _has_headings(self, number: int, every: set[str]) -> bool:
        cells = self.grid.rows[number].values()
        return sum(fold(str(value)) in every for value in cells) * 2 > len(cells)

    def _is_heading(self, column: int, text: str) -> bool:
        return len(text) in self._lengths and fold(text) in self._folded.get(column, ())

    def _footer(self, numbers: list[int]) -> int | None:
        """The first row of signatures and dates: no numbered row stands below it."""
        index = self._number or self.columns.first(Meaning.HOUSEHOLD_NUMBER)
        found = None
        for number in reversed(numbers):
            if index is not None and str(self.grid.at(number, index)).isdigit():
                break
            if self._ends_list(number):
                found = number
            elif index is None and len(self.grid.rows[number]) >= 3:
                break
        return found

    def _ends_list(self, number: int) -> bool:
        texts = [fold_heading(text) for text in self._texts(number)]
        alone = len(texts) == 1 and len(self.grid.rows[number]) == 1
        return any(_FOOTER.search(text) for text in texts) or (
            alone and bool(_CLOSING.match(texts[0]))
        )

    def _read(self, cells: Cells, section: int, names: Neighbourhood | None) -> ListedRow:
        person, head = cells.person(Meaning.NAME), cells.person(Meaning.HEAD_NAME)
        # What stands beside the name is said of the row's own person.
        said = person or head
        birth_year, sex = cells.birth_and_sex()
        phone, relation = cells.phone(), cells.value(Meaning.RELATION)
        note = cells.value(Meaning.NOTE)
        has_died = values.says_died(note)
        if said:
            if not birth_year and said.from_age:
                self.counted["year_from_age"] += 1
            birth_year, sex = birth_year or said.birth_year, sex or said.sex
            phone = phone or said.phone
            has_died = has_died or said.has_died
        if relation is not None:
            has_died = has_died or values.mentions_death(relation)
        own = frozenset(cells.own)
        return ListedRow(
            number=cells.number,
            section=section,
            section_names=names,
            name=person.name if person else None,
            head_name=head.name if head else None,
            is_head=says_head(relation) or bool(person and person.is_head),
            has_died=has_died,
            birth_year=birth_year,
            sex=sex,
            phone=phone,
            address=cells.address(),
            neighbourhood=cells.neighbourhood(),
            size=cells.read(Meaning.SIZE, values.read_size),
            business=note is not None and values.says_business(note),
            household_number=cells.household_number(),
            members=cells.members(),
            card_code=cells.read(Meaning.CARD_CODE, values.read_card_code),
            own=self._filled.setdefault(own, own),
            bad=frozenset(cells.bad) if cells.bad else _NOTHING_BAD,
        )

    def add_problem(self, number: int, meaning: Meaning | None, code: str, message: str) -> None:
        column = self.columns.first(meaning) if meaning else None
        self.problems.append(Problem(self.grid.name, number, letter(column), code, message))


def lacks_addresses(columns: Columns) -> bool:
    """Whether the list gives villages and nothing more exact."""
    kind = kind_of_neighbourhoods(columns.heading(Meaning.NEIGHBOURHOOD))
    return not columns.has(*ADDRESSES) and kind in RURAL


def _counts(cells: dict[int, Value]) -> bool:
    """A B 1 2 3 … from left to right: the numbers of columns, printed again on each page. Columns
    that were dropped leave gaps."""
    if len(cells) < FEWEST_COUNTED:
        return False
    words = {column: str(value).strip("()[] ") for column, value in cells.items()}
    numbers = {column: int(word) for column, word in words.items() if word.isdigit()}
    starts = {number - column for column, number in numbers.items()}
    others = [word for word in words.values() if not word.isdigit()]
    return (
        len(numbers) >= FEWEST_COUNTED
        and len(starts) == 1
        and all(len(word) == 1 for word in others)
    )
