"""Making files: short ones at once, long ones in a process of their own.

Whatever ends the process, there is no half file: a silent one is reported as failed and can be
tried again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.utils import timezone

from outreach import own_process
from outreach.exports import keeping
from outreach.exports.writers import WRITERS, Progress, unobserved
from outreach.models import Export
from volunteers.models import Area, User

State = Export.State
# With more rows it takes longer than anybody waits for a page; so may a province whose numbers have
# to be counted anew.
ROWS_AT_ONCE = 5_000
# More at a time would leave the pages too little.
RUNNING_AT_ONCE = 2


class GivenUp(Exception):
    """Nobody waits for this any more: it was deleted, or another process began it again."""


def ask(
    area: Area,
    kind: str,
    asked: dict[str, Any],
    *,
    title: str,
    file_name: str,
    of_persons: bool,
    with_names: bool,
    by: User,
    now: datetime,
) -> Export:
    """Have this file made; who asks twice while it is being made gets the same one."""
    tidy(now)
    same = Export.objects.unfinished().filter(area=area, kind=kind, asked=asked, asked_by=by)
    export = same.first()
    if export is None:
        export = Export.objects.create(
            area=area,
            kind=kind,
            asked=asked,
            title=title[:200],
            file_name=file_name,
            of_persons=of_persons,
            with_names=with_names,
            asked_by=by,
            asked_at=now,
            heard_at=now,
        )
        _begin(export)
    return export


def ask_again(export: Export, now: datetime) -> None:
    """Begin a failed one once more; twice at one moment begins it once."""
    failed = Export.objects.filter(pk=export.pk, state=State.FAILED, attempt=export.attempt)
    if failed.update(state=State.WAITING, attempt=export.attempt + 1, heard_at=now, done_rows=0):
        export.refresh_from_db()
        keeping.delete_files(export)
        _begin(export)


def _begin(export: Export) -> None:
    writer = WRITERS[Export.Kind(export.kind)]
    export.all_rows = writer.rows(export)
    export.save(update_fields=["all_rows"])
    if export.all_rows > ROWS_AT_ONCE or export.area.level == Area.Level.PROVINCE:
        own_process.start("make_export", str(export.pk))
    else:
        make(export)
        export.refresh_from_db()


def make(export: Export, progress: Progress = unobserved) -> bool:
    """Write the file now. False when somebody else does, or nobody waits for it any more."""
    own = Export.objects.filter(pk=export.pk, attempt=export.attempt)
    if not own.filter(state=State.WAITING).update(state=State.RUNNING, heard_at=timezone.now()):
        return False
    try:
        with keeping.unfinished(export) as file:
            WRITERS[Export.Kind(export.kind)].write(file, export, progress)
            return keeping.finish(export, file)
    except GivenUp:
        return False
    except BaseException:
        own.filter(state=State.RUNNING).update(state=State.FAILED, ended_at=timezone.now())
        raise


def make_observed(export: Export) -> bool:
    """`make` in a process of its own: it waits for its turn, gives signs of life, and says how far
    it has come."""
    with _heartbeat(export) as progress:
        while not _is_my_turn(export):
            progress(0)
            time.sleep(own_process.BREATH)
        return make(export, progress)


def _is_my_turn(export: Export) -> bool:
    alive = timezone.now() - timedelta(seconds=own_process.SILENCE)
    running = Export.objects.filter(state=State.RUNNING, heard_at__gte=alive)
    return running.count() < RUNNING_AT_ONCE


@contextmanager
def _heartbeat(export: Export) -> Iterator[Progress]:
    """Says every few seconds that the work goes on and how many rows are written. The progress
    raises GivenUp once nobody waits for it."""
    written, given_up = 0, False
    own = Export.objects.unfinished().filter(pk=export.pk, attempt=export.attempt)

    def progress(rows: int) -> None:
        nonlocal written
        written = min(rows, export.all_rows)
        if given_up:
            raise GivenUp

    def give_sign() -> None:
        nonlocal given_up
        # A database that is busy for once is asked again with the next beat.
        with suppress(OperationalError):
            if not own.update(heard_at=timezone.now(), done_rows=written):
                given_up = True

    with own_process.beating(give_sign):
        yield progress


def lost(export: Export) -> None:
    """The row says that the file is there, and it is not (a restored backup has none)."""
    done = Export.objects.filter(pk=export.pk, state=State.DONE)
    done.update(state=State.FAILED, heard_at=timezone.now())


def tidy(now: datetime) -> None:
    """Nobody is shown or given what should be gone by now."""
    give_up_silent(now)
    keeping.delete_expired(now)


def give_up_silent(now: datetime) -> int:
    """Call failed what no process works on any more. Gives the number."""
    silent = now - timedelta(seconds=own_process.SILENCE)
    left = Export.objects.unfinished().filter(heard_at__lt=silent)
    return left.update(state=State.FAILED, ended_at=now)
