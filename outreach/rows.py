"""The rows that a world gives to the tables."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from outreach.addresses import address_key, walking_order
from outreach.models import (
    Assessment,
    Consent,
    FollowUp,
    Household,
    Placement,
    Referral,
    Resident,
    ResidentSkill,
    Visit,
)
from outreach.models.households import name_search_text, search_text
from outreach.tables import FIELDS, Companions, Key, Met, RefusedConsent, Row, Rows
from outreach.world import Entity, Home, Person, World
from outreach.world import Visit as VisitTold
from volunteers.names import sort_key


class _Gathering:
    """Gathers rows by table and key, each with its ward where the table has one."""

    def __init__(self, ward: str):
        self.ward = ward
        self.rows: dict[type[models.Model], dict[Key, Row]] = defaultdict(dict)

    def __call__(self, table: type[models.Model], *key: Any, **row: Any) -> None:
        whole = {"ward_id": self.ward, **row} if "ward_id" in FIELDS[table] else row
        self.rows[table][key] = whole


def rows_of_visits(world: World, ward: str) -> Rows:
    """The rows that the world's visits have, with what they saw and promised."""
    put = _Gathering(ward)
    for visit in world.visits.values():
        _put_visit(world, visit, put)
    _put_levels(world, put)
    for promise in world.follow_ups.values():
        put(FollowUp, promise.id, **_promise(world, promise))
    return put.rows


def rows_of(world: World, ward: str) -> Rows:
    """Every row that the world's homes have, by table and key."""
    put = _Gathering(ward)
    put.rows.update(rows_of_visits(world, ward))
    living: dict[UUID, list[tuple[UUID, str, str]]] = defaultdict(list)
    for person in world.people.values():
        row = _person(world, person)
        put(Resident, person.id, **row)
        if row["left_on"] is None:
            living[row["household_id"]].append((person.id, row["name"], row["phone"]))
    for home in world.homes.values():
        put(Household, home.id, **_home(world, home, living[home.id]))
        for since, until, area in home.placements:
            row = {"household_id": home.id, "since": since, "until": until, "area_id": area}
            put(Placement, home.id, since, **row)
    _put_consents(world, put)
    for referral in world.referrals.values():
        put(Referral, referral.id, **_referral(world, referral))
    return put.rows


def _person(world: World, person: Person) -> Row:
    left, merged = person.get("left"), person.get("merged_into")
    left_on, left_why = left or (None, "")
    if merged:
        left_on, left_why = merged[1], "merged"
    name = person.get("name")
    return {
        "id": person.id,
        "household_id": world.home_root(person.get("home")),
        "name": name,
        "name_sort_key": sort_key(name),
        "search_text": name_search_text(name),
        "birth_year": person.get("birth_year"),
        "sex": person.get("sex") or "",
        "phone": person.get("phone") or "",
        "help_needed": sorted(set(map(str, person.get("help_needed") or []))),
        "since": person.since,
        "left_on": left_on,
        "left_why": left_why,
    }


def _home(world: World, home: Home, living: list[tuple[UUID, str, str]]) -> Row:
    address, head = home.get("address"), home.get("head")
    head = world.root(head) if head else None
    closed_on, close_reason = home.get("closed") or (None, "")
    merged = world.home_root(home.id)
    if merged != home.id:
        closed_on, close_reason = home.get("merged_into")[1], "merged"
    return {
        "id": home.id,
        "area_id": home.placements[-1][2],
        "kind": home.get("kind") or Household.Kind.HOME,
        "card_code": home.card_code,
        "address": address,
        "address_key": address_key(address),
        "walking_order": walking_order(address),
        "declared_size": home.get("declared_size"),
        "head_id": head if head in {key for key, _name, _phone in living} else None,
        "search_text": search_text(address, home.card_code, living),
        "opened_on": home.opened_on,
        "closed_on": closed_on,
        "close_reason": close_reason,
        "merged_into_id": merged if merged != home.id else None,
    }


def _put_visit(world: World, visit: VisitTold, put: Callable) -> None:
    told, said = visit.told, visit.get("said")
    home = told.home
    visited_at = visit.visited_at
    day = timezone.localdate(visited_at)
    voided = visit.voided
    put(
        Visit,
        visit.id,
        id=visit.id,
        event_number=told.event.number,
        household_id=world.home_root(home),
        area_id=world.homes[home].area_on(day),
        visitor_id=said.visitor or told.event.actor_id,
        visited_at=visited_at,
        day=day,
        outcome=said.outcome,
        lessons_taught=said.lessons_taught,
        lessons_finished=said.lessons_finished,
        note=said.note,
        voided_at=voided.event.told_at if voided else None,
        void_reason=voided.said.reason if voided else "",
    )
    for user in said.companions:
        put(Companions, visit.id, user, visit_id=visit.id, user_id=user)
    for table, keys in ((Met, said.met), (RefusedConsent, said.refused_consent)):
        for key in map(world.root, keys):
            put(table, visit.id, key, visit_id=visit.id, resident_id=key)


def _put_consents(world: World, put: Callable) -> None:
    for agreement in world.agreements:
        told, said = agreement.told, agreement.said
        if told is None or said is None:
            continue
        event = told.event
        put(
            Consent,
            event.number,
            event_number=event.number,
            resident_id=agreement.resident,
            purpose=said.purpose,
            wording_version=said.wording_version,
            wording_sha256=said.wording_sha256,
            method=said.method,
            paper_number=said.paper_number,
            heard_by_id=event.actor_id,
            given_at=agreement.given_at,
            withdrawn_at=agreement.withdrawn_at,
        )


def _put_levels(world: World, put: Callable) -> None:
    """Levels are kept of people whose consent is in force and was given before the visit."""
    agreed: dict[UUID, datetime] = {}
    for agreement in world.agreements:
        if agreement.withdrawn_at is None and agreement.purpose == Consent.Purpose.SKILLS_RECORD:
            key = agreement.resident
            agreed[key] = min(agreement.given_at, agreed.get(key, agreement.given_at))
    newest: dict[tuple[UUID, str], list[tuple[datetime, int]]] = defaultdict(list)
    for visit in sorted(world.visits.values(), key=_visit_order):
        said, visited_at = visit.get("said"), visit.visited_at
        kept: dict[tuple[UUID, str], int] = {}
        for one in said.assessments:
            key = world.root(one.resident)
            if key in agreed and agreed[key] <= visited_at:
                kept[key, one.skill] = one.level
        for (key, skill), level in kept.items():
            row = {"visit_id": visit.id, "resident_id": key, "skill_id": skill, "level": level}
            put(Assessment, visit.id, key, skill, **row)
            if visit.counts:
                newest[key, skill].append((visited_at, level))
    for (key, skill), levels in newest.items():
        put(
            ResidentSkill,
            key,
            skill,
            resident_id=key,
            skill_id=skill,
            level=levels[-1][1],
            previous_level=levels[-2][1] if len(levels) > 1 else None,
            assessed_at=levels[-1][0],
        )


def _visit_order(visit: VisitTold) -> tuple[datetime, int]:
    return (visit.visited_at, visit.told.event.number)


def _promise(world: World, promise: Entity) -> Row:
    done_at, done_by = None, None
    for write in sorted(promise.writes.get("done", []), key=lambda write: write.stamp):
        said, told = write.value
        visit = world.visits.get(said.visit) if said.visit else None
        if visit is None or visit.counts:
            done_at, done_by = told.when(said.done_at), told.event.actor_id
            break
    return {
        "id": promise.id,
        "household_id": world.home_root(promise.get("home")),
        "visit_id": promise.get("visit"),
        "assigned_to_id": promise.get("assigned_to"),
        "what": promise.get("what"),
        "due_on": promise.get("due_on"),
        "done_at": done_at,
        "done_by_id": done_by,
    }


def _referral(world: World, referral: Entity) -> Row:
    said = referral.get("said")
    answer, answered_at = referral.get("answer") or ("", None)
    return {
        "id": referral.id,
        "household_id": world.home_root(referral.get("home")),
        "resident_id": world.root(said.resident) if said.resident else None,
        "to": said.to,
        "made_at": referral.told.when(said.made_at),
        "answer": answer,
        "answered_at": answered_at,
    }
