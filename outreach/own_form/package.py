"""An .xlsx file as a package of parts: opened safely, its sheets and cells found, written again.

Sizes are looked at before anything is inflated (`roster.opening`), no document type is parsed, and
parts that nobody touches are copied byte by byte.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from lxml import etree

from outreach.own_form.problems import NoForm
from outreach.roster.opening import MEGABYTE, Kind, examine
from outreach.roster.problems import Refusal

LARGEST = MEGABYTE
MAX_INFLATED = 16 * MEGABYTE
MAX_CELLS = 50_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORKBOOK, CONTENT_TYPES = "xl/workbook.xml", "[Content_Types].xml"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def tag(name: str) -> str:
    return f"{{{MAIN}}}{name}"


@dataclass(frozen=True)
class Sheet:
    """A worksheet, not a sheet that is only a chart."""

    name: str
    part: str


class Package:
    """The parts of a form. Raises NoForm for every file that cannot be one."""

    def __init__(self, content: bytes) -> None:
        _examine(content)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
                if sum(entry.file_size for entry in entries) > MAX_INFLATED:
                    raise NoForm("zip_bomb")
                self._parts = {entry.filename: archive.read(entry) for entry in entries}
        except NoForm:
            raise
        except Exception as error:
            # Readers of zip were made for sound files and raise whatever comes on others.
            raise NoForm("damaged_file") from error
        self._trees: dict[str, etree._Element] = {}
        self._names = {name.lower(): name for name in self._parts}
        self._refuse_other_kinds()
        self.sheets = self._find_sheets()
        cells = sum(1 for sheet in self.sheets for _cell in self.tree(sheet.part).iter(tag("c")))
        if cells > MAX_CELLS:
            raise NoForm("too_many_cells")

    def _refuse_other_kinds(self) -> None:
        types = {
            override.get("PartName", "").lower(): override.get("ContentType", "")
            for override in self.tree(CONTENT_TYPES).iter(f"{{{TYPES}}}Override")
        }
        kind = types.get(f"/{WORKBOOK}", "")
        if "macroEnabled" in kind or "xl/vbaproject.bin" in self._names:
            raise NoForm("macros")
        if kind != WORKBOOK_TYPE:
            raise NoForm("template")
        if any(name.startswith("_xmlsignatures/") for name in self._names):
            raise NoForm("signed")
        if self.tree(WORKBOOK).tag != tag("workbook"):
            raise NoForm("strict")

    def _find_sheets(self) -> list[Sheet]:
        links = self.links(WORKBOOK)
        found = []
        for sheet in self.tree(WORKBOOK).iter(tag("sheet")):
            kind, part = links.get(sheet.get(f"{{{LINKS}}}id", ""), ("", ""))
            if kind == "worksheet" and self.has(part):
                found.append(Sheet(sheet.get("name", ""), part))
        if not found:
            raise NoForm("damaged_file")
        return found

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def names(self) -> Iterator[str]:
        return iter(list(self._parts))

    def bytes_of(self, part: str) -> bytes:
        return self._parts[self._names[part.lower()]]

    def put(self, part: str, content: bytes) -> None:
        self._parts[self._names[part.lower()]] = content

    def tree(self, part: str) -> etree._Element:
        """The part's XML, to be changed in place."""
        name = self._names.get(part.lower())
        if name is None:
            raise NoForm("damaged_file")
        if name not in self._trees:
            self._trees[name] = _parse(self._parts[name])
        return self._trees[name]

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What the part refers to inside of the file: by id the kind, and the other part."""
        rels = _links_of(part)
        if not self.has(rels):
            return {}
        found = {}
        for link in self.tree(rels).iter(f"{{{PACKAGE_LINKS}}}Relationship"):
            if link.get("TargetMode") != "External":
                target = posixpath.join(posixpath.dirname(part), link.get("Target", ""))
                kind = link.get("Type", "").rpartition("/")[2]
                found[link.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))
        return found

    def linked(self, part: str, kind: str) -> list[str]:
        """The parts of this kind that the part refers to, and that are there."""
        return [one for found, one in self.links(part).values() if found == kind and self.has(one)]

    def drop(self, part: str) -> None:
        """Take a part of the workbook out, with what says that it is there."""
        name = self._names.pop(part.lower())
        del self._parts[name]
        self._trees.pop(name, None)
        for override in list(self.tree(CONTENT_TYPES)):
            if override.get("PartName", "").lower() == f"/{name}".lower():
                self.tree(CONTENT_TYPES).remove(override)
        targets = {key for key, (_kind, one) in self.links(WORKBOOK).items() if one == name}
        links = self.tree(_links_of(WORKBOOK))
        for link in list(links):
            if link.get("Id") in targets:
                links.remove(link)

    def write(self, target: BinaryIO) -> None:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._parts.items():
                if name in self._trees:
                    content = etree.tostring(
                        self._trees[name], xml_declaration=True, encoding="UTF-8", standalone=True
                    )
                archive.writestr(name, content)


def _links_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _examine(content: bytes) -> None:
    if len(content) > LARGEST:
        raise NoForm("file_too_large")
    try:
        kind = examine(content)
    except Refusal as refusal:
        raise NoForm(refusal.code) from refusal
    if kind is not Kind.XLSX:
        raise NoForm("text")


def _parse(content: bytes) -> etree._Element:
    _refuse_document_type(content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NoForm("damaged_file") from error


class _Seen(Exception):
    """The first element has begun: no document type can follow."""


def _refuse_document_type(content: bytes) -> None:
    """No spreadsheet program writes a document type; those who attack parsers do."""

    def refuse(*declaration: object) -> None:
        raise NoForm("unsafe_xml")

    def stop(*element: object) -> None:
        raise _Seen

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        parser.Parse(content, True)
    except _Seen:
        return
    except expat.ExpatError as error:
        raise NoForm("damaged_file") from error
