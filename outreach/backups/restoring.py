"""Bringing a backup back: the database, media, what was erased since, and a new epoch."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection

from outreach import erasures
from outreach.backups import Impossible, folders, manifest
from outreach.backups.database import engine
from outreach.backups.manifest import Manifest
from outreach.epoch import begin_new_epoch


@dataclass(frozen=True)
class Finished:
    """What every restore ends with."""

    epoch: UUID
    erasures: int  # on the lists
    changed: int  # rows that held something until now


@dataclass(frozen=True)
class Restored:
    backup: Path
    manifest: Manifest
    finished: Finished
    # A newer complete backup beside it; phones may have forgotten what only that one holds.
    newer: Path | None = None
    # Where the old database and media are kept.
    aside: list[Path] = field(default_factory=list)


def restore(
    place: Path, now: datetime, *, replace: bool = False, erased: Path | None = None
) -> Restored:
    """Restore one backup, or the newest of a folder of backups. `erased` is a copy of the list of
    erasures, beside those in DATA_DIR and next to the backup. Raises Impossible."""
    backup = chosen(place)
    known = manifest.read(backup)
    check_fits(known)
    manifest.check_files(backup, known)
    listed = _gather(backup.parent / erasures.FILE_NAME, erased)
    _check_owner()
    engine().check_unused()
    _check_target(replace)
    newer = [other for other in folders.complete(backup.parent) if other.name > backup.name]
    database = backup / engine().FILE_NAME
    with (
        _explained(),
        _media(backup / folders.MEDIA, now) as old_media,
        engine().loaded(database, now) as aside,
    ):
        _check_rows(known)
        call_command("migrate", interactive=False, verbosity=0)
        finished = _finish(listed, known, now)
    return Restored(
        backup=backup,
        manifest=known,
        finished=finished,
        newer=newer[-1] if newer else None,
        aside=[*aside, *old_media],
    )


def recovered(now: datetime, erased: Path | None = None) -> Finished:
    """What remains to be done when the database was brought back by other means: recovery to a
    point in time, a copy of a disk. Raises Impossible."""
    return _finish(_gather(erased), None, now)


def chosen(place: Path) -> Path:
    """The backup itself, or the newest complete one in the folder."""
    if (place / manifest.NAME).is_file():
        return place.resolve()
    if not place.is_dir():
        raise Impossible(
            f"{place} is not a folder; expected a backup or a folder of backups.", usage=True
        )
    found = folders.complete(place)
    if not found:
        raise Impossible(
            f"{place} holds no complete backup; expected {folders.PREFIX}… with a {manifest.NAME}.",
            usage=True,
        )
    return found[-1].resolve()


def check_fits(known: Manifest) -> None:
    """Raises Impossible when this installation could not serve what the backup holds."""
    if known.key_fingerprint != manifest.key_fingerprint():
        raise Impossible(
            "The backup belongs to another SECRET_KEY than the present one. Keys are kept apart "
            "from backups: set SECRET_KEY to the one of the installation that was backed up, then "
            "try again. In demo mode it is the file secret-key of its DATA_DIR."
        )
    if known.engine != connection.vendor:
        raise Impossible(
            f"The backup is of {known.engine}, and DATABASE_URL leads to {connection.vendor}. "
            "Backups do not lead from one to the other: restore it into the same kind of database."
        )
    if unknown := manifest.unknown_migrations(known):
        raise Impossible(
            f"The backup was made by a newer version of the product ({known.name_of_product}); "
            f"unknown here: {', '.join(unknown[:5])}. Install that version first."
        )


def _check_owner() -> None:
    """Files of another user than the server's would be readable or writable by the wrong one."""
    owner = settings.DATA_DIR.stat().st_uid
    if os.geteuid() != owner:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise Impossible(
            f"{settings.DATA_DIR} belongs to {name}; run this command as {name}.", usage=True
        )


def _check_target(replace: bool) -> None:
    there = engine().what_is_there()
    if not there and next(folders.media_files(), None):
        there = f"{folders.media_root()} holds files"
    if there and not replace:
        raise Impossible(
            f"This installation is not empty: {there}. Nothing was changed. To put the backup in "
            "its place, add --replace: a SQLite file and media are then kept under another name, "
            "the tables of a PostgreSQL database are dropped in the transaction that restores."
        )


def _gather(*files: Path | None) -> list[erasures.Erasure]:
    """All lists together, which is then the installation's own. Raises Impossible."""
    named = files[-1]
    if named is not None and not named.is_file():
        raise Impossible(f"{named} is not a file; expected a list of erasures.", usage=True)
    try:
        listed = erasures.noted(erasures.path(), *(file for file in files if file))
        erasures.merge(erasures.path(), listed)
    except (erasures.UnreadableList, OSError) as error:
        raise Impossible(f"The list of erasures stops the restore. {error}") from error
    return listed


def _check_rows(known: Manifest) -> None:
    found = engine().held().rows
    differing = sorted(
        table for table in {*found, *known.rows} if found.get(table) != known.rows.get(table)
    )
    if differing:
        raise Impossible(f"What was loaded differs from the backup in: {', '.join(differing[:5])}.")


def _finish(listed: list[erasures.Erasure], known: Manifest | None, now: datetime) -> Finished:
    """Nothing is served before: what was erased stays erased, everybody logs in again, and phones
    offer again."""
    changed = erasures.replay(listed)
    Session.objects.all().delete()
    restored = (known.through, known.made_at) if known else (None, None)
    epoch = begin_new_epoch(now, *restored)
    return Finished(epoch=epoch, erasures=len(listed), changed=changed)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise Impossible(f"The database of the backup cannot be used: {error}") from error


@contextmanager
def _media(source: Path, now: datetime) -> Iterator[list[Path]]:
    """Copied beside the old ones at the start, put in their place at the end. Gives a list that is
    then filled with where the old ones are kept."""
    target = folders.media_root()
    side = target.with_name(f"{target.name}.restoring")
    old = target.with_name(f"{target.name}.before-{folders.stamp(now)}")
    aside: list[Path] = []
    folders.remove_tree(side)
    try:
        side.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folders.copy_tree(source, side)
        yield aside
    except BaseException:
        folders.remove_tree(side)
        raise
    try:
        if target.exists():
            aside.append(target.rename(old))
        side.rename(target)
    except OSError as error:
        raise Impossible(
            f"The database is restored, but media could not be put in their place "
            f"({error.strerror}). Move {target} out of the way by hand, and {side} to {target}."
        ) from error
