"""What lies around the cells and names rows: merged cells, print areas, pictures, charts, tables,
comments. It must name the rows where they are once some have been repeated."""

import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from lxml import etree

from outreach.own_form.package import WORKBOOK, Package, Sheet, tag
from outreach.own_form.problems import Problem
from outreach.own_form.references import Moves, Single, moved

RANGES, PLACES = ("ref", "sqref"), ("activeCell", "topLeftCell")
FORMULAS = {"formula", "formula1", "formula2", "f"}
# In drawings of the old kind rows are counted from 0, and often no XML would parse them.
_VML_ROW = re.compile(rb"(<\w+:Row>\s*)(\d+)(\s*</)")
_VML_ANCHOR = re.compile(rb"(<\w+:Anchor>)([^<]*)(</)")


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def obstacles(package: Package, sheet: Sheet, repeated: Mapping[int, str]) -> Iterator[Problem]:
    """What lies on a sheet and keeps its rows from being repeated."""
    tree = package.tree(sheet.part)
    for merged in tree.iter(tag("mergeCell")):
        top, bottom = _rows(merged.get("ref", ""))
        if top != bottom and any(top <= row <= bottom for row in repeated):
            message = _(
                "the merged cell %(area)s covers the repeated row and another one; merge cells "
                "within the row only"
            ) % {"area": merged.get("ref")}
            yield Problem(sheet.name, merged.get("ref", "").partition(":")[0], message)
    if package.linked(sheet.part, "pivotTable"):
        message = _(
            "a sheet with a PivotTable cannot have a repeated row; put the PivotTable on a sheet "
            "of its own"
        )
        yield Problem(sheet.name, "", message)
    if any(_local(element) == "sparkline" for element in tree.iter()):
        message = _("a sheet with sparklines cannot have a repeated row; take them out")
        yield Problem(sheet.name, "", message)
    for cell in tree.iter(tag("c")):
        formula = cell.find(tag("f"))
        if formula is not None and formula.get("t") == "dataTable":
            message = _("a sheet with a data table (What-If) cannot have a repeated row")
            yield Problem(sheet.name, cell.get("r"), message)


def _rows(area: str) -> tuple[int, int]:
    rows = [int(row) for row in re.findall(r"\d+", area)] or [0]
    return rows[0], rows[-1]


def move_surroundings(package: Package, moves: Mapping[str, Moves]) -> None:
    """Put everything that names rows of the moved sheets right, in all parts but the cells."""
    for sheet in package.sheets:
        own = moves.get(sheet.name.casefold())
        tree = package.tree(sheet.part)
        for part in tree:
            if part.tag == tag("sheetData"):
                continue
            _move_formulas(part, sheet.name, moves)
            if own is not None:
                _move_areas(part, own)
        if own is not None:
            _move_merged(tree, own)
            _move_linked(package, sheet, own)
    for name in tree_of_names(package):
        name.text = moved(name.text or "", "", moves, single=Single.ALL)
    for part in package.names():
        if part.lower().startswith("xl/charts/") and part.endswith(".xml"):
            for element in package.tree(part).iter():
                if _local(element) == "f" and element.text:
                    element.text = moved(element.text, "", moves, single=Single.ALL)


def tree_of_names(package: Package) -> Iterator[etree._Element]:
    """The names that the workbook gives to areas, print areas among them."""
    return package.tree(WORKBOOK).iter(tag("definedName"))


def _move_formulas(part: etree._Element, sheet: str, moves: Mapping[str, Moves]) -> None:
    for element in part.iter():
        if _local(element) in FORMULAS and element.text:
            element.text = moved(element.text, sheet, moves, single=Single.FIRST)
        if _local(element) == "hyperlink" and element.get("location"):
            place = moved(element.get("location"), sheet, moves, single=Single.FIRST)
            element.set("location", place)


def _move_areas(part: etree._Element, own: Moves) -> None:
    for element in part.iter():
        kind = _local(element)
        if kind == "mergeCell":
            continue
        if kind == "brk":
            element.set("id", str(own.last(int(element.get("id", "0")))))
        if kind == "sqref" and element.text:
            element.text = own.area(element.text)
        for name in RANGES:
            if element.get(name):
                element.set(name, own.area(element.get(name)))
        for name in PLACES:
            if element.get(name):
                element.set(name, own.cell(element.get(name)))


def _move_merged(tree: etree._Element, own: Moves) -> None:
    """Cells merged within a repeated row are merged in each of its copies."""
    for holder in tree.iterchildren(tag("mergeCells")):
        for merged in list(holder):
            area = merged.get("ref", "")
            top, bottom = _rows(area)
            if top != bottom or top not in own.times:
                merged.set("ref", own.area(area))
                continue
            holder.remove(merged)
            for row in range(own.first(top), own.last(top) + 1):
                copy = re.sub(r"\d+", str(row), area)
                etree.SubElement(holder, tag("mergeCell"), ref=copy)
        holder.set("count", str(len(holder)))


def _move_linked(package: Package, sheet: Sheet, own: Moves) -> None:
    for kind, part in package.links(sheet.part).values():
        if not package.has(part):
            continue
        if kind == "table":
            _move_areas(package.tree(part), own)
        elif kind in ("comments", "threadedComment"):
            for element in package.tree(part).iter():
                if element.get("ref"):
                    element.set("ref", own.cell(element.get("ref")))
        elif kind == "drawing":
            _move_drawing(package.tree(part), own)
        elif kind == "vmlDrawing":
            package.put(part, _moved_vml(package.bytes_of(part), own))


def _move_drawing(tree: etree._Element, own: Moves) -> None:
    """Pictures, shapes and charts go along with the row where they begin, and keep their size."""
    for anchor in tree:
        rows = {
            _local(corner): row
            for corner in anchor
            if _local(corner) in ("from", "to")
            for row in corner
            if _local(row) == "row"
        }
        if "from" in rows:
            by = _down(int(rows["from"].text or 0), own)
            for row in rows.values():
                row.text = str(int(row.text or 0) + by)


def _down(row: int, own: Moves) -> int:
    """By how many rows a row, counted from 0, goes down."""
    return own.first(row + 1) - (row + 1)


def _moved_vml(content: bytes, own: Moves) -> bytes:
    def row(match: re.Match[bytes]) -> bytes:
        number = int(match[2])
        return match[1] + str(number + _down(number, own)).encode() + match[3]

    def anchor(match: re.Match[bytes]) -> bytes:
        # Left column, offset, top row, offset, right column, offset, bottom row, offset.
        numbers = match[2].split(b",")
        if len(numbers) != 8 or not all(one.strip().isdigit() for one in numbers):
            return match[0]
        by = _down(int(numbers[2]), own)
        for place in (2, 6):
            numbers[place] = str(int(numbers[place]) + by).encode()
        return match[1] + b", ".join(one.strip() for one in numbers) + match[3]

    return _VML_ANCHOR.sub(anchor, _VML_ROW.sub(row, content))
