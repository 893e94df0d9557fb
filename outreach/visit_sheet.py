"""The workbook's sheet of visits: one row a visit, or the numbers of each area."""

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.coverage import Coverage, visits_by_part, visits_made
from outreach.coverage_table import remainder_title
from outreach.models import Assessment, Visit
from outreach.office_sheet import MAX_ROWS, Column, Kind, OfficeSheet, Words
from volunteers.models import Area

# Rows fetched from the database at a time.
CHUNK = 2000


class VisitRows(Enum):
    """What the sheet of visits shows."""

    BY_AREA = auto()  # numbers of each area
    EACH = auto()  # a row a visit, without the household
    WITH_NAMES = auto()  # with card code, address, head, phone and note: personal data


def write_visits(
    book: Workbook, counted: Coverage, rows: VisitRows, progress: Callable[[int], None]
) -> None:
    """One row a visit, sorted by day; where a sheet is full the next one begins."""
    with_names = rows is VisitRows.WITH_NAMES
    columns, fields = _visit_columns(with_names), _visit_fields(with_names)
    names = area_names(counted.area)
    visits = _with_counts(visits_made(counted.area, counted.period))
    found = visits.order_by("day", "visited_at", "event_number").values_list(*fields)
    sheet = _new_sheet(book, counted, columns)
    number = 0
    for number, (area, outcome, day, *others) in enumerate(
        found.iterator(chunk_size=CHUNK), start=1
    ):
        if sheet.written == MAX_ROWS:
            sheet.filter_rows()
            sheet = _new_sheet(book, counted, columns)
        sheet.row([number, day, names[area], Visit.Outcome(outcome).label, *others])
        if number % CHUNK == 0:
            progress(number)
    if not number:
        sheet.line(Words(_("There were no visits in this period."), 1, len(columns), align="left"))
    else:
        sheet.filter_rows()


def _visit_columns(with_names: bool) -> list[Column]:
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Day"), 11.5, Kind.DATE),
        Column(_("Area"), 20),
        Column(_("Outcome"), 17),
        Column(_("Visitor"), 20),
        Column(_("Companions"), 9.5, Kind.NUMBER),
        Column(_("People met"), 9.5, Kind.NUMBER),
        Column(_("People assessed"), 9.5, Kind.NUMBER),
    ]
    if with_names:
        columns += [
            Column(_("Card code"), 15, Kind.CODE),
            Column(_("Address"), 26),
            Column(_("Head of household"), 20),
            Column(_("Phone number"), 12.5, Kind.CODE),
            Column(_("Note"), 28),
        ]
    return columns


def _visit_fields(with_names: bool) -> list[str]:
    """Area and outcome, which get words of their own, then the columns in their order."""
    fields = ["area", "outcome", "day", "visitor__full_name"]
    fields += ["companion_count", "met_count", "assessed_count"]
    if with_names:
        fields += ["household__card_code", "household__address", "household__head__name"]
        fields += ["household__head__phone", "note"]
    return fields


def _with_counts(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Each count in a subquery of its own: joined together they would multiply."""

    def counted(rows: QuerySet, field: str) -> Coalesce:
        of_visit = rows.filter(visit=OuterRef("pk")).order_by().values("visit")
        return Coalesce(Subquery(of_visit.annotate(n=Count(field, distinct=True)).values("n")), 0)

    return visits.annotate(
        companion_count=counted(Visit.companions.through.objects.all(), "user"),
        met_count=counted(Visit.met.through.objects.all(), "resident"),
        assessed_count=counted(Assessment.objects.all(), "resident"),
    )


def area_names(area: Area) -> dict[str, str]:
    """Full names of the areas in which homes of `area` can stand: "Khu phố 1, Hẻm 5"."""
    ward = area.ward_code
    areas = Area.objects.filter(Q(parent=ward) | Q(parent__parent=ward))
    return {
        code: f"{parent}, {name}" if level == Area.Level.LANE else name
        for code, name, level, parent in areas.values_list("code", "name", "level", "parent__name")
    }


def write_visits_by_area(book: Workbook, counted: Coverage) -> None:
    """How many visits each area one level down had, by outcome; no single visit."""
    outcomes = list(Visit.Outcome)
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Code"), 11, Kind.CODE),
        Column(_("Area"), 34),
        Column(_("Visits"), 12, Kind.NUMBER),
        *(Column(str(outcome.label), 13, Kind.NUMBER) for outcome in outcomes),
    ]
    sheet = _new_sheet(book, counted, columns)
    found = visits_by_part(counted.area, counted.period)
    total = [0] * (len(outcomes) + 1)
    for number, (code, name) in enumerate(_parts(counted, set(found)), start=1):
        visits = [found.get(code, {}).get(outcome, 0) for outcome in outcomes]
        row = [sum(visits), *visits]
        total = [one + other for one, other in zip(total, row, strict=True)]
        sheet.row([number, code, name, *row])
    sheet.filter_rows()
    sheet.row([None, counted.area.code, _("Total"), *total], bold=True)


def _parts(counted: Coverage, visited: set[str]) -> Iterator[tuple[str, str]]:
    """Code and name of the areas shown elsewhere and of those where only visits were made."""
    shown = [part.area for part in counted.by_area]
    others = Area.objects.filter(pk__in=visited - {area.code for area in shown})
    for area in [*shown, *others]:
        yield area.code, area.name if area.code != counted.area.code else remainder_title()


def _new_sheet(book: Workbook, counted: Coverage, columns: list[Column]) -> OfficeSheet:
    number = sum(sheet.title.startswith(_("Visits")) for sheet in book.worksheets) + 1
    title = _("Visits") if number == 1 else f"{_('Visits')} ({number})"
    above: list[list[Any]] = [
        [Words(f"{title} – {counted.area.name}", 1, len(columns), True, size=14, align="left")],
        [
            Words(
                f"{counted.period.words}. {counted.counted_at}.",
                1,
                len(columns),
                italic=True,
                align="left",
            )
        ],
        [],
    ]
    return OfficeSheet(book, title, columns, above, frozen_columns=2)
