"""Text as lessons are searched: the reader may leave out every diacritic."""

import re
import unicodedata

_STROKED = str.maketrans({"đ": "d", "Đ": "D"})


def fold(text: str) -> str:
    """`text` in lower case without diacritics, đ as d, one space between words.

    The same definition as for names of people, kept apart because the two apps do not know each
    other; a test holds them equal.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKED))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())


def words(text: str) -> list[str]:
    """The words of `text` in lower case, diacritics kept, without punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def slug(text: str) -> str:
    """`text` for an address: a–z, digits and single hyphens; may be empty."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))
