"""Long lists are worked on in a process of their own; the officer sees how far it has come."""

import json
import time
from unittest import mock
from uuid import uuid4

from django.core.management import call_command
from django.urls import reverse

from outreach import own_process
from outreach.models import Household, RosterImport
from outreach.roster import files, work
from outreach.roster.files import Part
from outreach.roster.progress import Stage
from tests.builders import make_household
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import real_list, workbook


class ALongList(Desk):
    def setUp(self):
        super().setUp()
        self.started: list[tuple[str, ...]] = []
        for name, value in (("LONG_FILE", 0), ("MANY_HOMES", 0)):
            patch = mock.patch.object(work, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        patch = mock.patch.object(own_process, "start", side_effect=self.start)
        patch.start()
        self.addCleanup(patch.stop)

    def start(self, *command: str):
        self.started.append(command)

    def work(self) -> None:
        """Do what was started, as its process would."""
        while self.started:
            call_command(*self.started.pop(0))

    def test_is_read_imported_and_undone_step_by_step(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        waiting = self.look(record)
        self.assertEqual(waiting["Refresh"], "2")
        self.assertContains(waiting, "<progress")
        self.work()
        self.assertContains(self.look(record), 'name="difference"')
        page = self.confirm(record)
        self.assertContains(page, "<progress")
        self.assertFalse(Household.objects.exists())
        self.work()
        self.assertContains(self.look(record), ">180<")
        self.assertEqual(Household.objects.count(), 180)
        record.refresh_from_db()
        self.assertEqual(record.confirmed_by, self.cast.hoa)
        page = self.client.post(reverse("undo_roster_import", args=[record.pk]), follow=True)
        self.assertContains(page, "<progress")
        self.work()
        record.refresh_from_db()
        self.assertEqual((record.state, record.undone_by), ("undone", self.cast.hoa))
        self.assertFalse(Household.objects.exists())
        self.assertEqual(list(self.uploads.iterdir()), [])

    def test_confirmed_twice_is_imported_once(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        self.work()
        page = self.look(record)
        fields = {"difference": page.context["form"].seen.fingerprint}
        for _ in range(2):
            self.client.post(reverse("confirm_roster_import", args=[record.pk]), fields)
        self.work()
        self.assertEqual(Household.objects.count(), 180)

    def test_that_is_none_says_so(self):
        record = self.uploaded(workbook(("Tên thiết bị", "Số lượng"), ("Máy tính", 3)))
        self.work()
        for _ in range(2):
            page = self.look(record)
            self.work()
        self.assertContains(page, "Địa chỉ")
        self.assertNotContains(page, 'name="difference"')

    def test_says_that_the_wards_data_changed_meanwhile(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        self.work()
        self.confirm(record)
        make_household(self.cast.kp1, "Nguyễn Văn An", address="12/5 Võ Thị Sáu")
        self.work()
        self.assertContains(self.look(record), "<progress")
        self.assertEqual(Household.objects.count(), 1)
        self.work()
        self.assertContains(self.look(record), 'name="difference"')

    def test_with_problems_is_not_imported_unknowingly(self):
        header = ("STT", "Chủ hộ", "Địa chỉ")
        record = self.uploaded(
            workbook(header, (1, "Nguyễn Văn An", "1 Kỳ Đồng"), (2, "Lê Thị Bé"))
        )
        self.work()
        self.confirm(record)
        self.work()
        self.assertContains(self.look(record), 'name="skip_bad_rows"')
        self.assertFalse(Household.objects.exists())

    def test_of_which_nothing_is_heard_any_more_can_be_read_again(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        self.started.clear()
        said = json.loads(files.read(record.pk, Part.PROGRESS))
        said["at"] = time.time() - own_process.SILENCE - 1
        files.write(record.pk, Part.PROGRESS, json.dumps(said).encode())
        self.assertNotContains(self.look(record), "<progress")
        again = self.client.post(reverse("correct_roster_import", args=[record.pk]), follow=True)
        self.assertContains(again, "<progress")
        self.work()
        self.assertContains(self.look(record), 'name="difference"')

    def test_whose_work_fails_says_so_and_writes_nothing(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        with (
            mock.patch("outreach.roster.uploads.compare", side_effect=RuntimeError),
            self.assertRaises(RuntimeError),
        ):
            self.work()
        self.assertNotContains(self.look(record), "<progress")

    def test_shows_how_many_households_are_written(self):
        record = self.uploaded(real_list("roster-two-sheets"))
        work._say(record, work.Running(work.Job.CONFIRM, Stage.WRITING, 500, 2000))
        page = self.look(record)
        self.assertContains(page, 'max="2000"')
        self.assertContains(page, 'value="500"')

    def test_is_said_to_be_done_by_nobody_for_an_unknown_import(self):
        with self.assertRaisesMessage(Exception, "No import has the id"):
            call_command("work_on_list", str(uuid4()), "look")
        self.assertFalse(RosterImport.objects.exists())
