"""A sheet for each ward of a province: its numbers, nobody's name."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import Coverage
from outreach.models import Target
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.workbook.summary_sheet import assigned_and_counted
from outreach.workbook.titles import workbook_title


def write_wards(
    book: Workbook,
    counted: Coverage,
    targets: Mapping[str, Mapping[str, Target]],
    sheets: Mapping[str, str],
    checksum: Checksum,
) -> None:
    """The wards' `targets` and the names of their `sheets`, by the wards' codes."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Name of the indicator"), 58),
        Column(_("Unit"), 14),
        Column(_("Assigned target"), 12, Kind.NUMBER),
        Column(_("Numerator"), 13, Kind.NUMBER),
        Column(_("Denominator"), 13, Kind.NUMBER),
        Column(_("Rate"), 12, Kind.RATE),
    ]
    when = f"{counted.period.words}. {counted.counted_at}."
    for part in counted.by_area:
        title = f"{workbook_title()} – {part.area.name}"
        above = [
            [Words(title, 1, len(columns), bold=True, size=14, align="left")],
            [Words(when, 1, len(columns), italic=True, align="left")],
            [],
        ]
        name = sheets[part.area.code]
        sheet = OfficeSheet(book, name, columns, above, frozen_columns=2, checksum=checksum)
        aims = targets.get(part.area.code, {})
        for number, figure in enumerate(part.indicators, start=1):
            indicator = figure.indicator
            cells = assigned_and_counted(figure, aims)
            sheet.row([number, indicator.name, indicator.unit, *cells])
        sheet.filter_rows()
