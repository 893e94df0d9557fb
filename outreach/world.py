"""What events say of homes, put together: a function of the set of events, whatever their order.

`outreach.telling` tells a `World` the events of some homes, one after the other; `finish` gives the
state. Nothing here reads the clock or the database, so the ledger can always be told again.

Of several who set one field the newest by corrected time wins, then the higher number. For what
one had better not guess (`GUARDED`) a value that does not follow from what its author saw waits
for the leader. What an import says that was undone is as never said.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from outreach import payloads
from outreach.models import LedgerEvent
from outreach.reasons import Reason

Stamp = tuple[datetime, int]
GUARDED = {"head", "phone", "left", "merged_into"}
# Times of visits are to the minute, so one and the same minute is not later.
MINUTE = timedelta(minutes=1)


class NotCounted(Exception):
    """The event cannot be taken in, now or ever."""

    def __init__(self, reason: Reason, about: object = ""):
        super().__init__(f"{reason}: {about}" if about else str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what it says. `home`: the home that it is about, after an officer's word."""

    event: LedgerEvent
    said: payloads.Payload
    home: UUID | None
    # When an officer or leader let pass what had waited.
    accepted: Stamp | None = None

    @property
    def stamp(self) -> Stamp:
        return (self.event.told_at, self.event.number)

    def when(self, moment: datetime) -> datetime:
        """A time that the phone's clock told, by the server's clock."""
        return self.event.when(moment)


@dataclass(frozen=True, slots=True)
class Write:
    # Comparable with those of the other writes of the field.
    stamp: tuple
    value: Any
    told: Told
    # What the author saw before; compared only where `guarded`.
    was: Any = None
    guarded: bool = False


@dataclass
class Entity:
    """Something with an id whose fields were set by several; after `finish`, `now` has them."""

    id: UUID
    told: Told
    writes: dict[str, list[Write]] = field(default_factory=lambda: defaultdict(list))
    now: dict[str, Any] = field(default_factory=dict)

    def set(self, name: str, value: Any, told: Told, was: Any = None, guarded=False) -> None:
        guarded = guarded and name in GUARDED
        # What the leader chose is true from that moment; what an officer let pass was said when it
        # was said, and what is newer stays.
        chosen = told.accepted if guarded else None
        self.writes[name].append(
            Write(chosen or told.stamp, value, told, was, guarded and chosen is None)
        )

    def change(self, name: str, said: "payloads.Changed | None", told: Told) -> None:
        if said is not None:
            self.set(name, said.now, told, said.was, guarded=True)

    def settle(self) -> list[Told]:
        """Find the value of each field; gives the events that wait for the leader."""
        waiting = []
        for name, writes in self.writes.items():
            value: Any = None
            for write in sorted(writes, key=lambda write: write.stamp):
                known = value or None
                if write.guarded and known not in (write.was or None, write.value):
                    waiting.append(write.told)
                else:
                    value = write.value
            self.now[name] = value
        return waiting

    def get(self, name: str, otherwise: Any = None) -> Any:
        return self.now.get(name, otherwise)


@dataclass
class Home(Entity):
    card_code: str = ""
    opened_on: date = date.min
    # (from when, said when, area)
    stood: list[tuple[date, Stamp, str]] = field(default_factory=list)
    placements: list[tuple[date, date | None, str]] = field(default_factory=list)

    def place(self) -> None:
        """Find out where the home stood when: a later word for the same day counts."""
        found: list[tuple[date, str]] = []
        for since, _stamp, area in sorted(self.stood):
            if found and found[-1][0] == since:
                found.pop()
            if not found or found[-1][1] != area:
                found.append((since, area))
        ends = [since for since, _area in found[1:]] + [None]
        self.placements = [
            (since, until, area) for (since, area), until in zip(found, ends, strict=True)
        ]

    def area_on(self, day: date) -> str:
        """Where it stood on `day`; before its first placement, there."""
        stood = [area for since, _until, area in self.placements if since <= day]
        return stood[-1] if stood else self.placements[0][2]


@dataclass
class Person(Entity):
    since: date = date.min


@dataclass
class Visit(Entity):
    """`now["said"]` is what it says, corrected, and `now["teller"]` the event that says so;
    `voided` is the event that took it back."""

    voided: Told | None = None

    @property
    def visited_at(self) -> datetime:
        """By the clock of the phone that said it last."""
        return self.now["teller"].when(self.now["said"].visited_at)

    @property
    def counts(self) -> bool:
        return self.voided is None


@dataclass(frozen=True)
class Agreement:
    """A consent; `told` and `said` are missing where only what follows from it matters."""

    resident: UUID
    purpose: str
    given_at: datetime
    withdrawn_at: datetime | None
    told: Told | None = None
    said: payloads.ConsentGiven | None = None


@dataclass
class World:
    """`areas`: codes of the ward's neighbourhoods and lanes. `levels`: skill → its levels.
    `wordings`: version → hash. `users`: ids of the people with an account of whom the events speak.
    `kin`: gives one of the home's family, those that were merged with it or split from it.
    `undone`: imports that count as never made."""

    areas: frozenset[str]
    levels: dict[str, frozenset[int]]
    wordings: dict[int, str]
    users: frozenset[int]
    kin: Callable[[UUID | None], UUID | None]
    undone: frozenset[UUID] = frozenset()
    homes: dict[UUID, Home] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    visits: dict[UUID, Visit] = field(default_factory=dict)
    consents: list[tuple[Told, payloads.ConsentGiven]] = field(default_factory=list)
    withdrawals: list[tuple[Told, payloads.ConsentWithdrawn]] = field(default_factory=list)
    follow_ups: dict[UUID, Entity] = field(default_factory=dict)
    referrals: dict[UUID, Entity] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)

    def finish(self) -> dict[int, Reason]:
        """Find the values of all fields; gives the events that wait for the leader's choice."""
        waiting: list[Told] = []
        for entities in (self.homes, self.people, self.follow_ups, self.referrals):
            for entity in entities.values():
                waiting += entity.settle()
        for home in self.homes.values():
            self._place(home, frozenset())
        for visit in self.visits.values():
            visit.settle()
        self._find_agreements()
        return {told.event.number: Reason.LEADER_CHOICE for told in waiting}

    def _place(self, home: Home, above: frozenset[UUID]) -> None:
        """A home that split off stands where the one stood that it came from."""
        source = self.homes.get(home.get("split_from"))
        if not home.stood and source and source.id not in above:
            self._place(source, above | {home.id})
            since = home.get("split_on")
            home.stood.append((since, home.told.stamp, source.area_on(since)))
        home.place()

    def _find_agreements(self) -> None:
        """A withdrawal ends every consent given before it."""
        for told, said in self.consents:
            visit = self.visits.get(said.visit) if said.visit else None
            if visit and not visit.counts:
                continue
            given_at = told.when(said.given_at)
            ends = [
                withdrawn_at
                for later, taken in self.withdrawals
                if self.root(taken.resident) == self.root(said.resident)
                and taken.purpose == said.purpose
                and (
                    (withdrawn_at := later.when(taken.withdrawn_at)) >= given_at + MINUTE
                    or (withdrawn_at > given_at - MINUTE and later.stamp > told.stamp)
                )
            ]
            resident, ended = self.root(said.resident), min(ends, default=None)
            self.agreements.append(Agreement(resident, said.purpose, given_at, ended, told, said))

    # Finding what an event speaks of.

    def home_of(self, told: Told) -> Home:
        if told.home is None:
            raise NotCounted(Reason.NO_HOUSEHOLD)
        home = self.homes.get(told.home)
        if home is None:
            raise NotCounted(Reason.UNKNOWN_HOUSEHOLD, told.home)
        return home

    def person(self, told: Told, key: UUID) -> Person:
        """The person, who must be of the event's home or of its family."""
        person = self.people.get(key)
        if person is None or self.kin(person.told.home) != self.kin(told.home):
            raise NotCounted(Reason.UNKNOWN_RESIDENT, key)
        return person

    def check_users(self, *keys: int | None) -> None:
        for key in keys:
            if key is not None and key not in self.users:
                raise NotCounted(Reason.UNKNOWN_USER, key)

    def check_area(self, code: str) -> None:
        if code not in self.areas:
            raise NotCounted(Reason.UNKNOWN_AREA, code)

    def root(self, key: UUID) -> UUID:
        """The person that stays of those who were merged."""
        return self._root(self.people, key)

    def home_root(self, key: UUID) -> UUID:
        """The home that stays of those that were merged."""
        return self._root(self.homes, key)

    @staticmethod
    def _root(entities: dict[UUID, Any], key: UUID) -> UUID:
        seen = set()
        while key in entities and key not in seen:
            seen.add(key)
            into = entities[key].get("merged_into")
            if not into or into[0] not in entities:
                break
            key = into[0]
        return key
