"""Coverage: each number is defined here once; page, workbook and JSON call `coverage`.

A home counts where it stands at the end of the period, so that nobody is counted twice and the
areas add up. docs/coverage.md explains each definition.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from outreach.indicators import (
    HOUSEHOLDS_MET,
    HOUSEHOLDS_REACHED,
    RESIDENTS_ASSESSED,
    RESIDENTS_CONSENTED,
    Indicator,
    current_indicators,
)
from outreach.models import Assessment, Consent, Placement, Resident, Visit
from outreach.periods import Period, counted_at, local_today
from volunteers.models import Area

Level = Area.Level


@dataclass(frozen=True)
class Figure:
    """An indicator counted: homes or people, as its unit says. `rate` is from 0 to 1; None when
    the denominator is 0."""

    indicator: Indicator
    numerator: int
    denominator: int

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def rate(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "rate": self.rate,
        }


@dataclass(frozen=True)
class AreaCoverage:
    """The figures of one area with everything below it, in the order of `current_indicators`."""

    area: Area
    indicators: tuple[Figure, ...]

    def figure(self, code: str) -> Figure:
        return next(figure for figure in self.indicators if figure.code == code)

    @property
    def is_empty(self) -> bool:
        """Nobody is in any denominator: no list has been imported for this area and day."""
        return not any(figure.denominator for figure in self.indicators)


@dataclass(frozen=True)
class Coverage(AreaCoverage):
    """The figures of an area and a period, and of the areas one level down."""

    period: Period
    as_of: datetime
    by_area: tuple[AreaCoverage, ...]

    @property
    def counted_at(self) -> str:
        return counted_at(self.as_of)

    @property
    def remainder(self) -> AreaCoverage | None:
        """What `by_area` leaves out: homes that stand in the neighbourhood but in none of its
        lanes. None when there is nothing."""
        rest = tuple(
            Figure(
                figure.indicator,
                figure.numerator - sum(part.indicators[place].numerator for part in self.by_area),
                figure.denominator
                - sum(part.indicators[place].denominator for part in self.by_area),
            )
            for place, figure in enumerate(self.indicators)
        )
        left_out = AreaCoverage(self.area, rest)
        return None if left_out.is_empty or not self.by_area else left_out

    def as_json(self) -> dict[str, Any]:
        """The contract of `manage.py coverage --json`."""
        return {
            "area": self.area.code,
            "from": self.period.first.isoformat() if self.period.first else None,
            "to": self.period.last.isoformat(),
            "as_of": timezone.localtime(self.as_of, timezone.get_default_timezone()).isoformat(
                timespec="seconds"
            ),
            "indicators": [figure.as_json() for figure in self.indicators],
            "by_area": [
                {
                    "code": part.area.code,
                    "name": part.area.name,
                    "indicators": [figure.as_json() for figure in part.indicators],
                }
                for part in self.by_area
            ],
        }


# Numerators and denominators by part (the code of an area) and indicator.
Counts = dict[str, dict[str, list[int]]]


def coverage(area: Area, period: Period | None = None, *, now: datetime | None = None) -> Coverage:
    """Count every indicator of `area` and of the areas one level down.

    Without a period: from the beginning until today. Costs five queries for any number of areas.
    """
    now = now or timezone.now()
    period = period or Period(None, local_today(now))
    indicators = current_indicators()
    counts: Counts = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    _count_homes(counts, area, period)
    _count_residents(counts, area, period, indicators)
    _count_levels(counts, area, period, indicators)
    return Coverage(
        area=area,
        indicators=_figures(indicators, counts.values()),
        period=period,
        as_of=now,
        by_area=tuple(
            AreaCoverage(part, _figures(indicators, [counts[part.code]]))
            for part in _parts(area, period.last, {code for code in counts if code != area.code})
        ),
    )


def visits_made(area: Area, period: Period) -> QuerySet[Visit]:
    """Visits of the period that count, to homes that stood in `area` on the day of the visit."""
    visits = Visit.objects.counted().between(period.first, period.last)
    return visits.filter(_inside(area))


def visits_by_part(area: Area, period: Period) -> dict[str, dict[str, int]]:
    """How many of `visits_made` had which outcome, by the code of the area one level down."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in (
        visits_made(area, period)
        .annotate(part=_part(area))
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
    """Costs one query."""
    still_here = standing(counted.area, counted.period.last).filter(household=OuterRef("household"))
    found = visits_made(counted.area, counted.period).aggregate(
        visits=Count("pk"),
        homes=Count("household", distinct=True),
        still=Count("household", distinct=True, filter=Exists(still_here)),
    )
    reached = counted.figure(HOUSEHOLDS_REACHED).numerator
    return Reconciliation(
        visits=found["visits"],
        homes=found["homes"],
        gone=found["homes"] - found["still"],
        from_elsewhere=reached - found["still"],
        reached=reached,
    )


def standing(area: Area, day: date) -> QuerySet[Placement]:
    """Where open homes stand in `area` on `day`: one row a home, the newest where two overlap
    (a list imported late may say that a home stood elsewhere)."""
    then = Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))
    newer = Q(since__gt=OuterRef("since")) | Q(since=OuterRef("since"), pk__gt=OuterRef("pk"))
    still_open = Q(household__closed_on=None) | Q(household__closed_on__gt=day)
    return Placement.objects.filter(
        _inside(area),
        then,
        still_open,
        ~Exists(Placement.objects.filter(then, newer, household=OuterRef("household"))),
        household__opened_on__lte=day,
    )


def _inside(area: Area) -> Q:
    """Rows with a `ward` and an `area` that lie in `area`."""
    match area.level:
        case Level.PROVINCE:
            return Q(ward__parent=area)
        case Level.COMMUNE:
            return Q(ward=area)
        case _:
            return Q(area=area) | Q(area__parent=area)


def _part(area: Area, placement: str = "") -> Combinable:
    """The code of the area one level below `area` where the placement lies; `area` itself where
    there is no lower one. `placement` is the way there, like "household__placements__"."""
    match area.level:
        case Level.PROVINCE:
            return F(f"{placement}ward")
        case Level.COMMUNE:
            in_neighbourhood = {f"{placement}area__level": Level.NEIGHBOURHOOD}
            return Case(
                When(**in_neighbourhood, then=F(f"{placement}area")),
                default=F(f"{placement}area__parent"),
            )
        case _:
            return F(f"{placement}area")


def _parts(area: Area, day: date, counted: set[str]) -> Iterator[Area]:
    """The areas one level down: a province's open wards, a ward's neighbourhoods of that day, a
    neighbourhood's lanes; and any other in which something was counted."""
    children = Area.objects.filter(parent=area)
    listed = children.open_wards() if area.level == Level.PROVINCE else children.valid_on(day)
    return iter(children.filter(Q(pk__in=listed.values("pk")) | Q(pk__in=counted)))


def _figures(
    indicators: list[Indicator], parts: Iterable[dict[str, list[int]]]
) -> tuple[Figure, ...]:
    """The sum over the parts."""
    parts = list(parts)
    return tuple(
        Figure(
            indicator,
            sum(part[indicator.code][0] for part in parts),
            sum(part[indicator.code][1] for part in parts),
        )
        for indicator in indicators
    )


def _count_homes(counts: Counts, area: Area, period: Period) -> None:
    visits = (
        Visit.objects.counted()
        .between(period.first, period.last)
        .filter(household=OuterRef("household"))
    )
    for row in (
        standing(area, period.last)
        .annotate(part=_part(area))
        .values("part")
        .annotate(
            homes=Count("pk"),
            reached=Count("pk", filter=Exists(visits)),
            met=Count("pk", filter=Exists(visits.filter(outcome=Visit.Outcome.MET))),
        )
    ):
        counts[row["part"]][HOUSEHOLDS_REACHED] = [row["reached"], row["homes"]]
        counts[row["part"]][HOUSEHOLDS_MET] = [row["met"], row["homes"]]


def _living_there(resident: str, day: date) -> Q:
    """People named in their home's list by `day` who had not left; `resident` is the way there."""
    return Q(**{f"{resident}since__lte": day}) & (
        Q(**{f"{resident}left_on": None}) | Q(**{f"{resident}left_on__gt": day})
    )


def _aged(age: int, resident: str, day: date) -> Q:
    """People who reach `age` in the year of `day`, and those whose year of birth is not known:
    ward lists leave it out for adults far more often than for children."""
    return Q(**{f"{resident}birth_year": None}) | Q(
        **{f"{resident}birth_year__lte": day.year - age}
    )


def _count_residents(
    counts: Counts, area: Area, period: Period, indicators: list[Indicator]
) -> None:
    """Fills the residents' indicators and the denominators of the skills."""
    consents = Consent.objects.in_force().filter(
        resident=OuterRef("pk"),
        purpose=Consent.Purpose.SKILLS_RECORD,
        given_at__lt=period.end,
    )
    visits = Visit.objects.counted().between(period.first, period.last)
    assessments = Assessment.objects.filter(resident=OuterRef("pk"), visit__in=visits)
    rules = {indicator.code: indicator.rule for indicator in indicators if indicator.rule}
    ages = {rule.minimum_age for rule in rules.values()}
    rows: Iterable[Mapping[str, Any]] = (
        Resident.objects.filter(
            _living_there("", period.last),
            household__placements__in=standing(area, period.last),
        )
        .annotate(part=_part(area, "household__placements__"))
        .values("part")
        .annotate(
            people=Count("pk"),
            consented=Count("pk", filter=Exists(consents)),
            assessed=Count("pk", filter=Exists(assessments)),
            **{f"aged_{age}": Count("pk", filter=_aged(age, "", period.last)) for age in ages},
        )
    )
    for row in rows:
        figures = counts[row["part"]]
        figures[RESIDENTS_CONSENTED] = [row["consented"], row["people"]]
        figures[RESIDENTS_ASSESSED] = [row["assessed"], row["people"]]
        for code, rule in rules.items():
            figures[code][1] = row[f"aged_{rule.minimum_age}"]


def _count_levels(counts: Counts, area: Area, period: Period, indicators: list[Indicator]) -> None:
    """Fills the numerators of the skills.

    Only levels of people whose consent is in force are stored (`outreach.apply`), so every row
    here may be counted.
    """
    codes = {indicator.rule.skill: indicator.code for indicator in indicators if indicator.rule}
    then = Q(visit__voided_at=None, visit__day__lte=period.last)
    newer = Q(visit__visited_at__gt=OuterRef("visit__visited_at")) | Q(
        visit__visited_at=OuterRef("visit__visited_at"),
        visit__event_number__gt=OuterRef("visit__event_number"),
    )
    same = Q(resident=OuterRef("resident"), skill=OuterRef("skill"))
    for row in (
        Assessment.objects.filter(
            then,
            _reached(indicators, period.last),
            _living_there("resident__", period.last),
            ~Exists(Assessment.objects.filter(then, newer, same)),
            resident__household__placements__in=standing(area, period.last),
        )
        .annotate(part=_part(area, "resident__household__placements__"))
        .values("part", "skill")
        .annotate(people=Count("pk"))
    ):
        counts[row["part"]][codes[row["skill"]]][0] = row["people"]


def _reached(indicators: list[Indicator], day: date) -> Q:
    """Assessments at a level that counts, of people in the skill's denominator."""
    skills: dict[tuple[int, int], list[str]] = defaultdict(list)
    for indicator in indicators:
        if rule := indicator.rule:
            skills[rule.threshold, rule.minimum_age].append(rule.skill)
    reached = Q(pk__in=[])
    for (threshold, age), codes in skills.items():
        reached |= Q(skill__in=codes, level__gte=threshold) & _aged(age, "resident__", day)
    return reached
