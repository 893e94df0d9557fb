"""Lists for the import tests: the three real shapes, and small ones built in the test."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.utils import timezone
from openpyxl import Workbook

from outreach.models import RosterImport
from outreach.roster.applying import Outcome, import_into
from outreach.roster.decisions import Decisions
from outreach.roster.reading import RosterFile, read_roster
from volunteers.models import Area

DATA = Path(__file__).parent / "data"
SHAPES = ("roster-household-rows", "roster-person-rows", "roster-two-sheets")
TODAY = date(2026, 11, 21)


def real_list(shape: str) -> bytes:
    return (DATA / f"{shape}.xlsx").read_bytes()


def truth(shape: str) -> dict:
    return json.loads((DATA / f"{shape}.truth.json").read_text())


def workbook(
    *rows: Iterable, title: str = "KP1", merged: Iterable[str] = (), hidden: Iterable[str] = ()
) -> bytes:
    """An .xlsx of one sheet with `rows`, `merged` ranges and `hidden` columns."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    for column in hidden:
        sheet.column_dimensions[column].hidden = True
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rezipped(content: bytes, **changes: bytes) -> bytes:
    """`content` with parts of the zip replaced or added; names with "/" written as "__"."""
    parts = {name.replace("__", "/"): data for name, data in changes.items()}
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


def read(content: bytes) -> RosterFile:
    return read_roster(content, TODAY)


def import_list(
    ward: Area, content: bytes, record: RosterImport | None = None, **decisions
) -> Outcome:
    """Import as the command does, with what an officer may decide."""
    now = timezone.now()
    record = record or new_import(ward)
    return import_into(record, read(content), now=now, decisions=Decisions(**decisions))


def new_import(ward: Area) -> RosterImport:
    """The record of an import that is still to be made."""
    return RosterImport(
        ward=ward,
        file_name="list.xlsx",
        sha256="0" * 64,
        purpose="visits",
        uploaded_at=timezone.now(),
    )
