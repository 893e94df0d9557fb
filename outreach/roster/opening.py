"""Deciding, before any parser sees it, whether a file is a spreadsheet that is safe to read."""

import io
import zipfile
from enum import StrEnum

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.translation import gettext as _

from outreach.roster.problems import Refusal

MEGABYTE = 1_048_576
MAX_FILE = 20 * MEGABYTE
MAX_ENTRIES = 2_000
MAX_INFLATED = 200 * MEGABYTE
# Real lists shrink 5 to 40 times; a bomb shrinks 400 to 1,000 times.
MAX_RATIO = 100
RATIO_MATTERS_ABOVE = 10 * MEGABYTE

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


class Kind(StrEnum):
    XLSX = "xlsx"
    TEXT = "text"


def examine(content: bytes) -> Kind:
    """What kind of spreadsheet `content` is, by its bytes and not by its name.

    Raises Refusal for everything that is none, that is locked, or that would inflate beyond what a
    ward's list can be.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Refusal("empty_file", _("The file is empty. Please choose the ward's list again."))
    if len(content) > MAX_FILE:
        raise Refusal(
            "file_too_large",
            _(
                "The file has %(size)d MB; at most %(limit)d MB can be read. Please split the "
                "list, for example by neighbourhood."
            )
            % {"size": len(content) // MEGABYTE, "limit": MAX_FILE // MEGABYTE},
        )
    if content.startswith(OLE):
        raise _refuse_ole(content)
    if content.startswith(ZIP):
        _examine_zip(content)
        return Kind.XLSX
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_a_spreadsheet()
    if content.startswith((b"%PDF", b"<", b"{\\rtf", b"\xef\xbb\xbf<")):
        raise _not_a_spreadsheet()
    return Kind.TEXT


def _not_a_spreadsheet() -> Refusal:
    return Refusal(
        "not_a_spreadsheet",
        _(
            "This is not a spreadsheet. Please choose an Excel file (.xlsx), or a list saved as "
            "CSV in UTF-8."
        ),
    )


def _refuse_ole(content: bytes) -> Refusal:
    if ENCRYPTED_STREAM in content:
        return Refusal(
            "password_protected",
            _(
                "The file is protected by a password. Please open it in Excel, remove the "
                "password (File, Info, Protect Workbook), save it and choose it again."
            ),
        )
    return Refusal(
        "old_format",
        _(
            "The file is in the old .xls format. Please open it in Excel, choose Save As, Excel "
            "Workbook (.xlsx), and choose the new file."
        ),
    )


def _examine_zip(content: bytes) -> None:
    """Look at the zip's directory, which costs nothing, before anything is inflated."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged() from error
    with archive:
        entries = archive.infolist()
        inflated = sum(entry.file_size for entry in entries)
        if (
            len(entries) > MAX_ENTRIES
            or inflated > MAX_INFLATED
            or (inflated > RATIO_MATTERS_ABOVE and inflated > MAX_RATIO * len(content))
        ):
            raise Refusal(
                "zip_bomb",
                _(
                    "Unpacked, the file would be far larger than any list (%(size)d MB). Please "
                    "copy the list into a new workbook, save it and choose it again."
                )
                % {"size": inflated // MEGABYTE},
            )
        names = set(archive.namelist())
        if any(entry.flag_bits & 1 for entry in entries):
            raise _refuse_ole(ENCRYPTED_STREAM)
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise Refusal(
                "other_format",
                _(
                    "This kind of spreadsheet cannot be read yet. Please choose Save As, Excel "
                    "Workbook (.xlsx), and choose the new file."
                ),
            )
        if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
            raise _not_a_spreadsheet()
        for name in names:
            if name.endswith((".xml", ".rels", ".vml")):
                _refuse_document_type(archive, name)


def _refuse_document_type(archive: zipfile.ZipFile, name: str) -> None:
    """No spreadsheet program writes a document type; those who attack parsers do."""
    try:
        with archive.open(name) as part:
            next(iterparse(part, events=("start",), forbid_dtd=True), None)
    except DefusedXmlException as error:
        raise Refusal(
            "unsafe_xml",
            _(
                "The file contains instructions that no list needs, so it was not opened. Please "
                "copy the list into a new workbook, save it and choose it again."
            ),
        ) from error
    except (ParseError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise damaged() from error


def damaged() -> Refusal:
    return Refusal(
        "damaged_file",
        _(
            "The file is damaged and cannot be opened. Please open it in Excel, save it again and "
            "choose the new file."
        ),
    )
