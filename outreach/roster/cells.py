"""The cells of one row by meaning: read one by one, each problem where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext as _

from outreach.models import Resident
from outreach.roster import values
from outreach.roster.columns import masked
from outreach.roster.grid import Value
from outreach.roster.meanings import Meaning, fold_heading
from outreach.roster.members import read_members
from outreach.roster.naming import NamedPerson
from outreach.roster.neighbourhoods import (
    Neighbourhood,
    kind_of_heading,
    parse_bare_name,
    parse_neighbourhood,
)
from volunteers.names import fold

if TYPE_CHECKING:
    from outreach.roster.rows import RowReader

T = TypeVar("T")
LONGEST_SHOWN, LONGEST_DITTO = 60, 10
# Between the cells of columns that are read together.
BETWEEN = {Meaning.MEMBERS: "; ", Meaning.PHONE: " / "}
_DITTO = re.compile(r"""^[\-. ]*(?:nt|n/t|n\.t|nhu tren|["”“″〃]+|''|//)[\-. ]*$""")


class Cells:
    """A problem in a merged cell is said once, where it begins."""

    __slots__ = ("bad", "number", "own", "reader", "values")

    def __init__(self, reader: RowReader, number: int):
        self.reader, self.number = reader, number
        self.bad: set[Meaning] = set()
        # What the reader of the sheet sees; the parts of a joined column with a space between.
        self.values: dict[Meaning, Value] = {}
        # What stands in this very row and not in a merged cell above.
        self.own: set[Meaning] = set()
        cells = reader.grid.rows[number]
        merged = reader.grid.merged
        for meaning, index in reader.single:
            value = cells.get(index)
            if value is not None:
                self.own.add(meaning)
                self.values[meaning] = value
            elif (number, index) in merged:
                value = reader.grid.spread(number, index)
                if value is not None:
                    self.values[meaning] = value
        for meaning, indexes in reader.joined:
            self._join(meaning, indexes)
        for meaning in reader.repeatable:
            self._repeat(meaning)

    def _repeat(self, meaning: Meaning) -> None:
        """A cell that says "as above" says what stands above it."""
        value = self.values.get(meaning)
        if isinstance(value, str) and len(value) <= LONGEST_DITTO and _DITTO.match(fold(value)):
            self.own.discard(meaning)
            value = self.values.pop(meaning)
            if meaning in self.reader.above:
                self.values[meaning] = self.reader.above[meaning]
        elif value is not None:
            self.reader.above[meaning] = value

    def _join(self, meaning: Meaning, indexes: list[int]) -> None:
        grid, number = self.reader.grid, self.number
        if any(grid.at(number, index) is not None for index in indexes):
            self.own.add(meaning)
        found = [grid.spread(number, index) for index in indexes]
        parts = dict.fromkeys(value for value in found if value is not None)
        if len(parts) == 1:
            self.values[meaning] = next(iter(parts))
        elif parts:
            self.values[meaning] = BETWEEN.get(meaning, " ").join(map(str, parts))

    def value(self, meaning: Meaning) -> Value | None:
        return self.values.get(meaning)

    def read(self, meaning: Meaning, reader: Callable[[Value], T | None]) -> T | None:
        value = self.values.get(meaning)
        if value is None:
            return None
        try:
            return reader(value)
        except values.Unreadable as problem:
            self._report(meaning, problem.code, problem.message)
            return None

    def _report(self, meaning: Meaning, code: str, expected: str, arrived: str = "") -> None:
        self.bad.add(meaning)
        columns = self.reader.columns
        if self.reader.grid.at(self.number, columns.first(meaning) or 0) is None:
            return
        words = {
            "heading": columns.heading(meaning),
            "arrived": masked(arrived or self.value(meaning) or "", meaning)[:LONGEST_SHOWN],
            "expected": expected,
        }
        message = _("“%(heading)s” holds “%(arrived)s”: %(expected)s.") % words
        self.reader.add_problem(self.number, meaning, code, message)

    def person(self, meaning: Meaning) -> NamedPerson | None:
        return self.read(meaning, self.reader.read_person)

    def phone(self) -> str | None:
        found = self.read(Meaning.PHONE, values.read_phones)
        if found and len(found) > 1 and Meaning.PHONE in self.own:
            self.reader.counted["second_phone_left_out"] += 1
        return found[0] if found else None

    def birth_and_sex(self) -> tuple[int | None, Resident.Sex | None]:
        read_year = self.reader.read_year
        sex = self.read(Meaning.SEX, values.read_sex)
        if not self.reader.by_sex:
            return self.read(Meaning.BIRTH, read_year) or self.year_by_age(), sex
        man = self.read(Meaning.BIRTH_MALE, read_year)
        woman = self.read(Meaning.BIRTH_FEMALE, read_year)
        if man and woman:
            self._report(
                Meaning.BIRTH_MALE,
                "birth_unreadable",
                _("the birth of a man and of a woman in one row; please empty one of the cells"),
            )
            return None, None
        if man or self._marked(Meaning.SEX_MALE):
            sex = Resident.Sex.MALE
        elif woman or self._marked(Meaning.SEX_FEMALE):
            sex = Resident.Sex.FEMALE
        return man or woman or self.read(Meaning.BIRTH, read_year) or self.year_by_age(), sex

    def _marked(self, meaning: Meaning) -> bool:
        value = self.value(meaning)
        return value is not None and value not in (0, "0", "-", "FALSE")

    def year_by_age(self) -> int | None:
        if Meaning.AGE not in self.values:
            return None
        # "Tuổi (năm 2025)"
        said = re.search(r"\b20\d\d\b", self.reader.columns.heading(Meaning.AGE))
        year = int(said[0]) if said else self.reader.this_year
        found = self.read(Meaning.AGE, lambda value: values.read_age(value, year))
        if found:
            self.reader.counted["year_from_age"] += 1
        return found

    def address(self) -> str | None:
        if Meaning.HOUSE_NUMBER not in self.values and Meaning.STREET not in self.values:
            return self.read(Meaning.ADDRESS, values.read_address)
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
            meaning = Meaning.STREET if self.value(Meaning.STREET) else Meaning.ADDRESS
            return number or self.read(meaning, lambda value: values.read_address(rest))
        return self.read(
            Meaning.HOUSE_NUMBER, lambda joined: values.read_address(f"{number} {rest}")
        )

    def neighbourhood(self) -> Neighbourhood | None:
        value = self.value(Meaning.NEIGHBOURHOOD)
        if value is None or values.says_nothing(value):
            return None
        kind = self.reader.kind_of_column
        # The apostrophe by which people tell Excel that "01" is text.
        text = str(value).lstrip("'")
        found = parse_neighbourhood(text, kind) or parse_bare_name(text, kind)
        if found is None:
            self._report(
                Meaning.NEIGHBOURHOOD,
                "neighbourhood_unreadable",
                _("expected a neighbourhood, e.g. 1, KP1 or Khu phố 1"),
            )
        return found

    def members(self) -> tuple[NamedPerson, ...]:
        """The people in a cell that lists all members of the home."""
        value = self.value(Meaning.MEMBERS)
        if value is None or values.says_nothing(value):
            return ()
        columns = self.reader.columns.places[Meaning.MEMBERS]
        lines = self.reader.grid.lines.get((self.number, columns[0])) if len(columns) == 1 else None
        lines = lines or [str(value)]
        people, unread = read_members(lines, self.reader.this_year)
        for part in unread:
            self._report(
                Meaning.MEMBERS,
                "member_unreadable",
                _("expected a person, e.g. Trần Thị Bé (1965); please correct this part"),
                arrived=part,
            )
        return people

    def household_number(self) -> str | None:
        for meaning in (Meaning.HOUSEHOLD_NUMBER, Meaning.NUMBER):
            if meaning in self.reader.columns.places:
                value = self.values.get(meaning)
                return None if value is None else str(value).split(".")[0]
        return None


def kind_of_neighbourhoods(heading: str) -> str | None:
    """The kind that the heading of a column of neighbourhoods names, in its lowest row."""
    return kind_of_heading(fold_heading(heading.rsplit(" / ", 1)[-1]))
