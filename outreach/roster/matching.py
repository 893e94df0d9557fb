"""Who is who: the ward's own homes and people, and which of them a list speaks of.

The same household is: the same neighbourhood, address and head after normalising; else the same
phone number of the head, unique on both sides, with the same head's name or the same address (one
phone alone is no proof: numbers are passed on); else the same card code.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from outreach.addresses import address_key
from outreach.models import Household, Resident
from outreach.roster.neighbourhoods import DEFAULT_KIND, Neighbourhood, parse_neighbourhood
from outreach.roster.people import ListedHousehold, ListedPerson
from volunteers.models import Area
from volunteers.names import fold


@dataclass(frozen=True)
class Place:
    """A neighbourhood of the list; `code` is None when the import will create it. `ended`: the ward
    had ended it, the import takes it into use again."""

    key: str
    name: str
    code: str | None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class StoredPerson:
    pk: UUID
    name: str
    birth_year: int | None
    sex: str
    phone: str


@dataclass(frozen=True, slots=True)
class StoredHome:
    pk: UUID
    area_id: str
    kind: str
    card_code: str
    address: str
    address_key: str
    walking_order: str
    declared_size: int | None
    head_id: UUID | None
    # Who lives there, in the order of a Vietnamese list.
    people: list[StoredPerson] = field(default_factory=list)

    @property
    def heads(self) -> list[StoredPerson]:
        """The head; when the ward does not know who that is, everybody."""
        return [person for person in self.people if person.pk == self.head_id] or self.people


@dataclass(frozen=True, slots=True)
class Listed:
    """A household of the list, where it stands, and what it is told by."""

    said: ListedHousehold
    place: Place
    address_key: str
    head_name: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.place.key, self.address_key, self.head_name)

    @property
    def head(self) -> ListedPerson:
        return self.said.people[self.said.head]


def place_households(areas: list[Area], households: Sequence[ListedHousehold]) -> list[Listed]:
    """The list's households, each in an area of the ward with the same name however written, or in
    one to be created. A mere number means the ward's own kind of neighbourhood."""
    places = _places(areas, {household.neighbourhood: None for household in households})
    return [
        Listed(
            household,
            places[household.neighbourhood],
            address_key(household.address),
            fold(household.people[household.head].name),
        )
        for household in households
    ]


def _places(areas: list[Area], mentioned: dict[Neighbourhood, None]) -> dict[Neighbourhood, Place]:
    known: dict[str, Area] = {}
    kinds: set[str] = set()
    # Areas in use come last, so that they win over ended ones with the same name.
    for area in sorted(areas, key=lambda area: area.valid_until is None):
        if area.level != Area.Level.NEIGHBOURHOOD:
            continue
        known[fold(area.name)] = known[place_key(area)] = area
        if not area.valid_until and (parsed := parse_neighbourhood(area.name)) and parsed.kind:
            kinds.add(parsed.kind)
    usual = kinds.pop() if len(kinds) == 1 else DEFAULT_KIND
    places = {}
    for written in mentioned:
        full = written.with_kind(usual)
        stands = known.get(full.key) or known.get(fold(written.name))
        if stands:
            ended = stands.valid_until is not None
            places[written] = Place(place_key(stands), stands.name, stands.pk, ended)
        else:
            places[written] = Place(full.key, full.full_name, None)
    return places


def place_key(area: Area) -> str:
    parsed = parse_neighbourhood(area.name)
    return parsed.key if parsed else fold(area.name)


class StoredHomes:
    """The ward's open homes with the people who live there, and how to find them. Two queries."""

    def __init__(self, ward: Area, areas: list[Area]):
        self._areas = {area.pk: area for area in areas}
        self.homes = _load(ward)
        self.by_key: dict[tuple[str, str, str], list[StoredHome]] = defaultdict(list)
        self.by_phone: dict[str, list[StoredHome]] = defaultdict(list)
        self.by_card: dict[str, StoredHome] = {}
        for home in self.homes:
            self.by_card[home.card_code] = home
            for person in home.heads:
                key = (self.place_key(home), home.address_key, fold(person.name))
                self.by_key[key].append(home)
                if person.phone:
                    self.by_phone[person.phone].append(home)

    def neighbourhood(self, home: StoredHome) -> Area:
        """The neighbourhood that the home's area is or lies in."""
        area = self._areas[home.area_id]
        parent = area.parent_id
        return self._areas[parent] if parent and area.level == Area.Level.LANE else area

    def place_key(self, home: StoredHome) -> str:
        return place_key(self.neighbourhood(home))

    def match(self, listed: Sequence[Listed]) -> list[StoredHome | None]:
        """For each listed household the stored one that it is; each stored one at most once."""
        matches: list[StoredHome | None] = [None] * len(listed)
        taken: set[UUID] = set()

        def pair(find: Callable[[Listed], StoredHome | None]) -> None:
            for index, household in enumerate(listed):
                home = None if matches[index] else find(household)
                if home:
                    matches[index] = home
                    taken.add(home.pk)

        phones = Counter(household.head.phone for household in listed)
        cards = Counter(household.said.card_code for household in listed)

        def by_key(household: Listed) -> StoredHome | None:
            homes = self.by_key.get(household.key, ())
            return next((home for home in homes if home.pk not in taken), None)

        def by_phone(household: Listed) -> StoredHome | None:
            phone = household.head.phone
            homes = self.by_phone.get(phone, []) if phone and phones[phone] == 1 else []
            if len(homes) != 1 or homes[0].pk in taken or not _alike(homes[0], household):
                return None
            return homes[0]

        def by_card(household: Listed) -> StoredHome | None:
            code = household.said.card_code
            home = self.by_card.get(code) if code and cards[code] == 1 else None
            return None if home is None or home.pk in taken else home

        for find in (by_key, by_phone, by_card):
            pair(find)
        return matches


def _load(ward: Area) -> list[StoredHome]:
    names = [name for name in StoredHome.__slots__ if name != "people"]
    rows = Household.objects.filter(ward=ward).open().order_by("opened_on", "pk")
    homes = {row[0]: StoredHome(*row) for row in rows.values_list(*names).iterator()}
    people = (
        Resident.objects.living_there()
        .filter(ward=ward, household__closed_on=None)
        .order_by("name_sort_key", "pk")
        .values_list("household_id", *StoredPerson.__slots__)
    )
    for household, *person in people.iterator():
        homes[household].people.append(StoredPerson(*person))
    return list(homes.values())


def _alike(home: StoredHome, listed: Listed) -> bool:
    return home.address_key == listed.address_key or listed.head_name in (
        fold(person.name) for person in home.heads
    )


def match_people(
    listed: ListedHousehold, home: StoredHome, heads_are_one: bool = False
) -> list[tuple[ListedPerson, StoredPerson | None]]:
    """Who is who in one household: by name, of namesakes by phone and year of birth first, then by
    phone. Heads come first, so that of two alike the head stays the head. `heads_are_one`: somebody
    has said that the heads are the same person, however they are written."""
    people = list(listed.people)
    found: dict[int, StoredPerson] = {}
    order = sorted(range(len(people)), key=lambda index: index != listed.head)
    free = {p.pk: p for p in sorted(home.people, key=lambda person: person.pk != home.head_id)}
    if heads_are_one and home.head_id in free:
        found[listed.head] = free.pop(home.head_id)

    def pair(same: Callable[[ListedPerson, StoredPerson], bool]) -> None:
        for index in order:
            if index in found:
                continue
            match = next((stored for stored in free.values() if same(people[index], stored)), None)
            if match:
                found[index] = free.pop(match.pk)

    def namesakes(person: ListedPerson, stored: StoredPerson) -> bool:
        return person.name == stored.name or fold(person.name) == fold(stored.name)

    def of_one_age(person: ListedPerson, stored: StoredPerson) -> bool:
        return person.birth_year == stored.birth_year

    def reached_alike(person: ListedPerson, stored: StoredPerson) -> bool:
        return (person.phone or "") == stored.phone

    pair(lambda p, r: of_one_age(p, r) and reached_alike(p, r) and namesakes(p, r))
    pair(lambda p, r: of_one_age(p, r) and namesakes(p, r))
    pair(namesakes)
    pair(lambda p, r: bool(p.phone) and p.phone == r.phone and p.birth_year in (None, r.birth_year))
    return [(person, found.get(index)) for index, person in enumerate(people)]
