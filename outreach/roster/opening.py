"""Deciding, before any parser sees it, whether a file is a spreadsheet that is safe to read."""

import io
import zipfile
from enum import StrEnum

from outreach.roster.encodings import name_utf_16
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
# How a file begins → the code of its refusal.
OTHERS = {
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"RIFF": "picture",
    b"BM": "picture",
    b"MIME-Version": "web_page",
    b"{\\rtf": "not_a_spreadsheet",
}
# A file in the zip, at least: its own header, and its place in the directory, without the names.
ENTRY_HEADER = 30


class Kind(StrEnum):
    XLSX = "xlsx"
    TEXT = "text"


def examine(content: bytes) -> Kind:
    """What kind of spreadsheet `content` is, by its bytes and not by its name.

    Raises Refusal for everything that is none, that is locked, or that would inflate beyond what a
    ward's list can be.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Refusal("empty_file")
    if len(content) > MAX_FILE:
        raise Refusal("file_too_large", size=len(content) // MEGABYTE, limit=MAX_FILE // MEGABYTE)
    if content.startswith(OLE):
        raise Refusal("password_protected" if ENCRYPTED_STREAM in content else "old_format")
    if content.startswith(ZIP):
        _examine_zip(content)
        return Kind.XLSX
    _refuse_other_kinds(content[:4096])
    return Kind.TEXT


def _refuse_other_kinds(head: bytes) -> None:
    utf_16 = name_utf_16(head)
    for beginning, code in OTHERS.items():
        # "BM" may begin a list as well; a picture of it has zero bytes.
        if head.startswith(beginning) and (len(beginning) > 2 or b"\x00" in head) and not utf_16:
            raise Refusal(code)
    text = head.decode(utf_16, errors="replace").encode() if utf_16 else head
    if text.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise Refusal("web_page")
    if b"\x00" in text:
        raise Refusal("not_a_spreadsheet")


def _examine_zip(content: bytes) -> None:
    """Look at the zip's directory, which costs nothing, before anything is inflated."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refusal("damaged_file") from error
    with archive:
        entries = archive.infolist()
    inflated = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or inflated > MAX_INFLATED
        or (inflated > RATIO_MATTERS_ABOVE and inflated > MAX_RATIO * len(content))
    ):
        raise Refusal("zip_bomb", size=inflated // MEGABYTE)
    _refuse_overlaps(entries, len(content))
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("password_protected")
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise Refusal("other_format")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refusal("not_a_spreadsheet")


def _refuse_overlaps(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Entries that share their bytes, or a name, are how a small file unpacks to a huge one, or to
    something else than was looked at."""
    ends_before = size
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        name = len(entry.orig_filename.encode())
        if entry.header_offset + ENTRY_HEADER + name + entry.compress_size > ends_before:
            raise Refusal("damaged_file")
        ends_before = entry.header_offset
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Refusal("damaged_file")
