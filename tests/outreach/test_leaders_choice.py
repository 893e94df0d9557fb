"""What the team's leader decides when two people said different things of one home."""

from outreach import access, apply
from outreach.ledger import event_of
from outreach.models import LedgerEvent, Resident
from outreach.payloads import ResidentChanged
from tests.builders import make_household
from tests.outreach.deciding import DecidingCase


class TwoSaidDifferentThings(DecidingCase):
    def setUp(self):
        super().setUp()
        self.other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        self.third = make_household(self.cast.kp1, "Mai Văn Tư", address="43 Võ Thị Sáu")
        make_household(self.cast.kp1, "Trần Mai Oanh", "Trần Nam", key=self.home.pk)
        self.oanh = Resident.objects.get(name="Trần Mai Oanh")
        self.nam = Resident.objects.get(name="Trần Nam")

    def tell(self, type: str, said: dict) -> dict:
        return self.lan.event(type, self.home, said)

    def both(self, type: str, first: dict, second: dict) -> LedgerEvent:
        """The second waits for the leader."""
        self.lan.pushed(self.tell(type, first))
        event = self.waits(self.tell(type, second), "leader_choice")
        self.assertIn(event, access.waiting_events(self.cast.minh))
        return event

    def test_the_phone_that_the_leader_chooses_counts(self):
        key = str(self.yen.pk)
        first = {"id": key, "phone": {"was": "0900000001", "now": "0900000002"}}
        second = {"id": key, "phone": {"was": "0900000001", "now": "0900000003"}}
        event = self.both("resident.changed", first, second)
        self.accept(event, by=self.cast.minh)
        self.yen.refresh_from_db()
        self.assertEqual((self.yen.phone, self.now(event)[0]), ("0900000003", "applied"))

    def test_the_phone_stays_when_the_leader_rejects_the_other(self):
        key = str(self.yen.pk)
        first = {"id": key, "phone": {"was": "0900000001", "now": "0900000002"}}
        second = {"id": key, "phone": {"was": "0900000001", "now": "0900000003"}}
        event = self.both("resident.changed", first, second)
        self.reject(event, "Số cũ vẫn đúng", self.cast.minh)
        self.yen.refresh_from_db()
        self.assertEqual((self.yen.phone, self.now(event)[0]), ("0900000002", "rejected"))

    def test_the_head_that_the_leader_chooses_counts(self):
        was = str(self.oanh.pk)
        event = self.both(
            "household.changed",
            {"head": {"was": was, "now": str(self.nam.pk)}},
            {"head": {"was": was, "now": str(self.yen.pk)}},
        )
        self.accept(event, by=self.cast.minh)
        self.home.refresh_from_db()
        self.assertEqual(self.home.head, self.yen)

    def test_that_somebody_died_rather_than_moved_counts(self):
        key = str(self.oanh.pk)
        event = self.both(
            "resident.left",
            {"id": key, "why": "moved", "left_on": "2026-11-01"},
            {"id": key, "why": "died", "left_on": "2026-11-02"},
        )
        self.accept(event, by=self.cast.minh)
        self.oanh.refresh_from_db()
        self.assertEqual(self.oanh.left_why, "died")

    def test_the_person_that_somebody_was_merged_with_counts(self):
        key = str(self.oanh.pk)
        event = self.both(
            "resident.merged",
            {"id": key, "into": str(self.yen.pk), "on": "2026-11-01"},
            {"id": key, "into": str(self.nam.pk), "on": "2026-11-02"},
        )
        self.accept(event, by=self.cast.minh)
        self.assertEqual(self.now(event)[0], "applied")

    def test_the_home_that_it_was_merged_with_counts_or_stays_apart(self):
        event = self.both(
            "household.merged",
            {"into": str(self.other.pk), "on": "2026-11-01"},
            {"into": str(self.third.pk), "on": "2026-11-02"},
        )
        self.reject(event, "Không phải", self.cast.minh)
        self.home.refresh_from_db()
        self.assertEqual(self.home.merged_into, self.other)
        event = self.waits(
            self.tell("household.merged", {"into": str(self.third.pk), "on": "2026-11-03"}),
            "leader_choice",
        )
        self.accept(event, by=self.cast.minh)
        self.home.refresh_from_db()
        self.assertEqual(self.home.merged_into, self.third)

    def test_people_named_across_a_merger_wait_again_when_it_is_rejected(self):
        self.lan.pushed(
            self.tell("household.merged", {"into": str(self.other.pk), "on": "2026-11-01"})
        )
        merger = self.waits(
            self.tell("household.merged", {"into": str(self.third.pk), "on": "2026-11-02"}),
            "leader_choice",
        )
        met = [str(self.yen.pk)]
        visit = self.lan.visit(self.third, "met", met=met)
        self.lan.pushed(visit)
        self.reject(merger, "Không phải", self.cast.minh)
        status = LedgerEvent.objects.get(uuid=visit["id"])
        self.assertEqual((status.status, status.reason), ("held", "unknown_resident"))

    def test_the_leader_of_another_team_does_not_choose(self):
        home = make_household(self.cast.kp2, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        key = home.head_id
        for phone in ("0900000002", "0900000003"):
            said = ResidentChanged(id=key, phone={"was": "0", "now": phone})
            event = event_of(
                LedgerEvent.Type.RESIDENT_CHANGED,
                said,
                ward=self.cast.ward,
                household=home.pk,
                actor=self.cast.hoa,
            )
            event.save()
            apply.apply(self.cast.ward.pk, [event])
        self.assertIn(event, access.waiting_events(self.cast.hoa))
        self.assertNotIn(event, access.waiting_events(self.cast.minh))
