"""Households that are probably one: a name or address written with a slip, a family that moved.

Whoever knows the ward decides; here only pairs are found that are worth asking about, and why.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from outreach.roster.matching import Listed, StoredHome
from volunteers.names import fold

# Of 100: how alike two heads' names at one address, or two addresses of one head, are written.
# "Nguyễn Văn An" and "Nguyễn Văn Ann" are 96 alike, "An" and "Anh" 96, "An" and "Bình" 77.
ALIKE_NAME = 85
ALIKE_ADDRESS = 80
# Without a year of birth on both sides names alone prove less.
ALIKE_ADDRESS_WITHOUT_YEAR = 92


class Reason(TextChoices):
    NAME = "name", _("The same address, and almost the same name of the head")
    ADDRESS = "address", _("The same head, and almost the same address")
    PHONE = "phone", _("The same phone number, and almost the same name of the head")
    FAMILY = (
        "family",
        _(
            "The same head with the same year of birth and another member of the same name, at "
            "another address: the family may have moved"
        ),
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    listed: Listed
    other: Listed | StoredHome
    reason: Reason


@dataclass(frozen=True, slots=True, eq=False)
class _Door:
    """What one household is compared by."""

    of: Listed | StoredHome
    place: str
    address: str
    head: str
    birth_year: int | None
    phone: str
    members: frozenset[str]


def find_alike(
    new: Iterable[Listed],
    matched: Iterable[Listed],
    missing: Iterable[tuple[StoredHome, str]],
) -> Iterator[Likeness]:
    """For each new household of the list, the first other one that is probably the same: a home
    that the list does not name (with the key of its neighbourhood), or an earlier household of the
    list. Households are in the order of the list."""
    doors = [_stored_door(home, place) for home, place in missing]
    doors += [_listed_door(listed) for listed in matched]
    index = _Index(doors)
    for listed in new:
        door = _listed_door(listed)
        if found := index.find(door):
            yield Likeness(listed, *found)
        index.add(door)


def _stored_door(home: StoredHome, place: str) -> _Door:
    head = home.heads[0] if home.heads else None
    return _Door(
        home,
        place,
        home.address_key,
        fold(head.name) if head else "",
        head.birth_year if head else None,
        head.phone if head else "",
        frozenset(fold(person.name) for person in home.people if person is not head),
    )


def _listed_door(listed: Listed) -> _Door:
    head = listed.head
    others = (person for person in listed.said.people if person is not head)
    return _Door(
        listed,
        listed.place.key,
        listed.address_key,
        listed.head_name,
        head.birth_year,
        head.phone or "",
        frozenset(fold(person.name) for person in others),
    )


class _Index:
    """The doors known so far, by what a slip leaves as it is."""

    def __init__(self, doors: Iterable[_Door]):
        self.by_place: dict[Hashable, dict[_Door, str]] = defaultdict(dict)
        self.by_head: dict[Hashable, dict[_Door, str]] = defaultdict(dict)
        self.by_phone: dict[str, dict[_Door, str]] = defaultdict(dict)
        self.by_birth: dict[Hashable, list[_Door]] = defaultdict(list)
        for door in doors:
            self.add(door)

    def add(self, door: _Door) -> None:
        if not door.head:
            return
        self.by_place[door.place, door.address][door] = door.head
        self.by_head[door.place, door.head][door] = door.address
        if door.phone:
            self.by_phone[door.phone][door] = door.head
        if door.birth_year:
            self.by_birth[door.head, door.birth_year].append(door)

    def find(self, door: _Door) -> tuple[Listed | StoredHome, Reason] | None:
        at_address = self.by_place.get((door.place, door.address), {})
        for other in _alike(door.head, at_address, ALIKE_NAME):
            if _of_one_age(door, other):
                return other.of, Reason.NAME
        of_head = self.by_head.get((door.place, door.head), {})
        for other in _alike(door.address, of_head, ALIKE_ADDRESS):
            sure = (door.birth_year and other.birth_year) or door.phone == other.phone != ""
            least = ALIKE_ADDRESS if sure else ALIKE_ADDRESS_WITHOUT_YEAR
            if _of_one_age(door, other) and fuzz.ratio(door.address, other.address) >= least:
                return other.of, Reason.ADDRESS
        reached = self.by_phone.get(door.phone, {}) if door.phone else {}
        for other in _alike(door.head, reached, ALIKE_NAME):
            return other.of, Reason.PHONE
        for other in self.by_birth.get((door.head, door.birth_year), ()):
            if door.members & other.members:
                return other.of, Reason.FAMILY
        return None


def _alike(text: str, others: dict[_Door, str], least: float) -> Iterator[_Door]:
    """Those of `others` whose text is at least so much alike, the most alike first."""
    found = process.extract(text, others, scorer=fuzz.ratio, score_cutoff=least, limit=5)
    return (other for _text, _score, other in found)


def _of_one_age(door: _Door, other: _Door) -> bool:
    """Not born in different years, as far as is known."""
    return None in (door.birth_year, other.birth_year) or door.birth_year == other.birth_year
