"""What each event does to the tables built from the ledger.

Applying is deterministic: it reads the event and what earlier events built, never the clock, so
that `verify_ledger` can build the same tables again.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from courses.models import Skill
from outreach import payloads
from outreach.consent_wording import wording_hash
from outreach.facts import Refused, apply_facts, take_back
from outreach.models import (
    Assessment,
    Consent,
    FollowUp,
    Household,
    LedgerEvent,
    Resident,
    ResidentSkill,
    Visit,
)

Type = LedgerEvent.Type
Row = TypeVar("Row", bound=models.Model)


def apply(event: LedgerEvent) -> None:
    """Bring the built tables to what they are after `event`. Raises Refused and pydantic's
    ValidationError; the caller's transaction must then be rolled back."""
    payload = payloads.TYPES[event.type].model_validate(event.payload)
    HANDLERS[event.type](event, payload)


def _find(rows: models.QuerySet[Row], key: UUID, event: LedgerEvent) -> Row:
    """The row of the event's ward; what belongs to another ward is as unknown as what is not."""
    row = rows.filter(pk=key, ward_id=event.ward_id).first()
    if row is None:
        raise Refused(f"unknown_{rows.model._meta.model_name}", f"{key} is not known in this ward")
    return row


def _members(event: LedgerEvent, household: Household, keys: set[UUID]) -> dict[UUID, Resident]:
    members = {resident.pk: resident for resident in household.residents.filter(pk__in=keys)}
    if unknown := keys - set(members):
        raise Refused("unknown_resident", f"not of this household: {sorted(map(str, unknown))}")
    return members


def _area_on(household: Household, day: date) -> str:
    """Code of the area where the home stood on `day`; before its first placement, the first one."""
    placements = list(household.placements.order_by("since", "pk"))
    stood = [p for p in placements if p.since <= day and (p.until is None or day < p.until)]
    return (stood[-1] if stood else placements[0]).area_id


def _apply_visit_recorded(event: LedgerEvent, payload: payloads.VisitRecorded) -> None:
    household = _find(Household.objects, event.household, event)
    levels = payload.assessments
    named = {*payload.met, *payload.refused_consent, *(level.resident for level in levels)}
    _members(event, household, named)
    day = timezone.localdate(payload.visited_at)
    visit = Visit.objects.create(
        id=event.uuid,
        event_number=event.number,
        ward_id=event.ward_id,
        household=household,
        area_id=_area_on(household, day),
        visitor_id=payload.visitor or event.actor_id,
        visited_at=payload.visited_at,
        day=day,
        outcome=payload.outcome,
        lessons_taught=payload.lessons_taught,
        note=payload.note,
    )
    visit.companions.set(payload.companions)
    visit.met.set(payload.met)
    visit.refused_consent.set(payload.refused_consent)
    _store_levels(visit, levels)
    if payload.follow_up:
        FollowUp.objects.create(
            id=payload.follow_up.id,
            ward_id=event.ward_id,
            household=household,
            visit=visit,
            what=payload.follow_up.what,
            due_on=payload.follow_up.due_on,
        )


def _store_levels(visit: Visit, levels: list[payloads.Level]) -> None:
    """Keep the levels of people whose consent is in force; drop the others'."""
    consenting = set(
        Consent.objects.in_force()
        .filter(
            resident__in={level.resident for level in levels},
            purpose=Consent.Purpose.SKILLS_RECORD,
            given_at__lte=visit.visited_at,
        )
        .values_list("resident_id", flat=True)
    )
    skills = Skill.objects.in_bulk({level.skill for level in levels})
    for level in levels:
        skill = skills.get(level.skill)
        if skill is None or level.level not in skill.levels.values:
            raise Refused("unknown_level", f"{level.skill} {level.level} is not in the catalogue")
    kept = [level for level in levels if level.resident in consenting]
    Assessment.objects.bulk_create(
        Assessment(
            ward_id=visit.ward_id,
            visit=visit,
            resident_id=level.resident,
            skill_id=level.skill,
            level=level.level,
        )
        for level in kept
    )
    refresh_newest_levels({level.resident for level in kept})


def refresh_newest_levels(residents: set[UUID]) -> None:
    """Rebuild ResidentSkill of these people from their assessments in visits that count."""
    seen: dict[tuple[UUID, str], list[Assessment]] = {}
    for assessment in (
        Assessment.objects.filter(resident__in=residents, visit__voided_at=None)
        .select_related("visit")
        .order_by("visit__visited_at", "visit__event_number")
    ):
        seen.setdefault((assessment.resident_id, assessment.skill_id), []).append(assessment)
    ResidentSkill.objects.filter(resident__in=residents).delete()
    ResidentSkill.objects.bulk_create(
        ResidentSkill(
            ward_id=levels[-1].ward_id,
            resident_id=resident,
            skill_id=skill,
            level=levels[-1].level,
            previous_level=levels[-2].level if len(levels) > 1 else None,
            assessed_at=levels[-1].visit.visited_at,
        )
        for (resident, skill), levels in seen.items()
    )


def _apply_visit_voided(event: LedgerEvent, payload: payloads.VisitVoided) -> None:
    visit = _find(Visit.objects, payload.visit, event)
    if visit.voided_at is not None:
        return
    visit.voided_at = event.received_at
    visit.void_reason = payload.reason
    visit.save(update_fields=["voided_at", "void_reason"])
    refresh_newest_levels(set(visit.assessments.values_list("resident_id", flat=True)))


def _apply_consent_given(event: LedgerEvent, payload: payloads.ConsentGiven) -> None:
    resident = _find(Resident.objects, payload.resident, event)
    try:
        expected = wording_hash(payload.wording_version)
    except KeyError:
        expected = None
    if payload.wording_sha256 != expected:
        raise Refused("unknown_wording", f"no wording {payload.wording_version} with this hash")
    # An older paper that arrives late does not bring back what was withdrawn since.
    earlier = resident.consents.filter(purpose=payload.purpose)
    withdrawals = [c.withdrawn_at for c in earlier if c.taken_back_after(payload.given_at)]
    Consent.objects.create(
        event_number=event.number,
        ward_id=event.ward_id,
        resident=resident,
        purpose=payload.purpose,
        wording_version=payload.wording_version,
        wording_sha256=payload.wording_sha256,
        method=payload.method,
        paper_number=payload.paper_number,
        heard_by_id=event.actor_id,
        given_at=payload.given_at,
        withdrawn_at=max(withdrawals, default=None),
    )


def _apply_consent_withdrawn(event: LedgerEvent, payload: payloads.ConsentWithdrawn) -> None:
    """Levels of a person without consent in force are not kept."""
    resident = _find(Resident.objects, payload.resident, event)
    resident.consents.in_force().filter(purpose=payload.purpose).update(
        withdrawn_at=payload.withdrawn_at
    )
    resident.assessments.all().delete()
    resident.skills.all().delete()


def _apply_follow_up_done(event: LedgerEvent, payload: payloads.FollowUpDone) -> None:
    follow_up = _find(FollowUp.objects, payload.follow_up, event)
    if follow_up.done_at is None:
        follow_up.done_at = payload.done_at
        follow_up.done_by_id = event.actor_id
        follow_up.save(update_fields=["done_at", "done_by"])


def _apply_facts(event: LedgerEvent, payload: payloads.Payload) -> None:
    apply_facts([(event, payload)])


def _apply_roster_undone(event: LedgerEvent, payload: payloads.RosterUndone) -> None:
    take_back(event.ward_id, payload.roster, event.number)


HANDLERS: dict[str, Callable[[LedgerEvent, payloads.Payload], None]] = {
    Type.VISIT_RECORDED: _apply_visit_recorded,
    Type.VISIT_VOIDED: _apply_visit_voided,
    Type.CONSENT_GIVEN: _apply_consent_given,
    Type.CONSENT_WITHDRAWN: _apply_consent_withdrawn,
    Type.FOLLOW_UP_DONE: _apply_follow_up_done,
    Type.HOUSEHOLD_CLOSED: _apply_facts,
    Type.ROSTER_IMPORTED: _apply_facts,
    Type.ROSTER_UNDONE: _apply_roster_undone,
}
