"""What is wrong with a list, and where."""

from dataclasses import asdict, dataclass

from openpyxl.utils import get_column_letter


class Refusal(Exception):
    """The file cannot be read at all. `code` is for programs, the message says what arrived, what
    was expected and what to do."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message

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
