"""What phones pull: the homes of their people's teams, and what became of what they pushed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.db.models import OuterRef, Q, QuerySet, Subquery

from outreach import epoch, feed
from outreach.models import (
    Assignment,
    Change,
    Consent,
    FollowUp,
    Household,
    LedgerEvent,
    Resident,
    ResidentSkill,
    Visit,
)
from outreach.tables import batches
from volunteers.access import current_teams, officer_wards
from volunteers.devices import scope_people
from volunteers.models import Area, Device, Membership, User

SALT = "outreach.pulling"
MOST_CHANGES = 500
SNAPSHOT_SECONDS = 600
BUCKETS = "0123456789abcdef"


class BadCursor(Exception):
    """Not a cursor of ours; the phone starts without one."""


@dataclass(frozen=True)
class Cursor:
    """How far a phone has read: the ward's change number, of homes and of statuses, and the places
    that were its own then."""

    epoch: str
    number: int
    statuses: int
    places: tuple[str, ...]

    def as_text(self) -> str:
        said = [self.epoch, self.number, self.statuses, self.places]
        return signing.dumps(said, salt=SALT, compress=True)

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """Raises BadCursor."""
        try:
            said_epoch, number, statuses, places = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError) as wrong:
            raise BadCursor from wrong
        return cls(said_epoch, number, statuses, tuple(places))


def places_of(device: Device) -> tuple[str, ...]:
    """The codes of the areas whose homes the phone has: its people's teams' areas in its ward, or
    the whole ward for an officer."""
    return _places(device.ward, scope_people(device))


def _places(ward: Area, people: list[User]) -> tuple[str, ...]:
    if officer_wards(*people).filter(pk=ward.pk).exists():
        return (ward.pk,)
    inside = Area.objects.within(ward).filter(visiting_teams__in=current_teams(*people))
    codes = sorted(set(inside.values_list("pk", flat=True)))
    return tuple(code for code in codes if not _is_in(code, [c for c in codes if c != code]))


def _is_in(area: str, places: Iterable[str]) -> bool:
    """Whether the area is one of the places or lies in one. Codes grow from left to right."""
    return any(area == place or area.startswith(f"{place}.") for place in places)


def _codes(ward: str, places: Iterable[str]) -> list[str]:
    """The codes of the ward's areas that are or lie in the places, ended ones too: homes stand
    there."""
    places = list(places)
    inside = Area.objects.filter(path__contains=f"/{ward}/").values_list("pk", flat=True)
    return [code for code in inside if _is_in(code, places)]


def pull(device: Device, text: str | None) -> dict[str, Any]:
    """What changed since the cursor; without one, or after a restore, everything there is. Raises
    BadCursor."""
    people = scope_people(device)
    places = _places(device.ward, people)
    now_epoch, backed_up_through = epoch.current()
    last = feed.number(device.ward_id)
    cursor = Cursor.from_text(text) if text else None
    whole = cursor is None or cursor.epoch != str(now_epoch)
    if cursor is None or whole:
        documents = snapshot(device.ward_id, places)
        new = Cursor(str(now_epoch), last, 0, places)
        answer = {"households": list(documents.values()), "left": [], "statuses": []}
        more = True
    else:
        answer, new, more = _since(device, cursor, places, last)
    return {
        "epoch": str(now_epoch),
        "backed_up_through": backed_up_through,
        "cursor": new.as_text(),
        "whole": whole,
        "more": more,
        "places": list(places),
        "areas": _areas(device.ward, places),
        "people": _colleagues(device.ward, places, people),
        **answer,
    }


class Moved(NamedTuple):
    """A home of which something changed; where it stands now, and where it stood."""

    number: int
    household: UUID
    area: str
    left_area: str


def _since(
    device: Device, cursor: Cursor, places: tuple[str, ...], last: int
) -> tuple[dict[str, Any], Cursor, bool]:
    changes = Change.objects.filter(ward=device.ward_id)
    homes = changes.filter(number__gt=cursor.number, household__isnull=False).order_by("number")
    own = changes.filter(number__gt=cursor.statuses, device=device.pk).order_by("number")
    found = [Moved(*row) for row in homes.values_list(*Moved._fields)[: MOST_CHANGES + 1]]
    statuses: list[tuple[int, int]] = [
        (number, event)
        for number, event in own.values_list("number", "event")[: MOST_CHANGES + 1]
        if number and event
    ]
    more = len(found) > MOST_CHANGES or len(statuses) > MOST_CHANGES
    found, statuses = found[:MOST_CHANGES], statuses[:MOST_CHANGES]
    here = {one.household for one in found if one.area and _is_in(one.area, places)}
    gone = {
        one.household
        for one in found
        if _is_in(one.area, cursor.places) or _is_in(one.left_area, cursor.places) or not one.area
    }
    entered = [place for place in places if not _is_in(place, cursor.places)]
    known = Household.objects.filter(ward=device.ward_id)
    wanted = Q(pk__in=here)
    if entered:
        wanted |= Q(area__in=_codes(device.ward_id, entered), closed_on=None)
    documents = documents_of(known.filter(wanted))
    # A home may have moved on since a change said that it is here.
    documents = {key: one for key, one in documents.items() if _is_in(one["area"], places)}
    answer = {
        "households": list(documents.values()),
        "left": _left(gone - set(documents), cursor.places),
        "left_places": [place for place in cursor.places if not _is_in(place, places)],
        "statuses": _statuses([event for _number, event in statuses]),
    }
    full = len(found) == MOST_CHANGES and more
    number = found[-1].number if full and found else last
    read = statuses[-1][0] if len(statuses) == MOST_CHANGES and more else last
    return answer, Cursor(cursor.epoch, number, read, places), more


def _left(keys: set[UUID], places: Iterable[str]) -> list[dict[str, Any]]:
    """Homes that the phone may have and that are no longer its own, and why."""
    known = {home.pk: home for home in Household.objects.filter(pk__in=keys)}
    return [{"id": str(key), "why": "moved" if key in known else "gone"} for key in sorted(keys)]


def _statuses(numbers: list[int]) -> list[dict[str, Any]]:
    events = LedgerEvent.objects.filter(number__in=numbers).order_by("number")
    return [
        {
            "id": str(event.uuid),
            "number": event.number,
            "status": event.status,
            "reason": event.reason,
            "reason_text": event.reason_text,
        }
        for event in events
    ]


def _areas(ward: Area, places: Iterable[str]) -> list[dict[str, Any]]:
    """The ward's areas in the order of its lists; phones show names and offer where to move."""
    found = Area.objects.within(ward).exclude(pk=ward.pk).in_use().as_tree()
    return [{"code": area.pk, "name": area.name, "own": _is_in(area.pk, places)} for area in found]


def _colleagues(ward: Area, places: tuple[str, ...], people: list[User]) -> list[dict[str, Any]]:
    """Who is in the teams of the phone's people now, by given name; who works in the
    whole ward has those of all its teams."""
    members = Membership.objects.current().filter(team__ward=ward, user__is_active=True)
    if places != (ward.pk,):
        members = members.filter(team__in=current_teams(*people))
    leading = (Membership.Role.LEADER, Membership.Role.DEPUTY)
    found: dict[int, dict[str, Any]] = {}
    rows = members.order_by("user__name_sort_key", "user").values_list(
        "user", "user__full_name", "role"
    )
    for key, name, role in rows:
        known = found.setdefault(key, {"id": key, "name": name, "leads": False})
        known["leads"] |= role in leading
    return list(found.values())


def snapshot(ward: str, places: tuple[str, ...]) -> dict[UUID, dict[str, Any]]:
    """All open homes in the places, with at least what the ward's last numbered change says; made
    once for all phones of the same places."""
    known_epoch, _through = epoch.current()
    said = [str(known_epoch), ward, places, feed.number(ward)]
    scope = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    documents = cache.get(f"snapshot:{scope}")
    if documents is None:
        homes = Household.objects.filter(ward=ward, area__in=_codes(ward, places)).open()
        documents = documents_of(homes)
        cache.set(f"snapshot:{scope}", documents, SNAPSHOT_SECONDS)
    return documents


def digest(device: Device) -> dict[str, str]:
    """For each bucket (the last sign of a home's id) a hash of its homes' ids and versions."""
    places = places_of(device)
    documents = snapshot(device.ward_id, places)
    buckets: dict[str, list[str]] = {sign: [] for sign in BUCKETS}
    for document in documents.values():
        buckets[document["id"][-1]].append(f"{document['id']}:{document['version']}")
    return {
        sign: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
        for sign, lines in buckets.items()
    }


def bucket(device: Device, sign: str) -> list[dict[str, Any]]:
    """All homes of one bucket, for a phone that has drifted."""
    places = places_of(device)
    documents = snapshot(device.ward_id, places)
    return [document for document in documents.values() if document["id"][-1] == sign]


def documents_of(homes: QuerySet[Household]) -> dict[UUID, dict[str, Any]]:
    """The homes as phones have them. Seven queries for each 500."""
    found: dict[UUID, dict[str, Any]] = {}
    rows = list(homes.order_by("pk").values(*HOME))
    for batch in batches(rows):
        keys = [row["id"] for row in batch]
        people = _people(keys)
        visits = _last_visits(keys)
        promises: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for row in FollowUp.objects.open().filter(household__in=keys).order_by("due_on", "id"):
            promises[row.household_id].append(
                {"id": str(row.pk), "what": row.what, "due_on": row.due_on.isoformat()}
            )
        assigned = _assigned(keys)
        for row in batch:
            found[row["id"]] = _document(row, people, visits, promises, assigned)
    return found


HOME = (
    "id", "card_code", "kind", "area_id", "address", "declared_size", "head_id", "closed_on",
    "close_reason", "merged_into_id",
)  # fmt: skip


def _document(
    row: dict, people: dict, visits: dict, promises: dict, assigned: dict
) -> dict[str, Any]:
    key = row["id"]
    document = {
        "id": str(key),
        "card_code": row["card_code"],
        "kind": row["kind"],
        "area": row["area_id"],
        "address": row["address"],
        "people": people.get(key, []),
    }
    optional = {
        "declared_size": row["declared_size"],
        "head": row["head_id"] and str(row["head_id"]),
        "closed": row["close_reason"],
        "merged_into": row["merged_into_id"] and str(row["merged_into_id"]),
        "last_visit": visits.get(key),
        "promises": promises.get(key),
        "assigned": assigned.get(key),
    }
    # What there is nothing of is left out: phones pay for each byte.
    document |= {name: value for name, value in optional.items() if value}
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return {**document, "version": hashlib.sha256(canonical).hexdigest()[:12]}


def _people(homes: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    living = Resident.objects.living_there().filter(household__in=homes)
    rows = list(living.order_by("name_sort_key", "pk"))
    keys = [row.pk for row in rows]
    consents = Consent.objects.in_force().filter(resident__in=keys)
    agreed = set(consents.values_list("resident", flat=True))
    levels: dict[UUID, dict[str, int]] = defaultdict(dict)
    newest = ResidentSkill.objects.filter(resident__in=keys)
    for key, skill, level in newest.values_list("resident", "skill", "level"):
        levels[key][skill] = level
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        person: dict[str, Any] = {"id": str(row.pk), "name": row.name}
        optional = {
            "birth_year": row.birth_year,
            "sex": row.sex,
            "phone": row.phone,
            "help_needed": row.help_needed,
            "agreed": row.pk in agreed,
            "levels": dict(sorted(levels[row.pk].items())) if row.pk in levels else None,
        }
        person |= {name: value for name, value in optional.items() if value}
        found[row.household_id].append(person)
    return found


def _assigned(homes: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """To whom the doors are given; whether the day is over the phone sees by itself."""
    current = Assignment.objects.current().filter(household__in=homes).order_by()
    return {
        home: {"to": to, "until": until.isoformat()} if until else {"to": to}
        for home, to, until in current.values_list("household", "to", "until")
    }


def _last_visits(homes: list[UUID]) -> dict[UUID, dict[str, Any]]:
    visits = Visit.objects.counted().filter(household=OuterRef("pk"))
    newest = visits.order_by("-day", "-visited_at", "-event_number")[:1]
    found = Household.objects.filter(pk__in=homes).order_by()
    last = (Subquery(newest.values("day")), Subquery(newest.values("outcome")))
    return {
        home: {"day": day.isoformat(), "outcome": outcome}
        for home, day, outcome in found.values_list("pk", *last)
        if day
    }
