"""One cell: what a spreadsheet may hold, cleaned to what a list means.

Part of the reading process: knows neither Django nor the database.
"""

import re
import unicodedata
from datetime import date
from math import isfinite

from outreach.roster.encodings import Conversion, Evidence
from outreach.roster.limits import MAX_TEXT

Value = str | int | float | date

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# Further texts, and longer ones, are cleaned again when they come again.
_REMEMBERED = 50_000
_REMEMBERED_LENGTH = 200
SAMPLES = 5
# Longer numbers stay texts; Python refuses to read those of thousands of digits.
MANY_DIGITS = 1_000


def clean_text(text: str) -> str:
    """Composed Unicode, one space between words, no control, direction or zero-width characters."""
    text = unicodedata.normalize("NFC", text[: 4 * MAX_TEXT])
    if "_x" in text:
        # How a workbook writes what XML has no sign for; most often the carriage return.
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if text.isprintable():
        return " ".join(text.split())[:MAX_TEXT]
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs")
    )
    return " ".join(kept.split())[:MAX_TEXT]


def clean_lines(text: str) -> list[str]:
    """The lines of a text that has several, cleaned, without the empty ones."""
    lines = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[: 4 * MAX_TEXT]).splitlines()
    return [line for line in map(clean_text, lines) if line] if len(lines) > 1 else []


def clean_number(digits: str) -> Value:
    """A number as the file writes it: whole ones as int, however they are written."""
    if digits.isdecimal() and len(digits) < MANY_DIGITS:
        return int(digits)
    try:
        number = float(digits) if any(sign in digits for sign in ".eE") else int(digits)
    except ValueError:
        return clean_text(digits)
    if isinstance(number, int):
        return number if len(digits) < MANY_DIGITS else clean_text(digits)
    if not isfinite(number):
        return str(number)
    return int(number) if number.is_integer() else number


class Texts:
    """Cleans the texts of one file, and gathers which encoding they are in."""

    def __init__(self, conversion: Conversion | None):
        self.conversion = conversion
        self.evidence = Evidence()
        self._known: dict[str, tuple[str, list[str]]] = {}
        # Samples of the sheet, before → after.
        self.conversions: dict[str, str] = {}

    def start_sheet(self) -> None:
        """Forget the samples of the sheet before."""
        self.conversions = {}
        self._known.clear()

    def clean(self, text: str) -> tuple[str, list[str]]:
        """The text in one line, and its lines when there are several."""
        if (known := self._known.get(text)) is None:
            known = self._clean(text)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            if len(text) <= _REMEMBERED_LENGTH:
                self._known[text] = known
        return known

    def _clean(self, raw: str) -> tuple[str, list[str]]:
        text = raw
        if not raw.isascii():
            text = unicodedata.normalize("NFC", raw[: 4 * MAX_TEXT])
            if self.conversion is None:
                self.evidence.weigh(text)
            else:
                text = self._convert(text)
        lines = clean_lines(text) if not text.isprintable() or "_x" in text else []
        return clean_text(text), lines if len(lines) > 1 else []

    def _convert(self, text: str) -> str:
        converted = self.conversion.convert(text) if self.conversion else text
        if converted != text and len(self.conversions) < SAMPLES:
            self.conversions[clean_text(text)] = clean_text(converted)
        return converted
