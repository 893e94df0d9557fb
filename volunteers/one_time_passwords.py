"""Passwords for one log-in: read aloud or copied from a slip, typed on a phone."""

import re
import secrets

# Small consonants that nobody mistakes for a digit or each other, none of which a Vietnamese
# keyboard (Telex, VNI) joins with its neighbour. 12 of 17 are 49 bits.
LETTERS = "bcfghjkmnpqrstvxz"


def new_one_time_password() -> str:
    """E.g. "bckm-fghj-tvxz"."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def typed(text: str) -> str:
    """The one-time password that was meant: however dashes, spaces and capitals were typed."""
    letters = re.sub(r"[\s\-.–—]", "", text).lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
