"""What the coverage counts, in words: name, unit, numerator and denominator of each indicator.

The rules that count them are in `outreach.coverage`; the codes are a contract with other programs.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import Skill

HOUSEHOLDS_REACHED = "households_reached"
HOUSEHOLDS_MET = "households_met"
RESIDENTS_CONSENTED = "residents_consented"
RESIDENTS_ASSESSED = "residents_assessed"


@dataclass(frozen=True)
class SkillRule:
    """Which levels count: from `threshold` on, of people aged `minimum_age` years or over."""

    skill: str
    minimum_age: int
    threshold: int


@dataclass(frozen=True)
class Indicator:
    """One indicator, with its words in the language that was active when it was made.

    `rule` is None where no skill is meant: then people of every age count.
    """

    code: str
    name: str
    unit: str
    numerator: str
    denominator: str
    among: str  # the denominator in a few words, for a table
    rule: SkillRule | None = None

    @property
    def explanation(self) -> str:
        return _("Denominator: %(denominator)s. Numerator: %(numerator)s.") % {
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


def current_indicators() -> list[Indicator]:
    """Households, residents, then every skill of the current catalogue: the ladder, then the
    yes/no ones. Costs one query."""
    skills = list(Skill.objects.current())
    ladder = [skill for skill in skills if skill.scale == Skill.Scale.LADDER]
    facts = [skill for skill in skills if skill.scale == Skill.Scale.YES_NO]
    return [*_of_households(), *_of_residents(), *map(_of_ladder, ladder), *map(_of_fact, facts)]


def _of_households() -> list[Indicator]:
    homes = _("open households that stand in the area at the end of the period")
    unit, among = pgettext("unit", "households"), _("households in the area")
    return [
        Indicator(
            HOUSEHOLDS_REACHED,
            _("Households reached"),
            unit,
            _("of these, those visited at least once in the period, whatever came of it"),
            homes,
            among,
        ),
        Indicator(
            HOUSEHOLDS_MET,
            _("Households where someone was met"),
            unit,
            _("of these, those where a visit in the period met someone"),
            homes,
            among,
        ),
    ]


def _of_residents() -> list[Indicator]:
    people = _("named residents of these households at the end of the period, of every age")
    unit, among = pgettext("unit", "people"), _("residents by name")
    return [
        Indicator(
            RESIDENTS_CONSENTED,
            _("Residents who agreed to the skills record"),
            unit,
            _("of these, those who agreed by the end of the period and have not withdrawn"),
            people,
            among,
        ),
        Indicator(
            RESIDENTS_ASSESSED,
            _("Residents whose skills were assessed"),
            unit,
            _("of these, those assessed in at least one skill during the period"),
            people,
            among,
        ),
    ]


def _of_ladder(skill: Skill) -> Indicator:
    return _of_skill(
        skill,
        f"skill.{skill.code}",
        _("Does it alone: %(skill)s") % {"skill": skill.name},
        _("of these, those whose newest level at the end of the period is 2 or 3"),
        skill.reached_from,
    )


def _of_fact(skill: Skill) -> Indicator:
    return _of_skill(
        skill,
        f"fact.{skill.code}",
        skill.name,
        _("of these, those whose newest answer at the end of the period is yes"),
        skill.reached_from,
    )


def _of_skill(skill: Skill, code: str, name: str, numerator: str, threshold: int) -> Indicator:
    people = _(
        "named residents of these households at the end of the period, aged %(age)s or over in "
        "that year; without a year of birth, counted as adults"
    ) % {"age": skill.minimum_age}
    return Indicator(
        code,
        name,
        pgettext("unit", "people"),
        numerator,
        people,
        _("residents aged %(age)s or over") % {"age": skill.minimum_age},
        SkillRule(skill.code, skill.minimum_age, threshold),
    )
