"""The workbook's sheet of person-days: who did what on which day, and what it is paid."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.allowances import PersonDays
from outreach.coverage import Coverage
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.person_days import PersonDay, homes_by_day
from outreach.visit_sheet import VisitRows


def write_person_days(
    book: Workbook, counted: Coverage, found: PersonDays, rows: VisitRows
) -> tuple[int, int]:
    """One row for each person and day: as many as the indicator of person-days says. How many, and
    the đồng paid for them.

    Homes appear, by their card codes, where the sheet of visits has these too.
    """
    with_homes = rows is VisitRows.WITH_NAMES
    columns = _columns(with_homes, bool(found.rules))
    title = _("Person-days")
    when = f"{counted.period.words}. {counted.counted_at}."
    above = [
        [Words(f"{title} – {counted.area.name}", 1, len(columns), True, size=14, align="left")],
        [Words(when, 1, len(columns), italic=True, align="left")],
        [],
    ]
    sheet = OfficeSheet(book, title, columns, above, frozen_columns=3)
    number = paid = 0
    for number, (one, homes) in enumerate(_with_homes(counted, found, with_homes), start=1):
        said = _paid(found, one)
        paid += found.allowances[one].paid if found.rules else 0
        sheet.row([number, *_done(found, one), *([homes] if with_homes else []), *said])
    if number:
        sheet.filter_rows()
        money = [None, paid, None] if found.rules else []
        total = [None, None, _("Total"), *[None] * 5, number]
        sheet.row([*total, *([None] if with_homes else []), *money], bold=True)
    else:
        words = _("Nobody worked in this period.")
        sheet.line(Words(words, 1, len(columns), align="left"))
    return number, paid


def _columns(with_homes: bool, with_money: bool) -> list[Column]:
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
    if with_homes:
        columns.append(Column(_("Cards of the homes visited"), 30))
    if with_money:
        columns += [
            Column(_("Allowance (đ)"), 11, Kind.NUMBER),
            Column(_("Amount (đ)"), 13, Kind.NUMBER),
            Column(_("Note"), 28),
        ]
    return columns


def _done(found: PersonDays, one: PersonDay) -> list[Any]:
    """Who did what on which day."""
    (person, day), worked = one, found.worked[one]
    teams = ", ".join(team.name for team in found.teams[one])
    done = [worked.visits, worked.met, worked.along, worked.classes]
    return [day, found.people[person].full_name, teams, *done, 1]


def _paid(found: PersonDays, one: PersonDay) -> list[Any]:
    """What the day is paid; nothing at all where nobody set an allowance."""
    if not found.rules:
        return []
    said = found.allowances[one]
    return [said.rate, said.paid, said.remark]


def _with_homes(
    counted: Coverage, found: PersonDays, with_homes: bool
) -> Iterator[tuple[PersonDay, str]]:
    """The days, each with the card codes of the homes visited on it."""
    visited = homes_by_day(counted.area, counted.period) if with_homes else iter(())
    ahead = next(visited, None)
    for day, days in groupby(found.days, key=_day):
        while ahead and ahead[0] < day:
            ahead = next(visited, None)
        homes: dict[int, list[str]] = ahead[1] if ahead and ahead[0] == day else {}
        for one in days:
            yield one, ", ".join(homes.get(one[0], ()))


def _day(one: PersonDay) -> date:
    return one[1]
