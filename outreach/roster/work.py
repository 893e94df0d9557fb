"""The work on an uploaded list: short ones at once, long ones in a process of their own, so that
the officer sees how far it has come, may leave, and the memory is given back."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach import own_process
from outreach.models import RosterImport
from outreach.roster import files, undoing, uploads
from outreach.roster.applying import Outcome, Stale
from outreach.roster.files import Part
from outreach.roster.problems import Refusal
from outreach.roster.progress import Progress, Stage, sparing, unobserved

# From so many bytes, or homes, on the work takes longer than anybody waits for a page.
LONG_FILE, MANY_HOMES = 1_000_000, 3_000


class Job(StrEnum):
    LOOK = "look"
    CONFIRM = "confirm"
    UNDO = "undo"


@dataclass(frozen=True)
class Running:
    """`done` of `total` households; 0 of 0: not counted."""

    job: Job
    stage: Stage
    done: int
    total: int

    @property
    def percent(self) -> int | None:
        return 100 * self.done // self.total if self.total else None


@dataclass(frozen=True)
class Failed:
    """The process ended without having done its job; nothing was written."""

    job: Job
    code: str
    message: str


def is_long(record: RosterImport, job: Job) -> bool:
    if job == Job.UNDO:
        counts = record.summary.get("households", {})
        return sum(counts.get(name, 0) for name in ("new", "changed")) > MANY_HOMES
    return files.size(record.pk) > LONG_FILE


def begin(record: RosterImport, job: Job) -> Running:
    """Do the job of a long list in a process of its own. Begun twice it is done once: the second
    finds nothing to do, or waits for the first and then finds nothing."""
    waiting = Running(job, Stage.WAITING, 0, 0)
    _say(record, waiting)
    language = get_language() or settings.LANGUAGE_CODE
    own_process.start("work_on_list", str(record.pk), job, "--language", language)
    return waiting


def do(record: RosterImport, job: Job, progress: Progress = unobserved) -> Outcome | None:
    """Do the job now. Raises Refusal, Stale or undoing.CannotUndo, with nothing written."""
    now = timezone.now()
    match job:
        case Job.LOOK:
            uploads.look(record, now, progress)
        case Job.CONFIRM:
            return uploads.confirm(record, now, progress)
        case Job.UNDO:
            undoing.undo(record, by=record.undone_by, now=now)
    return None


def do_observed(record: RosterImport, job: Job) -> None:
    """Do the job, in a process of its own, and say how far it has come and how it ended, for
    whoever looks."""
    try:
        with _heartbeat(record, job) as progress:
            failure = _failure(record, job, sparing(progress))
    except Exception:
        _say(record, _interrupted(job))
        raise
    if failure:
        _say(record, failure)
    else:
        files.delete(record.pk, Part.PROGRESS)


def _failure(record: RosterImport, job: Job, progress: Progress) -> Failed | None:
    try:
        outcome = do(record, job, progress)
    except Refusal as refusal:
        return Failed(job, refusal.code, refusal.message)
    except Stale:
        return Failed(job, "stale", "")
    except undoing.CannotUndo as refusal:
        return Failed(job, "cannot_undo", refusal.message)
    if outcome is not None and outcome.refused:
        return Failed(job, "refused", "")
    return None


@contextmanager
def _heartbeat(record: RosterImport, job: Job) -> Iterator[Progress]:
    """Repeats the newest stage every few seconds, as a sign of life while the work is silent."""
    newest = Running(job, Stage.WAITING, 0, 0)

    def progress(stage: Stage, done: int, total: int) -> None:
        nonlocal newest
        newest = Running(job, stage, done, total)

    with own_process.beating(lambda: _say(record, newest)):
        yield progress


def _say(record: RosterImport, state: Running | Failed) -> None:
    said = {"at": time.time(), type(state).__name__: vars(state)}
    files.write(record.pk, Part.PROGRESS, json.dumps(said).encode())


def state_of(record: RosterImport) -> Running | Failed | None:
    """How the work on the list stands; None: nobody works on it."""
    said = {}
    with suppress(ValueError):
        said = json.loads(files.read(record.pk, Part.PROGRESS) or b"{}")
    if "Failed" in said:
        failed = said["Failed"]
        return Failed(Job(failed["job"]), failed["code"], failed["message"])
    if "Running" not in said:
        return None
    running = said["Running"]
    if time.time() - said["at"] > own_process.SILENCE:
        return _interrupted(Job(running["job"]))
    return Running(Job(running["job"]), Stage(running["stage"]), running["done"], running["total"])


def _interrupted(job: Job) -> Failed:
    message = _("The work was interrupted, and nothing was written. Please try again.")
    return Failed(job, "interrupted", message)


def acknowledge(record: RosterImport) -> None:
    """The officer has been told how the work ended."""
    files.delete(record.pk, Part.PROGRESS)
