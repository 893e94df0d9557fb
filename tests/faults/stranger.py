"""A phone as a stranger would write it, from docs/sync.md and openapi.json alone.

It imports nothing of the product. What it holds are plain dictionaries, as a phone's storage would.
"""

import gzip
import http.client
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

# A request that was damaged on its way may be refused for it; what is refused so often is refused.
SAID_OFTEN_ENOUGH = 5
# A day of events must not be given up while the line is merely bad.
PATIENCE = 400
SECONDS = 20
LARGEST_BATCH = 15


class Unanswered(Exception):
    """Nobody knows whether the request arrived."""


class Refused(Exception):
    """The server refuses, and means it."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    retry_after: int


def uuid7(at: datetime, ids: Random) -> str:
    moment = int(at.timestamp() * 1000) << 80
    number = moment | 7 << 76 | ids.getrandbits(12) << 64 | 2 << 62 | ids.getrandbits(62)
    return str(UUID(int=number))


def _read(reply: http.client.HTTPResponse) -> Answer:
    """Raises Unanswered for what only something between can have said."""
    data = reply.read()
    try:
        if reply.getheader("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        body = json.loads(data)
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise Unanswered from error
    if reply.status >= 500 or not isinstance(body, dict):
        raise Unanswered
    return Answer(reply.status, body, int(reply.getheader("Retry-After") or 0))


class Stranger:
    """One phone at the address `(host, port)`. `clock` is its own, right or wrong. `ids` makes the
    ids of what is recorded; `habits` decides what may be done this way or that. `pause` waits
    some seconds."""

    def __init__(
        self,
        address: tuple[str, int],
        clock: Callable[[], datetime],
        ids: Random,
        habits: Random,
        pause: Callable[[float], None],
    ):
        self.address, self.clock, self.pause = address, clock, pause
        self.ids, self.habits = ids, habits
        self.device = str(UUID(int=ids.getrandbits(128), version=4))
        self.push_token = self.pull_token = ""
        self.people: dict[int, str] = {}
        self.seq = 0
        self.clock_offset_ms: int | None = None
        self.epoch = ""
        self.backed_up_through = 0
        # What waits, oldest first: an event leaves when a backup holds it.
        self.outbox: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, int] = {}
        self.stuck: set[str] = set()
        self.statuses: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.areas: list[dict[str, Any]] = []
        self.cursor = ""
        self.heard = 0

    # The line

    def _ask(self, method: str, path: str, body: Any, token: str) -> Answer:
        headers = {"Connection": "close"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        if data and self.habits.random() < 0.5:
            data = gzip.compress(data)
            headers["Content-Encoding"] = "gzip"
        if self.habits.random() < 0.5:
            headers["Accept-Encoding"] = "gzip"
        line = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        try:
            line.request(method, path, data, headers)
            return _read(line.getresponse())
        except (http.client.HTTPException, OSError) as error:
            raise Unanswered from error
        finally:
            line.close()

    def _insist(self, method: str, path: str, body: Any = None, token: str = "") -> Answer:
        """Ask until there is an answer that the server means."""
        refusals = 0
        for _ in range(PATIENCE):
            try:
                answer = self._ask(method, path, body, token)
            except Unanswered:
                self.pause(1)
                continue
            if answer.status == 429:
                self.pause(answer.retry_after)
            elif answer.status == 200:
                self.heard += 1
                self._note(answer.body)
                return answer
            else:
                refusals += 1
                if refusals == SAID_OFTEN_ENOUGH:
                    return answer
        raise Unanswered

    def _note(self, said: dict[str, Any]) -> None:
        """What every answer tells of the server's time, its past and its backups."""
        if "server_time" in said:
            ahead = datetime.fromisoformat(said["server_time"]) - self.clock()
            self.clock_offset_ms = ahead // timedelta(milliseconds=1)
        if "epoch" in said and said["epoch"] != self.epoch:
            # Restored: what was handed in may be gone, so everything kept is offered again.
            self.epoch = said["epoch"]
            self.numbers.clear()
            self.backed_up_through = 0
        if "backed_up_through" in said:
            self.backed_up_through = said["backed_up_through"]

    # Who one is

    def enrol(self, code: str, label: str = "") -> int:
        """The person's id. The second person of a shared phone enrols on it too."""
        body = {"code": code, "device": self.device, "label": label, "app": "stranger 1"}
        answer = self._insist("POST", "/api/v1/devices/enrol", body, self.push_token)
        if answer.status != 200:
            raise Refused(answer.body)
        said = answer.body
        self.push_token = said["push_token"] or self.push_token
        self.pull_token = said["pull_token"] or self.pull_token
        self.people[said["person"]["id"]] = said["person"]["name"]
        return said["person"]["id"]

    def begin_anew(self, codes: list[str]) -> None:
        """A restored server may not know the phone: it enrols its people under a new id, and keeps
        what it recorded."""
        self.device = str(UUID(int=self.ids.getrandbits(128), version=4))
        self.push_token = self.pull_token = self.cursor = ""
        for code in codes:
            self.enrol(code)

    # What one says

    def record(self, actor: int, type: str, household: str | None, payload: dict[str, Any]) -> str:
        """Keep what `actor` said now; gives the event's id."""
        now = self.clock()
        self.seq += 1
        key = uuid7(now, self.ids)
        self.outbox[key] = {
            "id": key,
            "seq": self.seq,
            "type": type,
            "schema": 1,
            "actor": actor,
            "household": household,
            "client_time": now.isoformat(),
            "clock_offset_ms": self.clock_offset_ms,
            "payload": payload,
        }
        return key

    def waiting(self) -> list[dict[str, Any]]:
        """What was not handed in yet, oldest first."""
        offered = self.numbers.keys() | self.stuck
        return [event for key, event in self.outbox.items() if key not in offered]

    def push(self) -> None:
        """Hand in what waits, in batches of any size."""
        most = LARGEST_BATCH
        while events := self.waiting()[: self.habits.randint(1, most)]:
            body = {"sent_at": self.clock().isoformat(), "events": events}
            answer = self._insist("POST", "/api/v1/sync/push", body, self.push_token)
            if answer.status == 200:
                self._take_receipts(events, answer.body["receipts"])
            elif answer.status in (400, 413) and len(events) > 1:
                most = len(events) // 2
            elif answer.status in (400, 413):
                self.stuck.add(events[0]["id"])
            else:
                raise Refused(answer.body)
        self._forget_what_is_safe()

    def _take_receipts(self, events: list[dict], receipts: list[dict]) -> None:
        for receipt in receipts:
            key = events[receipt["position"]]["id"]
            if receipt["receipt"] == "unreadable":
                self.stuck.add(key)
                continue
            self.numbers[key] = receipt["number"]
            kept = ("id", "number", "status", "reason", "reason_text")
            self.statuses[key] = {name: receipt[name] for name in kept}
        self._forget_what_is_safe()

    def _forget_what_is_safe(self) -> None:
        for key, number in list(self.numbers.items()):
            if number <= self.backed_up_through:
                self.outbox.pop(key, None)

    # What one learns

    def pull(self) -> None:
        """Pull until there is no more."""
        while True:
            query = f"?{urlencode({'cursor': self.cursor})}" if self.cursor else ""
            answer = self._insist("GET", f"/api/v1/sync/pull{query}", token=self.pull_token)
            said = answer.body
            if answer.status == 400 and said["code"] == "bad_cursor" and self.cursor:
                self.cursor = ""
                continue
            if answer.status != 200:
                raise Refused(said)
            self._learn(said)
            if not said["more"]:
                self._forget_what_is_safe()
                return

    def _learn(self, said: dict[str, Any]) -> None:
        if said["whole"]:
            self.homes.clear()
        for home in said["households"]:
            self._keep(home)
        for home in said["left"]:
            self.homes.pop(home["id"], None)
        for place in said.get("left_places", ()):
            for key, home in list(self.homes.items()):
                if home["area"] == place or home["area"].startswith(f"{place}."):
                    del self.homes[key]
        for status in said["statuses"]:
            self.statuses[status["id"]] = status
        self.areas = said["areas"]
        self.cursor = said["cursor"]

    def _keep(self, home: dict[str, Any]) -> None:
        if home.get("closed"):
            self.homes.pop(home["id"], None)
        else:
            self.homes[home["id"]] = home

    def drifted(self) -> set[str]:
        """The buckets in which the phone has other homes than the server."""
        buckets: dict[str, list[str]] = {sign: [] for sign in "0123456789abcdef"}
        for key, home in self.homes.items():
            buckets[key[-1]].append(f"{key}:{home['version']}")
        own = {
            sign: sha256("\n".join(sorted(lines)).encode()).hexdigest()
            for sign, lines in buckets.items()
        }
        answer = self._insist("GET", "/api/v1/sync/digest", token=self.pull_token)
        if answer.status != 200:
            raise Refused(answer.body)
        told = answer.body["buckets"]
        return {sign for sign in own if own[sign] != told[sign]}

    def repair(self) -> None:
        for sign in self.drifted():
            answer = self._insist("GET", f"/api/v1/sync/buckets/{sign}", token=self.pull_token)
            here = {key for key in self.homes if key.endswith(sign)}
            if answer.status == 200:
                for key in here - {home["id"] for home in answer.body["households"]}:
                    del self.homes[key]
                for home in answer.body["households"]:
                    self._keep(home)

    def synchronise(self) -> None:
        """Hand in and learn until both are at an end; a restore meanwhile begins it anew."""
        for _ in range(PATIENCE):
            self.push()
            self.pull()
            if not self.waiting():
                return
        raise Unanswered
