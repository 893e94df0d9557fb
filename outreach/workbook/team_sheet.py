"""The sheet of the ward's teams, side by side."""

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import Coverage
from outreach.coverage.teams import Teams
from outreach.coverage_table import whole_title
from outreach.coverage_teams import COLUMNS, name_of, numbers_of
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.workbook.titles import heading


def write_teams(book: Workbook, counted: Coverage, found: Teams, checksum: Checksum) -> None:
    """A row a team, what belongs to none, and all of the ward."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Team"), 38),
        Column(_("Rate reached"), 10, Kind.RATE),
        *(Column(str(title), 11, Kind.NUMBER) for title, _number in COLUMNS),
    ]
    title = _("By team")
    above = heading(counted, title, len(columns))
    sheet = OfficeSheet(book, title, columns, above, frozen_columns=2, checksum=checksum)
    for number, row in enumerate(found.rows, start=1):
        sheet.row([number, name_of(row), row.rate, *numbers_of(row)])
    sheet.filter_rows()
    whole = found.ward
    sheet.row([None, whole_title(counted.area), whole.rate, *numbers_of(whole)], bold=True)
    sheet.line()
    sheet.line(Words(meaning(), 1, len(columns), italic=True, align="left"))


def meaning() -> str:
    """How to read the numbers of teams."""
    return _(
        "Households and residents of the areas that a team visits now; work of its members of that "
        "day. Teams can add up to more than the ward: an area can have two teams, and somebody be "
        "in two."
    )
