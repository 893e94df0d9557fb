"""Who and what a figure counts: the rows behind the number, by the rules that count it.

As many as the figure says, except those of class attendance: there the classes, whose head counts
add up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from outreach.coverage.counting import (
    AMONG,
    ANSWERED,
    COUNTED,
    days_worked,
    referrals_made,
    sessions_in,
    visited,
)
from outreach.coverage.levels import Requirements, progressed, reaches
from outreach.coverage.people import living, of_age
from outreach.coverage.places import Places, standing
from outreach.indicators import Measure
from outreach.models import Placement, Rule, Session
from outreach.periods import Period


class Part(StrEnum):
    """Which of those a figure is about; the values stand in addresses."""

    COUNTED = "dat"  # the numerator, or the amount
    OTHERS = "chua"  # in the denominator and not in the numerator
    ALL = "tat-ca"  # the denominator


class Of(StrEnum):
    """What a list of members is a list of."""

    HOMES = "homes"
    PEOPLE = "people"
    SESSIONS = "sessions"
    REFERRALS = "referrals"
    DAYS = "days"


def _of_each(condition: Q) -> Case:
    """The condition, asked of one person after the other: to show fifty, PostgreSQL would join all
    visits of the period first."""
    yes = When(condition, then=Value(True))
    return Case(yes, default=Value(False), output_field=BooleanField())


@dataclass(frozen=True)
class Members:
    """Of one figure: the measure counted in the places and period beside the other `measures`."""

    places: Places
    period: Period
    measure: Measure
    measures: Sequence[Measure]
    part: Part

    @property
    def of(self) -> Of:
        if self.measure.counts_homes:
            return Of.HOMES
        if self.measure.counts_people:
            return Of.PEOPLE
        return {Rule.PERSON_DAYS: Of.DAYS, Rule.REFERRALS_ANSWERED: Of.REFERRALS}.get(
            self.measure.rule, Of.SESSIONS
        )

    def homes(self) -> QuerySet[Placement]:
        """Where each home stands: one row a home."""
        found = standing(self.places, self.period.last)
        if self.measure.kind:
            found = found.filter(household__kind=self.measure.kind)
        return self._part(found, visited(self.period)[self.measure.rule])

    def people(self) -> QuerySet[Placement]:
        """Where the home of each `person` stands: one row a person."""
        rule = self.measure.rule
        found = living(self.places, self.period).filter(of_age(self.measure, self.period.last.year))
        if rule in AMONG:
            found = found.filter(_of_each(Q(**{AMONG[rule]: True})))
        return self._part(found, self._is_counted())

    def _is_counted(self) -> Any:
        match self.measure.rule:
            case Rule.RESIDENTS_ABLE:
                return reaches(self.places, self.period, self.measure)
            case Rule.RESIDENTS_PROGRESSED:
                return progressed(self.places, self.period, Requirements(self.measures).skills)
            case rule:
                return _of_each(Q(**{COUNTED[rule]: True}))

    def _part(self, found: QuerySet[Placement], counted: Any) -> QuerySet[Placement]:
        match self.part:
            case Part.COUNTED:
                return found.filter(counted)
            case Part.OTHERS:
                return found.filter(~counted)
            case Part.ALL:
                return found

    def referrals(self) -> QuerySet[Placement]:
        """Where the home of each `referral` stands: one row a referral."""
        return self._part(referrals_made(self.places, self.period), ANSWERED)

    def sessions(self) -> QuerySet[Session]:
        return sessions_in(self.places, self.period)

    def days(self) -> set[tuple[int, date]]:
        """Who worked on which day."""
        return set[tuple[int, date]]().union(*days_worked(self.places, self.period).values())
