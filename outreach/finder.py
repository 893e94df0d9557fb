"""Finding a home by a name, an address, a phone number or a card code."""

import unicodedata
from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Subquery

from outreach.access import visible_households
from outreach.models import Household, Resident, Visit
from volunteers.models import Area, User

MOST = 30


@dataclass(frozen=True)
class Found:
    """`homes` in walking order, those spelt exactly as asked first; `more`: there are others."""

    homes: list[Household]
    more: bool


def find_households(user: User, words: str, ward: Area | None = None) -> Found:
    """At most MOST open homes that `user` may see, of the ward if one is given; two queries."""
    visible = visible_households(user)
    if ward is not None:
        visible = visible.filter(ward=ward)
    newest = Visit.objects.counted().filter(household=OuterRef("pk"))
    homes = list(
        visible.open()
        .matching(words)
        .select_related("area", "head")
        .prefetch_related(
            Prefetch("residents", Resident.objects.living_there(), to_attr="people"),
        )
        .annotate(
            last_day=Subquery(newest.values("day")[:1]),
            last_outcome=Subquery(newest.values("outcome")[:1]),
        )[: MOST + 1]
    )
    shown = homes[:MOST]
    asked = unicodedata.normalize("NFC", " ".join(words.split())).casefold()
    shown.sort(key=lambda home: asked not in _spelling(home))
    return Found(shown, more=len(homes) > MOST)


def _spelling(home: Household) -> str:
    return " | ".join([home.address, *(person.name for person in home.people)]).casefold()
