"""What is kept of an uploaded list while it waits: out of every served folder, readable by the
server alone, and not for long.

All of it is deleted when the import is discarded and after 24 hours in any case; after the
confirmation only the rows that were left out stay, for the same 24 hours.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.conf import settings

from outreach.models import RosterImport

KEPT_FOR = timedelta(hours=24)


class Part(StrEnum):
    """What belongs to one upload, by the end of its file's name."""

    LIST = ""
    PREVIEW = ".preview.json"
    PROGRESS = ".progress.json"
    LEFT_OUT = ".left-out.xlsx"


def _folder() -> Path:
    return settings.DATA_DIR / "uploads"


def _path(key: UUID, part: Part) -> Path:
    return _folder() / f"{key}{part}"


def write(key: UUID, part: Part, content: bytes) -> None:
    """Whoever reads meanwhile sees the old content or the new, never half of it."""
    _folder().mkdir(mode=0o700, exist_ok=True)
    path = _path(key, part)
    half = path.with_name(f"{path.name}.{os.getpid()}.half")
    half.touch(mode=0o600)
    half.write_bytes(content)
    half.replace(path)


def read(key: UUID, part: Part) -> bytes | None:
    with suppress(FileNotFoundError):
        return _path(key, part).read_bytes()
    return None


def size(key: UUID) -> int:
    """Of the list, in bytes; 0 when it is gone."""
    with suppress(FileNotFoundError):
        return _path(key, Part.LIST).stat().st_size
    return 0


def delete(key: UUID, *parts: Part) -> None:
    """Delete these parts, or all."""
    for part in parts or Part:
        _path(key, part).unlink(missing_ok=True)


def delete_expired(now: datetime) -> int:
    """Discard every import that waited too long, and delete all files older than that, also those
    that a stopped process left behind. Gives the number of deleted files."""
    limit = now - KEPT_FOR
    waiting = RosterImport.objects.filter(state=RosterImport.State.PREVIEWED)
    old = waiting.filter(uploaded_at__lte=limit)
    keys = {str(key) for key in old.values_list("pk", flat=True)}
    old.update(state=RosterImport.State.DISCARDED)
    deleted = 0
    folder = _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.name[:36] in keys or path.stat().st_mtime <= limit.timestamp():
                path.unlink()
                deleted += 1
    return deleted
