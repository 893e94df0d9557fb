"""Backups that are not made, and restores that change nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from outreach import erasures
from outreach.backups import Impossible, folders, manifest
from outreach.backups.database import engine
from outreach.backups.making import make_backup
from outreach.backups.restoring import chosen, recovered, restore
from outreach.epoch import current
from tests.outreach.test_backup import NOW, BackupTestCase


class ABackup(BackupTestCase):
    """Asked for where it cannot be made."""

    def refused(self, place: Path, words: str, returncode: int) -> None:
        with self.assertRaisesRegex(CommandError, words) as raised:
            call_command("backup", str(place))
        self.assertEqual(raised.exception.returncode, returncode)
        self.assertEqual(current()[1], 0)
        self.assertEqual(list(self.place.glob("[!.]*")), [])
        self.assertEqual(list(self.place.glob(f"{folders.UNFINISHED}*")), [])

    def test_needs_a_folder(self):
        self.refused(self.place / "missing", "is not a folder", 2)

    def test_is_not_kept_with_the_data(self):
        for inside in (settings.DATA_DIR, settings.MEDIA_ROOT / "images"):
            with self.subTest(inside):
                self.refused(inside, "lies inside", 2)

    def test_needs_a_folder_that_can_be_written_to(self):
        with mock.patch("os.access", return_value=False):
            self.refused(self.place, "cannot be written to", 2)

    def test_needs_space(self):
        with mock.patch("shutil.disk_usage", return_value=mock.Mock(free=1 << 20)):
            self.refused(self.place, "has 1 MB free, and the backup may need [0-9]{2,3} MB", 1)

    def test_waits_for_no_other(self):
        with folders.alone(self.place):
            self.refused(self.place, "Another backup into .* is being made", 1)

    def test_holds_no_link_that_leads_out(self):
        (settings.MEDIA_ROOT / "elsewhere").symlink_to(self.folder, target_is_directory=True)
        self.refused(self.place, "link to a folder elsewhere", 1)

    def test_does_not_count_when_it_cannot_be_verified(self):
        where, what = {
            "sqlite": ("outreach.backups.sqlite._verified", "The copy is damaged"),
            "postgresql": ("outreach.backups.postgresql._verify", "The dump lacks tables"),
        }[connection.vendor]
        with mock.patch(where, side_effect=Impossible(what)):
            self.refused(self.place, what, 1)

    def test_does_not_count_when_the_disk_fails(self):
        with mock.patch("os.fsync", side_effect=OSError(5, "Input/output error")):
            self.refused(self.place, "Input/output error", 1)

    def test_clears_away_what_a_broken_one_left(self):
        left = self.place / f"{folders.UNFINISHED}20261119T090000Z"
        (left / "media").mkdir(parents=True)
        make_backup(self.place, NOW)
        self.assertFalse(left.exists())

    def test_carries_the_list_of_erasures_beside_it(self):
        key = "019a9f00-0000-7000-8000-000000000001"
        erasures.note("event_payload", key, NOW, "on_request")
        made = make_backup(self.place, NOW)
        beside = erasures.noted(self.place / erasures.FILE_NAME)
        self.assertEqual([erasure.key for erasure in beside], [key])
        self.assertEqual(list(made.path.rglob(erasures.FILE_NAME)), [])


class ARestore(BackupTestCase):
    """Of what does not fit; the tests' own installation is not empty, and must stay as it is."""

    def setUp(self):
        super().setUp()
        (settings.MEDIA_ROOT / "images" / "a.jpg").write_bytes(b"picture")
        self.backup = make_backup(self.place, NOW).path
        self.state = current()

    def refused(self, words: str, place: Path | None = None, **options) -> None:
        with self.assertRaisesRegex(Impossible, words):
            restore(place or self.place, NOW, **options)
        self.assertEqual(current(), self.state)

    def rewrite(self, **changes) -> None:
        known = manifest.read(self.backup)
        manifest.write(self.backup, known.model_copy(update=changes))

    def test_needs_a_backup(self):
        for place in (self.place / "missing", settings.MEDIA_ROOT):
            with self.subTest(place), self.assertRaises(CommandError) as raised:
                call_command("restore", str(place))
            self.assertEqual(raised.exception.returncode, 2)

    def test_needs_either_a_folder_or_a_database_that_is_back(self):
        for arguments in ([], [str(self.place), "--recovered"]):
            with self.subTest(arguments), self.assertRaises(CommandError) as raised:
                call_command("restore", *arguments)
            self.assertEqual(raised.exception.returncode, 2)

    def test_needs_the_key(self):
        with override_settings(SECRET_KEY="another-key-of-this-installation"):
            self.refused("belongs to another SECRET_KEY", replace=True)

    def test_needs_every_file_as_it_was(self):
        database, picture = self.backup / engine().FILE_NAME, self.backup / "media/images/a.jpg"

        def flip(path: Path) -> None:
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)

        harm: list[tuple[str, Callable[[], object]]] = [
            ("database.* is damaged", lambda: flip(database)),
            ("database.* is damaged", lambda: database.write_bytes(database.read_bytes()[:-1])),
            ("a.jpg is damaged", lambda: flip(picture)),
            ("a.jpg is missing", picture.unlink),
            ("b.jpg does not belong", lambda: picture.with_name("b.jpg").touch()),
        ]
        whole = shutil.copytree(self.backup, self.folder / "whole")
        for words, do in harm:
            with self.subTest(words):
                do()
                self.refused(words, replace=True)
            shutil.rmtree(self.backup)
            shutil.copytree(whole, self.backup)

    def test_needs_a_manifest_that_can_be_read(self):
        for content in (b"", b"{}", b"\xff", b'{"format": 2}'):
            with self.subTest(content):
                (self.backup / manifest.NAME).write_bytes(content)
                self.refused("is not the manifest of a backup", replace=True)

    def test_needs_the_version_that_made_it(self):
        known = manifest.read(self.backup).migrations
        self.rewrite(migrations=[*known, "outreach.9999_from_tomorrow"])
        self.refused("newer version .*outreach.9999_from_tomorrow", replace=True)

    def test_needs_the_same_kind_of_database(self):
        self.rewrite(engine="oracle")
        self.refused("The backup is of oracle", replace=True)

    def test_needs_an_empty_installation(self):
        self.refused("is not empty: the database")

    def test_needs_the_server_stopped(self):
        other = connection.copy()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM outreach_visit")
            self.refused("[Ss]top the server", replace=True)

    def test_needs_the_owner_of_the_data(self):
        with mock.patch("os.geteuid", return_value=54321):
            self.refused("run this command as", replace=True)

    def test_needs_lists_of_erasures_that_can_be_read(self):
        self.refused("expected a list of erasures", erased=self.folder / "missing")
        (self.place / erasures.FILE_NAME).write_bytes(b"?\n")
        self.refused("Line 1 of .*erasures.jsonl", replace=True)

    def test_takes_no_half_backup(self):
        half = self.place / "ngo-so-20271231T000000Z"
        half.mkdir()
        (half / engine().FILE_NAME).touch()
        (self.place / f"{folders.UNFINISHED}20271231T000000Z").mkdir()
        self.assertEqual(chosen(self.place), self.backup.resolve())


class ADatabaseBroughtBackByOtherMeans(BackupTestCase):
    def test_is_finished_like_a_restore(self):
        visit = self.visit()
        erasures.note("event_payload", str(visit.pk), NOW, "on_request")
        before = make_backup(self.place, NOW).manifest
        finished = recovered(NOW)
        self.assertEqual((finished.erasures, finished.changed), (1, 1))
        self.assertNotEqual(finished.epoch, before.epoch)
        self.assertEqual(current(), (finished.epoch, before.through))
