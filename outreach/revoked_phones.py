"""How much a revoked phone may hand in: enough for an honest queue, too little to fill a disk.

Its honest owner hands in what was left on it; a thief has nothing but time. So a day has a limit,
and what is beyond it stays on the phone and comes on the next.
"""

from datetime import datetime, timedelta

from django.db.models import Min, Sum
from django.db.models.functions import Length

from outreach.models import LedgerEvent, PushBatch
from volunteers.models import Device

MOST_EVENTS = 1000
MOST_BYTES = 4 * 1_048_576
PERIOD = timedelta(days=1)


class TooMuch(Exception):
    """Nothing was stored; there is room again after `seconds`."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


def refuse_too_much(device: Device, events: int, size: int, now: datetime) -> None:
    """Inside the transaction that stores `events` events of `size` bytes from this revoked phone.
    Raises TooMuch when it would have handed in more than a day's worth since it was revoked."""
    # One push after the other: twenty at once must not each find the same room.
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    since = max(now - PERIOD, device.revoked_at or now)
    kept = PushBatch.objects.filter(device=device, received_at__gte=since)
    so_far = kept.aggregate(size=Sum(Length("body"), default=0), first=Min("received_at"))
    stored = LedgerEvent.objects.filter(batch__in=kept).count()
    if stored + events > MOST_EVENTS or so_far["size"] + size > MOST_BYTES:
        # A single push is less than a day's worth, so something is kept already.
        again = so_far["first"] + PERIOD - now
        raise TooMuch(max(1, round(again.total_seconds()) + 1))
