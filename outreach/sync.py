"""Taking in what phones push: every event is kept, and then counted if it can be.

Two transactions. The first stores the batch as it came, with a receipt for each event that is never
withdrawn; the second applies it. What a crash leaves between the two is applied at the next push.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from outreach import bulk, epoch, payloads
from outreach.apply import apply
from outreach.envelopes import OF_THE_DESK, Sender, Unreadable, read_event
from outreach.erasures import erased_keys
from outreach.models import LedgerEvent, PushBatch
from outreach.reasons import Reason
from outreach.revoked_phones import refuse_too_much
from outreach.settling import Verdict, note_verdicts
from volunteers.models import Device, Membership, RoleGrant, User

log = logging.getLogger(__name__)
T = TypeVar("T")
Status = LedgerEvent.Status
MOST_EVENTS = 200
# What was stored so long ago and is not applied yet was left behind by a process that stopped.
LEFT_BEHIND = timedelta(seconds=30)
SWEPT_AT_ONCE = 500
# Two waited for each other, and PostgreSQL ended one.
DEADLOCK = "40P01"
ATTEMPTS = 6


class ReceiptKind(StrEnum):
    STORED = "stored"
    ALREADY_STORED = "already_stored"
    ID_REUSED = "id_reused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Receipt:
    """What became of the event at `position` of the push; of an unreadable one only that. `status`
    and `reason` are those of now and may change."""

    position: int
    receipt: ReceiptKind
    id: UUID | None = None
    number: int | None = None
    status: str | None = None
    reason: str = ""
    reason_text: str = ""


def push(
    device: Device, body: bytes, items: list[Any], sent_at: datetime | None, now: datetime
) -> list[Receipt]:
    """Keep and count the events; one receipt for each, in their order. `body` is the push as it
    came, `items` its events, `sent_at` what the phone's clock said when it was sent.

    Raises revoked_phones.TooMuch, with nothing stored.
    """
    sender = sender_of(device, now)
    offset = now - sent_at if sent_at else None
    read: list[LedgerEvent | None] = []
    for item in items:
        try:
            read.append(read_event(item, sender, now, offset))
        except Unreadable:
            read.append(None)
    kinds = _at_last(lambda: _store(device, body, read, now))
    settle_stored(device.ward_id, now, [event.uuid for event in read if event])
    return _receipts(read, kinds)


def sender_of(device: Device, now: datetime) -> Sender:
    """The phone with what its people may do now. Four queries."""
    known = frozenset(held.user_id for held in device.actors.all())
    people = User.objects.filter(pk__in=known, is_active=True)
    members = Membership.objects.current().filter(user__in=known, team__ward=device.ward_id)
    officers = RoleGrant.objects.current().filter(
        user__in=known, area=device.ward_id, role=RoleGrant.Role.OFFICER
    )
    at_work = {*members.values_list("user", flat=True), *officers.values_list("user", flat=True)}
    accounts = frozenset(people.values_list("pk", flat=True))
    return Sender(device, known, accounts, frozenset(at_work), epoch.lost_times())


def _at_last(act: Callable[[], T]) -> T:
    """Do it in a transaction, and again if somebody at the same moment was in the way: a home that
    several bring cannot be locked before the first of them has. After a deadlock once."""
    deadlocks = 0
    for _ in range(ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError:
            continue
        except OperationalError as error:
            deadlocks += 1
            if deadlocks > 1 or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
    with transaction.atomic():
        return act()


def _store(
    device: Device, body: bytes, read: list[LedgerEvent | None], now: datetime
) -> list[ReceiptKind]:
    """Store what is new; gives the kind of each receipt."""
    hashes = _stored_hashes(event for event in read if event)
    kinds, new = [], []
    for event in read:
        if event is None:
            kinds.append(ReceiptKind.UNREADABLE)
            continue
        seen = hashes.setdefault(event.uuid, set())
        if event.content_hash in seen:
            kinds.append(ReceiptKind.ALREADY_STORED)
            continue
        kinds.append(ReceiptKind.ID_REUSED if seen else ReceiptKind.STORED)
        if seen:
            event.status, event.reason = Status.QUARANTINED, Reason.ID_REUSED
        seen.add(event.content_hash)
        new.append(event)
    forgotten = _forget_again(new, now)
    if new and device.revoked_at:
        refuse_too_much(device, len(new), len(body), now)
    # Of a revoked phone nothing is kept but events: whatever else it sends could go on for ever.
    if new or (None in read and not device.revoked_at):
        kept = b"" if forgotten else body
        batch = PushBatch.objects.create(device=device, received_at=now, body=kept)
        for event in new:
            event.batch = batch
        # Somebody else may store the same at this moment: the same phone, asking twice.
        bulk.insert_unless_there(LedgerEvent, [bulk.row_of(event) for event in new])
    return kinds


def _forget_again(events: list[LedgerEvent], now: datetime) -> bool:
    """After a restore a phone may offer again what was erased since: only that it came is kept."""
    erased = erased_keys("event_payload") if events else frozenset()
    found = [event for event in events if str(event.uuid) in erased]
    for event in found:
        event.payload, event.erased_at = {}, now
        event.status, event.reason = Status.APPLIED, ""
    return bool(found)


def _stored_hashes(events: Iterable[LedgerEvent]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    stored = LedgerEvent.objects.filter(uuid__in={event.uuid for event in events})
    for key, content in stored.values_list("uuid", "content_hash"):
        found.setdefault(key, set()).add(content)
    return found


def settle_stored(ward: str, now: datetime, just_stored: Iterable[UUID] = ()) -> int:
    """Apply what was just stored, what a process that stopped has left behind, and what this server
    did not know before it was updated: in one go, or one by one when something fails. Gives how
    many events that were."""
    known = _known_by_now(ward)
    stored = LedgerEvent.objects.filter(ward=ward, status=Status.STORED).order_by("number")
    waiting = stored.filter(
        Q(uuid__in=just_stored) | Q(received_at__lt=now - LEFT_BEHIND) | Q(number__in=known)
    )
    numbers = list(waiting.values_list("number", flat=True)[:SWEPT_AT_ONCE])
    if not numbers:
        return 0
    # Each attempt reads the events anew: one that failed has left its verdicts on what it read.
    found = stored.filter(number__in=numbers)
    try:
        _at_last(lambda: apply(ward, found.all()))
    except OperationalError:
        raise
    except Exception:
        log.exception("A batch of ward %s could not be applied at once", ward)
        failed = [number for number in numbers if not _apply_alone(ward, number)]
        # What is to blame came perhaps after another of its home; now that it is set aside, that
        # one counts.
        for number in failed if len(failed) > 1 else ():
            _apply_alone(ward, number)
    return len(numbers)


def _known_by_now(ward: str) -> list[int]:
    """Take up what came from newer phones than the server was then: it is as if just stored.

    Who may say it was asked when it came, but for what is said at the desk only.
    """
    waiting = LedgerEvent.objects.filter(ward=ward, status=Status.QUARANTINED)
    known = waiting.filter(
        Q(reason=Reason.NEWER_SCHEMA, schema__lte=payloads.SCHEMA)
        | Q(reason=Reason.UNKNOWN_TYPE, type__in=payloads.TYPES)
    ).exclude(type__in=OF_THE_DESK)
    numbers = list(known.order_by("number").values_list("number", flat=True)[:SWEPT_AT_ONCE])
    if numbers:
        waiting.filter(number__in=numbers).update(status=Status.STORED, reason="")
    return numbers


def _apply_alone(ward: str, number: int) -> bool:
    """Apply the one event, unless somebody else has; set it aside if it cannot be."""
    event = LedgerEvent.objects.filter(number=number)
    stored = event.filter(status=Status.STORED)

    def act() -> None:
        event.filter(status=Status.QUARANTINED, reason=Reason.CANNOT_APPLY).update(
            status=Status.STORED, reason=""
        )
        apply(ward, stored.all())

    try:
        _at_last(act)
    except OperationalError:
        raise
    except Exception:
        log.exception("An event of ward %s could not be applied", ward)
        with transaction.atomic():
            verdict = Verdict(Status.QUARANTINED, Reason.CANNOT_APPLY)
            found = list(stored.select_for_update())
            note_verdicts(found, {event.number: verdict for event in found})
        return False
    return True


def _receipts(read: list[LedgerEvent | None], kinds: list[ReceiptKind]) -> list[Receipt]:
    stored = {
        (row[0], row[1]): row[2:]
        for row in LedgerEvent.objects.filter(
            uuid__in={event.uuid for event in read if event}
        ).values_list("uuid", "content_hash", "number", "status", "reason", "reason_text")
    }
    receipts = []
    for position, (event, kind) in enumerate(zip(read, kinds, strict=True)):
        if event is None:
            receipts.append(Receipt(position, kind))
        else:
            said = stored[event.uuid, event.content_hash]
            receipts.append(Receipt(position, kind, event.uuid, *said))
    return receipts
