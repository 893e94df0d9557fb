"""What is wrong with a form, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Why a file is no form at all. Code → what arrived, and what to do.
SENTENCES = {
    "empty_file": gettext_lazy("The file is empty. Please choose the form again."),
    "file_too_large": gettext_lazy(
        "The file is larger than a form can be (1 MB). Please take large pictures and old data out "
        "of it, save it and choose it again."
    ),
    "text": gettext_lazy(
        "This is a text file (like CSV), which has no look to keep. Please choose the form as an "
        "Excel Workbook (.xlsx)."
    ),
    "not_a_spreadsheet": gettext_lazy(
        "This is not a spreadsheet. Please choose the form as an Excel Workbook (.xlsx)."
    ),
    "picture": gettext_lazy(
        "This is a picture. Please choose the Excel Workbook (.xlsx) in which the form was made."
    ),
    "pdf": gettext_lazy(
        "This is a PDF, which cannot be filled. Please choose the Excel Workbook (.xlsx) in which "
        "the form was made."
    ),
    "web_page": gettext_lazy(
        "This is a web page or XML, only named like an Excel file. Please open it in Excel, choose "
        "Save As, Excel Workbook (.xlsx), and choose the new file."
    ),
    "password_protected": gettext_lazy(
        "The form is locked by a password. Please open it in Excel, remove the password (File, "
        "Info, Protect Workbook), save it and choose it again."
    ),
    "old_format": gettext_lazy(
        "The form is in the old .xls format. Please open it in Excel, choose Save As, Excel "
        "Workbook (.xlsx), and choose the new file."
    ),
    "other_format": gettext_lazy(
        "The form is in another format (like .ods or .xlsb). Please open it, choose Save As, Excel "
        "Workbook (.xlsx), and choose the new file."
    ),
    "macros": gettext_lazy(
        "The form contains macros (.xlsm), which are not taken for safety. Please choose Save As, "
        "Excel Workbook (.xlsx), and choose the new file."
    ),
    "template": gettext_lazy(
        "The form is an Excel template (.xltx) or of another kind. Please choose Save As, Excel "
        "Workbook (.xlsx), and choose the new file."
    ),
    "strict": gettext_lazy(
        "The form was saved as “Strict Open XML”. Please choose Save As, Excel Workbook (.xlsx), "
        "and choose the new file."
    ),
    "signed": gettext_lazy(
        "The form has a digital signature, which would be wrong once it is filled. Please save it "
        "without the signature and choose it again."
    ),
    "zip_bomb": gettext_lazy(
        "Unpacked, the file would be far larger than any form. Please copy the form into a new "
        "workbook, save it and choose it again."
    ),
    "unsafe_xml": gettext_lazy(
        "The file contains instructions that no form needs, so it was not opened. Please copy the "
        "form into a new workbook, save it and choose it again."
    ),
    "too_many_cells": gettext_lazy(
        "The file has more cells than a form can have (50,000). Please delete the rows and columns "
        "that are not part of the form, save it and choose it again."
    ),
    "damaged_file": gettext_lazy(
        "The file is damaged and cannot be opened. Please open it in Excel, save it again and "
        "choose the new file."
    ),
}


class NoForm(Exception):
    """The file cannot be taken as a form at all; `code` names a sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(SENTENCES[self.code])


@dataclass(frozen=True)
class Problem:
    """`cell` like C7; empty: the sheet as a whole. `sheet` empty: the file as a whole."""

    sheet: str
    cell: str
    message: str

    @property
    def words(self) -> str:
        if not self.sheet:
            return self.message
        place = {"sheet": self.sheet, "cell": self.cell, "message": self.message}
        if not self.cell:
            return _("Sheet “%(sheet)s”: %(message)s") % place
        return _("Sheet “%(sheet)s”, cell %(cell)s: %(message)s") % place


class Unfillable(Exception):
    """The form cannot be filled as it is; `problems` say where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.words for problem in problems))
        self.problems = list(problems)
