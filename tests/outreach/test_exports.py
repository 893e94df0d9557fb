"""Files of the desk: made at once or in a process of their own, fetched, kept, deleted."""

import os
import signal
import stat
import tempfile
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from unittest import mock

import time_machine
from django.core.management import call_command
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from courses.catalogue import load_catalogue
from outreach import own_process
from outreach.exports import keeping, making
from outreach.models import Export, ExportFetch
from tests.builders import make_household, make_visit
from tests.installations import this_installation
from tests.outreach.exporting import fetched
from tests.people import PASSWORD, make_cast

State = Export.State
ROWS = 400


def ask_for(cast, visits="EACH", now=None) -> Export:
    return making.ask(
        cast.ward,
        Export.Kind.WORKBOOK,
        {"first": "2026-11-01", "last": "2026-11-30", "visits": visits},
        title="Độ phủ",
        file_name="do-phu.xlsx",
        of_persons=visits != "BY_AREA",
        with_names=visits == "WITH_NAMES",
        by=cast.hoa,
        now=now or timezone.now(),
    )


def own_folder(case: SimpleTestCase) -> None:
    """Other tests, at the same time, travel to when everything has expired."""
    folder = tempfile.TemporaryDirectory()
    case.addCleanup(folder.cleanup)
    chosen = case.settings(DATA_DIR=Path(folder.name))
    chosen.enable()
    case.addCleanup(chosen.disable)


class ExportTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_catalogue()
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, "Đặng Thị Bích Yến")
        make_visit(cls.home, cls.cast.lan, "met", datetime(2026, 11, 3, 3, tzinfo=UTC))

    def setUp(self):
        own_folder(self)
        self.started: list[tuple[str, ...]] = []
        patch = mock.patch.object(own_process, "start", side_effect=self.note)
        patch.start()
        self.addCleanup(patch.stop)
        self.client.force_login(self.cast.hoa)

    def note(self, *command: str):
        self.started.append(command)

    def long(self):
        """From now on everything takes long."""
        patch = mock.patch.object(making, "ROWS_AT_ONCE", 0)
        patch.start()
        self.addCleanup(patch.stop)

    def work(self):
        while self.started:
            call_command(*self.started.pop(0))

    def ask(self, **data):
        days = {"tu": "2026-11-01", "den": "2026-11-30"}
        return self.client.post(reverse("coverage_workbook", args=["27139"]), days | data)

    def page(self, export: Export):
        return self.client.get(reverse("export", args=[export.pk]))


class AShortFile(ExportTestCase):
    def test_comes_at_once_and_is_listed_with_who_fetched_it(self):
        answer = fetched(self.client, self.ask())
        self.assertEqual(self.started, [])
        self.assertIn("Lượt đến", load_workbook(BytesIO(answer.getvalue())).sheetnames)
        self.assertIn("no-store", answer["Cache-Control"])
        fetch = ExportFetch.objects.get()
        self.assertEqual((fetch.by, fetch.export.asked_by), (self.cast.hoa, self.cast.hoa))
        listed = self.client.get(reverse("exports"))
        self.assertContains(listed, "Độ phủ của Phường Xuân Hòa", count=1)
        self.assertContains(listed, self.cast.hoa.full_name)

    def test_is_for_the_server_alone_where_it_lies(self):
        export = ask_for(self.cast)
        path = keeping.path_of(export)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode), 0o700)
        self.assertEqual(path.stat().st_size, export.size)
        self.assertEqual(list(path.parent.glob(f"{export.pk}.*")), [path])

    def test_that_cannot_be_written_is_a_failed_one_and_no_half_file(self):
        with (
            mock.patch("outreach.exports.writers.write_workbook", side_effect=OSError("full")),
            self.assertRaises(OSError),
        ):
            ask_for(self.cast)
        export = Export.objects.get()
        self.assertEqual(export.state, State.FAILED)
        self.assertContains(self.page(export), "Làm lại")
        self.client.post(reverse("ask_export_again", args=[export.pk]))
        export.refresh_from_db()
        self.assertEqual((export.state, export.attempt), (State.DONE, 2))


class AFileWithNames(ExportTestCase):
    def test_is_given_only_after_the_password(self):
        asked = self.ask(ten="1")
        export = Export.objects.get()
        page = reverse("export", args=[export.pk])
        self.assertRedirects(asked, page)
        address = reverse("fetch_export", args=[export.pk])
        self.assertContains(self.client.get(page), address)
        refused = self.client.get(address)
        self.assertRedirects(
            refused,
            f"{reverse('account_reauthenticate')}?next={page.replace('/', '%2F')}",
            fetch_redirect_response=False,
        )
        self.assertFalse(ExportFetch.objects.exists())
        wrong = self.client.post(refused["Location"], {"password": "sai"})
        self.assertEqual(wrong.status_code, 200)
        self.assertEqual(self.client.get(address).status_code, 302)
        right = self.client.post(refused["Location"], {"password": PASSWORD})
        self.assertRedirects(right, page)
        self.assertEqual(self.client.get(address).status_code, 200)
        self.assertEqual(ExportFetch.objects.count(), 1)

    def test_asks_again_later(self):
        answer = fetched(self.client, self.ask(ten="1"))
        self.assertEqual(answer.status_code, 200)
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            answer = self.client.get(reverse("fetch_export", args=[Export.objects.get().pk]))
        self.assertEqual(answer.status_code, 302)

    def test_is_kept_for_a_day_and_then_nothing_of_it_but_who_took_it(self):
        fetched(self.client, self.ask(ten="1"))
        export = Export.objects.get()
        path = keeping.path_of(export)
        call_command("delete_expired_uploads", stdout=StringIO())
        self.assertTrue(path.exists())
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            call_command("delete_expired_uploads", stdout=StringIO())
            self.client.force_login(self.cast.hoa)
            self.assertContains(self.page(export), "đã được xóa")
        export.refresh_from_db()
        self.assertFalse(path.exists())
        self.assertEqual((export.state, export.asked), (State.EXPIRED, {}))
        self.assertEqual(export.fetches.count(), 1)

    def test_is_given_no_longer_than_it_is_kept_although_nobody_swept(self):
        fetched(self.client, self.ask(ten="1"))
        export = Export.objects.get()
        with (
            time_machine.travel(timezone.now() + timedelta(hours=25)),
            mock.patch("outreach.views.exports.did_recently_reauthenticate", return_value=True),
        ):
            self.client.force_login(self.cast.hoa)
            answer = self.client.get(reverse("fetch_export", args=[export.pk]))
        self.assertEqual(answer.status_code, 302)
        self.assertFalse(keeping.path_of(export).exists())

    def test_is_not_for_those_who_see_numbers_only(self):
        self.ask(ten="1")
        export = Export.objects.get()
        for user in (self.cast.city_viewer, self.cast.admin, self.cast.minh):
            self.client.force_login(user)
            for name in ("export", "fetch_export"):
                answer = self.client.get(reverse(name, args=[export.pk]))
                self.assertEqual(answer.status_code, 404, (user, name))


class AFileOfNumbers(ExportTestCase):
    def test_is_read_by_the_city_and_deleted_by_the_ward_or_who_asked_for_it(self):
        export = ask_for(self.cast, "BY_AREA")
        self.client.force_login(self.cast.city_viewer)
        page = self.page(export)
        self.assertContains(page, "Tải về")
        self.assertNotContains(page, "Xóa tệp")
        delete = reverse("delete_export", args=[export.pk])
        self.assertEqual(self.client.post(delete).status_code, 404)
        self.client.force_login(self.cast.hoa)
        self.assertContains(self.page(export), "Xóa tệp")
        self.client.post(delete)
        self.assertFalse(keeping.path_of(export).exists())


class ALongFile(ExportTestCase):
    def test_is_made_while_the_officer_may_leave(self):
        self.long()
        asked = self.ask()
        export = Export.objects.get()
        self.assertRedirects(asked, reverse("export", args=[export.pk]))
        page = self.page(export)
        self.assertEqual(page["Refresh"], "2")
        self.assertContains(page, "0 trên 1 dòng")
        self.assertEqual(
            self.client.get(reverse("fetch_export", args=[export.pk]))["Location"],
            reverse("export", args=[export.pk]),
        )
        self.work()
        page = self.page(export)
        self.assertNotIn("Refresh", page)
        self.assertContains(page, reverse("fetch_export", args=[export.pk]))

    def test_asked_for_twice_is_made_once(self):
        self.long()
        self.ask()
        self.ask()
        self.assertEqual(len(self.started), 1)
        self.assertEqual(Export.objects.count(), 1)

    def test_waits_while_two_others_are_made(self):
        self.long()
        first, second = ask_for(self.cast), ask_for(self.cast, "WITH_NAMES")
        running = Export.objects.filter(pk__in=[first.pk, second.pk])
        running.update(state=State.RUNNING)
        third = ask_for(self.cast, "BY_AREA")
        self.assertFalse(making._is_my_turn(third))
        running.filter(pk=first.pk).update(state=State.DONE)
        self.assertTrue(making._is_my_turn(third))

    def test_whose_process_fell_silent_has_failed_and_can_be_tried_again(self):
        self.long()
        self.ask()
        export = Export.objects.get()
        Export.objects.update(state=State.RUNNING)
        with time_machine.travel(timezone.now() + timedelta(seconds=31)):
            page = self.page(export)
            self.assertContains(page, "Làm lại")
            self.client.post(reverse("ask_export_again", args=[export.pk]))
            self.client.post(reverse("ask_export_again", args=[export.pk]))
        self.assertEqual(len(self.started), 2)
        # The silent one was only slow; what it brings too late is not taken.
        export.refresh_from_db()
        slow = Export.objects.get()
        slow.attempt = 1
        with keeping.unfinished(slow) as file:
            file.write("cũ".encode())
            self.assertFalse(keeping.finish(slow, file))
        self.work()
        export.refresh_from_db()
        self.assertEqual(export.state, State.DONE)
        self.assertEqual(keeping.path_of(export).read_bytes()[:2], b"PK")
        self.assertFalse(keeping.path_of(slow).exists())

    def test_that_somebody_deletes_is_given_up(self):
        self.long()
        self.ask()
        export = Export.objects.get()
        self.client.post(reverse("delete_export", args=[export.pk]))
        self.work()
        export.refresh_from_db()
        self.assertEqual(export.state, State.EXPIRED)
        self.assertEqual(list(keeping.path_of(export).parent.glob(f"{export.pk}*")), [])

    def test_that_is_gone_from_the_disk_can_be_made_again(self):
        export = ask_for(self.cast)
        keeping.path_of(export).unlink()
        self.client.get(reverse("fetch_export", args=[export.pk]))
        self.assertContains(self.page(export), "Làm lại")


class AKilledProcess(TransactionTestCase):
    """A real one, in the middle of its work."""

    serialized_rollback = True

    def test_leaves_a_failed_file_that_can_be_tried_again(self):
        own_folder(self)
        load_catalogue()
        cast = make_cast()
        home = make_household(cast.kp1, "Đặng Thị Bích Yến")
        for _ in range(ROWS):
            make_visit(home, cast.lan, "met", datetime(2026, 11, 3, 3, tzinfo=UTC))
        with (
            mock.patch.object(making, "ROWS_AT_ONCE", 0),
            mock.patch.object(own_process, "start", side_effect=self.begin),
        ):
            export = ask_for(cast)
            while Export.objects.get().state == State.WAITING:
                self.assertIsNone(self.process.poll())
                time.sleep(0.005)
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.assertEqual(Export.objects.get().state, State.RUNNING)
            self.assertFalse(keeping.path_of(export).exists())
            later = timezone.now() + timedelta(seconds=31)
            making.give_up_silent(later)
            export.refresh_from_db()
            self.assertEqual(export.state, State.FAILED)
            making.ask_again(export, timezone.now())
            self.assertEqual(self.process.wait(), 0)
        export.refresh_from_db()
        self.assertEqual((export.state, export.done_rows), (State.DONE, ROWS))
        path = keeping.path_of(export)
        self.assertEqual(list(path.parent.glob(f"{export.pk}.*")), [path])
        rows = load_workbook(keeping.path_of(export).open("rb"))["Lượt đến"].max_row
        self.assertGreater(rows, ROWS)

    def begin(self, *command: str):
        self.process = this_installation().begin(*command)


class AListAsAFile(ExportTestCase):
    def ask_for_list(self, **data):
        address = reverse("coverage_list_file", args=["27139", "households_met"])
        return self.client.post(f"{address}?tu=2026-11-01&den=2026-11-30&phan=dat", data)

    def test_comes_as_a_workbook_or_csv_after_the_password(self):
        asked = self.ask_for_list()
        self.assertEqual(asked["Location"], reverse("export", args=[Export.objects.get().pk]))
        sheet = load_workbook(BytesIO(fetched(self.client, asked).getvalue())).active
        self.assertIn("Đặng Thị Bích Yến", str(list(sheet.values)))
        text = fetched(self.client, self.ask_for_list(dang="csv")).getvalue()
        self.assertTrue(text.startswith(b"\xef\xbb\xbfSTT,"))
        self.assertIn("Đặng Thị Bích Yến", text.decode())

    def test_is_narrowed_as_it_was_shown_and_forgets_the_words_when_it_expires(self):
        make_household(self.cast.kp1, "Lê Văn Cường", address="7 Kỳ Đồng")
        address = reverse("coverage_list_file", args=["27139", "households_met"])
        data = {"words": "cuong", "dang": "csv"}
        asked = self.client.post(f"{address}?den=2026-11-30&phan=tat-ca", data)
        text = fetched(self.client, asked).getvalue().decode()
        self.assertIn("Lê Văn Cường", text)
        self.assertNotIn("Bích Yến", text)
        export = Export.objects.get()
        self.assertEqual(export.asked["words"], "cuong")
        self.assertNotIn("cuong", export.title + export.file_name)
        keeping.delete_one(export)
        export.refresh_from_db()
        self.assertEqual(export.asked, {})
