"""The rows below the header: typed values, what is wrong in which cell, and what is no row of the
list at all (separators, totals, signatures)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from outreach.models import Resident
from outreach.roster import values
from outreach.roster.columns import Columns, masked
from outreach.roster.grid import Grid, Value
from outreach.roster.headers import Header
from outreach.roster.meanings import Meaning, fold_heading
from outreach.roster.neighbourhoods import (
    Neighbourhood,
    kind_of_heading,
    parse_bare_name,
    parse_neighbourhood,
    parse_separator,
)
from outreach.roster.problems import Problem, letter
from volunteers.names import fold

T = TypeVar("T")

_COUNTED = (
    r"(?:ho|ho dan|ho gia dinh|nhan khau|khau|nguoi|so|co|danh sach|chung|toan|khu pho|kp|phuong)"
)
_TOTAL = re.compile(
    rf"^(?:tong cong|tong so|tong|cong)(?: {_COUNTED})*(?: \d[\d ]*(?: {_COUNTED})*)*$"
)
_FOOTER = re.compile(
    r"\b(nguoi lap|lap bieu|lap bang|ky ten|ky ghi ro|ghi ro ho ten|xac nhan|noi nhan|tm uy ban"
    r"|tm ubnd|t m uy ban|kt chu tich|chu tich|truong khu pho|to truong)\b|\bngay .*thang .*nam\b"
)
# A row that holds nothing but these says nothing about anybody.
_NO_CONTENT = {Meaning.NUMBER, Meaning.HOUSEHOLD_NUMBER, Meaning.NOTE}


@dataclass(frozen=True)
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
    birth_year: int | None = None
    sex: Resident.Sex | None = None
    phone: str | None = None
    address: str | None = None
    neighbourhood: Neighbourhood | None = None
    size: int | None = None
    business: bool = False


@dataclass
class RowReader:
    """Reads the rows of one sheet and gathers `problems` and the numbers of `left_out` rows."""

    grid: Grid
    header: Header
    columns: Columns
    this_year: int
    problems: list[Problem] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)

    def __post_init__(self):
        headings = self.header.headings.items()
        self._folded = {column: {fold(part) for part in parts} for column, parts in headings}

    def read_all(self) -> list[ListedRow]:
        rows: list[ListedRow] = []
        section, names = 0, None
        numbers = [number for number in sorted(self.grid.rows) if number >= self.header.first_row]
        end = self._footer(numbers)
        for number in numbers:
            if end is not None and number >= end:
                self.left_out.append(number)
                continue
            if separator := self._separator(number):
                section, names = section + 1, separator
                self.left_out.append(number)
            elif self._is_total(number) or self._repeats_header(number):
                self.left_out.append(number)
            elif self._has_content(number):
                rows.append(self._read(number, section, names))
        return rows

    def _texts(self, number: int) -> list[str]:
        """The words of the row, without its number."""
        skipped = self.columns.first(Meaning.NUMBER)
        cells = self.grid.rows[number].items()
        return [str(v) for column, v in cells if isinstance(v, str) and column != skipped]

    def _has_content(self, number: int) -> bool:
        return any(
            self.grid.at(number, index) is not None
            for meaning, indexes in self.columns.places.items()
            if meaning not in _NO_CONTENT
            for index in indexes
        )

    def _separator(self, number: int) -> Neighbourhood | None:
        texts = set(self._texts(number))
        index = self.columns.first(Meaning.NEIGHBOURHOOD)
        if len(texts) != 1 or (index and self.grid.at(number, index) is not None):
            return None
        return parse_separator(texts.pop())

    def _is_total(self, number: int) -> bool:
        values_ = [v for v in self.grid.rows[number].values() if isinstance(v, str)]
        return bool(values_) and bool(_TOTAL.match(fold_heading(values_[0])))

    def _repeats_header(self, number: int) -> bool:
        """A header printed again on each page."""
        cells = self.grid.rows[number]
        same = sum(
            fold(str(value)) in self._folded.get(column, ()) for column, value in cells.items()
        )
        return same >= 2 and same * 2 >= len(cells)

    def _footer(self, numbers: list[int]) -> int | None:
        """The first row of signatures and dates: no numbered row stands below it."""
        index = self.columns.first(Meaning.NUMBER) or self.columns.first(Meaning.HOUSEHOLD_NUMBER)
        found = None
        for number in reversed(numbers):
            if index is not None and str(self.grid.at(number, index)).isdigit():
                break
            if any(_FOOTER.search(fold_heading(text)) for text in self._texts(number)):
                found = number
            elif index is None and len(self.grid.rows[number]) >= 3:
                break
        return found

    def _read(self, number: int, section: int, names: Neighbourhood | None) -> ListedRow:
        cell = _Cells(self, number)
        year = self.this_year
        birth_year, sex = cell.birth_and_sex(year)
        return ListedRow(
            number=number,
            section=section,
            section_names=names,
            name=cell.read(Meaning.NAME, values.read_name),
            head_name=cell.read(Meaning.HEAD_NAME, values.read_name),
            is_head=values.says_head(cell.value(Meaning.RELATION)),
            birth_year=birth_year,
            sex=sex,
            phone=cell.read(Meaning.PHONE, values.read_phone),
            address=cell.address(),
            neighbourhood=cell.neighbourhood(),
            size=cell.read(Meaning.SIZE, values.read_size),
            business=values.says_business(cell.value(Meaning.NOTE)),
            household_number=cell.household_number(),
            own=cell.own(),
            bad=frozenset(cell.bad),
        )

    def add_problem(self, number: int, meaning: Meaning | None, code: str, message: str) -> None:
        column = self.columns.first(meaning) if meaning else None
        self.problems.append(Problem(self.grid.name, number, letter(column), code, message))


class _Cells:
    """The cells of one row by meaning. A problem in a merged cell is said once, where it begins."""

    def __init__(self, reader: RowReader, number: int):
        self.reader, self.number = reader, number
        self.bad: set[Meaning] = set()

    def value(self, meaning: Meaning) -> Value | None:
        """What the reader of the sheet sees; the parts of a joined column with a space between."""
        grid, number = self.reader.grid, self.number
        found = [grid.spread(number, i) for i in self.reader.columns.places.get(meaning, [])]
        found = list(dict.fromkeys(value for value in found if value is not None))
        if len(found) > 1:
            return " ".join(map(str, found))
        return found[0] if found else None

    def own(self) -> frozenset[Meaning]:
        grid, number = self.reader.grid, self.number
        return frozenset(
            meaning
            for meaning, indexes in self.reader.columns.places.items()
            if any(grid.at(number, index) is not None for index in indexes)
        )

    def read(self, meaning: Meaning, reader: Callable[[Value | None], T | None]) -> T | None:
        try:
            return reader(self.value(meaning))
        except values.Unreadable as problem:
            self._report(meaning, problem.code, problem.message)
            return None

    def _report(self, meaning: Meaning, code: str, expected: str) -> None:
        self.bad.add(meaning)
        columns = self.reader.columns
        if self.reader.grid.at(self.number, columns.first(meaning) or 0) is None:
            return
        words = {
            "heading": columns.heading(meaning),
            "arrived": masked(self.value(meaning) or "", meaning)[:60],
            "expected": expected,
        }
        message = _("“%(heading)s” holds “%(arrived)s”: %(expected)s.") % words
        self.reader.add_problem(self.number, meaning, code, message)

    def birth_and_sex(self, this_year: int) -> tuple[int | None, Resident.Sex | None]:
        def read(meaning: Meaning) -> int | None:
            return self.read(meaning, lambda value: values.read_birth_year(value, this_year))

        man, woman = read(Meaning.BIRTH_MALE), read(Meaning.BIRTH_FEMALE)
        if man and woman:
            self._report(
                Meaning.BIRTH_MALE,
                "birth_unreadable",
                _("the birth of a man and of a woman in one row; please empty one of the cells"),
            )
            return None, None
        sex = self.read(Meaning.SEX, values.read_sex)
        if man or self.value(Meaning.SEX_MALE) is not None:
            sex = Resident.Sex.MALE
        elif woman or self.value(Meaning.SEX_FEMALE) is not None:
            sex = Resident.Sex.FEMALE
        return man or woman or read(Meaning.BIRTH), sex

    def address(self) -> str | None:
        number = self.value(Meaning.HOUSE_NUMBER)
        if number is not None:
            number = self.read(Meaning.HOUSE_NUMBER, values.read_address)
            if Meaning.HOUSE_NUMBER in self.bad:
                self.bad.add(Meaning.ADDRESS)
                return None
        rest = self.value(Meaning.STREET)
        if rest is None or values.says_nothing(rest):
            rest = self.value(Meaning.ADDRESS)
        if number is None or rest is None:
            return number or self.read(
                Meaning.STREET if self.value(Meaning.STREET) else Meaning.ADDRESS,
                lambda value: values.read_address(rest),
            )
        return self.read(
            Meaning.HOUSE_NUMBER, lambda joined: values.read_address(f"{number} {rest}")
        )

    def neighbourhood(self) -> Neighbourhood | None:
        value = self.value(Meaning.NEIGHBOURHOOD)
        if values.says_nothing(value):
            return None
        heading = self.reader.columns.heading(Meaning.NEIGHBOURHOOD)
        kind = kind_of_heading(heading.rsplit(" / ", 1)[-1])
        found = parse_neighbourhood(str(value), kind) or parse_bare_name(str(value), kind)
        if found is None:
            self._report(
                Meaning.NEIGHBOURHOOD,
                "neighbourhood_unreadable",
                _("expected a neighbourhood, e.g. 1, KP1 or Khu phố 1"),
            )
        return found

    def household_number(self) -> str | None:
        for meaning in (Meaning.HOUSEHOLD_NUMBER, Meaning.NUMBER):
            if self.reader.columns.has(meaning):
                value = self.value(meaning)
                return None if value is None else str(value)
        return None
