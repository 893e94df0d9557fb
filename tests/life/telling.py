"""What a set of events comes to, told plainly: no code of the product is used here."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.life.model import Said, Server

MINUTE = timedelta(minutes=1)
VIET_NAM = timedelta(hours=7)
# Of these a value waits for the leader when its author did not see what stood there.
GUARDED = {"phone", "left", "merged_into"}


@dataclass
class Thing:
    """A home or a person; `now` has the value of each of its fields."""

    key: str
    home: str
    writes: dict[str, list[tuple]] = field(default_factory=lambda: defaultdict(list))
    # Where a home stood: (since, stamp, area).
    stood: list[tuple[date, Any, str]] = field(default_factory=list)
    now: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> set[str]:
        """Gives the events that wait for the leader."""
        waiting = set()
        for name, writes in self.writes.items():
            value: Any = None
            for _stamp, key, new, was, guarded in sorted(writes, key=lambda write: write[0]):
                if guarded and (value or None) not in (was or None, new):
                    waiting.add(key)
                else:
                    value = new
            self.now[name] = value
        return waiting

    def area_on(self, day: date) -> str:
        """Of several words for one day the last; before the first day, where it stood on that."""
        stood = sorted(self.stood)
        day = max(day, stood[0][0])
        return [area for since, _stamp, area in stood if since <= day][-1]

    @property
    def area(self) -> str:
        return sorted(self.stood)[-1][2]


@dataclass
class Told:
    """`visits`: id → (home, area, outcome, visitor, when, when it was taken back). `homes`: id →
    (area, address, open?). `people`: id → (home, name, phone, left?). `agreed`: who has a consent
    in force. `levels`: (person, skill) → level. `verdicts`: event → "applied", "waits" or
    "rejected"."""

    visits: dict[str, tuple] = field(default_factory=dict)
    homes: dict[str, tuple] = field(default_factory=dict)
    people: dict[str, tuple] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    levels: dict[tuple[str, str], int] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)


def tell(server: Server) -> Told:
    return _Telling(server).tell()


class _Telling:
    def __init__(self, server: Server):
        self.server = server
        self.counted = [one for one in server.events.values() if server.counts(one)]
        self.kin = _families(self.counted)
        self.homes: dict[str, Thing] = {}
        self.people: dict[str, Thing] = {}
        self.visits: dict[str, Said] = {}
        # visit → [(stamp, what it says, with which event's clock)]
        self.words: dict[str, list[tuple]] = defaultdict(list)
        self.voided: dict[str, datetime] = {}
        self.consents: list[Said] = []
        self.withdrawals: list[Said] = []

    def tell(self) -> Told:
        """What speaks of something unknown is tried again, until nothing more is understood."""
        pending, before = self.counted, -1
        while len(pending) != before:
            before = len(pending)
            pending = [one for one in pending if not self._take(one)]
        waiting = {one.key for one in pending}
        for thing in (*self.homes.values(), *self.people.values()):
            waiting |= thing.settle()
        for home in self.homes.values():
            self._place(home)
        told = Told()
        for key, said in self.server.events.items():
            waits = key in waiting or not self.server.counts(said)
            told.verdicts[key] = "waits" if waits else "applied"
            if self.server.rejected(key):
                told.verdicts[key] = "rejected"
        self._finish(told)
        return told

    def _take(self, said: Said) -> bool:
        """Whether the event is understood; what it says is then taken in."""
        if said.type in ("listed", "household.proposed"):
            return self._new_home(said)
        if said.home not in self.homes:
            return False
        about = said.payload
        match said.type.split("."):
            case ["visit", _]:
                return self._visit(said)
            case ["household", "split"]:
                return self._split(said)
            case ["household", kind]:
                return self._home(said, self.homes[said.home], kind)
            case ["resident", "added"]:
                self._new_person(said, about)
                return True
            case ["resident", kind]:
                return self._person(said, kind)
            case ["consent", kind] if self._lives(said, about["resident"]):
                (self.consents if kind == "given" else self.withdrawals).append(said)
                return True
        return False

    def _set(self, thing: Thing, name: str, value: Any, said: Said, was: Any = None, own=False):
        """`own`: the event makes the thing, so nobody could have seen anything there."""
        guarded = name in GUARDED and not own
        chosen = self.server.accepted(said.key) if guarded else None
        write = (chosen or said.stamp, said.key, value, was, guarded and chosen is None)
        thing.writes[name].append(write)

    def _lives(self, said: Said, person: str) -> bool:
        known = self.people.get(person)
        return known is not None and self.kin(known.home) == self.kin(said.home)

    def _new_home(self, said: Said) -> bool:
        home = self.homes[said.home] = Thing(said.home, said.home)
        home.stood.append(
            (date.fromisoformat(said.payload["since"]), said.stamp, said.payload["area"])
        )
        self._set(home, "address", said.payload["address"], said)
        for person in said.payload["residents"]:
            self._new_person(said, person)
        return True

    def _new_person(self, said: Said, about: dict[str, Any]) -> None:
        person = self.people[about["id"]] = Thing(about["id"], said.home)
        self._set(person, "home", said.home, said, own=True)
        for name in ("name", "phone"):
            self._set(person, name, about.get(name, ""), said, own=True)

    def _visit(self, said: Said) -> bool:
        about = said.payload
        words = about["now"] if said.type == "visit.corrected" else about
        named = [*words.get("met", ()), *(one["resident"] for one in words.get("assessments", ()))]
        if not all(self._lives(said, person) for person in named):
            return False
        if said.type == "visit.recorded":
            self.visits[said.key] = said
            self.words[said.key].append(((0, said.stamp), words, said))
            return True
        visit = self.visits.get(about["visit"])
        if visit is None or self.kin(visit.home) != self.kin(said.home):
            return False
        if said.type == "visit.voided":
            self.voided[visit.key] = min(said.at, self.voided.get(visit.key, said.at))
        else:
            # A correction counts more than what it corrects, whatever the clocks said.
            self.words[visit.key].append(((1, said.stamp), words, said))
        return True

    def _home(self, said: Said, home: Thing, kind: str) -> bool:
        about = said.payload
        match kind:
            case "changed":
                self._set(home, "address", about["address"]["now"], said)
            case "moved":
                home.stood.append((date.fromisoformat(about["since"]), said.stamp, about["area"]))
                self._set(home, "address", about["address"], said)
            case "closed":
                self._set(home, "closed", True, said)
            case "reopened":
                self._set(home, "closed", None, said)
            case "merged" if about["into"] in self.homes and about["into"] != home.key:
                self._set(home, "merged_into", (about["into"], about["on"]), said)
            case _:
                return False
        return True

    def _split(self, said: Said) -> bool:
        about = said.payload
        if not all(self._lives(said, person) for person in about["residents"]):
            return False
        new = self.homes[about["id"]] = Thing(about["id"], said.home)
        self._set(new, "address", about["address"], said)
        new.now["from"] = (said.home, date.fromisoformat(about["since"]), said.stamp)
        for person in about["residents"]:
            self._set(self.people[person], "home", new.key, said)
        return True

    def _person(self, said: Said, kind: str) -> bool:
        about = said.payload
        if not self._lives(said, about["id"]):
            return False
        person = self.people[about["id"]]
        if kind == "left":
            self._set(person, "left", (about["left_on"], about["why"]), said)
        for name in ("name", "phone"):
            if kind == "changed" and name in about:
                self._set(person, name, about[name]["now"], said, about[name]["was"])
        return True

    def _place(self, home: Thing) -> None:
        """A home that split off stands where the one stood that it came from."""
        if not home.stood:
            source, since, stamp = home.now["from"]
            self._place(self.homes[source])
            home.stood.append((since, stamp, self.homes[source].area_on(since)))

    def _root(self, key: str) -> str:
        seen = set()
        while key not in seen and (into := self.homes[key].now.get("merged_into")):
            seen.add(key)
            key = into[0]
        return key

    # The end

    def _finish(self, told: Told) -> None:
        for home in self.homes.values():
            is_open = not home.now.get("closed") and self._root(home.key) == home.key
            told.homes[home.key] = (home.area, home.now["address"], is_open)
        for person in self.people.values():
            now = person.now
            home = self._root(now["home"])
            told.people[person.key] = (home, now["name"], now["phone"] or "", bool(now.get("left")))
        agreed = self._agreed()
        told.agreed = set(agreed)
        seen = []
        for key, visit in self.visits.items():
            _stamp, words, clock = max(self.words[key], key=lambda one: one[0])
            visited_at = clock.when(words["visited_at"])
            day = (visited_at.astimezone(UTC) + VIET_NAM).date()
            home, area = self._root(visit.home), self.homes[visit.home].area_on(day)
            voided = self.voided.get(key)
            said = (words["outcome"], visit.actor, visited_at, voided)
            told.visits[key] = (home, area, *said)
            seen += [] if voided else [(visited_at, visit.order, words)]
        for visited_at, _order, words in sorted(seen, key=lambda one: one[:2]):
            for one in words.get("assessments", ()):
                person = one["resident"]
                if person in agreed and agreed[person] <= visited_at:
                    told.levels[person, one["skill"]] = one["level"]

    def _agreed(self) -> dict[str, datetime]:
        """Who has a consent in force, and since when."""
        agreed: dict[str, datetime] = {}
        for said in self.consents:
            person, given_at = said.payload["resident"], said.when(said.payload["given_at"])
            if said.payload.get("visit") in self.voided:
                continue
            if not any(_ends(one, said, given_at) for one in self.withdrawals):
                agreed[person] = min(given_at, agreed.get(person, given_at))
        return agreed


def _ends(withdrawal: Said, said: Said, given_at: datetime) -> bool:
    """Times are to the minute: within one the later word counts."""
    if withdrawal.payload["resident"] != said.payload["resident"]:
        return False
    at = withdrawal.when(withdrawal.payload["withdrawn_at"])
    if at >= given_at + MINUTE:
        return True
    return at > given_at - MINUTE and withdrawal.stamp > said.stamp


def _families(counted: list[Said]):
    """Gives a function that has one name for all homes that were merged or split."""
    family: dict[str, set[str]] = {}
    for said in counted:
        if said.type in ("household.merged", "household.split"):
            other = said.payload["into" if said.type.endswith("merged") else "id"]
            joined = family.get(said.home, {said.home}) | family.get(other, {other})
            family |= dict.fromkeys(joined, joined)
    return lambda home: min(family.get(home, {home}))
