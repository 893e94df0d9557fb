"""What the officer sees before anything is written."""

from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _

from outreach.models import RosterImport
from outreach.roster.applying import Outcome, judge
from outreach.roster.difference import Change, Difference, HouseholdDifference, compare
from outreach.roster.reading import RosterFile, SheetRead

MOST_PROBLEMS, MOST_NEW, MOST_CHANGED, MOST_MISSING = 200, 10, 100, 100
FIELDS = {
    "address": _("Address"),
    "area": _("Neighbourhood"),
    "declared_size": _("Number of people"),
    "kind": _("Kind"),
    "head": _("Head of household"),
    "name": _("Name"),
    "birth_year": _("Year of birth"),
    "sex": _("Sex"),
    "phone": _("Phone number"),
    "resident": _("New person"),
}
COUNTS = {
    "new": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "missing": _("Not in the list"),
    "duplicates": _("Twice in the list"),
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
class Shown:
    """At most so many `rows` of a list, and how many `more` there are."""

    rows: list
    more: int


@dataclass(frozen=True)
class Preview:
    sheets: list[SheetRead]
    counts: list[tuple[str, int | None, int | None]]
    places: list[tuple[str, int, bool]]
    problems: Shown
    new: Shown
    changed: Shown
    missing: Shown
    refused: bool
    can_skip: bool
    fingerprint: str


def preview(record: RosterImport, roster: RosterFile) -> Preview:
    difference = compare(record.ward, roster)
    outcome = judge(roster, difference, skip_bad_rows=False)
    return Preview(
        sheets=roster.sheets,
        counts=count_table(outcome.counts),
        places=_places(outcome, difference),
        problems=_shown(outcome.problems, MOST_PROBLEMS),
        new=_shown(difference.new, MOST_NEW),
        changed=_shown(change_lines(difference.changed), MOST_CHANGED),
        missing=_shown(difference.missing, MOST_MISSING),
        refused=outcome.refused,
        can_skip=bool(difference.households),
        fingerprint=difference.fingerprint(),
    )


def count_table(counts: dict[str, dict[str, int]]) -> list[tuple[str, int | None, int | None]]:
    """Rows of what, how many households, how many people (None: not counted)."""
    households, residents = counts["households"], counts["residents"]
    return [(str(label), households.get(key), residents.get(key)) for key, label in COUNTS.items()]


def _places(outcome: Outcome, difference: Difference) -> list[tuple[str, int, bool]]:
    created = {place.name for place in difference.new_places}
    counted = outcome.counts["neighbourhoods"].items()
    return [(name, count, name in created) for name, count in counted]


def _shown(rows: list, most: int) -> Shown:
    return Shown(list(islice(rows, most)), max(len(rows) - most, 0))


def change_lines(changed: list[HouseholdDifference]) -> list[ChangeLine]:
    """All changes of these homes, field by field, in the order of the list."""
    lines = []
    for item in changed:
        home = f"{item.listed.people[item.listed.head].name}, {item.listed.address}"
        lines += [_line(home, "", change) for change in item.changes]
        for person in item.people:
            if person.resident is None:
                lines.append(
                    ChangeLine(
                        home, person.listed.name, str(FIELDS["resident"]), "", person.listed.name
                    )
                )
            lines += [_line(home, person.listed.name, change) for change in person.changes]
    return lines


def _line(home: str, person: str, change: Change) -> ChangeLine:
    old, new = ("" if value is None else str(value) for value in (change.old, change.new))
    return ChangeLine(home, person, str(FIELDS[change.field]), old, new)
