"""Writing to the ledger from the desk and from imports; phones push through the sync API."""

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach import bulk
from outreach.apply import apply
from outreach.models import LedgerEvent
from outreach.payloads import SCHEMA, Payload
from outreach.settling import lock_homes
from volunteers.models import Area, User


def uuid7(moment: datetime | None = None) -> UUID:
    """A UUID of version 7 (RFC 9562): sorted by time of birth, unguessable in its last 74 bits."""
    milliseconds = time.time_ns() // 1_000_000 if moment is None else int(moment.timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of what the event says, independent of the order of keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def event_of(
    type: LedgerEvent.Type,
    payload: Payload,
    *,
    ward: Area | str,
    household: UUID | None,
    actor: User | None,
    uuid: UUID | None = None,
    now: datetime | None = None,
) -> LedgerEvent:
    """An event of the desk or of an import, not yet stored."""
    now = now or timezone.now()
    body = payload.model_dump(mode="json")
    return LedgerEvent(
        uuid=uuid or uuid7(),
        ward_id=ward.pk if isinstance(ward, Area) else ward,
        type=type,
        schema=SCHEMA,
        actor=actor,
        household=household,
        client_time=now,
        payload=body,
        content_hash=content_hash({"type": type, "household": str(household), "payload": body}),
        received_at=now,
    )


class Refused(Exception):
    """The event cannot be counted. `code` is for programs, the message says what is wrong."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@contextmanager
def locked(*households: UUID | None) -> Iterator[None]:
    """A transaction in which nobody else writes events of these homes.

    So what was checked before an event is stored still holds when it is.
    """
    with transaction.atomic():
        lock_homes(key for key in households if key)
        yield


def record(*events: LedgerEvent) -> bool:
    """Store and apply the events of one ward, all or nothing.

    False: one of them was stored before (a form submitted twice, even at the same instant), and
    nothing is done again. Raises Refused, with nothing stored, when one cannot be counted: at the
    desk somebody sits who can mend it.
    """
    stored = LedgerEvent.objects.filter(uuid__in=[event.uuid for event in events])
    try:
        with locked(*(event.household for event in events)):
            if stored.exists():
                return False
            for event in events:
                event.save()
            _apply(events)
    except IntegrityError:
        if stored.all().exists():
            return False
        raise
    return True


def _apply(events: Sequence[LedgerEvent]) -> None:
    """Raises Refused when one of the events is not counted."""
    apply(events[0].ward_id, events)
    for event in events:
        event.refresh_from_db(fields=["status", "reason"])
        if event.status != LedgerEvent.Status.APPLIED:
            raise Refused(event.reason, f"{event.type}: {event.reason}")


def record_many(events: Sequence[LedgerEvent]) -> None:
    """Store and apply many events about homes of one ward, inside the caller's transaction. Raises
    Refused.

    Cheapest when whole homes come at once.
    """
    for event in events:
        if event.household:
            # As which it will end or not at all; writing each row twice would cost as much again.
            event.status = LedgerEvent.Status.APPLIED
    bulk.insert_numbered(LedgerEvent, events)
    apply(events[0].ward_id, events, in_hand=True)
    for event in events:
        if event.status != LedgerEvent.Status.APPLIED:
            raise Refused(event.reason, f"{event.type}: {event.reason}")
