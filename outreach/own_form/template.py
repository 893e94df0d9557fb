"""A form as it was uploaded: which of its cells hold placeholders, and which rows are repeated."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from outreach.own_form.cells import Texts, formula_of, number_cells, rows_of
from outreach.own_form.package import Package, Sheet, tag
from outreach.own_form.placeholders import WRITTEN, Placeholder, placeholders_in
from outreach.own_form.values import Value

Gives = Callable[[Placeholder], Value]


@dataclass(frozen=True)
class FormCell:
    """A cell with braces. `repeat`: the placeholder that repeats its row, or None."""

    sheet: str
    reference: str
    row: int
    text: str
    repeat: str | None


def alone(text: str) -> Placeholder | None:
    """The one placeholder of which the text consists, beside those that repeat the row."""
    found = [one for one in placeholders_in(text) if not one.is_repeat]
    if len(found) != 1 or without_repeats(text).strip() != found[0].written:
        return None
    return found[0]


def without_repeats(text: str) -> str:
    for placeholder in placeholders_in(text):
        if placeholder.is_repeat:
            text = text.replace(placeholder.written, "")
    return text


def words_of(text: str, gives: Gives) -> str:
    """What the cell will show, as people read it."""
    one = alone(text)
    if one is not None:
        value = gives(one)
        return "" if value.content is None else value.words
    return WRITTEN.sub(lambda match: words_within(match[0], gives), text).strip()


def words_within(written: str, gives: Gives) -> str:
    """What a placeholder becomes within a text."""
    (placeholder,) = placeholders_in(written)
    return "" if placeholder.is_repeat else gives(placeholder).words


class Form:
    """Raises NoForm when the file cannot be read as a form."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self.texts = Texts(self.package)
        self.cells: list[FormCell] = []
        # By sheet and row the placeholder that repeats the row: the first of the row.
        self.repeats: dict[str, dict[int, str]] = {}
        for sheet in self.package.sheets:
            self._scan(sheet)

    def _scan(self, sheet: Sheet) -> None:
        tree = self.package.tree(sheet.part)
        number_cells(tree)
        for row in rows_of(tree):
            texts = [(cell, self.texts.text(cell)) for cell in row.iterchildren(tag("c"))]
            found = [(cell.get("r"), text) for cell, text in texts if "{" in text or "}}" in text]
            names = [
                one.name for _cell, text in found for one in placeholders_in(text) if one.is_repeat
            ]
            repeat = names[0] if names else None
            number = int(row.get("r"))
            if repeat:
                self.repeats.setdefault(sheet.name, {})[number] = repeat
            self.cells += [FormCell(sheet.name, at, number, text, repeat) for at, text in found]

    def placeholders(self) -> Iterator[Placeholder]:
        for cell in self.cells:
            yield from placeholders_in(cell.text)
        for _sheet, element in self.headers():
            yield from placeholders_in(element.text or "")

    def pieces(self) -> set[str]:
        """Which pieces of indicators it asks for."""
        found = (placeholder.of_indicator() for placeholder in self.placeholders())
        return {about[1] for about in found if about}

    def repeated(self) -> set[str]:
        """By which placeholders rows are repeated."""
        return {name for rows in self.repeats.values() for name in rows.values()}

    def headers(self) -> Iterator[tuple[Sheet, etree._Element]]:
        """The headers and footers of the printed pages."""
        for sheet in self.package.sheets:
            for holder in self.package.tree(sheet.part).iterchildren(tag("headerFooter")):
                for element in holder:
                    yield sheet, element

    def formulas(self, sheet: Sheet) -> Iterator[tuple[str, etree._Element]]:
        """Each formula with its cell's reference."""
        for row in rows_of(self.package.tree(sheet.part)):
            for cell in row.iterchildren(tag("c")):
                formula = formula_of(cell)
                if formula is not None:
                    yield cell.get("r"), formula

    def lengths(self, sheet: Sheet) -> dict[int, int]:
        """How many cells each row has."""
        return {int(row.get("r")): len(row) for row in rows_of(self.package.tree(sheet.part))}

    def copy(self) -> "Form":
        """Another one to fill; this one stays as it is."""
        file = BytesIO()
        self.package.write(file)
        return Form(file.getvalue())
