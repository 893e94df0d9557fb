"""Reading one cell: names, addresses, phones, years of birth as wards write them.

Each reader gives the value, or None when the cell says that there is none, and raises Unreadable.
"""

import re
from datetime import date

from django.utils.translation import gettext as _

from outreach.addresses import address_key, normalise_address, walking_order
from outreach.models import Resident
from outreach.notes import mask_numbers
from outreach.roster.grid import Value
from volunteers.names import fold, normalise_name
from volunteers.phones import normalise_phone

EARLIEST_BIRTH = 1890
LARGEST_HOUSEHOLD = 1_000
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_WALKING_ORDER = 120, 255, 400
# Ways of writing that there is nothing, folded.
NOTHING = {
    "", "0", "-", "–", "—", "--", "---", ".", "..", "...", "…", "/", "?", "x", "k", "ko", "khong",
    "khong co", "ko co", "k co", "chua co", "chua ro", "khong ro", "khong biet", "khong nho",
    "khong so", "khong sd", "khong su dung", "khong dung", "n/a", "na", "null", "none",
}  # fmt: skip
LONGEST_NOTHING = 2 * max(map(len, NOTHING))
# What a spreadsheet shows when a formula fails.
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_MEN = {"nam", "m", "male", "trai", "ong"}
_WOMEN = {"nu", "f", "female", "gai", "ba"}
_BUSINESS = {"ho kinh doanh", "ho kinh doanh ca the", "ho kd", "hkd", "ho kinh doanh nho"}


class Unreadable(Exception):
    """The cell holds something else than what its column is for."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def says_nothing(value: Value | None) -> bool:
    if value is None or isinstance(value, date):
        return value is None
    text = str(value)
    return len(text) <= LONGEST_NOTHING and fold(text) in NOTHING


def read_name(value: Value | None) -> str | None:
    if says_nothing(value):
        return None
    name = normalise_name(str(value))
    if name.islower():
        name = name.title()
    _refuse_citizen_id(name)
    is_name = any(map(str.isalpha, name)) and not re.search(r"\d{4}", name)
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
    if value in _ERRORS or not address_key(address):
        raise Unreadable(
            "address_unreadable", _("expected a house number and street, e.g. 12/5 Võ Thị Sáu")
        )
    longest = max(len(address), len(address_key(address)))
    if longest > LONGEST_ADDRESS or len(walking_order(address)) > LONGEST_WALKING_ORDER:
        raise Unreadable("text_too_long", _("the address is too long; please shorten it"))
    return address


def _refuse_citizen_id(text: str) -> None:
    if mask_numbers(text) != text:
        raise Unreadable(
            "looks_like_citizen_id",
            _("it holds a number like a citizen-ID number; please remove that number"),
        )


def read_phone(value: Value | None) -> str | None:
    """The first phone number in the cell; a second one has no place and is left out."""
    if says_nothing(value):
        return None
    text = str(value)
    candidates = [
        text,
        *re.split(r"[/,;&]|\s-\s", text),
        *re.findall(r"\+?\d[\d\s.\-]{6,}\d", text),
    ]
    candidates += text.split()
    # A bare number of nine digits is a phone only where nothing else is written: beside words it
    # may as well be an old citizen-ID number.
    if any(map(str.isalpha, text)):
        candidates = [c for c in candidates if re.match(r"\s*(0|\+?84)", c)]
    for candidate in candidates:
        try:
            return normalise_phone(candidate)
        except ValueError:
            continue
    raise Unreadable(
        "phone_unreadable",
        _("expected a phone number of ten digits, e.g. 0912 345 678; correct it or empty the cell"),
    )


def read_birth_year(value: Value | None, this_year: int) -> int | None:
    """The year in a year, a date or words like "khoảng 1950"."""
    if says_nothing(value):
        return None
    if isinstance(value, date):
        years = [value.year]
    else:
        years = [int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", str(value))]
    if len(years) != 1 or not EARLIEST_BIRTH <= years[0] <= this_year:
        raise Unreadable(
            "birth_unreadable",
            _("expected a year from %(first)d to %(last)d or a date, e.g. 1958 or 03/11/1967")
            % {"first": EARLIEST_BIRTH, "last": this_year},
        )
    return years[0]


def read_sex(value: Value | None) -> Resident.Sex | None:
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


def says_head(value: Value | None) -> bool:
    """Whether the relation to the head says that this is the head."""
    return fold(str(value or "")).startswith("chu ho")


def says_business(value: Value | None) -> bool:
    """Whether a note says, and says nothing but, that this is a household business."""
    return fold(str(value or "")).strip(" .;,") in _BUSINESS
