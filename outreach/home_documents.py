"""Homes as phones have them.

Phones ask often, and building these queries costs more than answering them; so what is the same
each time is built once, when this module is read.
"""

import hashlib
import json
from collections import defaultdict
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from outreach.models import Assignment, Consent, FollowUp, Household, Resident, Visit
from outreach.tables import batches

HOME = (
    "id", "card_code", "kind", "area_id", "address", "declared_size", "head_id", "closed_on",
    "close_reason", "merged_into_id",
)  # fmt: skip
NEWEST_VISIT = (
    Visit.objects.counted()
    .filter(household=OuterRef("pk"))
    .order_by("-day", "-visited_at", "-event_number")[:1]
)
LAST_VISIT = {
    "last_day": Subquery(NEWEST_VISIT.values("day")),
    "last_outcome": Subquery(NEWEST_VISIT.values("outcome")),
}
HOMES = Household.objects.order_by("pk").values(*HOME, **LAST_VISIT)
PERSON = ("id", "household_id", "name", "birth_year", "sex", "phone", "help_needed")
# Not Exists: PostgreSQL would answer that by reading the consents of everybody.
AGREED = Subquery(
    Consent.objects.in_force().filter(resident=OuterRef("pk")).order_by().values("event_number")[:1]
)
PEOPLE = (
    Resident.objects.living_there()
    .order_by("name_sort_key", "pk", "skills__skill")
    .values_list(*PERSON, AGREED, "skills__skill", "skills__level")
)
PROMISES = (
    FollowUp.objects.open()
    .order_by("due_on", "id")
    .values_list("household", "id", "what", "due_on")
)
ASSIGNED = Assignment.objects.current().order_by().values_list("household", "to", "until")


def documents_of(wanted: Q) -> dict[UUID, dict[str, Any]]:
    """These homes as phones have them. One query, and three for each 500."""
    found: dict[UUID, dict[str, Any]] = {}
    rows = list(HOMES.filter(wanted))
    for batch in batches(rows):
        keys = [row["id"] for row in batch]
        more = More(_people(keys), _promises(keys), _assigned(keys))
        for row in batch:
            found[row["id"]] = _document(row, more)
    return found


class More(NamedTuple):
    """What homes have in other tables, by home."""

    people: dict[UUID, list[dict[str, Any]]]
    promises: dict[UUID, list[dict[str, Any]]]
    assigned: dict[UUID, dict[str, Any]]


def _document(row: dict, more: More) -> dict[str, Any]:
    key = row["id"]
    document = {
        "id": str(key),
        "card_code": row["card_code"],
        "kind": row["kind"],
        "area": row["area_id"],
        "address": row["address"],
        "people": more.people.get(key, []),
    }
    optional = {
        "declared_size": row["declared_size"],
        "head": row["head_id"] and str(row["head_id"]),
        "closed": row["close_reason"],
        "merged_into": row["merged_into_id"] and str(row["merged_into_id"]),
        "last_visit": _visit(row["last_day"], row["last_outcome"]),
        "promises": more.promises.get(key),
        "assigned": more.assigned.get(key),
    }
    # What there is nothing of is left out: phones pay for each byte.
    document |= {name: value for name, value in optional.items() if value}
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return {**document, "version": hashlib.sha256(canonical).hexdigest()[:12]}


def _people(homes: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = PEOPLE.filter(household__in=homes)
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for said, lines in groupby(rows, key=itemgetter(slice(len(PERSON) + 1))):
        key, home, name, *optional, agreed_event = said
        levels = {skill: level for *_same, skill, level in lines if skill}
        extra = {
            **dict(zip(PERSON[3:], optional, strict=True)),
            "agreed": agreed_event is not None,
            "levels": levels,
        }
        person = {"id": str(key), "name": name}
        found[home].append(person | {what: value for what, value in extra.items() if value})
    return found


def _visit(day: date | None, outcome: str | None) -> dict[str, Any] | None:
    return {"day": day.isoformat(), "outcome": outcome} if day else None


def _promises(homes: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for home, key, what, due in PROMISES.filter(household__in=homes):
        found[home].append({"id": str(key), "what": what, "due_on": due.isoformat()})
    return found


def _assigned(homes: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """To whom the doors are given; whether the day is over the phone sees by itself."""
    return {
        home: {"to": to, "until": until.isoformat()} if until else {"to": to}
        for home, to, until in ASSIGNED.filter(household__in=homes)
    }
