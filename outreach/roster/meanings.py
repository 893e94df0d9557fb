"""The words wards put above their columns, and what they mean."""

import re
from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from outreach.roster.neighbourhoods import KINDS
from volunteers.names import fold

LONGEST_HEADING = 120


class Meaning(TextChoices):
    NAME = "name", _("Name of the person")
    HEAD_NAME = "head_name", _("Name of the head of household")
    MEMBERS = "members", _("Names of all members in one cell")
    RELATION = "relation", _("Relation to the head (only used to find the head)")
    BIRTH = "birth", _("Year or date of birth")
    BIRTH_MALE = "birth_male", _("Birth of a man")
    BIRTH_FEMALE = "birth_female", _("Birth of a woman")
    AGE = "age", _("Age (gives the year of birth)")
    SEX = "sex", _("Sex")
    SEX_MALE = "sex_male", _("Sex: mark for a man")
    SEX_FEMALE = "sex_female", _("Sex: mark for a woman")
    ADDRESS = "address", _("Address")
    HOUSE_NUMBER = "house_number", _("House number")
    STREET = "street", _("Street")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
    PHONE = "phone", _("Phone number")
    SIZE = "size", _("Number of people")
    CARD_CODE = "card_code", _("Code of the household card")
    NUMBER = "number", _("Row number")
    HOUSEHOLD_NUMBER = "household_number", _("Household number")
    NOTE = "note", _("Note (only “hộ kinh doanh” is used)")
    CITIZEN_ID = "citizen_id", _("Looks like citizen-ID or account numbers: dropped")
    ETHNICITY = "ethnicity", _("Ethnicity: dropped")
    RELIGION = "religion", _("Religion: dropped")
    IGNORED = "ignored", _("Not used")

    # Members are keys of dicts that are asked millions of times for a long list.
    __hash__ = str.__hash__


DROPPED = {Meaning.CITIZEN_ID, Meaning.ETHNICITY, Meaning.RELIGION}
ADDRESSES = {Meaning.ADDRESS, Meaning.HOUSE_NUMBER, Meaning.STREET}
NOT_STORED = DROPPED | {Meaning.IGNORED}

# What an officer may say a column means, in the order in which it is offered.
CHOOSABLE = (
    Meaning.HEAD_NAME,
    Meaning.NAME,
    Meaning.MEMBERS,
    Meaning.ADDRESS,
    Meaning.HOUSE_NUMBER,
    Meaning.STREET,
    Meaning.NEIGHBOURHOOD,
    Meaning.BIRTH,
    Meaning.BIRTH_MALE,
    Meaning.BIRTH_FEMALE,
    Meaning.AGE,
    Meaning.SEX,
    Meaning.SEX_MALE,
    Meaning.SEX_FEMALE,
    Meaning.PHONE,
    Meaning.SIZE,
    Meaning.RELATION,
    Meaning.HOUSEHOLD_NUMBER,
    Meaning.NUMBER,
    Meaning.CARD_CODE,
    Meaning.NOTE,
    Meaning.IGNORED,
)

_KINDS = "|".join(KINDS)
_ID = r"(?:cccd|cmnd|cmtnd|cmt|can cuoc(?: cong dan)?|chung minh(?: nhan dan| thu)?|giay to)"
# In this order: what must never be taken for something else comes first.
_RULES: list[tuple[Meaning, str]] = [
    (
        Meaning.CITIZEN_ID,
        r"\b(cccd|cmnd|cmtnd|cmt|cc|gttt|can cuoc|chung minh|dinh danh|ddcn|ho chieu|passport"
        r"|giay to|bhxh|bhyt|bao hiem|ma so thue|mst|tai khoan|stk|so (so )?ho khau)\b",
    ),
    (Meaning.ETHNICITY, r"\bdan toc\b"),
    (Meaning.RELIGION, r"\bton giao\b"),
    (Meaning.NOTE, r"^(ghi chu|chu thich|gc)\b"),
    (Meaning.CARD_CODE, r"^(ma|so|ma so) (the|qr)\b|^ma ho (tren|theo|in tren) the\b|^the ho\b"),
    (
        Meaning.RELATION,
        r"\b(quan he|qh|moi qh|vai tro trong (gia dinh|ho))\b|^(la gi cua|la gi voi) chu ho\b",
    ),
    # Counts and remarks that only sound like a phone, a size or an age.
    (
        Meaning.IGNORED,
        r"\bthong minh\b|\btuoi dang\b|\b(dia chi|chu ho|chu nha|chu) cu\b"
        r"|^(tong )?(so )?(nguoi |khau )?(cao tuoi|khuyet tat|co cong|dang vien)$",
    ),
    (Meaning.PHONE, r"\b(dien thoai|sdt|dtdd|di dong|so dt|phone|tel|zalo|mobile)\b|^dt\b"),
    # Days and people that a list names beside those who live there.
    (
        Meaning.IGNORED,
        r"^(ngay|nam|thang|thoi gian|noi) (cap|lap|dang ky|dk|vao|chuyen|den|di|cap nhat|ket hon"
        r"|mat|chet|het han|khao sat|dieu tra|nhap)\b|^(han|thoi han)\b"
        r"|\b(chu nha tro|chu tro|chu nha cho thue|can bo|nguoi lap|nguoi nhap"
        r"|nguoi cap|phu trach|csk[vh]|bi thu|nguoi giam ho"
        r"|giam ho|nguoi lien he|nguoi khao sat|dieu tra vien)\b"
        r"|\b(truong|pho) (khu pho|kp|khu|ap|thon|khom|ban|xom)\b|\bto truong\b"
        r"|\bten (cha|me|bo|bo me|cha me)\b",
    ),
    (
        Meaning.HOUSEHOLD_NUMBER,
        r"^(stt|tt|so|ma|ma so|so tt|so thu tu) ho( gia dinh| dan)?$|^ho so$|^ho thu$",
    ),
    (
        Meaning.MEMBERS,
        r"^(cac |ten |ho ten |ho va ten |danh sach |ds |ten cac |ho ten cac |ho va ten cac )*"
        r"(thanh vien|nhan khau|nguoi)( khac)? (trong|cua|cung|thuoc) (ho|gia dinh|nha)\b"
        r"|^(cac|danh sach|ds|ho ten cac|ho va ten cac|ten cac) (thanh vien|nhan khau)\b"
        r"|^(thanh vien|nhan khau) khac$|^nguoi trong (nha|ho)$"
        r"|^(ho ten |ho va ten |ten )?(vo|chong|vo chong|vo hoac chong)$"
        r"|^(ho ten |ho va ten |ten )?(thanh vien|con|nguoi|nhan khau)( thu| so)? \d{1,2}$",
    ),
    (Meaning.NAME, r"\bho (va )?ten\b.*\b(thanh vien|nhan khau|tung nguoi)\b|^nhan khau$"),
    (
        Meaning.SIZE,
        r"\b(nhan khau|so khau|so nguoi|so thanh vien|so nk|tong nk|so luong nguoi|tong so nguoi"
        r"|so nhan khau|so tv)\b|^(nk|khau)$",
    ),
    (
        Meaning.IGNORED,
        r"\b(noi sinh|que quan|nguyen quan|nghe|nghe nghiep|cong viec|noi lam viec|hoc sinh"
        r"|trinh do|quoc tich|tinh trang|dien ho|email)\b",
    ),
    (Meaning.SEX, r"\bgioi tinh\b|^(gt|phai|nam nu|gioi)$"),
    (
        Meaning.BIRTH,
        r"\b(nam sinh|ngay sinh|sinh nam|sinh ngay|thang sinh|ntns|ngay thang nam sinh)\b"
        r"|^(ns|n s|d o b|dob|date of birth|birth|ngay sn|nam sn)$|\bsinh$",
    ),
    (Meaning.AGE, r"^(so |do )?tuoi\b"),
    (Meaning.HOUSE_NUMBER, r"^(so nha|nha so|so nha ngo|so nha hem)$"),
    (
        Meaning.STREET,
        r"^(ten |so )?(duong|duong pho|pho|hem|duong hem|ngo|hem duong|tuyen duong|ngach|kiet)$",
    ),
    (
        Meaning.ADDRESS,
        r"\b(dia chi|noi o|cho o|noi cu tru|noi cu ngu|noi thuong tru|noi tam tru|hktt|so nha"
        r"|noi sinh song|noi dang o|dia diem cu tru)\b|^(thuong tru|cu ngu|cu tru|d c|dc|address)$",
    ),
    (
        Meaning.HEAD_NAME,
        r"\b(chu ho|dai dien ho|nguoi dai dien|chu nha|chu gia dinh|nguoi dung dau)\b|^dai dien$",
    ),
    (
        Meaning.NAME,
        r"\b(ho|ten) (va |dem va )?ten\b|^(ten|ho ten|ho|ho dem|ho va chu dem|ten goi|thanh vien"
        r"|ho va ten dem|chu dem|ten dem|dem|lot|chu lot|ten lot|ho lot|ho va chu lot|ho chu lot)$"
        r"|^(full )?name$",
    ),
    (Meaning.NEIGHBOURHOOD, rf"^(thuoc |ten |so )?({_KINDS}|dia ban)( ({_KINDS}|so))*$"),
    (Meaning.NUMBER, r"^(stt|tt|so tt|so thu tu|no|thu tu)\b"),
]
_COMPILED = [(meaning, re.compile(pattern)) for meaning, pattern in _RULES]
_AREAS_ABOVE = re.compile(r"^(tinh|tp|thanh pho|quan|huyen|phuong|xa|tinh thanh pho|phuong xa)$")
# "Địa chỉ theo CCCD" is an address; "Số CCCD" stays a number.
_ON_THE_CARD = re.compile(
    rf"\b(?:(?:duoc )?ghi )?(?:theo|tren|dung|nhu|giong|trong)(?: the| giay)* {_ID}(?: {_ID})*\b"
)
_OF_THE_CARD = re.compile(
    rf"^((?:dia chi|noi thuong tru|ho (?:va )?ten|ngay sinh|nam sinh)(?:(?! so\b| cap\b).)*) {_ID}$"
)
_SAID_ON_CARDS = {
    Meaning.NAME,
    Meaning.HEAD_NAME,
    Meaning.ADDRESS,
    Meaning.BIRTH,
    Meaning.SEX,
    Meaning.HOUSE_NUMBER,
}


@lru_cache(maxsize=4096)
def fold_heading(heading: str) -> str:
    """`heading` folded, its punctuation as spaces."""
    return " ".join(re.sub(r"[^\w ]", " ", fold(heading)).replace("_", " ").split())


def heading_key(parts: list[str]) -> str:
    """Equal for two spellings of one heading, `parts` from the topmost header row down."""
    return fold_heading(" ".join(parts))[:LONGEST_HEADING]


def meaning_of(parts: list[str]) -> Meaning:
    """What a column headed by `parts` (from the topmost header row down) means.

    IGNORED when the words say nothing that we take in.
    """
    return known_meaning(parts) or Meaning.IGNORED


def known_meaning(parts: list[str]) -> Meaning | None:
    """The same; None when the words are not known at all."""
    return _known_meaning(tuple(parts))


@lru_cache(maxsize=4096)
def _known_meaning(parts: tuple[str, ...]) -> Meaning | None:
    if not parts or any(len(part) > LONGEST_HEADING for part in parts):
        return None
    lowest, above = parts[-1], " ".join(parts[:-1])
    if special := _below_a_group(lowest, fold_heading(above)):
        return special
    if _AREAS_ABOVE.match(fold_heading(lowest)):
        return Meaning.IGNORED
    for text in (lowest, f"{above} {lowest}"):
        found = _by_rules(text)
        if found is not None:
            return found
    return None


def names_identity(parts: list[str]) -> bool:
    """Whether the heading speaks of citizen-ID cards, if only as the place of an address."""
    return bool(_COMPILED[0][1].search(fold_heading(" ".join(parts))))


def _by_rules(text: str) -> Meaning | None:
    # What stands in brackets explains ("Địa chỉ (số nhà, khu phố)") but may not be hidden there.
    folded = fold_heading(text)
    first, pattern = _COMPILED[0]
    if pattern.search(folded):
        bare = _OF_THE_CARD.sub(r"\1", " ".join(_ON_THE_CARD.sub(" ", folded).split()))
        if bare == folded or pattern.search(bare):
            return first
        found = _by_rules(bare)
        return found if found in _SAID_ON_CARDS else first
    folded = fold_heading(re.sub(r"\(.*?\)", " ", text)) or folded
    return next((meaning for meaning, pattern in _COMPILED if pattern.search(folded)), None)


_COUNTS = re.compile(r"\b(nhan khau|so khau|so nguoi|tong so|so luong|lao dong)\b")


def _below_a_group(lowest: str, above: str) -> Meaning | None:
    """Columns that only their group tells apart. "Năm" (year) and "Nam" (man) fold alike, so here
    the diacritics count."""
    word = " ".join(lowest.lower().split())
    if "sinh" in above.split():
        if word in ("ngày", "tháng", "ngay", "thang"):
            return Meaning.IGNORED
        if word == "năm":
            return Meaning.BIRTH
    elif _COUNTS.search(above):
        return Meaning.IGNORED if word in ("nam", "nữ", "nu") else None
    elif "gioi tinh" in above:
        return {"nam": Meaning.SEX_MALE, "nữ": Meaning.SEX_FEMALE, "nu": Meaning.SEX_FEMALE}.get(
            word
        )
    return {
        "nam": Meaning.BIRTH_MALE,
        "nữ": Meaning.BIRTH_FEMALE,
        "nu": Meaning.BIRTH_FEMALE,
    }.get(word)
