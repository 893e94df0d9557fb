"""Names in cells, and what clerks write around them: titles, years, relations, who has died."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from outreach.models import Resident
from outreach.roster.vocabulary import (
    DIED,
    FAMILY_NAMES,
    MEN,
    MIDDLE_NAMES,
    NO_NAMES,
    ORGANISATION,
    PLAIN_ORGANISATION,
    RELATIONS,
    TITLES,
    UNUSUAL_BEGINNINGS,
    WOMEN,
)
from volunteers.names import fold
from volunteers.phones import normalise_phone

OLDEST, SHORT = 120, 12
# Below "Chủ hộ" beside a column of names.
HEAD_MARKS = {"x", "v", "✓", "✔", "1", "có"}
# No cell holds a NUL.
IN_BRACKETS = "\x00"
_ENUMERATOR = re.compile(r"^(?:[-–—+•*·>\s]+|\d{1,2}\s*[.)/:\-]\s*(?=\D))+")
# Between the details of a person: "Trần Thị B, 1965", "Trần Thị B - 1965", "Vợ: Trần Thị B".
_BETWEEN = re.compile(
    r"[,:;|]|\s[-–—/&+]\s|[-–—](?=\s*(?:\d|sn\b|sinh\b))|\s+[-–—](?=\S)|(?<=\S)[-–—]\s+"
    r"|\s+(?=(?:sn|s\.n|ns|sinh(?: năm| ngày)?|năm sinh)[\s.:]*\d)|\bvà\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_BORN = r"(?:(?:sn|s\.n\.?|ns|n\.s\.?|sinh|nam sinh|sinh nam|sinh ngay|nam|khoang|k)[\s:.]*)?"
_YEAR = re.compile(rf"^{_BORN}(?:\d{{1,2}}[./\-])?(?:\d{{1,2}}[./\-])?((?:18|19|20)\d\d)$")
_YEAR_AT_END = re.compile(r"[\s,]+(\d{1,2}[./\-]\d{1,2}[./\-])?((?:18|19|20)\d\d)$")
_BORN_COLON = re.compile(r"\b(sn|ns|sinh|sinh năm|năm sinh)\s*[:.]\s*(?=\d)", re.IGNORECASE)
_RELATED = re.compile(
    r"^(?:vợ|chồng|con(?: trai| gái| dâu| rể)?|cha|mẹ|bố|cháu(?: nội| ngoại)?)\s+(?=\S+\s+\D)",
    re.IGNORECASE,
)
_PHONE_AT_END = re.compile(r"\s(\+?[\d][\d .]{8,14})$")
_DIGIT = re.compile(r"\d")
_AGE = re.compile(r"^(\d{1,3}) ?(?:tuoi|t)$")
_WORD = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]*)*")


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """What the words about one person say; None: nothing."""

    name: str
    birth_year: int | None = None
    sex: Resident.Sex | None = None
    phone: str | None = None
    is_head: bool = False
    has_died: bool = False
    # The year was counted back from an age.
    from_age: bool = False


def looks_like_name(text: str) -> bool:
    """Two to seven words of letters: after a Vietnamese family name, or each with a capital."""
    words = text.split()
    if not 2 <= len(words) <= 7 or not all(map(_WORD.fullmatch, words)):
        return False
    folded = fold(text)
    if _is_no_name(folded) or folded in RELATIONS or ORGANISATION.match(text.lower()):
        return False
    return folded.split()[0] in FAMILY_NAMES or all(word[0].isupper() for word in words)


def is_plain_name(text: str) -> bool:
    """Whether nothing but a name stands there, as in most cells: no title, no sign, no digit."""
    return (
        text.replace(" ", "").isalpha()
        and text.split(None, 1)[0].lower() not in UNUSUAL_BEGINNINGS
        and not DIED.search(text.lower())
        and " và " not in text
    )


def _is_no_name(folded: str) -> bool:
    known = NO_NAMES.get(folded.split(" ", 1)[0], ())
    return any(folded == words or folded.startswith(words + " ") for words in known)


def begins_like_phone(text: str) -> bool:
    """Whether a number is a phone although words stand beside it: one of nine digits may as well be
    an old citizen-ID number."""
    digits = re.sub(r"\D", "", text)
    return text.strip().startswith(("0", "+84")) or (digits[:2] == "84" and len(digits) == 11)


def is_organisation(text: str) -> bool:
    """A company, a school, an empty house: nobody who can be visited by name. With diacritics,
    since "Trường" is a school and "Trương" a family."""
    lowered = text.lower()
    return bool(ORGANISATION.match(lowered) or PLAIN_ORGANISATION.match(fold(text)))


def without_title(text: str) -> tuple[str, Resident.Sex | None]:
    """The name without "Ông", "Bà", "Cụ", "Bs."; and the sex that Ông or Bà tells."""
    sex = None
    while match := TITLES.match(text):
        rest = text[match.end() :].strip()
        written = match.group().lower().strip()
        words = rest.split()
        sure = not written.isalpha() and not written.replace(" ", "").isalpha()
        if not words or not (sure or (len(words) > 1 and fold(words[0]) in FAMILY_NAMES)):
            break
        # "Ong" may be written for "Ông", and "Văn" is a middle name rather than a family's.
        doubtful = written.isascii() or fold(words[0]) in MIDDLE_NAMES
        if doubtful and len(words) < 3 and not sure:
            break
        says = set(re.findall(r"ông|bà|\bong\b|\bba\b", written))
        if len(says) == 1:
            sex = Resident.Sex.MALE if says & {"ông", "ong"} else Resident.Sex.FEMALE
        text = rest
    return text, sex


def understand_people(text: str, this_year: int) -> tuple[list[NamedPerson], list[str]]:
    """Everybody whom `text` names, each with what stands after the name, and the parts that are
    neither a person nor something known about one."""
    people: list[dict[str, Any]] = []
    unknown: list[str] = []
    ahead: dict[str, Any] = {}
    relations_lead = False
    for token in _tokens(text):
        said = _detail(token, this_year)
        person = _person(token, this_year) if said is None else None
        if person:
            people.append(person | ahead)
            ahead = {}
        elif said is None:
            unknown.append(token.strip(IN_BRACKETS))
        else:
            related = "relation" in said
            relations_lead = relations_lead or (related and not people)
            # "Vợ: Trần Thị B, con: Lê Văn C": these relations belong to whom they stand before.
            leads = related and relations_lead and not token.startswith(IN_BRACKETS)
            (people[-1] if people and not leads else ahead).update(said)
    for person in people:
        person.pop("relation", None)
    return [NamedPerson(**person) for person in people], unknown


def _tokens(text: str) -> list[str]:
    """The parts between separators, those from brackets marked."""
    text = _BORN_COLON.sub(r"\1 ", _ENUMERATOR.sub("", text))
    tokens, at = [], 0
    text, sex = without_title(text)
    for match in _BRACKETS.finditer(text):
        tokens += _BETWEEN.split(text[at : match.start()])
        tokens += [IN_BRACKETS + part.strip() for part in _BETWEEN.split(match[1])]
        at = match.end()
    tokens += _BETWEEN.split(text[at:])
    kept = [
        stripped
        for token in tokens
        if (stripped := token.strip(" .*-–—+•\t")).strip(IN_BRACKETS + " ")
    ]
    if sex is not None:
        kept.insert(0, "Nam" if sex == Resident.Sex.MALE else "Nữ")
    return kept


def _detail(token: str, this_year: int) -> dict[str, Any] | None:
    """What the token says about a person, as fields; None when it may be a name."""
    words = token.strip(IN_BRACKETS + " ")
    # Years, relations and the like are short and few; names are many.
    return (_known_detail if len(words) <= SHORT else _read_detail)(words, this_year)


def _read_detail(words: str, this_year: int) -> dict[str, Any] | None:
    died = DIED.search(words.lower())
    if died and died.start():
        before = _read_detail(words[: died.start()].strip(" ,("), this_year)
        return None if before is None else {**before, "has_died": True}
    if died:
        return {"has_died": True}
    folded = fold(words).strip(" .~")
    if match := _YEAR.match(folded):
        year = int(match[1])
        return {"birth_year": year} if year <= this_year else None
    if (match := _AGE.match(folded)) and int(match[1]) <= OLDEST:
        return {"birth_year": this_year - int(match[1]), "from_age": True}
    if folded in RELATIONS:
        return {"relation": True, **({"is_head": True} if says_head(words) else {})}
    if folded in MEN or folded in WOMEN:
        return {"sex": Resident.Sex.MALE if folded in MEN else Resident.Sex.FEMALE}
    if _DIGIT.search(words):
        bare = re.sub(r"^(?:sdt|dt|tel|zalo|so dt|dien thoai)[\s:.]*", "", folded)
        try:
            return {"phone": normalise_phone(bare)} if begins_like_phone(bare) else None
        except ValueError:
            return None
    return {} if _is_no_name(folded) else None


_known_detail = lru_cache(maxsize=4096)(_read_detail)


def _person(token: str, this_year: int) -> dict[str, Any] | None:
    """The person whom the token names, as fields, with a year or a phone right after the name."""
    if token.startswith(IN_BRACKETS):
        return None
    token = _RELATED.sub("", _ENUMERATOR.sub("", token))
    name, sex = without_title(token)
    said: dict[str, Any] = {"sex": sex} if sex else {}
    if match := DIED.search(name.lower()):
        name = name[: match.start()].strip()
        said["has_died"] = True
    if not _DIGIT.search(name):
        return {"name": name, **said} if looks_like_name(name) else None
    if (match := _YEAR_AT_END.search(name)) and int(match[2]) <= this_year:
        said["birth_year"] = int(match[2])
    elif match := _PHONE_AT_END.search(name):
        if not begins_like_phone(match[1]):
            return None
        try:
            said["phone"] = normalise_phone(match[1])
        except ValueError:
            return None
    name = name[: match.start()].strip() if match else name
    return {"name": name, **said} if looks_like_name(name) else None


def says_head(value: object) -> bool:
    """Whether a relation says that this is the head. "Chú" and "chú họ" are uncles, and fold like
    the head; so does nothing else."""
    return value is not None and _says_head(str(value).strip().lower())


@lru_cache(maxsize=1024)
def _says_head(text: str) -> bool:
    if text.startswith("chú"):
        return False
    if text in HEAD_MARKS or text in ("chủ", "chủ.", "ch", "c.h", "c/h"):
        return True
    return bool(_HEAD.match(fold(text)))


_HEAD = re.compile(
    r"^(?:\d{1,2}\W*)?(?:la )?(?:chu ho|chu nha|chu gia dinh|c\. ?ho|ch ho|ban than)\b"
)
