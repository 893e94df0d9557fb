"""A volunteer's phone in tests: makes events, pushes them, pulls what changed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from outreach.ledger import uuid7
from outreach.models import Household
from tests.outreach.api.phone import caller, post
from tests.volunteers.phones import Phone, enrolled
from volunteers.models import User

PUSH, PULL = "/api/v1/sync/push", "/api/v1/sync/pull"


def leave_team(person: User) -> None:
    person.memberships.update(left_on=timezone.localdate())


@dataclass
class FieldPhone:
    person: User
    phone: Phone
    seq: int = 0
    cursor: str | None = None
    homes: dict[str, dict] = field(default_factory=dict)
    statuses: dict[str, dict] = field(default_factory=dict)

    @classmethod
    def of(cls, person: User, by: User) -> "FieldPhone":
        # Enrolled long enough ago that what it tells of yesterday was its person's to tell.
        return cls(person, enrolled(person, by, timezone.now() - timedelta(days=20)))

    def event(
        self,
        type: str,
        home: Household | UUID | None,
        payload: dict[str, Any],
        at: datetime | None = None,
        **more,
    ) -> dict[str, Any]:
        self.seq += 1
        at = at or timezone.now()
        key = home.pk if isinstance(home, Household) else home
        return {
            "id": str(uuid7(at)),
            "seq": self.seq,
            "type": type,
            "schema": 1,
            "actor": self.person.pk,
            "household": str(key) if key else None,
            "client_time": at.isoformat(),
            "clock_offset_ms": 0,
            "payload": payload,
            **more,
        }

    def visit(self, home, outcome="absent", at: datetime | None = None, **said) -> dict:
        at = at or timezone.now() - timedelta(hours=1)
        said = {"visited_at": at.isoformat(), "outcome": outcome, **said}
        return self.event("visit.recorded", home, said, at)

    def push(self, *events: Any, **more):
        body = {"sent_at": timezone.now().isoformat(), "events": list(events), **more}
        return post(PUSH, body, self.phone.push)

    def pushed(self, *events: Any) -> list[dict]:
        """The receipts."""
        answer = self.push(*events)
        assert answer.status_code == 200, answer.content
        return answer.json()["receipts"]

    def ask(self, cursor: str | None = None):
        query = {"cursor": cursor} if cursor else {}
        headers = {"Authorization": f"Bearer {self.phone.pull}"}
        return caller().get(PULL, query, headers=headers)

    def pull(self) -> dict:
        """Pull until there is no more, and keep what came."""
        while True:
            answer = self.ask(self.cursor)
            assert answer.status_code == 200, answer.content
            said = answer.json()
            if said["whole"]:
                self.homes.clear()
            self.homes |= {home["id"]: home for home in said["households"]}
            for gone in said["left"]:
                self.homes.pop(gone["id"], None)
            for place in said.get("left_places", ()):
                self.homes = {
                    key: home
                    for key, home in self.homes.items()
                    if home["area"] != place and not home["area"].startswith(f"{place}.")
                }
            self.statuses |= {one["id"]: one for one in said["statuses"]}
            self.cursor = said["cursor"]
            if not said["more"]:
                return said
