"""A second installation, empty and apart from the one that the tests run in: what a backup is
restored into. And the hashes by which two installations are told apart."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection
from django.test import override_settings

# What a restore changes on purpose: everybody logs in again, phones offer again.
CHANGED_BY_RESTORE = {"django_session", "outreach_restoration", "outreach_serverstate"}
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def _raw(name: str):
    """A connection to the database `name` of the tests' engine, apart from Django's."""
    if connection.vendor == "sqlite":
        return sqlite3.connect(name)
    here = connection.settings_dict
    return psycopg.connect(host=here["HOST"], user=here["USER"], dbname=name, autocommit=True)


@dataclass
class Installation:
    """`database` is the path of a SQLite file or the name of a PostgreSQL database."""

    data_dir: Path
    database: str

    @property
    def url(self) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.database}"
        here = connection.settings_dict
        return f"postgres://{here['USER']}@{quote(here['HOST'], safe='')}/{self.database}"

    def manage(self, *arguments, **environment: str) -> subprocess.CompletedProcess:
        """Run manage.py of this installation, with the key of the tests'."""
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env=self._environment() | environment,
            capture_output=True,
            text=True,
        )

    def begin(self, *arguments: str) -> subprocess.Popen:
        """The same, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        known = {
            "NGO_SO_MODE": "demo",
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "cms.settings",
        }
        return {**os.environ, **known}

    def ask(self, query: str) -> list[tuple]:
        with closing(_raw(self.database)) as database:
            cursor = database.execute(query)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, this process works on the installation: models, test client, settings."""
        here = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.database
        try:
            with override_settings(DATA_DIR=self.data_dir, MEDIA_ROOT=self.data_dir / "media"):
                yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = here

    def hashes(self) -> dict[str, str]:
        """SHA-256 of the rows of each table, whatever their order in the file."""
        with closing(_raw(self.database)) as database:
            names = sorted(name for (name,) in database.execute(TABLES[connection.vendor]))
            tables = {}
            for name in set(names) - CHANGED_BY_RESTORE:
                rows = sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))
                tables[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return tables


def this_installation() -> Installation:
    """The one that the tests run in; only what is committed is seen."""
    return Installation(settings.DATA_DIR, str(connection.settings_dict["NAME"]))


@contextmanager
def second_installation() -> Iterator[Installation]:
    """An installation with an empty database, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ngo-so-second-"))
    name = f"second_{uuid4().hex}"
    try:
        if connection.vendor == "sqlite":
            yield Installation(folder, str(folder / "ngo-so.sqlite3"))
            return
        with closing(_raw("postgres")) as server:
            server.execute(f"CREATE DATABASE {name}")
            try:
                yield Installation(folder, name)
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
