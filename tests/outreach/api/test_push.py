"""What a phone hands in: kept once whatever it is, and counted when it can be."""

import json
from datetime import timedelta
from datetime import timezone as FixedOffset
from uuid import uuid4

from django.test import TestCase
from django.utils import timezone

from outreach import epoch
from outreach.models import Household, LedgerEvent, PushBatch, Resident, ResidentSkill, Visit
from outreach.verify import differences
from tests.builders import give_consent, make_household
from tests.outreach.api.phone import post, zipped
from tests.outreach.api.volunteer import PUSH, FieldPhone, leave_team
from tests.people import make_cast
from tests.volunteers.phones import enrolled
from volunteers import devices
from volunteers.models import Device, EnrolmentCode


class PushCase(TestCase):
    def setUp(self):
        self.cast = make_cast()
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        self.yen = Resident.objects.get(name="Đặng Thị Bích Yến")

    def tearDown(self):
        self.assertEqual(list(differences(self.cast.ward)), [])

    def status(self, event: dict) -> tuple[str, str]:
        stored = LedgerEvent.objects.get(uuid=event["id"])
        return stored.status, stored.reason


class AVisitFromAPhone(PushCase):
    def test_is_stored_counted_and_answered_with_a_receipt(self):
        give_consent(self.yen, self.cast.lan)
        event = self.lan.visit(
            self.home,
            "met",
            met=[str(self.yen.pk)],
            assessments=[{"resident": str(self.yen.pk), "skill": "pay_qr", "level": 1}],
        )
        answer = self.lan.push(event).json()
        receipt = answer["receipts"][0]
        number = LedgerEvent.objects.get(uuid=event["id"]).number
        self.assertEqual(
            receipt,
            {
                "position": 0,
                "receipt": "stored",
                "id": event["id"],
                "number": number,
                "status": "applied",
                "reason": "",
                "reason_text": "",
            },
        )
        self.assertEqual(answer["backed_up_through"], 0)
        visit = Visit.objects.get(pk=event["id"])
        self.assertEqual((visit.visitor, visit.household), (self.cast.lan, self.home))
        self.assertEqual(ResidentSkill.objects.get().level, 1)

    def test_sent_again_is_counted_once(self):
        event = self.lan.visit(self.home)
        first = self.lan.pushed(event)[0]
        again = self.lan.pushed(event)[0]
        self.assertEqual(again, {**first, "receipt": "already_stored"})
        self.assertEqual((Visit.objects.count(), PushBatch.objects.count()), (1, 1))

    def test_twice_in_one_push_is_counted_once(self):
        event = self.lan.visit(self.home)
        kinds = [one["receipt"] for one in self.lan.pushed(event, event)]
        self.assertEqual(kinds, ["stored", "already_stored"])
        self.assertEqual(Visit.objects.count(), 1)

    def test_with_another_one_s_id_is_kept_beside_it_and_waits(self):
        event = self.lan.visit(self.home)
        other = {**event, "payload": {**event["payload"], "outcome": "met"}}
        kinds = [one["receipt"] for one in self.lan.pushed(event, other)]
        self.assertEqual(kinds, ["stored", "id_reused"])
        self.assertEqual(Visit.objects.get().outcome, "absent")
        self.assertEqual(LedgerEvent.objects.filter(uuid=event["id"]).count(), 2)

    def test_in_gzip_is_the_same(self):
        event = self.lan.visit(self.home)
        body = zipped({"events": [event]})
        answer = post(PUSH, body, self.lan.phone.push, Content_Encoding="gzip")
        self.assertEqual(answer.json()["receipts"][0]["receipt"], "stored")
        self.assertEqual(json.loads(bytes(PushBatch.objects.get().body))["events"], [event])

    def test_that_speaks_of_a_later_event_is_held_until_it_comes(self):
        visit = self.lan.visit(self.home)
        void = self.lan.event(
            "visit.voided", self.home, {"visit": visit["id"], "reason": "nhầm nhà"}
        )
        self.assertEqual(self.lan.pushed(void)[0]["status"], "held")
        self.assertEqual(self.lan.pushed(visit)[0]["status"], "applied")
        self.assertEqual(self.status(void), ("applied", ""))
        self.assertIsNotNone(Visit.objects.get().voided_at)

    def test_that_takes_a_visit_back_does_so_when_it_was_said_not_when_it_came(self):
        visit, said_at = self.lan.visit(self.home), timezone.now() - timedelta(minutes=50)
        said = {"visit": visit["id"], "reason": "nhầm nhà"}
        self.lan.pushed(visit, self.lan.event("visit.voided", self.home, said, said_at))
        self.assertEqual(Visit.objects.get().voided_at, said_at)

    def test_that_corrects_a_visit_gives_its_times_by_the_clock_of_the_phone_that_corrects(self):
        at = timezone.now() - timedelta(hours=1)
        two_days = timedelta(days=2)
        visit = self.lan.visit(self.home, at=at - two_days)
        visit["clock_offset_ms"] = two_days // timedelta(milliseconds=1)
        minh = FieldPhone.of(self.cast.minh, self.cast.minh)
        now = {"visited_at": at.isoformat(), "outcome": "met"}
        corrected = minh.event("visit.corrected", self.home, {"visit": visit["id"], "now": now})
        self.lan.pushed(visit)
        self.assertEqual(Visit.objects.get().visited_at, at)
        minh.pushed(corrected)
        self.assertEqual((Visit.objects.get().visited_at, Visit.objects.get().outcome), (at, "met"))

    def test_that_corrects_a_visit_counts_when_it_is_the_newest_correction(self):
        now = timezone.now()
        visit = self.lan.visit(self.home, at=now - timedelta(hours=1))
        older, newer = (
            self.lan.event(
                "visit.corrected",
                self.home,
                {"visit": visit["id"], "now": {"visited_at": now.isoformat(), "outcome": outcome}},
                now - timedelta(hours=hours),
            )
            # By a wrong clock, both before the visit.
            for outcome, hours in (("declined", 3), ("no_access", 2))
        )
        self.lan.pushed(visit, newer, older)
        self.assertEqual(Visit.objects.get().outcome, "no_access")

    def test_to_a_home_that_the_same_phone_found_counts_in_whatever_order(self):
        found = self.lan.event(
            "household.proposed",
            Household().pk,
            {
                "area": self.cast.kp1.pk,
                "card_code": "27139-NEWHOM",
                "address": "9 Kỳ Đồng",
                "residents": [],
                "since": "2026-11-01",
            },
        )
        visit = self.lan.visit(None) | {"household": found["household"]}
        self.assertEqual(self.lan.pushed(visit)[0]["status"], "quarantined")
        self.lan.pushed(found)
        self.assertEqual(self.status(visit), ("applied", ""))
        self.assertEqual(Visit.objects.get().household.address, "9 Kỳ Đồng")


class AClock(PushCase):
    def test_that_is_wrong_is_repaired_by_what_the_phone_has_learned(self):
        at = timezone.now().replace(microsecond=0) - timedelta(days=3)
        event = self.lan.visit(self.home, at=at) | {"clock_offset_ms": 2 * 24 * 3600 * 1000}
        self.lan.pushed(event)
        stored = LedgerEvent.objects.get(uuid=event["id"])
        self.assertEqual((stored.told_at, stored.clock_uncertain), (at + timedelta(days=2), False))
        self.assertEqual(Visit.objects.get().visited_at, at + timedelta(days=2))

    def test_that_was_never_compared_is_repaired_by_the_push(self):
        event = self.lan.visit(self.home) | {"clock_offset_ms": None}
        fast = timezone.now() + timedelta(days=400)
        event["client_time"] = event["payload"]["visited_at"] = fast.isoformat()
        self.lan.push(event, sent_at=(fast + timedelta(hours=1)).isoformat())
        stored = LedgerEvent.objects.get(uuid=event["id"])
        ago = timezone.now() - stored.told_at
        self.assertAlmostEqual(ago / timedelta(hours=1), 1, places=1)
        self.assertFalse(stored.clock_uncertain)

    def test_that_says_the_future_is_flagged_and_counts_as_now(self):
        future = timezone.now() + timedelta(days=2)
        event = self.lan.visit(self.home, at=future)
        self.lan.pushed(event)
        stored = LedgerEvent.objects.get(uuid=event["id"])
        self.assertTrue(stored.clock_uncertain)
        self.assertLessEqual(Visit.objects.get().visited_at, timezone.now())

    def test_whose_offset_from_utc_is_odd_is_read_as_it_is(self):
        at = timezone.now().replace(microsecond=0) - timedelta(hours=2)
        for hours in (-23, 23):
            zone = FixedOffset(timedelta(hours=hours, minutes=7))
            event = self.lan.visit(self.home, at=at.astimezone(zone))
            self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")
            stored = LedgerEvent.objects.get(uuid=event["id"])
            visit = Visit.objects.get(pk=event["id"])
            self.assertEqual((stored.client_time, visit.visited_at), (at, at))

    def test_that_names_a_time_that_cannot_be_counts_as_when_it_was_said(self):
        at = timezone.now().replace(microsecond=0) - timedelta(hours=2)
        for moment in ("0001-01-01T00:00:00+14:00", "1970-01-01T00:03:00Z", "9999-12-31T23:59:59Z"):
            event = self.lan.visit(self.home, at=at) | {"clock_offset_ms": -1000}
            event["payload"]["visited_at"] = moment
            self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")
            visit = Visit.objects.get(pk=event["id"])
            self.assertEqual(visit.visited_at, at - timedelta(seconds=1))


class WhatTwoPeopleSay(PushCase):
    def counted(self, people: int, ago: timedelta) -> dict:
        said = {"declared_size": {"now": people}}
        return self.lan.event("household.changed", self.home, said, timezone.now() - ago)

    def test_counts_as_it_was_said_last_not_as_it_arrived_last(self):
        earlier, later = self.counted(3, timedelta(hours=3)), self.counted(5, timedelta(hours=1))
        for event in (later, earlier):
            self.assertEqual(self.lan.pushed(event)[0]["status"], "applied")
        self.home.refresh_from_db()
        self.assertEqual(self.home.declared_size, 5)


class APhoneThatARestoreForgot(PushCase):
    """It was enrolled after the backup, and enrols again under a new id."""

    def setUp(self):
        super().setUp()
        now = timezone.now()
        self.event = self.lan.visit(self.home, at=now - timedelta(hours=3))
        EnrolmentCode.objects.all().delete()
        Device.objects.all().delete()
        # The backup held neither the phone nor what it said.
        self.backed_up, self.now = now - timedelta(hours=4), now

    def test_may_hand_in_nothing_by_its_old_credential(self):
        self.assertEqual(self.lan.push(self.event).status_code, 401)

    def test_hands_in_what_was_said_since_the_backup_as_if_it_had_been_known(self):
        epoch.begin_new_epoch(self.now - timedelta(hours=1), 0, self.backed_up)
        self.lan.phone = enrolled(self.cast.lan, self.cast.minh, self.now)
        receipt = self.lan.pushed(self.event)[0]
        self.assertEqual((receipt["receipt"], receipt["status"]), ("stored", "applied"))
        self.assertEqual(Visit.objects.get().visitor, self.cast.lan)
        again = self.lan.pushed(self.event)[0]
        self.assertEqual(again["receipt"], "already_stored")

    def test_waits_for_the_officer_where_nothing_was_restored(self):
        self.lan.phone = enrolled(self.cast.lan, self.cast.minh, self.now)
        self.assertEqual(self.lan.pushed(self.event)[0]["reason"], "not_enrolled")


class WhatCannotCountYet(PushCase):
    def refused(self, event: dict, reason: str, status: str = "quarantined") -> None:
        receipt = self.lan.pushed(event)[0]
        self.assertEqual(
            (receipt["receipt"], receipt["status"], receipt["reason"]), ("stored", status, reason)
        )
        self.assertFalse(Visit.objects.exists())

    def test_an_unknown_home_and_one_of_another_ward_are_told_the_same(self):
        stranger = make_household(self.cast.other_kp, "Hoàng Văn Tâm")
        for home in (stranger, uuid4()):
            self.refused(self.lan.visit(home), "unknown_household")

    def test_somebody_who_is_not_enrolled_on_the_phone(self):
        for actor in (self.cast.minh.pk, 987654, None, "7"):
            self.refused(self.lan.visit(self.home) | {"actor": actor}, "not_enrolled")

    def test_somebody_whose_account_is_closed(self):
        self.cast.lan.is_active = False
        self.cast.lan.save()
        self.refused(self.lan.visit(self.home), "account_closed")

    def test_somebody_who_left_the_ward_s_teams(self):
        leave_team(self.cast.lan)
        self.refused(self.lan.visit(self.home), "outside_scope")

    def test_a_phone_that_was_revoked(self):
        device = Device.objects.get(pk=self.lan.phone.id)
        devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        self.refused(self.lan.visit(self.home), "device_revoked")

    def test_an_import_that_comes_from_a_phone(self):
        event = self.lan.event("roster.imported", self.home, {"address": "1 Kỳ Đồng"})
        self.refused(event, "not_allowed")

    def test_a_decision_about_an_event_that_comes_from_a_phone(self):
        waiting = self.lan.visit(uuid4())
        self.lan.pushed(waiting)
        for type, said in (
            ("event.resolved", {"event": waiting["id"], "decision": "reject"}),
            ("roster.undone", {"roster": str(uuid4())}),
        ):
            self.refused(self.lan.event(type, self.home, said), "not_allowed")

    def test_an_unknown_type_and_a_newer_schema(self):
        self.refused(self.lan.event("visit.dreamt", self.home, {}), "unknown_type")
        self.refused(self.lan.visit(self.home) | {"schema": 2}, "newer_schema")

    def test_a_payload_that_is_not_of_its_type(self):
        for payload in ({}, {"outcome": "met"}, {"visited_at": "yesterday", "outcome": "met"}):
            self.refused(self.lan.event("visit.recorded", self.home, payload), "unreadable_payload")

    def test_text_that_no_database_keeps(self):
        for note in ("a\0b", "a\ud800b"):
            event = self.lan.visit(self.home, note=note)
            self.refused(event, "unstorable_text")
            kept = json.loads(bytes(PushBatch.objects.latest("pk").body))["events"][0]
            self.assertEqual(kept["payload"]["note"], note)

    def test_people_of_another_home(self):
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        event = self.lan.visit(self.home, "met", met=[str(other.head_id)])
        self.refused(event, "unknown_resident", "held")
