"""Counting the indicators: each rule is here once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from outreach.coverage.people import Profile, Requirements, profiles
from outreach.coverage.places import Places, standing
from outreach.indicators import Measure
from outreach.models import Placement, Referral, Rule, Session, Visit
from outreach.periods import Period

# By part (the code of an area) and code of the indicator: numerator and denominator. An amount has
# 0 as its denominator.
Counts = dict[str, dict[str, list[int]]]
# A person and a day on which they worked.
Worked = set[tuple[int, date]]


def count(
    places: Places, period: Period, measures: Sequence[Measure]
) -> tuple[Counts, dict[str, Worked]]:
    """The numbers of each part, and who worked there on which days. The number of queries does not
    depend on how much there is."""
    counts = no_counts(measures)
    _count_homes(counts, places, period, measures)
    _count_people(counts, places, period, measures)
    count_sessions(counts, places, period, measures)
    _count_referrals(counts, places, period, measures)
    return counts, count_days_worked(counts, places, period, measures)


def no_counts(measures: Sequence[Measure]) -> Counts:
    """Nothing counted anywhere."""
    return defaultdict(lambda: {measure.code: [0, 0] for measure in measures})


def _of(measures: Iterable[Measure], *rules: Rule) -> list[Measure]:
    return [measure for measure in measures if measure.rule in rules]


def visited(period: Period) -> dict[Rule, Exists]:
    """By rule, of placements: whether the home is in the numerator."""
    visits = (
        Visit.objects.counted()
        .between(period.first, period.last)
        .filter(household=OuterRef("household"))
    )
    return {
        Rule.HOUSEHOLDS_REACHED: Exists(visits),
        Rule.HOUSEHOLDS_MET: Exists(visits.filter(outcome=Visit.Outcome.MET)),
        Rule.HOUSEHOLDS_ASSESSED: Exists(visits.filter(assessments__isnull=False)),
    }


def _count_homes(
    counts: Counts, places: Places, period: Period, measures: Sequence[Measure]
) -> None:
    done = visited(period)
    rows: Iterable[Mapping[str, Any]] = (
        standing(places, period.last)
        .annotate(part=places.part, kind=F("household__kind"))
        .values("part", "kind")
        .annotate(
            homes=Count("pk"),
            **{rule: Count("pk", filter=counted) for rule, counted in done.items()},
        )
    )
    for row in rows:
        for measure in _of(measures, *done):
            if measure.kind in ("", row["kind"]):
                figure = counts[row["part"]][measure.code]
                figure[0] += row[measure.rule]
                figure[1] += row["homes"]


def _count_people(
    counts: Counts, places: Places, period: Period, measures: Sequence[Measure]
) -> None:
    asked = [measure for measure in measures if measure.counts_people]
    if not asked:
        return
    masks = Requirements(asked)
    needed = {measure.code: masks.mask(measure) for measure in asked}
    for profile, people in profiles(places, period, asked).items():
        figures = counts[profile.part]
        for measure in asked:
            if not profile.is_of_age(measure, period.last.year):
                continue
            counted, among = _counts(profile, measure, needed[measure.code])
            figures[measure.code][0] += people * counted
            figures[measure.code][1] += people * among


def _counts(profile: Profile, measure: Measure, mask: int) -> tuple[bool, bool]:
    """Whether the resident is in the numerator, and in the denominator."""
    if measure.rule == Rule.RESIDENTS_ABLE:
        counted = (profile.reaches & mask).bit_count() >= measure.at_least
    else:
        counted = getattr(profile, COUNTED[measure.rule])
    return counted, measure.rule not in AMONG or getattr(profile, AMONG[measure.rule])


# What is asked of residents in the numerator, and of those in the denominator.
COUNTED = {
    Rule.RESIDENTS_CONSENTED: "consented",
    Rule.RESIDENTS_ASSESSED: "assessed",
    Rule.RESIDENTS_TAUGHT: "taught",
    Rule.RESIDENTS_PROGRESSED: "progressed",
}
AMONG = {Rule.RESIDENTS_PROGRESSED: "assessed"}


def visits_in(places: Places, period: Period) -> QuerySet[Visit]:
    """Visits of the period that count, to homes that stood in the places on the day."""
    return Visit.objects.counted().between(period.first, period.last).filter(places.inside)


def sessions_in(places: Places, period: Period) -> QuerySet[Session]:
    """Classes of the period in the places."""
    return Session.objects.between(period.first, period.last).filter(places.inside)


def count_sessions(
    counts: Counts, places: Places, period: Period, measures: Sequence[Measure]
) -> None:
    wanted = _of(measures, Rule.SESSIONS_HELD, Rule.CLASS_ATTENDANCE)
    if not wanted:
        return
    for row in (
        sessions_in(places, period)
        .annotate(part=places.part)
        .values("part")
        .annotate(held=Count("pk"), came=Sum("head_count"))
        .order_by()
    ):
        for measure in wanted:
            held = measure.rule == Rule.SESSIONS_HELD
            counts[row["part"]][measure.code][0] = row["held"] if held else row["came"]


def _count_referrals(
    counts: Counts, places: Places, period: Period, measures: Sequence[Measure]
) -> None:
    wanted = _of(measures, Rule.REFERRALS_ANSWERED)
    if not wanted:
        return
    for row in (
        referrals_made(places, period)
        .annotate(part=places.part)
        .values("part")
        .annotate(made=Count("referral"), answered=Count("referral", filter=ANSWERED))
    ):
        for measure in wanted:
            counts[row["part"]][measure.code] = [row["answered"], row["made"]]


ANSWERED = Q(answer__in=[answer.value for answer in Referral.Answer])


def referrals_made(places: Places, period: Period) -> QuerySet[Placement]:
    """Where the homes stand for which a `referral` was made in the period, with its `answer`."""
    made = Q(household__referrals__made_at__lt=period.end)
    if period.first is not None:
        made &= Q(household__referrals__made_at__gte=period.start)
    return (
        standing(places, period.last)
        .filter(made)
        .annotate(referral=F("household__referrals"), answer=F("household__referrals__answer"))
    )


def count_days_worked(
    counts: Counts, places: Places, period: Period, measures: Sequence[Measure]
) -> dict[str, Worked]:
    wanted = _of(measures, Rule.PERSON_DAYS)
    worked = days_worked(places, period) if wanted else {}
    for part, days in worked.items():
        for measure in wanted:
            counts[part][measure.code][0] = len(days)
    return worked


def days_worked(places: Places, period: Period) -> dict[str, Worked]:
    """For each part the people who made a visit, came along on one, or led a class there, and the
    days."""
    visits, sessions = visits_in(places, period), sessions_in(places, period)
    found: dict[str, Worked] = defaultdict(set)
    for rows, person in (
        (visits, "visitor"),
        (visits, "companions"),
        (sessions, "leaders"),
    ):
        known = rows.filter(**{f"{person}__isnull": False}).annotate(part=places.part)
        for part, who, day in known.order_by().values_list("part", person, "day").distinct():
            found[part].add((who, day))
    return found
