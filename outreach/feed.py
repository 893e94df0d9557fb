"""The feed of changes that phones pull: noting them, numbering them, reading them."""

from collections.abc import Iterable

from django.db import transaction

from outreach.models import Change, LedgerEvent, WardFeed
from outreach.tables import Touched, batches

# So many changes are numbered in one go, so that nobody waits long for the lock.
NUMBERED_AT_ONCE = 20_000


def note_homes(ward: str, touched: Iterable[Touched]) -> None:
    """Something of these homes changed, in the caller's transaction."""
    Change.objects.bulk_create(
        [
            Change(ward_id=ward, household=one.home, area=one.area, left_area=one.left_area)
            for one in touched
        ],
        batch_size=500,
    )


def note_statuses(events: Iterable[LedgerEvent]) -> None:
    """The status of these events changed; phones learn of their own."""
    Change.objects.bulk_create(
        [
            Change(ward_id=event.ward_id, event=event.number, device=event.device)
            for event in events
            if event.device
        ],
        batch_size=500,
    )


def number(ward: str) -> int:
    """Number the ward's changes that have committed; gives the last number of the ward.

    A short transaction under the lock of the ward's feed: what commits later gets a higher number,
    so a phone that has read up to a number has missed nothing.
    """
    if not Change.objects.filter(ward=ward, number=None).exists():
        last = WardFeed.objects.filter(ward=ward).values_list("last", flat=True).first()
        return last or 0
    with transaction.atomic():
        WardFeed.objects.get_or_create(ward_id=ward)
        feed = WardFeed.objects.select_for_update().get(ward=ward)
        waiting = Change.objects.filter(ward=ward, number=None).order_by("id")
        found = list(waiting.only("id")[:NUMBERED_AT_ONCE])
        for one in found:
            feed.last += 1
            one.number = feed.last
        for batch in batches(found):
            Change.objects.bulk_update(batch, ["number"])
        feed.save(update_fields=["last"])
        return feed.last
