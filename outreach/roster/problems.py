"""What is wrong with a list, and where."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

# Why a file cannot be read at all. Code → what arrived, what was expected, what to do.
SENTENCES = {
    "empty_file": _("The file is empty. Please choose the ward's list again."),
    "file_too_large": _(
        "The file has %(size)d MB; at most %(limit)d MB can be read. Please split the "
        "list, for example by neighbourhood."
    ),
    "not_a_spreadsheet": _(
        "This is not a spreadsheet. Please choose an Excel file (.xlsx), or a list saved as "
        "CSV in UTF-8."
    ),
    "picture": _(
        "This is a picture, and the names in it cannot be read. Please choose the Excel file "
        "(.xlsx) that the list was written in."
    ),
    "pdf": _(
        "This is a PDF, and its table cannot be read. Please choose the Excel file (.xlsx) that "
        "the list was written in."
    ),
    "web_page": _(
        "This is a web page or XML, only named like an Excel file. Please open it in Excel, "
        "choose Save As, Excel Workbook (.xlsx), and choose the new file."
    ),
    "password_protected": _(
        "The file is protected by a password. Please open it in Excel, remove the "
        "password (File, Info, Protect Workbook), save it and choose it again."
    ),
    "old_format": _(
        "The file is in the old .xls format. Please open it in Excel, choose Save As, Excel "
        "Workbook (.xlsx), and choose the new file."
    ),
    "other_format": _(
        "This kind of spreadsheet cannot be read yet. Please choose Save As, Excel "
        "Workbook (.xlsx), and choose the new file."
    ),
    "zip_bomb": _(
        "Unpacked, the file would be far larger than any list (%(size)d MB). Please "
        "copy the list into a new workbook, save it and choose it again."
    ),
    "unsafe_xml": _(
        "The file contains instructions that no list needs, so it was not opened. Please "
        "copy the list into a new workbook, save it and choose it again."
    ),
    "damaged_file": _(
        "The file is damaged and cannot be opened. Please open it in Excel, save it again and "
        "choose the new file."
    ),
    "too_many_cells": _(
        "The file has more rows, cells, sheets or merged cells than any ward's list (at most "
        "%(rows)d rows a sheet). Please split it, for example by neighbourhood."
    ),
    "took_too_long": _(
        "Reading the file took too long and was stopped. Please copy the list alone into a new "
        "workbook, save it and choose it again."
    ),
    "too_much_memory": _(
        "The file holds more than the server can read at once. Please copy the list alone into a "
        "new workbook, or split it by neighbourhood, and choose it again."
    ),
    "unknown_encoding": _(
        "The text of the file is in an encoding that is not known here, so Vietnamese letters "
        "would be lost. Please choose Save As in Excel, Excel Workbook (.xlsx), and choose the "
        "new file."
    ),
}


class Refusal(Exception):
    """The file cannot be read at all. `code` is for programs, the message says what arrived, what
    was expected and what to do: the sentence of the code, unless it is given."""

    def __init__(self, code: str, message: str = "", **parameters: int):
        super().__init__(code, message, parameters)
        self.code = code
        self.message = message or str(SENTENCES[code]) % parameters

    def __str__(self) -> str:
        return self.message

    def problem(self) -> "Problem":
        return Problem("", 0, "", self.code, self.message)


@dataclass(frozen=True)
class Problem:
    """`row` is the spreadsheet's row number (0: the file or sheet as a whole), `column` its letter
    (empty: the row as a whole)."""

    sheet: str
    row: int
    column: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


def letter(column: int | None) -> str:
    """The spreadsheet's letter of a column counted from 1; None: no single column."""
    return get_column_letter(column) if column else ""
