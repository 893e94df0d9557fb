"""What the counting gives: figures of an area, a period, and the areas one level down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from outreach.coverage.unmet import Unmet
from outreach.coverage.weeks import Week
from outreach.indicators import Measure
from outreach.periods import Period, counted_at
from volunteers.models import Area


@dataclass(frozen=True)
class Figure:
    """An indicator counted, in its unit. An amount has no denominator: None. `rate` is from 0 to 1;
    None when there is no denominator or it is 0."""

    indicator: Measure
    numerator: int
    denominator: int | None

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def rate(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "rate": self.rate,
        }


@dataclass(frozen=True)
class AreaCoverage:
    """The figures of one area with everything below it, in the order of `current_indicators`."""

    area: Area
    indicators: tuple[Figure, ...]

    def figure(self, code: str) -> Figure:
        return next(figure for figure in self.indicators if figure.code == code)

    @property
    def is_empty(self) -> bool:
        """Nobody is in any denominator: no list has been imported for this area and day."""
        return not any(figure.denominator for figure in self.indicators)


@dataclass(frozen=True)
class Coverage(AreaCoverage):
    """The figures of an area and a period, and of the areas one level down."""

    period: Period
    as_of: datetime
    by_area: tuple[AreaCoverage, ...]
    # Homes reached by the end of each of the last weeks.
    weeks: tuple[Week, ...]
    # By reason, the homes where nobody was met.
    unmet: Unmet
    # What lies in the area itself, in none of those.
    rest: AreaCoverage | None = None

    @property
    def counted_at(self) -> str:
        return counted_at(self.as_of)

    @property
    def remainder(self) -> AreaCoverage | None:
        """What `by_area` leaves out: homes that stand in the neighbourhood but in none of its
        lanes. None when there is nothing."""
        return None if self.rest is None or self.rest.is_empty or not self.by_area else self.rest

    def as_json(self) -> dict[str, Any]:
        """The contract of `manage.py coverage --json`."""
        return {
            "area": self.area.code,
            "from": self.period.first.isoformat() if self.period.first else None,
            "to": self.period.last.isoformat(),
            "as_of": timezone.localtime(self.as_of, timezone.get_default_timezone()).isoformat(
                timespec="seconds"
            ),
            "indicators": [figure.as_json() for figure in self.indicators],
            "by_area": [
                {
                    "code": part.area.code,
                    "name": part.area.name,
                    "indicators": [figure.as_json() for figure in part.indicators],
                }
                for part in self.by_area
            ],
        }
