"""What a server should hold, as plain values: no code of the product is used here.

`Server` takes in what arrives; `tests.life.telling` says what all of it comes to.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MILLISECOND = timedelta(milliseconds=1)
# Clocks differ a little, docs/sync.md.
SLACK, ENROLMENT_SLACK = timedelta(minutes=2), timedelta(minutes=5)
LEFT_BEHIND = timedelta(seconds=30)
TYPES = {
    "visit.recorded", "visit.corrected", "visit.voided", "household.proposed", "household.changed",
    "household.moved", "household.merged", "household.split", "household.closed",
    "household.reopened", "resident.added", "resident.changed", "resident.left", "consent.given",
    "consent.withdrawn", "listed",
}  # fmt: skip
OF_RIGHTS = {"device_revoked", "not_enrolled", "account_closed"}


@dataclass(frozen=True)
class Said:
    """An event as it arrived. `at` is when it was said, by the server's clock; `order` tells two of
    the same moment apart. `unfit` is why it does not count by itself, "" if it may."""

    key: str
    type: str
    ward: str
    home: str
    actor: int | None
    payload: dict[str, Any]
    at: datetime
    ahead: timedelta
    order: int
    device: str = ""
    unfit: str = ""

    @property
    def stamp(self) -> tuple[datetime, int]:
        return self.at, self.order

    def when(self, text: str) -> datetime:
        """A time of the phone's clock, by the server's."""
        return datetime.fromisoformat(text) + self.ahead


@dataclass
class KnownPhone:
    """`people` are those who may act on it, and since when."""

    ward: str
    people: dict[int, datetime] = field(default_factory=dict)
    revoked_at: datetime | None = None


@dataclass
class Team:
    ward: str
    people: set[int]
    areas: set[str]


def content(event: dict[str, Any]) -> str:
    return json.dumps(event, sort_keys=True)


@dataclass
class Server:
    """Everything that a backup holds and a restore brings back."""

    teams: list[Team]
    closed: set[int] = field(default_factory=set)
    phones: dict[str, KnownPhone] = field(default_factory=dict)
    events: dict[str, Said] = field(default_factory=dict)
    # What was sent under each id; of several the first counts.
    contents: dict[str, list[str]] = field(default_factory=dict)
    # What officers decided: (accepted?, when, order).
    decisions: dict[str, tuple[bool, datetime, int]] = field(default_factory=dict)
    # Stored and not looked at, because the process died: when they came.
    behind: dict[str, datetime] = field(default_factory=dict)
    order: int = 0
    # What a restore made the server forget: since when, until when.
    lost: list[tuple[datetime, datetime]] = field(default_factory=list)

    def next(self) -> int:
        self.order += 1
        return self.order

    # What arrives

    def list_home(self, ward: str, home: str, payload: dict[str, Any], now: datetime) -> None:
        """The ward's list has this home."""
        self.events[f"listed {home}"] = Said(
            f"listed {home}", "listed", ward, home, None, payload, now, timedelta(0), self.next()
        )

    def receive(
        self, device: str, events: list[dict], now: datetime, sent_at: datetime
    ) -> list[str]:
        """The receipts that a phone should get."""
        receipts = []
        for event in events:
            known = self.contents.setdefault(event["id"], [])
            if content(event) in known:
                receipts.append("already_stored")
                continue
            receipts.append("id_reused" if known else "stored")
            known.append(content(event))
            order = self.next()
            if len(known) == 1:
                self.events[event["id"]] = self._read(device, event, now, sent_at, order)
                self.behind[event["id"]] = now
        return receipts

    def _read(
        self, device: str, event: dict[str, Any], now: datetime, sent_at: datetime, order: int
    ) -> Said:
        said_at = datetime.fromisoformat(event["client_time"])
        ahead = now - sent_at
        if event["clock_offset_ms"] is not None:
            ahead = event["clock_offset_ms"] * MILLISECOND
        if said_at + ahead > now + SLACK:
            ahead = now - said_at
        at, phone = said_at + ahead, self.phones[device]
        return Said(
            key=event["id"],
            type=event["type"],
            ward=phone.ward,
            home=event["household"],
            actor=event["actor"] if event["actor"] in phone.people else None,
            payload=event["payload"],
            at=at,
            ahead=ahead,
            order=order,
            device=device,
            unfit=self._unfit(phone, event, at),
        )

    def _unfit(self, phone: KnownPhone, event: dict[str, Any], at: datetime) -> str:
        since = phone.people.get(event["actor"])
        for begin, end in reversed(self.lost):
            if since and since >= end:
                since = min(since, begin)
        if event["schema"] > 1:
            return "newer_schema"
        if phone.revoked_at:
            return "device_revoked"
        if since is None or at < since - ENROLMENT_SLACK:
            return "not_enrolled"
        if event["actor"] in self.closed:
            return "account_closed"
        return "" if event["type"] in TYPES else "unknown_type"

    def settle(self, ward: str, pushed: list[dict], now: datetime) -> None:
        """A push was taken to its end: what it brought is counted, and what was left behind."""
        keys = {event["id"] for event in pushed}
        for key, came in list(self.behind.items()):
            if key in keys or (self.events[key].ward == ward and came < now - LEFT_BEHIND):
                del self.behind[key]

    # What counts

    def rejected(self, key: str) -> bool:
        return key in self.decisions and not self.decisions[key][0]

    def accepted(self, key: str) -> tuple[datetime, int] | None:
        """When an officer let the event pass."""
        return self.decisions[key][1:] if key in self.decisions and not self.rejected(key) else None

    def counts(self, said: Said) -> bool:
        """Whether what it says is looked at."""
        if self.rejected(said.key) or said.type not in TYPES:
            return False
        return not said.unfit or (said.unfit in OF_RIGHTS and self.accepted(said.key) is not None)

    # Who may read

    def areas_of(self, device: str) -> set[str]:
        """The areas whose homes the phone may know; nothing: it may not read."""
        phone = self.phones[device]
        if phone.revoked_at:
            return set()
        people = phone.people.keys() - self.closed
        teams = [team for team in self.teams if team.ward == phone.ward and team.people & people]
        return set().union(*(team.areas for team in teams))

    def may_pull(self, device: str) -> bool:
        phone = self.phones.get(device)
        if phone is None or phone.revoked_at:
            return False
        people = phone.people.keys() - self.closed
        return any(team.ward == phone.ward and team.people & people for team in self.teams)
