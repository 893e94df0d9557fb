"""How the homes were reached week by week, so that the last week is what the period counts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, Subquery

from outreach.coverage.places import Places, standing
from outreach.models import Visit
from outreach.periods import Period

MOST_WEEKS = 12
# By kind ("reached", "met") and the week's Monday: how many homes were reached first then.
FirstReached = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Week:
    """How many homes had been reached, and met, by the end of its last day."""

    last: date
    reached: int
    met: int


def first_reached(places: Places, period: Period) -> dict[str, FirstReached]:
    """By part, of the homes that stand there at the end of the period. Two queries."""
    visits = (
        Visit.objects.counted()
        .between(period.first, period.last)
        .filter(household=OuterRef("household"))
        .order_by("day")
    )
    found: dict[str, FirstReached] = defaultdict(
        lambda: {"reached": defaultdict(int), "met": defaultdict(int)}
    )
    for kind, kept in (("reached", visits), ("met", visits.filter(outcome=Visit.Outcome.MET))):
        for row in (
            standing(places, period.last)
            .annotate(part=places.part, first=Subquery(kept.values("day")[:1]))
            .filter(first__isnull=False)
            .values("part", "first")
            .annotate(homes=Count("pk"))
        ):
            found[row["part"]][kind][_monday(row["first"]).isoformat()] += row["homes"]
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def together(parts) -> FirstReached:
    """The sum over the parts."""
    found: FirstReached = {"reached": defaultdict(int), "met": defaultdict(int)}
    for part in parts:
        for kind, weeks in part.items():
            for monday, homes in weeks.items():
                found[kind][monday] += homes
    return found


def weeks_until(last: date, first: date | None, found: FirstReached) -> tuple[Week, ...]:
    """The last weeks of the period, each with what was reached since its first day."""
    mondays = [_monday(last) - timedelta(weeks=back) for back in range(MOST_WEEKS)]
    mondays = [monday for monday in reversed(mondays) if first is None or monday >= _monday(first)]
    return tuple(
        Week(
            min(monday + timedelta(days=6), last),
            _until(found.get("reached", {}), monday),
            _until(found.get("met", {}), monday),
        )
        for monday in mondays
    )


def _until(weeks: dict[str, int], monday: date) -> int:
    return sum(homes for first, homes in weeks.items() if first <= monday.isoformat())
