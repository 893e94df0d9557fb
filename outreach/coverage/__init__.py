"""Coverage: each number is defined here once; page, workbook and JSON call `coverage`.

A home counts where it stands at the end of the period, so that nobody is counted twice and the
areas add up. docs/coverage.md explains each definition. The rules are in `counting` and `people`;
`tallies` keeps what was counted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from outreach.coverage import tallies
from outreach.coverage.counting import Counts, count, sessions_in, visits_in
from outreach.coverage.figures import AreaCoverage, Coverage, Figure
from outreach.coverage.places import Places, standing
from outreach.coverage.tallies import Asked
from outreach.coverage.unmet import Unmet, all_unmet, count_unmet
from outreach.coverage.weeks import FirstReached, first_reached, together, weeks_until
from outreach.indicators import HOUSEHOLDS_REACHED, Measure, current_indicators
from outreach.models import Rule, Session, Visit
from outreach.periods import Period, local_today
from volunteers.models import Area

Level = Area.Level

__all__ = [
    "AreaCoverage",
    "Coverage",
    "Figure",
    "Reconciliation",
    "coverage",
    "figures_of_areas",
    "reconcile",
    "sessions_held",
    "visits_by_part",
    "visits_made",
]


def coverage(
    area: Area,
    period: Period | None = None,
    *,
    now: datetime | None = None,
    hidden_standard: bool = False,
) -> Coverage:
    """Count every indicator of `area` and of the areas one level down; for other programs also the
    standard ones that are hidden from people.

    Without a period: from the beginning until today. What was counted before and has not changed
    is not counted again.
    """
    now = now or timezone.now()
    period = period or Period(None, local_today(now))
    asked = Asked(period, current_indicators(hidden_standard=hidden_standard), now)
    match area.level:
        case Level.PROVINCE:
            return _of_province(area, asked)
        case Level.COMMUNE:
            return _of_ward(area, asked)
        case _:
            return _of_neighbourhood(area, asked)


def figures_of_areas(
    ward: Area, codes: Collection[str], period: Period, *, now: datetime | None = None
) -> dict[str, tuple[Figure, ...]]:
    """By their codes the figures that `coverage` gives of these areas: the ward, or any of its
    neighbourhoods and lanes; the standard ones that are hidden too.

    What was counted before and has not changed is not counted again. The number of queries does
    not depend on how many areas there are.
    """
    now = now or timezone.now()
    asked = Asked(period, current_indicators(hidden_standard=True), now)
    counted = tallies.of_areas(ward, codes, asked)
    return {code: _figures(asked.measures, counted[code]) for code in codes}


def _of_province(area: Area, asked: Asked) -> Coverage:
    wards = Area.objects.open_wards().filter(parent=area)
    counted = tallies.of_wards(wards, asked)
    counts = counted.figures
    parts = _parts(area, asked.period.last, counts)
    total = {
        measure.code: [sum(counts[code][measure.code][side] for code in counts) for side in (0, 1)]
        for measure in asked.measures
    }
    weeks, unmet = together(counted.weeks.values()), all_unmet(counted.unmet.values())
    return _coverage(area, asked, total, counts, parts, weeks, unmet)


def _of_ward(area: Area, asked: Asked) -> Coverage:
    counted = tallies.of_ward(area, asked)
    counts = dict(counted.figures)
    whole = counts.pop(area.pk)
    parts = _parts(area, asked.period.last, counts)
    return _coverage(
        area, asked, whole, counts, parts, counted.weeks[area.pk], counted.unmet[area.pk]
    )


def _of_neighbourhood(area: Area, asked: Asked) -> Coverage:
    """Counted anew: it is small."""
    places = Places.whole(area)
    counts, worked = count(places, asked.period, asked.measures)
    weeks = together(first_reached(places, asked.period).values())
    total = {
        measure.code: [sum(part[measure.code][side] for part in counts.values()) for side in (0, 1)]
        for measure in asked.measures
    }
    days = set().union(*worked.values())
    for measure in asked.measures:
        if measure.rule == Rule.PERSON_DAYS:
            total[measure.code][0] = len(days)
    rest = counts.pop(area.pk, None)
    parts = _parts(area, asked.period.last, counts)
    unmet = all_unmet(count_unmet(places, asked.period).values())
    found = _coverage(area, asked, total, counts, parts, weeks, unmet)
    if rest is None:
        return found
    return replace(found, rest=AreaCoverage(area, _figures(asked.measures, rest)))


def _coverage(
    area: Area,
    asked: Asked,
    total: Mapping,
    counts: Counts,
    parts: Iterator[Area],
    weeks: FirstReached,
    unmet: Unmet,
) -> Coverage:
    nothing: dict = {}
    return Coverage(
        area=area,
        indicators=_figures(asked.measures, total),
        period=asked.period,
        as_of=asked.now,
        by_area=tuple(
            AreaCoverage(part, _figures(asked.measures, counts.get(part.pk, nothing)))
            for part in parts
        ),
        weeks=weeks_until(asked.period.last, asked.period.first, weeks),
        unmet=unmet,
    )


def _figures(measures: Sequence[Measure], found: Mapping[str, Sequence[int]]) -> tuple[Figure, ...]:
    figures = []
    for measure in measures:
        numerator, denominator = found.get(measure.code, (0, 0))
        figures.append(Figure(measure, numerator, None if measure.is_amount else denominator))
    return tuple(figures)


def _parts(area: Area, day: date, counts: Counts) -> Iterator[Area]:
    """The areas one level down: a province's open wards, a ward's neighbourhoods of that day, a
    neighbourhood's lanes; and any other in which something was counted."""
    children = Area.objects.filter(parent=area)
    listed = children.open_wards() if area.level == Level.PROVINCE else children.valid_on(day)
    counted = {code for code, found in counts.items() if any(map(any, found.values()))}
    return iter(children.filter(Q(pk__in=listed.values("pk")) | Q(pk__in=counted)))


def visits_made(area: Area, period: Period) -> QuerySet[Visit]:
    """Visits of the period that count, to homes that stood in `area` on the day of the visit."""
    return visits_in(Places.whole(area), period)


def sessions_held(area: Area, period: Period) -> QuerySet[Session]:
    """Classes of the period in `area`, those of the ward itself too."""
    return sessions_in(Places.together(area), period)


def visits_by_part(area: Area, period: Period) -> dict[str, dict[str, int]]:
    """How many of `visits_made` had which outcome, by the code of the area one level down."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in (
        visits_made(area, period)
        .annotate(part=Places.whole(area).part)
        .values("part", "outcome")
        .annotate(visits=Count("pk"))
        .order_by()
    ):
        found[row["part"]][row["outcome"]] = row["visits"]
    return found


@dataclass(frozen=True)
class Reconciliation:
    """How the visits made in an area lead to its households reached:
    `homes` - `gone` + `from_elsewhere` = `reached`."""

    visits: int
    homes: int  # different ones among the visits
    gone: int  # closed, moved away, or not yet listed at the end of the period
    from_elsewhere: int  # standing here at the end, visited only while they stood elsewhere
    reached: int


def reconcile(counted: Coverage) -> Reconciliation:
    """Costs two queries."""
    made = visits_made(counted.area, counted.period)
    found = made.aggregate(visits=Count("pk"), homes=Count("household", distinct=True))
    # Asked of each home, not of each visit.
    still_here = standing(Places.whole(counted.area), counted.period.last).filter(
        Exists(made.filter(household=OuterRef("household")))
    )
    still = still_here.count()
    reached = counted.figure(HOUSEHOLDS_REACHED).numerator
    return Reconciliation(
        visits=found["visits"],
        homes=found["homes"],
        gone=found["homes"] - still,
        from_elsewhere=reached - still,
        reached=reached,
    )
