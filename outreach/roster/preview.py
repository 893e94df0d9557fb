"""What the officer sees before anything is written: plain values, so that they can be kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter

from outreach.roster.applying import Outcome
from outreach.roster.difference import Change, Difference, Doubt, HouseholdDifference
from outreach.roster.matching import Listed, StoredHome
from outreach.roster.meanings import Meaning
from outreach.roster.people import ListedHousehold, ListedPerson
from outreach.roster.problems import Problem
from outreach.roster.reading import RosterFile, SheetRead

T = TypeVar("T")
MOST_PROBLEMS, MOST_NEW, MOST_CHANGED = 200, 10, 100
# Of these each row is a question in the form.
MOST_DOUBTS, MOST_MISSING = 200, 300
MOST_LEFT_OUT = 30
FIELDS = {
    "address": gettext_lazy("Address"),
    "area": gettext_lazy("Neighbourhood"),
    "declared_size": gettext_lazy("Number of people"),
    "kind": gettext_lazy("Kind"),
    "head": gettext_lazy("Head of household"),
    "name": gettext_lazy("Name"),
    "birth_year": gettext_lazy("Year of birth"),
    "sex": gettext_lazy("Sex"),
    "phone": gettext_lazy("Phone number"),
    "resident": gettext_lazy("New person"),
}
WHERE = ("address", "area")
COUNTS = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "moved": gettext_lazy("of which moved"),
    "unchanged": gettext_lazy("Unchanged"),
    "missing": gettext_lazy("Not in the list"),
    "duplicates": gettext_lazy("Twice in the list"),
    "doubtful": gettext_lazy("Probably known, to be decided"),
    "later": gettext_lazy("Put off, not imported"),
    "closed": gettext_lazy("Closed"),
}


@dataclass(frozen=True)
class ChangeLine:
    """One field of one home; `person` is empty for the home's own."""

    home: str
    person: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class MovedLine:
    home: str
    old: str
    new: str


@dataclass(frozen=True)
class HomeLine:
    """A home in one line. `source`: the row of the list it stands in; empty for a known home."""

    place: str
    address: str
    people: str
    source: str = ""


@dataclass(frozen=True)
class DoubtLine:
    key: str
    listed: HomeLine
    other: HomeLine
    reason: str


@dataclass(frozen=True)
class MissingLine:
    key: UUID
    home: HomeLine


@dataclass(frozen=True)
class ColumnLine:
    letter: str
    key: str
    heading: str
    meaning: str
    hidden: bool
    choosable: bool
    reason: str
    samples: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(Meaning(self.meaning).label)


@dataclass(frozen=True)
class SheetLine:
    """How one sheet was understood; without columns nothing was read from it."""

    name: str
    hidden: bool
    left_aside: bool
    header: tuple[int, int] | None
    columns: tuple[ColumnLine, ...]
    neighbourhood: str
    left_out: tuple[int, ...]
    left_out_more: int
    households: int
    remarks: tuple[str, ...]


AT_ONCE = 20


@dataclass(frozen=True)
class Shown(Generic[T]):
    """At most so many `rows` of a list, and how many `more` there are."""

    rows: list[T]
    more: int

    @property
    def first(self) -> list[T]:
        """Those that a page shows at once; it folds the `others`."""
        return self.rows[:AT_ONCE]

    @property
    def others(self) -> list[T]:
        return self.rows[AT_ONCE:]

    @property
    def count(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True)
class Preview:
    sheets: list[SheetLine]
    encoding: str
    conversions: list[tuple[str, str]]
    counts: dict
    places: list[tuple[str, int, bool]]
    problems: Shown[Problem]
    doubts: Shown[DoubtLine]
    new: Shown[HomeLine]
    moved: Shown[MovedLine]
    changed: Shown[ChangeLine]
    missing: Shown[MissingLine]
    refused: bool
    can_skip: bool
    fingerprint: str


_ADAPTER = TypeAdapter(Preview)


def as_bytes(seen: Preview) -> bytes:
    return _ADAPTER.dump_json(seen)


def from_bytes(content: bytes) -> Preview:
    """What `as_bytes` kept. Raises pydantic's ValidationError when another version kept it."""
    return _ADAPTER.validate_json(content)


def preview(roster: RosterFile, difference: Difference, outcome: Outcome) -> Preview:
    """`outcome` is what confirming without any decision would give."""
    created = {place.name for place in difference.new_places}
    counted = outcome.counts["neighbourhoods"].items()
    homes, people = outcome.counts["households"], outcome.counts["residents"]
    return Preview(
        sheets=[_sheet(sheet, roster) for sheet in roster.sheets],
        encoding=roster.converted or "",
        conversions=roster.conversions,
        counts={
            "households": {
                **homes,
                "moved": len(difference.moved),
                "doubtful": len(difference.doubts),
            },
            "residents": people,
        },
        places=[(name, count, name in created) for name, count in counted],
        problems=_shown(outcome.problems, MOST_PROBLEMS),
        doubts=_shown([_doubt(doubt) for doubt in difference.doubts], MOST_DOUBTS),
        new=_shown(
            [_listed_line(item.listed, item.place.name) for item in difference.new], MOST_NEW
        ),
        moved=_shown([_moved(item) for item in difference.moved], MOST_CHANGED),
        changed=_shown(change_lines(difference.changed), MOST_CHANGED),
        missing=_shown(_can_be_closed(difference), MOST_MISSING),
        refused=outcome.refused,
        can_skip=bool(difference.households),
        fingerprint=difference.fingerprint(),
    )


def count_table(counts: dict[str, dict[str, int]]) -> list[tuple[str, int | None, int | None]]:
    """Rows of what, how many households, how many people (None: not counted)."""
    households, residents = counts["households"], counts["residents"]
    return [
        (str(label), households.get(key), residents.get(key))
        for key, label in COUNTS.items()
        if key in households
    ]


def _shown(rows: list[T], most: int) -> Shown[T]:
    return Shown(rows[:most], max(len(rows) - most, 0))


def _can_be_closed(difference: Difference) -> list[MissingLine]:
    """Homes that the list does not name, but for those that a doubtful household may be."""
    doubtful = {
        doubt.other.pk for doubt in difference.doubts if isinstance(doubt.other, StoredHome)
    }
    return [
        MissingLine(home.pk, _home_line(home, difference.names[home.pk]))
        for home in difference.missing
        if home.pk not in doubtful
    ]


def _sheet(sheet: SheetRead, roster: RosterFile) -> SheetLine:
    return SheetLine(
        name=sheet.name,
        hidden=sheet.hidden,
        left_aside=sheet.left_aside,
        header=(sheet.header.top, sheet.header.bottom) if sheet.header else None,
        columns=tuple(
            ColumnLine(
                letter=column.letter,
                key=column.key,
                heading=column.heading,
                meaning=column.meaning,
                hidden=column.hidden,
                choosable=column.choosable,
                reason=column.reason,
                samples=column.samples,
            )
            for column in sheet.columns
        ),
        neighbourhood=sheet.neighbourhood.full_name if sheet.neighbourhood else "",
        left_out=sheet.left_out[:MOST_LEFT_OUT],
        left_out_more=max(len(sheet.left_out) - MOST_LEFT_OUT, 0),
        households=sheet.households,
        remarks=tuple(remark.sentence for remark in roster.remarks if remark.sheet == sheet.name),
    )


def _person(name: str, birth_year: int | None, phone: str | None) -> str:
    year = f" ({birth_year})" if birth_year else ""
    return f"{name}{year}{', ' if phone else ''}{phone or ''}"


def _listed_line(household: ListedHousehold, place: str) -> HomeLine:
    people: list[ListedPerson] = [household.people[household.head]]
    people += [person for person in household.people if person is not people[0]]
    return HomeLine(
        place,
        household.address,
        "; ".join(_person(p.name, p.birth_year, p.phone) for p in people),
        _("sheet “%(sheet)s”, row %(row)d") % {"sheet": household.sheet, "row": household.row},
    )


def _home_line(home: StoredHome, place: str) -> HomeLine:
    people = [*home.heads, *(person for person in home.people if person not in home.heads)]
    return HomeLine(
        place, home.address, "; ".join(_person(p.name, p.birth_year, p.phone) for p in people)
    )


def _doubt(doubt: Doubt) -> DoubtLine:
    other = doubt.other
    return DoubtLine(
        doubt.key,
        _listed_line(doubt.listed, doubt.place.name),
        _listed_line(other.said, other.place.name)
        if isinstance(other, Listed)
        else _home_line(other, doubt.other_place),
        str(doubt.reason.label),
    )


def _moved(item: HouseholdDifference) -> MovedLine:
    """From where to where: what stays of address and neighbourhood is said on both sides."""
    changes = {change.field: change for change in item.changes}
    new = {"address": item.listed.address, "area": item.place.name}
    old = {name: changes[name].old if name in changes else new[name] for name in WHERE}
    return MovedLine(
        item.listed.people[item.listed.head].name,
        ", ".join(str(old[name]) for name in WHERE),
        ", ".join(new[name] for name in WHERE),
    )


def change_lines(changed: Iterable[HouseholdDifference]) -> list[ChangeLine]:
    """All changes of these homes but where they stand, field by field, in the order of the list."""
    lines = []
    for item in changed:
        home = f"{item.listed.people[item.listed.head].name}, {item.listed.address}"
        lines += [_line(home, "", change) for change in item.changes if change.field not in WHERE]
        for person in item.people:
            name = person.listed.name
            if person.resident is None:
                lines.append(ChangeLine(home, name, str(FIELDS["resident"]), "", name))
            lines += [_line(home, name, change) for change in person.changes]
    return lines


def _line(home: str, person: str, change: Change) -> ChangeLine:
    old, new = ("" if value is None else str(value) for value in (change.old, change.new))
    return ChangeLine(home, person, str(FIELDS[change.field]), old, new)
