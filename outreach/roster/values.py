"""Reading one cell: names, addresses, phones, years of birth as wards write them.

Each reader gives the value, or None when the cell says that there is none, and raises Unreadable.
"""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from outreach.addresses import address_key, normalise_address, walking_order
from outreach.cards import is_card_code
from outreach.models import Resident
from outreach.notes import LENGTHS, mask_numbers
from outreach.roster.grid import Value
from outreach.roster.naming import (
    OLDEST,
    NamedPerson,
    begins_like_phone,
    is_organisation,
    is_plain_name,
    understand_people,
    without_title,
)
from outreach.roster.vocabulary import DIED
from volunteers.names import fold, normalise_name
from volunteers.phones import normalise_phone

EARLIEST_BIRTH = 1890
LARGEST_HOUSEHOLD = 1_000
# Six letters of the walking order for each of the address are the most.
SURELY_SHORT = 60
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_WALKING_ORDER = 120, 255, 400
# Ways of writing that there is nothing, folded.
NOTHING = {
    "", "0", "-", "–", "—", "--", "---", ".", "..", "...", "…", "/", "?", "x", "k", "ko", "khong",
    "khong co", "ko co", "k co", "chua co", "chua ro", "khong ro", "khong biet", "khong nho",
    "khong so", "khong sd", "kxd", "khong xac dinh", "khong co sdt", "khong co dt", "khong sdt",
    "khong dung dt", "khong dung sdt", "khong dung dien thoai", "khong co dien thoai",
    "khong co so", "chua co sdt", "ko co sdt", "k co sdt", "ko dung dt", "khong cung cap",
    "chua cung cap", "khong lien lac", "khong lien lac duoc", "khong cho", "ko cho", "ko biet",
    "ko nho", "ko ro", "khong su dung", "khong dung", "n/a", "na", "null", "none",
}  # fmt: skip
# By their first letters, so that most cells need no folding.
_LONGEST_NOTHING: dict[str, int] = {}
for _words in NOTHING:
    _LONGEST_NOTHING[_words[:1]] = max(len(_words), _LONGEST_NOTHING.get(_words[:1], 0))
# What a spreadsheet shows when a formula fails.
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
SHORTEST_ID = min(LENGTHS)
LONGEST_PHONE = 17
_TEN_DIGITS = re.compile(r"0[1-9]\d{8}")
_LETTER_O = re.compile(r"\b[oO](?=[\d .]{9,12}\b)")
_IS_NUMBER = re.compile(r"\+?[\d .]+")
_FOUR_DIGITS = re.compile(r"\d{4}")
_YEARS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT_DATE = re.compile(r"(\d{1,2}[./\-])?\d{1,2}[./\-](\d\d)")
_BUSINESS_BEFORE = re.compile(r"^(?:hộ kinh doanh|hộ kd|hkd)\s*[:\-]?\s*(?=\S+ \S)", re.IGNORECASE)
_MEN = {"nam", "m", "male", "trai", "ong"}
_WOMEN = {"nu", "f", "female", "gai", "ba"}
_USUAL_SEX: dict[Value | None, Resident.Sex] = {
    "Nam": Resident.Sex.MALE,
    "Nữ": Resident.Sex.FEMALE,
}
_BUSINESS = {"ho kinh doanh", "ho kinh doanh ca the", "ho kd", "hkd", "ho kinh doanh nho"}


class Unreadable(Exception):
    """The cell holds something else than what its column is for."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def says_nothing(value: Value | None) -> bool:
    if value is None or not isinstance(value, str | int | float):
        return value is None
    text = str(value).strip()
    return len(text) <= _LONGEST_NOTHING.get(text[:1].lower(), -1) and fold(text) in NOTHING


def read_person(value: Value | None, this_year: int) -> NamedPerson | None:
    """The person whom a cell for one name holds, with what else the cell says."""
    if says_nothing(value):
        return None
    text = str(value)
    if is_plain_name(text):
        return NamedPerson(_checked_name(value, text))
    if is_organisation(text):
        raise Unreadable(
            "organisation_named",
            _(
                "it names no person (a company, a school, an empty house …); please write the "
                "person to be visited, or delete the row"
            ),
        )
    business = _BUSINESS_BEFORE.match(text)
    if business:
        text = text[business.end() :]
    people, unknown = understand_people(text, this_year)
    if len(people) == 1 and not unknown:
        return replace(people[0], name=_checked_name(value, people[0].name))
    if len(people) > 1:
        raise Unreadable(
            "several_names",
            _("expected one person; please give each person a row, or keep only the head"),
        )
    name, sex = without_title(text)
    return NamedPerson(_checked_name(value, name), sex=sex, has_died=bool(DIED.search(name)))


def _checked_name(value: Value | None, text: str) -> str:
    name = normalise_name(text)
    if name.islower():
        name = name.title()
    _refuse_citizen_id(name)
    is_name = any(map(str.isalpha, name)) and not _FOUR_DIGITS.search(name)
    if isinstance(value, date) or value in _ERRORS or not is_name:
        raise Unreadable(
            "name_unreadable", _("expected a person's name; please write only the name here")
        )
    if len(name) > LONGEST_NAME:
        raise Unreadable("text_too_long", _("the name is too long; please shorten it"))
    return name


def read_address(value: Value | None) -> str | None:
    if says_nothing(value):
        return None
    if isinstance(value, date):
        raise Unreadable(
            "address_unreadable",
            _(
                "Excel has turned the house number into a date; please format the cell as text and "
                "type the number again, e.g. 12/5"
            ),
        )
    address = normalise_address(str(value))
    _refuse_citizen_id(address)
    if value in _ERRORS or not (any(map(str.isdigit, address)) or address_key(address)):
        raise Unreadable(
            "address_unreadable", _("expected a house number and street, e.g. 12/5 Võ Thị Sáu")
        )
    if len(address) > SURELY_SHORT and (
        max(len(address), len(address_key(address))) > LONGEST_ADDRESS
        or len(walking_order(address)) > LONGEST_WALKING_ORDER
    ):
        raise Unreadable("text_too_long", _("the address is too long; please shorten it"))
    return address


def _refuse_citizen_id(text: str) -> None:
    if sum(map(str.isdigit, text)) >= SHORTEST_ID and mask_numbers(text) != text:
        raise Unreadable(
            "looks_like_citizen_id",
            _("it holds a number like a citizen-ID number; please remove that number"),
        )


def read_phones(value: Value | None) -> list[str]:
    """The phone numbers in the cell; one is kept, the others have no place."""
    text = str(value)
    if _TEN_DIGITS.fullmatch(text):
        return [text]
    if says_nothing(value):
        return []
    # The letter O, typed for the zero.
    text = _LETTER_O.sub("0", text)
    candidates = [text]
    if len(text) > LONGEST_PHONE or not _IS_NUMBER.fullmatch(text):
        candidates += re.split(r"[/,;&]|\s-\s", text)
        candidates += re.findall(r"\+?\d[\d\s.\-]{6,}\d", text)
        candidates += text.split()
    # A bare number of nine digits is a phone only where nothing else is written: beside words it
    # may as well be an old citizen-ID number.
    if any(map(str.isalpha, text)):
        candidates = [c for c in candidates if begins_like_phone(c)]
    found = []
    for candidate in candidates:
        try:
            found.append(normalise_phone(candidate))
        except ValueError:
            continue
    if not found:
        raise Unreadable(
            "phone_unreadable",
            _(
                "expected a phone number of ten digits, e.g. 0912 345 678; correct it or empty "
                "the cell"
            ),
        )
    return list(dict.fromkeys(found))


def read_birth_year(value: Value | None, this_year: int) -> int | None:
    """The year in a year, a date or words like "khoảng 1950"."""
    if isinstance(value, int) and EARLIEST_BIRTH <= value <= this_year:
        return value
    if says_nothing(value):
        return None
    if isinstance(value, date):
        years = [value.year]
    else:
        text = str(value)
        years = [int(digits) for digits in _YEARS.findall(text)]
        if not years and (match := _SHORT_DATE.fullmatch(text)):
            years = _full_year(match, this_year)
    if len(years) != 1 or not EARLIEST_BIRTH <= years[0] <= this_year:
        raise Unreadable(
            "birth_unreadable",
            _("expected a year from %(first)d to %(last)d or a date, e.g. 1958 or 03/11/1967")
            % {"first": EARLIEST_BIRTH, "last": this_year},
        )
    return years[0]


def _full_year(match: re.Match, this_year: int) -> list[int]:
    """The year of 3.11.67 or 11/67: 1967, since 2067 is to come. None of 3.11.20, which may be
    either, nor of 11/12, which may be no year at all."""
    short = int(match[2])
    return [1900 + short] if short > max(this_year % 100, 0 if match[1] else 31) else []


def read_age(value: Value | None, year: int) -> int | None:
    """The year of birth of somebody who has this age in `year`."""
    if says_nothing(value):
        return None
    numbers = re.findall(r"\d+", str(value)) if not isinstance(value, date) else []
    if len(numbers) != 1 or not 0 <= int(numbers[0]) <= OLDEST:
        raise Unreadable(
            "age_unreadable", _("expected an age in years, from 0 to %(most)d") % {"most": OLDEST}
        )
    return year - int(numbers[0])


def read_card_code(value: Value | None) -> str | None:
    if says_nothing(value):
        return None
    code = re.sub(r"\s*[-–—]\s*", "-", str(value)).upper()
    if not is_card_code(code):
        raise Unreadable(
            "card_code_unreadable",
            _("expected the code of a household card, e.g. 27139-4K7QXM; correct or empty it"),
        )
    return code


def read_sex(value: Value | None) -> Resident.Sex | None:
    if value in _USUAL_SEX:
        return _USUAL_SEX[value]
    if says_nothing(value) and fold(str(value)) != "x":
        return None
    word = fold(str(value)).strip(".")
    if word in _MEN:
        return Resident.Sex.MALE
    if word in _WOMEN:
        return Resident.Sex.FEMALE
    raise Unreadable("sex_unreadable", _("expected Nam or Nữ"))


def read_size(value: Value | None) -> int | None:
    if says_nothing(value):
        return None
    numbers = re.findall(r"\d+", str(value)) if not isinstance(value, date) else []
    if len(numbers) != 1 or not 1 <= int(numbers[0]) <= LARGEST_HOUSEHOLD:
        raise Unreadable(
            "size_unreadable",
            _("expected the number of people, from 1 to %(most)d") % {"most": LARGEST_HOUSEHOLD},
        )
    return int(numbers[0])


def says_died(value: Value | None) -> bool:
    """Whether a note says, before anything else, that the person has died."""
    return isinstance(value, str) and bool(DIED.match(value.lower()))


def mentions_death(value: Value | None) -> bool:
    """Whether a relation says, after itself, that the person has died: "Chủ hộ (mất)"."""
    return isinstance(value, str) and _mentions_death(value)


@lru_cache(maxsize=1024)
def _mentions_death(text: str) -> bool:
    return bool(DIED.search(text.lower()))


def says_business(value: Value | None) -> bool:
    """Whether a note says, and says nothing but, that this is a household business."""
    return fold(str(value or "")).strip(" .;,") in _BUSINESS
