"""The sheet of households that nobody came to in the period."""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When
from django.utils.translation import gettext as _
from openpyxl import Workbook

from outreach.coverage import Coverage
from outreach.coverage.places import Places, standing
from outreach.models import Household, Placement, Visit
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.visit_sheet import CHUNK, VisitRows, area_names
from outreach.workbook.titles import heading
from volunteers.models import Area


def write_unreached(book: Workbook, counted: Coverage, rows: VisitRows) -> int:
    """A row a household, in the order of areas and doors; how many. Who lives where only where
    names are asked for."""
    with_names = rows is VisitRows.WITH_NAMES
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Area"), 34),
        Column(_("Kind of household"), 24),
        Column(_("Card code"), 18, Kind.CODE),
    ]
    if with_names:
        columns += [
            Column(_("Address"), 36),
            Column(_("Head of household"), 26),
            Column(_("Phone number"), 14, Kind.CODE),
        ]
    title = _("Households not reached")
    sheet = OfficeSheet(
        book, title, columns, heading(counted, title, len(columns)), frozen_columns=2
    )
    names, number = area_names(counted.area), 0
    for number, (area, kind, *others) in enumerate(_homes(counted, with_names), start=1):
        sheet.row([number, names[area], Household.Kind(kind).label, *others])
    if number:
        sheet.filter_rows()
    else:
        words = _("No household was left out in this period.")
        sheet.line(Words(words, 1, len(columns), align="left"))
    return number


def _homes(counted: Coverage, with_names: bool) -> Iterator[tuple]:
    fields = ["area", "household__kind", "household__card_code"]
    if with_names:
        fields += ["household__address", "household__head__name", "household__head__phone"]
    return _in_order(unreached(counted)).values_list(*fields).iterator(chunk_size=CHUNK)


def unreached(counted: Coverage) -> QuerySet[Placement]:
    """Where the homes stand at the end of the period that nobody visited in it: the denominator of
    the households reached without its numerator."""
    visits = Visit.objects.counted().between(counted.period.first, counted.period.last)
    return standing(Places.whole(counted.area), counted.period.last).filter(
        ~Exists(visits.filter(household=OuterRef("household")))
    )


def _in_order(homes: QuerySet[Placement]) -> QuerySet[Placement]:
    lane = When(area__level=Area.Level.LANE, then=F("area__parent__position"))
    return homes.order_by(
        Case(lane, default=F("area__position")), "area__path", "household__walking_order", "pk"
    )
