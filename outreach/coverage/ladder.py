"""The ladder before and after: how many people are at which level of each skill at the start and at
the end of a period."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from courses.models import Skill
from outreach.coverage.people import levels
from outreach.coverage.places import Places
from outreach.coverage.tallies import Asked, of_places
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
    if area.level == Level.PROVINCE:
        return [_nobody(skills)]
    if area.level == Level.LANE:
        return list(_count(Places.whole(area), period, skills).values())
    ward = area if area.level == Level.COMMUNE else area.ward
    assert ward is not None
    codes = [area.pk]
    if area == ward:
        codes = list(Area.objects.filter(parent=ward).values_list("pk", flat=True))
    asked = Asked(period, (), now, apart=_rules(skills))
    found = of_places(
        ward,
        codes,
        asked,
        lambda again: {
            **dict.fromkeys(again, _nobody(skills)),
            **_count(Places.neighbourhoods(ward, again), period, skills),
        },
    )
    return list(found.values())


def _count(places: Places, period: Period, skills: Sequence[Skill]) -> Mapping[str, dict]:
    """By part and skill: how many are at each level before, and after."""
    found: dict[str, dict] = {}
    year = period.last.year
    for one, people in levels(places, period, [skill.code for skill in skills]).items():
        part = found.setdefault(one.part, _nobody(skills))
        for skill, start, end in zip(skills, one.start, one.end, strict=True):
            # Who has no year of birth is an adult, as everywhere in the coverage.
            too_young = one.birth_year is not None and year - one.birth_year < skill.minimum_age
            if start is not None and end is not None and not too_young:
                part[skill.code][0][start] += people
                part[skill.code][1][end] += people
    return found


def _nobody(skills: Sequence[Skill]) -> dict:
    return {skill.code: [[0] * (HIGHEST + 1), [0] * (HIGHEST + 1)] for skill in skills}


def _rules(skills: Sequence[Skill]) -> str:
    said = json.dumps([[skill.code, skill.scale, skill.minimum_age] for skill in skills])
    return "ladder" + hashlib.sha256(said.encode()).hexdigest()[:10]
