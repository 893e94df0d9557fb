"""The list of what was erased, kept apart from database and backups so that a restore obeys it.

One JSON object a line, appended only: kind, key, when and a reason code; no names, no contents.
Keys are those that hold in every world: an event is named by its uuid, because after a restore its
number may go to another event.
"""

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from outreach.apply import apply
from outreach.ledger import locked
from outreach.models import LedgerEvent, PushBatch

FILE_NAME = "erasures.jsonl"
CODE = re.compile(r"[a-z][a-z_]{0,39}")


class UnreadableList(Exception):
    """A line cannot be read; nothing may be served before somebody has looked at it."""


@dataclass(frozen=True, order=True)
class Erasure:
    """`at` is ISO 8601 with its offset, as written; so equal lines are equal erasures."""

    at: str
    kind: str
    key: str
    reason: str

    @classmethod
    def of(cls, kind: str, key: str, now: datetime, reason: str) -> "Erasure":
        """Raises ValueError for what does not belong on the list; a name could hide in it."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of erasure; expected one of {sorted(KINDS)}")
        if not CODE.fullmatch(reason):
            raise ValueError(f"the reason is {reason!r}; expected a code like 'on_request'")
        if now.tzinfo is None:
            raise ValueError("the time has no offset from UTC")
        return cls(at=now.isoformat(), kind=kind, key=str(UUID(key)), reason=reason)

    @classmethod
    def read(cls, line: bytes) -> "Erasure":
        said = json.loads(line)
        moment = datetime.fromisoformat(said["at"])
        return cls.of(said["kind"], said["key"], moment, said["reason"])

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def erase_payload(key: str, at: datetime) -> int:
    """Empty what the events with this uuid carry, and take back what was built from them; hash,
    time, type and status stay. Gives how many held something until now.

    The bytes in which they came go too, with those of the events pushed together with them: what
    the others said stands in their payloads.
    """
    # What was erased once keeps the time of its first erasure.
    events = list(LedgerEvent.objects.filter(uuid=UUID(key), erased_at=None))
    with locked(*(event.household for event in events)):
        numbers = [event.number for event in events]
        LedgerEvent.objects.filter(number__in=numbers).update(payload={}, erased_at=at)
        batches = {event.batch_id for event in events if event.batch_id}
        PushBatch.objects.filter(pk__in=batches).update(body=b"")
        for event in events:
            if event.household:
                apply(event.ward_id, [event])
    return len(events)


# What each kind of erasure does: key and time in, number of changed rows out. Doing it again, or
# where there is nothing to erase, changes nothing.
KINDS: dict[str, Callable[[str, datetime], int]] = {"event_payload": erase_payload}


def path() -> Path:
    return settings.DATA_DIR / FILE_NAME


def erase(kind: str, key: str, now: datetime, reason: str) -> int:
    """Note the erasure, then do it. In this order, so that what was erased is never forgotten."""
    note(kind, key, now, reason)
    return KINDS[kind](key, now)


def note(kind: str, key: str, now: datetime, reason: str) -> None:
    """Append to the list; it is on the disk when this returns. Raises ValueError."""
    _append(path(), [Erasure.of(kind, key, now, reason)])


def noted(*files: Path) -> list[Erasure]:
    """What the lists name, oldest first; by default the installation's own. A missing file is
    empty. Raises UnreadableList."""
    found: set[Erasure] = set()
    for file in files or (path(),):
        content = file.read_bytes() if file.exists() else b""
        for number, line in enumerate(content.splitlines(keepends=True), start=1):
            # A line without its end was cut off by a crash, before anything was erased.
            if line.endswith(b"\n") and line.strip():
                found.add(_read(file, number, line))
    return sorted(found)


def _read(file: Path, number: int, line: bytes) -> Erasure:
    try:
        return Erasure.read(line)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableList(
            f"Line {number} of {file} cannot be read as an erasure ({error}). Take the file from "
            "where it was copied to, or correct the line by hand; a newer version of the product "
            "may know what this one does not."
        ) from error


def merge(target: Path, erasures: Iterable[Erasure]) -> None:
    """Append to the list at `target` what it does not have yet."""
    _append(target, sorted(set(erasures) - set(noted(target))))


def replay(erasures: Iterable[Erasure] | None = None) -> int:
    """Erase again everything that was ever erased; None: what the installation's list names.
    Gives the number of changed rows."""
    return sum(
        KINDS[erasure.kind](erasure.key, datetime.fromisoformat(erasure.at))
        for erasure in (noted() if erasures is None else erasures)
    )


def erased_keys(kind: str) -> frozenset[str]:
    """Keys of this kind on the installation's list: what a phone offers again after a restore is
    looked for here before it is stored."""
    return frozenset(erasure.key for erasure in noted() if erasure.kind == kind)


def _append(target: Path, erasures: list[Erasure]) -> None:
    if not erasures:
        return
    is_new = not target.exists()
    with _locked(target) as file:
        file.seek(0)
        content = file.read()
        # The rest of a line that a crash cut off.
        file.truncate(content.rfind(b"\n") + 1)
        file.seek(0, os.SEEK_END)
        file.write(b"".join(erasure.line() for erasure in erasures))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _locked(target: Path) -> Iterator:
    """The file, readable by the server alone, while nobody else writes to it."""
    target.touch(mode=0o600)
    with target.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
