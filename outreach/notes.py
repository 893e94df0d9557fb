"""Notes are plain text without numbers that identify a person."""

import re

MASK = "▇▇▇"
# Old and new citizen-ID numbers.
LENGTHS = (9, 12)
# Spaces of any kind but the end of a line, and signs that nobody sees.
_SPACE = "[ \t\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]"
_SIGN = "[.\\-_·\u2010-\u2015]"
_GAP = f"{_SPACE}{{1,3}}(?:{_SIGN}{_SPACE}{{0,3}})?|{_SIGN}{_SPACE}{{0,3}}"
_RUNS = re.compile(rf"\d+(?:(?:{_GAP})\d+)*")
_CLOSE = re.compile(r"\d(?:[ .\-]?\d)*")
_PHONE = re.compile(r"0[235789]\d{8}|84[235789]\d{8}")


def mask_numbers(text: str) -> str:
    """`text` with every number of 9 or 12 digits masked, alone or beside other numbers.

    Spaces, dots and dashes inside a number do not hide it. Ten-digit phone numbers stay.
    """
    return _RUNS.sub(_mask_run, text)


def _mask_run(match: re.Match) -> str:
    run = match.group()
    if _CLOSE.fullmatch(run) and _identifies(run):
        return MASK
    # Groups of digits and what stands between them, by turns.
    parts = re.split(r"(\D+)", run)
    kept, at = [], 0
    while at < len(parts):
        end = at + 1
        if _identifies(parts[at]):
            kept.append(MASK)
        elif ends := _first(parts, at, _is_phone):
            end = ends
            kept += parts[at:end]
        elif ends := _first(parts, at, _identifies):
            end = ends
            kept.append(MASK)
        else:
            kept.append(parts[at])
        kept += parts[end : end + 1]
        at = end + 1
    return "".join(kept)


def _first(parts: list[str], start: int, is_one) -> int | None:
    """The end of the longest number from `start` on that `is_one`."""
    ends = range(min(len(parts), start + 23), start, -2)
    found = (end for end in ends if is_one("".join(parts[start:end])))
    return next(found, None)


def _identifies(text: str) -> bool:
    return sum(character.isdigit() for character in text) in LENGTHS


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(re.sub(r"\D", "", text)) is not None
