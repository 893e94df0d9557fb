"""What phones pull: the homes of their people's teams, and what became of what they pushed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q

from outreach import epoch, feed
from outreach.home_documents import documents_of
from outreach.models import (
    Change,
    Household,
    LedgerEvent,
)
from volunteers.access import current_team_keys
from volunteers.devices import workers_of
from volunteers.models import Area, Device, Membership, Team

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
    workers = workers_of(device)
    return _places(device.ward, workers, _areas(device.ward, workers))


def _areas(ward: Area, workers: dict[int, bool]) -> list[dict[str, Any]]:
    """The ward and its areas, ended ones too, in the order of its lists: `code`, `name`,
    `valid_until`, and whether teams of these people go there now (`visited`)."""
    theirs = current_team_keys(workers)
    visiting = Team.areas.through.objects.filter(area=OuterRef("pk"), team__in=theirs)
    areas = Area.objects.within(ward).annotate(visited=Exists(visiting))
    return areas.rows_as_tree("name", "valid_until", "visited")


def _places(ward: Area, workers: dict[int, bool], areas: list[dict[str, Any]]) -> tuple[str, ...]:
    if any(workers.values()):
        return (ward.pk,)
    codes = sorted(area["code"] for area in areas if area["visited"])
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
    workers = workers_of(device)
    areas = _areas(device.ward, workers)
    places = _places(device.ward, workers, areas)
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
        # Phones show their names, and offer where a home may have moved to.
        "areas": [
            {"code": area["code"], "name": area["name"], "own": _is_in(area["code"], places)}
            for area in areas
            if area["code"] != device.ward_id and not area["valid_until"]
        ],
        "people": _colleagues(device.ward, workers),
        **answer,
    }


class Moved(NamedTuple):
    """A home of which something changed; where it stands now, and where it stood."""

    number: int
    household: UUID
    area: str
    left_area: str


# Built once, as in outreach.home_documents.
IN_ORDER = Change.objects.order_by("number")
HOMES_CHANGED = IN_ORDER.filter(household__isnull=False).values_list(*Moved._fields)
EVENTS_CHANGED = IN_ORDER.values_list("number", "event")
STATUS = ("number", "status", "reason", "reason_text")
STATUSES = LedgerEvent.objects.order_by("number").values_list("uuid", *STATUS)
COLLEAGUES = (
    Membership.objects.current()
    .filter(user__is_active=True)
    .order_by("user__name_sort_key", "user")
    .values_list("user", "user__full_name", "role")
)


def _since(
    device: Device, cursor: Cursor, places: tuple[str, ...], last: int
) -> tuple[dict[str, Any], Cursor, bool]:
    homes = HOMES_CHANGED.filter(ward=device.ward_id, number__gt=cursor.number)
    own = EVENTS_CHANGED.filter(ward=device.ward_id, number__gt=cursor.statuses, device=device.pk)
    found = [Moved(*row) for row in homes[: MOST_CHANGES + 1]]
    statuses: list[tuple[int, int]] = [
        (number, event) for number, event in own[: MOST_CHANGES + 1] if number and event
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
    wanted = Q(pk__in=here)
    if entered:
        wanted |= Q(area__in=_codes(device.ward_id, entered), closed_on=None)
    documents = documents_of(Q(ward=device.ward_id) & wanted)
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
    rows = STATUSES.filter(number__in=numbers)
    return [{"id": str(key), **dict(zip(STATUS, said, strict=True))} for key, *said in rows]


def _colleagues(ward: Area, workers: dict[int, bool]) -> list[dict[str, Any]]:
    """Who is in the teams of the phone's people now, by given name; who works in the
    whole ward has those of all its teams."""
    members = COLLEAGUES.filter(team__ward=ward)
    if not any(workers.values()):
        members = members.filter(team__in=current_team_keys(workers))
    leading = (Membership.Role.LEADER, Membership.Role.DEPUTY)
    found: dict[int, dict[str, Any]] = {}
    for key, name, role in members:
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
        documents = documents_of(Q(ward=ward, area__in=_codes(ward, places), closed_on=None))
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
