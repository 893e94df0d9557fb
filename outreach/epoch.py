"""The server's epoch, and through which event a backup covers the ledger.

A phone keeps what it sent until a backup holds it. After a restore the epoch is another one, which
tells phones to offer again what they kept.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Max

from outreach.models import LedgerEvent, Restoration, ServerState


def current() -> tuple[UUID, int]:
    """The epoch, and the highest LedgerEvent.number that a finished, verified backup holds (0:
    none yet). One query.

    A database without its row knows nothing of its past, so it begins an epoch.
    """
    only = ServerState.objects.filter(pk=ServerState.ONLY)
    known = only.values_list("epoch", "backed_up_through").first()
    if known is None:
        ServerState.objects.get_or_create(pk=ServerState.ONLY)
        known = only.values_list("epoch", "backed_up_through").get()
    return known


def note_backup(number: int, now: datetime, *, epoch: UUID) -> bool:
    """A finished, verified backup of this epoch holds every event through `number`.

    False, and nothing changes, when a restore began another epoch meanwhile or another backup
    already holds more.
    """
    known = ServerState.objects.filter(
        pk=ServerState.ONLY, epoch=epoch, backed_up_through__lte=number
    )
    return bool(known.update(backed_up_through=number, backed_up_at=now))


def begin_new_epoch(now: datetime, through: int | None = None, at: datetime | None = None) -> UUID:
    """Tell phones to offer again. `through` and `at` are those of the backup that was restored;
    None: what the database says of its last backup stays true, and it lost what came after the
    newest event that it has."""
    epoch = uuid4()
    ServerState.objects.get_or_create(pk=ServerState.ONLY)
    state = ServerState.objects.filter(pk=ServerState.ONLY)
    newest = LedgerEvent.objects.aggregate(newest=Max("received_at"))["newest"]
    state.update(epoch=epoch)
    Restoration.objects.create(lost_since=at or newest or now, restored_at=now)
    if through is not None:
        state.update(backed_up_through=through, backed_up_at=at or now)
    return epoch


def lost_times() -> tuple[tuple[datetime, datetime], ...]:
    """From when until when the server does not know what happened, because it was restored; the
    newest first. One query."""
    return tuple(Restoration.objects.values_list("lost_since", "restored_at"))
