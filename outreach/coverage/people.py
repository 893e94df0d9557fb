"""Residents as they are counted: who of which age agreed, was assessed or taught, progressed, and
reaches which skills."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from outreach.coverage.places import Places, standing
from outreach.indicators import Measure
from outreach.models import Assessment, Consent, Placement, Rule, Session, Visit
from outreach.periods import Period

PEOPLE = "household__residents"
# A level and whether it is known, in three bits: 0 is none, 1 the lowest.
BITS = 3


@dataclass(frozen=True)
class Profile:
    """What the counting asks of a resident. `reaches` has a bit for each pair of skill and level of
    `Requirements`."""

    part: str
    birth_year: int | None
    consented: bool
    assessed: bool
    taught: bool
    progressed: bool
    reaches: int

    def is_of_age(self, measure: Measure, year: int) -> bool:
        """Ages are those reached in the year; who has no year of birth is an adult: ward lists
        leave it out for adults far more often than for children."""
        if self.birth_year is None:
            return measure.maximum_age is None
        age = year - self.birth_year
        return (measure.minimum_age is None or age >= measure.minimum_age) and (
            measure.maximum_age is None or age <= measure.maximum_age
        )


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
            When(Q(**{skill: code, f"{level}__gte": least}), then=Value(bit))
            for (code, least), bit in self.bits.items()
        )

    def packed(self, skill: str, level: str) -> Sum:
        """All levels of a person in one number."""
        # Or PostgreSQL would reckon in 32 bits.
        wide = Cast(level, BigIntegerField())
        return _sum(
            When(Q(**{skill: code}), then=(wide + 1) * (1 << BITS * place))
            for place, code in enumerate(self.skills)
        )


def _sum(cases: Iterable[When]) -> Sum:
    wide = BigIntegerField()
    return Sum(Case(*cases, default=Value(0), output_field=wide), output_field=wide)


def profiles(places: Places, period: Period, measures: Sequence[Measure]) -> Counter[Profile]:
    """How many residents of the places have which profile. At most six queries."""
    asked = Requirements(measures)
    reaches: dict = {}
    end: dict = {}
    for person, mask, packed in _at_the_end(places, period, asked):
        reaches[person], end[person] = mask, packed
    start: dict[UUID, tuple[int, int]] = {}
    if any(measure.rule == Rule.RESIDENTS_PROGRESSED for measure in measures):
        start = _at_the_start(places, period, asked)
    found: Counter[Profile] = Counter()
    for part, person, year, consented, assessed, taught in _living(places, period):
        before, first = start.get(person, (0, 0))
        progressed = assessed and _rose(before, first, end.get(person, 0))
        found[
            Profile(part, year, consented, assessed, taught, progressed, reaches.get(person, 0))
        ] += 1
    return found


def _rose(before: int, first: int, end: int) -> bool:
    """Whether one of the packed levels is higher at the end than before the period, or than when it
    was first seen in it."""
    digit = (1 << BITS) - 1
    while end:
        began = before & digit or first & digit
        if began and end & digit > began:
            return True
        before, first, end = before >> BITS, first >> BITS, end >> BITS
    return False


def _living_there(day: date) -> Q:
    """Of placements: people named in the home's list by `day` who had not left."""
    return Q(**{f"{PEOPLE}__since__lte": day}) & (
        Q(**{f"{PEOPLE}__left_on": None}) | Q(**{f"{PEOPLE}__left_on__gt": day})
    )


# The queries start from where homes stand and join their way to people and levels. Asking whether
# a row's placement is among those makes SQLite try all of them for every row. Conditions on a
# joined table stand in one filter() call, so that they speak of the same row. Nothing is read by
# iterator(): for its cursor PostgreSQL plans to be asked for a few rows only, by a single process.


def _living(places: Places, period: Period):
    consents = Consent.objects.in_force().filter(
        resident=OuterRef("person"),
        purpose=Consent.Purpose.SKILLS_RECORD,
        given_at__lt=period.end,
    )
    visits = Visit.objects.counted().between(period.first, period.last)
    teaching = visits.exclude(lessons_taught=[]).filter(met=OuterRef("person"))
    classes = Session.objects.between(period.first, period.last)
    return (
        standing(places, period.last)
        .filter(_living_there(period.last))
        .annotate(
            part=places.part,
            person=F(PEOPLE),
            year=F(f"{PEOPLE}__birth_year"),
            consented=Exists(consents),
            assessed=Exists(visits.filter(assessments__resident=OuterRef("person"))),
            taught=Exists(teaching) | Exists(classes.filter(attendees=OuterRef("person"))),
        )
        .values_list("part", "person", "year", "consented", "assessed", "taught")
    )


def _at_the_end(places: Places, period: Period, asked: Requirements):
    """Each person with what they reach and their levels, at the end of the period.

    Only levels of people whose consent is in force are stored (`outreach.rows`), so every row here
    may be counted.
    """
    if not Visit.objects.filter(places.wards, day__gt=period.last).exists():
        # The levels at the end are the newest, and those are kept.
        kept = f"{PEOPLE}__skills__"
        found = standing(places, period.last).filter(
            _living_there(period.last), **{f"{kept}skill__in": asked.skills}
        )
        return _grouped(found, asked, f"{kept}skill", f"{kept}level")
    then = {"visit__voided_at": None, "visit__day__lte": period.last}
    return _chosen(places, period.last, asked, then, newest=True)


def _at_the_start(places: Places, period: Period, asked: Requirements) -> dict:
    """Each person's levels before the period, and those first seen in it."""
    within = {"visit__voided_at": None, "visit__day__lte": period.last}
    before: dict = {}
    if period.first is not None:
        within["visit__day__gte"] = period.first
        earlier = {"visit__voided_at": None, "visit__day__lt": period.first}
        for person, _mask, packed in _chosen(places, period.last, asked, earlier, newest=True):
            before[person] = packed
    first = {
        person: packed
        for person, _mask, packed in _chosen(places, period.last, asked, within, newest=False)
    }
    return {person: (before.get(person, 0), packed) for person, packed in first.items()}


def _chosen(places: Places, day: date, asked: Requirements, then: dict, *, newest: bool):
    """Each person with what they reach and their levels, by the newest or the first of their
    assessments that are `then`."""
    seen = f"{PEOPLE}__assessments__"
    sign = "gt" if newest else "lt"
    moment, number = OuterRef("moment"), OuterRef("number")
    further = Q(**{f"visit__visited_at__{sign}": moment}) | Q(
        **{"visit__visited_at": moment, f"visit__event_number__{sign}": number}
    )
    others = Assessment.objects.filter(
        further, resident=OuterRef("person"), skill=OuterRef("skill"), **then
    )
    found = (
        standing(places, day)
        .filter(
            _living_there(day),
            **{f"{seen}skill__in": asked.skills},
            **{f"{seen}{name}": value for name, value in then.items()},
        )
        .annotate(
            person=F(PEOPLE),
            skill=F(f"{seen}skill"),
            moment=F(f"{seen}visit__visited_at"),
            number=F(f"{seen}visit__event_number"),
        )
        .filter(~Exists(others))
    )
    return _grouped(found, asked, f"{seen}skill", f"{seen}level")


def _grouped(found: QuerySet[Placement], asked: Requirements, skill: str, level: str):
    return (
        found.values(PEOPLE)
        .annotate(reached=asked.reached(skill, level), packed=asked.packed(skill, level))
        .values_list(PEOPLE, "reached", "packed")
    )
