"""The coverage as a workbook for the ward's and the city's desks, always in Vietnamese.

Every number is `outreach.coverage`'s. Persons appear only when asked for, and never above a ward.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from outreach.allowances import person_days
from outreach.checksum import Checksum
from outreach.coverage import Coverage, coverage
from outreach.coverage.ladder import ladder
from outreach.coverage.teams import teams
from outreach.coverage_table import parts_title, shown_areas
from outreach.office_sheet import sheet_name
from outreach.periods import Period, previous
from outreach.person_days_sheet import write_person_days
from outreach.targets import targets_of_areas
from outreach.visit_sheet import VisitRows, write_visits, write_visits_by_area
from outreach.workbook.allowance_sheet import write_allowances
from outreach.workbook.area_sheet import write_areas
from outreach.workbook.notes_sheet import Written, write_notes
from outreach.workbook.skill_sheet import write_skills
from outreach.workbook.summary_sheet import write_summary
from outreach.workbook.team_sheet import write_teams
from outreach.workbook.titles import workbook_title
from outreach.workbook.unreached_sheet import write_unreached
from outreach.workbook.ward_sheets import write_wards
from volunteers.models import Area

__all__ = ["VisitRows", "write_workbook"]

Level = Area.Level


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
        written = _write_sheets(book, counted, visit_rows, progress)
        write_notes(book, counted, visit_rows, written, made_by)
        book.properties.creator = "Ngõ Số"
        book.properties.title = workbook_title()
        book.save(target)


def _write_sheets(
    book: Workbook, counted: Coverage, visit_rows: VisitRows, progress: Callable[[int], None]
) -> Written:
    area, period, now = counted.area, counted.period, counted.as_of
    checksum, earlier = Checksum(), previous(counted.period)
    before = coverage(area, earlier, now=now) if earlier else None
    own_sheets = dict(_ward_sheets(counted))
    targets = targets_of_areas(shown_areas(counted), period)
    write_summary(book, counted, targets.get(area.pk, {}), before, checksum)
    write_areas(book, counted, targets, own_sheets, checksum)
    written = Written(checksum, earlier)
    if area.level == Level.COMMUNE:
        written.teams = teams(area, period, now=now)
        write_teams(book, counted, written.teams, checksum)
    if visit_rows is not VisitRows.BY_AREA:
        found = person_days(area, period)
        written.person_days, paid = write_person_days(book, counted, found, visit_rows)
        if found.rules:
            written.paid = paid, write_allowances(book, counted, found, checksum)
    if area.level != Level.PROVINCE:
        write_skills(book, counted, ladder(area, period, now=now), checksum)
    if visit_rows is VisitRows.BY_AREA:
        write_visits_by_area(book, counted)
    else:
        written.unreached = write_unreached(book, counted, visit_rows)
        write_visits(book, counted, visit_rows, progress)
    if area.level == Level.PROVINCE:
        write_wards(book, counted, targets, own_sheets, checksum)
    return written


def _ward_sheets(counted: Coverage) -> Iterator[tuple[str, str]]:
    """Code and name of the sheet of each ward of a province."""
    if counted.area.level != Level.PROVINCE:
        return
    taken = [_("Summary"), parts_title(counted.area), _("Visits"), _("Notes")]
    for part in counted.by_area:
        taken.append(sheet_name(part.area.name, taken))
        yield part.area.code, taken[-1]
