"""One event as a phone sends it: read, its clock repaired, and looked at by whom it was said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from outreach import payloads
from outreach.models import LedgerEvent
from outreach.reasons import Reason
from volunteers.devices import may_act
from volunteers.models import Device

LONGEST_TYPE = 24
LARGEST_SEQ = 2**53
LARGEST_ID = 2**31 - 1
LARGEST_OFFSET = 10**12
# Further from the server's clock no offset is believed.
FURTHEST = timedelta(days=3650)
# The newest moment that is believed, seen from the server: clocks differ a little.
SLACK = timedelta(minutes=2)
# Nobody says these from a phone; who decides about events sees them at the desk.
OF_THE_DESK = {
    LedgerEvent.Type.ROSTER_IMPORTED,
    LedgerEvent.Type.ROSTER_UNDONE,
    LedgerEvent.Type.EVENT_RESOLVED,
}


@dataclass(frozen=True)
class Sender:
    """A phone, and the ids of its people: all who were ever `known` on it, those whose account is
    open, and those who work in its ward now. `lost`: from when until when a restore made the server
    forget who was enrolled where."""

    device: Device
    known: frozenset[int]
    open_accounts: frozenset[int]
    at_work: frozenset[int]
    lost: Sequence[tuple[datetime, datetime]] = ()


class Unreadable(Exception):
    """This is no event: it cannot even be kept as one."""


def content_hash(item: dict[str, Any]) -> str:
    """SHA-256 of what was sent, independent of the order of keys, for any text."""
    canonical = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(canonical.encode()).hexdigest()


def read_event(
    item: Any, sender: Sender, received_at: datetime, offset: timedelta | None
) -> LedgerEvent:
    """The event, not yet stored; with the reason when it must wait for the officer. `offset`: how
    far the phone's clock is behind, seen from this push. Raises Unreadable."""
    key, seq = _identity(item)
    said_type = item.get("type")
    event = LedgerEvent(
        uuid=key,
        ward_id=sender.device.ward_id,
        type=said_type[:LONGEST_TYPE] if isinstance(said_type, str) else "",
        schema=_number(item.get("schema"), 1, 1000) or 0,
        household=_uuid(item.get("household")),
        device=sender.device.pk,
        seq=seq,
        content_hash=content_hash(item),
        received_at=received_at,
    )
    _set_clock(event, item, received_at, offset)
    payload = item.get("payload")
    if isinstance(payload, dict):
        event.payload = payload
    else:
        # Of no form at all: an empty payload is a form of some types.
        event.payload, event.schema = {}, 0
    actor = _number(item.get("actor"), 1, LARGEST_ID)
    if actor in sender.known:
        event.actor_id = actor
    reason = _unfit(item) or _may_not(event, actor, sender) or _unread(item, event)
    if reason == Reason.UNSTORABLE_TEXT:
        event.payload, event.type = {}, event.type if _storable(event.type) else ""
    if reason:
        event.status, event.reason = LedgerEvent.Status.QUARANTINED, reason
    return event


def _identity(item: Any) -> tuple[UUID, int]:
    if not isinstance(item, dict):
        raise Unreadable("not an object")
    key, seq = _uuid(item.get("id")), _number(item.get("seq"), 0, LARGEST_SEQ)
    if key is None or seq is None:
        raise Unreadable("without a valid id and seq")
    return key, seq


def _number(value: Any, least: int, most: int) -> int | None:
    """A whole number between these; to JSON 7.0 is one too."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and least <= value <= most else None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _set_clock(
    event: LedgerEvent, item: dict[str, Any], received_at: datetime, offset: timedelta | None
) -> None:
    """When it was said, by the server's clock as well as can be known."""
    said = _moment(item.get("client_time"))
    learned = _number(item.get("clock_offset_ms"), -LARGEST_OFFSET, LARGEST_OFFSET)
    if learned is not None:
        offset = timedelta(milliseconds=learned)
    if said is None or (offset is not None and abs(offset) > FURTHEST):
        said, offset = received_at, timedelta(0)
        event.clock_uncertain = True
    if offset is None:
        offset, event.clock_uncertain = timedelta(0), True
    if abs(said - received_at) > FURTHEST or said + offset > received_at + SLACK:
        # It cannot have been said later than it arrived.
        offset, event.clock_uncertain = received_at - said, True
    event.client_time = said
    event.clock_offset_ms = round(offset / timedelta(milliseconds=1))


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 9000:
        return None
    # PostgreSQL knows no offsets as odd as some that are written.
    return moment.astimezone(UTC)


def _unfit(item: dict[str, Any]) -> Reason | None:
    """Why what it says can never be looked at."""
    return None if _storable(item) else Reason.UNSTORABLE_TEXT


def _unread(item: dict[str, Any], event: LedgerEvent) -> Reason | None:
    """Why what it says cannot be looked at now. Asked after who may say it: these are read again,
    by this server or a newer one, and then nobody asks."""
    if event.schema > payloads.SCHEMA:
        return Reason.NEWER_SCHEMA
    misnamed = item.get("household") is not None and event.household is None
    if event.schema < 1 or not event.type or misnamed:
        return Reason.UNREADABLE_PAYLOAD
    return None


def _storable(value: Any) -> bool:
    """Whether every text in it is text to both databases: no NUL, no lone surrogate."""
    match value:
        case str():
            return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
        case dict():
            return all(_storable(key) and _storable(one) for key, one in value.items())
        case list():
            return all(map(_storable, value))
    return True


def _may_not(event: LedgerEvent, actor: int | None, sender: Sender) -> Reason | None:
    if sender.device.revoked_at:
        return Reason.DEVICE_REVOKED
    if actor is None or not may_act(sender.device, actor, event.told_at, sender.lost):
        return Reason.NOT_ENROLLED
    if actor not in sender.open_accounts:
        return Reason.ACCOUNT_CLOSED
    if actor not in sender.at_work:
        return Reason.OUTSIDE_SCOPE
    if event.type in OF_THE_DESK:
        return Reason.NOT_ALLOWED
    return None
