"""How often codes may be guessed: so many wrong ones from one address, so many from everywhere.

A right code costs nothing, so a hundred volunteers in one community house enrol one after the
other. Nobody is locked out: the oldest wrong ones are forgotten minute by minute.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil

from django.utils.crypto import salted_hmac

from volunteers.models import FailedEnrolment

WINDOW = timedelta(minutes=5)
PER_ADDRESS = 30
# A code is one of seven thousand million: at this pace, somebody who guesses day and night among
# fifty living codes from many addresses finds one in well over a year.
IN_ALL = 1000
KEPT = timedelta(hours=1)


class TooManyFailures(Exception):
    """Wait `seconds` before the next try."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


def _hashed(address: str) -> str:
    """A keyed hash of the address; of its first half for IPv6, all of which one line may use."""
    with suppress(ValueError):
        if (known := ip_address(address)).version == 6:
            address = str(ip_network((known, 64), strict=False))
    return salted_hmac("volunteers.failed_enrolments", address, algorithm="sha256").hexdigest()


def refuse_after_too_many(address: str, now: datetime) -> None:
    """Raises TooManyFailures when `address`, or all together, failed too often of late."""
    recent = FailedEnrolment.objects.filter(at__gt=now - WINDOW).order_by("-at")
    for failures, most in (
        (recent.filter(address_hash=_hashed(address)), PER_ADDRESS),
        (recent, IN_ALL),
    ):
        # As many as may be are newer than this one; when it is forgotten, there is room for one.
        if oldest := failures.values_list("at", flat=True)[most - 1 : most].first():
            raise TooManyFailures(max(1, ceil((oldest + WINDOW - now).total_seconds())))


def note(address: str, now: datetime) -> None:
    """One more wrong code; those of an hour ago are forgotten."""
    FailedEnrolment.objects.create(at=now, address_hash=_hashed(address))
    forget(now)


def forget(now: datetime) -> None:
    FailedEnrolment.objects.filter(at__lt=now - KEPT).delete()
