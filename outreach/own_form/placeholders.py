"""The placeholders that may stand in the cells of a form, and what is wrong with others."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz, process

from outreach.indicators import Measure
from volunteers.models import Area
from volunteers.names import fold

WRITTEN = re.compile(r"\{\{([^{}]*)\}\}")
_SINGLE = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})")
INDICATOR = "chi_tieu:"
LIKE_ENOUGH = 60

# Anywhere. Names are Vietnamese without diacritics: they are written on any keyboard.
GENERAL = {
    "ten_dia_ban": gettext_lazy("Name of the area that the form is filled for"),
    "ma_dia_ban": gettext_lazy("Code of that area"),
    "ten_phuong": gettext_lazy("Name of the ward; empty for a city"),
    "tinh": gettext_lazy("Name of the province or city"),
    "ky_bao_cao": gettext_lazy("The reporting period in words"),
    "tu_ngay": gettext_lazy("First day of the period; empty: from the beginning"),
    "den_ngay": gettext_lazy("Last day of the period"),
    "thang": gettext_lazy("Month of the last day, as a number"),
    "quy": gettext_lazy("Quarter of the last day, as a number"),
    "nam": gettext_lazy("Year of the last day"),
    "ngay_lap": gettext_lazy("The day on which the form is filled"),
    "ngay_lap_bang_chu": gettext_lazy("The same day in words, as below a letterhead"),
    "gio_tinh": gettext_lazy("When the numbers were counted"),
    "nguoi_lap": gettext_lazy("Who fills the form"),
}
# In a row that is repeated.
LINE = {
    "stt": gettext_lazy("Number of the row: 1, 2, 3 …"),
    "ten": gettext_lazy("Name of the row's area or team"),
    "ma": gettext_lazy("Code of the row's area"),
}
# In a row that is repeated for each team, instead of what belongs to areas: code and indicators.
OF_TEAM = {
    "to.ho": gettext_lazy("Households in the team's areas"),
    "to.ho_da_den": gettext_lazy("Of these, households reached"),
    "to.ho_da_gap": gettext_lazy("Of these, households where someone was met"),
    "to.ty_le": gettext_lazy("Part of the team's households that was reached"),
    "to.nguoi_duoc_huong_dan": gettext_lazy("Residents of these households who were taught"),
    "to.nguoi_tien_bo": gettext_lazy("Residents of these households who progressed"),
    "to.luot_tham": gettext_lazy("Visits that the team's members made"),
    "to.ngay_cong": gettext_lazy("Person-days of the team's members"),
    "to.lop": gettext_lazy("Classes that the team's members led"),
    "to.thanh_vien": gettext_lazy("Members of the team at work"),
}
OF_AREA = {"ma"}
EACH_TEAM = "moi_to"
# Repeats its row; for which level of the area that the form is filled for.
REPEATS = {
    "moi_khu_pho": gettext_lazy("Repeats its row for each neighbourhood of the ward"),
    "moi_phuong": gettext_lazy("Repeats its row for each ward of the city"),
    EACH_TEAM: gettext_lazy("Repeats its row for each team of the ward"),
}
REPEATED_IN = {
    "moi_khu_pho": Area.Level.COMMUNE,
    "moi_phuong": Area.Level.PROVINCE,
    EACH_TEAM: Area.Level.COMMUNE,
}
# Of an indicator; in a repeated row, of the row's area.
PIECES = {
    "tu_so": gettext_lazy("Numerator"),
    "mau_so": gettext_lazy("Denominator"),
    "ty_le": gettext_lazy("Rate"),
    "chi_tieu_giao": gettext_lazy("Assigned target"),
    "so_ky_truoc": gettext_lazy("Compared with the period before"),
}
# Those that an amount, which has no denominator, does not have.
OF_RATES = {"mau_so", "ty_le"}


@dataclass(frozen=True)
class Placeholder:
    """As it stands in a text: `written` with its braces, `name` bare and in lower case."""

    written: str
    name: str

    @property
    def is_repeat(self) -> bool:
        return self.name in REPEATS

    @property
    def is_capital(self) -> bool:
        """{{TEN_PHUONG}} gives PHƯỜNG XUÂN HÒA."""
        return self.written.isupper()

    def of_indicator(self) -> tuple[str, str] | None:
        """Code and piece; None when it is about no indicator."""
        if not self.name.startswith(INDICATOR):
            return None
        code, _dot, piece = self.name.removeprefix(INDICATOR).rpartition(".")
        return code, piece


def placeholders_in(text: str) -> list[Placeholder]:
    return [
        Placeholder(match[0], "".join(match[1].split()).casefold())
        for match in WRITTEN.finditer(text)
    ]


def write(name: str) -> str:
    return f"{{{{{name}}}}}"


def of_indicator(code: str, piece: str) -> str:
    return write(f"{INDICATOR}{code}.{piece}")


def pieces_of(measure: Measure) -> Iterator[str]:
    return (piece for piece in PIECES if not (measure.is_amount and piece in OF_RATES))


class Vocabulary:
    """What may be written now: the indicators that are shown decide. `hidden` are the codes of
    those that are not."""

    def __init__(self, measures: Iterable[Measure], hidden: Collection[str] = ()) -> None:
        self.measures = {measure.code.casefold(): measure for measure in measures}
        self.hidden = {code.casefold() for code in hidden}

    def all(self) -> Iterator[str]:
        yield from (*GENERAL, *LINE, *OF_TEAM, *REPEATS)
        for measure in self.measures.values():
            yield from (f"{INDICATOR}{measure.code}.{piece}" for piece in pieces_of(measure))

    def objections(self, text: str, repeat: str | None) -> Iterator[str]:
        """What is wrong with the placeholders of a cell; `repeat`: what repeats its row."""
        for placeholder in placeholders_in(text):
            said = self._misplaced(placeholder, repeat) or self._objection(placeholder)
            if said:
                yield said
        rest = WRITTEN.sub("", text)
        if "{{" in rest or "}}" in rest:
            yield _("the braces do not match; write it like %(example)s") % {
                "example": write("ten_phuong")
            }
            return
        names = {name.casefold() for name in self.all()}
        for match in _SINGLE.finditer(rest):
            name = "".join(match[1].split()).casefold()
            if name in names:
                yield _("“%(written)s” has single braces; write “%(better)s”") % {
                    "written": match[0],
                    "better": write(name),
                }

    def _misplaced(self, placeholder: Placeholder, repeat: str | None) -> str | None:
        """What it would have a meaning in, which its row is not."""
        name, shown = placeholder.name, {"written": placeholder.written[:80]}
        if name in LINE and repeat is None:
            said = _(
                "“%(written)s” has a meaning only in a row that is repeated; put {{moi_khu_pho}}, "
                "{{moi_phuong}} or {{moi_to}} into a cell of this row"
            )
            return said % shown
        if name in OF_TEAM and repeat != EACH_TEAM:
            said = _(
                "“%(written)s” has a meaning only in a row of teams; put {{moi_to}} into a cell of "
                "this row"
            )
            return said % shown
        if repeat == EACH_TEAM and (name in OF_AREA or name.startswith(INDICATOR)):
            said = _(
                "“%(written)s” has no meaning for a team; in a row with {{moi_to}} there can be "
                "%(possible)s"
            )
            possible = [one for one in (*LINE, *OF_TEAM) if one not in OF_AREA]
            return said % {**shown, "possible": ", ".join(map(write, possible))}
        return None

    def _objection(self, placeholder: Placeholder) -> str | None:
        name, shown = placeholder.name, {"written": placeholder.written[:80]}
        if name in GENERAL or name in LINE or name in OF_TEAM or name in REPEATS:
            return None
        about = placeholder.of_indicator()
        if about is None:
            return self._unknown(placeholder)
        code, piece = about
        measure = self.measures.get(code)
        if measure is None and code in self.hidden:
            said = _(
                "“%(written)s” is about an indicator that is not shown any more; take another "
                "one, or ask an administrator to show it"
            )
            return said % shown
        if measure is None or piece not in PIECES:
            return self._unknown(placeholder)
        if measure.is_amount and piece in OF_RATES:
            return _(
                "“%(written)s”: “%(name)s” has no denominator; only its numerator can be given"
            ) % {**shown, "name": measure.name}
        return None

    def _unknown(self, placeholder: Placeholder) -> str:
        shown = {"written": placeholder.written[:80]}
        found = process.extractOne(
            fold(placeholder.name)[:100],
            list(self.all()),
            scorer=fuzz.ratio,
            score_cutoff=LIKE_ENOUGH,
        )
        if found is None:
            return _("there is no “%(written)s”; see the list of placeholders") % shown
        return _("there is no “%(written)s”; perhaps it is “%(better)s”") % {
            **shown,
            "better": write(found[0]),
        }
