"""The sheet of the areas one level down: every indicator of each."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import AreaCoverage, Coverage
from outreach.coverage_table import aims_of, named_parts, parts_title, whole_title
from outreach.models import Target
from outreach.office_sheet import Column, Kind, Linked, OfficeSheet
from outreach.workbook.summary_sheet import assigned
from outreach.workbook.titles import heading, workbook_title

# On a printed page of the table of areas: four rates.
COLUMNS_A_PAGE = 12


def write_areas(
    book: Workbook,
    counted: Coverage,
    targets: Mapping[str, Mapping[str, Target]],
    sheets: Mapping[str, str],
    checksum: Checksum,
) -> None:
    """`targets` are those of the area and of the areas below it, `sheets` the names of the sheets
    that areas have of their own; both by their codes."""
    aimed = {code for aims in targets.values() for code in aims}
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Code"), 10, Kind.CODE),
        Column(_("Area"), 24),
    ]
    frozen = len(columns)
    for figure in counted.indicators:
        group = f"{figure.name} ({figure.indicator.unit})"
        if figure.code in aimed:
            columns.append(Column(_("Assigned target"), 9, Kind.NUMBER, group))
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
        page_columns=COLUMNS_A_PAGE,
        checksum=checksum,
    )

    def cells(part: AreaCoverage) -> Iterator[Any]:
        return _cells(part, aimed, aims_of(part, counted, targets))

    for number, (part, name) in enumerate(named_parts(counted), start=1):
        own = sheets.get(part.area.code)
        sheet.row([number, part.area.code, Linked(name, own) if own else name, *cells(part)])
    sheet.filter_rows()
    sheet.row([None, counted.area.code, whole_title(counted.area), *cells(counted)], bold=True)


def _cells(part: AreaCoverage, aimed: Collection[str], aims: Mapping[str, Target]) -> Iterator[Any]:
    for figure in part.indicators:
        if figure.code in aimed:
            yield assigned(aims.get(figure.code))
        yield figure.numerator
        if not figure.indicator.is_amount:
            yield from (figure.denominator, figure.rate)
