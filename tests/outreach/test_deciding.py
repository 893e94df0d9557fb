"""What an officer or leader decides about what waits: it counts, or its author reads why not."""

from datetime import timedelta
from unittest import mock
from uuid import uuid4

from django.utils import timezone

from outreach import access, apply, waiting
from outreach.models import Household, LedgerEvent, Referral, Session, Visit
from tests.builders import make_household
from tests.outreach.api.volunteer import leave_team
from tests.outreach.deciding import DecidingCase
from volunteers import devices
from volunteers.models import Device


class AVisitOfSomebodyWithoutTheRight(DecidingCase):
    def test_counts_once_it_is_accepted_whatever_right_was_lacking(self):
        def revoke():
            device = Device.objects.get(pk=self.lan.phone.id)
            devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())

        def close():
            self.cast.lan.is_active = False
            self.cast.lan.save()

        lacking = {
            "not_enrolled": (lambda: None, {"actor": self.cast.minh.pk}),
            "outside_scope": (lambda: leave_team(self.cast.lan), {}),
            "account_closed": (close, {}),
            "device_revoked": (revoke, {}),
        }
        for reason, (lose, more) in lacking.items():
            with self.subTest(reason):
                lose()
                event = self.waits(self.lan.visit(self.home, "met") | more, reason)
                self.assertFalse(Visit.objects.filter(pk=event.uuid).exists())
                self.assertTrue(self.accept(event))
                self.assertEqual(self.now(event), ("applied", "", ""))
                self.assertEqual(Visit.objects.get(pk=event.uuid).household, self.home)

    def test_stays_counted_when_something_else_is_said_of_the_home(self):
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        self.accept(event)
        self.lan.pushed(self.lan.visit(self.home))
        self.assertEqual(self.now(event)[0], "applied")
        self.assertEqual(Visit.objects.count(), 2)

    def test_is_counted_once_when_the_officer_clicks_twice(self):
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        self.assertTrue(self.accept(event))
        self.assertFalse(self.accept(event))
        self.assertEqual(LedgerEvent.objects.filter(type="event.resolved").count(), 1)

    def test_keeps_its_correction_that_was_accepted_too(self):
        visit = self.lan.visit(self.home, "absent") | {"actor": 987654}
        event = self.waits(visit, "not_enrolled")
        said = {"visit": visit["id"], "now": {**visit["payload"], "outcome": "met"}}
        correction = self.waits(
            self.lan.event("visit.corrected", self.home, said, actor=987654), "not_enrolled"
        )
        self.assert_refused("unknown_visit", self.accept, correction)
        self.accept(event)
        self.accept(correction)
        self.assertEqual(Visit.objects.get().outcome, "met")

    def test_is_an_event_of_the_officer(self):
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        self.accept(event)
        said = LedgerEvent.objects.get(type="event.resolved")
        self.assertEqual(
            (said.actor, said.household, said.device), (self.cast.hoa, self.home.pk, None)
        )
        self.assertEqual(said.payload["event"], str(event.uuid))


class AVisitToAnUnknownHome(DecidingCase):
    def test_counts_for_the_home_that_the_officer_assigns(self):
        for unknown in (uuid4(), None):
            event = self.waits(
                self.lan.visit(unknown), "unknown_household" if unknown else "no_household"
            )
            self.assertTrue(self.accept(event, self.home))
            self.assertEqual(self.now(event), ("applied", "", ""))
            self.assertEqual(Visit.objects.get(pk=event.uuid).household, self.home)
        self.lan.pushed(self.lan.visit(self.home))
        self.assertEqual(self.home.visits.count(), 3)

    def test_can_be_taken_back_at_the_home_that_it_was_assigned_to(self):
        visit = self.lan.visit(uuid4())
        event = self.waits(visit, "unknown_household")
        said = {"visit": visit["id"], "reason": "nhầm"}
        void = self.waits(self.lan.event("visit.voided", event.household, said), "unknown_visit")
        self.accept(event, self.home)
        self.assert_refused("unknown_household", self.accept, void)
        self.accept(void, self.home)
        self.assertIsNotNone(Visit.objects.get().voided_at)

    def test_needs_a_home_before_it_is_accepted(self):
        for unknown in (uuid4(), None):
            event = LedgerEvent.objects.get(uuid=self.lan.pushed(self.lan.visit(unknown))[0]["id"])
            self.assertTrue(waiting.needs_home(event))
            self.assert_refused("unknown_household", self.accept, event)

    def test_cannot_be_assigned_to_a_home_of_another_ward(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        other = make_household(self.cast.other_kp, "Trương Văn Ất")
        self.assert_refused("unknown_household", self.accept, event, other)

    def test_that_names_people_is_refused_where_they_do_not_live(self):
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        met = [str(self.yen.pk)]
        event = self.waits(self.lan.visit(uuid4(), "met", met=met), "unknown_household")
        self.assert_refused("unknown_resident", self.accept, event, other)
        self.assertEqual(self.now(event)[:2], ("quarantined", "unknown_household"))
        self.assertTrue(self.accept(event, self.home))
        self.assertEqual(list(Visit.objects.get().met.all()), [self.yen])

    def test_of_a_known_home_is_no_longer_counted_there_but_where_it_belongs(self):
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        self.accept(event, other)
        self.lan.pushed(self.lan.visit(self.home), self.lan.visit(other))
        self.assertEqual((self.home.visits.count(), other.visits.count()), (1, 2))


class WhatCannotBeCounted(DecidingCase):
    def test_is_refused_with_a_sentence_and_can_be_rejected(self):
        visit = self.lan.visit(self.home)
        self.lan.pushed(visit)
        cases = (
            ("unreadable_payload", self.lan.event("visit.recorded", self.home, {})),
            ("unstorable_text", self.lan.visit(self.home, note="a\0b")),
            ("unknown_type", self.lan.event("visit.dreamt", self.home, {})),
            ("newer_schema", self.lan.visit(self.home) | {"schema": 2}),
            ("id_reused", {**visit, "payload": {**visit["payload"], "outcome": "met"}}),
            ("not_allowed", self.lan.event("roster.imported", self.home, {})),
        )
        for reason, event in cases:
            with self.subTest(reason):
                stored = self.waits(event, reason)
                self.assert_refused(reason, self.accept, stored)
                self.assertTrue(self.reject(stored, "Bạn ghi lại giúp"))
                self.assertEqual(self.now(stored), ("rejected", "rejected", "Bạn ghi lại giúp"))
        self.assertEqual(Visit.objects.get().outcome, "absent")
        self.assertEqual(self.lan.pushed(visit)[0]["status"], "applied")

    def test_of_what_cannot_be_so_stays_as_it_is(self):
        event = self.waits(self.lan.visit(self.home, companions=[987654]), "unknown_user")
        self.assert_refused("unknown_user", self.accept, event)

    def test_because_the_server_broke_stays_and_does_not_stop_the_home(self):
        visit = self.lan.visit(self.home)
        event = LedgerEvent.objects.get(uuid=self.lan.pushed(visit)[0]["id"])
        LedgerEvent.objects.filter(pk=event.pk).update(status="quarantined", reason="cannot_apply")
        apply.apply(self.cast.ward.pk, [])
        self.lan.pushed(self.lan.visit(self.home))
        self.assertEqual(Visit.objects.count(), 1)
        with (
            mock.patch("outreach.ledger.apply", side_effect=RuntimeError("still broken")),
            self.assertLogs("outreach.waiting", "ERROR"),
        ):
            self.assert_refused("cannot_apply", self.accept, event)
        self.accept(event)
        self.assertEqual(Visit.objects.count(), 2)


class ARejectedEvent(DecidingCase):
    def test_reaches_the_phone_with_the_officer_s_words(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        self.lan.pull()
        self.assertTrue(self.reject(event, "  Nhà này ở phường khác,\nbạn báo tổ trưởng "))
        words = "Nhà này ở phường khác, bạn báo tổ trưởng"
        self.assertEqual(self.now(event), ("rejected", "rejected", words))
        self.lan.pull()
        said = self.lan.statuses[str(event.uuid)]
        self.assertEqual((said["status"], said["reason_text"]), ("rejected", words))

    def test_without_a_home_is_rejected_too(self):
        event = self.waits(self.lan.visit(None), "no_household")
        self.reject(event)
        self.assertEqual(self.now(event)[0], "rejected")

    def test_that_named_a_merger_leaves_the_homes_apart(self):
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        said = {"into": str(other.pk), "on": "2026-11-01"}
        event = self.waits(
            self.lan.event("household.merged", self.home, said, actor=987654), "not_enrolled"
        )
        self.reject(event)
        self.home.refresh_from_db()
        self.assertIsNone(self.home.merged_into)

    def test_is_rejected_once(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        self.assertTrue(self.reject(event))
        self.assertFalse(self.reject(event, "Lý do khác"))
        self.assert_refused("decided", self.accept, event, self.home)
        self.assertEqual(LedgerEvent.objects.filter(type="event.resolved").count(), 1)

    def test_is_no_longer_rejected_once_it_was_accepted(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        self.accept(event, self.home)
        self.assert_refused("decided", self.reject, event)

    def test_needs_a_reason(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        for reason in ("", " \n ", "x" * 201):
            self.assert_refused("reason", self.reject, event, reason)

    def test_tells_no_citizen_id_number(self):
        event = self.waits(self.lan.visit(uuid4()), "unknown_household")
        self.reject(event, "Không phải 079155001234")
        self.assertEqual(self.now(event)[2], "Không phải ▇▇▇")


class WhatIsNotAVisit(DecidingCase):
    def of_a_stranger(self, type: str, said: dict, home=None) -> LedgerEvent:
        event = self.lan.event(type, home or self.home, said, actor=987654)
        return self.waits(event, "not_enrolled")

    def test_found_homes_stand_once_accepted(self):
        key = uuid4()
        said = {
            "area": self.cast.kp1.pk,
            "card_code": "27139-NEWHOM",
            "address": "9 Kỳ Đồng",
            "residents": [],
            "since": "2026-11-01",
        }
        event = self.of_a_stranger("household.proposed", said, key)
        self.assertFalse(waiting.needs_home(event))
        self.assert_refused("unknown_household", self.accept, event, self.home)
        self.accept(event)
        self.assertEqual(Household.objects.get(pk=key).address, "9 Kỳ Đồng")

    def test_mergers_join_the_homes_once_accepted(self):
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        said = {"into": str(other.pk), "on": "2026-11-01"}
        self.accept(self.of_a_stranger("household.merged", said))
        self.home.refresh_from_db()
        self.assertEqual(self.home.merged_into, other)

    def test_classes_are_kept_once_accepted(self):
        said = {
            "area": self.cast.kp1.pk,
            "place": "Nhà văn hoá",
            "held_at": timezone.now().isoformat(),
            "head_count": 12,
        }
        event = self.lan.event("session.held", None, said, actor=987654)
        event = self.waits(event, "not_enrolled")
        self.assertFalse(waiting.needs_home(event))
        self.accept(event)
        self.assertEqual(self.now(event), ("applied", "", ""))
        self.assertEqual(Session.objects.get().head_count, 12)

    def test_classes_can_be_rejected(self):
        event = self.waits(self.lan.event("session.held", None, {}, actor=7654321), "not_enrolled")
        self.reject(event)
        self.assertEqual(self.now(event)[0], "rejected")
        self.assertFalse(Session.objects.exists())

    def test_referrals_follow_the_home(self):
        said = {
            "id": str(uuid4()),
            "to": Referral.To.values[0],
            "made_at": timezone.now().isoformat(),
        }
        event = self.waits(self.lan.event("referral.made", uuid4(), said), "unknown_household")
        self.accept(event, self.home)
        self.assertEqual(Referral.objects.get().household, self.home)


class WhatWasSaidLongAgo(DecidingCase):
    def test_does_not_take_the_place_of_what_is_newer(self):
        at = timezone.now() - timedelta(days=3)
        said = {"address": {"was": self.home.address, "now": "1 Kỳ Đồng"}}
        old = self.waits(
            self.lan.event("household.changed", self.home, said, at, actor=987654), "not_enrolled"
        )
        newer = {"address": {"was": self.home.address, "now": "2 Kỳ Đồng"}}
        self.lan.pushed(self.lan.event("household.changed", self.home, newer))
        self.accept(old)
        self.home.refresh_from_db()
        self.assertEqual((self.home.address, self.now(old)[0]), ("2 Kỳ Đồng", "applied"))


class WhoDecides(DecidingCase):
    def test_the_officer_of_another_ward_and_plain_members_see_nothing(self):
        self.waits(self.lan.visit(uuid4()), "unknown_household")
        for person in (self.cast.lan, self.cast.binh, self.cast.minh, self.cast.admin):
            self.assertFalse(access.waiting_events(person).exists())
