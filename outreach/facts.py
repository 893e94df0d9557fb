"""What the ledger says of homes, of where they stand and who lives there; many homes at once.

The facts of a home are what its events of the types in `TYPES` say, one after the other. An import
that was undone counts as never said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from outreach import payloads
from outreach.models import Household, LedgerEvent, Placement, Resident
from volunteers.models import Area

T = TypeVar("T")
Type = LedgerEvent.Type
BATCH = 500
TYPES = (Type.ROSTER_IMPORTED, Type.HOUSEHOLD_CLOSED)
HOUSEHOLD_FIELDS = [
    "kind",
    "card_code",
    "address",
    "address_key",
    "walking_order",
    "area",
    "declared_size",
    "head",
    "search_text",
    "opened_on",
    "closed_on",
    "close_reason",
]
RESIDENT_FIELDS = ["name", "name_sort_key", "birth_year", "sex", "phone", "since"]


class Refused(Exception):
    """The event cannot be applied. `code` is for programs, the message says what is wrong."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def apply_facts(said: Sequence[tuple[LedgerEvent, payloads.Payload]]) -> None:
    """Bring the homes to what they are after these events of one ward. Raises Refused."""
    for batch in batches(said):
        facts = Facts(batch[0][0].ward_id, {e.household for e, _payload in batch if e.household})
        for event, payload in batch:
            facts.put(event, payload)
        facts.write()


def undone_rosters(ward: str, before: int | None = None) -> set[UUID]:
    """The imports into the ward that were undone, by events numbered below `before` if given."""
    events = LedgerEvent.objects.filter(
        ward=ward, type=Type.ROSTER_UNDONE, status=LedgerEvent.Status.APPLIED
    )
    if before is not None:
        events = events.filter(number__lt=before)
    return {UUID(said["roster"]) for said in events.values_list("payload", flat=True)}


def events_of_roster(ward: str, roster: UUID):
    """The events that the import wrote."""
    return LedgerEvent.objects.filter(
        ward=ward,
        type__in=TYPES,
        status=LedgerEvent.Status.APPLIED,
        payload__roster=str(roster),
    )


def take_back(ward: str, roster: UUID, before: int) -> None:
    """Bring the homes of the import to what they would be without it. Events numbered `before` and
    later do not count. What it alone created is gone; nothing may stand on it."""
    undone = undone_rosters(ward, before) | {roster}
    touched = events_of_roster(ward, roster).filter(number__lt=before)
    keys = sorted({key for key in touched.values_list("household", flat=True) if key})
    for batch in batches(keys):
        facts = Facts(ward, batch)
        facts.forget()
        earlier = LedgerEvent.objects.filter(
            ward=ward,
            household__in=batch,
            type__in=TYPES,
            status=LedgerEvent.Status.APPLIED,
            number__lt=before,
        )
        for event in earlier.order_by("number"):
            payload = payloads.TYPES[event.type].model_validate(event.payload)
            if getattr(payload, "roster", None) not in undone:
                facts.put(event, payload)
        facts.write()


class Facts:
    """The rows of some homes, changed in memory and written at the end."""

    def __init__(self, ward: str, keys: Iterable[UUID]):
        self.ward = ward
        self.keys = sorted(keys)
        self.households: dict[UUID, Household] = {}
        # The newest placement of each home, without an end.
        self.placements: dict[UUID, Placement] = {}
        self.residents: dict[UUID, dict[UUID, Resident]] = defaultdict(dict)
        inside = Area.objects.filter(path__contains=f"/{ward}/").exclude(pk=ward)
        self.areas = set(inside.values_list("pk", flat=True))
        for batch in batches(self.keys):
            for household in Household.objects.filter(pk__in=batch):
                if household.ward_id != ward:
                    raise Refused("unknown_household", f"{household.pk} is not of this ward")
                self.households[household.pk] = household
            for placement in Placement.objects.filter(household__in=batch, until=None):
                self.placements[placement.household_id] = placement
            for resident in Resident.objects.filter(household__in=batch):
                self.residents[resident.household_id][resident.pk] = resident
        self.stored = set(self.households)
        self.stored_residents = {key for people in self.residents.values() for key in people}
        self.ended: list[Placement] = []
        self.begun: list[Placement] = []
        self.touched: dict[UUID, Resident] = {}
        self.forgotten = False

    def put(self, event: LedgerEvent, said: payloads.Payload) -> None:
        """Change the home as the event says."""
        if event.household is None:
            raise Refused("unknown_household", f"event {event.uuid} names no household")
        match said:
            case payloads.RosterImported():
                self._imported(event.household, said)
            case payloads.HouseholdClosed():
                self._closed(event.household, said)

    def forget(self) -> None:
        """Let the homes be as before their first event; `write` deletes what stays so."""
        self.households.clear()
        self.residents.clear()
        self.placements.clear()
        self.forgotten = True

    def _imported(self, key: UUID, said: payloads.RosterImported) -> None:
        if said.area not in self.areas:
            raise Refused("unknown_area", f"{said.area} is no neighbourhood or lane of this ward")
        household = self.households.get(key)
        if household is None:
            household = self.households[key] = Household(
                pk=key, ward_id=self.ward, card_code=said.card_code, opened_on=said.as_of
            )
        household.kind = said.kind
        household.address = said.address
        household.area_id = said.area
        if said.declared_size is not None:
            household.declared_size = said.declared_size
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

    def _place(self, household: Household, said: payloads.RosterImported) -> None:
        """Record where the home stands from now on; one that stays keeps its placement."""
        current = self.placements.get(household.pk)
        if current and current.area_id == said.area:
            return
        if current:
            current.until = said.as_of
            if current.pk:
                self.ended.append(current)
        placement = Placement(
            ward_id=self.ward, household=household, area_id=said.area, since=said.as_of
        )
        self.placements[household.pk] = placement
        self.begun.append(placement)

    def _put_resident(
        self, household: Household, said: payloads.ImportedResident, roster: payloads.RosterImported
    ) -> None:
        """What the list does not say of the person stays."""
        resident = self.residents[household.pk].get(said.id)
        if resident is None:
            resident = Resident(
                pk=said.id, ward_id=self.ward, household=household, since=roster.as_of
            )
            self.residents[household.pk][said.id] = resident
        resident.name = said.name
        resident.birth_year = said.birth_year or resident.birth_year
        resident.sex = said.sex or resident.sex
        resident.phone = said.phone or resident.phone
        resident.set_keys()
        self.touched[said.id] = resident

    def _closed(self, key: UUID, said: payloads.HouseholdClosed) -> None:
        household = self.households.get(key)
        if household is None:
            raise Refused("unknown_household", f"{key} is not known in this ward")
        if household.closed_on is None:
            household.closed_on = said.closed_on
            household.close_reason = said.reason

    def write(self) -> None:
        """Households before their people: the key to the head is checked at the commit."""
        if self.forgotten:
            self._delete_unsaid()
        homes = self.households
        Household.objects.bulk_create([homes[key] for key in homes if key not in self.stored])
        known = [homes[key] for key in homes if key in self.stored]
        Household.objects.bulk_update(known, HOUSEHOLD_FIELDS, batch_size=BATCH)
        new = [p for p in self.touched.values() if p.pk not in self.stored_residents]
        Resident.objects.bulk_create(new)
        known_people = [p for p in self.touched.values() if p.pk in self.stored_residents]
        Resident.objects.bulk_update(known_people, RESIDENT_FIELDS, batch_size=BATCH)
        Placement.objects.bulk_update(self.ended, ["until"], batch_size=BATCH)
        Placement.objects.bulk_create(self.begun)

    def _delete_unsaid(self) -> None:
        """Placements have no identity and begin anew; homes and people keep theirs, so what
        earlier visits say of them stays."""
        Placement.objects.filter(household__in=self.keys).delete()
        Household.objects.filter(pk__in=self.keys).update(head=None)
        gone = Q(household__in=self.keys) & ~Q(pk__in=list(self.touched))
        Resident.objects.filter(gone).delete()
        Household.objects.filter(pk__in=self.stored - set(self.households)).delete()
