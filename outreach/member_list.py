"""The list behind a figure of the coverage: which of its rows, in which order.

`outreach.coverage.members` says whom the figure counts; here a reader narrows, searches and sorts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Expression, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext as _

from outreach.addresses import address_key
from outreach.coverage import Coverage, coverage
from outreach.coverage.members import Members, Of, Part
from outreach.coverage.places import PEOPLE, Places
from outreach.coverage.unmet import reason_name, with_reason
from outreach.coverage_table import remainder_title
from outreach.indicators import Measure
from outreach.models import Household, Placement, Visit
from outreach.periods import Period
from volunteers.models import Area, User
from volunteers.names import fold


class Order(StrEnum):
    """The values stand in addresses."""

    NAME = "ten"
    ADDRESS = "dia-chi"
    LAST = "gan-nhat"  # of homes: the last visit, the newest first


@dataclass(frozen=True)
class Wish:
    """How a reader wants a list: only below the area `within`, only homes where nobody was met for
    that `reason`, only what the `words` find (personal data: never in an address)."""

    order: Order = Order.ADDRESS
    within: Area | None = None
    reason: str = ""
    words: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.within or self.reason or self.words)


@dataclass(frozen=True)
class MemberList:
    """The rows behind the figure `code` of an area that `counted` has; of the area without its
    parts if it is meant `alone`."""

    counted: Coverage
    measure: Measure
    part: Part
    wish: Wish = Wish()
    alone: bool = False

    @property
    def area(self) -> Area:
        return self.counted.area

    @property
    def period(self) -> Period:
        return self.counted.period

    @property
    def ward(self) -> str:
        """The code of the ward that the area is or lies in; provinces have no lists."""
        if self.area.ward_code is None:
            raise ValueError(f"{self.area.pk} lies in no ward")
        return self.area.ward_code

    @property
    def place_name(self) -> str:
        name = self.area.name
        return f"{name} – {remainder_title()}" if self.alone else name

    @property
    def title(self) -> str:
        """Which part of which figure."""
        title = self.measure.name
        if self.part is Part.OTHERS:
            title = _("Not: %(indicator)s") % {"indicator": title}
        elif self.part is Part.ALL:
            title = _("Among whom is counted: %(indicator)s") % {"indicator": title}
        if self.wish.reason:
            return f"{title} – {reason_name(self.wish.reason)}"
        return title

    @cached_property
    def members(self) -> Members:
        within = self.wish.within
        if within is not None:
            places = Places.together(within)
        else:
            places = Places.alone(self.area) if self.alone else Places.together(self.area)
        measures = [figure.indicator for figure in self.counted.indicators]
        return Members(places, self.period, self.measure, measures, self.part)

    @property
    def of(self) -> Of:
        return self.members.of

    def count(self) -> int:
        """How many rows: what the figure says where it says it, else counted."""
        if self.wish.narrows or self.alone or self.measure.rule == "class_attendance":
            return len(self._days) if self.of is Of.DAYS else self._found().count()
        figure = self.counted.figure(self.measure.code)
        among = figure.denominator or 0
        return {
            Part.COUNTED: figure.numerator,
            Part.OTHERS: among - figure.numerator,
            Part.ALL: among,
        }[self.part]

    def keys(self, first: int = 0, last: int | None = None) -> list[Any]:
        """The rows' ids (of days: person and day) from place `first` until before `last`."""
        if self.of is Of.DAYS:
            return self._days[first:last]
        found, key = self._found(), _KEYS[self.of]
        return list(found.order_by(*self._sorting(), key).values_list(key, flat=True)[first:last])

    @cached_property
    def _days(self) -> list[tuple[int, date]]:
        """By day, the newest first, then by given name."""
        days = self.members.days()
        people = User.objects.filter(pk__in={person for person, _day in days})
        names = dict(people.values_list("pk", "name_sort_key"))
        return sorted(days, key=lambda one: (-one[1].toordinal(), names[one[0]], one[0]))

    def _found(self) -> QuerySet[Any]:
        ward = self.ward
        match self.of:
            case Of.SESSIONS:
                return self.members.sessions()
            case Of.REFERRALS:
                return self._that_match(self.members.referrals())
            case Of.HOMES:
                # The ward said once more of the rows that are sorted, so that their index serves.
                homes = self.members.homes().filter(household__ward=ward)
                if self.wish.reason:
                    homes = with_reason(homes, self.period).filter(reason=self.wish.reason)
                return self._that_match(homes)
            case _:
                people = self.members.people().annotate(of_ward=F(f"{PEOPLE}__ward"))
                return self._that_match(people.filter(of_ward=ward))

    def _that_match(self, found: QuerySet[Placement]) -> QuerySet[Placement]:
        """Those in which every word begins a word of a name, the address, or the card code; of
        people only their own name counts."""
        if not self.wish.words:
            return found
        if self.of is not Of.PEOPLE:
            homes = Household.objects.filter(ward=self.ward).matching(self.wish.words)
            return found.filter(household__in=homes.order_by().values("pk"))
        name, name_or_address, address = Q(), Q(), Q(pk__in=[])
        for word in fold(self.wish.words).split():
            named = Q(findable__contains=f" {word}")
            name &= named
            # Addresses are compared without words like "hẻm".
            if street := address_key(word):
                there = Q(household__address_key__startswith=street)
                there |= Q(household__address_key__contains=f" {street}")
                name_or_address &= named | there
                address |= there
        people = found.annotate(findable=F(f"{PEOPLE}__search_text"))
        return people.filter(name | (name_or_address & address))

    def _sorting(self) -> Sequence[str | Expression | Any]:
        if self.of is Of.SESSIONS:
            return ["-held_at"]
        if self.of is Of.REFERRALS:
            return [F("household__referrals__made_at").desc()]
        name = (
            "household__head__name_sort_key" if self.of is Of.HOMES else f"{PEOPLE}__name_sort_key"
        )
        match self.wish.order:
            case Order.NAME:
                return [F(name).asc(nulls_last=True) if self.of is Of.HOMES else name]
            case Order.LAST:
                return [last_visited(self.period).desc(nulls_last=True)]
            case _:
                walk = ["household__walking_order", "household"]
                return walk if self.of is Of.HOMES else [*walk, name]


_KEYS = {
    Of.HOMES: "household",
    Of.PEOPLE: "person",
    Of.REFERRALS: "referral",
    Of.SESSIONS: "pk",
}


def last_visited(period: Period) -> Subquery:
    """Of a query's `household`, the day of its newest visit until the end of the period."""
    visits = Visit.objects.counted().between(None, period.last)
    newest = visits.filter(household=OuterRef("household")).order_by("-day")
    return Subquery(newest.values("day")[:1])


def list_of(area: Area, code: str, part: Part, period: Period, now=None) -> MemberList:
    """The list of the indicator's part. Raises Http404 for an indicator that is not counted, and
    for what an amount does not have."""
    counted = coverage(area, period, now=now)
    measures = {figure.code: figure.indicator for figure in counted.indicators}
    if code not in measures:
        # Standard ones that are hidden are counted for other programs; the reasons lead to one.
        counted = coverage(area, period, now=now, hidden_standard=True)
        measures = {figure.code: figure.indicator for figure in counted.indicators}
    if code not in measures or (measures[code].is_amount and part is not Part.COUNTED):
        raise Http404
    listed = MemberList(counted, measures[code], part)
    # People are looked for by name, doors by street.
    return listed if listed.of is not Of.PEOPLE else replace(listed, wish=Wish(order=Order.NAME))
