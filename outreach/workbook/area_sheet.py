"""The sheet of the areas one level down: every indicator of each."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import AreaCoverage, Coverage
from outreach.coverage_table import named_parts, parts_title, whole_title
from outreach.office_sheet import Column, Kind, Linked, OfficeSheet
from outreach.workbook.titles import heading, workbook_title

# Indicators on a printed page of the table of areas.
INDICATORS_A_PAGE = 4


def write_areas(
    book: Workbook, counted: Coverage, sheets: Mapping[str, str], checksum: Checksum
) -> None:
    """`sheets` are the names of the sheets that areas have of their own, by their codes."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Code"), 10, Kind.CODE),
        Column(_("Area"), 24),
    ]
    frozen = len(columns)
    for figure in counted.indicators:
        group = f"{figure.name} ({figure.indicator.unit})"
        if figure.indicator.is_amount:
            columns.append(Column(_("Number"), 12, Kind.NUMBER, group))
            continue
        columns += [
            Column(_("Numerator"), 9, Kind.NUMBER, group),
            Column(_("Denominator"), 9, Kind.NUMBER, group),
            Column(_("Rate"), 9, Kind.RATE, group),
        ]
    title = f"{workbook_title()} – {parts_title(counted.area).lower()}"
    sheet = OfficeSheet(
        book,
        parts_title(counted.area),
        columns,
        heading(counted, title, frozen),
        frozen_columns=frozen,
        page_columns=3 * INDICATORS_A_PAGE,
        checksum=checksum,
    )
    for number, (part, name) in enumerate(named_parts(counted), start=1):
        own = sheets.get(part.area.code)
        sheet.row([number, part.area.code, Linked(name, own) if own else name, *_cells(part)])
    sheet.filter_rows()
    sheet.row([None, counted.area.code, whole_title(counted.area), *_cells(counted)], bold=True)


def _cells(part: AreaCoverage) -> Iterator[int | float | None]:
    for figure in part.indicators:
        yield figure.numerator
        if not figure.indicator.is_amount:
            yield from (figure.denominator, figure.rate)
