"""What phones of every schema say is understood for ever, and what comes too early is kept until it
can be."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unittest import mock
from uuid import UUID, uuid4

import time_machine
from django.apps import apps
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from outreach import payloads, sync, upcasting, waiting
from outreach.apply import apply
from outreach.envelopes import OF_THE_DESK, content_hash
from outreach.ledger import Refused
from outreach.models import LedgerEvent, Visit
from outreach.telling import HANDLERS
from outreach.verify import differences
from tests.outreach.api.phone import post
from tests.outreach.api.volunteer import PUSH, FieldPhone
from tests.outreach.deciding import DecidingCase
from tests.people import make_cast, make_person
from tests.volunteers.phones import enrolled
from volunteers import devices, roles
from volunteers.models import Device

# One event of each type and more: never edited, only added to. A form that changes makes a new
# schema, an upcaster, and a file of its own.
SCHEMA_1 = json.loads((Path(__file__).parent / "schema_1.json").read_text())
Type = LedgerEvent.Type


class WhatPhonesOfSchema1Say(TestCase):
    def setUp(self):
        # The people and places that the file names.
        travel = time_machine.travel(datetime(2026, 11, 22, 2, tzinfo=UTC), tick=False)
        travel.start()
        self.addCleanup(travel.stop)
        self.cast = make_cast()
        person = make_person("cu", "Phạm Thị Cũ", id=4711)
        other = make_person("kia", "Ngô Văn Kia", id=4712)
        for one in (person, other):
            roles.join(one, self.cast.team)
        self.phone = enrolled(person, self.cast.minh, timezone.now() - timedelta(days=60))

    def push(self, event: dict) -> dict:
        answer = post(PUSH, {"events": [event]}, self.phone.push)
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()["receipts"][0]

    def say_at_the_desk(self, event: dict) -> dict:
        stored = LedgerEvent.objects.create(
            uuid=UUID(event["id"]),
            ward=self.cast.ward,
            type=event["type"],
            schema=event["schema"],
            actor_id=event["actor"],
            household=event["household"] and UUID(event["household"]),
            client_time=datetime.fromisoformat(event["client_time"]),
            payload=event["payload"],
            content_hash=content_hash(event),
            received_at=timezone.now(),
        )
        apply(self.cast.ward.pk, [stored])
        stored.refresh_from_db()
        return {"receipt": "stored", "status": stored.status, "reason": stored.reason}

    def test_is_understood_and_makes_the_same_rows_for_ever(self):
        for step in SCHEMA_1:
            with self.subTest(step["about"], type=step["event"]["type"]):
                say = self.say_at_the_desk if step.get("said_at") == "desk" else self.push
                receipt = say(step["event"])
                self.assertEqual(
                    [receipt[name] for name in ("receipt", "status", "reason")],
                    ["stored", step["status"], step["reason"]],
                )
                for row in step["rows"]:
                    model = apps.get_model("outreach", row["model"])
                    self.assertEqual(
                        model.objects.filter(**row["where"]).count(), row["count"], row
                    )
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_has_an_example_of_every_type(self):
        self.assertEqual({step["event"]["type"] for step in SCHEMA_1}, set(payloads.TYPES))
        self.assertEqual({step["event"]["schema"] for step in SCHEMA_1}, {1})

    def test_is_kept_word_for_word(self):
        event = SCHEMA_1[0]["event"]
        self.push(event)
        self.assertEqual(LedgerEvent.objects.get().payload, event["payload"])

    def test_at_the_desk_only_does_not_count_from_a_phone(self):
        for step in SCHEMA_1:
            if step["event"]["type"] in OF_THE_DESK:
                receipt = self.push(step["event"])
                self.assertEqual(
                    (receipt["status"], receipt["reason"]), ("quarantined", "not_allowed")
                )


def renamed(said: dict) -> dict:
    """From a schema in which the outcome had another name."""
    outcome = said["what_happened"]
    return {name: value for name, value in said.items() if name != "what_happened"} | {
        "outcome": outcome
    }


class ASchemaThatGrewOld(DecidingCase):
    """Schema 1 as the old one of two, with an upcaster made up for it."""

    def setUp(self):
        super().setUp()
        for change in (
            mock.patch.object(payloads, "SCHEMA", 2),
            mock.patch.dict(upcasting.UPCASTERS, {1: {Type.VISIT_RECORDED: renamed}}),
        ):
            change.start()
            self.addCleanup(change.stop)

    def old_visit(self, **more) -> dict:
        event = self.lan.visit(self.home)
        event["payload"]["what_happened"] = event["payload"].pop("outcome")
        return event | more

    def test_still_counts_beside_the_new_one(self):
        old, new = self.old_visit(), self.lan.visit(self.home) | {"schema": 2}
        for event in (old, new):
            self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")
        self.assertEqual(list(Visit.objects.values_list("outcome", flat=True)), ["absent"] * 2)

    def test_still_counts_when_the_whole_history_is_told_again(self):
        old = self.old_visit()
        said = {"visit": old["id"], "reason": "nhầm"}
        # The second event of one push makes the home's whole history be told.
        self.lan.pushed(old, self.lan.event("visit.voided", self.home, said, schema=2))
        self.assertEqual(Visit.objects.get().void_reason, "nhầm")

    def test_is_kept_as_it_was_said(self):
        old = self.old_visit()
        self.lan.pushed(old)
        stored = LedgerEvent.objects.get(uuid=old["id"])
        self.assertEqual((stored.schema, stored.payload), (1, old["payload"]))

    def test_leaves_the_types_that_it_did_not_change(self):
        event = self.lan.event("household.changed", self.home, {"declared_size": {"now": 3}})
        self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")

    def test_in_a_form_that_it_never_had_waits_for_the_officer(self):
        for payload in ({}, {"outcome": "absent"}, {"what_happened": None}):
            event = self.old_visit(payload=payload)
            self.assertEqual(self.lan.pushed(event)[0]["reason"], "unreadable_payload")

    def test_is_shown_to_the_officer_in_words(self):
        event = self.waits(self.old_visit(actor=987654), "not_enrolled")
        self.assertEqual(waiting.said_by(event).outcome, "absent")
        self.assertTrue(self.accept(event))
        self.assertEqual(Visit.objects.get().outcome, "absent")


class ASchemaThatComesTooEarly(DecidingCase):
    def early(self, **more) -> dict:
        return self.lan.visit(self.home) | {"schema": 2} | more

    def update(self) -> None:
        """The operator brings the server up to date."""
        change = mock.patch.object(payloads, "SCHEMA", 2)
        change.start()
        self.addCleanup(change.stop)

    def test_is_counted_at_the_next_push_after_the_update(self):
        event = self.waits(self.early(), "newer_schema")
        self.lan.pushed(self.lan.visit(self.home))
        self.assertEqual(self.now(event)[:2], ("quarantined", "newer_schema"))
        self.lan.pull()
        self.update()
        self.lan.pushed()
        self.assertEqual(self.now(event), ("applied", "", ""))
        self.assertTrue(Visit.objects.filter(pk=event.uuid).exists())
        # The phone had learned that it waits.
        self.lan.pull()
        self.assertEqual(self.lan.statuses[str(event.uuid)]["status"], "applied")

    def test_is_counted_by_the_operator_s_command(self):
        events = [self.waits(self.early(), "newer_schema") for _ in range(3)]
        self.update()
        with mock.patch.object(sync, "SWEPT_AT_ONCE", 2):
            said = StringIO()
            call_command("settle_ledger", stdout=said)
            call_command("settle_ledger", stdout=StringIO())
        self.assertEqual([self.now(event)[0] for event in events], ["applied"] * 3)
        self.assertEqual(said.getvalue(), "OK: 3 events looked at\n")
        self.assertEqual(Visit.objects.count(), 3)

    def test_holds_up_what_it_belongs_to_and_lets_it_go(self):
        early = self.early()
        self.waits(early, "newer_schema")
        said = {"visit": early["id"], "reason": "nhầm"}
        void = self.waits(self.lan.event("visit.voided", self.home, said), "unknown_visit")
        self.update()
        self.lan.pushed()
        self.assertEqual(self.now(void)[0], "applied")
        self.assertIsNotNone(Visit.objects.get().voided_at)

    def test_does_not_count_afterwards_from_who_had_no_right(self):
        other = self.early(actor=self.cast.minh.pk)
        self.assertEqual(self.lan.pushed(other)[0]["reason"], "not_enrolled")
        device = Device.objects.get(pk=self.lan.phone.id)
        devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        self.assertEqual(self.lan.pushed(self.early())[0]["reason"], "device_revoked")
        self.update()
        self.lan.pushed()
        self.assertFalse(Visit.objects.exists())

    def test_of_who_had_no_right_cannot_be_accepted_before_the_update(self):
        event = self.waits(self.early(actor=self.cast.minh.pk), "not_enrolled")
        self.assert_refused("not_enrolled", self.accept, event)
        self.update()
        self.assertTrue(self.accept(event))
        self.assertTrue(Visit.objects.filter(pk=event.uuid).exists())

    def test_that_the_officer_rejected_stays_rejected(self):
        event = self.waits(self.early(), "newer_schema")
        self.reject(event)
        self.update()
        self.lan.pushed()
        self.assertEqual(self.now(event)[0], "rejected")

    def test_that_the_new_server_cannot_read_waits_for_another_reason(self):
        event = self.waits(self.early(payload={"outcome": "met"}), "newer_schema")
        self.update()
        self.lan.pushed()
        self.assertEqual(self.now(event)[:2], ("quarantined", "unreadable_payload"))


class ATypeThatComesTooEarly(DecidingCase):
    def test_is_counted_once_the_server_knows_it(self):
        visit = self.lan.visit(self.home)
        void = self.lan.event("visit.voided", self.home, {"visit": visit["id"], "reason": "nhầm"})
        self.lan.pushed(visit)
        with mock.patch.dict(payloads.TYPES), mock.patch.dict(HANDLERS):
            for known in (payloads.TYPES, HANDLERS):
                del known[Type.VISIT_VOIDED]
            event = self.waits(void, "unknown_type")
        self.assertIsNone(Visit.objects.get().voided_at)
        self.assertEqual(list(differences(self.cast.ward)), [])
        self.lan.pushed()
        self.assertEqual(self.now(event)[0], "applied")
        self.assertIsNotNone(Visit.objects.get().voided_at)

    def test_and_is_of_the_desk_only_never_counts_from_a_phone(self):
        event = self.waits(self.lan.event("visit.dreamt", self.home, {}), "unknown_type")
        LedgerEvent.objects.filter(pk=event.pk).update(
            type=Type.ROSTER_UNDONE, payload={"roster": str(uuid4())}
        )
        self.lan.pushed()
        self.assertEqual(self.now(event)[:2], ("quarantined", "unknown_type"))
        self.assert_refused("unknown_type", self.accept, event)


class AnEventOfNoForm(DecidingCase):
    """Neither the next event of the home nor an officer makes it count."""

    def test_never_counts_whoever_sent_it(self):
        device = Device.objects.get(pk=self.lan.phone.id)
        formless = ({"schema": 0}, {"schema": "1"}, {"schema": None}, {"payload": []})
        for revoked in (False, True):
            if revoked:
                devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())
            reason = "device_revoked" if revoked else "unreadable_payload"
            for more in formless:
                event = self.waits(self.lan.visit(self.home) | more, reason)
                minh = FieldPhone.of(self.cast.minh, self.cast.minh)
                minh.pushed(minh.visit(self.home))
                self.assertFalse(Visit.objects.filter(pk=event.uuid).exists(), more)
                with self.assertRaises(Refused):
                    self.accept(event)
                self.assertEqual(self.now(event)[:2], ("quarantined", reason))
