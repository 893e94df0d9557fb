"""Targets as a small spreadsheet, to be filled in and imported again; always in Vietnamese."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from openpyxl import Workbook

from outreach.indicators import Measure, current_indicators, measure_of
from outreach.models import Indicator, Target
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.targets import PERCENT, aim
from volunteers.models import Area
from volunteers.models.areas import AreaQuerySet

# What a column holds → its title, its width and its kind.
COLUMNS = {
    "area": (gettext_noop("Area code"), 12, Kind.CODE),
    "area_name": (gettext_noop("Area"), 22, Kind.TEXT),
    "indicator": (gettext_noop("Code of the indicator"), 26, Kind.CODE),
    "indicator_name": (gettext_noop("Name of the indicator"), 36, Kind.TEXT),
    "first": (gettext_noop("From day"), 13, Kind.DATE),
    "last": (gettext_noop("To day"), 13, Kind.DATE),
    "measure": (gettext_noop("Measured in (%/so many)"), 14, Kind.TEXT),
    "value": (gettext_noop("Target"), 12, Kind.TEXT),
    "source": (gettext_noop("Source"), 34, Kind.TEXT),
}


def title_of(column: str) -> str:
    """The title of a column, in Vietnamese."""
    with override("vi"):
        return _(COLUMNS[column][0])


def measure_words(measure: str) -> str:
    """What stands in the sheet for percent and for so many, in Vietnamese."""
    with override("vi"):
        return "%" if measure == PERCENT else _("so many")


def write_targets(target: BinaryIO, area: Area, areas: AreaQuerySet, year: int) -> None:
    """Write the targets of `areas`, all in or below `area`, and an empty row for each shown
    indicator for which `area` has none in `year`."""
    with override("vi"):
        book = Workbook(write_only=True)
        sheet = OfficeSheet(
            book,
            _("Targets"),
            [Column(_(title), width, kind) for title, width, kind in COLUMNS.values()],
            [
                [Words(_title(area), 1, len(COLUMNS), bold=True, size=14, align="left")],
                [Words(_how_to_fill(), 1, len(COLUMNS), italic=True, align="left")],
                [],
            ],
            frozen_columns=4,
        )
        rows = Target.objects.filter(area__in=areas.values("pk")).select_related("area")
        known = {row.pk: measure_of(row) for row in Indicator.objects.prefetch_related("skills")}
        present = set()
        for row in rows.order_by("area__path", "indicator__position", "indicator", "first"):
            sheet.row(_filled(row, known[row.indicator_id]))
            if row.area_id == area.pk and row.first.year <= year <= row.last.year:
                present.add(row.indicator_id)
        for measure in current_indicators():
            if measure.code not in present:
                sheet.row(_empty(area, measure, year))
        sheet.filter_rows()
        book.properties.creator = "Ngõ Số"
        book.save(target)


def _title(area: Area) -> str:
    return _("Targets of %(area)s") % {"area": area.name}


def _how_to_fill() -> str:
    return _(
        "Write % or number in “Measured in”, and the target as 80 for 80%. Rows without a target "
        "are left out. Copy a row for another area or other days. The codes must stay as they are."
    )


def _filled(target: Target, measure: Measure) -> Iterable[Any]:
    return (
        target.area_id,
        target.area.name,
        target.indicator_id,
        measure.name,
        target.first,
        target.last,
        measure_words(target.measure),
        _value(target),
        target.source,
    )


def _value(target: Target) -> int | float | str:
    """A number; of percent a small one as text, since spreadsheets keep 80% as 0.8."""
    value: Decimal = target.value
    if target.measure == PERCENT and 0 < value <= 1:
        return aim(target)
    return int(value) if value == int(value) else float(value)


def _empty(area: Area, measure: Measure, year: int) -> Iterable[Any]:
    days = (date(year, 1, 1), date(year, 12, 31))
    return (area.pk, area.name, measure.code, measure.name, *days, None, None, None)
