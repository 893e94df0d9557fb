"""The people of a home listed in one cell: "Trần Thị B (1965), Lê Văn C (1990)"."""

import re
from collections.abc import Iterable

from outreach.roster.grid import Value
from outreach.roster.naming import NamedPerson, understand_people

# "1. Trần Thị B - 1965 2. Lê Văn C": a counting number with its sign, before a letter.
_NEXT = re.compile(r"[;\n]|(?:^|(?<=[\s,.]))\d{1,2}\s*[.)]\s*(?=[^\W\d])")
MOST_LOOKED_AT = 300
# From this share of several people to a cell on, a column lists members.
SEVERAL = 0.2


def read_members(
    lines: Iterable[str], this_year: int
) -> tuple[tuple[NamedPerson, ...], tuple[str, ...]]:
    """Everybody named in the lines of a cell, and the parts that could not be read."""
    people: list[NamedPerson] = []
    unread: list[str] = []
    for line in lines:
        for part in _NEXT.split(line):
            if part.strip(" ,.-–—+•*"):
                found, unknown = understand_people(part, this_year)
                people += found
                unread += unknown
    return tuple(people), tuple(unread)


def list_members(values: Iterable[Value], this_year: int, least: float = SEVERAL) -> bool:
    """Whether there are cells with several people in each, as far as looked at, and `least` such a
    share of all."""
    texts = [value for value in values if isinstance(value, str)][:MOST_LOOKED_AT]
    several = sum(len(read_members([text], this_year)[0]) > 1 for text in texts)
    return several > 0 and several >= least * len(texts)
