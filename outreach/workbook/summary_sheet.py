"""The sheet that sums an area up: each indicator, its target, and how it changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import AreaCoverage, Coverage, Figure
from outreach.models import Target
from outreach.office_sheet import Column, Kind, OfficeSheet, Shown, Words
from outreach.workbook.titles import letterhead


def write_summary(
    book: Workbook,
    counted: Coverage,
    targets: Mapping[str, Target],
    before: AreaCoverage | None,
    checksum: Checksum,
) -> None:
    """`before` is the period with which this one is compared."""
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Name of the indicator"), 34),
        Column(_("Explanation"), 60),
        Column(_("Unit"), 12),
        Column(_("Assigned target"), 10, Kind.NUMBER),
        Column(_("Numerator"), 11, Kind.NUMBER),
        Column(_("Denominator"), 11, Kind.NUMBER),
        Column(_("Rate"), 10, Kind.RATE),
        Column(_("Since the period before"), 13, Kind.POINTS),
    ]
    above = letterhead(counted, 2, len(columns))
    sheet = OfficeSheet(book, _("Summary"), columns, above, frozen_columns=2, checksum=checksum)
    for number, figure in enumerate(counted.indicators, start=1):
        indicator = figure.indicator
        sheet.row(
            [
                number,
                indicator.name,
                indicator.explanation,
                indicator.unit,
                *assigned_and_counted(figure, targets),
                _change(figure, before),
            ]
        )
    sheet.filter_rows()
    sheet.line()
    sheet.line(
        Words(_("Made by").upper(), 2, 2, bold=True),
        Words(_("Head of the office").upper(), 3, len(columns), bold=True),
    )
    sign = _("(signature and full name)")
    sheet.line(Words(sign, 2, 2, italic=True), Words(sign, 3, len(columns), italic=True))


def assigned_and_counted(figure: Figure, targets: Mapping[str, Target]) -> Iterator[Any]:
    """Target, numerator, denominator and rate."""
    yield assigned(targets.get(figure.code))
    yield from (figure.numerator, figure.denominator, figure.rate)


def _change(figure: Figure, before: AreaCoverage | None) -> Shown | float | None:
    """How many points of percent a rate, or how much an amount, is more than in the period before;
    None where there is nothing to compare."""
    if before is None:
        return None
    then = before.figure(figure.code)
    if figure.indicator.is_amount:
        return Shown(figure.numerator - then.numerator, Kind.DIFFERENCE)
    if figure.rate is None or then.rate is None:
        return None
    return round(100 * (figure.rate - then.rate), 6)


def assigned(target: Target | None) -> Shown | int | None:
    """The target as a number: of percent from 0 to 1, shown in percent."""
    if target is None:
        return None
    if target.measure == Target.Measure.PERCENT:
        return Shown(float(target.value / 100), Kind.RATE)
    return int(target.value)
