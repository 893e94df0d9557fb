"""The cells of a sheet's XML: what stands in them, and putting something else there."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date

from lxml import etree

from outreach.own_form.package import CELL, MAIN, WORKBOOK, Package, tag
from outreach.own_form.placeholders import WRITTEN
from outreach.own_form.problems import NoForm
from outreach.own_form.values import FORMATS, Value

DAY_ZERO = date(1899, 12, 30)
DAY_ZERO_OF_1904 = date(1904, 1, 1)
LONGEST_TEXT = 32_767
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
FIRST_OWN_FORMAT = 164


def rows_of(sheet: etree._Element) -> Iterator[etree._Element]:
    data = sheet.find(tag("sheetData"))
    return iter(()) if data is None else data.iterchildren(tag("row"))


def number_cells(sheet: etree._Element) -> None:
    """Give each row and cell its reference; programs may leave them out. Raises NoForm."""
    last_row = 0
    for row in rows_of(sheet):
        number = row.get("r") or str(last_row + 1)
        if not number.isdecimal() or int(number) <= last_row:
            raise NoForm("damaged_file")
        last_row = int(number)
        row.set("r", number)
        last = 0
        for cell in row.iterchildren(tag("c")):
            reference = cell.get("r") or f"{_letters(last + 1)}{number}"
            match = CELL.fullmatch(reference)
            if match is None or match[2] != number:
                raise NoForm("damaged_file")
            last = _index(match[1])
            cell.set("r", reference)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _index(letters: str) -> int:
    found = 0
    for letter in letters:
        found = 26 * found + ord(letter) - 64
    return found


def column_of(cell: etree._Element) -> str:
    return cell.get("r").rstrip("0123456789")


def formula_of(cell: etree._Element) -> etree._Element | None:
    return cell.find(tag("f"))


class Texts:
    """The texts of a form's cells; most lie in a table that all sheets share."""

    def __init__(self, package: Package) -> None:
        found = package.linked(WORKBOOK, "sharedStrings")
        self.shared = list(package.tree(found[0]).iterchildren(tag("si"))) if found else []

    def holder(self, cell: etree._Element) -> etree._Element | None:
        """The element that holds the cell's text; None when the cell holds none."""
        if cell.get("t") == "inlineStr":
            return cell.find(tag("is"))
        if cell.get("t") != "s":
            return None
        number = cell.findtext(tag("v"), "")
        if not number.isdecimal() or int(number) >= len(self.shared):
            raise NoForm("damaged_file")
        return self.shared[int(number)]

    def text(self, cell: etree._Element) -> str:
        holder = self.holder(cell)
        return "" if holder is None else "".join(part.text or "" for part in _parts(holder))


def _parts(holder: etree._Element) -> list[etree._Element]:
    """The pieces of a text, each with a look of its own; not how it is pronounced."""
    return [
        part
        for part in holder.iter(tag("t"))
        if part.getparent() is holder or part.getparent().tag == tag("r")
    ]


def empty(cell: etree._Element) -> None:
    """Take the content out; the look stays."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)


def put_value(cell: etree._Element, value: Value, epoch_1904: bool) -> None:
    """Make the cell this number, date or text, as its type is."""
    empty(cell)
    if value.content is None or value.content == "":
        return
    if isinstance(value.content, str):
        cell.set("t", "inlineStr")
        _write(etree.SubElement(etree.SubElement(cell, tag("is")), tag("t")), value.content)
        return
    number: float = (
        (value.content - (DAY_ZERO_OF_1904 if epoch_1904 else DAY_ZERO)).days
        if isinstance(value.content, date)
        else value.content
    )
    etree.SubElement(cell, tag("v")).text = repr(number)


def put_text(cell: etree._Element, texts: Texts, words: Callable[[str], str]) -> None:
    """Put `words` of each placeholder into the cell's text; what is bold in it stays bold."""
    holder = deepcopy(texts.holder(cell))
    if holder is None:
        return
    parts = _parts(holder)
    whole = "".join(part.text or "" for part in parts)
    if any(WRITTEN.sub("", part.text or "").count("{{") for part in parts):
        # One begins in one piece and ends in another: the first piece's look is taken.
        _write(parts[0], whole)
        for part in parts[1:]:
            _write(part, "")
    for part in parts:
        filled = WRITTEN.sub(lambda match: words(match[0]), part.text or "")
        _write(part, filled[:LONGEST_TEXT])
    empty(cell)
    if not any(part.text for part in parts):
        return
    cell.set("t", "inlineStr")
    inline = etree.SubElement(cell, tag("is"))
    for child in holder:
        inline.append(child)


def _write(part: etree._Element, text: str) -> None:
    part.text = text
    part.set(SPACE, "preserve")


class Styles:
    """The looks that a form's cells have; one more where a rate or a date would be shown as a bare
    number."""

    def __init__(self, package: Package) -> None:
        found = package.linked(WORKBOOK, "styles")
        self.root = package.tree(found[0]) if found else etree.Element(tag("styleSheet"))
        self.looks = self.root.find(tag("cellXfs"))
        self._made: dict[tuple[int, str], int] = {}

    def suit(self, cell: etree._Element, value: Value) -> None:
        """Where the cell has no number format of its own, give it that of the value."""
        wanted = FORMATS.get(value.kind)
        if wanted is None or self.looks is None or not cell.findtext(tag("v")):
            return
        number = int(cell.get("s", "0"))
        if number >= len(self.looks) or self.looks[number].get("numFmtId", "0") != "0":
            return
        if (number, wanted) not in self._made:
            look = deepcopy(self.looks[number])
            look.set("numFmtId", str(self._format(wanted)))
            look.set("applyNumberFormat", "1")
            self.looks.append(look)
            self.looks.set("count", str(len(self.looks)))
            self._made[number, wanted] = len(self.looks) - 1
        cell.set("s", str(self._made[number, wanted]))

    def _format(self, code: str) -> int:
        formats = self.root.find(tag("numFmts"))
        if formats is None:
            formats = etree.Element(f"{{{MAIN}}}numFmts")
            self.root.insert(0, formats)
        for known in formats:
            if known.get("formatCode") == code:
                return int(known.get("numFmtId"))
        used = [int(known.get("numFmtId")) for known in formats]
        number = max([FIRST_OWN_FORMAT - 1, *used]) + 1
        etree.SubElement(formats, tag("numFmt"), numFmtId=str(number), formatCode=code)
        formats.set("count", str(len(formats)))
        return number
