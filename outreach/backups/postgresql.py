"""Backup and restore of a PostgreSQL database, by its own programs."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from outreach.backups import Impossible
from outreach.backups.database import Content, Copied, content
from outreach.models import LedgerEvent, ServerState

FILE_NAME = "database.dump"
DEBIAN = Path("/usr/lib/postgresql")
# How long a backup waits for those who are writing to the ledger when it begins.
PATIENCE_SECONDS = 60
LOCKING_SECONDS = 10

WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false))
    ORDER BY tablename COLLATE "C"
"""
QUALIFIED = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
"""


def program(name: str) -> str:
    """Of the newest version that is installed, unless another one is on the PATH."""
    if found := shutil.which(name):
        return found
    versions = sorted(
        DEBIAN.glob(f"*/bin/{name}"), key=lambda path: [int(n) for n in path.parts[-3].split(".")]
    )
    if not versions:
        raise Impossible(
            f"The program {name} is not installed. On Debian or Ubuntu: apt-get install "
            "postgresql-client (of the server's version or newer)."
        )
    return str(versions[-1])


def surroundings() -> dict[str, str]:
    """How PostgreSQL's programs reach the database: by their environment, since everybody on the
    machine can read the arguments of a program."""
    settings = connection.settings_dict
    _arguments, by_django = DatabaseClient.settings_to_cmd_args_env(settings, [])
    environment = {**os.environ, **(by_django or {}), "PGAPPNAME": "ngo-so backup"}
    named = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "NAME": "PGDATABASE"}
    for setting, variable in named.items():
        if settings.get(setting):
            environment[variable] = str(settings[setting])
    return environment


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def copy(target: Path) -> Copied:
    """By pg_dump, of the same snapshot in which the rows are counted."""
    target.touch(mode=0o600)
    # A connection of its own, so that the caller's is in no transaction.
    with closing(connection.copy()) as reader:
        settled = _settled(reader)
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            snapshot, version = cursor.fetchone()
            held = content(cursor, _tables(cursor), settled)
            _run(
                *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
                *(f"--snapshot={snapshot}", f"--file={target}"),
            )
        reader.rollback()
    _verify(target, held)
    return Copied(held, version)


def _settled(reader) -> int:
    """The highest number below which no event can appear any more.

    Numbers are given when an event is written and seen when its transaction ends, so a lower one
    may come later. Every number up to the highest seen now was given to a transaction that writes
    to the ledger; once those that write now have ended, the matter is settled. Nobody is kept
    from writing, and who takes too long is not waited for: then the mark stays where the last
    backup put it.
    """
    event, state = LedgerEvent._meta.db_table, ServerState._meta.db_table
    with reader.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(number), 0) FROM {event}")  # noqa: S608 - our name
        highest = cursor.fetchone()[0]
        cursor.execute(WRITERS, [event])
        waited_for = set(cursor.fetchall())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while waited_for:
            if time.monotonic() > deadline:
                cursor.execute(f"SELECT backed_up_through FROM {state}")  # noqa: S608 - our name
                return cursor.fetchone()[0]
            time.sleep(0.05)
            cursor.execute(WRITERS, [event])
            waited_for &= set(cursor.fetchall())
    return highest


def _tables(cursor) -> list[str]:
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def _verify(target: Path, held: Content) -> None:
    """The table of contents names every table, and every block of data can be read."""
    listed = _run("pg_restore", "--list", str(target))
    names = {line.split()[-2] for line in listed.splitlines() if " TABLE DATA " in line}
    if missing := set(held.rows) - names:
        raise Impossible(f"The dump lacks tables: {', '.join(sorted(missing))}. It is no backup.")
    _run("pg_restore", f"--file={os.devnull}", str(target))


def _run(name: str, *arguments: str) -> str:
    """What the program prints. Raises Impossible with what it says when it fails."""
    command = [program(name), *arguments]
    run = subprocess.run(command, env=surroundings(), capture_output=True, text=True)  # noqa: S603 - a list, no shell
    if run.returncode:
        raise Impossible(f"{name} failed: {run.stderr.strip()}")
    return run.stdout


def what_is_there() -> str:
    with connection.cursor() as cursor:
        tables = _tables(cursor)
    name = connection.settings_dict["NAME"]
    return f"the database {name} has {len(tables)} tables" if tables else ""


def check_unused() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        others = cursor.fetchone()[0]
    if others:
        raise Impossible(
            f"{others} other connections use the database. Stop the server, its workers and every "
            "psql first."
        )


@contextmanager
def loaded(copy: Path, now: datetime) -> Iterator[list[Path]]:
    """In one transaction of the database: either the old tables are there or the restored ones.
    What is done inside follows it."""
    with connection.cursor() as cursor:
        cursor.execute(QUALIFIED)
        old = [name for (name,) in cursor.fetchall()]
    connection.close()
    _load(copy, old)
    try:
        yield []
    except BaseException as error:
        raise Impossible(
            f"The database was restored, but not finished: {error}\n"
            "Do not start the server: erased data may be in it, and phones do not know of the "
            "restore yet. Put right what is said above, then run the same command with --replace."
        ) from error
    finally:
        connection.close()


def held() -> Content:
    """What the default connection leads to."""
    with connection.cursor() as cursor:
        return content(cursor, _tables(cursor))


def _load(copy: Path, old: list[str]) -> None:
    """Only a script that came to its end is committed; otherwise psql's going away undoes it."""
    before = f"BEGIN;\nSET lock_timeout = '{LOCKING_SECONDS}s';\n"
    if old:
        before += f"DROP TABLE {', '.join(old)} CASCADE;\n"
    psql = [
        program("psql"),
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    dump = [
        *(program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(copy)),
    ]
    environment = surroundings()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(dump, env=environment, stdout=subprocess.PIPE, stderr=said) as reading,  # noqa: S603 - a list, no shell
        subprocess.Popen(psql, env=environment, stdin=subprocess.PIPE, stderr=said) as writing,  # noqa: S603 - a list, no shell
    ):
        arrived = _pump(before.encode(), reading.stdout, writing.stdin)
        complete = reading.wait() == 0 and arrived
        if complete:
            arrived = _pump(b"COMMIT;\n", None, writing.stdin)
        _close(writing.stdin)
        if writing.wait() or not complete or not arrived:
            said.seek(0)
            reason = said.read().decode(errors="replace").strip() or "it ended early"
            raise Impossible(
                f"PostgreSQL could not load the backup, and nothing was changed: {reason}"
            )


def _pump(first: bytes, source: IO[bytes] | None, target: IO[bytes] | None) -> bool:
    """False: psql has stopped reading."""
    assert target is not None  # noqa: S101 - opened as a pipe above
    try:
        target.write(first)
        if source is not None:
            shutil.copyfileobj(source, target)
        target.flush()
    except BrokenPipeError:
        if source is not None:
            source.close()
        return False
    return True


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        # psql went first; its exit code tells why.
        return
