"""The teams of a ward side by side: their homes, and what their members did.

Homes and residents are those of the coverage, in the areas that a team visits now. Work is that of
who was a member on its day, anywhere in the ward.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F
from django.utils import timezone

from outreach.coverage import tallies
from outreach.coverage.tallies import Asked
from outreach.indicators import HOUSEHOLDS_REACHED, current_indicators
from outreach.models import Rule, Session, Visit
from outreach.periods import Period
from volunteers.models import Area, Membership, Team

# What is counted of homes, in the order of the columns.
REACHED, MET = HOUSEHOLDS_REACHED, Rule.HOUSEHOLDS_MET.value
TAUGHT, PROGRESSED = Rule.RESIDENTS_TAUGHT.value, Rule.RESIDENTS_PROGRESSED.value
# A member's day: who, and when.
Day = tuple[int, date]


@dataclass(frozen=True)
class TeamWork:
    """A team's homes and work; None is what belongs to no team."""

    team: Team | None
    homes: int
    reached: int
    met: int
    taught: int
    progressed: int
    visits: int
    person_days: int
    sessions: int
    members_at_work: int

    @property
    def rate(self) -> float | None:
        """The part of its homes that was reached, from 0 to 1."""
        return self.reached / self.homes if self.homes else None


@dataclass(frozen=True)
class Teams:
    """By name, then what belongs to none of them, and all of the ward. The teams may add up to more
    than the ward: areas can have two teams, and people be in two."""

    teams: tuple[TeamWork, ...]
    none: TeamWork
    ward: TeamWork

    @property
    def rows(self) -> tuple[TeamWork, ...]:
        """The teams, and what belongs to none where there is any."""
        has_any = any((self.none.homes, self.none.visits, self.none.person_days))
        return (*self.teams, self.none) if has_any else self.teams


def teams(ward: Area, period: Period, *, now: datetime | None = None) -> Teams:
    """What was counted before and has not changed is not counted again. The number of queries does
    not depend on how much there is."""
    now = now or timezone.now()
    named = list(Team.objects.filter(ward=ward).order_by("name"))
    areas = _areas_of(named)
    asked = Asked(period, current_indicators(hidden_standard=True), now)
    homes = _homes(ward, areas, asked)
    work = _work(ward, period, now)

    def row(team: Team | None, key: str) -> TeamWork:
        return TeamWork(team, *homes[key], *work.get(key, (0, 0, 0, 0)))

    return Teams(
        tuple(row(team, str(team.pk)) for team in named),
        row(None, NONE),
        row(None, ALL),
    )


NONE, ALL = "none", "all"


def _areas_of(named: Collection[Team]) -> dict[str, set[str]]:
    """The codes of the areas that each team visits, without those that lie in another of them."""
    found: dict[str, set[str]] = {str(team.pk): set() for team in named}
    rows = Team.areas.through.objects.filter(
        team__in=named, area__path__startswith=F("team__ward__path")
    )
    for team, code in rows.values_list("team", "area"):
        found[str(team)].add(code)
    return {
        team: {code for code in codes if not any(_lies_in(code, other) for other in codes)}
        for team, codes in found.items()
    }


def _lies_in(code: str, other: str) -> bool:
    """Whether the area lies below the other: codes grow from left to right."""
    return code.startswith(f"{other}.")


def _homes(ward: Area, areas: Mapping[str, set[str]], asked: Asked) -> dict[str, list[int]]:
    """Homes, reached, met; residents taught, progressed: by team, of no team, and of all."""
    visited = set().union(*areas.values())
    figures = tallies.of_areas(ward, visited, asked)

    def together(codes: Iterable[str]) -> list[int]:
        sums = [0, 0, 0, 0, 0]
        for code in codes:
            found = figures[code]
            some = [found[REACHED][1], *(found[of][0] for of in (REACHED, MET, TAUGHT, PROGRESSED))]
            sums = [one + other for one, other in zip(sums, some, strict=True)]
        return sums

    homes = {team: together(codes) for team, codes in areas.items()}
    homes[ALL] = together([ward.pk])
    theirs = together(
        code for code in visited if not any(_lies_in(code, other) for other in visited)
    )
    homes[NONE] = [one - other for one, other in zip(homes[ALL], theirs, strict=True)]
    return homes


def _work(ward: Area, period: Period, now: datetime) -> dict[str, list[int]]:
    """Visits, person-days, classes and members at work: by team, of no team, and of all."""
    times = list(
        Membership.objects.filter(team__ward=ward)
        .order_by("pk")
        .values_list("user", "team", "joined_on", "left_on")
    )
    said = json.dumps(times, default=str)
    asked = Asked(period, (), now, "teams" + hashlib.sha256(said.encode()).hexdigest()[:11])

    def counting(_ward: list[str]) -> Mapping[str, dict]:
        return {ward.pk: _count_work(ward, period, _teams_on(times))}

    return tallies.of_places(ward, [ward.pk], asked, counting)[ward.pk]


def _teams_on(times: Iterable[tuple]) -> Callable[[int | None, date], set[str]]:
    """Tells in which teams somebody was on a day."""
    of: dict[int, list[tuple]] = defaultdict(list)
    for user, team, joined, left in times:
        of[user].append((str(team), joined, left))

    def on(user: int | None, day: date) -> set[str]:
        return {
            team
            for team, joined, left in of.get(user or 0, ())
            if joined <= day and (left is None or day <= left)
        }

    return on


def _count_work(
    ward: Area, period: Period, teams_on: Callable[[int | None, date], set[str]]
) -> dict[str, list[int]]:
    days_of = period.first, period.last
    made = Visit.objects.counted().between(*days_of).filter(ward=ward).order_by()
    held = Session.objects.between(*days_of).filter(ward=ward).order_by()
    visits: dict[str, int] = defaultdict(int)
    days: dict[str, set[Day]] = defaultdict(set)
    classes: dict[str, set] = defaultdict(set)
    for who, day, times in made.values_list("visitor", "day").annotate(times=Count("pk")):
        for team in (teams_on(who, day) or {NONE}) | {ALL}:
            visits[team] += times
            if who is not None:
                days[team].add((who, day))
    along = made.filter(companions__isnull=False).values_list("companions", "day").distinct()
    for who, day in along:
        for team in (teams_on(who, day) or {NONE}) | {ALL}:
            days[team].add((who, day))
    for key, who, day in held.values_list("pk", "leaders", "day"):
        led = teams_on(who, day)
        for team in (led or {NONE}) | {ALL}:
            if who is not None:
                days[team].add((who, day))
        for team in led | {ALL}:
            classes[team].add(key)
    classes[NONE] = classes[ALL].difference(
        *(keys for team, keys in classes.items() if team not in (NONE, ALL))
    )
    return {
        team: [
            visits[team],
            len(days[team]),
            len(classes[team]),
            len({who for who, _day in days[team]}),
        ]
        for team in {*visits, *days, *classes}
    }
