"""Reporting periods: local days, both ends included."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BadPeriod(ValueError):
    """The days cannot be a period; the message says why, in English, for operators."""


@dataclass(frozen=True)
class Period:
    """Local days (Asia/Ho_Chi_Minh) from `first` to `last`, both included.

    `first` None: from the beginning. Raises BadPeriod when the order is wrong or a day lies outside
    2000 to 2100.
    """

    first: date | None
    last: date

    def __post_init__(self) -> None:
        for day in (self.first or self.last, self.last):
            if not EARLIEST <= day <= LATEST:
                raise BadPeriod(f"{day} is too far away; expected a day from 2000 to 2100.")
        if self.first and self.first > self.last:
            raise BadPeriod(f"The period begins on {self.first}, after it ends on {self.last}.")

    @property
    def start(self) -> datetime:
        """The first moment of the period."""
        midnight = datetime.combine(self.first or EARLIEST, time.min)
        return timezone.make_aware(midnight, timezone.get_default_timezone())

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        midnight = datetime.combine(self.last + timedelta(days=1), time.min)
        return timezone.make_aware(midnight, timezone.get_default_timezone())

    @property
    def words(self) -> str:
        """For people, in the active language."""
        last = f"{self.last:%d/%m/%Y}"
        if self.first is None:
            return _("From the beginning to %(last)s") % {"last": last}
        first = f"{self.first:%d/%m/%Y}"
        return _("From %(first)s to %(last)s") % {"first": first, "last": last}


@dataclass(frozen=True)
class Preset:
    """A period that people ask for by name."""

    code: str
    name: str
    period: Period


def read_day(text: str) -> date:
    """The day written as YYYY-MM-DD. Raises BadPeriod."""
    if not _ISO_DAY.fullmatch(text):
        raise BadPeriod(f"{text!r} is not a day; expected YYYY-MM-DD, like 2026-11-30.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadPeriod(f"{text} is not a day of the calendar.") from error


def local_today(now: datetime) -> date:
    """The day of `now` in Asia/Ho_Chi_Minh, whatever time zone is active."""
    return timezone.localdate(now, timezone.get_default_timezone())


def counted_at(moment: datetime) -> str:
    """When something was counted, for people, in local time."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return _("Counted at %(time)s on %(day)s") % {
        "time": f"{local:%H:%M}",
        "day": f"{local:%d/%m/%Y}",
    }


def presets(today: date) -> list[Preset]:
    """The usual periods, each ending today: their figures are those of now. And the reporting month
    that ended last: some offices cut off on the 14th (docs/coverage.md)."""
    quarter = today.month - (today.month - 1) % 3
    half = 1 if today.month <= 6 else 7
    cut = _cut_off(today)
    return [
        Preset("month", _("This month"), Period(today.replace(day=1), today)),
        Preset("quarter", _("This quarter"), Period(today.replace(month=quarter, day=1), today)),
        Preset("half", _("This half-year"), Period(today.replace(month=half, day=1), today)),
        Preset("year", _("This year"), Period(today.replace(month=1, day=1), today)),
        Preset(
            "cut_off",
            _("%(first)s to %(last)s")
            % {"first": f"{cut.first:%d/%m}", "last": f"{cut.last:%d/%m}"},
            cut,
        ),
        Preset("all", _("From the beginning"), Period(None, today)),
    ]


def _cut_off(today: date) -> Period:
    """The newest month from the 15th to the 14th that is over."""
    last = today.replace(day=14)
    if today.day <= 14:
        last = (today.replace(day=1) - timedelta(days=1)).replace(day=14)
    first = (last.replace(day=1) - timedelta(days=1)).replace(day=15)
    return Period(first, last)


def previous(period: Period) -> Period | None:
    """The period with which it is compared; None where there is none.

    Of a month, quarter, half-year or year, or the first days of one: the same days of the one
    before, up to the end of the month where it is at one. Of other whole months, like 15 to 14: as
    many months before. Of any other period: as many days before.
    """
    first, last = period.first, period.last
    if first is None:
        return None
    months = _months_of_preset(first, last)
    if months:
        begins = _moved(first, -months)
        ends = _moved(last, -months)
        if last.day == _days_in(last):
            ends = ends.replace(day=_days_in(ends))
    else:
        ends = first - timedelta(days=1)
        months = _whole_months(first, last)
        begins = _moved(first, -months) if months else ends - (last - first)
    return Period(begins, ends) if begins >= EARLIEST else None


def _months_of_preset(first: date, last: date) -> int:
    """How many months the shortest of month, quarter, half-year and year has that begins on `first`
    and contains `last`; 0: none does."""
    for months in (1, 3, 6, 12):
        begins = first.day == 1 and (first.month - 1) % months == 0
        if begins and last < _moved(first, months):
            return months
    return 0


def _whole_months(first: date, last: date) -> int:
    """0 where the days are not whole months."""
    after = last + timedelta(days=1)
    return (
        12 * (after.year - first.year) + after.month - first.month if after.day == first.day else 0
    )


def _moved(day: date, months: int) -> date:
    """So many months later, or on that month's last day where it is shorter."""
    count = 12 * day.year + day.month - 1 + months
    there = date(count // 12, count % 12 + 1, 1)
    return there.replace(day=min(day.day, _days_in(there)))


def _days_in(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
