"""The sheet of notes: what was counted and how, how the sheets agree, and a checksum."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from openpyxl import Workbook

from outreach.checksum import Checksum
from outreach.coverage import Coverage, reconcile
from outreach.coverage.teams import Teams
from outreach.coverage_table import named_parts
from outreach.indicators import HOUSEHOLDS_REACHED
from outreach.models import Rule
from outreach.office_sheet import Column, Kind, OfficeSheet, Words
from outreach.periods import Period
from outreach.visit_sheet import VisitRows


@dataclass
class Written:
    """What the other sheets say; None where there is no such sheet."""

    checksum: Checksum
    earlier: Period | None
    teams: Teams | None = None
    person_days: int | None = None
    # The đồng of the sheet of person-days, and of the one that sums them up.
    paid: tuple[int, int] | None = None
    unreached: int | None = None


PERSONAL_DATA = {
    VisitRows.BY_AREA: gettext_noop("This workbook holds no personal data of residents."),
    VisitRows.EACH: gettext_noop(
        "This workbook holds no names, addresses or phone numbers of residents; the sheets of "
        "visits and of households not reached are for use within the ward."
    ),
    VisitRows.WITH_NAMES: gettext_noop(
        "The sheets of visits and of households not reached hold names, addresses and phone "
        "numbers of residents: use them only for the ward's work, do not pass them on, delete "
        "them when the work is done."
    ),
}


def write_notes(
    book: Workbook, counted: Coverage, visit_rows: VisitRows, written: Written, made_by: str
) -> None:
    columns = [
        Column(_("Subject"), 30),
        Column(_("Content"), 86),
        Column(_("Number"), 12, Kind.NUMBER),
    ]
    heading = [[Words(_("Notes").upper(), 1, 3, bold=True, size=14, align="left")], []]
    sheet = OfficeSheet(book, _("Notes"), columns, heading, landscape=False)
    for subject, text in _facts(counted, visit_rows, written, made_by):
        sheet.row([subject, text, None])
    for text in (*_definitions(), *(_paying() if written.paid else ())):
        sheet.row([_("How it is counted"), text, None])
    for text, number in (*_reconciliation(counted), *_further(counted, written)):
        sheet.row([_("How the sheets agree"), text, number])
    sheet.row([_("Checksum"), written.checksum.text, None])
    sheet.row([_("How the checksum is made"), _how_it_is_summed(), None])
    for figure in counted.indicators:
        sheet.row([figure.name, figure.indicator.explanation, None])


def _facts(
    counted: Coverage, visit_rows: VisitRows, written: Written, made_by: str
) -> Iterator[tuple[str, str]]:
    area = counted.area
    yield _("Area"), _("%(area)s (code %(code)s)") % {"area": area, "code": area.code}
    yield _("Period"), counted.period.words
    earlier = written.earlier
    yield _("Period before"), earlier.words if earlier else _("There is none to compare with.")
    yield _("As of"), counted.counted_at
    yield _("Made by"), made_by
    yield _("Filters"), _("Area and period only: all households, outcomes and teams.")
    yield _("Left out"), _("Voided visits; closed households; people who left.")
    yield _("Personal data"), _(PERSONAL_DATA[visit_rows])


def _how_it_is_summed() -> str:
    return _(
        "SHA-256 of a text (UTF-8) with a line for each number in the sheets of summary, areas, "
        "teams, sums of person-days, skills and single wards, sheet by sheet, row by row, from "
        "left to right: the name of the sheet, !, the cell, = and the number with six decimals "
        "and a point, like Sheet!F9=3.000000; each line ends with a line feed. Dates are left out."
    )


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
        _(
            "Since the period before: rates in points of percent, amounts as difference. A month, "
            "quarter, half-year or year, or its first days, is compared with the same days of the "
            "one before; other whole months with as many months before; other days with as many "
            "before."
        ),
        _(
            "Skills before and after count the same people: those of the skill's age whose level "
            "is known at the end of the period. Before: the newest level before the period, or "
            "the first one seen in it."
        ),
    ]


def _paying() -> list[str]:
    return [
        _(
            "Allowances are those that the ward or its city wrote down here; this workbook does "
            "not say that they are the law."
        ),
        _(
            "A person-day is paid in full or not at all, to members of a team of the ward, for the "
            "team that they joined first. Caps count from the first day of each month; earlier "
            "days are paid first, on one day by given name."
        ),
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


def _further(counted: Coverage, written: Written) -> Iterator[tuple[str, int]]:
    reached = counted.figure(HOUSEHOLDS_REACHED)
    if written.unreached is not None:
        yield _("Households not reached: the rows of their sheet"), written.unreached
        less = (reached.denominator or 0) - reached.numerator
        yield _("%(reached)s: denominator less numerator") % {"reached": reached.name}, less
    if written.teams is not None:
        yield _("Visits of the whole ward, sheet of teams"), written.teams.ward.visits
    if written.person_days is not None:
        yield _("Person-days: the rows of their sheet"), written.person_days
    if written.paid is not None:
        of_days, of_months = written.paid
        yield _("Allowances in đồng: the sheet of person-days"), of_days
        yield _("Allowances in đồng: the sheet that sums them up"), of_months
    days = [one for one in counted.indicators if one.indicator.rule == Rule.PERSON_DAYS]
    for figure in days[:1]:
        yield _("%(name)s, numerator of the summary") % {"name": figure.name}, figure.numerator
