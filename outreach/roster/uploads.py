"""An uploaded list on its way into the ward: received, read again after corrections, confirmed,
discarded."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from outreach.models import HeadingMeaning, RosterImport
from outreach.notes import mask_numbers
from outreach.roster import files
from outreach.roster.applying import Outcome, import_into, judge
from outreach.roster.choices import Choices
from outreach.roster.decisions import Decisions
from outreach.roster.difference import compare
from outreach.roster.encodings import Encoding
from outreach.roster.files import KEPT_FOR, Part
from outreach.roster.grid import clean_text
from outreach.roster.left_out import Reasons, left_out_rows, reasons_of
from outreach.roster.meanings import Meaning
from outreach.roster.opening import examine
from outreach.roster.preview import Preview, as_bytes, from_bytes, preview
from outreach.roster.progress import Progress, Stage, unobserved
from outreach.roster.reading import RosterFile, read_roster
from volunteers.models import Area, User

State = RosterImport.State
# How the keys of columns without a heading begin.
UNNAMED = "#"


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
    """Keep a list, unread. Raises outreach.roster.problems.Refusal, with nothing kept, when it is
    no spreadsheet that may be opened."""
    files.delete_expired(now)
    examine(content)
    record = RosterImport(
        ward=ward,
        file_name=kept_file_name(file_name),
        sha256=sha256(content).hexdigest(),
        purpose=purpose,
        legal_basis=mask_numbers(legal_basis),
        uploaded_by=by,
        uploaded_at=now,
    )
    files.write(record.pk, Part.LIST, content)
    record.save()
    return record


def content_of(record: RosterImport, now: datetime) -> bytes | None:
    """The file's bytes while the import waits to be confirmed; afterwards, and when its time is
    over, None."""
    if record.state != State.PREVIEWED or record.uploaded_at <= now - KEPT_FOR:
        return None
    return files.read(record.pk, Part.LIST)


def choices_of(record: RosterImport) -> Choices:
    """How this file is to be read: what the ward has said of headings, and what was corrected in
    this file."""
    known = HeadingMeaning.objects.filter(ward=record.ward_id)
    meanings = dict(known.values_list("key", "meaning")) | record.choices.get("meanings", {})
    return Choices(
        meanings={key: Meaning(said) for key, said in meanings.items() if said in Meaning.values},
        headers={name: tuple(rows) for name, rows in record.choices.get("headers", {}).items()},
        encoding=Encoding(said) if (said := record.choices.get("encoding")) else None,
    )


def look(record: RosterImport, now: datetime, progress: Progress = unobserved) -> Preview | None:
    """Read the list and keep what it would change, and the rows that it cannot use. None when the
    file is gone. Raises Refusal when it cannot be read as a list."""
    content = content_of(record, now)
    if content is None:
        return None
    progress(Stage.READING, 0, 0)
    roster = _read(record, content, now)
    progress(Stage.COMPARING, 0, 0)
    difference = compare(record.ward, roster)
    outcome = judge(roster, difference, skip_bad_rows=False)
    seen = preview(roster, difference, outcome)
    _keep_left_out(record, content, roster, reasons_of(outcome.problems))
    files.write(record.pk, Part.PREVIEW, as_bytes(seen))
    return seen


def _read(record: RosterImport, content: bytes, now: datetime) -> RosterFile:
    return read_roster(content, timezone.localdate(now), choices_of(record))


def seen_before(record: RosterImport) -> Preview | None:
    """What was looked at, if nothing has changed how the file is read since."""
    content = files.read(record.pk, Part.PREVIEW)
    with suppress(ValidationError):
        return from_bytes(content) if content else None
    return None


@dataclass(frozen=True)
class Corrections:
    """What an officer corrects in how a list is read. `meanings`: key of a heading → the heading
    and what it means; the ward remembers them. `headers` and `encoding` hold for this file."""

    meanings: Mapping[str, tuple[str, Meaning]]
    headers: Mapping[str, tuple[int, int]]
    encoding: str | None = None


@transaction.atomic
def correct(record: RosterImport, corrections: Corrections, by: User, now: datetime) -> None:
    """Let the file be read otherwise the next time that it is looked at."""
    own = dict(record.choices.get("meanings", {}))
    for key, (heading, meaning) in corrections.meanings.items():
        if key.startswith(UNNAMED):
            # A column without a heading: what is said of it holds for this file only.
            own[key] = meaning
            continue
        HeadingMeaning.objects.update_or_create(
            ward=record.ward,
            key=key,
            defaults={
                "heading": heading,
                "meaning": meaning,
                "chosen_by": by,
                "chosen_at": now,
            },
        )
    headers = {name: list(rows) for name, rows in corrections.headers.items()}
    record.choices = {
        "meanings": own,
        "headers": record.choices.get("headers", {}) | headers,
        "encoding": corrections.encoding or record.choices.get("encoding"),
    }
    record.save(update_fields=["choices"])
    files.delete(record.pk, Part.PREVIEW)


def decide(record: RosterImport, decisions: Decisions, as_previewed: str, by: User) -> None:
    """Note what is to happen when the list is imported; nothing happens yet."""
    waiting = RosterImport.objects.filter(pk=record.pk, state=State.PREVIEWED)
    said = {**decisions.as_json(), "as_previewed": as_previewed}
    waiting.update(decisions=said, confirmed_by=by)


def confirm(record: RosterImport, now: datetime, progress: Progress = unobserved) -> Outcome | None:
    """Import the list as it was previewed and decided, and delete the file.

    None when there is nothing left to do: confirmed before (a double click), discarded, or over.
    Raises outreach.roster.applying.Stale.
    """
    content = content_of(record, now)
    if content is None or not record.decisions:
        return None
    progress(Stage.READING, 0, 0)
    roster = _read(record, content, now)
    with transaction.atomic():
        waiting = RosterImport.objects.select_for_update().filter(state=State.PREVIEWED)
        locked = waiting.filter(pk=record.pk).first()
        if locked is None:
            return None
        outcome = import_into(
            locked,
            roster,
            now=now,
            actor=locked.confirmed_by,
            decisions=Decisions.from_json(locked.decisions),
            as_previewed=locked.decisions["as_previewed"],
            progress=progress,
        )
    if not outcome.refused:
        _keep_left_out(record, content, roster, reasons_of(outcome.problems, outcome.put_off))
        files.delete(record.pk, Part.LIST, Part.PREVIEW)
    return outcome


def _keep_left_out(
    record: RosterImport, content: bytes, roster: RosterFile, reasons: Reasons
) -> None:
    """Keep the rows that cannot be used, for the officer to mend."""
    rows = left_out_rows(content, choices_of(record), roster, reasons) if reasons else None
    if rows:
        files.write(record.pk, Part.LEFT_OUT, rows)
    else:
        files.delete(record.pk, Part.LEFT_OUT)


def forget(record: RosterImport) -> None:
    """Delete an upload that turned out to be no list, as if it had never come."""
    files.delete(record.pk)
    record.delete()


def forget_preview(record: RosterImport) -> None:
    """Let the list be looked at anew."""
    files.delete(record.pk, Part.PREVIEW)


def discard(record: RosterImport) -> None:
    """Give the import up and delete its file; one that was confirmed stays as it is."""
    RosterImport.objects.filter(pk=record.pk, state=State.PREVIEWED).update(state=State.DISCARDED)
    files.delete(record.pk)
