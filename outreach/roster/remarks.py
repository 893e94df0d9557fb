"""What the officer should know about a list although it is no problem."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Remark:
    """`count` cells, columns or people of the sheet that the sentence is about."""

    sheet: str
    code: str
    count: int
    sentence: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


def remark(sheet: str, code: str, count: int, columns: str = "") -> Remark:
    """The remark with its sentence. `columns`: the letters of the columns that it is about."""
    return Remark(sheet, code, count, _sentence(code, count) % {"n": count, "columns": columns})


def _sentence(code: str, count: int) -> str:
    match code:
        case "second_phone_left_out":
            return ngettext(
                "%(n)d cell holds more than one phone number; the first was taken.",
                "%(n)d cells hold more than one phone number; the first was taken.",
                count,
            )
        case "hidden_columns_read":
            return ngettext(
                "%(n)d hidden column was read as well: %(columns)s.",
                "%(n)d hidden columns were read as well: %(columns)s.",
                count,
            )
        case "year_from_age":
            return ngettext(
                "The list gives the age of %(n)d person; the year of birth was counted from it "
                "and may be one year off.",
                "The list gives the age of %(n)d people; the year of birth was counted from it "
                "and may be one year off.",
                count,
            )
        case "died_left_out":
            return ngettext(
                "%(n)d member of a home, of whom the list says that they died, was left out.",
                "%(n)d members of homes, of whom the list says that they died, were left out.",
                count,
            )
        case "village_for_address":
            return ngettext(
                "%(n)d home has no address in the list; the name of its village stands for it.",
                "%(n)d homes have no address in the list; the name of their village stands for it.",
                count,
            )
        case "no_header":
            return _(
                "The table has no header that could be read; the columns were guessed from what "
                "stands in them. Please check each one."
            )
        case _:
            raise ValueError(code)
