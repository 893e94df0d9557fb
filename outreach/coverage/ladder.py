"""The ladder before and after: how many people are at which level of each skill at the start and at
the end of a period."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from courses.models import Skill
from outreach.coverage.levels import BITS, Requirements, at_the_end, at_the_start
from outreach.coverage.places import PEOPLE, Places, living_there, standing
from outreach.coverage.tallies import Asked, of_places
from outreach.indicators import Measure
from outreach.models import Rule
from outreach.periods import Period
from volunteers.models import Area

Level = Area.Level
HIGHEST = 3  # of both scales


@dataclass(frozen=True)
class Steps:
    """How many people are at each level of a skill, from the lowest, before and after. Both count
    the same people."""

    skill: Skill
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def people(self) -> int:
        """Those of whom the skill is known at the end of the period."""
        return sum(self.after)

    @property
    def is_ladder(self) -> bool:
        return self.skill.scale == Skill.Scale.LADDER


def ladder(area: Area, period: Period, *, now: datetime | None = None) -> tuple[Steps, ...]:
    """Each skill of the catalogue among the people who stand in `area` at the end of the period,
    are of the skill's age and let their skills be recorded. Nothing for a province.

    What was counted before and has not changed is not counted again.
    """
    skills = list(Skill.objects.current())
    parts = _of(area, period, skills, now or timezone.now())

    def people(skill: Skill, side: int) -> tuple[int, ...]:
        return tuple(
            sum(part[skill.code][side][level] for part in parts) for level in skill.levels.values
        )

    return tuple(Steps(skill, people(skill, 0), people(skill, 1)) for skill in skills)


def _of(area: Area, period: Period, skills: Sequence[Skill], now: datetime) -> list[dict]:
    ward = area.ward
    if ward is None:
        return []
    if area.level == Level.LANE:
        return list(_count(Places.whole(area), period, skills).values())
    codes = [area.pk]
    if area == ward:
        codes = list(Area.objects.filter(parent=ward).values_list("pk", flat=True))

    def counting(again: list[str]) -> Mapping[str, dict]:
        found = _count(Places.neighbourhoods(ward, again), period, skills)
        return {code: found.get(code, _nobody(skills)) for code in again}

    asked = Asked(period, (), now, apart=_rules(skills))
    return list(of_places(ward, codes, asked, counting).values())


@dataclass(frozen=True)
class _Climb:
    """What is asked of a resident: the levels at the start and at the end, packed."""

    part: str
    birth_year: int | None
    start: int
    end: int


def _count(places: Places, period: Period, skills: Sequence[Skill]) -> Mapping[str, dict]:
    """By part and skill: how many are at each level before, and after."""
    asked = Requirements([_measure(skills)])
    shifts = [BITS * asked.skills.index(skill.code) for skill in skills]
    digit = (1 << BITS) - 1
    found: dict[str, dict] = {}
    for one, people in _climbs(places, period, asked).items():
        part = found.setdefault(one.part, _nobody(skills))
        for skill, shift in zip(skills, shifts, strict=True):
            start, end = one.start >> shift & digit, one.end >> shift & digit
            if end and _is_of_age(skill, one.birth_year, period.last.year):
                part[skill.code][0][start - 1] += people
                part[skill.code][1][end - 1] += people
    return found


def _is_of_age(skill: Skill, birth_year: int | None, year: int) -> bool:
    """Who has no year of birth is an adult, as everywhere in the coverage."""
    return birth_year is None or year - birth_year >= skill.minimum_age


def _measure(skills: Sequence[Skill]) -> Measure:
    """Any level of any of these."""
    pairs = tuple((skill.code, 0) for skill in skills)
    return Measure("", Rule.RESIDENTS_ABLE, "", "", "", "", pairs)


def _climbs(places: Places, period: Period, asked: Requirements) -> Counter[_Climb]:
    """How many residents of the places climbed how; only those with a level at the end. At most
    five queries.

    The level at the start is the newest before the period; where there is none, the first seen in
    it.
    """
    end = {person: packed for person, _mask, packed in at_the_end(places, period, asked)}
    began = at_the_start(places, period, asked)
    found: Counter[_Climb] = Counter()
    people = standing(places, period.last).filter(living_there(period.last))
    for part, person, year in people.annotate(part=places.part).values_list(
        "part", PEOPLE, f"{PEOPLE}__birth_year"
    ):
        packed = end.get(person, 0)
        if packed:
            # Who was not assessed in the period ends it as they began.
            before, first = began.get(person, (packed, 0))
            found[_Climb(part, year, _or_else(before, first), packed)] += 1
    return found


def _or_else(packed: int, others: int) -> int:
    """The levels of `packed`, and those of `others` where it has none."""
    digit, shift = (1 << BITS) - 1, 0
    while others >> shift:
        if not packed >> shift & digit:
            packed |= others & digit << shift
        shift += BITS
    return packed


def _nobody(skills: Sequence[Skill]) -> dict:
    return {skill.code: [[0] * (HIGHEST + 1), [0] * (HIGHEST + 1)] for skill in skills}


def _rules(skills: Sequence[Skill]) -> str:
    said = json.dumps([[skill.code, skill.scale, skill.minimum_age] for skill in skills])
    return "ladder" + hashlib.sha256(said.encode()).hexdigest()[:10]
