"""A phone whose line and whose server fail when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

from django.utils import timezone

from outreach import sync
from tests.faults.near import NearStranger
from tests.faults.stranger import Answer, Refused, Unanswered

# What may become of a push, and whether its events are in the ledger afterwards.
LINES = {
    "good": True,
    "twice": True,
    "request lost": False,
    "reply lost": True,
    "dies before the first commit": False,
    "dies after the first commit": True,
    "dies before the second commit": True,
}


class Died(BaseException):
    """The server's process was killed."""


@contextmanager
def dying(when: str) -> Iterator[None]:
    """A server whose process ends at that moment of a push."""

    def after(real):
        def and_die(*given, **named):
            real(*given, **named)
            raise Died

        return and_die

    name, instead = {
        "dies before the first commit": ("_store", after(sync._store)),
        "dies after the first commit": ("settle_stored", mock.Mock(side_effect=Died)),
        "dies before the second commit": ("apply", after(sync.apply)),
    }[when]
    with mock.patch.object(sync, name, instead):
        yield


class LivePhone(NearStranger):
    """`wrong` is how far its clock is ahead; `line` is what becomes of the next push. `actors` are
    those who hold it; `seen` is what it ever knew of homes; `spoilt` are events under ids that it
    used before."""

    def __init__(self, name: str):
        super().__init__(("", 0), self._clock, Random(name), Random(name), lambda _: None)
        self.wrong = timedelta(0)
        self.line = "good"
        self.actors: list[int] = []
        self.seen: dict[str, dict[str, Any]] = {}
        self.spoilt: list[dict[str, Any]] = []

    def _clock(self) -> datetime:
        return timezone.localtime() + self.wrong

    def _ask(self, method: str, path: str, body: Any, token: str) -> Answer:
        line, self.line = self.line, "good"
        if line == "request lost":
            raise Unanswered
        if line.startswith("dies"):
            try:
                with dying(line):
                    return super()._ask(method, path, body, token)
            except Died:
                raise Unanswered from None
        answer = super()._ask(method, path, body, token)
        if line == "twice":
            answer = super()._ask(method, path, body, token)
        if line == "reply lost":
            raise Unanswered
        return answer

    def look(self) -> None:
        """Pull until there is no more. Raises Refused."""
        self.pull()
        self.seen |= self.homes

    def hand_in(self, events: list[dict[str, Any]], line: str) -> list[dict[str, Any]] | None:
        """Push these events once; gives the receipts, None if no answer came. Raises Refused."""
        self.line = line
        body = {"sent_at": self.clock().isoformat(), "events": events}
        try:
            answer = self._ask("POST", "/api/v1/sync/push", body, self.push_token)
        except Unanswered:
            return None
        if answer.status != 200:
            raise Refused(answer.body)
        self._note(answer.body)
        receipts = answer.body["receipts"]
        kept = [pair for pair in zip(events, receipts, strict=True) if pair[0] not in self.spoilt]
        for event, receipt in kept:
            self._take_receipts([event], [{**receipt, "position": 0}])
        return receipts
