"""Where finished files lie, out of every served folder and readable by the server alone, and how
long."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from outreach.models import Export

KEPT_FOR, KEPT_FOR_WITH_PERSONS = timedelta(days=7), timedelta(hours=24)


def _folder() -> Path:
    return settings.DATA_DIR / "exports"


def path_of(export: Export) -> Path:
    """Each attempt has its own, so that none can overwrite another's."""
    return _folder() / f"{export.pk}.{export.attempt}"


def kept_for(export: Export) -> timedelta:
    return KEPT_FOR_WITH_PERSONS if export.of_persons else KEPT_FOR


@contextmanager
def unfinished(export: Export) -> Iterator[BinaryIO]:
    """A file to write to. It becomes the export's by `finish`; if that does not happen it is
    gone."""
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    # For its owner only, by its making.
    with tempfile.NamedTemporaryFile(
        "w+b", prefix=f"{export.pk}.", suffix=".half", dir=_folder()
    ) as file:
        yield cast(BinaryIO, file)


def finish(export: Export, file: BinaryIO) -> bool:
    """Put the written file in its place, and say so in the row; False when the work was given up
    meanwhile, or begun again by another process."""
    file.flush()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    now = timezone.now()
    # Before the row says that it is there; a link, so that leaving `unfinished` is right anyhow.
    target = path_of(export)
    os.link(file.name, target)
    running = Export.objects.filter(
        pk=export.pk, attempt=export.attempt, state=Export.State.RUNNING
    )
    finished = running.update(
        state=Export.State.DONE,
        done_rows=F("all_rows"),
        heard_at=now,
        ended_at=now,
        expires_at=now + kept_for(export),
        size=target.stat().st_size,
        sha256=digest,
    )
    if not finished:
        target.unlink()
    return bool(finished)


def delete_files(export: Export) -> None:
    """All of it, also what stopped attempts have left."""
    for path in _folder().glob(f"{export.pk}.*"):
        path.unlink(missing_ok=True)


def delete(exports: Q) -> int:
    """Delete the files of these exports and forget what was asked for. Gives their number."""
    found = list(Export.objects.filter(exports).exclude(state=Export.State.EXPIRED))
    for export in found:
        delete_files(export)
        Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED, asked={})
    return len(found)


def delete_one(export: Export) -> None:
    """Nobody needs the file any more; who still makes it gives up."""
    delete(Q(pk=export.pk))


def delete_expired(now: datetime) -> int:
    """Delete what was kept long enough, what failed and nobody tried again, and what stopped
    processes left behind. Gives the number of exports."""
    old = now - KEPT_FOR_WITH_PERSONS
    deleted = delete(Q(expires_at__lte=now) | Q(state=Export.State.FAILED, heard_at__lte=old))
    folder = _folder()
    for path in folder.glob("*.half") if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= old.timestamp():
                path.unlink()
    return deleted
