"""A checksum over the numbers of a workbook, which anyone can compute again from the file.

Its text has a line for each number: the sheet, the cell, and the number with six decimals, like
`Tổng hợp!F9=3.000000`, in the order of sheets, rows and columns; each line ends with a line feed.
The checksum is its SHA-256, of UTF-8. Dates and text do not count; docs/coverage.md says which
sheets do.
"""

import hashlib


class Checksum:
    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, sheet: str, cell: str, number: float) -> None:
        # Adding nothing makes of -0 a 0.
        self._hash.update(f"{sheet}!{cell}={round(number, 6) + 0.0:.6f}\n".encode())

    @property
    def text(self) -> str:
        return self._hash.hexdigest()
