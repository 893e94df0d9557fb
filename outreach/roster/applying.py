"""Writing a list into the ward's database: one event for each new or changed household, all or
nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.cards import new_card_code
from outreach.ledger import event_of
from outreach.models import Household, LedgerEvent, RosterImport
from outreach.payloads import ImportedResident, RosterImported
from outreach.roster.bulk import batches, record_rosters
from outreach.roster.difference import (
    Difference,
    HouseholdDifference,
    PersonDifference,
    Place,
    compare,
)
from outreach.roster.people import ListedPerson
from outreach.roster.problems import Problem
from outreach.roster.reading import RosterFile
from volunteers.models import Area, User
from volunteers.wards import add_areas


class Stale(Exception):
    """The ward's data changed since the preview, so that something else would be written."""


@dataclass(frozen=True)
class Outcome:
    """`refused`: problems stand in the way and nothing was written."""

    counts: dict[str, dict[str, int]]
    problems: list[Problem] = field(default_factory=list)
    new_places: list[Place] = field(default_factory=list)
    refused: bool = False

    def report(self) -> dict:
        """The object that `import_roster --json` prints."""
        return {**self.counts, "problems": [problem.as_dict() for problem in self.problems]}


NOTHING_COUNTED: dict[str, dict[str, int]] = {
    "households": dict.fromkeys(("new", "changed", "unchanged", "missing", "duplicates"), 0),
    "residents": dict.fromkeys(("new", "changed", "unchanged", "missing"), 0),
    "neighbourhoods": {},
}


def judge(roster: RosterFile, difference: Difference, skip_bad_rows: bool) -> Outcome:
    """Whether the list may go in. Bad rows refuse it, unless they are knowingly left out; a list
    of which nothing is left is refused always."""
    problems = roster.problems + difference.problems
    if not difference.households and not problems:
        message = _("The table has no households below its header. Please check the file.")
        sheet = next((sheet.name for sheet in roster.sheets if sheet.header), "")
        problems = [Problem(sheet, 0, "", "no_households", message)]
    refused = not difference.households or bool(problems and not skip_bad_rows)
    return Outcome(difference.counts(), problems, difference.new_places, refused)


@transaction.atomic
def import_into(
    record: RosterImport,
    roster: RosterFile,
    *,
    now: datetime,
    actor: User | None = None,
    skip_bad_rows: bool = False,
    dry_run: bool = False,
    as_previewed: str | None = None,
) -> Outcome:
    """Import `roster` as the import `record`, which is saved as confirmed; nothing is written when
    the outcome is refused or `dry_run` is set. `actor` is who confirms; None: the command line.

    Raises Stale when `as_previewed`, the fingerprint of the difference that was shown, no longer
    holds.
    """
    # Two imports into one ward must not both find a home missing and create it twice.
    # Visits refer to the ward too, and need not wait for it (no_key).
    ward = Area.objects.select_for_update(no_key=True).get(pk=record.ward_id)
    difference = compare(ward, roster)
    if as_previewed is not None and difference.fingerprint() != as_previewed:
        raise Stale
    outcome = judge(roster, difference, skip_bad_rows)
    if outcome.refused or dry_run:
        return outcome
    apply_difference(ward, difference, record.pk, actor, now)
    record.state = RosterImport.State.CONFIRMED
    record.confirmed_at = now
    record.summary = summarise(outcome)
    record.save()
    return outcome


def summarise(outcome: Outcome) -> dict:
    """What is kept of an import: numbers only."""
    codes = Counter(problem.code for problem in outcome.problems)
    return {**outcome.counts, "problems": dict(sorted(codes.items()))}


def apply_difference(
    ward: Area, difference: Difference, roster: UUID, actor: User | None, now: datetime
) -> int:
    """Create the neighbourhoods, write the events; gives the number of events."""
    codes = {place.key: place.code for place in difference.places if place.code}
    created = add_areas(ward, [place.name for place in difference.new_places])
    for place, area in zip(difference.new_places, created, strict=True):
        codes[place.key] = area.pk
    as_of = timezone.localdate(now)
    cards = iter(_new_card_codes(ward.pk, len(difference.new)))
    events = []
    for item in difference.new + difference.changed:
        household = item.household.pk if item.household else uuid4()
        payload = _payload(item, roster, codes[item.place.key], as_of, cards)
        events.append(
            event_of(
                LedgerEvent.Type.ROSTER_IMPORTED,
                payload,
                ward=ward,
                household=household,
                actor=actor,
                now=now,
            )
        )
    record_rosters(events)
    return len(events)


def _payload(
    item: HouseholdDifference, roster: UUID, area: str, as_of: date, cards: Iterator[str]
) -> RosterImported:
    """What the list says of the household. Of a known one only what changes; what must be given
    in any case is given as it is."""
    listed, home = item.listed, item.household
    changed = {change.field for change in item.changes}
    people = [(p, p.resident.pk if p.resident else uuid4()) for p in item.people]
    said = [
        _person(p.listed, key, p.resident.name if p.resident and not _renamed(p) else None)
        for p, key in people
        if p.resident is None or p.changes
    ]
    kind = Household.Kind.STALL if listed.stall else Household.Kind.HOME
    return RosterImported(
        roster=roster,
        area=area if home is None or "area" in changed else home.area_id,
        kind=kind if home is None or "kind" in changed else Household.Kind(home.kind),
        card_code=home.card_code if home else next(cards),
        address=listed.address if home is None or "address" in changed else home.address,
        declared_size=listed.size,
        head=people[listed.head][1] if home is None or "head" in changed else None,
        residents=said,
        as_of=as_of,
    )


def _renamed(person: PersonDifference) -> bool:
    return any(change.field == "name" for change in person.changes)


def _person(listed: ListedPerson, key: UUID, kept_name: str | None) -> ImportedResident:
    return ImportedResident(
        id=key,
        name=kept_name or listed.name,
        birth_year=listed.birth_year,
        sex=listed.sex or "",
        phone=listed.phone or "",
    )


def _new_card_codes(ward: str, count: int) -> list[str]:
    """`count` different codes that no household has."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {new_card_code(ward) for _ in range(count - len(codes))}
        for batch in batches(drawn):
            drawn = drawn - set(
                Household.objects.filter(card_code__in=batch).values_list("card_code", flat=True)
            )
        codes |= drawn
    return list(codes)
