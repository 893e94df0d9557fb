"""Residents as they are counted: who of which age agreed, was assessed or taught, progressed, and
reaches which skills."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from outreach.coverage.levels import Requirements, at_the_end, at_the_start, rose
from outreach.coverage.places import PEOPLE, Places, living_there, standing
from outreach.indicators import Measure
from outreach.models import Consent, Rule, Session, Visit
from outreach.periods import Period


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
        earliest, latest = birth_years(measure, year)
        return (latest is None or self.birth_year <= latest) and (
            earliest is None or self.birth_year >= earliest
        )


def birth_years(measure: Measure, year: int) -> tuple[int | None, int | None]:
    """The first and the last year in which those were born who are of age in `year`."""
    earliest = None if measure.maximum_age is None else year - measure.maximum_age
    return earliest, None if measure.minimum_age is None else year - measure.minimum_age


def of_age(measure: Measure, year: int) -> Q:
    """`Profile.is_of_age` of the people of a query."""
    earliest, latest = birth_years(measure, year)
    born = Q()
    if earliest is not None:
        born &= Q(year__gte=earliest)
    if latest is not None:
        born &= Q(year__lte=latest)
    return born if not born or measure.maximum_age is not None else born | Q(year=None)


def profiles(places: Places, period: Period, measures: Sequence[Measure]) -> Counter[Profile]:
    """How many residents of the places have which profile. At most six queries."""
    asked = Requirements(measures)
    reaches: dict = {}
    end: dict = {}
    for person, mask, packed in at_the_end(places, period, asked):
        reaches[person], end[person] = mask, packed
    start: dict[UUID, tuple[int, int]] = {}
    if any(measure.rule == Rule.RESIDENTS_PROGRESSED for measure in measures):
        start = at_the_start(places, period, asked)
    found: Counter[Profile] = Counter()
    for part, person, year, consented, assessed, taught in living(places, period).values_list(
        "part", "person", "year", "consented", "assessed", "taught"
    ):
        before, first = start.get(person, (0, 0))
        progressed = assessed and rose(before, first, end.get(person, 0))
        found[
            Profile(part, year, consented, assessed, taught, progressed, reaches.get(person, 0))
        ] += 1
    return found


# The queries start from where homes stand and join their way to people and levels. Asking whether
# a row's placement is among those makes SQLite try all of them for every row. Conditions on a
# joined table stand in one filter() call, so that they speak of the same row. Nothing is read by
# iterator(): for its cursor PostgreSQL plans to be asked for a few rows only, by a single process.


def living(places: Places, period: Period) -> QuerySet[Any]:
    """Each named `person` of the homes that stand in the places at the end of the period."""
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
        .filter(living_there(period.last))
        .annotate(
            part=places.part,
            person=F(PEOPLE),
            year=F(f"{PEOPLE}__birth_year"),
            consented=Exists(consents),
            assessed=Exists(visits.filter(assessments__resident=OuterRef("person"))),
            taught=Exists(teaching) | Exists(classes.filter(attendees=OuterRef("person"))),
        )
    )
