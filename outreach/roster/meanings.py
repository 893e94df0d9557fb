"""The words wards put above their columns, and what they mean."""

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from outreach.roster.neighbourhoods import KINDS
from volunteers.names import fold

LONGEST_HEADING = 120


class Meaning(TextChoices):
    NAME = "name", _("Name of the person")
    HEAD_NAME = "head_name", _("Name of the head of household")
    RELATION = "relation", _("Relation to the head (only used to find the head)")
    BIRTH = "birth", _("Year or date of birth")
    BIRTH_MALE = "birth_male", _("Birth of a man")
    BIRTH_FEMALE = "birth_female", _("Birth of a woman")
    SEX = "sex", _("Sex")
    SEX_MALE = "sex_male", _("Sex: mark for a man")
    SEX_FEMALE = "sex_female", _("Sex: mark for a woman")
    ADDRESS = "address", _("Address")
    HOUSE_NUMBER = "house_number", _("House number")
    STREET = "street", _("Street")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
    PHONE = "phone", _("Phone number")
    SIZE = "size", _("Number of people")
    NUMBER = "number", _("Row number")
    HOUSEHOLD_NUMBER = "household_number", _("Household number")
    NOTE = "note", _("Note (only “hộ kinh doanh” is used)")
    CITIZEN_ID = "citizen_id", _("Looks like citizen-ID or account numbers: dropped")
    ETHNICITY = "ethnicity", _("Ethnicity: dropped")
    RELIGION = "religion", _("Religion: dropped")
    IGNORED = "ignored", _("Not used")


DROPPED = {Meaning.CITIZEN_ID, Meaning.ETHNICITY, Meaning.RELIGION}
NOT_STORED = DROPPED | {Meaning.IGNORED}

_KINDS = "|".join(KINDS)
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
    (Meaning.RELATION, r"\b(quan he|qh|moi qh)\b"),
    (Meaning.PHONE, r"\b(dien thoai|sdt|dtdd|di dong|so dt|phone|tel|zalo)\b|^dt\b"),
    (
        Meaning.HOUSEHOLD_NUMBER,
        r"^(stt|tt|so|ma|ma so|so tt|so thu tu) ho( gia dinh| dan)?$|^ho so$",
    ),
    (Meaning.NAME, r"\bho (va )?ten\b.*\b(thanh vien|nhan khau|tung nguoi)\b|^nhan khau$"),
    (
        Meaning.SIZE,
        r"\b(nhan khau|so khau|so nguoi|so thanh vien|so nk|tong nk|so luong nguoi)\b|^nk$",
    ),
    (Meaning.IGNORED, r"\b(noi sinh|que quan|nghe|nghe nghiep|cong viec|noi lam viec|hoc sinh)\b"),
    (Meaning.SEX, r"\bgioi tinh\b|^(gt|phai|nam nu)$"),
    (
        Meaning.BIRTH,
        r"\b(nam sinh|ngay sinh|sinh nam|sinh ngay|thang sinh|ntns|nam sinh)\b|^ns$|\bsinh$",
    ),
    (Meaning.HOUSE_NUMBER, r"^(so nha|nha so|so nha ngo|so nha hem)$"),
    (Meaning.STREET, r"^(ten )?(duong|duong pho|pho|hem|duong hem|ngo|hem duong|tuyen duong)$"),
    (
        Meaning.ADDRESS,
        r"\b(dia chi|noi o|cho o|noi cu tru|noi thuong tru|noi tam tru|hktt|so nha)\b"
        r"|^thuong tru$",
    ),
    (Meaning.HEAD_NAME, r"\b(chu ho|dai dien ho|nguoi dai dien|chu nha)\b"),
    (Meaning.NAME, r"\bho (va )?ten\b|^(ten|ho ten|ho|ho dem|ho va chu dem|ten goi|thanh vien)$"),
    (Meaning.NEIGHBOURHOOD, rf"^(thuoc |ten |so )?({_KINDS}|dia ban)( ({_KINDS}|so))*$"),
    (Meaning.NUMBER, r"^(stt|tt|so tt|so thu tu|no)\b"),
]
_COMPILED = [(meaning, re.compile(pattern)) for meaning, pattern in _RULES]
_AREAS_ABOVE = re.compile(r"^(tinh|tp|thanh pho|quan|huyen|phuong|xa|tinh thanh pho|phuong xa)$")


def fold_heading(heading: str) -> str:
    """`heading` folded, its punctuation as spaces."""
    return " ".join(re.sub(r"[^\w ]", " ", fold(heading)).replace("_", " ").split())


def meaning_of(parts: list[str]) -> Meaning:
    """What a column headed by `parts` (from the topmost header row down) means.

    IGNORED when the words say nothing that we take in.
    """
    if not parts or any(len(part) > LONGEST_HEADING for part in parts):
        return Meaning.IGNORED
    lowest, above = parts[-1], " ".join(parts[:-1])
    if special := _below_a_group(lowest, fold_heading(above)):
        return special
    if _AREAS_ABOVE.match(fold_heading(lowest)):
        return Meaning.IGNORED
    for text in (lowest, f"{above} {lowest}"):
        found = _by_rules(text)
        if found is not None:
            return found
    return Meaning.IGNORED


def _by_rules(text: str) -> Meaning | None:
    # What stands in brackets explains ("Địa chỉ (số nhà, khu phố)") but may not be hidden there.
    folded = fold_heading(text)
    first, pattern = _COMPILED[0]
    if pattern.search(folded):
        return first
    folded = fold_heading(re.sub(r"\(.*?\)", " ", text)) or folded
    return next((meaning for meaning, pattern in _COMPILED if pattern.search(folded)), None)


def _below_a_group(lowest: str, above: str) -> Meaning | None:
    """Columns that only their group tells apart. "Năm" (year) and "Nam" (man) fold alike, so here
    the diacritics count."""
    word = " ".join(lowest.lower().split())
    if "sinh" in above.split():
        if word in ("ngày", "tháng", "ngay", "thang"):
            return Meaning.IGNORED
        if word == "năm":
            return Meaning.BIRTH
    elif "gioi tinh" in above:
        return {"nam": Meaning.SEX_MALE, "nữ": Meaning.SEX_FEMALE, "nu": Meaning.SEX_FEMALE}.get(
            word
        )
    return {
        "nam": Meaning.BIRTH_MALE,
        "nữ": Meaning.BIRTH_FEMALE,
        "nu": Meaning.BIRTH_FEMALE,
    }.get(word)
