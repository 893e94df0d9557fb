"""What a list would change in the ward's database: new, changed, unchanged, missing, duplicate.

The same household is: the same neighbourhood, address and head after normalising; else the same
phone number of the head, unique on both sides, with the same head's name or the same address. (One
phone alone is no proof: numbers are passed on.) What the list does not say stays as it is, and a
home that is missing from the list is never closed by itself.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from outreach.addresses import address_key
from outreach.models import Household, Resident
from outreach.roster.neighbourhoods import DEFAULT_KIND, Neighbourhood, parse_neighbourhood
from outreach.roster.people import ListedHousehold, ListedPerson
from outreach.roster.problems import Problem
from outreach.roster.reading import RosterFile
from volunteers.models import Area
from volunteers.names import fold

T = TypeVar("T")
HouseholdKey = tuple[str, str, str]


@dataclass(frozen=True)
class Place:
    """A neighbourhood of the list; `code` is None when the import will create it."""

    key: str
    name: str
    code: str | None


@dataclass(frozen=True)
class Change:
    """`field` is the name of the model's field; old and new are its values (None or "": none)."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class PersonDifference:
    """`resident` is None for a person the ward does not know there."""

    listed: ListedPerson
    resident: Resident | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class HouseholdDifference:
    """`household` is None for a new one."""

    listed: ListedHousehold
    place: Place
    household: Household | None
    changes: tuple[Change, ...]
    people: tuple[PersonDifference, ...]
    missing_people: tuple[Resident, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.household is None

    @property
    def is_changed(self) -> bool:
        return not self.is_new and bool(
            self.changes or any(p.resident is None or p.changes for p in self.people)
        )


@dataclass(frozen=True)
class Difference:
    households: list[HouseholdDifference]
    missing: list[Household]
    duplicates: list[ListedHousehold]
    places: list[Place]
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def new(self) -> list[HouseholdDifference]:
        return [household for household in self.households if household.is_new]

    @cached_property
    def changed(self) -> list[HouseholdDifference]:
        return [household for household in self.households if household.is_changed]

    def counts(self) -> dict[str, dict[str, int]]:
        """Numbers of households, of named people, and of the list's households by neighbourhood."""
        people = [person for household in self.households for person in household.people]
        new = sum(person.resident is None for person in people)
        changed = sum(bool(person.changes) for person in people)
        gone = sum(len(household.missing_people) for household in self.households)
        by_place = Counter(household.place.name for household in self.households)
        return {
            "households": {
                "new": len(self.new),
                "changed": len(self.changed),
                "unchanged": len(self.households) - len(self.new) - len(self.changed),
                "missing": len(self.missing),
                "duplicates": len(self.duplicates),
            },
            "residents": {
                "new": new,
                "changed": changed,
                "unchanged": len(people) - new - changed,
                "missing": gone + sum(len(home.residents.all()) for home in self.missing),
            },
            "neighbourhoods": {place.name: by_place[place.name] for place in self.places},
        }

    @property
    def new_places(self) -> list[Place]:
        return [place for place in self.places if place.code is None]

    def fingerprint(self) -> str:
        """Changes whenever confirming would write something else than what was previewed."""
        said = [
            [
                [item.listed.sheet, item.listed.row, item.place.key, item.listed.address],
                str(item.household and item.household.pk),
                [[change.field, change.old, change.new] for change in item.changes],
                [
                    [person.listed.name, person.listed.phone, person.listed.birth_year]
                    + [str(person.resident and person.resident.pk)]
                    + [[change.field, change.old, change.new] for change in person.changes]
                    for person in item.people
                ],
            ]
            for item in self.households
        ]
        missing = sorted(str(home.pk) for home in self.missing)
        return sha256(json.dumps([said, missing], default=str).encode()).hexdigest()


def compare(ward: Area, roster: RosterFile) -> Difference:
    """What importing `roster` into `ward` would change; writes nothing. A constant number of
    queries, whatever the length of the list."""
    areas = list(Area.objects.within(ward).exclude(pk=ward.pk))
    places = _places(areas, roster.households)
    stored = _StoredHomes(ward, areas)
    seen: dict[HouseholdKey, ListedHousehold] = {}
    listed: list[tuple[ListedHousehold, Place, HouseholdKey]] = []
    duplicates, problems = [], []
    for household in roster.households:
        place = places[household.neighbourhood]
        head = household.people[household.head].name
        key = (place.key, address_key(household.address), fold(head))
        if key in seen:
            duplicates.append(household)
            problems.append(_duplicate(household, seen[key]))
            continue
        seen[key] = household
        listed.append((household, place, key))
    matches = stored.match(listed)
    households = [
        _compare_household(household, place, match, stored)
        for (household, place, _key), match in zip(listed, matches, strict=True)
    ]
    covered = {place.key for _household, place, _key in listed}
    found = {match.pk for match in matches if match}
    missing = [
        home for home in stored.homes if home.pk not in found and stored.place_key(home) in covered
    ]
    missing.sort(key=lambda home: (_natural(stored.place_key(home)), home.walking_order))
    mentioned = {place.key: place for _household, place, _key in listed}
    ordered = sorted(mentioned.values(), key=lambda place: _natural(place.name))
    return Difference(households, missing, duplicates, ordered, problems)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts Khu phố 2 before Khu phố 10."""
    words = fold(name).split()
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in words]


def _duplicate(household: ListedHousehold, first: ListedHousehold) -> Problem:
    message = _(
        "The household of %(name)s, %(address)s is in the list twice; it stands already in sheet "
        "“%(sheet)s”, row %(row)d. Please delete one of the two."
    ) % {
        "name": household.people[household.head].name,
        "address": household.address,
        "sheet": first.sheet,
        "row": first.row,
    }
    return Problem(household.sheet, household.row, "", "duplicate_household", message)


def _places(areas: list[Area], households: list[ListedHousehold]) -> dict[Neighbourhood, Place]:
    """Where each neighbourhood of the list is: an area of the ward with the same name however
    written, or one to be created. A mere number means the ward's own kind of neighbourhood."""
    known: dict[str, Area] = {}
    kinds: set[str] = set()
    for area in areas:
        if area.level != Area.Level.NEIGHBOURHOOD or area.valid_until:
            continue
        known[fold(area.name)] = known[_place_key(area)] = area
        if (parsed := parse_neighbourhood(area.name)) and parsed.kind:
            kinds.add(parsed.kind)
    usual = kinds.pop() if len(kinds) == 1 else DEFAULT_KIND
    places = {}
    for written in dict.fromkeys(household.neighbourhood for household in households):
        full = written.with_kind(usual)
        stands = known.get(full.key) or known.get(fold(written.name))
        if stands:
            places[written] = Place(_place_key(stands), stands.name, stands.pk)
        else:
            places[written] = Place(full.key, full.full_name, None)
    return places


def _place_key(area: Area) -> str:
    parsed = parse_neighbourhood(area.name)
    return parsed.key if parsed else fold(area.name)


class _StoredHomes:
    """The ward's open homes with the people who live there, and how to find them."""

    def __init__(self, ward: Area, areas: list[Area]):
        residents = Resident.objects.living_there()
        self.homes = list(
            Household.objects.filter(ward=ward)
            .open()
            .order_by("opened_on", "pk")
            .prefetch_related(Prefetch("residents", residents))
        )
        self._areas = {area.pk: area for area in areas}
        self.by_key: dict[HouseholdKey, list[Household]] = defaultdict(list)
        self.by_phone: dict[str, list[Household]] = defaultdict(list)
        for home in self.homes:
            for resident in self.heads(home):
                key = (self.place_key(home), home.address_key, fold(resident.name))
                self.by_key[key].append(home)
                if resident.phone:
                    self.by_phone[resident.phone].append(home)

    @staticmethod
    def heads(home: Household) -> list[Resident]:
        """The head; when the ward does not know who that is, everybody."""
        residents = list(home.residents.all())
        return [r for r in residents if r.pk == home.head_id] or residents

    def neighbourhood(self, home: Household) -> Area:
        """The neighbourhood that the home's area is or lies in."""
        area = self._areas[home.area_id]
        parent = area.parent_id
        return self._areas[parent] if parent and area.level == Area.Level.LANE else area

    def place_key(self, home: Household) -> str:
        return _place_key(self.neighbourhood(home))

    def match(
        self, listed: list[tuple[ListedHousehold, Place, HouseholdKey]]
    ) -> list[Household | None]:
        """For each listed household the stored one that it is; each stored one at most once."""
        matches: list[Household | None] = []
        taken: set[Hashable] = set()
        for _household, _place, key in listed:
            home = next((h for h in self.by_key.get(key, ()) if h.pk not in taken), None)
            matches.append(home)
            taken.add(home and home.pk)
        phones = Counter(_head_phone(household) for household, _place, _key in listed)
        for index, (household, _place, key) in enumerate(listed):
            phone = _head_phone(household)
            if matches[index] or not phone or phones[phone] > 1:
                continue
            homes = [h for h in self.by_phone.get(phone, ()) if h.pk not in taken]
            if len(homes) == len(self.by_phone.get(phone, ())) == 1 and self._alike(homes[0], key):
                matches[index] = homes[0]
                taken.add(homes[0].pk)
        return matches

    def _alike(self, home: Household, key: HouseholdKey) -> bool:
        _place, address, head = key
        return home.address_key == address or head in (fold(r.name) for r in self.heads(home))


def _head_phone(household: ListedHousehold) -> str | None:
    return household.people[household.head].phone


def _compare_household(
    listed: ListedHousehold, place: Place, home: Household | None, stored: _StoredHomes
) -> HouseholdDifference:
    if home is None:
        people = tuple(PersonDifference(person, None) for person in listed.people)
        return HouseholdDifference(listed, place, None, (), people)
    pairs = _match_people(listed, home)
    people = tuple(
        PersonDifference(person, resident, tuple(_person_changes(person, resident)))
        for person, resident in pairs
    )
    changes = []
    if address_key(listed.address) != home.address_key:
        changes.append(Change("address", home.address, listed.address))
    if place.key != stored.place_key(home):
        changes.append(Change("area", stored.neighbourhood(home).name, place.name))
    if listed.size and listed.size != home.declared_size:
        changes.append(Change("declared_size", home.declared_size, listed.size))
    if listed.stall and home.kind != Household.Kind.STALL:
        changes.append(Change("kind", Household.Kind(home.kind).label, Household.Kind.STALL.label))
    head = people[listed.head].resident
    if listed.head_is_said and (head is None or head.pk != home.head_id):
        old_head = next((r.name for r in home.residents.all() if r.pk == home.head_id), None)
        changes.append(Change("head", old_head, listed.people[listed.head].name))
    named = {person.resident.pk for person in people if person.resident}
    missing = [r for r in home.residents.all() if r.pk not in named] if listed.names_members else []
    return HouseholdDifference(listed, place, home, tuple(changes), people, tuple(missing))


def _match_people(
    listed: ListedHousehold, home: Household
) -> list[tuple[ListedPerson, Resident | None]]:
    """Who is who in one household: by name, of namesakes by phone and year of birth first, then by
    phone. Heads come first, so that of two alike the head stays the head."""
    people = list(listed.people)
    found: dict[int, Resident] = {}
    order = sorted(range(len(people)), key=lambda index: index != listed.head)
    residents = sorted(home.residents.all(), key=lambda resident: resident.pk != home.head_id)
    free = {resident.pk: resident for resident in residents}

    def pair(same: Callable[[ListedPerson, Resident], bool]) -> None:
        for index in order:
            if index in found:
                continue
            match = next((r for r in free.values() if same(people[index], r)), None)
            if match:
                found[index] = free.pop(match.pk)

    def namesakes(person: ListedPerson, resident: Resident) -> bool:
        return fold(person.name) == fold(resident.name)

    def of_one_age(person: ListedPerson, resident: Resident) -> bool:
        return person.birth_year == resident.birth_year

    def reached_alike(person: ListedPerson, resident: Resident) -> bool:
        return (person.phone or "") == resident.phone

    pair(lambda p, r: of_one_age(p, r) and reached_alike(p, r) and namesakes(p, r))
    pair(lambda p, r: of_one_age(p, r) and namesakes(p, r))
    pair(namesakes)
    pair(lambda p, r: bool(p.phone) and p.phone == r.phone and p.birth_year in (None, r.birth_year))
    return [(person, found.get(index)) for index, person in enumerate(people)]


def _person_changes(listed: ListedPerson, resident: Resident | None) -> Iterable[Change]:
    if resident is None:
        return
    if _better_name(listed.name, resident.name):
        yield Change("name", resident.name, listed.name)
    if listed.birth_year and listed.birth_year != resident.birth_year:
        yield Change("birth_year", resident.birth_year, listed.birth_year)
    if listed.sex and listed.sex != resident.sex:
        old = Resident.Sex(resident.sex).label if resident.sex else ""
        yield Change("sex", old, listed.sex.label)
    if listed.phone and listed.phone != resident.phone:
        yield Change("phone", resident.phone, listed.phone)


def _better_name(new: str, old: str) -> bool:
    """A name spelt otherwise replaces the old one, unless it differs in capitals only or has
    merely lost its diacritics."""
    return new.casefold() != old.casefold() and not (fold(new) == fold(old) and new.isascii())
