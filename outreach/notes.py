"""Notes are plain text without numbers that identify a person."""

import re

MASK = "▇▇▇"
_RUNS = re.compile(r"\d(?:[ .\-]?\d)*")


def mask_numbers(text: str) -> str:
    """`text` with every run of 9 or 12 digits (old and new citizen-ID numbers) masked.

    Single spaces, dots and dashes inside a run do not hide it. Ten-digit phone numbers stay.
    """

    def masked(match: re.Match) -> str:
        digits = sum(character.isdigit() for character in match.group())
        return MASK if digits in (9, 12) else match.group()

    return _RUNS.sub(masked, text)
