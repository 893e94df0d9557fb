"""Options that the coverage commands share: which area, which period."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import CommandError

from outreach.periods import BadPeriod, Period, local_today, read_day
from volunteers.models import Area

WRONG_USAGE = 2


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--area", metavar="CODE", required=True, help="code, like 79 or 27139")
    parser.add_argument(
        "--from",
        dest="first",
        metavar="DAY",
        help="first day, YYYY-MM-DD; without it, from the beginning",
    )
    parser.add_argument(
        "--to", dest="last", metavar="DAY", help="last day, YYYY-MM-DD; without it, today"
    )


def chosen_area(code: str) -> Area:
    """The area of that code. Raises CommandError with exit code 2."""
    area = Area.objects.filter(pk=code).first()
    if area is None:
        raise CommandError(
            f"{code!r} is not the code of a known area; expected one like 79 (province), 27139 "
            "(ward) or 27139.1 (neighbourhood). Leading zeros count.",
            returncode=WRONG_USAGE,
        )
    return area


def chosen_period(first: str | None, last: str | None, now: datetime) -> Period:
    """The period of the options. Raises CommandError with exit code 2."""
    try:
        return Period(
            read_day(first) if first is not None else None,
            read_day(last) if last is not None else local_today(now),
        )
    except BadPeriod as error:
        raise CommandError(str(error), returncode=WRONG_USAGE) from error
