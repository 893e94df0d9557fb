"""Street addresses: the same address written differently, and the order of a walk along a lane."""

import re

from volunteers.names import fold

# Words before or between the numbers that say nothing about which door it is.
FILLERS = re.compile(r"\b(so nha|so|nha so|nha|hem|ngo|ngach|kiet|duong|pho)\b\.?")


def normalise_address(text: str) -> str:
    """`text` for showing: single spaces, none around a slash."""
    return re.sub(r"\s*/\s*", "/", " ".join(text.split()))


def address_key(text: str) -> str:
    """Equal for two spellings of one address: "Số 12 / 5A Võ Thị Sáu" and "12/5a võ thị sáu"."""
    bare = FILLERS.sub(" ", re.sub(r"\s*/\s*", "/", fold(text)))
    return " ".join(re.sub(r"[^\w/ ]", " ", bare).split())


def walking_order(text: str) -> str:
    """A sort key: by street, then door by door, 12/5 before 12/5A before 12/10."""
    words = address_key(text).split()
    numbers = [word for word in words if word[0].isdigit()]
    street = [word for word in words if not word[0].isdigit()]
    # "/" sorts before letters and digits, so "000012/000005" comes before "000012/000005a".
    padded = [re.sub(r"\d+", lambda match: match.group().zfill(6), word) for word in numbers]
    return " ".join(street + padded)
