"""What each person-day of a ward is paid: rates and caps as the ward or its city wrote them down.

docs/coverage.md says how. Nothing here knows a law: a rule is what an officer typed, and names its
source. Amounts are whole đồng.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from outreach.models import AllowanceRule
from outreach.periods import Period
from outreach.person_days import PersonDay, TeamOfDay, Worked, teams_by_day, worked
from volunteers.models import Area, User

Month = tuple[int, int]


def month_of(day: date) -> Month:
    return day.year, day.month


@dataclass(frozen=True)
class Rules:
    """The ward's own rules and its province's."""

    own: Sequence[AllowanceRule]
    province: Sequence[AllowanceRule]

    def on(self, day: date) -> AllowanceRule | None:
        """The ward's own rule of that day, else the province's."""
        for rule in (*self.own, *self.province):
            if rule.first <= day and (rule.last is None or day <= rule.last):
                return rule
        return None

    def within(self, period: Period) -> list[AllowanceRule]:
        """Those that can hold on a day of the period, the ward's own first."""
        return [
            rule
            for rule in (*self.own, *self.province)
            if rule.first <= period.last
            and (period.first is None or rule.last is None or rule.last >= period.first)
        ]


def rules_of(ward: Area) -> Rules:
    """One query."""
    rows = AllowanceRule.objects.filter(Q(area=ward.pk) | Q(area=ward.parent_id))
    found: dict[bool, list[AllowanceRule]] = {True: [], False: []}
    for rule in rows.select_related("area").order_by("first"):
        found[rule.area_id == ward.pk].append(rule)
    return Rules(found[True], found[False])


class Cut(Enum):
    """Why a day is not paid."""

    NO_RULE = auto()
    NO_TEAM = auto()
    DAYS = auto()
    PERSON = auto()
    TEAM = auto()


@dataclass(frozen=True)
class Allowance:
    """What a person-day is paid, for which team; `cut` None: in full."""

    rule: AllowanceRule | None
    team: TeamOfDay | None
    cut: Cut | None

    @property
    def rate(self) -> int | None:
        return self.rule.amount if self.rule else None

    @property
    def paid(self) -> int:
        return self.rule.amount if self.rule and self.cut is None else 0

    @property
    def remark(self) -> str:
        """Why it is not paid, for people, in the active language."""
        if self.cut is None:
            return ""
        if self.rule is None:
            return _("no allowance is set for this day")
        match self.cut:
            case Cut.DAYS:
                return _("above %(days)s days a month") % {"days": self.rule.most_days}
            case Cut.PERSON:
                most = dong(self.rule.most_for_person or 0)
                return _("above %(most)s đ for a person and month") % {"most": most}
            case Cut.TEAM:
                most = dong(self.rule.most_for_team or 0)
                return _("above %(most)s đ for a team and month") % {"most": most}
            case _other:
                return _("in no team of the ward on this day")


@dataclass
class _Month:
    """What was paid so far in a month."""

    days: int = 0
    amount: int = 0

    def has_room(self, amount: int, most: int | None) -> bool:
        return most is None or self.amount + amount <= most

    def pay(self, amount: int) -> None:
        self.days += 1
        self.amount += amount


def settle(
    days: Iterable[tuple[PersonDay, TeamOfDay | None]], rules: Rules
) -> dict[PersonDay, Allowance]:
    """What each of `days` is paid. Who comes first is paid first, and a day in full or not at all.

    A day belongs to one team. The caps are those of the day's rule; what the month paid before
    counts towards them by whatever rule it was paid.
    """
    people: dict[tuple[int, Month], _Month] = defaultdict(_Month)
    teams: dict[tuple[int, Month], _Month] = defaultdict(_Month)
    found = {}
    for (person, day), team in days:
        rule, month = rules.on(day), month_of(day)
        if rule is None or team is None:
            cut = Cut.NO_RULE if rule is None else Cut.NO_TEAM
            found[person, day] = Allowance(rule, team, cut)
            continue
        own, whole = people[person, month], teams[team.pk, month]
        cut_by = _cut(rule, own, whole)
        if cut_by is None:
            own.pay(rule.amount)
            whole.pay(rule.amount)
        found[person, day] = Allowance(rule, team, cut_by)
    return found


def _cut(rule: AllowanceRule, person: _Month, team: _Month) -> Cut | None:
    if rule.most_days is not None and person.days >= rule.most_days:
        return Cut.DAYS
    if not person.has_room(rule.amount, rule.most_for_person):
        return Cut.PERSON
    if not team.has_room(rule.amount, rule.most_for_team):
        return Cut.TEAM
    return None


@dataclass(frozen=True)
class PersonDays:
    """The person-days of an area and period: who, when, what they did, where they belong, and what
    it is paid; no `rules` and no `allowances` where no rule says anything about the period."""

    days: Sequence[PersonDay]  # by day, then by given name
    people: Mapping[int, User]
    worked: Mapping[PersonDay, Worked]
    teams: Mapping[PersonDay, Sequence[TeamOfDay]]
    rules: Sequence[AllowanceRule] = ()
    allowances: Mapping[PersonDay, Allowance] = field(default_factory=dict)


def person_days(area: Area, period: Period) -> PersonDays:
    """Only a ward's person-days are paid: who worked in two neighbourhoods on one day worked one
    day. Caps count from the first day of a month, also when the period begins later, so that a day
    is paid alike in every report. At most six queries."""
    rules = rules_of(area) if area.level == Area.Level.COMMUNE else Rules((), ())
    applying = rules.within(period)
    from_first = period.first and period.first.replace(day=1)
    found = worked(area, Period(from_first, period.last) if applying else period)
    people = User.objects.in_bulk({person for person, _day in found})
    teams_of = teams_by_day(area.ward_code)

    def place(one: PersonDay) -> tuple[date, str, int]:
        person, day = one
        return day, people[person].name_sort_key, person

    days = sorted(found, key=place)
    teams = {one: teams_of(*one) for one in days}
    inside = [one for one in days if period.first is None or one[1] >= period.first]
    if not applying:
        return PersonDays(inside, people, found, teams)
    allowances = settle(((one, next(iter(teams[one]), None)) for one in days), rules)
    return PersonDays(inside, people, found, teams, applying, allowances)


@dataclass
class MonthOfMember:
    """A person's days of one month; `teams` are those for which they are counted."""

    month: Month
    person: User
    teams: list[TeamOfDay]
    days: int = 0
    paid_days: int = 0
    amount: int = 0


def by_month(found: PersonDays) -> list[MonthOfMember]:
    """The months of the period in order, people by given name. Empty without allowances."""
    rows: dict[tuple[Month, int], MonthOfMember] = {}
    for person, day in found.days if found.rules else ():
        said, month = found.allowances[person, day], month_of(day)
        row = rows.setdefault((month, person), MonthOfMember(month, found.people[person], []))
        if said.team and said.team not in row.teams:
            row.teams.append(said.team)
        row.days += 1
        row.paid_days += said.cut is None
        row.amount += said.paid
    return sorted(
        rows.values(), key=lambda row: (row.month, row.person.name_sort_key, row.person.pk)
    )


@dataclass
class MonthOfTeam:
    """What is paid for a team in one month; `team` None: people who were in none."""

    month: Month
    team: TeamOfDay | None
    days: int = 0
    paid_days: int = 0
    amount: int = 0


def by_team(found: PersonDays) -> list[MonthOfTeam]:
    """The months in order, in each the teams as they were made, then who was in none. Adds up to
    the sum of `by_month`."""
    rows: dict[tuple[Month, int], MonthOfTeam] = {}
    for one in found.days if found.rules else ():
        said = found.allowances[one]
        month, team = month_of(one[1]), said.team
        row = rows.setdefault((month, team.pk if team else 0), MonthOfTeam(month, team))
        row.days += 1
        row.paid_days += said.cut is None
        row.amount += said.paid
    return [rows[key] for key in sorted(rows, key=lambda key: (key[0], key[1] == 0, key[1]))]


def dong(amount: int) -> str:
    """50.000"""
    return number_format(amount, decimal_pos=0, use_l10n=True, force_grouping=True)


def days_in_words(rule: AllowanceRule) -> str:
    if rule.last is None:
        return _("from %(first)s on") % {"first": f"{rule.first:%d/%m/%Y}"}
    days = {"first": f"{rule.first:%d/%m/%Y}", "last": f"{rule.last:%d/%m/%Y}"}
    return _("from %(first)s to %(last)s") % days


def in_words(rule: AllowanceRule) -> str:
    """Amount and caps of a rule, for people, in the active language."""
    said = [_("%(amount)s đ for a person and day") % {"amount": dong(rule.amount)}]
    if rule.most_days is not None:
        said.append(_("at most %(days)s days for a person and month") % {"days": rule.most_days})
    if rule.most_for_person is not None:
        said.append(
            _("at most %(most)s đ for a person and month") % {"most": dong(rule.most_for_person)}
        )
    if rule.most_for_team is not None:
        said.append(
            _("at most %(most)s đ for a team and month") % {"most": dong(rule.most_for_team)}
        )
    return "; ".join(said)
