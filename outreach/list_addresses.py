"""Where the lists behind an area's figures are."""

from dataclasses import dataclass
from functools import cached_property
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
        before, after = self._paths[name]
        said = {"phan": str(part), "rieng": 1 if self.alone else None, **more}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{before}{code}{after}?{'&'.join(filter(None, (self._days, query)))}"

    # A page has some thousand of these addresses, of one area at a time.
    @cached_property
    def _paths(self) -> dict[str, tuple[str, str]]:
        """What stands before and after the indicator's code."""
        found = {}
        for name in ("coverage_list", "coverage_list_file"):
            before, _code, after = reverse(name, args=[self.area.pk, "code"]).rpartition("code")
            found[name] = (before, after)
        return found

    @cached_property
    def _days(self) -> str:
        days = {"tu": self.period.first, "den": self.period.last}
        return urlencode({name: day for name, day in days.items() if day})
