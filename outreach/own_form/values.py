"""What the placeholders give, for an area and a period. Every number is `outreach.coverage`'s or
`outreach.targets`'s."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from outreach.coverage import AreaCoverage, Coverage, Figure, coverage
from outreach.coverage.teams import TeamWork, teams
from outreach.coverage_teams import name_of
from outreach.models import Target
from outreach.office_sheet import clean
from outreach.own_form.placeholders import EACH_TEAM, REPEATED_IN, Placeholder
from outreach.periods import Period, counted_at, local_today, previous
from outreach.targets import targets_of, targets_of_areas
from volunteers.models import Area

Level = Area.Level


class Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    YEAR = auto()  # numbers that are not grouped
    RATE = auto()  # from 0 to 1
    POINTS = auto()  # the difference of two rates
    CHANGE = auto()  # the difference of two numbers
    DATE = auto()


# For cells without a format of their own.
FORMATS = {Kind.RATE: "0.0%", Kind.POINTS: "0.0%", Kind.DATE: "dd/mm/yyyy"}


@dataclass(frozen=True)
class Value:
    """`content` None: there is nothing to say, so the cell is empty."""

    content: str | int | float | date | None
    kind: Kind = Kind.TEXT

    @property
    def words(self) -> str:
        """Within a text, as people here write it: 1.234; 12,5%; 30/11/2026."""
        match self.content:
            case None:
                return "–"
            case date() as day:
                return f"{day:%d/%m/%Y}"
            case str() as text:
                return text
            case number if self.kind is Kind.YEAR:
                return str(number)
            case number if self.kind is Kind.RATE:
                return f"{_number(100 * number, 1)}%"
            case number if self.kind is Kind.POINTS:
                return _("%(points)s percentage points") % {
                    "points": _sign(number) + _number(100 * number, 1)
                }
            case number:
                sign = _sign(number) if self.kind is Kind.CHANGE else ""
                return sign + _number(number, 0)


def _sign(number: float) -> str:
    return "+" if number > 0 else ""


def _number(number: float, decimals: int) -> str:
    rounded = round(Decimal(str(number)), decimals)
    return number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@dataclass(frozen=True)
class Values:
    """What each placeholder gives; `general` those without an indicator, by name."""

    general: Mapping[str, Value]
    counted: AreaCoverage
    targets: Mapping[str, Target] = field(default_factory=dict)
    # The same area in the period before.
    before: AreaCoverage | None = None

    def of(self, placeholder: Placeholder) -> Value:
        about = placeholder.of_indicator()
        if about is None:
            value = self.general[placeholder.name]
            if placeholder.is_capital and isinstance(value.content, str):
                return Value(value.content.upper())
            return value
        code, piece = about
        figure = _figure(self.counted, code)
        match piece:
            case "tu_so":
                return Value(figure.numerator, Kind.NUMBER)
            case "mau_so":
                return Value(figure.denominator, Kind.NUMBER)
            case "ty_le":
                return Value(figure.rate, Kind.RATE)
            case "chi_tieu_giao":
                return _assigned(self.targets.get(figure.code))
            case _:
                return _change(figure, self.before)


def _figure(counted: AreaCoverage, code: str) -> Figure:
    return next(one for one in counted.indicators if one.code.casefold() == code)


def _assigned(target: Target | None) -> Value:
    if target is None:
        return Value(None, Kind.NUMBER)
    if target.measure == Target.Measure.PERCENT:
        return Value(float(target.value / 100), Kind.RATE)
    return Value(int(target.value), Kind.NUMBER)


def _change(figure: Figure, before: AreaCoverage | None) -> Value:
    kind = Kind.CHANGE if figure.denominator is None else Kind.POINTS
    if before is None:
        return Value(None, kind)
    then = _figure(before, figure.code.casefold())
    if kind is Kind.CHANGE:
        return Value(figure.numerator - then.numerator, kind)
    if figure.rate is None or then.rate is None:
        return Value(None, kind)
    # Of decimal numbers: 0.3 less 0.2 is 0.1.
    return Value(float(Decimal(str(figure.rate)) - Decimal(str(then.rate))), kind)


@dataclass(frozen=True)
class Report:
    """All that a form may ask for: of the whole, and by placeholder that repeats a row its lines:
    the areas one level down."""

    period: Period
    whole: Values
    lines: Mapping[str, tuple[Values, ...]]


def report_of(
    area: Area,
    period: Period,
    *,
    made_by: str,
    now: datetime,
    pieces: Collection[str],
    repeats: Collection[str],
) -> Report:
    """Count what the form asks for. `pieces` and `repeats` are those that it uses: without the
    comparison the period before is not counted, nor teams without their rows. The number of queries
    does not depend on how much there is."""
    counted = coverage(area, period, now=now)
    earlier = previous(period) if "so_ky_truoc" in pieces else None
    before = coverage(area, earlier, now=now) if earlier else None
    general = _general(counted, made_by, now)
    targets: Mapping[str, Mapping[str, Target]] = {}
    if "chi_tieu_giao" in pieces:
        targets = targets_of_areas([part.area.pk for part in counted.by_area], period)
    past = {part.area.pk: part for part in before.by_area} if before else {}
    lines = []
    for number, part in enumerate(counted.by_area, start=1):
        own = {
            "stt": Value(number, Kind.YEAR),
            "ten": Value(clean(part.area.name)),
            "ma": Value(part.area.pk),
        }
        lines.append(
            Values(general | own, part, targets.get(part.area.pk, {}), past.get(part.area.pk))
        )
    whole = Values(general, counted, targets_of(area, period), before)
    possible = {name for name, level in REPEATED_IN.items() if level == area.level}
    found = dict.fromkeys(sorted(possible - {EACH_TEAM}), tuple(lines))
    if EACH_TEAM in possible.intersection(repeats):
        rows = teams(area, period, now=now).rows
        found[EACH_TEAM] = tuple(
            Values(general | _of_team(number, row), counted)
            for number, row in enumerate(rows, start=1)
        )
    return Report(period, whole, found)


def _of_team(number: int, row: TeamWork) -> dict[str, Value]:
    counts = {
        "to.ho": row.homes,
        "to.ho_da_den": row.reached,
        "to.ho_da_gap": row.met,
        "to.nguoi_duoc_huong_dan": row.taught,
        "to.nguoi_tien_bo": row.progressed,
        "to.luot_tham": row.visits,
        "to.ngay_cong": row.person_days,
        "to.lop": row.sessions,
        "to.thanh_vien": row.members_at_work,
    }
    return {
        "stt": Value(number, Kind.YEAR),
        "ten": Value(clean(name_of(row))),
        "to.ty_le": Value(row.rate, Kind.RATE),
        **{name: Value(count, Kind.NUMBER) for name, count in counts.items()},
    }


def _general(counted: Coverage, made_by: str, now: datetime) -> dict[str, Value]:
    area, period, today = counted.area, counted.period, local_today(now)
    province = Area.objects.get(pk=area.path.partition("/")[0])
    ward = "" if area.level == Level.PROVINCE else area.name
    local = timezone.localtime(now, timezone.get_default_timezone())
    last = period.last
    return {
        "ten_dia_ban": Value(clean(area.name)),
        "ma_dia_ban": Value(area.pk),
        "ten_phuong": Value(clean(ward) or None),
        "tinh": Value(clean(province.name)),
        "ky_bao_cao": Value(period.words),
        "tu_ngay": Value(period.first, Kind.DATE),
        "den_ngay": Value(last, Kind.DATE),
        "thang": Value(last.month, Kind.YEAR),
        "quy": Value((last.month + 2) // 3, Kind.YEAR),
        "nam": Value(last.year, Kind.YEAR),
        "ngay_lap": Value(today, Kind.DATE),
        "ngay_lap_bang_chu": Value(_day_in_words(today)),
        "gio_tinh": Value(counted_at(local)),
        "nguoi_lap": Value(clean(made_by)),
    }


def _day_in_words(day: date) -> str:
    """With a 0 before days under 10 and before months 1 and 2 (Decree 30/2020/NĐ-CP, Annex I)."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return _("day %(day)s month %(month)s year %(year)s") % {
        "day": f"{day.day:02}",
        "month": month,
        "year": day.year,
    }
