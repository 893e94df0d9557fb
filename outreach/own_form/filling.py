"""Filling a form for an area and a period, and showing beforehand what it will say."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import override

from outreach.models import ReportForm
from outreach.own_form.checking import problems_now
from outreach.own_form.placeholders import placeholders_in
from outreach.own_form.problems import Unfillable
from outreach.own_form.template import Form, FormCell, words_of
from outreach.own_form.values import Report, report_of
from outreach.own_form.writing import Progress, misplaced, write_filled
from outreach.periods import Period
from volunteers.models import Area


def fill_form(
    file: BinaryIO,
    form: ReportForm,
    area: Area,
    period: Period,
    *,
    made_by: str,
    now: datetime,
    progress: Progress = lambda done, of: None,
) -> None:
    """Write the form, filled for `area` and `period`, to `file`; always in Vietnamese.

    Raises Unfillable when its placeholders have no meaning (any more), or not for this area. The
    number of queries does not depend on how much there is.
    """
    with override("vi"):
        template = Form(bytes(form.content))
        report = _report(template, area, period, made_by, now)
        lines = {name: [one.of for one in found] for name, found in report.lines.items()}
        write_filled(file, template, report.whole.of, lines, progress)


def _report(form: Form, area: Area, period: Period, made_by: str, now: datetime) -> Report:
    problems = problems_now(form) or misplaced(form, area)
    if problems:
        raise Unfillable(problems)
    pieces, repeats = form.pieces(), form.repeated()
    return report_of(area, period, made_by=made_by, now=now, pieces=pieces, repeats=repeats)


@dataclass(frozen=True)
class Shown:
    """A cell of the form, what stands in it and what it will show; of a repeated row the first of
    `times`."""

    sheet: str
    cell: str
    text: str
    words: str
    times: int = 1


def preview(
    form: Form, area: Area, period: Period, *, made_by: str, now: datetime
) -> tuple[Report, list[Shown]]:
    """What `fill_form` would write, cell by cell. Raises Unfillable."""
    with override("vi"):
        report = _report(form, area, period, made_by, now)
        return report, [_shown(cell, report) for cell in form.cells if placeholders_in(cell.text)]


def _shown(cell: FormCell, report: Report) -> Shown:
    where = (cell.sheet, cell.reference, cell.text)
    if cell.repeat is None:
        return Shown(*where, words_of(cell.text, report.whole.of))
    lines = report.lines.get(cell.repeat)
    if not lines:
        return Shown(*where, "", 0)
    return Shown(*where, words_of(cell.text, lines[0].of), len(lines))
