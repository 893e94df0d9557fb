"""The rows of a list of members, as page and files show them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Skill
from outreach.coverage.counting import sessions_in, visits_in
from outreach.coverage.levels import newest_levels
from outreach.coverage.members import Of
from outreach.coverage.places import living_there, standing
from outreach.coverage.unmet import NEVER, reason_name
from outreach.member_list import MemberList
from outreach.models import Assignment, Household, Placement, Referral, Resident, Session, Visit
from outreach.office_sheet import Column, Kind
from outreach.periods import local_today
from outreach.person_days import teams_by_day, worked_at
from volunteers.models import Area, User


@dataclass(frozen=True)
class Doors:
    """Homes, each with its address and the id of its page; as text their addresses."""

    homes: tuple[tuple[str, UUID], ...]

    def __str__(self) -> str:
        return "; ".join(address for address, _key in self.homes)

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(address, reverse("household", args=[key])) for address, key in self.homes]


Row = tuple[Any, ...]


@dataclass(frozen=True)
class Shape:
    """The columns of a list, and what gives the rows of some of its keys, in their order."""

    columns: Sequence[Column]
    rows: Callable[[MemberList, Sequence[Any]], list[Row]]


def shape_of(listed: MemberList) -> Shape:
    return {
        Of.HOMES: Shape(_home_columns(), _homes),
        Of.PEOPLE: Shape(_people_columns(), _people),
        Of.SESSIONS: Shape(_session_columns(), _sessions),
        Of.REFERRALS: Shape(_referral_columns(), _referrals),
        Of.DAYS: Shape(_day_columns(), _days),
    }[listed.of]


def _place_names(listed: MemberList, homes: Sequence[UUID]) -> dict[UUID, str]:
    """Where the homes stand at the end of the period: "Khu phố 1, Hẻm 5"."""
    found = standing(listed.members.places, listed.period.last).filter(household__in=homes)
    return {
        placement.household_id: area_name(placement.area)
        for placement in found.select_related("area__parent")
    }


def area_name(area: Area) -> str:
    if area.parent is None or area.level != Area.Level.LANE:
        return area.name
    return f"{area.parent.name}, {area.name}"


# Homes.


def _home_columns() -> list[Column]:
    return [
        Column(_("Address"), 28),
        Column(_("Area"), 20),
        Column(_("Head of household"), 22),
        Column(_("People living there"), 8, Kind.NUMBER),
        Column(_("Last visit"), 11.5, Kind.DATE),
        Column(_("Outcome"), 17),
        Column(_("In the period"), 30),
        Column(_("Assigned to"), 22),
    ]


def _homes(listed: MemberList, keys: Sequence[UUID]) -> list[Row]:
    homes = Household.objects.select_related("head").in_bulk(keys)
    areas = _place_names(listed, keys)
    people = _people_named(listed, keys)
    last, period = _last_visits(listed, keys), _visits_of_period(listed, keys)
    assigned = _assigned(keys, local_today(listed.counted.as_of))
    return [
        (
            Doors(((homes[key].address, key),)),
            areas.get(key, ""),
            getattr(homes[key].head, "name", None),
            people.get(key, 0),
            *last.get(key, (None, None)),
            met_or_why(period.get(key, {})),
            assigned.get(key),
        )
        for key in keys
    ]


def _people_named(listed: MemberList, homes: Sequence[UUID]) -> dict[UUID, int]:
    day = listed.period.last
    found = Placement.objects.filter(living_there(day), household__in=homes).order_by()
    counted = found.values("household").annotate(
        people=Count("household__residents", distinct=True)
    )
    return {row["household"]: row["people"] for row in counted}


def _last_visits(listed: MemberList, homes: Sequence[UUID]) -> dict[UUID, tuple[date, str]]:
    visits = Visit.objects.counted().between(None, listed.period.last).filter(household__in=homes)
    return {
        home: (day, str(Visit.Outcome(outcome).label))
        for home, day, outcome in visits.order_by("visited_at", "event_number").values_list(
            "household", "day", "outcome"
        )
    }


@dataclass
class Seen:
    """The visits to a home in a period with one outcome: how many, the last day, and where the
    last of them stands among all."""

    times: int = 0
    last: date = date.min
    place: int = 0


def _visits_of_period(listed: MemberList, homes: Sequence[UUID]) -> dict[UUID, dict[str, Seen]]:
    """By home and outcome."""
    found: dict[UUID, dict[str, Seen]] = defaultdict(lambda: defaultdict(Seen))
    visits = Visit.objects.counted().between(listed.period.first, listed.period.last)
    rows = visits.filter(household__in=homes).order_by("visited_at", "event_number")
    for place, (home, day, outcome) in enumerate(rows.values_list("household", "day", "outcome")):
        seen = found[home][outcome]
        seen.times, seen.last, seen.place = seen.times + 1, day, place
    return found


def met_or_why(visits: dict[str, Seen]) -> str:
    """Whether somebody was met, else the reason why not, how often, and when last."""
    if not visits:
        return reason_name(NEVER)
    newest = max(visits, key=lambda outcome: visits[outcome].place)
    outcome = Visit.Outcome.MET if Visit.Outcome.MET in visits else newest
    seen = visits[outcome]
    words = {"outcome": Visit.Outcome(outcome).label, "day": f"{seen.last:%d/%m/%Y}"}
    if seen.times == 1:
        return _("%(outcome)s on %(day)s") % words
    return ngettext(
        "%(outcome)s %(count)s time, last on %(day)s",
        "%(outcome)s %(count)s times, last on %(day)s",
        seen.times,
    ) % (words | {"count": seen.times})


def _assigned(homes: Sequence[UUID], today: date) -> dict[UUID, str]:
    current = Assignment.objects.current().filter(Q(until=None) | Q(until__gte=today))
    rows = current.filter(household__in=homes).order_by()
    return dict(rows.values_list("household", "to__full_name"))


# People.


def _people_columns() -> list[Column]:
    return [
        Column(_("Full name"), 24),
        Column(_("Year of birth"), 9, Kind.ORDER),
        Column(_("Address"), 28),
        Column(_("Area"), 20),
        Column(_("Newest levels"), 44),
        Column(_("Last assessed"), 11.5, Kind.DATE),
    ]


def _people(listed: MemberList, keys: Sequence[UUID]) -> list[Row]:
    people = Resident.objects.select_related("household").in_bulk(keys)
    areas = _place_names(listed, [one.household_id for one in people.values()])
    levels, last = _levels(listed, keys), _last_assessed(listed, keys)
    return [
        (
            person.name,
            person.birth_year,
            Doors(((person.household.address, person.household_id),)),
            areas.get(person.household_id, ""),
            "; ".join(levels[person.pk]) or None,
            last.get(person.pk),
        )
        for person in map(people.__getitem__, keys)
    ]


def _levels(listed: MemberList, people: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The levels at the end of the period: those that the measure asks for, or all."""
    asked = [skill for skill, _level in listed.measure.skills]
    skills = Skill.objects.current().order_by("position")
    names = (skills.filter(pk__in=asked) if asked else skills).in_bulk()
    rows = newest_levels(listed.members.places, listed.period).filter(
        resident__in=people, skill__in=list(names)
    )
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for person, code, level in rows.values_list("resident", "skill", "level"):
        found[person][code] = f"{names[code].name}: {names[code].levels(level).label}"
    return defaultdict(
        list,
        {person: [said[code] for code in names if code in said] for person, said in found.items()},
    )


def _last_assessed(listed: MemberList, people: Sequence[UUID]) -> dict[UUID, date]:
    found = Resident.objects.filter(
        pk__in=people,
        assessments__visit__voided_at=None,
        assessments__visit__day__lte=listed.period.last,
    )
    return dict(found.order_by().values_list("pk").annotate(Max("assessments__visit__day")))


# Classes, referrals, and days of work.


def _session_columns() -> list[Column]:
    return [
        Column(_("Day"), 11.5, Kind.DATE),
        Column(_("Place"), 30),
        Column(_("Area"), 20),
        Column(_("Led by"), 30),
        Column(_("People who came"), 12, Kind.NUMBER),
        Column(_("of which named"), 12, Kind.NUMBER),
    ]


def _sessions(listed: MemberList, keys: Sequence[UUID]) -> list[Row]:
    found = Session.objects.select_related("area__parent").prefetch_related("leaders")
    held = found.annotate(named=Count("attendees")).in_bulk(keys)
    return [
        (
            one.day,
            one.place,
            area_name(one.area),
            ", ".join(leader.full_name for leader in one.leaders.all()),
            one.head_count,
            one.named,
        )
        for one in map(held.__getitem__, keys)
    ]


def _referral_columns() -> list[Column]:
    return [
        Column(_("Referred on"), 11.5, Kind.DATE),
        Column(_("Address"), 28),
        Column(_("Area"), 20),
        Column(_("Full name"), 24),
        Column(_("Referred to"), 30),
        Column(_("Answer"), 22),
        Column(_("Answered on"), 11.5, Kind.DATE),
    ]


def _referrals(listed: MemberList, keys: Sequence[UUID]) -> list[Row]:
    made = Referral.objects.select_related("household", "resident").in_bulk(keys)
    areas = _place_names(listed, [one.household_id for one in made.values()])
    return [
        (
            local_today(one.made_at),
            Doors(((one.household.address, one.household_id),)),
            areas.get(one.household_id, ""),
            one.resident.name if one.resident else None,
            one.get_to_display(),
            one.get_answer_display() if one.answer else None,
            local_today(one.answered_at) if one.answered_at else None,
        )
        for one in map(made.__getitem__, keys)
    ]


def _day_columns() -> list[Column]:
    return [
        Column(_("Day"), 11.5, Kind.DATE),
        Column(_("Full name"), 26),
        Column(_("Team"), 30),
        Column(_("Visits"), 10, Kind.NUMBER),
        Column(_("of which met someone"), 12, Kind.NUMBER),
        Column(_("Came along"), 10, Kind.NUMBER),
        Column(_("Classes led"), 10, Kind.NUMBER),
        Column(_("Homes visited"), 40),
    ]


def _days(listed: MemberList, keys: Sequence[tuple[int, date]]) -> list[Row]:
    places, period = listed.members.places, listed.period
    people, days = {person for person, _day in keys}, {day for _person, day in keys}
    visits = visits_in(places, period).filter(day__in=days)
    did = worked_at(visits, sessions_in(places, period).filter(day__in=days), people)
    names = User.objects.in_bulk(people)
    teams, doors = teams_by_day(listed.ward), _doors(visits, people)
    rows = []
    for person, day in keys:
        one = did[person, day]
        done = (one.visits, one.met, one.along, one.classes)
        homes = Doors(tuple((home, key) for key, home in doors[person, day].items()))
        own = ", ".join(team.name for team in teams(person, day))
        rows.append((day, names[person].full_name, own, *done, homes))
    return rows


def _doors(visits, people: set[int]) -> dict[tuple[int, date], dict[UUID, str]]:
    """The homes that each of the people visited on each day, by themselves or with others."""
    found: dict[tuple[int, date], dict[UUID, str]] = defaultdict(dict)
    for who in ("visitor", "companions"):
        rows = visits.filter(**{f"{who}__in": people}).order_by("visited_at", "event_number")
        for person, day, address, home in rows.values_list(
            who, "day", "household__address", "household"
        ):
            found[person, day][home] = address
    return found
