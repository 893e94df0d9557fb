"""Django's test runner, starting on SQLite from a copy of a migrated database."""

import hashlib
import json
import os
import shutil
import unittest
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.runner import DiscoverRunner

APPS = ("cms", "outreach", "volunteers", "courses")
# Files that never reach a fresh database, so the template outlives their changes.
WITHOUT_ROWS = {".pyc", ".po", ".mo", ".md"}


def fingerprint() -> str:
    """Changes with whatever fills a fresh database: migrations, data files, package versions."""
    files = [settings.BASE_DIR / "requirements.txt"]
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*"):
            is_migration = path.suffix == ".py" and path.parent.name == "migrations"
            is_data = path.is_file() and path.suffix not in WITHOUT_ROWS | {".py"}
            if is_migration or is_data:
                files.append(path)
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def migrated_template() -> Path:
    """A SQLite file with every migration applied; made once, kept until a migration changes."""
    template = settings.DATA_DIR / f"template-{fingerprint()}.sqlite3"
    if not template.exists():
        for outdated in settings.DATA_DIR.glob("template-*.sqlite3"):
            outdated.unlink()
        unfinished = settings.RUN_DIR / "template.sqlite3"
        name, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], unfinished
        try:
            # What apps do after migrating is done at each run: its code may change any day.
            with mock.patch("django.core.management.commands.migrate.emit_post_migrate_signal"):
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
        unfinished.replace(template)
    return template


def count(result: unittest.TestResult) -> dict[str, int]:
    """How many tests passed, failed and were skipped; a test with two failing subtests is one."""
    entries = [test for test, _ in result.failures + result.errors]
    failed = {getattr(test, "test_case", test).id() for test in entries}
    # A failing setUpClass is no test of its own: it failed, but did not run.
    outside = {test.id() for test in entries if not isinstance(test, unittest.TestCase)}
    unexpected = len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = result.testsRun - len(failed - outside) - unexpected - skipped
    return {"passed": passed, "failed": len(failed) + unexpected, "skipped": skipped}


class Runner(DiscoverRunner):
    """Writes its counts as JSON to the file that TEST_COUNTS names, if any."""

    def setup_databases(self, aliases=None, **kwargs):
        if connection.vendor != "sqlite" or not aliases:
            return super().setup_databases(aliases=aliases, **kwargs)
        settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
        shutil.copy(migrated_template(), settings.DATABASES["default"]["TEST"]["NAME"])
        self.keepdb = True
        clones = self.parallel if self.parallel > 1 else 0
        self.parallel = 1
        old_config = super().setup_databases(aliases=aliases, **kwargs)
        self.parallel = clones or 1
        # Closing writes SQLite's journal back into the file; an open one would be copied half.
        connection.close()
        for number in range(1, clones + 1):
            connection.creation.clone_test_db(suffix=str(number), verbosity=self.verbosity)
        return old_config

    def teardown_databases(self, old_config, **kwargs):
        if connection.vendor != "sqlite":
            super().teardown_databases(old_config, **kwargs)

    def run_suite(self, suite, **kwargs):
        result = super().run_suite(suite, **kwargs)
        if path := os.environ.get("TEST_COUNTS"):
            Path(path).write_text(json.dumps(count(result)))
        return result

    def teardown_test_environment(self, **kwargs):
        super().teardown_test_environment(**kwargs)
        connection.close()
        shutil.rmtree(settings.RUN_DIR, ignore_errors=True)
