"""Person-days: who worked on which day in an area, what they did, and in which team they were.

As many as the indicator of person-days says.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from outreach.coverage import sessions_held, visits_made
from outreach.models import Session, Visit
from outreach.periods import Period
from volunteers.models import Area, Membership

# Rows fetched from the database at a time.
CHUNK = 2000

PersonDay = tuple[int, date]


@dataclass
class Worked:
    """What somebody did on one day."""

    visits: int = 0
    met: int = 0
    along: int = 0  # visits of others on which they came along
    classes: int = 0


def worked(area: Area, period: Period) -> dict[PersonDay, Worked]:
    """By person and day. Three queries."""
    return worked_at(visits_made(area, period), sessions_held(area, period))


def worked_at(
    visits: QuerySet[Visit], sessions: QuerySet[Session], people: Collection[int] | None = None
) -> dict[PersonDay, Worked]:
    """What who did on which day at these visits and classes; of these `people` if any are given."""
    found: dict[PersonDay, Worked] = defaultdict(Worked)

    def of(rows: QuerySet, who: str) -> QuerySet:
        known = {f"{who}__isnull": False} if people is None else {f"{who}__in": people}
        return rows.order_by().filter(**known).values_list(who, "day")

    met = Count("pk", filter=Q(outcome=Visit.Outcome.MET))
    own = of(visits, "visitor").annotate(made=Count("pk"), met_someone=met)
    for person, day, made, met_someone in own:
        found[person, day].visits, found[person, day].met = made, met_someone
    for person, day, times in of(visits, "companions").annotate(times=Count("pk")):
        found[person, day].along = times
    for person, day, classes in of(sessions, "leaders").annotate(classes=Count("pk")):
        found[person, day].classes = classes
    return dict(found)


def homes_by_day(area: Area, period: Period) -> Iterator[tuple[date, dict[int, list[str]]]]:
    """Day by day the card codes of the homes to which each person came, or came along. Two
    queries; a day at a time is in memory."""
    visits = visits_made(area, period).order_by("day")
    rows = (
        visits.filter(**{f"{person}__isnull": False})
        .values_list("day", person, "household__card_code")
        .iterator(chunk_size=CHUNK)
        for person in ("visitor", "companions")
    )
    for day, visited in groupby(heapq.merge(*rows, key=_day), key=_day):
        codes: dict[int, set[str]] = defaultdict(set)
        for _same_day, person, code in visited:
            codes[person].add(code)
        yield day, {person: sorted(found) for person, found in codes.items()}


def _day(row: tuple[date, int, str]) -> date:
    return row[0]


@dataclass(frozen=True)
class TeamOfDay:
    """A team in which somebody was on a day."""

    pk: int
    name: str


def teams_by_day(ward: str | None) -> Callable[[int, date], list[TeamOfDay]]:
    """Tells the teams of the ward in which a person was on a day, first the one they joined first.
    One query."""
    times: dict[int, list[tuple[TeamOfDay, date, date | None]]] = defaultdict(list)
    rows = Membership.objects.filter(team__ward=ward).order_by("joined_on", "team")
    for user, team, name, joined, left in rows.values_list(
        "user", "team", "team__name", "joined_on", "left_on"
    ):
        times[user].append((TeamOfDay(team, name), joined, left))

    def of(person: int, day: date) -> list[TeamOfDay]:
        held = (
            team
            for team, joined, left in times.get(person, [])
            if joined <= day and (left is None or day <= left)
        )
        # Who became the leader that day has two memberships of one team.
        return list(dict.fromkeys(held))

    return of
