"""Writing a list into the ward's database: one event for each new, changed or closed household, all
or nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.cards import new_card_code
from outreach.ledger import event_of, record_many
from outreach.models import Household, LedgerEvent, RosterImport
from outreach.payloads import HouseholdClosed, ImportedResident, Payload, RosterImported
from outreach.roster.decisions import UNDECIDED, Decisions
from outreach.roster.difference import (
    Difference,
    Doubt,
    HouseholdDifference,
    PersonDifference,
    compare,
)
from outreach.roster.matching import Place, StoredHome
from outreach.roster.people import ListedPerson
from outreach.roster.problems import Problem
from outreach.roster.progress import Progress, Stage, unobserved
from outreach.roster.reading import RosterFile
from outreach.settling import lock_homes
from outreach.tables import batches
from volunteers.models import Area, User
from volunteers.wards import add_areas, resume_area

Closings = list[tuple[StoredHome, Household.CloseReason]]


class Stale(Exception):
    """The ward's data changed since the preview, so that something else would be written."""


@dataclass(frozen=True)
class Outcome:
    """`refused`: problems stand in the way and nothing was written."""

    counts: dict[str, dict[str, int]]
    problems: list[Problem] = field(default_factory=list)
    new_places: list[Place] = field(default_factory=list)
    # How many of the changed households moved.
    moved: int = 0
    # Doubtful households that are left out until somebody decides.
    put_off: list[Doubt] = field(default_factory=list)
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
    in which there is nothing is refused always."""
    problems = roster.problems + difference.problems
    if not difference.households and not problems and not difference.later:
        message = _("The table has no households below its header. Please check the file.")
        sheet = next((sheet.name for sheet in roster.sheets if sheet.header), "")
        problems = [Problem(sheet, 0, "", "no_households", message)]
    nothing = not difference.households and not difference.later
    refused = nothing or bool(problems and not skip_bad_rows)
    return Outcome(
        difference.counts(),
        problems,
        difference.new_places,
        len(difference.moved),
        difference.later,
        refused,
    )


@transaction.atomic
def import_into(
    record: RosterImport,
    roster: RosterFile,
    *,
    now: datetime,
    actor: User | None = None,
    decisions: Decisions = UNDECIDED,
    dry_run: bool = False,
    as_previewed: str | None = None,
    progress: Progress = unobserved,
) -> Outcome:
    """Import `roster` as the import `record`, which is saved as confirmed; nothing is written when
    the outcome is refused or `dry_run` is set. `actor` is who confirms; None: the command line.

    Raises Stale when `as_previewed`, the fingerprint of the difference that was shown, no longer
    holds.
    """
    # Two imports into one ward must not both find a home missing and create it twice.
    # Visits refer to the ward too, and need not wait for it (no_key).
    ward = Area.objects.select_for_update(no_key=True).get(pk=record.ward_id)
    progress(Stage.COMPARING, 0, 0)
    difference = compare(ward, roster)
    if as_previewed is not None and difference.fingerprint() != as_previewed:
        raise Stale
    difference = difference.decided(decisions)
    outcome = judge(roster, difference, decisions.skip_bad_rows)
    if outcome.refused or dry_run:
        return outcome
    closed = [(h, decisions.close[h.pk]) for h in difference.missing if h.pk in decisions.close]
    record.created_areas = apply_difference(
        ward, difference, closed, record.pk, actor, now, progress
    )
    record.state = RosterImport.State.CONFIRMED
    record.confirmed_at = now
    record.confirmed_by = actor
    record.summary = {**summarise(outcome), "closed": len(closed)}
    record.save()
    return outcome


def summarise(outcome: Outcome) -> dict:
    """What is kept of an import: numbers only."""
    codes = Counter(problem.code for problem in outcome.problems)
    return {
        **outcome.counts,
        "problems": dict(sorted(codes.items())),
        "moved": outcome.moved,
        "later": len(outcome.put_off),
    }


def apply_difference(
    ward: Area,
    difference: Difference,
    closed: Closings,
    roster: UUID,
    actor: User | None,
    now: datetime,
    progress: Progress,
) -> list[str]:
    """Create the neighbourhoods, write the events; gives the codes of the neighbourhoods that came
    into use."""
    codes, taken_into_use = _take_into_use(ward, difference.places)
    known = [item.household.pk for item in difference.changed if item.household]
    lock_homes([*known, *(home.pk for home, _reason in closed)])
    done, total = 0, len(difference.new) + len(difference.changed) + len(closed)
    for batch in batches(_said(ward, difference, closed, roster, codes, timezone.localdate(now))):
        record_many([_event(ward, home, payload, actor, now) for home, payload in batch])
        done += len(batch)
        progress(Stage.WRITING, done, total)
    return taken_into_use


def _take_into_use(ward: Area, places: list[Place]) -> tuple[dict[str, str], list[str]]:
    """The codes of the places by key, and of those that the ward did not have in use."""
    codes = {place.key: place.code for place in places if place.code}
    for place in places:
        if place.code and place.ended:
            resume_area(Area.objects.get(pk=place.code))
    new = [place for place in places if place.code is None]
    added = add_areas(ward, [place.name for place in new])
    codes |= {place.key: area.pk for place, area in zip(new, added, strict=True)}
    return codes, [codes[place.key] for place in places if place.code is None or place.ended]


def _said(
    ward: Area,
    difference: Difference,
    closed: Closings,
    roster: UUID,
    codes: dict[str, str],
    as_of: date,
) -> Iterator[tuple[UUID, Payload]]:
    """What the import says of each home, one after the other."""
    cards = iter(_new_card_codes(ward.pk, len(difference.new)))
    for item in chain(difference.changed, difference.new):
        household = item.household.pk if item.household else uuid4()
        yield household, _payload(item, roster, codes[item.place.key], as_of, cards)
    for home, reason in closed:
        yield home.pk, HouseholdClosed(reason=reason, closed_on=as_of, roster=roster)


def _event(
    ward: Area, household: UUID, payload: Payload, actor: User | None, now: datetime
) -> LedgerEvent:
    types = LedgerEvent.Type
    said = types.ROSTER_IMPORTED if isinstance(payload, RosterImported) else types.HOUSEHOLD_CLOSED
    return event_of(said, payload, ward=ward, household=household, actor=actor, now=now)


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
