"""A list behind a figure as a file, whole: CSV, or a workbook. Always in Vietnamese.

Personal data: who calls these answers for who may have them.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from outreach.member_list import MemberList
from outreach.member_rows import Row, shape_of
from outreach.office_sheet import MAX_ROWS, Column, Kind, OfficeSheet, Words

# Rows made at a time.
CHUNK = 1000
# Told again and again how many rows are written, and of how many.
Progress = Callable[[int, int], object]
# With these a spreadsheet program begins a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_list_csv(file: BinaryIO, listed: MemberList, progress: Progress) -> None:
    """UTF-8 with a byte order mark, CRLF, days as 31/12/2026. Text that a spreadsheet program would
    take for a formula begins with an apostrophe."""
    with override("vi"), closing(io.TextIOWrapper(_Kept(file), "utf-8-sig", newline="")) as text:
        written = csv.writer(text, lineterminator="\r\n")
        written.writerow([_("No."), *(column.title for column in shape_of(listed).columns)])
        for number, row in _rows(listed, progress):
            written.writerow([number, *map(_plain, row)])


class _Kept(io.BufferedWriter):
    """Writes to a file that stays open for who gave it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)

    def close(self) -> None:
        self.flush()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def write_list_xlsx(file: BinaryIO, listed: MemberList, progress: Progress) -> None:
    """A table for printing; text stays text, days are days. Where a sheet is full the next one
    begins, and both say so."""
    with override("vi"):
        book = Workbook(write_only=True)
        columns = [Column(_("No."), 7, Kind.ORDER), *shape_of(listed).columns]
        sheet, sheets = _sheet(book, listed, columns, 1), 1
        number = 0
        for number, row in _rows(listed, progress):
            # The last line says where it goes on.
            if sheet.written == MAX_ROWS - 1:
                sheet.filter_rows()
                sheets += 1
                words = _("Continued on sheet %(number)s") % {"number": sheets}
                sheet.line(Words(words, 1, len(columns), italic=True, align="left"))
                sheet = _sheet(book, listed, columns, sheets)
            cells = [value if isinstance(value, date | int | None) else str(value) for value in row]
            sheet.row([number, *cells])
        if number:
            sheet.filter_rows()
        else:
            sheet.line(Words(_("This list is empty."), 1, len(columns), align="left"))
        book.properties.creator = "Ngõ Số"
        book.properties.title = listed.title
        book.save(file)


def _sheet(book: Workbook, listed: MemberList, columns: list[Column], number: int) -> OfficeSheet:
    name = _("List")
    said = f"{listed.place_name}. {listed.period.words}. {listed.counted.counted_at}."
    if number > 1:
        said += " " + _("Continues sheet %(number)s.") % {"number": number - 1}
    above = [
        [Words(listed.title, 1, len(columns), True, size=14, align="left")],
        [Words(said, 1, len(columns), italic=True, align="left")],
        [],
    ]
    title = name if number == 1 else f"{name} ({number})"
    return OfficeSheet(book, title, columns, above, frozen_columns=2)


def _rows(listed: MemberList, progress: Progress) -> Iterator[tuple[int, Row]]:
    """Every row with its number; of the people and homes that were found when it began."""
    keys, make = listed.keys(), shape_of(listed).rows
    progress(0, len(keys))
    for first in range(0, len(keys), CHUNK):
        rows = make(listed, keys[first : first + CHUNK])
        yield from enumerate(rows, start=first + 1)
        progress(first + len(rows), len(keys))
