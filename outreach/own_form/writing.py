"""Writing a filled form: placeholders become numbers, dates and words; everything else stays."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import BinaryIO

from django.utils.translation import gettext as _
from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple

from outreach.own_form.cells import (
    Styles,
    column_of,
    empty,
    formula_of,
    put_text,
    put_value,
    rows_of,
)
from outreach.own_form.package import WORKBOOK, Sheet, tag
from outreach.own_form.placeholders import REPEATED_IN, WRITTEN, placeholders_in
from outreach.own_form.problems import Problem, Unfillable
from outreach.own_form.references import Copy, Moves, Unclear, moved, shifted
from outreach.own_form.surroundings import move_surroundings
from outreach.own_form.template import (
    Form,
    Gives,
    alone,
    without_repeats,
    words_within,
)
from volunteers.models import Area

# How many of how many sheets are done.
Progress = Callable[[int, int], None]
BEFORE_CALCULATION = ("sheets", "functionGroups", "externalReferences", "definedNames")


def misplaced(form: Form, area: Area) -> list[Problem]:
    """Rows that are repeated for what does not lie one level below `area`."""
    wrong = [
        cell
        for cell in form.cells
        for one in placeholders_in(cell.text)
        if one.is_repeat and REPEATED_IN[one.name] != area.level
    ]
    messages = {
        Area.Level.COMMUNE: _("the form has a row for each ward; fill it for a city or province"),
        Area.Level.PROVINCE: _(
            "the form has a row for each neighbourhood or team; fill it for a ward"
        ),
    }
    said = messages.get(Area.Level(area.level), _("fill the form for a ward or a city"))
    return [Problem(cell.sheet, cell.reference, said) for cell in wrong]


def write_filled(
    file: BinaryIO,
    form: Form,
    whole: Gives,
    lines: Mapping[str, Sequence[Gives]],
    progress: Progress = lambda done, of: None,
) -> None:
    """Fill `form`, which is used up, and write it. `lines`: for what the rows with
    each placeholder are repeated; without any the row stays once, empty. Raises Unfillable."""
    _Filling(form, whole, lines).write(file, progress)


class _Filling:
    def __init__(self, form: Form, whole: Gives, lines: Mapping[str, Sequence[Gives]]) -> None:
        self.form, self.package = form, form.package
        self.whole, self.lines = whole, lines
        self.styles = Styles(self.package)
        settings = self.package.tree(WORKBOOK).find(tag("workbookPr"))
        dates = "" if settings is None else settings.get("date1904", "")
        self.epoch_1904 = dates in ("1", "true")
        self.problems: list[Problem] = []
        self.moves = {
            sheet.casefold(): Moves(
                {row: max(len(lines.get(name, ())), 1) for row, name in rows.items()}
            )
            for sheet, rows in form.repeats.items()
        }

    def write(self, file: BinaryIO, progress: Progress) -> None:
        for _sheet, element in self.form.headers():
            # & begins an instruction there.
            element.text = WRITTEN.sub(
                lambda match: words_within(match[0], self.whole).replace("&", "&&"),
                element.text or "",
            )
        for done, sheet in enumerate(self.package.sheets, start=1):
            self._fill(sheet)
            progress(done, len(self.package.sheets))
        if self.problems:
            raise Unfillable(self.problems)
        if self.moves:
            move_surroundings(self.package, self.moves)
        self._let_formulas_be_counted_again()
        self.package.write(file)

    def _fill(self, sheet: Sheet) -> None:
        tree = self.package.tree(sheet.part)
        for size in tree.findall(tag("dimension")):
            tree.remove(size)
        self._write_out_shared_formulas(tree)
        own = self.moves.get(sheet.name.casefold(), Moves({}))
        for row in list(rows_of(tree)):
            number = int(row.get("r"))
            if number not in own.times:
                self._finish_row(sheet, row, own.first(number), self.whole, None)
                continue
            repeat = self.form.repeats[sheet.name][number]
            lines: Sequence[Gives | None] = self.lines.get(repeat) or [None]
            for index, line in enumerate(lines):
                copy = deepcopy(row)
                row.addprevious(copy)
                place = Copy(number, index)
                self._finish_row(sheet, copy, own.first(number) + index, line, place)
            row.getparent().remove(row)

    def _write_out_shared_formulas(self, tree: etree._Element) -> None:
        """Formulas that say "as there" would go wrong where rows move."""
        masters: dict[str, tuple[str, str]] = {}
        for cell in tree.iter(tag("c")):
            formula = formula_of(cell)
            if formula is None or formula.get("t") != "shared":
                continue
            group = formula.get("si", "")
            if formula.text:
                masters.setdefault(group, (cell.get("r"), formula.text))
            elif group in masters:
                at, text = masters[group]
                (row, column), (row_0, column_0) = map(coordinate_to_tuple, (cell.get("r"), at))
                formula.text = shifted(text, row - row_0, column - column_0)
            for name in ("t", "si", "ref"):
                formula.attrib.pop(name, None)

    def _finish_row(
        self, sheet: Sheet, row: etree._Element, number: int, gives: Gives | None, copy: Copy | None
    ) -> None:
        """Fill the row's cells and put it where it stands now; `gives` None: with nothing."""
        row.set("r", str(number))
        for cell in row.iterchildren(tag("c")):
            before = cell.get("r")
            cell.set("r", f"{column_of(cell)}{number}")
            formula = formula_of(cell)
            if formula is not None:
                self._move_formula(sheet, before, formula, copy)
                for result in cell.findall(tag("v")):
                    cell.remove(result)
                cell.attrib.pop("t", None)
                continue
            text = self.form.texts.text(cell)
            if placeholders_in(text):
                self._fill_cell(cell, text, gives)

    def _fill_cell(self, cell: etree._Element, text: str, gives: Gives | None) -> None:
        one = alone(text)
        if gives is None or not without_repeats(text).strip():
            empty(cell)
        elif one is not None:
            value = gives(one)
            put_value(cell, value, self.epoch_1904)
            self.styles.suit(cell, value)
        else:
            put_text(cell, self.form.texts, lambda written: words_within(written, gives))

    def _move_formula(
        self, sheet: Sheet, before: str, formula: etree._Element, copy: Copy | None
    ) -> None:
        own = self.moves.get(sheet.name.casefold())
        if formula.get("ref") and own is not None:
            # An array; in a repeated row it is the copy's own.
            area = own.area(formula.get("ref")) if copy is None else formula.getparent().get("r")
            formula.set("ref", area)
        if not formula.text or not self.moves:
            return
        try:
            formula.text = moved(formula.text, sheet.name, self.moves, copy=copy)
        except Unclear as unclear:
            message = _(
                "the formula refers to %(cell)s, a cell of a repeated row, and there will be "
                "several; write a range, like SUM(%(cell)s:%(cell)s)"
            ) % {"cell": str(unclear)}
            self.problems.append(Problem(sheet.name, before, message))

    def _let_formulas_be_counted_again(self) -> None:
        """Their old results are gone; programs count when they open the file."""
        for chain in self.package.linked(WORKBOOK, "calcChain"):
            self.package.drop(chain)
        book = self.package.tree(WORKBOOK)
        settings = book.find(tag("calcPr"))
        if settings is None:
            settings = etree.Element(tag("calcPr"))
            before = [one for one in book if one.tag in {tag(name) for name in BEFORE_CALCULATION}]
            before[-1].addnext(settings)
        settings.set("fullCalcOnLoad", "1")
