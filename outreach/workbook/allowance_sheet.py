"""The sheet by which allowances are paid out: a row for each member and month, to be signed."""

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.allowances import Month, PersonDays, by_month, by_team, days_in_words, in_words
from outreach.checksum import Checksum
from outreach.coverage import Coverage
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.workbook.titles import heading


def write_allowances(
    book: Workbook, counted: Coverage, found: PersonDays, checksum: Checksum
) -> int:
    """The đồng of all rows. Above the table stands what is paid and who says so, below it what each
    team gets."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Month"), 10),
        Column(_("Full name"), 28),
        Column(_("Team"), 36),
        Column(_("Days"), 10, Kind.NUMBER),
        Column(_("Days paid"), 10, Kind.NUMBER),
        Column(_("Amount (đ)"), 15, Kind.NUMBER),
        Column(_("Signature"), 24),
    ]
    title = _("Sum of person-days")
    above = heading(counted, title, len(columns))[:-1]
    for rule in found.rules:
        said = _("%(area)s, %(days)s: %(rule)s. Source: %(source)s") % {
            "area": rule.area.name,
            "days": days_in_words(rule),
            "rule": in_words(rule),
            "source": rule.source,
        }
        above.append([Words(said, 1, len(columns), align="left")])
    above.append([])
    sheet = OfficeSheet(book, title, columns, above, frozen_columns=3, checksum=checksum)
    rows = by_month(found)
    for number, row in enumerate(rows, start=1):
        teams = ", ".join(team.name for team in row.teams)
        numbers = [row.days, row.paid_days, row.amount]
        sheet.row([number, _month(row.month), row.person.full_name, teams, *numbers, None])
    if not rows:
        sheet.line(Words(_("Nobody worked in this period."), 1, len(columns), align="left"))
        return 0
    sheet.filter_rows()
    for each in by_team(found):
        name = each.team.name if each.team else _("In no team")
        numbers = [each.days, each.paid_days, each.amount]
        sheet.row([None, _month(each.month), _("Sum of the team"), name, *numbers, None])
    amount = sum(row.amount for row in rows)
    total = [sum(row.days for row in rows), sum(row.paid_days for row in rows), amount]
    sheet.row([None, None, _("Total"), None, *total, None], bold=True)
    return amount


def _month(month: Month) -> str:
    year, number = month
    return f"{number:02}/{year}"
