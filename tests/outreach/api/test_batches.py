"""Pushes as a whole: what is unreadable, too long, broken or came twice, and what was erased."""

import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from outreach import erasures, sync
from outreach.models import LedgerEvent, PushBatch, Visit
from outreach.telling import HANDLERS
from tests.builders import make_household
from tests.outreach.api.phone import post
from tests.outreach.api.test_push import PushCase
from tests.outreach.api.volunteer import PUSH


class ABatch(PushCase):
    def test_keeps_the_good_beside_the_unreadable(self):
        good = self.lan.visit(self.home)
        bad = [
            "text",
            None,
            7,
            {},
            {"id": "x", "seq": 1},
            {**good, "seq": -1},
            {**good, "seq": True},
        ]
        receipts = self.lan.pushed(*bad, good)
        self.assertEqual([one["receipt"] for one in receipts], ["unreadable"] * 7 + ["stored"])
        self.assertEqual([one["position"] for one in receipts], list(range(8)))
        self.assertEqual(Visit.objects.count(), 1)

    def test_whose_envelope_is_wrong_is_refused_and_nothing_stored(self):
        event = self.lan.visit(self.home)
        for body in (b"", b"{", b"[]", {"events": 7}, {"events": [event] * 201}, {}):
            answer = post(PUSH, body, self.lan.phone.push)
            self.assertEqual(answer.status_code, 400, body)
        self.assertFalse(PushBatch.objects.exists())

    def test_that_is_too_long_is_refused(self):
        event = self.lan.visit(self.home, note="x" * 1_100_000)
        self.assertEqual(self.lan.push(event).status_code, 413)

    def test_may_write_whole_numbers_as_json_does(self):
        event = self.lan.visit(self.home)
        event |= {name: float(event[name]) for name in ("seq", "schema", "actor")}
        event["clock_offset_ms"] = 1000.0
        self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")
        self.assertEqual(LedgerEvent.objects.get(uuid=event["id"]).clock_offset_ms, 1000)

    def test_needs_the_push_credential(self):
        for token in ("", "wrong", self.lan.phone.pull):
            answer = post(PUSH, {"events": []}, token)
            self.assertEqual(answer.status_code, 401)

    def test_of_which_one_event_breaks_the_server_counts_the_others(self):
        other = make_household(self.cast.kp1, address="7 Kỳ Đồng")
        good, bad = self.lan.visit(self.home), self.lan.visit(other)
        real = sync.apply

        def failing(ward, events):
            if any(str(event.uuid) == bad["id"] for event in events):
                raise RuntimeError("nobody has thought of this")
            real(ward, events)

        with (
            mock.patch.object(sync, "apply", failing),
            self.assertLogs("outreach.sync", "ERROR"),
        ):
            statuses = [one["status"] for one in self.lan.pushed(good, bad)]
        self.assertEqual(statuses, ["applied", "quarantined"])
        self.assertEqual(self.status(bad)[1], "cannot_apply")
        LedgerEvent.objects.filter(uuid=bad["id"]).update(status="stored", reason="")
        sync.settle_stored(self.cast.ward.pk, timezone.now() + timedelta(minutes=1))

    def test_of_which_one_event_breaks_the_server_counts_the_others_of_its_home(self):
        before, bad, after = (self.lan.visit(self.home) for _ in range(3))
        real = HANDLERS["visit.recorded"]

        def failing(world, told, said):
            if str(told.event.uuid) == bad["id"]:
                raise RuntimeError("nobody has thought of this")
            real(world, told, said)

        with (
            mock.patch.dict(HANDLERS, {"visit.recorded": failing}),
            self.assertLogs("outreach.sync", "ERROR"),
        ):
            statuses = [one["status"] for one in self.lan.pushed(before, bad, after)]
        self.assertEqual(statuses, ["applied", "quarantined", "applied"])
        self.assertEqual(self.status(bad)[1], "cannot_apply")
        self.assertEqual(Visit.objects.count(), 2)

    def test_whose_id_another_has_that_came_at_the_same_moment_counts_once(self):
        other = make_household(self.cast.kp1, address="7 Kỳ Đồng")
        for number, home in enumerate((self.home, other), start=1):
            one = self.lan.visit(self.home)
            two = {**self.lan.visit(home, note="khác"), "id": one["id"]}
            # Neither saw the other when it was stored.
            with mock.patch.object(sync, "_stored_hashes", side_effect=lambda _events: {}):
                self.lan.pushed(one)
                self.lan.pushed(two)
            stored = LedgerEvent.objects.filter(uuid=one["id"]).order_by("number")
            self.assertEqual(
                [(event.status, event.reason) for event in stored],
                [("applied", ""), ("quarantined", "id_reused")],
            )
            self.assertEqual(Visit.objects.count(), number)

    def test_left_between_storing_and_counting_is_counted_at_the_next_push(self):
        event = self.lan.visit(self.home)
        with mock.patch.object(sync, "settle_stored"):
            self.assertEqual(self.lan.pushed(event)[0]["status"], "stored")
        LedgerEvent.objects.filter(uuid=event["id"]).update(
            received_at=timezone.now() - timedelta(minutes=5)
        )
        self.lan.pushed(self.lan.visit(self.home))
        self.assertEqual(self.status(event), ("applied", ""))


class WhatWasErased(PushCase):
    def test_stays_erased_when_a_phone_offers_it_again_after_a_restore(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        event = self.lan.visit(self.home, note="Bà Yến đau chân")
        with override_settings(DATA_DIR=Path(folder.name)):
            erasures.note("event_payload", event["id"], timezone.now(), "request")
            other = self.lan.visit(self.home)
            statuses = [one["status"] for one in self.lan.pushed(event, other)]
        self.assertEqual(statuses, ["applied", "applied"])
        stored = LedgerEvent.objects.get(uuid=event["id"])
        self.assertEqual(stored.payload, {})
        self.assertIsNotNone(stored.erased_at)
        self.assertNotIn("đau chân", bytes(PushBatch.objects.get().body).decode())
        self.assertEqual(Visit.objects.count(), 1)
