"""Writing to the ledger from the desk and from imports; phones push through the sync API."""

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach.apply import apply
from outreach.facts import apply_facts, batches
from outreach.models import Household, LedgerEvent
from outreach.payloads import SCHEMA, Payload
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


@contextmanager
def locked(*households: UUID | None) -> Iterator[None]:
    """A transaction in which nobody else writes events of these homes.

    So the order of their numbers is the order in which they are applied, and what was checked
    before an event is stored still holds when it is.
    """
    with transaction.atomic():
        lock_homes(key for key in households if key)
        yield


def lock_homes(keys: Iterable[UUID]) -> None:
    """Wait until nobody else writes events of these homes, and let nobody until the caller's
    transaction ends. Always in the order of their keys, so that two do not wait for each other."""
    for batch in batches(sorted(set(keys))):
        homes = Household.objects.select_for_update(no_key=True).filter(pk__in=batch)
        list(homes.order_by("pk").values_list("pk", flat=True))


def record(*events: LedgerEvent) -> bool:
    """Store and apply the events in order, all or nothing.

    False: one of them was stored before (a form submitted twice, even at the same instant), and
    nothing is done again. Raises outreach.facts.Refused, with nothing stored, when one cannot be
    applied.
    """
    stored = LedgerEvent.objects.filter(uuid__in=[event.uuid for event in events])
    try:
        with locked(*(event.household for event in events)):
            if stored.exists():
                return False
            for event in events:
                event.save()
                apply(event)
                event.status = LedgerEvent.Status.APPLIED
                event.save(update_fields=["status"])
    except IntegrityError:
        if stored.all().exists():
            return False
        raise
    return True


def record_facts(said: Sequence[tuple[LedgerEvent, Payload]]) -> None:
    """Store and apply many events about the homes of one ward, each with its payload, inside the
    caller's transaction, which has locked the homes. Raises outreach.facts.Refused."""
    for batch in batches(said):
        for event, _payload in batch:
            event.status = LedgerEvent.Status.APPLIED
        LedgerEvent.objects.bulk_create([event for event, _payload in batch])
        apply_facts(batch)
