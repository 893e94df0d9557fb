"""Where things are counted: the rows that lie in an area, and the part of it in which each lies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import Combinable

from outreach.models import Placement
from volunteers.models import Area

Level = Area.Level
# From where a home stands to those who live in it.
PEOPLE = "household__residents"


@dataclass(frozen=True)
class Places:
    """Rows with a `ward` and an `area`: those `inside`, and the code of the `part` of each. `wards`
    are the rows of the wards that they belong to."""

    wards: Q
    inside: Q
    part: Combinable

    @classmethod
    def neighbourhoods(cls, ward: Area, codes: Collection[str]) -> "Places":
        """Each of these of the ward, with its lanes."""
        inside = Q(area__in=codes) | Q(area__parent__in=codes)
        part = Case(
            When(area__level=Level.NEIGHBOURHOOD, then=F("area")), default=F("area__parent")
        )
        return cls(Q(ward=ward), inside, part)

    @classmethod
    def lanes(cls, area: Area) -> "Places":
        """A neighbourhood's lanes and what stands in none of them; or one lane."""
        return cls(Q(ward=area.ward_code), Q(area=area) | Q(area__parent=area), F("area"))

    @classmethod
    def each(cls, ward: Area, codes: Collection[str]) -> "Places":
        """Each of these neighbourhoods or lanes of the ward, without what lies below it."""
        return cls(Q(ward=ward), Q(area__in=codes), F("area"))

    @classmethod
    def one(cls, ward: Area) -> "Places":
        """Everything in the ward, classes of the ward itself too, as one part."""
        return cls(Q(ward=ward), Q(ward=ward), F("ward"))

    @classmethod
    def whole(cls, area: Area) -> "Places":
        """Everything in the area, by the parts one level down."""
        match area.level:
            case Level.PROVINCE:
                return cls(Q(ward__parent=area), Q(ward__parent=area), F("ward"))
            case Level.COMMUNE:
                return cls(Q(ward=area), Q(ward=area), cls.neighbourhoods(area, []).part)
            case _:
                return cls.lanes(area)

    @classmethod
    def together(cls, area: Area) -> "Places":
        """What the figures of the area itself count; classes of a ward itself lie in none of its
        parts."""
        return cls.one(area) if area.level == Level.COMMUNE else cls.whole(area)

    @classmethod
    def alone(cls, area: Area) -> "Places":
        """What stands in the area itself, in none of those one level down."""
        return cls(Q(ward=area.ward_code), Q(area=area), F("area"))


def standing(places: Places, day: date) -> QuerySet[Placement]:
    """Where open homes stand in the places on `day`: one row a home, the newest where two overlap
    (a list imported late may say that a home stood elsewhere)."""
    then = Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))
    newer = Q(since__gt=OuterRef("since")) | Q(since=OuterRef("since"), pk__gt=OuterRef("pk"))
    still_open = Q(household__closed_on=None) | Q(household__closed_on__gt=day)
    return Placement.objects.filter(
        places.inside,
        then,
        still_open,
        ~Exists(Placement.objects.filter(then, newer, household=OuterRef("household"))),
        household__opened_on__lte=day,
    ).order_by()


def living_there(day: date) -> Q:
    """Of placements: people named in the home's list by `day` who had not left."""
    return Q(**{f"{PEOPLE}__since__lte": day}) & (
        Q(**{f"{PEOPLE}__left_on": None}) | Q(**{f"{PEOPLE}__left_on__gt": day})
    )
