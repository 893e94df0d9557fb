"""A revoked phone hands in what was left on it, a day's worth a day, and never fills the disk."""

from datetime import datetime, timedelta
from unittest import mock

import time_machine
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from outreach import revoked_phones
from outreach.models import LedgerEvent, PushBatch
from tests.builders import make_household
from tests.outreach.api.volunteer import FieldPhone
from tests.people import make_cast
from tests.together import together
from volunteers import devices
from volunteers.models import Device


def revoke(phone: FieldPhone, by) -> None:
    device = Device.objects.get(pk=phone.phone.id)
    devices.revoke(device, by, Device.Reason.LOST, timezone.now())


class ARevokedPhone(TestCase):
    def setUp(self):
        self.now = timezone.now().replace(microsecond=0)
        travel = time_machine.travel(self.now, tick=False)
        self.clock = travel.start()
        self.addCleanup(travel.stop)
        self.cast = make_cast()
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến")
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        limits = mock.patch.multiple(revoked_phones, MOST_EVENTS=10, MOST_BYTES=20_000)
        limits.start()
        self.addCleanup(limits.stop)

    def visits(self, count: int, note: str = "") -> list[dict]:
        return [self.lan.visit(self.home, note=note) for _ in range(count)]

    def wait(self, until: datetime) -> None:
        self.clock.move_to(until, tick=False)

    def test_hands_in_a_day_s_worth_and_is_asked_to_wait_with_the_rest(self):
        revoke(self.lan, self.cast.hoa)
        self.assertEqual(len(self.lan.pushed(*self.visits(6))), 6)
        answer = self.lan.push(*self.visits(5))
        self.assertEqual((answer.status_code, answer.json()["code"]), (429, "too_much"))
        self.assertIn("thu hồi", answer.json()["sentence"])
        self.assertEqual(LedgerEvent.objects.filter(device=self.lan.phone.id).count(), 6)
        self.assertEqual(PushBatch.objects.count(), 1)
        self.assertEqual(len(self.lan.pushed(*self.visits(4))), 4)

    def test_loses_nothing_when_it_tries_again_as_it_was_told(self):
        revoke(self.lan, self.cast.hoa)
        queue = self.visits(35)
        waited = 0
        while queue:
            answer = self.lan.push(*queue[:5])
            if answer.status_code == 429:
                waited += 1
                self.assertLess(waited, 5)
                seconds = int(answer["Retry-After"])
                self.wait(timezone.now() + timedelta(seconds=seconds))
                continue
            self.assertEqual({one["receipt"] for one in answer.json()["receipts"]}, {"stored"})
            queue = queue[5:]
        self.assertEqual(LedgerEvent.objects.filter(reason="device_revoked").count(), 35)
        self.assertLess(timezone.now() - self.now, timedelta(days=3, hours=1))

    def test_gets_its_receipts_again_when_its_day_is_full(self):
        revoke(self.lan, self.cast.hoa)
        visits = self.visits(10)
        self.lan.pushed(*visits)
        kinds = {one["receipt"] for one in self.lan.pushed(*visits)}
        self.assertEqual(kinds, {"already_stored"})
        self.assertEqual(self.lan.push(*self.visits(1)).status_code, 429)

    def test_has_handed_in_nothing_by_what_it_sent_before(self):
        self.lan.pushed(*self.visits(10))
        self.wait(self.now + timedelta(hours=1))
        revoke(self.lan, self.cast.hoa)
        self.assertEqual(len(self.lan.pushed(*self.visits(10))), 10)

    def test_may_send_so_many_bytes_and_no_more(self):
        revoke(self.lan, self.cast.hoa)
        sent = 0
        for _ in range(9):
            answer = self.lan.push(*self.visits(1, note="x" * 2000), rest="y" * 3000)
            if answer.status_code == 200:
                sent += 1
        kept = sum(len(batch.body) for batch in PushBatch.objects.all())
        self.assertEqual(PushBatch.objects.count(), sent)
        self.assertLessEqual(kept, 20_000)
        self.assertGreater(kept, 14_000)

    def test_leaves_nothing_behind_that_is_no_event(self):
        self.lan.pushed("no event")
        self.assertEqual(PushBatch.objects.count(), 1)
        revoke(self.lan, self.cast.hoa)
        self.assertEqual(self.lan.pushed("no event")[0]["receipt"], "unreadable")
        self.assertEqual(PushBatch.objects.count(), 1)

    def test_does_not_slow_down_the_others(self):
        revoke(self.lan, self.cast.hoa)
        self.lan.pushed(*self.visits(10))
        minh = FieldPhone.of(self.cast.minh, self.cast.minh)
        for _ in range(2):
            minh.pushed(*[minh.visit(self.home) for _ in range(10)])
        self.assertEqual(
            LedgerEvent.objects.filter(status="applied", actor=self.cast.minh).count(), 20
        )


class ManyPushesOfARevokedPhone(TransactionTestCase):
    serialized_rollback = True

    def test_at_once_are_not_let_in_together(self):
        cast = make_cast()
        home = make_household(cast.kp1, "Đặng Thị Bích Yến")
        lan = FieldPhone.of(cast.lan, cast.minh)
        revoke(lan, cast.hoa)
        pushes = [[lan.visit(home) for _ in range(4)] for _ in range(8)]
        with mock.patch.object(revoked_phones, "MOST_EVENTS", 10):
            jobs = [lambda events=events: lan.push(*events).status_code for events in pushes]
            statuses = together(*jobs)
        self.assertEqual(sorted(statuses), [200] * 2 + [429] * 6)
        self.assertEqual(LedgerEvent.objects.filter(device=lan.phone.id).count(), 8)
