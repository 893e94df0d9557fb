"""Backup and restore of a SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection

from outreach.backups import Impossible
from outreach.backups.database import Content, Copied, content
from outreach.backups.folders import copy_file, stamp, to_disk

FILE_NAME = "database.sqlite3"
# Beside the file itself, and useless or harmful without it.
COMPANIONS = ("-wal", "-shm", "-journal")


def database() -> Path:
    return Path(connection.settings_dict["NAME"]).resolve()


def size() -> int:
    return sum(path.stat().st_size for path in _family(database()) if path.exists())


def copy(target: Path) -> Copied:
    """By SQLite's own backup: all pages of one moment, while others go on writing."""
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{database().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as made,
        ):
            source.backup(made)
            # One file that needs no companions.
            made.execute("PRAGMA journal_mode=DELETE")
        return Copied(_verified(target), sqlite3.sqlite_version)
    except sqlite3.Error as error:
        raise Impossible(
            f"SQLite could not copy {database()}: {error}. If it is damaged, restore a backup."
        ) from error


def _verified(file: Path) -> Content:
    with closing(sqlite3.connect(file)) as made:
        problems = [row[0] for row in made.execute("PRAGMA integrity_check(5)")]
        if problems != ["ok"]:
            raise Impossible(
                "The copy of the database is damaged, and so is probably the database itself "
                f"({'; '.join(problems)}). This is no backup; keep the older ones."
            )
        return content(made.cursor(), _tables(made.cursor()))


def _tables(cursor) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in cursor.fetchall() if not name.startswith("sqlite_")]


def what_is_there() -> str:
    if not database().exists() or database().stat().st_size == 0:
        return ""
    try:
        with closing(sqlite3.connect(database())) as present:
            tables = _tables(present.cursor())
    except sqlite3.Error:
        return f"{database()} is there, though SQLite cannot read it"
    return f"the database {database()} has {len(tables)} tables" if tables else ""


def check_unused() -> None:
    """Whoever has the file open holds a lock on it; a server that was asked nothing yet has not."""
    connection.close()
    if not database().exists():
        return
    try:
        with closing(sqlite3.connect(database(), timeout=0)) as present:
            present.execute("PRAGMA locking_mode=EXCLUSIVE")
            present.execute("BEGIN EXCLUSIVE")
            present.rollback()
    except sqlite3.OperationalError as error:
        raise Impossible(
            f"{database()} is open elsewhere ({error}). Stop the server and its workers first."
        ) from error
    except sqlite3.DatabaseError:
        # Not readable at all: this is what the restore is for.
        return


@contextmanager
def loaded(copy: Path, now: datetime) -> Iterator[list[Path]]:
    """On a file beside the old one, which takes its place at the end. Nothing of the old one is
    touched before; after, it is kept under another name."""
    target = database()
    side = target.with_name(f"{target.name}.restoring")
    _remove(side)
    aside: list[Path] = []
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection.close()
    connection.settings_dict["NAME"] = str(side)
    try:
        copy_file(copy, side)
        yield aside
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        to_disk(side)
        aside += _put_aside(target, now)
        side.rename(target)
        to_disk(target.parent)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(target)
        _remove(side)


def held() -> Content:
    """What the default connection leads to."""
    with connection.cursor() as cursor:
        return content(cursor, _tables(cursor))


def _put_aside(target: Path, now: datetime) -> list[Path]:
    """Companions too: an old journal beside a new file would be played into it."""
    kept = target.with_name(f"{target.name}.before-{stamp(now)}")
    moved = []
    for old, new in zip(_family(target), _family(kept), strict=True):
        if old.exists():
            moved.append(old.rename(new))
    return moved[:1]


def _family(file: Path) -> list[Path]:
    return [file, *(file.with_name(file.name + end) for end in COMPANIONS)]


def _remove(file: Path) -> None:
    for path in _family(file):
        path.unlink(missing_ok=True)
