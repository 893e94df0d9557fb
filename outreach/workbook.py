"""The coverage as a workbook for the ward's and the city's desks, always in Vietnamese.

Every number is `outreach.coverage`'s. Persons appear only when asked for, and never above a ward.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from openpyxl import Workbook

from outreach.coverage import AreaCoverage, Coverage, coverage, reconcile
from outreach.coverage_table import named_parts, parts_title, whole_title
from outreach.indicators import HOUSEHOLDS_REACHED
from outreach.models import Target
from outreach.office_sheet import Column, Kind, OfficeSheet, Shown, Words
from outreach.periods import Period
from outreach.person_days_sheet import write_person_days
from outreach.targets import targets_of
from outreach.visit_sheet import VisitRows, write_visits, write_visits_by_area
from volunteers.models import Area

Level = Area.Level
# Indicators on a printed page of the table of areas.
INDICATORS_A_PAGE = 4


def write_workbook(
    target: BinaryIO,
    area: Area,
    period: Period | None = None,
    *,
    visit_rows: VisitRows,
    made_by: str,
    now: datetime | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> None:
    """Count the coverage and write the workbook to `target`; `progress` is told now and then how
    many visits are written.

    A province's never shows single visits: raises ValueError when asked to. The number of queries
    does not depend on how much there is.
    """
    if area.level == Level.PROVINCE and visit_rows is not VisitRows.BY_AREA:
        raise ValueError("a province's workbook shows areas, never visits or persons")
    now = now or timezone.now()
    with override("vi"):
        counted = coverage(area, period, now=now)
        book = Workbook(write_only=True)
        _write_summary(book, counted, targets_of(area, counted.period))
        _write_areas(book, counted)
        if visit_rows is VisitRows.BY_AREA:
            write_visits_by_area(book, counted)
        else:
            write_person_days(book, counted)
            write_visits(book, counted, visit_rows, progress)
        _write_notes(book, counted, visit_rows, made_by)
        book.properties.creator = "Ngõ Số"
        book.properties.title = _title()
        book.save(target)


def _title() -> str:
    return _("Coverage of Digital Literacy for All")


def _letterhead(counted: Coverage, middle: int, columns: int) -> list[list[Words]]:
    """The office on the left up to column `middle`, the state on the right, the title below
    (Decree 30/2020/NĐ-CP, Annex I)."""
    area = counted.area
    office = [_("People's Committee"), area.name]
    if area.level in (Level.NEIGHBOURHOOD, Level.LANE):
        ward = Area.objects.get(pk=area.ward_code)
        office = [f"{office[0]} {ward.name}", area.name]
    state = [_("Socialist Republic of Viet Nam"), _("Independence – Freedom – Happiness")]
    return [
        [
            Words(office[0].upper(), 1, middle, size=13),
            Words(state[0].upper(), middle + 1, columns, bold=True, size=13),
        ],
        [
            Words(office[1].upper(), 1, middle, bold=True, size=13),
            Words(state[1], middle + 1, columns, bold=True, size=13),
        ],
        [],
        [Words(_title().upper(), 1, columns, bold=True, size=14)],
        [Words(counted.period.words, 1, columns, italic=True)],
        [Words(counted.counted_at, 1, columns, italic=True)],
        [],
    ]


def _write_summary(book: Workbook, counted: Coverage, targets: Mapping[str, Target]) -> None:
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Name of the indicator"), 34),
        Column(_("Explanation"), 66),
        Column(_("Unit"), 12),
        Column(_("Assigned target"), 10, Kind.NUMBER),
        Column(_("Numerator"), 11, Kind.NUMBER),
        Column(_("Denominator"), 11, Kind.NUMBER),
        Column(_("Rate"), 10, Kind.RATE),
    ]
    above = _letterhead(counted, 2, len(columns))
    sheet = OfficeSheet(book, _("Summary"), columns, above, frozen_columns=2)
    for number, figure in enumerate(counted.indicators, start=1):
        indicator = figure.indicator
        sheet.row(
            [
                number,
                indicator.name,
                indicator.explanation,
                indicator.unit,
                _assigned(targets.get(figure.code)),
                figure.numerator,
                figure.denominator,
                figure.rate,
            ]
        )
    sheet.filter_rows()
    sheet.line()
    sheet.line(
        Words(_("Made by").upper(), 2, 2, bold=True),
        Words(_("Head of the office").upper(), 3, 8, bold=True),
    )
    sign = _("(signature and full name)")
    sheet.line(Words(sign, 2, 2, italic=True), Words(sign, 3, 8, italic=True))


def _assigned(target: Target | None) -> Shown | int | None:
    """The target as a number: of percent from 0 to 1, shown in percent."""
    if target is None:
        return None
    if target.measure == Target.Measure.PERCENT:
        return Shown(float(target.value / 100), Kind.RATE)
    return int(target.value)


def _write_areas(book: Workbook, counted: Coverage) -> None:
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
    title = f"{_title()} – {parts_title(counted.area).lower()}"
    above = [
        [Words(f"{title} – {counted.area.name}", 1, frozen, bold=True, size=14, align="left")],
        [
            Words(
                f"{counted.period.words}. {counted.counted_at}.",
                1,
                frozen,
                italic=True,
                align="left",
            )
        ],
        [],
    ]
    sheet = OfficeSheet(
        book,
        parts_title(counted.area),
        columns,
        above,
        frozen_columns=frozen,
        page_columns=3 * INDICATORS_A_PAGE,
    )
    for number, (part, name) in enumerate(named_parts(counted), start=1):
        sheet.row([number, part.area.code, name, *_cells(part)])
    sheet.filter_rows()
    sheet.row([None, counted.area.code, whole_title(counted.area), *_cells(counted)], bold=True)


def _cells(part: AreaCoverage) -> Iterator[int | float | None]:
    for figure in part.indicators:
        yield figure.numerator
        if not figure.indicator.is_amount:
            yield from (figure.denominator, figure.rate)


PERSONAL_DATA = {
    VisitRows.BY_AREA: gettext_noop("This workbook holds no personal data of residents."),
    VisitRows.EACH: gettext_noop(
        "This workbook holds no names, addresses or phone numbers of residents; the sheet of "
        "visits is for use within the ward."
    ),
    VisitRows.WITH_NAMES: gettext_noop(
        "The sheet of visits holds names, addresses and phone numbers of residents: use it only "
        "for the ward's work, do not pass it on, delete it when the work is done."
    ),
}


def _write_notes(book: Workbook, counted: Coverage, visit_rows: VisitRows, made_by: str) -> None:
    columns = [
        Column(_("Subject"), 30),
        Column(_("Content"), 86),
        Column(_("Number"), 12, Kind.NUMBER),
    ]
    heading = [[Words(_("Notes").upper(), 1, 3, bold=True, size=14, align="left")], []]
    sheet = OfficeSheet(book, _("Notes"), columns, heading, landscape=False)
    area = counted.area
    sheet.row([_("Area"), _("%(area)s (code %(code)s)") % {"area": area, "code": area.code}, None])
    sheet.row([_("Period"), counted.period.words, None])
    sheet.row([_("As of"), counted.counted_at, None])
    sheet.row([_("Made by"), made_by, None])
    sheet.row([_("Left out"), _("Voided visits; closed households; people who left."), None])
    sheet.row([_("Personal data"), _(PERSONAL_DATA[visit_rows]), None])
    for text in _definitions():
        sheet.row([_("How it is counted"), text, None])
    for text, number in _reconciliation(counted):
        sheet.row([_("How the sheets agree"), text, number])
    for figure in counted.indicators:
        sheet.row([figure.name, figure.indicator.explanation, None])


def _definitions() -> list[str]:
    return [
        _("The first and the last day of the period are included; days are those of Vietnam."),
        _(
            "A household counts where it stands on the last day of the period. A visit counts "
            "where the household stood on the day of the visit."
        ),
        _("A household counts once, however often it was visited."),
        _(
            "The age is the year of the last day less the year of birth. People without a year of "
            "birth are counted as adults."
        ),
        _(
            "Skills are kept only for people who agreed; who withdraws is counted no more, for "
            "earlier periods too."
        ),
        _("A rate is empty when the denominator is 0."),
    ]


def _reconciliation(counted: Coverage) -> Iterator[tuple[str, int]]:
    found, names = reconcile(counted), {"reached": counted.figure(HOUSEHOLDS_REACHED).name}
    yield _("Visits in the period: the rows or sums of the sheet of visits"), found.visits
    yield _("Different households among these visits"), found.homes
    yield (
        _("less: households no longer, or not yet, in the area on the last day (closed, moved)"),
        found.gone,
    )
    yield (
        _("plus: households now in the area that were visited while they stood elsewhere"),
        found.from_elsewhere,
    )
    yield _("gives: %(reached)s, numerator of the summary") % names, found.reached
    parts = [part.figure(HOUSEHOLDS_REACHED).numerator for part, _name in named_parts(counted)]
    if parts:
        yield _("%(reached)s, sum of the areas one level down") % names, sum(parts)
