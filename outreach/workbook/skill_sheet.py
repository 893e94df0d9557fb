"""The sheet of skills: how many people are at which level before and after, with Excel's charts."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.utils import get_column_letter, quote_sheetname

from outreach.checksum import Checksum
from outreach.coverage import Coverage
from outreach.coverage.ladder import Steps
from outreach.coverage_teams import before_and_after, levels_of
from outreach.office_sheet import Column, Kind, OfficeSheet
from outreach.workbook.titles import heading

SKILL_COLUMN = 2
# From pale to dark, as on the page.
LADDER_COLOURS = ("FFFFFF", "C3E2D8", "5FA896", "0B4F45")
FACT_COLOURS = ("FFFFFF", "0B4F45")
EDGE = "404040"
# In centimetres; a bar needs the same height in any chart.
CHART_WIDTH, BAR_HEIGHT, AROUND = 25, 0.55, 3


def write_skills(
    book: Workbook, counted: Coverage, steps: Sequence[Steps], checksum: Checksum
) -> None:
    """Two rows a skill, before and after, those of the ladder first; below them the charts."""
    ladder, facts = levels_of(True), levels_of(False)
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Skill"), 50),
        *(Column(level, 11, Kind.NUMBER, _("Ladder from 0 to 3")) for level in ladder),
        *(Column(level, 9, Kind.NUMBER, _("Yes or not yet")) for level in facts),
        Column(_("Level known"), 10, Kind.NUMBER),
    ]
    title = _("By skill")
    above = heading(counted, title, len(columns))
    sheet = OfficeSheet(book, title, columns, above, frozen_columns=2, checksum=checksum)
    of_ladder = [one for one in steps if one.is_ladder]
    of_facts = [one for one in steps if not one.is_ladder]
    number = 0
    for one in (*of_ladder, *of_facts):
        for side, people in before_and_after(one):
            number += 1
            nothing = [None] * len(facts if one.is_ladder else ladder)
            cells = [*people, *nothing] if one.is_ladder else [*nothing, *people]
            sheet.row([number, f"{one.skill.name} – {side.lower()}", *cells, one.people])
    sheet.filter_rows()
    first, row = sheet.header_row + 1, sheet.written + 2
    for title, found, column, colours in (
        (_("The ladder before and after"), of_ladder, SKILL_COLUMN + 1, LADDER_COLOURS),
        (
            _("What residents have, before and after"),
            of_facts,
            SKILL_COLUMN + 1 + len(ladder),
            FACT_COLOURS,
        ),
    ):
        if found:
            last = first + 2 * len(found) - 1
            chart = _chart(sheet, title, (first, last), column, colours)
            sheet.sheet.add_chart(chart, f"A{row}")
            row += int(chart.height / 0.5) + 2
            first = last + 1


def _chart(
    sheet: OfficeSheet, title: str, rows: tuple[int, int], column: int, colours: Sequence[str]
) -> BarChart:
    """Bars from left to right, the first on top, of the numbers in the sheet's own cells."""
    first, last = rows
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 40
    chart.title = title
    chart.width, chart.height = CHART_WIDTH, AROUND + BAR_HEIGHT * (last - first + 1)
    for place, colour in enumerate(colours):
        series = Reference(sheet.sheet, min_col=column + place, min_row=first, max_row=last)
        chart.add_data(series)
        drawn = chart.series[-1]
        drawn.tx = _title_in(sheet, column + place)
        drawn.graphicalProperties.solidFill = colour
        drawn.graphicalProperties.line.solidFill = EDGE
    chart.set_categories(Reference(sheet.sheet, min_col=SKILL_COLUMN, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "0%"
    chart.legend.position = "b"
    return chart


def _title_in(sheet: OfficeSheet, column: int) -> SeriesLabel:
    """The name of a series is the title of its column."""
    cell = f"${get_column_letter(column)}${sheet.header_row}"
    return SeriesLabel(strRef=StrRef(f"{quote_sheetname(sheet.sheet.title)}!{cell}"))
