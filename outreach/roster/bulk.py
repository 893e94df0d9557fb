"""Applying many imported households at once: the same rows as `outreach.apply` one by one, in a
few statements. A test holds the two equal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import TypeVar
from uuid import UUID

from outreach.apply import Refused, take_home, take_person
from outreach.ledger import locked
from outreach.models import Household, LedgerEvent, Placement, Resident
from outreach.payloads import ImportedResident, RosterImported
from volunteers.models import Area

T = TypeVar("T")
BATCH = 500
HOUSEHOLD_FIELDS = [
    "kind",
    "address",
    "address_key",
    "walking_order",
    "area",
    "declared_size",
    "head",
    "search_text",
]


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def record_rosters(events: list[LedgerEvent]) -> None:
    """Store and apply `events`, each of another household of one ward, inside the caller's
    transaction. Raises outreach.apply.Refused."""
    for event in events:
        event.status = LedgerEvent.Status.APPLIED
    with ExitStack() as locks:
        for batch in batches(sorted(e.household for e in events if e.household)):
            locks.enter_context(locked(*batch))
        LedgerEvent.objects.bulk_create(events, batch_size=BATCH)
        apply_rosters(events)


def apply_rosters(events: list[LedgerEvent]) -> None:
    """Bring the built tables to what they are after the events of type roster.imported."""
    if not events:
        return
    ward = Area.objects.get(pk=events[0].ward_id)
    areas = set(Area.objects.within(ward).exclude(pk=ward.pk).values_list("pk", flat=True))
    tables = _Tables(ward.pk, [event.household for event in events if event.household])
    for event in events:
        payload = RosterImported.model_validate(event.payload)
        if event.household is None:
            raise Refused("unknown_household", f"event {event.uuid} names no household")
        if payload.area not in areas:
            raise Refused("unknown_area", f"{payload.area} is no neighbourhood of this ward")
        tables.put(event.household, payload)
    tables.write()


class _Tables:
    """The rows of these households, changed in memory and written at the end."""

    def __init__(self, ward: str, keys: list[UUID]):
        self.ward = ward
        self.households: dict[UUID, Household] = {}
        self.placements: dict[UUID, Placement] = {}
        self.residents: dict[UUID, dict[UUID, Resident]] = defaultdict(dict)
        for batch in batches(keys):
            for household in Household.objects.filter(pk__in=batch):
                if household.ward_id != ward:
                    raise Refused("unknown_household", f"{household.pk} is not of this ward")
                self.households[household.pk] = household
            for placement in Placement.objects.filter(household__in=batch, until=None):
                self.placements[placement.household_id] = placement
            for resident in Resident.objects.filter(household__in=batch):
                self.residents[resident.household_id][resident.pk] = resident
        self.known = set(self.households)
        self.known_residents = {key for people in self.residents.values() for key in people}
        self.ended: list[Placement] = []
        self.begun: list[Placement] = []
        self.touched: list[Resident] = []

    def put(self, key: UUID, said: RosterImported) -> None:
        household = self.households.get(key)
        if household is None:
            household = self.households[key] = Household(
                pk=key, ward_id=self.ward, card_code=said.card_code, opened_on=said.as_of
            )
        take_home(household, said)
        household.set_keys()
        self._place(household, said)
        for person in said.residents:
            self._put_resident(household, person, said)
        people = self.residents[key]
        if said.head:
            if said.head not in people:
                raise Refused("unknown_resident", f"{said.head} is not of this household")
            household.head_id = said.head
        household.set_search_text(p for p in people.values() if p.left_on is None)

    def _place(self, household: Household, said: RosterImported) -> None:
        current = self.placements.get(household.pk)
        if current and current.area_id == said.area:
            return
        if current:
            current.until = said.as_of
            self.ended.append(current)
        placement = Placement(
            ward_id=self.ward, household=household, area_id=said.area, since=said.as_of
        )
        self.placements[household.pk] = placement
        self.begun.append(placement)

    def _put_resident(
        self, household: Household, said: ImportedResident, roster: RosterImported
    ) -> None:
        resident = self.residents[household.pk].get(said.id)
        if resident is None:
            resident = Resident(
                pk=said.id, ward_id=self.ward, household=household, since=roster.as_of
            )
            self.residents[household.pk][said.id] = resident
        take_person(resident, said)
        resident.set_keys()
        self.touched.append(resident)

    def write(self) -> None:
        """Households before their people: the key to the head is checked at the commit."""
        new = [home for key, home in self.households.items() if key not in self.known]
        Household.objects.bulk_create(new, batch_size=BATCH)
        Household.objects.bulk_update(
            [self.households[key] for key in self.known],
            HOUSEHOLD_FIELDS,
            batch_size=BATCH,
        )
        Resident.objects.bulk_create(
            [person for person in self.touched if person.pk not in self.known_residents],
            batch_size=BATCH,
        )
        Resident.objects.bulk_update(
            [person for person in self.touched if person.pk in self.known_residents],
            ["name", "name_sort_key", "birth_year", "sex", "phone"],
            batch_size=BATCH,
        )
        Placement.objects.bulk_update(self.ended, ["until"], batch_size=BATCH)
        Placement.objects.bulk_create(self.begun, batch_size=BATCH)
