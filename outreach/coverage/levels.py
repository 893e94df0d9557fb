"""Skill levels of residents: the newest at the end of a period, those before it, and what rose.

Asked for everybody at once (`at_the_end`, `at_the_start`), or within a query about people who each
have a `person` (`reaches`, `progressed`). Which level is the newest, or the first, is said once.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from outreach.coverage.places import PEOPLE, Places, living_there, standing
from outreach.indicators import Measure
from outreach.models import Assessment, Placement, ResidentSkill, Visit
from outreach.periods import Period

# A level and whether it is known, in three bits: 0 is none, 1 the lowest.
BITS = 3


class Requirements:
    """The pairs of skill and level that the measures ask for."""

    def __init__(self, measures: Iterable[Measure]):
        pairs = sorted({pair for measure in measures for pair in measure.skills})
        self.bits = {pair: 1 << place for place, pair in enumerate(pairs)}
        self.skills = sorted({skill for skill, _level in pairs})

    def mask(self, measure: Measure) -> int:
        return sum(self.bits[pair] for pair in measure.skills)

    def reached(self, skill: str, level: str) -> Sum:
        """In a query grouped by person over rows with a skill and a level."""
        return _sum(
            When(_meets(pair, skill, level), then=Value(bit)) for pair, bit in self.bits.items()
        )

    def packed(self, skill: str, level: str) -> Sum:
        """All levels of a person in one number."""
        # Or PostgreSQL would reckon in 32 bits.
        wide = Cast(level, BigIntegerField())
        return _sum(
            When(Q(**{skill: code}), then=(wide + 1) * (1 << BITS * place))
            for place, code in enumerate(self.skills)
        )


def _meets(pair: tuple[str, int], skill: str = "skill", level: str = "level") -> Q:
    code, least = pair
    return Q(**{skill: code, f"{level}__gte": least})


def _sum(cases: Iterable[When]) -> Sum:
    wide = BigIntegerField()
    return Sum(Case(*cases, default=Value(0), output_field=wide), output_field=wide)


def rose(before: int, first: int, end: int) -> bool:
    """Whether one of the packed levels is higher at the end than before the period, or than when it
    was first seen in it."""
    digit = (1 << BITS) - 1
    while end:
        began = before & digit or first & digit
        if began and end & digit > began:
            return True
        before, first, end = before >> BITS, first >> BITS, end >> BITS
    return False


# Which assessments are looked at: those of visits that count, up to the end of the period, before
# it, or within it.


def _until(period: Period) -> dict[str, Any]:
    return {"visit__voided_at": None, "visit__day__lte": period.last}


def _before(period: Period) -> dict[str, Any]:
    return {"visit__voided_at": None, "visit__day__lt": period.first}


def _within(period: Period) -> dict[str, Any]:
    since = {"visit__day__gte": period.first} if period.first is not None else {}
    return _until(period) | since


def _newest_are_kept(places: Places, period: Period) -> bool:
    """Whether the levels at the end are the newest of all, which are kept.

    Only levels of people whose consent is in force are stored (`outreach.rows`), so every row may
    be counted.
    """
    return not Visit.objects.filter(places.wards, day__gt=period.last).exists()


def _unsurpassed(rows: QuerySet, then: dict[str, Any], *, newest: bool) -> QuerySet:
    """Of rows with the `person`, `skill`, `moment` and event's `number` of an assessment: the
    newest, or the first, of those that are `then`."""
    sign = "gt" if newest else "lt"
    moment, number = OuterRef("moment"), OuterRef("number")
    further = Q(**{f"visit__visited_at__{sign}": moment}) | Q(
        **{"visit__visited_at": moment, f"visit__event_number__{sign}": number}
    )
    others = Assessment.objects.filter(
        further, resident=OuterRef("person"), skill=OuterRef("skill"), **then
    )
    return rows.filter(~Exists(others))


# Of everybody at once.


def at_the_end(places: Places, period: Period, asked: Requirements):
    """Each person with what they reach and their levels, at the end of the period."""
    if _newest_are_kept(places, period):
        kept = f"{PEOPLE}__skills__"
        found = standing(places, period.last).filter(
            living_there(period.last), **{f"{kept}skill__in": asked.skills}
        )
        return _grouped(found, asked, f"{kept}skill", f"{kept}level")
    return _chosen(places, period.last, asked, _until(period), newest=True)


def at_the_start(places: Places, period: Period, asked: Requirements) -> dict:
    """Each person's levels before the period, and those first seen in it."""
    before: dict = {}
    if period.first is not None:
        earlier = _before(period)
        for person, _mask, packed in _chosen(places, period.last, asked, earlier, newest=True):
            before[person] = packed
    first = {
        person: packed
        for person, _mask, packed in _chosen(
            places, period.last, asked, _within(period), newest=False
        )
    }
    return {person: (before.get(person, 0), packed) for person, packed in first.items()}


def _chosen(places: Places, day: date, asked: Requirements, then: dict, *, newest: bool):
    """Each person with what they reach and their levels, by the newest or the first of their
    assessments that are `then`."""
    seen = f"{PEOPLE}__assessments__"
    found = (
        standing(places, day)
        .filter(
            living_there(day),
            **{f"{seen}skill__in": asked.skills},
            **{f"{seen}{name}": value for name, value in then.items()},
        )
        .annotate(
            person=F(PEOPLE),
            skill=F(f"{seen}skill"),
            moment=F(f"{seen}visit__visited_at"),
            number=F(f"{seen}visit__event_number"),
        )
    )
    found = _unsurpassed(found, then, newest=newest)
    return _grouped(found, asked, f"{seen}skill", f"{seen}level")


def _grouped(found: QuerySet[Placement], asked: Requirements, skill: str, level: str):
    return (
        found.values(PEOPLE)
        .annotate(reached=asked.reached(skill, level), packed=asked.packed(skill, level))
        .values_list(PEOPLE, "reached", "packed")
    )


# Of each person of a query.


def newest_levels(places: Places, period: Period) -> QuerySet[Any]:
    """Rows with the `resident`, `skill` and `level` of each skill of each person at the end of the
    period, of people of the places' wards."""
    if _newest_are_kept(places, period):
        return ResidentSkill.objects.all()
    return _of_residents(_until(period), newest=True)


def _of_residents(then: dict[str, Any], *, newest: bool) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(**then).annotate(
        person=F("resident"),
        moment=F("visit__visited_at"),
        number=F("visit__event_number"),
    )
    return _unsurpassed(rows, then, newest=newest).order_by()


def reaches(places: Places, period: Period, measure: Measure) -> Exists:
    """Whether a query's `person` reaches as many of the measure's skills as it asks for."""
    wanted = Q()
    for pair in measure.skills:
        wanted |= _meets(pair)
    met = newest_levels(places, period).filter(wanted, resident=OuterRef("person"))
    if measure.at_least == 1:
        return Exists(met)
    enough = met.order_by().values("resident").annotate(skills=Count("skill"))
    return Exists(enough.filter(skills__gte=measure.at_least))


def progressed(places: Places, period: Period, skills: Iterable[str]) -> Exists:
    """Whether one of a query's `person`'s levels is higher at the end than before the period, or
    than when it was first seen in it."""
    began = [_level_of_row(_within(period), newest=False)]
    if period.first is not None:
        began.insert(0, _level_of_row(_before(period), newest=True))
    end = newest_levels(places, period).filter(skill__in=skills, resident=OuterRef("person"))
    start = Coalesce(*began) if len(began) > 1 else began[0]
    return Exists(end.filter(level__gt=start))


def _level_of_row(then: dict[str, Any], *, newest: bool) -> Subquery:
    """The level of the same person and skill."""
    same = {"resident": OuterRef("resident"), "skill": OuterRef("skill")}
    return Subquery(_of_residents(then, newest=newest).filter(**same).values("level")[:1])
