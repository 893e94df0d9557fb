"""What backup and restore ask of a database, whichever it is."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from outreach.models import LedgerEvent, ServerState


@dataclass(frozen=True)
class Content:
    """What a database holds, at one moment."""

    # Every event with a number up to this one is there or will never be.
    through: int
    epoch: UUID
    migrations: list[str]  # "app.name"
    rows: dict[str, int]  # by table


@dataclass(frozen=True)
class Copied:
    content: Content
    engine_version: str


class Engine(Protocol):
    """One module for each database. All raise Impossible."""

    FILE_NAME: str

    def size(self) -> int:
        """About how many bytes a copy takes at most."""

    def copy(self, target: Path) -> Copied:
        """Write a copy of one moment to the file, verify it, and say what it holds."""

    def what_is_there(self) -> str:
        """What a restore would replace; empty: nothing."""

    def check_unused(self) -> None:
        """Refuse while somebody else has the database open, as far as that can be seen."""

    def held(self) -> Content:
        """What the default connection leads to."""

    def loaded(self, copy: Path, now: datetime) -> AbstractContextManager[list[Path]]:
        """Inside, the default connection leads to what the copy holds; outside, to what was made
        of it. Gives a list that is filled at the end with where the old data are kept, if they
        are."""


def engine() -> Engine:
    from outreach.backups import postgresql, sqlite

    modules: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgresql}
    return modules[connection.vendor]


def content(cursor: Any, tables: list[str], settled: int | None = None) -> Content:
    """By the DB-API cursor. Events above `settled` may lack one with a lower number; None: no
    number below the highest is missing."""

    def rows(query: str) -> list[tuple]:
        cursor.execute(query)
        return cursor.fetchall()

    # Names of tables come from our models and from the database's own catalogue.
    event, state = LedgerEvent._meta.db_table, ServerState._meta.db_table
    limit = "" if settled is None else f" WHERE number <= {int(settled)}"
    return Content(
        through=rows(f"SELECT coalesce(max(number), 0) FROM {event}{limit}")[0][0],  # noqa: S608 - see above
        epoch=UUID(str(rows(f"SELECT epoch FROM {state}")[0][0])),  # noqa: S608 - see above
        migrations=sorted(
            f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations")
        ),
        rows={table: rows(f'SELECT count(*) FROM "{table}"')[0][0] for table in tables},  # noqa: S608 - see above
    )
