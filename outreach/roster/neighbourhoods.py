"""How wards write their neighbourhoods: 1, KP1, Khu phố 1, Tổ dân phố 3, Ấp Bình Hòa."""

import re
from dataclasses import dataclass
from functools import lru_cache

from outreach.notes import mask_numbers
from volunteers.names import fold, normalise_name

DEFAULT_KIND = "Khu phố"
LONGEST_NAME = 60
# Kinds of neighbourhoods and how they are written without diacritics; longer ones first.
KINDS = {
    "to dan pho": "Tổ dân phố",
    "to nhan dan": "Tổ nhân dân",
    "khu dan cu": "Khu dân cư",
    "khu pho": "Khu phố",
    "khu vuc": "Khu vực",
    "kpho": "Khu phố",
    "khom": "Khóm",
    "thon": "Thôn",
    "buon": "Buôn",
    "lang": "Làng",
    "phum": "Phum",
    "tdp": "Tổ dân phố",
    "tnd": "Tổ nhân dân",
    "kdc": "Khu dân cư",
    "ban": "Bản",
    "xom": "Xóm",
    "soc": "Sóc",
    "khu": "Khu",
    "kp": "Khu phố",
    "kv": "Khu vực",
    "ap": "Ấp",
    "to": "Tổ dân phố",
}
# Where a text names one of these and another kind, these are parts of the other.
TEAMS = {"Tổ dân phố", "Tổ nhân dân"}
# In these the houses may have no numbers and no street.
RURAL = {"Thôn", "Bản", "Buôn", "Xóm", "Ấp", "Làng", "Phum", "Sóc"}
_PARTS = re.compile(
    r"\s*[-–—,;/(]\s*|\s+(?=(?:khu phố|khu pho|kp|ấp|ap|thôn|thon|khóm|khom|tổ|to|tdp)\b\W?\d)",
    re.IGNORECASE,
)
_KIND = "|".join(KINDS)
_NUMBER = re.compile(rf"^(?:({_KIND})\W*)?(?:so )?0*(\d{{1,3}}[a-d]?)$")
_NAMED = re.compile(rf"^({_KIND})\W+(?!so\b)(\D.*)$")
# Inside a longer text only a kind with a number is sure enough.
_MENTION = re.compile(
    rf"\b({'|'.join(k for k in KINDS if k not in ('to', 'ban', 'khu', 'lang'))})"
    r"\W{0,2}(?:so )?0*(\d{1,3}[a-d]?)\b(?!/)"
)
_ENUMERATOR = re.compile(r"^\s*(?:[IVX]+|[A-HJ-Z]|\d{1,2})\s*[.)\-/:]\s*(?=\D)")
_ADDRESS_PARTS = re.compile(r"(\s*[,;]\s*|\s+[-–—]\s+)")
_SINCE = re.compile(
    r"\s*[,;\-–(]?\s*(?:năm|tháng|quý|đợt|tính đến|thuộc|phường|xã|nam 20|thang \d)\b.*$",
    re.IGNORECASE,
)
# "Bản" and "khu" stand in too many other words.
_TITLED = re.compile(
    r"\b(?:ấp|thôn|buôn|khóm|xóm|phum|sóc|làng|tổ dân phố|khu phố|khu vực|khu dân cư)"
    r"(?:\s+[^\W\d_]+){1,4}$",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"\s*(?:\(.*\)?|[:;,].*|(?<=\d)\s*[-–]\s*\d.*"
    r"|[-–]\s*(?:phường|xã|thị trấn|phuong|xa\b|p\.|quận|huyện).*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`kind` is None when only a number or a bare name was written."""

    kind: str | None
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.kind or DEFAULT_KIND} {self.name}"

    @property
    def is_team(self) -> bool:
        """Whether it may be a part of a larger neighbourhood."""
        return self.kind in TEAMS

    @property
    def is_rural(self) -> bool:
        return self.kind in RURAL

    @property
    def key(self) -> str:
        """Equal for two spellings of one neighbourhood."""
        return fold(self.full_name)

    def with_kind(self, kind: str | None) -> "Neighbourhood":
        return self if self.kind or not kind else Neighbourhood(kind, self.name)


@lru_cache(maxsize=256)
def kind_of_heading(heading: str) -> str | None:
    """The kind that a column's heading names ("Ấp"), None when it names none or several."""
    # "Địa bàn" is no "bản".
    words = re.sub(r"[^\w ]", " ", fold(heading)).replace("dia ban", " ")
    kinds = set()
    for written, kind in KINDS.items():
        if re.search(rf"\b{written}\b", words):
            kinds.add(kind)
            words = re.sub(rf"\b{written}\b", " ", words)
    return kinds.pop() if len(kinds) == 1 else None


def _can_be_name(written: str) -> bool:
    """Whether it is short enough, and no number in it may identify a person."""
    return len(written) <= LONGEST_NAME and mask_numbers(written) == written


@lru_cache(maxsize=4096)
def parse_neighbourhood(text: str | int, kind: str | None = None) -> Neighbourhood | None:
    """What `text` as a whole names; None when that is no neighbourhood. Of a team inside a larger
    one ("Tổ 5 - Khu phố 2") the larger one.

    `kind` is taken for a number or bare name, for example from the column's heading.
    """
    whole = " ".join(str(text).split())
    if larger := _larger_of_several(whole):
        return larger
    written = _TRAILER.sub("", whole)
    if not _can_be_name(written):
        return None
    folded = fold(written)
    if match := _NUMBER.match(folded):
        found = KINDS[match[1]] if match[1] else kind
        return Neighbourhood(found, match[2].upper())
    if match := _NAMED.match(folded):
        words = len(match[2].split())
        rest = " ".join(written.split()[-words:])
        return Neighbourhood(KINDS[match[1]], normalise_name(rest))
    return None


def _larger_of_several(text: str) -> Neighbourhood | None:
    parts = _PARTS.split(text.rstrip(")"))
    if len(parts) < 2:
        return None
    named = [found for part in parts if (found := parse_neighbourhood(part)) and found.kind]
    larger = [found for found in named if not found.is_team]
    return larger[0] if len(larger) == 1 and len(named) > 1 else None


def parse_bare_name(text: str, kind: str | None) -> Neighbourhood | None:
    """A name without its kind ("Bình Hòa") in a column of neighbourhoods."""
    written = _TRAILER.sub("", text)
    letters = sum(character.isalpha() for character in written)
    if letters < 2 or not written[0].isalnum() or re.search(r"\d{4}", written):
        return None
    if not _can_be_name(written) or fold(written) in KINDS:
        return None
    return Neighbourhood(kind, normalise_name(written))


def parse_separator(text: str) -> Neighbourhood | None:
    """What a row that stands between the homes names: "II. KHU PHỐ 2 (150 hộ)"."""
    found = parse_neighbourhood(_ENUMERATOR.sub("", text))
    return found if found and found.kind else None


def find_mention(text: str) -> Neighbourhood | None:
    """The only neighbourhood that a longer text names by kind and number, e.g. a letterhead."""
    found = {
        Neighbourhood(KINDS[match[1]], match[2].upper()) for match in _MENTION.finditer(fold(text))
    }
    larger = {one for one in found if not one.is_team} or found
    return larger.pop() if len(larger) == 1 else None


def find_titled(text: str) -> Neighbourhood | None:
    """The neighbourhood with a name that a title ends with: "DANH SÁCH HỘ THÔN ĐÔNG NĂM 2026"."""
    written = _SINCE.sub("", re.sub(r"\(.*?\)", " ", text)).strip(" .,:;-–")
    match = _TITLED.search(written)
    return parse_neighbourhood(match[0]) if match else None


def without_mention(address: str) -> tuple[str, Neighbourhood | None]:
    """The address without a neighbourhood named in it after a comma ("12/5 Võ Thị Sáu, KP1"), and
    that neighbourhood. A team beside it stays in the address."""
    parts = _ADDRESS_PARTS.split(address)
    named = [
        (place, found)
        for place in range(2, len(parts), 2)
        if (found := parse_neighbourhood(parts[place])) and found.kind
    ]
    larger = [(place, found) for place, found in named if not found.is_team] or named
    if not larger:
        return address, None
    place, found = larger[0]
    return "".join(parts[: place - 1] + parts[place + 1 :]), found
