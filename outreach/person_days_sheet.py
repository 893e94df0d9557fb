"""The workbook's sheet of person-days: who worked on which day, and what they did."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.coverage import Coverage, sessions_held, visits_made
from outreach.models import Session, Visit
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from volunteers.models import Membership, User


@dataclass
class Worked:
    """What somebody did on one day."""

    visits: int = 0
    met: int = 0
    along: int = 0  # visits of others on which they came along
    classes: int = 0


def write_person_days(book: Workbook, counted: Coverage) -> int:
    """One row for each person and day: as many as the indicator of person-days says, and as are
    returned."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Day"), 11.5, Kind.DATE),
        Column(_("Full name"), 26),
        Column(_("Team"), 34),
        Column(_("Visits"), 10, Kind.NUMBER),
        Column(_("of which met someone"), 12, Kind.NUMBER),
        Column(_("Came along"), 10, Kind.NUMBER),
        Column(_("Classes led"), 10, Kind.NUMBER),
        Column(_("Days"), 8, Kind.NUMBER),
    ]
    title = _("Person-days")
    above = [
        [Words(f"{title} – {counted.area.name}", 1, len(columns), True, size=14, align="left")],
        [
            Words(
                f"{counted.period.words}. {counted.counted_at}.",
                1,
                len(columns),
                italic=True,
                align="left",
            )
        ],
        [],
    ]
    sheet = OfficeSheet(book, title, columns, above, frozen_columns=3)
    number = 0
    for number, (day, person, team, worked) in enumerate(_rows(counted), start=1):
        done = [worked.visits, worked.met, worked.along, worked.classes]
        sheet.row([number, day, person, team, *done, 1])
    if number:
        sheet.filter_rows()
        sheet.row([None, None, _("Total"), None, None, None, None, None, number], bold=True)
    else:
        words = _("Nobody worked in this period.")
        sheet.line(Words(words, 1, len(columns), align="left"))
    return number


def _rows(counted: Coverage) -> Iterator[tuple[date, str, str, Worked]]:
    """By day, then by given name."""
    area = counted.area
    found = worked(visits_made(area, counted.period), sessions_held(area, counted.period))
    people = User.objects.in_bulk({person for person, _day in found})
    teams = teams_of(area.ward_code)
    for person, day in sorted(found, key=lambda key: (key[1], people[key[0]].name_sort_key)):
        yield day, people[person].full_name, teams(person, day), found[person, day]


def worked(
    visits: QuerySet[Visit], sessions: QuerySet[Session], people: Collection[int] | None = None
) -> dict[tuple[int, date], Worked]:
    """What who did on which day at the visits and classes; of these `people` if any are given."""
    found: dict[tuple[int, date], Worked] = defaultdict(Worked)

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
    return found


def teams_of(ward: str) -> Callable[[int, date], str]:
    """Tells the teams of the ward in which somebody was on a day."""
    times = defaultdict(list)
    rows = Membership.objects.filter(team__ward=ward).order_by("team__name")
    for user, team, joined, left in rows.values_list("user", "team__name", "joined_on", "left_on"):
        times[user].append((team, joined, left))

    def of(person: int, day: date) -> str:
        return ", ".join(
            team
            for team, joined, left in times[person]
            if joined <= day and (left is None or day <= left)
        )

    return of
