"""What is wrong with a form before it is kept, and what it will not do."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from outreach.indicators import current_indicators
from outreach.models import Indicator
from outreach.own_form.package import Sheet
from outreach.own_form.placeholders import (
    REPEATED_IN,
    REPEATS,
    Placeholder,
    Vocabulary,
    placeholders_in,
    write,
)
from outreach.own_form.problems import NoForm, Problem, Unfillable
from outreach.own_form.surroundings import obstacles
from outreach.own_form.template import Form
from outreach.own_form.values import Kind, Value
from outreach.own_form.writing import misplaced, write_filled
from volunteers.models import Area

logger = logging.getLogger(__name__)

DAYS = ("tu_ngay", "den_ngay", "ngay_lap")
MOST_CELLS_REPEATED = 300
MOST_ROWS_REPEATED = 20


def vocabulary_now() -> Vocabulary:
    """By the indicators that are shown. Three queries."""
    measures = current_indicators()
    shown = {measure.code for measure in measures}
    codes = Indicator.objects.values_list("pk", flat=True)
    return Vocabulary(measures, [code for code in codes if code not in shown])


def problems_now(form: Form) -> list[Problem]:
    """What is wrong with the placeholders by the indicators of today, in the file's order."""
    return list(_objections(form, vocabulary_now()))


def check(form: Form, area: Area) -> list[Problem]:
    """Everything that is wrong with a form which `area` is to keep; a province's may be made for
    its wards. Raises NoForm for a file that cannot be filled at all."""
    problems = problems_now(form)
    problems += _about_repeats(form, area)
    problems += _about_shapes(form)
    if problems:
        return problems
    return _tried(form)


def _tried(form: Form) -> list[Problem]:
    """What filling it would stumble over."""
    try:
        write_filled(BytesIO(), form.copy(), _anything, dict.fromkeys(REPEATS, [_anything] * 3))
    except Unfillable as unfillable:
        return unfillable.problems
    except NoForm:
        raise
    except Exception as error:
        # Numbers that are none, parts that lack others: what no spreadsheet program writes.
        logger.warning("A form could not be filled on trial: %s", type(error).__name__)
        raise NoForm("damaged_file") from error
    return []


def _anything(placeholder: Placeholder) -> Value:
    """Of the kind that the placeholder gives."""
    if placeholder.name.endswith((".ty_le", ".so_ky_truoc")):
        return Value(0.5, Kind.RATE)
    if placeholder.name in DAYS:
        return Value(date(2026, 1, 1), Kind.DATE)
    return Value(1, Kind.NUMBER)


def _objections(form: Form, vocabulary: Vocabulary) -> Iterator[Problem]:
    for cell in form.cells:
        for message in vocabulary.objections(cell.text, cell.repeat):
            yield Problem(cell.sheet, cell.reference, message)
    for sheet, element in form.headers():
        for message in vocabulary.objections(element.text or "", None):
            yield Problem(sheet.name, _("header or footer"), message)
    if not any(True for _placeholder in form.placeholders()):
        message = _(
            "The form has no placeholder, so there is nothing to fill. Write for example "
            "%(example)s into a cell; the example form has all of them to copy."
        ) % {"example": write("ten_phuong")}
        yield Problem("", "", message)


def _about_repeats(form: Form, area: Area) -> Iterator[Problem]:
    levels: set[str] = set()
    counted: Counter[tuple[str, int]] = Counter()
    for cell in form.cells:
        for one in placeholders_in(cell.text):
            if not one.is_repeat:
                continue
            levels.add(REPEATED_IN[one.name])
            counted[cell.sheet, cell.row] += 1
            if counted[cell.sheet, cell.row] == 2:
                message = _(
                    "row %(row)s has a second “%(written)s”; one in a row is enough, delete this"
                ) % {"row": cell.row, "written": one.written}
                yield Problem(cell.sheet, cell.reference, message)
            elif len(levels) > 1:
                message = _(
                    "a form has rows for neighbourhoods or rows for wards, not both; make two forms"
                )
                yield Problem(cell.sheet, cell.reference, message)
    if area.level == Area.Level.COMMUNE and len(levels) < 2:
        yield from misplaced(form, area)
    for sheet, element in form.headers():
        for one in placeholders_in(element.text or ""):
            if one.is_repeat:
                yield Problem(sheet.name, _("header or footer"), _("no row can be repeated here"))


def _about_shapes(form: Form) -> Iterator[Problem]:
    for sheet in form.package.sheets:
        if "{{" in sheet.name:
            message = _("the name of a sheet cannot hold a placeholder; write it into a cell")
            yield Problem(sheet.name, "", message)
        for at, formula in form.formulas(sheet):
            if "{{" in (formula.text or ""):
                message = _(
                    "a formula cannot hold a placeholder; put it into a cell of its own and refer "
                    "to that cell"
                )
                yield Problem(sheet.name, at, message)
        for part in form.package.linked(sheet.part, "drawing"):
            if b"{{" in form.package.bytes_of(part):
                message = _("a text box or shape cannot hold a placeholder; write it into a cell")
                yield Problem(sheet.name, "", message)
        yield from _about_tables(form, sheet)
        yield from _about_rows(form, sheet)


def _about_tables(form: Form, sheet: Sheet) -> Iterator[Problem]:
    """The titles of a table stand in a part of their own too, and the two must agree."""
    for part in form.package.linked(sheet.part, "table"):
        table = form.package.tree(part)
        if table.get("headerRowCount") == "0":
            continue
        left, top, right, _bottom = range_boundaries(table.get("ref", ""))
        for cell in form.cells:
            row, column = coordinate_to_tuple(cell.reference)
            is_title = row == top and left <= column <= right
            if cell.sheet == sheet.name and is_title and placeholders_in(cell.text):
                message = _(
                    "the title of a table's column cannot hold a placeholder; write it into a row "
                    "above the table"
                )
                yield Problem(sheet.name, cell.reference, message)


def _about_rows(form: Form, sheet: Sheet) -> Iterator[Problem]:
    repeated = form.repeats.get(sheet.name, {})
    if not repeated:
        return
    yield from obstacles(form.package, sheet, repeated)
    if len(repeated) > MOST_ROWS_REPEATED:
        message = _("at most %(limit)s rows of a sheet can be repeated; there are %(count)s")
        yield Problem(
            sheet.name, "", message % {"limit": MOST_ROWS_REPEATED, "count": len(repeated)}
        )
    for row, length in form.lengths(sheet).items():
        if row in repeated and length > MOST_CELLS_REPEATED:
            message = _("row %(row)s has %(count)s cells; at most %(limit)s can be repeated")
            shown = {"row": row, "count": length, "limit": MOST_CELLS_REPEATED}
            yield Problem(sheet.name, "", message % shown)


def warnings(form: Form) -> list[str]:
    """What stays in the filled form as it is, though somebody may expect it to change."""
    names = [name.lower() for name in form.package.names()]
    said = []
    if any(name.startswith("xl/pivottables/") for name in names):
        said.append(_("PivotTables keep their old numbers until you choose Refresh All in Excel."))
    if any(name.startswith("xl/externallinks/") for name in names):
        said.append(
            _(
                "Links to other workbooks stay; whoever opens the filled form is asked about them. "
                "Better take them out."
            )
        )
    return said
