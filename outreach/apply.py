"""Applying stored events: each to the homes, or to the class, that it speaks of."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from outreach import feed, payloads
from outreach.appending import append
from outreach.models import LedgerEvent, Placement, Resident, Session
from outreach.reasons import Reason
from outreach.settling import (
    RARE,
    Verdict,
    Ward,
    lock_homes,
    note_verdicts,
    rejected,
    settle,
    verdict_of,
)
from outreach.tables import batches
from outreach.telling import HANDLERS
from outreach.upcasting import NotRead, said_by
from volunteers.models import User

Type = LedgerEvent.Type
Status = LedgerEvent.Status
# So many homes are told at once.
HOMES = 500


def apply(ward: str, events: Iterable[LedgerEvent], *, in_hand: bool = False) -> None:
    """Bring the built tables to what they are after these stored events of the ward, and note each
    event's status in the database.

    Inside the caller's transaction. `in_hand`: it has stored these very events just now, so they
    need not be read again; their status is noted in them too.
    """
    events = list(events)
    stored_now = events if in_hand else []
    named = {event.number: _homes_of(event) for event in events}
    homes = set[UUID]().union(*named.values())
    # All at once and in one order: two who want the same homes must not wait for each other. The
    # ward is looked at afterwards: somebody may have merged homes while we waited.
    lock_homes(homes)
    known = Ward(ward)
    lock_homes(known.family(homes) - homes)
    events = append(known, events)
    homes = set[UUID]().union(*(named[event.number] for event in events))
    for batch in batches(sorted(homes), HOMES):
        settle(known, batch, stored_now)
    others = [event for event in events if event.type not in HANDLERS or not event.household]
    _apply_others(others)
    _decide_others(known, [event for event in others if event.type == Type.EVENT_RESOLVED])


def _homes_of(event: LedgerEvent) -> set[UUID]:
    """The homes whose history the event is part of."""
    if event.type in HANDLERS and event.household:
        return {event.household}
    return _reached(event) if event.type in RARE else set()


def _reached(event: LedgerEvent) -> set[UUID]:
    """The homes that an event of a rare type reaches beside the one it names."""
    try:
        said = said_by(event)
    except NotRead:
        return set()
    match said:
        case payloads.RosterUndone(roster=roster):
            return homes_of_roster(event.ward_id, roster)
        case payloads.EventResolved(event=key, household=home):
            about = LedgerEvent.objects.filter(ward=event.ward_id, uuid=key)
            homes = {event.household, home, *_assigned_before(event.ward_id, key)}
            for one in about:
                homes |= {one.household, *_other_homes(one)}
            return {key for key in homes if key}
    return set()


def _assigned_before(ward: str, key: UUID) -> set[UUID | None]:
    """The homes to which the event was assigned, ever."""
    decided = LedgerEvent.objects.filter(ward=ward, type=Type.EVENT_RESOLVED)
    found: set[UUID | None] = set()
    for event in decided.filter(payload__event=str(key)):
        with suppress(NotRead):
            said = said_by(event)
            found |= {said.household} if isinstance(said, payloads.EventResolved) else set()
    return found


def _other_homes(event: LedgerEvent) -> set[UUID]:
    """The home that a merger or a split is about beside the one it names."""
    try:
        said = said_by(event)
    except NotRead:
        return set()
    match said:
        case payloads.HouseholdMerged(into=home) | payloads.HouseholdSplit(id=home):
            return {home}
    return set()


def events_of_roster(ward: str, roster: UUID):
    """The events that the import wrote."""
    return LedgerEvent.objects.filter(
        ward=ward,
        type__in=(Type.ROSTER_IMPORTED, Type.HOUSEHOLD_CLOSED),
        status=Status.APPLIED,
        payload__roster=str(roster),
    )


def homes_of_roster(ward: str, roster: UUID) -> set[UUID]:
    own = events_of_roster(ward, roster)
    return {key for key in own.values_list("household", flat=True) if key}


def _apply_others(events: list[LedgerEvent]) -> None:
    """Events that are about no home."""
    verdicts: dict[int, Verdict] = {}
    for event in events:
        if event.status in (Status.STORED, Status.HELD):
            reason = _take(event)
            verdicts[event.number] = verdict_of(reason) if reason else Verdict(Status.APPLIED)
    note_verdicts(events, verdicts)


def _decide_others(known: Ward, resolutions: list[LedgerEvent]) -> None:
    """What was decided about events that no home tells: those without one, classes, and what this
    server does not know."""
    numbers = {event.number for event in resolutions}
    decided = known.resolutions.items()
    about = LedgerEvent.objects.filter(
        ward=known.code,
        uuid__in={key for (key, _content), (event, _said) in decided if event.number in numbers},
        status__in=(Status.HELD, Status.QUARANTINED),
    )
    events = [one for one in about if one.type not in HANDLERS or not known.home_of(one)]
    verdicts: dict[int, Verdict] = {}
    for event in events:
        resolution = known.resolution_of(event)
        if rejection := rejected(resolution):
            verdicts[event.number] = rejection
        elif resolution and event.type == Type.SESSION_HELD and not known.is_silent(event):
            reason = _take(event)
            verdicts[event.number] = verdict_of(reason) if reason else Verdict(Status.APPLIED)
    note_verdicts(events, verdicts)


def _take(event: LedgerEvent) -> Reason | None:
    """Take the event in; gives the reason why not."""
    try:
        said = said_by(event)
    except NotRead as problem:
        return problem.reason
    if isinstance(said, payloads.SessionHeld):
        return _put_session(event, said)
    return Reason.NO_HOUSEHOLD if event.type in HANDLERS else None


def _put_session(event: LedgerEvent, said: payloads.SessionHeld) -> Reason | None:
    """Keep the class; the reason why not if it cannot be so."""
    known = Ward(event.ward_id)
    if said.area not in known.areas and said.area != event.ward_id:
        return Reason.UNKNOWN_AREA
    if User.objects.filter(pk__in=said.leaders).count() != len(set(said.leaders)):
        return Reason.UNKNOWN_USER
    attendees = Resident.objects.filter(Q(pk__in=said.attendees) & Q(ward=event.ward_id))
    if attendees.count() != len(set(said.attendees)):
        return Reason.UNKNOWN_RESIDENT
    held_at = event.when(said.held_at)
    day = timezone.localdate(held_at)
    before = Session.objects.filter(pk=event.uuid).first()
    session, _created = Session.objects.update_or_create(
        id=event.uuid,
        defaults={
            "ward_id": event.ward_id,
            "area_id": said.area,
            "place": said.place,
            "held_at": held_at,
            "day": day,
            "lessons": said.lessons,
            "head_count": said.head_count,
        },
    )
    session.leaders.set(said.leaders)
    session.attendees.set(attendees)
    homes = attendees.values("household")
    places = Placement.objects.filter(household__in=homes).values_list("area", flat=True)
    counted_in = {said.area, *places, *([before.area_id] if before else [])}
    feed.note_numbers(event.ward_id, counted_in, min(day, before.day if before else day))
    return None
