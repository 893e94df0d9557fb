"""A backup, and what comes back from it."""

import json
import shutil
import sqlite3
import tempfile
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils import timezone

from outreach import erasures
from outreach.backups import manifest
from outreach.backups.database import engine
from outreach.backups.making import make_backup
from outreach.epoch import current, note_backup
from outreach.models import LedgerEvent, ServerState, Visit
from outreach.verify import differences
from tests.builders import give_consent, make_household, make_visit
from tests.installations import Installation, second_installation, this_installation
from tests.people import make_cast

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
UPLOAD = "Nguyễn Thị Bí Mật,1950"


class BackupTestCase(TransactionTestCase):
    # The browser tests leave a database without what migrations filled in; each puts it back.
    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.place = self.folder / "backups"
        self.place.mkdir()
        data = self.folder / "data"
        (data / "media" / "images").mkdir(parents=True)
        (data / "uploads").mkdir()
        self.enterContext(override_settings(DATA_DIR=data, MEDIA_ROOT=data / "media"))
        self.cast = make_cast()
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến")
        give_consent(self.home.head, self.cast.lan)

    def visit(self, **fields) -> Visit:
        levels = {(self.home.head, "pay_qr"): 1}
        return make_visit(self.home, self.cast.lan, levels=levels, **fields)


class AnInstallation(BackupTestCase):
    """Backed up, visited again, partly erased, restored elsewhere; made once, then looked at."""

    made: SimpleNamespace | None = None

    def setUp(self):
        if AnInstallation.made is None:
            super().setUp()
            AnInstallation.made = self.make()

    def make(self) -> SimpleNamespace:
        Client().force_login(self.cast.lan)
        (settings.DATA_DIR / "uploads" / "list.xlsx").write_text(UPLOAD)
        (settings.MEDIA_ROOT / "images" / "số-nhà.jpg").write_bytes(b"\xff\xd8picture")
        erased = self.visit(note="Bác hay quên")
        self.visit()
        here = this_installation()
        world = here.hashes()
        epoch = current()[0]
        backup = make_backup(self.place, NOW)
        mark = ServerState.objects.get()
        key = str(erased.pk)
        erasures.erase("event_payload", key, NOW + timedelta(hours=1), "on_request")
        erased_world = here.hashes()
        self.visit()
        other = self.enterClassContext(second_installation())
        # Its disk is new; the list of erasures was copied apart.
        run = other.manage("restore", self.place, "--erasures", erasures.path())
        kept = AnInstallation.enterClassContext(tempfile.TemporaryDirectory())
        copy = shutil.copytree(backup.path, Path(kept) / backup.path.name)
        return SimpleNamespace(
            backup=copy, known=backup.manifest, counts=backup.counts, key=key, world=world,
            erased_world=erased_world, ward=self.cast.ward, epoch=epoch, mark=mark, other=other,
            run=run,
        )  # fmt: skip

    def test_comes_back(self):
        self.assertEqual((self.made.run.returncode, self.made.run.stderr), (0, ""))
        self.assertIn("Next: manage.py verify_ledger", self.made.run.stdout)

    def test_comes_back_as_it_was_but_for_what_was_erased_since(self):
        self.assertGreater(len(self.made.world), 60)
        self.assertNotEqual(self.made.erased_world, self.made.world)
        self.assertEqual(self.made.other.hashes(), self.made.erased_world)

    def test_comes_back_with_tables_that_its_ledger_says(self):
        with self.made.other.entered():
            self.assertEqual(list(differences(self.made.ward)), [])

    def test_comes_back_without_what_was_erased_since(self):
        rows = self.made.other.ask(
            "SELECT number FROM outreach_ledgerevent WHERE erased_at IS NOT NULL"
        )
        self.assertEqual(len(rows), 1)
        self.assertIn("Erased again: 1 on the list, 1 of them were back.", self.made.run.stdout)
        list_there = erasures.noted(self.made.other.data_dir / erasures.FILE_NAME)
        self.assertEqual([erasure.key for erasure in list_there], [self.made.key])

    def test_begins_an_epoch_in_which_the_backup_covers_what_it_holds(self):
        query = "SELECT epoch, backed_up_through FROM outreach_serverstate"
        [(epoch, through)] = self.made.other.ask(query)
        self.assertNotEqual(str(epoch).replace("-", ""), self.made.epoch.hex)
        [(newest,)] = self.made.other.ask("SELECT max(number) FROM outreach_ledgerevent")
        self.assertEqual((through, self.made.known.through), (newest, newest))

    def test_lets_everybody_log_in_again(self):
        self.assertEqual(self.made.known.rows["django_session"], 1)
        self.assertEqual(self.made.other.ask("SELECT * FROM django_session"), [])

    def test_comes_back_with_its_media(self):
        picture = self.made.other.data_dir / "media" / "images" / "số-nhà.jpg"
        self.assertEqual(picture.read_bytes(), b"\xff\xd8picture")
        self.assertEqual(picture.stat().st_mode & 0o777, 0o600)

    def test_covers_its_events_for_phones(self):
        self.assertTrue(self.made.counts)
        self.assertEqual(self.made.mark.epoch, self.made.epoch)
        self.assertEqual(self.made.mark.backed_up_through, self.made.known.through)
        self.assertEqual(self.made.mark.backed_up_at, NOW)

    def test_is_backed_up_for_the_operator_alone(self):
        for path in (self.made.backup, *self.made.backup.rglob("*")):
            with self.subTest(path.name):
                self.assertEqual(path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600)

    def test_is_backed_up_without_uploads_and_keys(self):
        files = [path for path in self.made.backup.rglob("*") if path.is_file()]
        self.assertEqual(
            {path.name for path in files}, {engine().FILE_NAME, manifest.NAME, "số-nhà.jpg"}
        )
        for path in files:
            content = path.read_bytes()
            self.assertNotIn(settings.SECRET_KEY.encode(), content)
            self.assertNotIn(UPLOAD.encode(), content)

    def test_is_described_by_its_manifest(self):
        said = json.loads((self.made.backup / manifest.NAME).read_text())
        self.assertEqual(said["engine"], connection.vendor)
        self.assertEqual(said["epoch"], str(self.made.epoch))
        self.assertEqual(said["rows"]["outreach_visit"], 2)
        self.assertIn("outreach.0005_server_state", said["migrations"])
        self.assertEqual(
            sorted(said["files"]), sorted([engine().FILE_NAME, "media/images/số-nhà.jpg"])
        )

    def test_stays_as_it_is_when_another_backup_cannot_be_loaded(self):
        before = self.made.other.hashes()
        place = Path(self.enterContext(tempfile.TemporaryDirectory()))
        broken = shutil.copytree(self.made.backup, place / self.made.backup.name)
        database = broken / engine().FILE_NAME
        content = database.read_bytes()
        database.write_bytes(content[: len(content) * 6 // 10])
        # As if it had been broken before the manifest was written.
        parts = {**self.made.known.files, database.name: manifest.part_of(database)}
        manifest.write(broken, self.made.known.model_copy(update={"files": parts}))
        run = self.made.other.manage("restore", broken, "--replace")
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertNotIn("Traceback", run.stderr)
        self.assertEqual(self.made.other.hashes(), before)

    def test_gives_way_to_a_backup_only_when_told(self):
        with second_installation() as target:
            self.assertEqual(target.manage("restore", self.made.backup).returncode, 0)
            (target.data_dir / "media" / "images" / "new.jpg").write_bytes(b"new")
            before = target.ask("SELECT epoch FROM outreach_serverstate")
            refused = target.manage("restore", self.made.backup)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("is not empty", refused.stderr)
            self.assertEqual(target.ask("SELECT epoch FROM outreach_serverstate"), before)
            run = target.manage("restore", self.made.backup, "--replace")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertNotEqual(target.ask("SELECT epoch FROM outreach_serverstate"), before)
            old = list(target.data_dir.glob("media.before-*/images/new.jpg"))
            self.assertEqual([path.read_bytes() for path in old], [b"new"])
            databases = list(target.data_dir.glob("ngo-so.sqlite3.before-*"))
            self.assertEqual(len(databases), int(connection.vendor == "sqlite"))
            self.assertEqual(run.stdout.count("The old data are kept in"), 1 + len(databases))
            self.assertFalse((target.data_dir / "media" / "images" / "new.jpg").exists())

    def test_comes_back_over_what_a_disaster_left(self):
        with second_installation() as target:
            self.assertEqual(target.manage("restore", self.made.backup).returncode, 0)
            lose_half(target)
            run = target.manage("restore", self.made.backup, "--replace")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(target.hashes(), self.made.world)


def lose_half(installation: Installation) -> None:
    """On SQLite the file is gone and its journal, with changes in it, is left; on PostgreSQL a
    table is gone."""
    if connection.vendor == "postgresql":
        installation.ask("DROP TABLE outreach_visit CASCADE")
        return
    file = Path(installation.database)
    journal, kept = file.with_name(f"{file.name}-wal"), file.with_name("kept")
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE outreach_visit SET note = 'changed'")
        database.commit()
        shutil.copy(journal, kept)
    file.unlink()
    kept.rename(journal)


class AVisitBeingSaved(BackupTestCase):
    """While the backup is made."""

    def test_is_in_the_backup_whole_or_not_at_all(self):
        done = threading.Event()
        saved: list[int] = []

        def save_visits():
            try:
                while not done.is_set():
                    event = LedgerEvent.objects.get(uuid=self.visit().pk)
                    saved.append(event.number)
            finally:
                connections.close_all()

        self.visit()
        writer = threading.Thread(target=save_visits)
        writer.start()
        try:
            while not saved:
                self.assertTrue(writer.is_alive())
            made = make_backup(self.place, timezone.now())
            after = len(saved)
        finally:
            done.set()
            writer.join()
        self.assertGreater(after, 1)
        with second_installation() as other:
            run = other.manage("restore", self.place)
            self.assertEqual(run.returncode, 0, run.stderr)
            with other.entered():
                self.assertEqual(list(differences(self.cast.ward)), [])
                numbers = set(LedgerEvent.objects.values_list("number", flat=True))
        self.assertEqual(len(numbers), made.manifest.rows["outreach_ledgerevent"])
        self.assertGreaterEqual(made.manifest.through, saved[0])
        covered = {number for number in saved if number <= made.manifest.through}
        self.assertEqual(covered - numbers, set())


class AnEventWrittenBeforeItCanBeSeen(BackupTestCase):
    """PostgreSQL numbers an event when it is written, and others see it when its transaction
    ends; those that began later may have ended before. SQLite lets them wait."""

    def setUp(self):
        super().setUp()
        self.ending = threading.Event()
        written = threading.Event()
        self.writer = threading.Thread(target=self.write, args=[written])
        self.writer.start()
        self.addCleanup(self.writer.join)
        self.addCleanup(self.ending.set)
        self.assertTrue(written.wait(20))
        if connection.vendor == "postgresql":
            self.visit()

    def write(self, written: threading.Event):
        before = LedgerEvent.objects.order_by("number").last()
        try:
            with transaction.atomic():
                self.slow = LedgerEvent.objects.create(
                    uuid=before.uuid, ward_id=before.ward_id, type="visit.recorded", schema=1,
                    client_time=NOW, payload={}, content_hash="slow", received_at=NOW,
                )  # fmt: skip
                written.set()
                self.ending.wait(20)
        finally:
            connections.close_all()

    def note_at_the_end(self, *arguments, **named) -> bool:
        """SQLite can only note the backup when nobody else writes."""
        self.ending.set()
        self.writer.join()
        return note_backup(*arguments, **named)

    def test_is_not_covered_by_a_backup_without_it(self):
        with (
            mock.patch("outreach.backups.making.note_backup", self.note_at_the_end),
            mock.patch("outreach.backups.postgresql.PATIENCE_SECONDS", 0.2),
        ):
            made = make_backup(self.place, NOW)
        self.assertLess(made.manifest.through, self.slow.number)
        self.assertLess(current()[1], self.slow.number)

    def test_is_waited_for_when_others_are_seen_already(self):
        timer = threading.Timer(0.5, self.ending.set)
        timer.start()
        made = make_backup(self.place, NOW)
        timer.join()
        self.writer.join()
        covered = LedgerEvent.objects.filter(number__lte=made.manifest.through)
        self.assertEqual(made.manifest.rows["outreach_ledgerevent"], covered.count())
        self.assertEqual(current()[1], made.manifest.through)

    def test_leaves_phones_what_they_have_when_the_mark_cannot_be_noted(self):
        with mock.patch("outreach.backups.making.note_backup", side_effect=OperationalError):
            timer = threading.Timer(0.2, self.ending.set)
            timer.start()
            self.addCleanup(timer.join)
            made = make_backup(self.place, NOW)
        self.assertFalse(made.counts)
        self.assertTrue(made.path.is_dir())
