"""What each type of event does to a world."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from outreach import payloads
from outreach.models import LedgerEvent
from outreach.reasons import Reason
from outreach.world import Entity, Home, NotCounted, Person, Told, Visit, World, Write


def tell(world: World, told: Iterable[Told]) -> dict[int, Reason]:
    """Take the events in, and finish the world. Gives the reason of each that was not taken in, by
    its number.

    What speaks of something unknown is tried again after the others: phones send out of order.
    """
    pending = [one for one in told if getattr(one.said, "roster", None) not in world.undone]
    refused: dict[int, Reason] = {}
    while pending:
        waiting = []
        for one in pending:
            try:
                HANDLERS[one.event.type](world, one, one.said)
                refused.pop(one.event.number, None)
            except NotCounted as problem:
                refused[one.event.number] = problem.reason
                waiting.append(one)
        if len(waiting) == len(pending):
            break
        pending = waiting
    return refused | world.finish()


def _visit_recorded(world: World, told: Told, said: payloads.VisitRecorded) -> None:
    world.home_of(told)
    _check_visit(world, told, said)
    visit = world.visits.setdefault(told.event.uuid, Visit(told.event.uuid, told))
    _write_visit(visit, said, told, correction=False)
    _promise(world, told, said.follow_up, visit.id)


def _check_visit(world: World, told: Told, said: payloads.VisitRecorded) -> None:
    world.check_users(said.visitor, *said.companions)
    levels = said.assessments
    for key in (*said.met, *said.refused_consent, *(one.resident for one in levels)):
        world.person(told, key)
    for one in levels:
        if one.level not in world.levels.get(one.skill, ()):
            raise NotCounted(Reason.UNKNOWN_LEVEL, f"{one.skill} {one.level}")


def _promise(world: World, told: Told, said: payloads.Promise | None, visit: UUID | None) -> None:
    if said is None:
        return
    promise = world.follow_ups.setdefault(said.id, Entity(said.id, told))
    promise.set("what", said.what, told)
    promise.set("due_on", said.due_on, told)
    promise.set("visit", visit, told)
    promise.set("home", told.home, told)


def _visit_of(world: World, told: Told, key: UUID) -> Visit:
    visit = world.visits.get(key)
    if visit is None or world.kin(visit.told.home) != world.kin(told.home):
        raise NotCounted(Reason.UNKNOWN_VISIT, key)
    return visit


def _visit_corrected(world: World, told: Told, said: payloads.VisitCorrected) -> None:
    visit = _visit_of(world, told, said.visit)
    _check_visit(world, told, said.now)
    _write_visit(visit, said.now, told, correction=True)
    _promise(world, told, said.now.follow_up, visit.id)


def _write_visit(
    visit: Visit, said: payloads.VisitRecorded, told: Told, *, correction: bool
) -> None:
    # A correction counts more than what it corrects, whatever the clocks said.
    stamp = (correction, *told.stamp)
    visit.writes["said"].append(Write(stamp, said, told))
    visit.writes["teller"].append(Write(stamp, told, told))


def _visit_voided(world: World, told: Told, said: payloads.VisitVoided) -> None:
    visit = _visit_of(world, told, said.visit)
    if visit.voided is None or told.stamp < visit.voided.stamp:
        visit.voided = told


def _roster_imported(world: World, told: Told, said: payloads.RosterImported) -> None:
    if told.home is None:
        raise NotCounted(Reason.NO_HOUSEHOLD)
    world.check_area(said.area)
    named = {one.id for one in said.residents}
    if said.head and said.head not in named:
        world.person(told, said.head)
    home = _put_home(world, told, told.home, said.card_code, said.as_of)
    home.stood.append((said.as_of, told.stamp, said.area))
    home.set("kind", said.kind, told)
    home.set("address", said.address, told)
    if said.declared_size is not None:
        home.set("declared_size", said.declared_size, told)
    if said.head:
        home.set("head", said.head, told)
    for one in said.residents:
        person = _put_person(world, told, one.id, told.home, said.as_of)
        person.set("name", one.name, told)
        for name in ("birth_year", "sex", "phone"):
            # What the list does not say stays.
            if value := getattr(one, name):
                person.set(name, value, told)


def _put_home(world: World, told: Told, key: UUID, card_code: str, since: date) -> Home:
    """The home, new or known; the earliest to speak of it opened it."""
    home = world.homes.get(key)
    if home is None:
        home = world.homes[key] = Home(key, told, card_code=card_code, opened_on=since)
    elif told.stamp < home.told.stamp:
        home.told, home.card_code, home.opened_on = told, card_code, since
    return home


def _put_person(world: World, told: Told, key: UUID, home: UUID, since: date) -> Person:
    person = world.people.get(key)
    if person is None:
        person = world.people[key] = Person(key, told, since=since)
        person.set("home", home, told)
    elif told.stamp < person.told.stamp:
        person.told, person.since = told, since
    return person


def _household_proposed(world: World, told: Told, said: payloads.HouseholdProposed) -> None:
    if told.home is None:
        raise NotCounted(Reason.NO_HOUSEHOLD)
    world.check_area(said.area)
    if said.head and said.head not in {one.id for one in said.residents}:
        raise NotCounted(Reason.UNKNOWN_RESIDENT, said.head)
    home = _put_home(world, told, told.home, said.card_code, said.since)
    home.stood.append((said.since, told.stamp, said.area))
    home.set("kind", said.kind, told)
    home.set("address", said.address, told)
    home.set("declared_size", said.declared_size, told)
    if said.head:
        home.set("head", said.head, told)
    for one in said.residents:
        _add_person(world, told, one, said.since)


def _add_person(world: World, told: Told, said: payloads.NewResident, since: date) -> None:
    assert told.home  # noqa: S101 - the callers have looked
    person = _put_person(world, told, said.id, told.home, since)
    for name in ("name", "birth_year", "sex", "phone", "help_needed"):
        person.set(name, getattr(said, name), told)


def _household_changed(world: World, told: Told, said: payloads.HouseholdChanged) -> None:
    home = world.home_of(told)
    if said.head:
        world.person(told, said.head.now)
    for name in ("kind", "address", "declared_size", "head"):
        home.change(name, getattr(said, name), told)


def _household_moved(world: World, told: Told, said: payloads.HouseholdMoved) -> None:
    home = world.home_of(told)
    world.check_area(said.area)
    home.stood.append((said.since, told.stamp, said.area))
    home.set("address", said.address, told)


def _household_merged(world: World, told: Told, said: payloads.HouseholdMerged) -> None:
    home = world.home_of(told)
    if said.into == home.id or said.into not in world.homes:
        raise NotCounted(Reason.UNKNOWN_HOUSEHOLD, said.into)
    home.set("merged_into", (said.into, said.on), told, guarded=True)


def _household_split(world: World, told: Told, said: payloads.HouseholdSplit) -> None:
    home = world.home_of(told)
    for key in said.residents:
        world.person(told, key)
    if said.head and said.head not in said.residents:
        raise NotCounted(Reason.UNKNOWN_RESIDENT, said.head)
    new = _put_home(world, told, said.id, said.card_code, said.since)
    new.set("address", said.address, told)
    new.set("split_from", home.id, told)
    new.set("split_on", said.since, told)
    if said.head:
        new.set("head", said.head, told)
    for key in said.residents:
        world.people[key].set("home", said.id, told)


def _household_closed(world: World, told: Told, said: payloads.HouseholdClosed) -> None:
    world.home_of(told).set("closed", (said.closed_on, said.reason), told)


def _household_reopened(world: World, told: Told, said: payloads.HouseholdReopened) -> None:
    world.home_of(told).set("closed", None, told)


def _resident_added(world: World, told: Told, said: payloads.ResidentAdded) -> None:
    world.home_of(told)
    _add_person(world, told, said, said.since)


def _resident_changed(world: World, told: Told, said: payloads.ResidentChanged) -> None:
    person = world.person(told, said.id)
    for name in ("name", "birth_year", "sex", "phone", "help_needed"):
        person.change(name, getattr(said, name), told)


def _resident_left(world: World, told: Told, said: payloads.ResidentLeft) -> None:
    world.person(told, said.id).set("left", (said.left_on, said.why), told, guarded=True)


def _resident_merged(world: World, told: Told, said: payloads.ResidentMerged) -> None:
    person, _into = world.person(told, said.id), world.person(told, said.into)
    if said.id == said.into:
        raise NotCounted(Reason.UNKNOWN_RESIDENT, said.into)
    person.set("merged_into", (said.into, said.on), told, guarded=True)


def _consent_given(world: World, told: Told, said: payloads.ConsentGiven) -> None:
    world.person(told, said.resident)
    if world.wordings.get(said.wording_version) != said.wording_sha256:
        raise NotCounted(Reason.UNKNOWN_WORDING, said.wording_version)
    world.consents.append((told, said))


def _consent_withdrawn(world: World, told: Told, said: payloads.ConsentWithdrawn) -> None:
    world.person(told, said.resident)
    world.withdrawals.append((told, said))


def _follow_up_opened(world: World, told: Told, said: payloads.FollowUpOpened) -> None:
    world.home_of(told)
    _promise(world, told, said, None)


def _follow_up(world: World, told: Told, key: UUID) -> Entity:
    promise = world.follow_ups.get(key)
    if promise is None or world.kin(promise.told.home) != world.kin(told.home):
        raise NotCounted(Reason.UNKNOWN_FOLLOW_UP, key)
    return promise


def _follow_up_assigned(world: World, told: Told, said: payloads.FollowUpAssigned) -> None:
    world.check_users(said.to)
    _follow_up(world, told, said.follow_up).set("assigned_to", said.to, told)


def _follow_up_done(world: World, told: Told, said: payloads.FollowUpDone) -> None:
    promise = _follow_up(world, told, said.follow_up)
    # The first to have done it counts; a visit that was taken back has done nothing.
    promise.writes["done"].append(Write(told.stamp, (said, told), told))


def _referral_made(world: World, told: Told, said: payloads.ReferralMade) -> None:
    world.home_of(told)
    if said.resident:
        world.person(told, said.resident)
    referral = world.referrals.setdefault(said.id, Entity(said.id, told))
    referral.set("said", said, told)
    referral.set("home", told.home, told)


def _referral_answered(world: World, told: Told, said: payloads.ReferralAnswered) -> None:
    referral = world.referrals.get(said.referral)
    if referral is None or world.kin(referral.told.home) != world.kin(told.home):
        raise NotCounted(Reason.UNKNOWN_REFERRAL, said.referral)
    referral.set("answer", (said.answer, said.answered_at), told)


Type = LedgerEvent.Type
HANDLERS: dict[str, Callable[[World, Told, Any], None]] = {
    Type.VISIT_RECORDED: _visit_recorded,
    Type.VISIT_CORRECTED: _visit_corrected,
    Type.VISIT_VOIDED: _visit_voided,
    Type.HOUSEHOLD_PROPOSED: _household_proposed,
    Type.HOUSEHOLD_CHANGED: _household_changed,
    Type.HOUSEHOLD_MOVED: _household_moved,
    Type.HOUSEHOLD_MERGED: _household_merged,
    Type.HOUSEHOLD_SPLIT: _household_split,
    Type.HOUSEHOLD_CLOSED: _household_closed,
    Type.HOUSEHOLD_REOPENED: _household_reopened,
    Type.RESIDENT_ADDED: _resident_added,
    Type.RESIDENT_CHANGED: _resident_changed,
    Type.RESIDENT_LEFT: _resident_left,
    Type.RESIDENT_MERGED: _resident_merged,
    Type.CONSENT_GIVEN: _consent_given,
    Type.CONSENT_WITHDRAWN: _consent_withdrawn,
    Type.FOLLOW_UP_OPENED: _follow_up_opened,
    Type.FOLLOW_UP_ASSIGNED: _follow_up_assigned,
    Type.FOLLOW_UP_DONE: _follow_up_done,
    Type.REFERRAL_MADE: _referral_made,
    Type.REFERRAL_ANSWERED: _referral_answered,
    Type.ROSTER_IMPORTED: _roster_imported,
}
