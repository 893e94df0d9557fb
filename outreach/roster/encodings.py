"""Vietnamese text in the encodings from before Unicode: TCVN3 (ABC, fonts .Vn…) and VNI-Windows.

Such text arrives as Latin-1 letters that only the right font turns into Vietnamese: "NguyÔn" or
"Nguyeãn" for "Nguyễn". Part of the reading process: knows neither Django nor the database.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Encoding(StrEnum):
    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


def _codes(first: int, letters: str) -> dict[int, str]:
    return {first + offset: letter for offset, letter in enumerate(letters) if letter != " "}


_TCVN3 = {
    **_codes(0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    **_codes(0xB5, "àảãáạ ằẳẵắ"),
    **_codes(0xC6, "ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"),
}
_CAPITALS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZĂÂÊÔƠƯĐ")


def _vni() -> dict[str, str]:
    """What one or two letters of VNI mean: there a mark is a letter of its own after its vowel."""
    tones = dict(zip("øûõùï", "\u0300\u0309\u0303\u0301\u0323", strict=True))
    hat = dict(zip("àåãáä", tones.values(), strict=True))
    bow = dict(zip("èúüéë", tones.values(), strict=True))
    table = dict(zip("ñôöîæóò", "đơưỵỉĩị", strict=True))
    for letter, vowel in zip("aeouyôö", "aeouyơư", strict=True):
        marks = dict(tones)
        if letter in "aeo":
            marks |= {"â": "\u0302"} | {key: "\u0302" + tone for key, tone in hat.items()}
        if letter == "a":
            marks |= {"ê": "\u0306"} | {key: "\u0306" + tone for key, tone in bow.items()}
        for mark, combining in marks.items():
            table[letter + mark] = unicodedata.normalize("NFC", vowel + combining)
    table |= {f"{key[0].upper()}{key[1:]}": new.upper() for key, new in table.items()}
    return table | {key.upper(): new.upper() for key, new in table.items()}


_VNI = _vni()
_VNI_LETTER = re.compile("|".join(sorted(_VNI, key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """TCVN3 → Unicode. It has no capitals with tones: a text or word whose plain letters are
    capitals gets them (fonts ending in H showed them so), and so does a name's word, as Ánh."""
    converted = text.translate(_TCVN3)
    if _in_capitals(text):
        return converted.upper()
    words = zip(re.split(r"(\s+)", text), re.split(r"(\s+)", converted), strict=False)
    return _with_capital_names(
        "".join(after.upper() if _in_capitals(before) else after for before, after in words)
    )


def _with_capital_names(text: str) -> str:
    """Where all other words, at least two, begin with a capital, those do too whose first letter
    has no capital in TCVN3."""
    words = re.split(r"(\s+)", text)
    unsure = [word[:1].islower() and word[0].upper() not in _CAPITALS for word in words]
    others = [
        word for word, is_one in zip(words, unsure, strict=True) if word.strip() and not is_one
    ]
    if not any(unsure) or len(others) < 2 or not all(word[0].isupper() for word in others):
        return text
    return "".join(
        word[0].upper() + word[1:] if is_one else word
        for word, is_one in zip(words, unsure, strict=True)
    )


def _in_capitals(text: str) -> bool:
    # A single capital may begin a name: "Lª" is Lê.
    plain = re.sub(r"[^A-Za-z]", "", text)
    return plain.isupper() and bool(re.search("[A-Z][^a-z\\s\\d]*[A-Z]", text))


def from_vni(text: str) -> str:
    """VNI-Windows → Unicode."""
    return _VNI_LETTER.sub(lambda found: _VNI[found[0]], text)


_CONVERTERS: dict[Encoding, Callable[[str], str]] = {
    Encoding.TCVN3: from_tcvn3,
    Encoding.VNI: from_vni,
}

_SYLLABLE = re.compile(
    r"""(?: ngh(?=[eêi]) | ng(?![eêi]) | nh | ch | gh(?=[eêi]) | gi | g(?![eêi]|h) | g(?=in?$) | kh
    | k(?=[eêiy]) | c(?![eêiyh]) | ph | qu | th | tr | [bdđhlmnprstvx])?
    (?: (?:oa|a) (?:ch|c|i|m|ng|nh|n|o|p|t|u|y)? | (?:oă|ă) (?:c|m|ng|n|p|t)
    | â (?:c|m|ng|n|p|t|u|y) | uâ (?:ng|n|t|y) | (?:oe|e) (?:c|m|ng|n|o|p|t)?
    | uê (?:ch|nh|n)? | ê (?:ch|m|nh|ng|n|p|t|u)? | iê (?:c|m|ng|n|p|t|u) | yê (?:m|ng|n|t|u)
    | ia | i (?:ch|c|m|nh|n|p|t|u)? | oo (?:c|ng) | o (?:c|i|m|ng|n|p|t)?
    | ô (?:c|i|m|ng|n|p|t)? | uơ | ơ (?:i|m|n|p|t)? | ua | uô (?:c|i|m|ng|n|t)
    | uyê (?:n|t) | uy (?:a|ch|nh|n|p|t|u)? | u (?:c|i|m|ng|n|p|t)? | ưa | ươ (?:c|i|m|ng|n|p|t|u)
    | ư (?:c|i|m|ng|n|t|u)? | (?<![bcdđgnprx])(?<![cknp]h) y (?:ch|nh|n|p|t)? )""",
    re.VERBOSE,
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPPED = ("c", "ch", "p", "t")


# "nghiêng", decomposed.
LONGEST_SYLLABLE = 10


def is_syllable(word: str) -> bool:
    """Whether the word could be a Vietnamese syllable, by its letters and its one tone."""
    return len(word) <= LONGEST_SYLLABLE and _is_syllable(word)


@lru_cache(maxsize=20_000)
def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = _TONES.findall(decomposed)
    bare = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(bare):
        return False
    # Syllables that end in a stop have the tones sắc or nặng only.
    return not bare.endswith(_STOPPED) or tones in (["\u0301"], ["\u0323"])


# A word with a letter beyond ASCII; the old encodings use signs like § and the soft hyphen too.
_WORD = re.compile(r"[A-Za-z\u00a1-\u1eff]*[\u00a1-\u1eff][A-Za-z\u00a1-\u1eff]*")
# Letters that are in neither old encoding.
_SURELY_UNICODE = re.compile("[\u0100-\u0233\u1e00-\u1eff]")
_ABBREVIATION = re.compile("[BCDĐGHKLMNPQRSTVX]{2,}")


def is_vietnamese(text: str) -> bool:
    """Whether the text has words with letters beyond ASCII, and all could be Vietnamese."""
    words = _WORD.findall(text)
    return bool(words) and all(map(is_syllable, words))


def _speaks_for(encoding: Encoding, word: str) -> bool:
    """Whether the word makes sense in the old encoding, and none as it stands."""
    return 2 <= len(word) <= LONGEST_SYLLABLE and _makes_sense_only_in(encoding, word)


@lru_cache(maxsize=20_000)
def _makes_sense_only_in(encoding: Encoding, word: str) -> bool:
    if is_syllable(word):
        return False
    converted = _CONVERTERS[encoding](word)
    makes_sense = is_syllable(converted) or _ABBREVIATION.fullmatch(converted)
    return converted != word and bool(makes_sense)


# Fewer words prove nothing; nor do they, unless there are so many for each word that is Vietnamese
# in no reading (French, German, signs), and for each that must be Unicode.
FEWEST_WORDS = 3
FOR_EACH_FOREIGN_WORD = 3
FOR_EACH_UNICODE_WORD = 0.1


@dataclass
class Evidence:
    """How many words of a file speak for which encoding. Words that make sense in several, like
    "Hà", are not counted."""

    unicode: int = 0
    tcvn3: int = 0
    vni: int = 0
    foreign: int = 0

    def weigh(self, text: str) -> None:
        """Count the words of a text in composed Unicode."""
        for word in _WORD.findall(text):
            if _SURELY_UNICODE.search(word):
                self.unicode += 1
                continue
            tcvn3 = _speaks_for(Encoding.TCVN3, word)
            vni = _speaks_for(Encoding.VNI, word)
            self.tcvn3 += tcvn3
            self.vni += vni
            self.foreign += word.isalpha() and not (tcvn3 or vni or is_syllable(word))

    def conversion(self) -> "Conversion | None":
        """How the file's texts are to be converted; None: they are Unicode, or it is not clear."""
        old = max(self.tcvn3, self.vni)
        if (
            old < FEWEST_WORDS
            or self.tcvn3 == self.vni
            or old < FOR_EACH_FOREIGN_WORD * self.foreign
            or old < FOR_EACH_UNICODE_WORD * self.unicode
        ):
            return None
        encoding = Encoding.TCVN3 if self.tcvn3 > self.vni else Encoding.VNI
        return Conversion(encoding, doubtful=old > self.unicode)


@dataclass(frozen=True)
class Conversion:
    """`doubtful`: texts that make sense as they stand and converted, like "phè" (phố), are
    converted too. Texts that must be Unicode, or make sense in neither way, never are."""

    encoding: Encoding
    doubtful: bool = True

    def convert(self, text: str) -> str:
        if text.isascii() or _SURELY_UNICODE.search(text):
            return text
        converted = _CONVERTERS[self.encoding](text)
        words = [word for word in _WORD.findall(text) if not is_syllable(word)]
        clear = sum(_speaks_for(self.encoding, word) for word in words)
        if clear > len(words) - clear or (self.doubtful and is_vietnamese(converted)):
            return converted
        return text


# So much of a text file is looked at to find its encoding.
_SAMPLE = 200_000
# From this share of Vietnamese words on, a text is taken for Vietnamese.
_MOSTLY = 0.7


def decode(content: bytes, encoding: Encoding | None = None) -> str | None:
    """The text of a text file, still to be converted when it is in TCVN3 or VNI: when `encoding`
    says so, else when it looks so. None: the bytes are in no encoding that is known here."""
    utf_16 = name_utf_16(content)
    try:
        return content.decode(utf_16 or "utf-8-sig")
    except UnicodeDecodeError:
        if utf_16:
            return None
    latin = content.decode("cp1252", errors="replace")
    evidence = Evidence()
    evidence.weigh(latin[:_SAMPLE])
    if encoding in _CONVERTERS or (encoding is None and evidence.conversion()):
        return latin
    text = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    words = _WORD.findall(text[:_SAMPLE])
    plausible = sum(map(is_syllable, words))
    return text if plausible >= max(FEWEST_WORDS, _MOSTLY * len(words)) else None


def name_utf_16(content: bytes) -> str | None:
    """The codec of a text in UTF-16: by its mark, else by the zero bytes of its ASCII letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:4_096]
    high, low = head[0::2].count(0), head[1::2].count(0)
    if max(high, low) > len(head) // 4 and not min(high, low):
        return "utf-16-le" if low else "utf-16-be"
    return None
