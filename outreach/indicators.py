"""The indicators in force, each with its rule, its parameters and its words.

The rules that count them are in `outreach.coverage`; the codes of the standard ones are a contract
with other programs.
"""

import hashlib
import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from courses.models import Skill
from outreach.models import Indicator, Rule
from outreach.models.indicators import AMOUNTS, OF_HOUSEHOLDS, OF_RESIDENTS

HOUSEHOLDS_REACHED = "households_reached"
RESIDENTS_CONSENTED = "residents_consented"


@dataclass(frozen=True)
class Measure:
    """An indicator as it is counted, with its words in the language that was active when it was
    read.

    `skills` with the level from which each counts; `at_least` so many of them. Ages in years, both
    ends included; None: no limit. `kind` of household, empty: any.
    """

    code: str
    rule: Rule
    name: str
    unit: str
    explanation: str
    among: str  # the denominator in a few words, for a table; empty: there is none
    skills: tuple[tuple[str, int], ...] = ()
    at_least: int = 1
    minimum_age: int | None = None
    maximum_age: int | None = None
    kind: str = ""
    is_standard: bool = True

    @property
    def is_amount(self) -> bool:
        """Whether there is no denominator."""
        return self.rule in AMOUNTS

    @property
    def counts_people(self) -> bool:
        return self.rule in OF_RESIDENTS

    @property
    def counts_homes(self) -> bool:
        return self.rule in OF_HOUSEHOLDS


def current_indicators(*, hidden_standard: bool = False) -> list[Measure]:
    """Those that are shown, in their order, and the standard ones that are hidden if they are
    wanted too. Costs two queries."""
    rows = Indicator.objects.prefetch_related("skills")
    rows = rows.filter(Q(hidden=False) | Q(standard=True)) if hidden_standard else rows.shown()
    return [measure_of(row) for row in rows if is_countable(row)]


def fingerprint(measures: Iterable[Measure]) -> str:
    """Changes when something is counted otherwise; words do not matter."""
    said = [
        [
            one.code,
            one.rule,
            one.skills,
            one.at_least,
            one.minimum_age,
            one.maximum_age,
            one.kind,
        ]
        for one in sorted(measures, key=lambda one: one.code)
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def put_standard() -> None:
    """Make the standard indicators what this version and the skills catalogue say; words, order and
    whether they are shown stay as somebody set them. Doing it again changes nothing."""
    skills = list(Skill.objects.current())
    ladder = [skill for skill in skills if skill.scale == Skill.Scale.LADDER]
    facts = [skill for skill in skills if skill.scale == Skill.Scale.YES_NO]
    wanted: list[tuple[str, Rule, list[Skill]]] = [
        *((rule.value, rule, []) for rule in OF_EVERYBODY),
        *((f"element.{code}", Rule.RESIDENTS_ABLE, _of(skills, code)) for code in ELEMENTS),
        *((f"skill.{skill.code}", Rule.RESIDENTS_ABLE, [skill]) for skill in ladder),
        *((f"fact.{skill.code}", Rule.RESIDENTS_ABLE, [skill]) for skill in facts),
        *((rule.value, rule, []) for rule in OF_TEAMS),
    ]
    known = {row.pk: row for row in Indicator.objects.filter(standard=True)}
    for position, (code, rule, chosen) in enumerate(wanted, start=1):
        row = known.pop(code, None)
        if row is None:
            row, _made = Indicator.objects.update_or_create(
                code=code,
                defaults={"rule": rule, "standard": True, "position": 10 * position},
            )
            row.skills.set(chosen)
    # A skill that the catalogue no longer has is counted no more.
    Indicator.objects.filter(pk__in=known).update(hidden=True)


OF_EVERYBODY = (
    Rule.HOUSEHOLDS_REACHED,
    Rule.HOUSEHOLDS_MET,
    Rule.HOUSEHOLDS_ASSESSED,
    Rule.RESIDENTS_CONSENTED,
    Rule.RESIDENTS_ASSESSED,
    Rule.RESIDENTS_TAUGHT,
    Rule.RESIDENTS_PROGRESSED,
)
OF_TEAMS = (
    Rule.SESSIONS_HELD,
    Rule.CLASS_ATTENDANCE,
    Rule.REFERRALS_ANSWERED,
    Rule.PERSON_DAYS,
)
# The four elements of Plan 31/KH-UBND of Ho Chi Minh City, 27/1/2026, and the facts that say that
# somebody has one; for the skill any of the ladder. The plan gives no formula: ours, and it can be
# changed at the desk.
ELEMENTS = {
    "identity": ("eid_activated",),
    "device": ("smartphone",),
    "account": ("payment_account",),
    "skill": None,
}


def _of(skills: list[Skill], element: str) -> list[Skill]:
    codes = ELEMENTS[element]
    if codes is None:
        return [skill for skill in skills if skill.scale == Skill.Scale.LADDER]
    return [skill for skill in skills if skill.code in codes]


def is_countable(row: Indicator) -> bool:
    """Without a skill left there is nothing to count."""
    current = [skill for skill in row.skills.all() if skill.retired_in_version is None]
    return row.rule != Rule.RESIDENTS_ABLE or len(current) >= row.at_least


def measure_of(row: Indicator) -> Measure:
    """The indicator as it is counted, shown or not, with its words in the active language."""
    rule = Rule(row.rule)
    skills = [skill for skill in row.skills.all() if skill.retired_in_version is None]
    if rule != Rule.RESIDENTS_ABLE:
        skills = []
    minimum_age = row.minimum_age
    if minimum_age is None and skills:
        minimum_age = max(skill.minimum_age for skill in skills)
    is_of_people = rule in OF_RESIDENTS
    minimum_age = minimum_age if is_of_people else None
    maximum_age = row.maximum_age if is_of_people else None
    among = "" if rule in AMOUNTS else row.among or _among(row, rule, minimum_age, maximum_age)
    return Measure(
        code=row.code,
        rule=rule,
        name=row.name or _name(row, rule, skills),
        unit=row.unit or _unit(rule),
        explanation=row.explanation or _explanation(row, rule, skills, minimum_age, maximum_age),
        among=among,
        skills=tuple(
            (skill.code, _threshold(skill, row.threshold))
            for skill in sorted(skills, key=lambda skill: skill.code)
        ),
        at_least=row.at_least,
        minimum_age=minimum_age,
        maximum_age=maximum_age,
        kind=row.kind if rule in OF_HOUSEHOLDS else "",
        is_standard=row.standard,
    )


def standard_words(row: Indicator) -> Measure:
    """The indicator with the words that it has where nobody wrote others."""
    bare = copy(row)
    bare.name = bare.explanation = bare.unit = bare.among = ""
    return measure_of(bare)


def _threshold(skill: Skill, wanted: int | None) -> int:
    if wanted is None or skill.scale != Skill.Scale.LADDER:
        return skill.reached_from
    return wanted


# The standard words.


def _name(row: Indicator, rule: Rule, skills: list[Skill]) -> str:
    if row.code.startswith("element."):
        element = row.code.removeprefix("element.")
        return _("Has the element: %(element)s") % {"element": Skill.Element(element).label.lower()}
    if rule == Rule.RESIDENTS_ABLE and len(skills) == 1:
        (skill,) = skills
        if skill.scale == Skill.Scale.LADDER:
            return _("Does it alone: %(skill)s") % {"skill": skill.name}
        return skill.name
    names = {
        Rule.HOUSEHOLDS_REACHED: _("Households reached"),
        Rule.HOUSEHOLDS_MET: _("Households where someone was met"),
        Rule.HOUSEHOLDS_ASSESSED: _("Households where someone was assessed"),
        Rule.RESIDENTS_CONSENTED: _("Residents who agreed to the skills record"),
        Rule.RESIDENTS_ASSESSED: _("Residents whose skills were assessed"),
        Rule.RESIDENTS_TAUGHT: _("Residents who were taught"),
        Rule.RESIDENTS_PROGRESSED: _("Residents who progressed"),
        Rule.RESIDENTS_ABLE: ", ".join(skill.name for skill in skills),
        Rule.SESSIONS_HELD: _("Classes held"),
        Rule.CLASS_ATTENDANCE: _("People who came to classes"),
        Rule.REFERRALS_ANSWERED: _("Referrals that were answered"),
        Rule.PERSON_DAYS: _("Person-days of the teams"),
    }
    return names[rule]


def _unit(rule: Rule) -> str:
    if rule in OF_HOUSEHOLDS:
        return pgettext("unit", "households")
    return {
        Rule.SESSIONS_HELD: pgettext("unit", "classes"),
        Rule.REFERRALS_ANSWERED: pgettext("unit", "referrals"),
        Rule.PERSON_DAYS: pgettext("unit", "person-days"),
    }.get(rule, pgettext("unit", "people"))


def _among(row: Indicator, rule: Rule, least: int | None, most: int | None) -> str:
    if rule in OF_HOUSEHOLDS:
        if row.kind:
            kind = row.get_kind_display().lower()
            return _("%(kind)s in the area") % {"kind": kind}
        return _("households in the area")
    if rule == Rule.REFERRALS_ANSWERED:
        return _("referrals made in the period")
    if rule == Rule.RESIDENTS_PROGRESSED:
        return _("residents assessed in the period")
    if least and most:
        return _("residents aged %(least)s to %(most)s") % {"least": least, "most": most}
    if least:
        return _("residents aged %(age)s or over") % {"age": least}
    if most:
        return _("residents aged %(age)s or under") % {"age": most}
    return _("residents by name")


def _explanation(
    row: Indicator, rule: Rule, skills: list[Skill], least: int | None, most: int | None
) -> str:
    if rule in AMOUNTS:
        return _amount(rule)
    return _("Denominator: %(denominator)s. Numerator: %(numerator)s.") % {
        "numerator": _numerator(row, rule, skills),
        "denominator": _denominator(row, rule, least, most),
    }


def _amount(rule: Rule) -> str:
    return {
        Rule.SESSIONS_HELD: _("Classes held in the area in the period."),
        Rule.CLASS_ATTENDANCE: _(
            "The head counts of the classes held in the period, added up; who came twice counts "
            "twice."
        ),
        Rule.PERSON_DAYS: _(
            "For each day of the period the people who made a visit, came along on one or led a "
            "class in the area; each once a day."
        ),
    }[rule]


def _denominator(row: Indicator, rule: Rule, least: int | None, most: int | None) -> str:
    if rule in OF_HOUSEHOLDS:
        if row.kind:
            return _("open %(kind)s that stand in the area at the end of the period") % {
                "kind": row.get_kind_display().lower()
            }
        return _("open households that stand in the area at the end of the period")
    if rule == Rule.REFERRALS_ANSWERED:
        return _("referrals made in the period for households that stand in the area at its end")
    if rule == Rule.RESIDENTS_PROGRESSED:
        return _("named residents of these households who were assessed in the period")
    if least and most:
        return _(
            "named residents of these households at the end of the period, aged %(least)s to "
            "%(most)s in that year"
        ) % {"least": least, "most": most}
    if least:
        return _(
            "named residents of these households at the end of the period, aged %(age)s or over in "
            "that year; without a year of birth, counted as adults"
        ) % {"age": least}
    if most:
        return _(
            "named residents of these households at the end of the period, aged %(age)s or under "
            "in that year; without a year of birth, counted as adults"
        ) % {"age": most}
    return _("named residents of these households at the end of the period, of every age")


def _numerator(row: Indicator, rule: Rule, skills: list[Skill]) -> str:
    if rule != Rule.RESIDENTS_ABLE:
        return {
            Rule.HOUSEHOLDS_REACHED: _(
                "of these, those visited at least once in the period, whatever came of it"
            ),
            Rule.HOUSEHOLDS_MET: _("of these, those where a visit in the period met someone"),
            Rule.HOUSEHOLDS_ASSESSED: _(
                "of these, those where a visit in the period assessed someone"
            ),
            Rule.RESIDENTS_CONSENTED: _(
                "of these, those who agreed by the end of the period and have not withdrawn"
            ),
            Rule.RESIDENTS_ASSESSED: _(
                "of these, those assessed in at least one skill during the period"
            ),
            Rule.RESIDENTS_TAUGHT: _(
                "of these, those met at a visit of the period that taught a lesson, and those "
                "named in a class of the period"
            ),
            Rule.RESIDENTS_PROGRESSED: _(
                "of these, those with a skill whose level at the end of the period is higher than "
                "before it, or than when it was first seen in it"
            ),
            Rule.REFERRALS_ANSWERED: _("of these, those with an answer"),
        }[rule]
    if len(skills) == 1:
        if skills[0].scale == Skill.Scale.YES_NO:
            return _("of these, those whose newest answer at the end of the period is yes")
        level = _threshold(skills[0], row.threshold)
        if level == skills[0].reached_from:
            return _("of these, those whose newest level at the end of the period is 2 or 3")
        return _(
            "of these, those whose newest level at the end of the period is %(level)s or more"
        ) % {"level": level}
    names = ", ".join(skill.name for skill in skills)
    words = ngettext(
        "of these, those who at the end of the period reach at least %(count)s of: %(skills)s",
        "of these, those who at the end of the period reach at least %(count)s of: %(skills)s",
        row.at_least,
    ) % {"count": row.at_least, "skills": names}
    if row.threshold is None or all(skill.scale == Skill.Scale.YES_NO for skill in skills):
        return words
    return _("%(words)s (on the ladder from level %(level)s)") % {
        "words": words,
        "level": row.threshold,
    }
