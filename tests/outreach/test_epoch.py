"""The server's epoch and what a backup covers."""

from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from outreach import epoch
from outreach.models import ServerState


class TheServersState(TestCase):
    def setUp(self):
        self.epoch, _through = epoch.current()
        self.now = timezone.now()

    def through(self) -> int:
        return epoch.current()[1]

    def test_is_known_by_one_query(self):
        with self.assertNumQueries(1):
            epoch.current()

    def test_is_one_row(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            ServerState.objects.create(pk=2)

    def test_begins_an_epoch_where_there_is_none(self):
        ServerState.objects.all().delete()
        begun = epoch.current()
        self.assertNotEqual(begun[0], self.epoch)
        self.assertEqual(begun[1], 0)
        self.assertEqual(epoch.current(), begun)

    def test_covers_what_a_backup_holds(self):
        self.assertEqual(self.through(), 0)
        self.assertTrue(epoch.note_backup(7, self.now, epoch=self.epoch))
        self.assertEqual(epoch.current(), (self.epoch, 7))
        self.assertEqual(ServerState.objects.get().backed_up_at, self.now)

    def test_never_takes_back_what_a_backup_covers(self):
        epoch.note_backup(7, self.now, epoch=self.epoch)
        self.assertFalse(epoch.note_backup(6, self.now, epoch=self.epoch))
        self.assertEqual(self.through(), 7)

    def test_takes_no_backup_of_another_epoch(self):
        self.assertFalse(epoch.note_backup(7, self.now, epoch=uuid4()))
        self.assertEqual(self.through(), 0)

    def test_covers_what_was_restored_in_the_next_epoch(self):
        epoch.note_backup(9, self.now, epoch=self.epoch)
        begun = epoch.begin_new_epoch(self.now, 5, self.now)
        self.assertNotEqual(begun, self.epoch)
        self.assertEqual(epoch.current(), (begun, 5))

    def test_knows_what_time_a_restore_lost(self):
        self.assertEqual(epoch.lost_times(), ())
        yesterday = self.now - timedelta(days=1)
        epoch.begin_new_epoch(self.now, 5, yesterday)
        self.assertEqual(epoch.lost_times(), ((yesterday, self.now),))
        # Of another recovery only what the database has can tell, and it has nothing.
        epoch.begin_new_epoch(self.now)
        self.assertEqual(set(epoch.lost_times()), {(self.now, self.now), (yesterday, self.now)})

    def test_covers_the_same_after_another_recovery(self):
        epoch.note_backup(9, self.now, epoch=self.epoch)
        begun = epoch.begin_new_epoch(self.now)
        self.assertEqual(epoch.current(), (begun, 9))
