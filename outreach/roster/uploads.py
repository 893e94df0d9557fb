"""The uploaded files themselves: kept out of every served folder, and not for long.

A file is deleted when its import is confirmed or discarded, and after 24 hours in any case.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from outreach.models import RosterImport
from outreach.notes import mask_numbers
from outreach.roster.applying import Outcome, import_into
from outreach.roster.decisions import Decisions
from outreach.roster.grid import clean_text
from outreach.roster.reading import read_roster
from volunteers.models import Area, User

KEPT_FOR = timedelta(hours=24)
State = RosterImport.State


def _path(key: UUID) -> Path:
    return settings.DATA_DIR / "uploads" / str(key)


def kept_file_name(name: str) -> str:
    """The name of an uploaded file as it is recorded: plain text without numbers that identify a
    person."""
    return mask_numbers(clean_text(name))[:200]


def receive(
    content: bytes,
    *,
    file_name: str,
    ward: Area,
    purpose: str,
    legal_basis: str,
    by: User,
    now: datetime,
) -> RosterImport:
    """Keep a list for its preview. Raises outreach.roster.problems.Refusal, with nothing kept, when
    it cannot be read as a list."""
    delete_expired(now)
    read_roster(content, timezone.localdate(now))
    record = RosterImport(
        ward=ward,
        file_name=kept_file_name(file_name),
        sha256=sha256(content).hexdigest(),
        purpose=purpose,
        legal_basis=mask_numbers(legal_basis),
        uploaded_by=by,
        uploaded_at=now,
    )
    path = _path(record.pk)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    record.save()
    return record


def content_of(record: RosterImport, now: datetime) -> bytes | None:
    """The file's bytes while the import waits to be confirmed; afterwards, and when its time is
    over, None."""
    if record.state != State.PREVIEWED or record.uploaded_at <= now - KEPT_FOR:
        return None
    with suppress(FileNotFoundError):
        return _path(record.pk).read_bytes()
    return None


def confirm(
    record: RosterImport, *, as_previewed: str, decisions: Decisions, by: User, now: datetime
) -> Outcome | None:
    """Import the list as it was previewed and delete the file.

    None when there is nothing left to do: confirmed before (a double click), discarded, or over.
    Raises outreach.roster.applying.Stale.
    """
    content = content_of(record, now)
    if content is None:
        return None
    roster = read_roster(content, timezone.localdate(now))
    with transaction.atomic():
        waiting = RosterImport.objects.select_for_update().filter(state=State.PREVIEWED)
        locked = waiting.filter(pk=record.pk).first()
        if locked is None:
            return None
        outcome = import_into(
            locked,
            roster,
            now=now,
            actor=by,
            decisions=decisions,
            as_previewed=as_previewed,
        )
    if not outcome.refused:
        _path(record.pk).unlink(missing_ok=True)
    return outcome


def discard(record: RosterImport) -> None:
    """Give the import up and delete its file; one that was confirmed stays as it is."""
    RosterImport.objects.filter(pk=record.pk, state=State.PREVIEWED).update(state=State.DISCARDED)
    _path(record.pk).unlink(missing_ok=True)


def delete_expired(now: datetime) -> int:
    """Discard every import that waited too long, and delete all files older than that, also those
    that a stopped process left behind. Gives the number of deleted files."""
    limit = now - KEPT_FOR
    old = RosterImport.objects.filter(state=State.PREVIEWED, uploaded_at__lte=limit)
    keys = {str(key) for key in old.values_list("pk", flat=True)}
    old.update(state=State.DISCARDED)
    deleted = 0
    folder = settings.DATA_DIR / "uploads"
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.name in keys or path.stat().st_mtime <= limit.timestamp():
                path.unlink()
                deleted += 1
    return deleted
