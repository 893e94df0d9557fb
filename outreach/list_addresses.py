"""Where the lists behind an area's figures are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from outreach.coverage.members import Part
from outreach.periods import Period
from volunteers.models import Area


@dataclass(frozen=True)
class Lists:
    """The lists of the figures of an area and a period; `alone`: of what lies in none of its
    parts."""

    area: Area
    period: Period
    alone: bool = False

    def address(self, code: str, part: Part | str, **more: object) -> str:
        """Of the part of an indicator. What `more` leaves empty is left out."""
        return self._address("coverage_list", code, part, more)

    def file_address(self, code: str, part: Part | str, **more: object) -> str:
        """Where the same is posted to have it as a file."""
        return self._address("coverage_list_file", code, part, more)

    def _address(self, name: str, code: str, part: Part | str, more: dict[str, object]) -> str:
        said = {
            "tu": self.period.first,
            "den": self.period.last,
            "phan": str(part),
            "rieng": 1 if self.alone else None,
            **more,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse(name, args=[self.area.pk, code])}?{query}"
