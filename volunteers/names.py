"""Vietnamese names: searching without diacritics, and the order of a Vietnamese list."""

import unicodedata
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# The order of tones in Vietnamese dictionaries: ngang, huyền, hỏi, ngã, sắc, nặng.
TONES = {"\u0300": "b", "\u0309": "c", "\u0303": "d", "\u0301": "e", "\u0323": "f"}
_STROKED = str.maketrans({"đ": "d", "Đ": "D"})


@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """`text` in lower case without diacritics, đ as d, one space between words."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(filter(None, map(_fold_word, text.split())))


@lru_cache(maxsize=16_384)
def _fold_word(word: str) -> str:
    """Word by word, since a list of a hundred thousand names has few different words."""
    decomposed = unicodedata.normalize("NFD", word.translate(_STROKED))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.casefold()


def normalise_name(name: str) -> str:
    """Composed Unicode, single spaces, and no name all in capitals."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    return name.title() if name.isupper() else name


def sort_key(name: str) -> str:
    """A key that sorts full names by given name, then family and middle names.

    Letters before tones, in the Vietnamese alphabet's order. The key holds only the letters a–z in
    pairs, so SQLite and every PostgreSQL collation sort it alike.
    """
    words = unicodedata.normalize("NFC", name).lower().split()
    keys = [_word_key(word) for word in words[-1:] + words[:-1]]
    return "baa".join(letters for letters, _ in keys) + "a" + "a".join(tones for _, tones in keys)


@lru_cache(maxsize=10_000)
def _word_key(word: str) -> tuple[str, str]:
    """The keys of the letters and of the tones. A name's words are few, people are many."""
    letters, tones = [], []
    for character in word:
        marks = unicodedata.normalize("NFD", character)
        tone = next((TONES[mark] for mark in marks if mark in TONES), "a")
        base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        position = ALPHABET.find(base) + 1
        letters.append("b" + chr(ord("a") + position // 26) + chr(ord("a") + position % 26))
        tones.append(tone)
    return "".join(letters), "".join(tones)
