"""Storing events and what they build."""

from datetime import UTC, datetime, timedelta
from unittest import mock
from uuid import uuid4

from django.db.models import QuerySet
from django.test import TestCase
from django.utils import timezone

from outreach import payloads
from outreach.ledger import Refused, event_of, record, uuid7
from outreach.models import Household, LedgerEvent, Resident, ResidentSkill, Visit
from outreach.verify import differences
from tests.builders import give_consent, make_household, make_visit, void_visit, withdraw_consent
from tests.people import make_cast


class LedgerTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        cls.yen, cls.oanh = (
            Resident.objects.get(name="Đặng Thị Bích Yến"),
            Resident.objects.get(name="Trần Mai Oanh"),
        )

    def assert_ledger_agrees(self):
        self.assertEqual(list(differences(self.cast.ward)), [])


class AnEventSentTwice(LedgerTestCase):
    def visit_event(self, uuid):
        said = payloads.VisitRecorded(
            visited_at=datetime(2026, 11, 1, 12, tzinfo=UTC), outcome="absent"
        )
        return event_of(
            LedgerEvent.Type.VISIT_RECORDED,
            said,
            ward=self.cast.ward,
            household=self.home.pk,
            actor=self.cast.lan,
            uuid=uuid,
        )

    def test_is_stored_and_counted_once(self):
        uuid = uuid7()
        self.assertTrue(record(self.visit_event(uuid)))
        self.assertFalse(record(self.visit_event(uuid)))
        self.assertEqual(LedgerEvent.objects.filter(uuid=uuid).count(), 1)
        self.assertEqual(Visit.objects.count(), 1)

    def test_at_the_same_instant_is_stored_once(self):
        uuid = uuid7()
        record(self.visit_event(uuid))
        # Each of the two looked before the other had stored.
        with mock.patch.object(QuerySet, "exists", side_effect=[False, True]):
            self.assertFalse(record(self.visit_event(uuid)))
        self.assertEqual(Visit.objects.count(), 1)

    def test_is_marked_as_counted(self):
        uuid = uuid7()
        record(self.visit_event(uuid))
        self.assertEqual(LedgerEvent.objects.get(uuid=uuid).status, "applied")


class AnEventThatCannotBeApplied(LedgerTestCase):
    def test_leaves_nothing_of_its_company(self):
        stranger = make_household(self.cast.other_kp, "Hoàng Văn Tâm")
        before = LedgerEvent.objects.count()
        events = [
            event_of(
                LedgerEvent.Type.VISIT_RECORDED,
                payloads.VisitRecorded(visited_at=timezone.now(), outcome="absent"),
                ward=self.cast.ward,
                household=household,
                actor=self.cast.lan,
            )
            for household in (self.home.pk, stranger.pk)
        ]
        with self.assertRaises(Refused) as raised:
            record(*events)
        self.assertEqual(raised.exception.code, "unknown_household")
        self.assertEqual(LedgerEvent.objects.count(), before)
        self.assertFalse(Visit.objects.exists())

    def test_refuses_residents_of_another_home(self):
        neighbours = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        with self.assertRaises(Refused) as raised:
            make_visit(self.home, self.cast.lan, met=[neighbours.head_id])
        self.assertEqual(raised.exception.code, "unknown_resident")

    def test_refuses_a_head_from_another_home(self):
        neighbours = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        said = payloads.RosterImported(
            roster=uuid4(),
            area=self.cast.kp1.pk,
            card_code=self.home.card_code,
            address=self.home.address,
            head=neighbours.head_id,
            as_of=timezone.localdate(),
        )
        event = event_of(
            LedgerEvent.Type.ROSTER_IMPORTED,
            said,
            ward=self.cast.ward,
            household=self.home.pk,
            actor=None,
        )
        with self.assertRaises(Refused) as raised:
            record(event)
        self.assertEqual(raised.exception.code, "unknown_resident")

    def test_refuses_a_level_outside_the_scale(self):
        give_consent(self.yen, self.cast.lan)
        with self.assertRaises(Refused):
            make_visit(self.home, self.cast.lan, levels={(self.yen, "smartphone"): 2})
        with self.assertRaises(Refused):
            make_visit(self.home, self.cast.lan, levels={(self.yen, "flying"): 1})


class AVisit(LedgerTestCase):
    def test_keeps_levels_only_of_people_who_agreed(self):
        give_consent(self.yen, self.cast.lan)
        make_visit(
            self.home,
            self.cast.lan,
            levels={(self.yen, "pay_qr"): 1, (self.oanh, "pay_qr"): 2},
        )
        self.assertEqual(
            list(ResidentSkill.objects.values_list("resident", "skill", "level")),
            [(self.yen.pk, "pay_qr", 1)],
        )
        self.assert_ledger_agrees()

    def test_drops_levels_seen_before_the_consent(self):
        now = timezone.now()
        give_consent(self.yen, self.cast.lan, at=now - timedelta(days=1))
        for days in (2, 1):
            make_visit(
                self.home,
                self.cast.lan,
                at=now - timedelta(days=days),
                levels={(self.yen, "pay_qr"): days},
            )
        self.assertEqual([seen.level for seen in self.yen.assessments.all()], [1])

    def test_keeps_no_level_by_a_consent_older_than_its_withdrawal(self):
        days = [timezone.now() - timedelta(days=number) for number in (9, 5, 1)]
        give_consent(self.yen, self.cast.lan, days[0])
        withdraw_consent(self.yen, self.cast.lan, days[1])
        give_consent(self.yen, self.cast.lan, days[0])  # a paper typed in late
        make_visit(self.home, self.cast.lan, at=days[2], levels={(self.yen, "pay_qr"): 1})
        self.assertFalse(ResidentSkill.objects.exists())
        self.assertFalse(self.yen.consents.in_force().exists())
        self.assert_ledger_agrees()

    def test_shows_the_level_before(self):
        give_consent(self.yen, self.cast.lan)
        now = timezone.now()
        for days, level in ((30, 0), (1, 2), (10, 1)):  # typed in out of order
            make_visit(
                self.home,
                self.cast.lan,
                at=now - timedelta(days=days),
                levels={(self.yen, "use_vneid"): level},
            )
        newest = ResidentSkill.objects.get()
        self.assertEqual((newest.level, newest.previous_level), (2, 1))
        self.assert_ledger_agrees()

    def test_counts_on_the_local_day(self):
        late = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
        self.assertEqual(str(make_visit(self.home, self.cast.lan, at=late).day), "2026-11-02")

    def test_masks_citizen_id_numbers_before_storage(self):
        visit = make_visit(self.home, self.cast.lan, note="CCCD 079 123 456 789, gọi 0912 345 678")
        stored = LedgerEvent.objects.get(uuid=visit.pk).payload["note"]
        self.assertEqual(visit.note, stored)
        self.assertNotIn("789", stored)
        self.assertIn("0912 345 678", stored)

    def test_opens_a_follow_up(self):
        follow_up = payloads.Promise(id=uuid4(), what="teach", due_on="2026-12-01")
        make_visit(self.home, self.cast.lan, follow_up=follow_up)
        self.assertEqual(self.home.follow_ups.open().get().pk, follow_up.id)
        self.assert_ledger_agrees()


class AVoidedVisit(LedgerTestCase):
    def test_no_longer_counts_and_gives_the_earlier_level_back(self):
        give_consent(self.yen, self.cast.lan)
        now = timezone.now()
        make_visit(
            self.home,
            self.cast.lan,
            at=now - timedelta(days=9),
            levels={(self.yen, "pay_qr"): 1},
        )
        wrong = make_visit(self.home, self.cast.lan, levels={(self.yen, "pay_qr"): 3})
        void_visit(wrong, self.cast.lan)
        self.assertEqual(ResidentSkill.objects.get().level, 1)
        self.assertEqual(Visit.objects.counted().count(), 1)
        self.assert_ledger_agrees()

    def test_leaves_no_promise_to_keep(self):
        follow_up = payloads.Promise(id=uuid4(), what="teach", due_on="2026-12-01")
        void_visit(make_visit(self.home, self.cast.lan, follow_up=follow_up), self.cast.lan)
        self.assertFalse(self.home.follow_ups.open().exists())

    def test_keeps_no_citizen_id_number_in_its_reason(self):
        visit = make_visit(self.home, self.cast.lan)
        void_visit(visit, self.cast.lan, "nhầm với 079185001199")
        stored = LedgerEvent.objects.get(type="visit.voided").payload["reason"]
        self.assertNotIn("1199", stored)
        visit.refresh_from_db()
        self.assertEqual(visit.void_reason, stored)


class WithdrawnConsent(LedgerTestCase):
    def test_removes_the_levels(self):
        give_consent(self.yen, self.cast.lan)
        make_visit(self.home, self.cast.lan, levels={(self.yen, "pay_qr"): 1})
        withdraw_consent(self.yen, self.cast.lan)
        self.assertFalse(ResidentSkill.objects.exists())
        self.assertFalse(self.yen.assessments.exists())
        self.assert_ledger_agrees()


class VerifyLedger(LedgerTestCase):
    def test_sees_a_row_changed_behind_its_back(self):
        Household.objects.filter(pk=self.home.pk).update(address="1 Đường Khác")
        lines = list(differences(self.cast.ward))
        self.assertEqual(len(lines), 2)
        self.assertNotIn("Đường", " ".join(lines))

    def test_sees_a_visit_without_an_event(self):
        visit = make_visit(self.home, self.cast.lan)
        LedgerEvent.objects.filter(uuid=visit.pk).delete()
        self.assertTrue(
            any("Visit not in the ledger" in line for line in differences(self.cast.ward))
        )

    def test_sees_a_visit_that_is_missing(self):
        make_visit(self.home, self.cast.lan).delete()
        self.assertEqual(len(list(differences(self.cast.ward))), 1)

    def test_sees_who_was_met_changed_behind_its_back(self):
        visit = make_visit(self.home, self.cast.lan, met=[self.yen.pk])
        visit.met.set([self.oanh])
        self.assertEqual(len(list(differences(self.cast.ward))), 2)

    def test_changes_nothing(self):
        make_visit(self.home, self.cast.lan)
        Household.objects.filter(pk=self.home.pk).update(address="1 Đường Khác")
        list(differences(self.cast.ward))
        self.assertEqual(Visit.objects.count(), 1)
        self.home.refresh_from_db()
        self.assertEqual(self.home.address, "1 Đường Khác", "the proof mends nothing")


class Uuid7(TestCase):
    def test_is_of_version_seven_and_sorts_by_birth(self):
        early, late = (uuid7(datetime(2026, 1, day, tzinfo=UTC)) for day in (1, 2))
        self.assertLess(early, late)
        self.assertEqual((early.version, early.variant), (7, "specified in RFC 4122"))
