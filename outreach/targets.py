"""What areas aim at: which target applies to a period, and how much of it is reached."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from outreach.coverage import Figure
from outreach.indicators import Measure
from outreach.models import Target
from outreach.periods import Period
from volunteers.models import Area

PERCENT, COUNT = Target.Measure.PERCENT, Target.Measure.COUNT
HIGHEST_COUNT = 10_000_000
# 1.200 and 1 200 are one thousand two hundred; a single decimal follows a comma or a point.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[. ]\d{3})+", re.ASCII)
_PLAIN = re.compile(r"\d{1,9}(?:[.,]\d)?", re.ASCII)


def targets_of(area: Area, period: Period) -> dict[str, Target]:
    """By code of the indicator the target of `area` itself that applies to `period`: of those
    whose days contain its last day the one for the fewest days, and of these the latest. Costs one
    query."""
    return targets_of_areas([area.pk], period).get(area.pk, {})


def targets_of_areas(codes: Iterable[str], period: Period) -> dict[str, dict[str, Target]]:
    """The same for several areas, by their codes; those without any are left out. One query."""
    found: dict[str, dict[str, Target]] = {}
    rows = Target.objects.filter(area__in=codes, first__lte=period.last, last__gte=period.last)
    for target in sorted(rows, key=lambda row: (row.last - row.first, -row.first.toordinal())):
        found.setdefault(target.area_id, {}).setdefault(target.indicator_id, target)
    return found


@dataclass(frozen=True)
class Reached:
    """A figure beside its target."""

    figure: Figure
    target: Target

    @property
    def can_tell(self) -> bool:
        """False for percent of nobody."""
        return self.target.measure == COUNT or bool(self.figure.denominator)

    @property
    def needed(self) -> int | None:
        """The smallest numerator that reaches the target; None when nothing can be said."""
        if not self.can_tell:
            return None
        needed = self.target.value
        if self.target.measure == PERCENT:
            needed = needed * (self.figure.denominator or 0) / 100
        return int(needed.to_integral_value(ROUND_CEILING))

    @property
    def missing(self) -> int | None:
        """How many more are needed, in the indicator's unit."""
        return None if self.needed is None else max(self.needed - self.figure.numerator, 0)

    @property
    def missing_points(self) -> float | None:
        """How many percent of the denominator are missing; None for a headcount."""
        rate = self.figure.rate
        if self.target.measure == COUNT or rate is None:
            return None
        return max(float(self.target.value) - 100 * rate, 0.0)

    @property
    def share(self) -> float | None:
        """The part of the target that is reached, 1: all of it; may be more. None when nothing can
        be said, and of a target of 0."""
        if not self.can_tell or not self.target.value:
            return None
        if self.target.measure == COUNT:
            return self.figure.numerator / float(self.target.value)
        return 100 * (self.figure.rate or 0.0) / float(self.target.value)

    @property
    def is_reached(self) -> bool:
        return self.missing == 0

    @property
    def aim(self) -> str:
        return aim(self.target)

    @property
    def words(self) -> str:
        """Whether it is reached, for people, in the active language."""
        if self.missing is None:
            return _("cannot be said: there is nobody to count among")
        if self.is_reached:
            return _("reached")
        words = {"missing": _number(self.missing), "unit": self.figure.indicator.unit}
        if self.missing_points is None:
            return _("not reached: %(missing)s %(unit)s more are needed") % words
        words["points"] = _number(self.missing_points, 1)
        return _("not reached: %(missing)s %(unit)s more are needed (%(points)s%% of all)") % words

    @property
    def short(self) -> str:
        """The same for a narrow cell."""
        if self.missing is None:
            return _("Target %(aim)s") % {"aim": self.aim}
        words = {"aim": self.aim, "missing": _number(self.missing)}
        if self.is_reached:
            return _("Reaches %(aim)s") % words
        return _("%(missing)s short of %(aim)s") % words


def reached(figure: Figure, target: Target | None) -> Reached | None:
    """`figure` beside its target; None where there is none."""
    return Reached(figure, target) if target else None


def aim(target: Target) -> str:
    """What is aimed at, for people: 80% or 1.200."""
    if target.measure == COUNT:
        return _number(target.value)
    return f"{_number(target.value, 0 if target.value == int(target.value) else 1)}%"


def _number(number: int | float | Decimal, decimals: int = 0) -> str:
    """Rounded: Django's own formatting cuts."""
    rounded = round(Decimal(number), decimals)
    return number_format(rounded, decimal_pos=decimals, use_l10n=True, force_grouping=True)


class Impossible(ValueError):
    """What was written cannot be a target; the message says what arrived, what was expected and
    what to do, in the active language."""


def read_value(written: str, measure: str) -> Decimal:
    """The value of a target as people write it: 80, 80,5, 80%, 1.200. Raises Impossible."""
    text = " ".join(written.split())
    bare = text.removesuffix("%").rstrip()
    if text.endswith("%") and measure == COUNT:
        raise Impossible(
            _(
                "“%(value)s” is in percent, but the target is so many. Choose percent, or write "
                "1200."
            )
            % {"value": text[:30]}
        )
    if _GROUPED.fullmatch(bare):
        return Decimal(re.sub(r"[. ]", "", bare))
    if not _PLAIN.fullmatch(bare):
        raise Impossible(
            _(
                "“%(value)s” is not a target. Write a number from 0, with at most one decimal, "
                "like 80, 80,5 or 1200."
            )
            % {"value": text[:30]}
        )
    return Decimal(bare.replace(",", "."))


def check_value(value: Decimal, measure: str, indicator: Measure) -> None:
    """Raises Impossible when `value` cannot be a target of the indicator."""
    shown = {"value": _number(value, 0 if value == int(value) else 1)}
    if measure == PERCENT and indicator.is_amount:
        raise Impossible(
            _("“%(name)s” has no denominator, so it has no percent. Aim at so many.")
            % {"name": indicator.name}
        )
    if measure == PERCENT and value > 100:
        raise Impossible(
            _("%(value)s%% is more than all. Write at most 100, or aim at so many.") % shown
        )
    if measure == COUNT and value != int(value):
        raise Impossible(_("%(value)s is no whole number. So many are whole: write 80.") % shown)
    if value > HIGHEST_COUNT:
        raise Impossible(
            _("%(value)s is more than there are people in any city. Check the number.") % shown
        )
