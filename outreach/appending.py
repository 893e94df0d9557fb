"""The common case made cheap: new visits to known homes, without telling the homes' whole history.

What is written here is what `settling.settle` would write, or nothing: whatever is not plainly new
(a home merged or waiting for something, a visit older than the newest level, an unknown person) is
left to it. The proof is `verify`, and the tests that tell random histories in any order.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from outreach import bulk, feed
from outreach.models import (
    Assessment,
    Consent,
    FollowUp,
    Household,
    LedgerEvent,
    Placement,
    Resident,
    ResidentSkill,
    Visit,
)
from outreach.rows import rows_of_visits
from outreach.settling import Verdict, Ward, note_verdicts, users_named
from outreach.tables import Companions, Met, RefusedConsent, Touched
from outreach.telling import HANDLERS
from outreach.upcasting import NotRead, said_by
from outreach.world import Agreement, Home, NotCounted, Person, Told, World

Status = LedgerEvent.Status
CREATED = (Visit, Companions, Met, RefusedConsent, Assessment, FollowUp)
# (resident, skill) → the newest level, and when it was seen.
Newest = dict[tuple[UUID, str], tuple[int, datetime]]


def append(ward: Ward, events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    """Write the visits among these stored events that are plainly new; gives the other events.

    Inside the caller's transaction, which has locked the homes that exist.
    """
    told = _visits(ward, events)
    told = _to_quiet_homes(ward, told)
    newest = _newest_levels(told)
    told = [one for one in told if not _is_late(one, newest)]
    if not told:
        return list(events)
    world = _world(ward, told)
    taken = [one for one in told if _take(world, one)]
    if taken:
        _write(world, ward, taken, newest)
    done = {one.event.number for one in taken}
    return [event for event in events if event.number not in done]


def _visits(ward: Ward, events: Sequence[LedgerEvent]) -> list[Told]:
    """The visits to homes of which these events say nothing else."""
    named = Counter(event.household for event in events)
    told = []
    for event in events:
        if (
            event.type != LedgerEvent.Type.VISIT_RECORDED
            or event.status != Status.STORED
            or event.household in ward.links
            or event.uuid in ward.resolutions
            or named[event.household] != 1
        ):
            continue
        try:
            said = said_by(event)
        except NotRead:
            continue
        told.append(Told(event, said, event.household))
    return told


def _to_quiet_homes(ward: Ward, told: list[Told]) -> list[Told]:
    """Those to homes that are known and of which nothing waits, with ids never used."""
    homes = [one.home for one in told]
    known = Household.objects.filter(pk__in=homes, ward=ward.code)
    quiet = set(known.values_list("pk", flat=True))
    waiting = LedgerEvent.objects.filter(household__in=homes, ward=ward.code).exclude(
        status=Status.APPLIED
    )
    own = [one.event.number for one in told]
    # Somebody else may have applied them while we waited for the lock.
    done = Visit.objects.filter(event_number__in=own).values_list("event_number", flat=True)
    told = [one for one in told if one.event.number not in set(done)]
    quiet -= set(waiting.exclude(number__in=own).values_list("household", flat=True))
    used = set(
        LedgerEvent.objects.filter(uuid__in=[one.event.uuid for one in told])
        .exclude(number__in=own)
        .values_list("uuid", flat=True)
    )
    promises = [one.said.follow_up.id for one in told if one.said.follow_up]
    known_promises = set(FollowUp.objects.filter(pk__in=promises).values_list("pk", flat=True))
    return [
        one
        for one in told
        if one.home in quiet
        and one.event.uuid not in used
        and not (one.said.follow_up and one.said.follow_up.id in known_promises)
    ]


def _newest_levels(told: list[Told]) -> Newest:
    people = {level.resident for one in told for level in one.said.assessments}
    rows = ResidentSkill.objects.filter(resident__in=people)
    return {
        (resident, skill): (level, seen_at)
        for resident, skill, level, seen_at in rows.values_list(
            "resident", "skill", "level", "assessed_at"
        )
    }


def _is_late(one: Told, newest: Newest) -> bool:
    """Whether a level is known that is as new as this visit, or newer."""
    visited_at = one.when(one.said.visited_at)
    return any(
        newest[key][1] >= visited_at
        for level in one.said.assessments
        if (key := (level.resident, level.skill)) in newest
    )


def _world(ward: Ward, told: list[Told]) -> World:
    """What of the homes' present state a new visit stands on."""
    homes = {one.home: one for one in told}
    world = World(
        areas=ward.areas,
        levels=ward.levels,
        wordings=ward.wordings,
        users=users_named(told),
        kin=ward.kin,
    )
    for key, one in homes.items():
        world.homes[key] = Home(key, one)
    placements = Placement.objects.filter(household__in=homes).order_by("since")
    for home, since, until, area in placements.values_list("household", "since", "until", "area"):
        world.homes[home].placements.append((since, until, area))
    # Who was merged with somebody else is told with the whole history.
    people = Resident.objects.filter(household__in=homes).exclude(left_why=Resident.Left.MERGED)
    for key, home in people.values_list("pk", "household"):
        world.people[key] = Person(key, homes[home])
    world.agreements += _agreements(homes)
    return world


def _agreements(homes: dict[UUID | None, Told]) -> list[Agreement]:
    consents = Consent.objects.in_force().filter(resident__household__in=homes)
    earliest: dict[tuple[UUID, str], datetime] = {}
    for resident, purpose, given_at in consents.values_list("resident", "purpose", "given_at"):
        known = earliest.get((resident, purpose), given_at)
        earliest[resident, purpose] = min(known, given_at)
    return [
        Agreement(resident, purpose, given_at, None)
        for (resident, purpose), given_at in earliest.items()
    ]


def _take(world: World, one: Told) -> bool:
    try:
        HANDLERS[one.event.type](world, one, one.said)
    except NotCounted:
        return False
    world.visits[one.event.uuid].settle()
    return True


def _write(world: World, ward: Ward, taken: list[Told], newest: Newest) -> None:
    for promise in world.follow_ups.values():
        promise.settle()
    rows = rows_of_visits(world, ward.code)
    for model in CREATED:
        bulk.insert(model, list(rows.get(model, {}).values()))
    levels = []
    for key, row in rows.get(ResidentSkill, {}).items():
        before = newest[key][0] if key in newest else None
        levels.append({**row, "previous_level": before})
    bulk.upsert(
        ResidentSkill,
        levels,
        unique=["resident_id", "skill_id"],
        update=["level", "previous_level", "assessed_at"],
    )
    feed.note_homes(ward.code, [_touched(world.homes[one.home], one) for one in taken])
    applied = {one.event.number: Verdict(Status.APPLIED) for one in taken}
    note_verdicts([one.event for one in taken], applied)


def _touched(home: Home, one: Told) -> Touched:
    stood = [area for _since, _until, area in home.placements]
    day = timezone.localdate(one.when(one.said.visited_at))
    return Touched(home.id, stood[-1], "", frozenset(stood), day)
