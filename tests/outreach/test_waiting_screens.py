"""The screens where an officer or a team's leader sees what waits, and decides."""

from datetime import timedelta
from unittest import mock
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from outreach.models import LedgerEvent, Visit
from outreach.telling import HANDLERS
from tests.builders import make_household
from tests.outreach.deciding import DecidingCase
from tests.volunteers.desk import text_of


class ScreenCase(DecidingCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.cast.hoa)

    def at(self, name: str, event: LedgerEvent) -> str:
        return reverse(name, args=[event.number])

    def seen(self, event: LedgerEvent, **posted) -> str:
        """The words of the event's page."""
        path = self.at("waiting_event", event)
        answer = self.client.post(path, posted) if posted else self.client.get(path)
        self.assertEqual(answer.status_code, 200)
        return text_of(answer)

    def decide(self, name: str, event: LedgerEvent, **posted) -> str:
        """The words of the page that follows."""
        answer = self.client.post(self.at(name, event), posted, follow=True)
        self.assertEqual(answer.status_code, 200)
        return text_of(answer)

    def lost(self, **said) -> LedgerEvent:
        """A visit to an unknown home."""
        return self.waits(self.lan.visit(uuid4(), **said), "unknown_household")


class TheList(ScreenCase):
    def test_says_who_said_what_when_and_why_it_waits(self):
        event = self.waits(self.lan.visit(self.home) | {"seq": 7, "schema": 2}, "newer_schema")
        words = text_of(self.client.get(reverse("waiting_events")))
        for said in ("Ghi lượt đến", "Nguyễn Thị Lan", "Samsung A05", self.home.address, "mới hơn"):
            self.assertIn(said, words)
        when = timezone.localtime(event.told_at)
        self.assertIn(f"{when:%H:%M %d/%m/%Y}", words)

    def test_stands_in_the_menu_with_the_number_that_waits(self):
        self.lost()
        self.lost()
        home = self.client.get(reverse("wagtailadmin_home")).content.decode()
        self.assertIn("(2)", home)
        self.assertIn(reverse("waiting_events"), home)

    def test_is_in_the_leader_s_menu_only_when_there_is_something_to_choose(self):
        self.lost()
        self.client.force_login(self.cast.minh)
        home = self.client.get(reverse("wagtailadmin_home")).content.decode()
        self.assertNotIn(reverse("waiting_events"), home)

    def test_keeps_what_was_not_accepted_with_the_reason(self):
        self.reject(self.lost(), "Nhà này ở phường khác")
        words = text_of(self.client.get(reverse("waiting_events")))
        self.assertIn("Không có gì chờ xử lý", words)
        self.assertIn("Nhà này ở phường khác", words)


class OneEvent(ScreenCase):
    def test_of_a_visit_tells_what_happened_at_the_door(self):
        visit = self.lan.visit(
            self.home,
            "met",
            met=[str(self.yen.pk)],
            companions=[self.cast.minh.pk],
            assessments=[{"resident": str(self.yen.pk), "skill": "pay_qr", "level": 1}],
            lessons_taught=[7],
            follow_up={"id": str(uuid4()), "what": "teach", "due_on": "2026-12-24"},
            note="Bác muốn học gọi video",
        )
        event = self.waits(visit | {"actor": None}, "not_enrolled")
        words = self.seen(event)
        for said in (
            "Gặp", "Đặng Thị Bích Yến", "Trần Văn Minh", "QR", "24/12/2026",
            "Bác muốn học gọi video", "không rõ", "chưa được đăng ký",
        ):  # fmt: skip
            self.assertIn(said, words)

    def test_of_two_different_words_names_both_authors(self):
        key = str(self.yen.pk)
        for now in ("0900000002", "0900000003"):
            said = {"id": key, "phone": {"was": "0900000001", "now": now}}
            event = self.lan.event("resident.changed", self.home, said)
            self.lan.pushed(event)
        event = LedgerEvent.objects.get(uuid=event["id"])
        for person in (self.cast.hoa, self.cast.minh):
            self.client.force_login(person)
            words = self.seen(event)
            for said in ("0900000001", "0900000002", "0900000003", "Số điện thoại"):
                self.assertIn(said, words)
            self.assertGreaterEqual(words.count("Nguyễn Thị Lan"), 3)

    def test_names_nobody_of_another_ward(self):
        stranger = make_household(self.cast.other_kp, "Trương Văn Ất", address="99 Bàn Cờ")
        event = self.lan.visit(stranger, "met", met=[str(stranger.head_id)], companions=[])
        event["payload"]["companions"] = [self.cast.binh.pk]
        words = self.seen(self.waits(event, "unknown_household"))
        for secret in ("Trương Văn Ất", "99 Bàn Cờ", "Hoàng Văn Bình"):
            self.assertNotIn(secret, words)

    def test_shows_nothing_of_what_cannot_be_read(self):
        event = self.lan.event("visit.recorded", self.home, {"secret": "Nguyễn Bí Mật"})
        event = self.waits(event, "unreadable_payload")
        words = self.seen(event)
        self.assertNotIn("Bí Mật", words)
        self.assertIn("Không đọc được", words)
        self.assertNotIn(
            self.at("accept_event", event),
            self.client.get(self.at("waiting_event", event)).content.decode(),
        )

    def test_of_every_type_can_be_opened(self):
        day, key, at = "2026-11-01", str(uuid4()), timezone.now().isoformat()
        yen = str(self.yen.pk)
        new = {"id": key, "name": "Lê Văn Tám", "birth_year": 1950}
        proposed = {"area": self.cast.kp1.pk, "card_code": "27139-NEWHOM", "address": "9 Kỳ Đồng"}
        recorded = {"visited_at": at, "outcome": "absent"}
        changed = {"id": yen, "name": {"now": "Đặng Thị Yến"}, "sex": {"now": "female"}}
        person = {"resident": yen, "purpose": "skills_record"}
        wording = {"wording_version": 1, "wording_sha256": "x", "method": "said", "given_at": at}
        said = {
            "visit.recorded": recorded,
            "visit.corrected": {"visit": key, "now": recorded},
            "visit.voided": {"visit": key, "reason": "nhầm"},
            "household.proposed": {**proposed, "residents": [new], "since": day},
            "household.changed": {"head": {"was": key, "now": yen}, "kind": {"now": "stall"}},
            "household.moved": {"area": self.cast.kp2.pk, "address": "1 Kỳ Đồng", "since": day},
            "household.merged": {"into": key, "on": day},
            "household.split": {**proposed, "id": key, "residents": [yen], "since": day},
            "household.closed": {"reason": "gone", "closed_on": day},
            "household.reopened": {"reopened_on": day},
            "resident.added": {**new, "since": day},
            "resident.changed": {**changed, "help_needed": {"now": ["reading"]}},
            "resident.left": {"id": yen, "why": "died", "left_on": day},
            "resident.merged": {"id": yen, "into": key, "on": day},
            "consent.given": {**person, **wording},
            "consent.withdrawn": {**person, "withdrawn_at": at},
            "follow_up.opened": {"id": key, "what": "teach", "due_on": day},
            "follow_up.assigned": {"follow_up": key, "to": self.cast.lan.pk},
            "follow_up.done": {"follow_up": key, "done_at": at},
            "referral.made": {"id": key, "to": "police", "resident": yen, "made_at": at},
            "referral.answered": {"referral": key, "answer": "done", "answered_at": at},
            "session.held": {"area": "00000", "place": "Đình", "held_at": at, "head_count": 3},
            "roster.imported": {**proposed, "roster": key, "as_of": day},
            "roster.undone": {"roster": key},
            "event.resolved": {"event": key, "decision": "accept"},
        }
        said["household.split"].pop("area")
        self.assertEqual(set(said), set(LedgerEvent.Type.values))
        for type, payload in said.items():
            with self.subTest(type):
                event = self.lan.event(type, home_of(type, self.home), payload, actor=987654)
                stored = self.waits(event, "not_enrolled")
                self.assertNotIn("Không đọc được", self.seen(stored))
                self.client.post(self.at("accept_event", stored))
                self.assertIn(self.now(stored)[0], ("applied", "quarantined", "held"))
                self.assertEqual(self.client.get(self.at("waiting_event", stored)).status_code, 200)


def home_of(type: str, home):
    return None if type == "session.held" else home


class Deciding(ScreenCase):
    def test_accepting_counts_the_visit_and_twice_does_no_harm(self):
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        self.assertIn("đã được tính", self.decide("accept_event", event))
        self.assertIn("đã được tính từ trước", self.decide("accept_event", event))
        self.assertEqual(Visit.objects.count(), 1)
        self.assertIn("Lê Thị Hoa", self.seen(event))

    def test_a_home_is_found_by_its_words_and_assigned(self):
        event = self.lost()
        make_household(self.cast.other_kp, "Đặng Thị Bích Yến", address="99 Bàn Cờ")
        words = self.seen(event, words="dang thi bich")
        self.assertIn(self.home.address, words)
        self.assertNotIn("99 Bàn Cờ", words)
        self.decide("accept_event", event, household=str(self.home.pk))
        self.assertEqual(Visit.objects.get().household, self.home)

    def test_accepting_without_the_home_says_that_one_must_be_chosen(self):
        event = self.lost()
        page = self.client.get(self.at("waiting_event", event)).content.decode()
        self.assertNotIn(self.at("accept_event", event), page)
        self.assertIn("hãy chọn hộ trước", self.decide("accept_event", event))

    def test_nonsense_changes_nothing(self):
        event = self.lost()
        for nonsense in ("x", "7", "\0", "'"):
            self.assertIn("hãy chọn lại", self.decide("accept_event", event, household=nonsense))
        self.seen(event, words="\0")
        self.seen(event, words="x" * 300)
        self.assertEqual(self.client.get(reverse("waiting_event", args=[10**30])).status_code, 404)
        self.assertEqual(self.now(event)[0], "quarantined")

    def test_a_visit_at_a_time_that_cannot_be_is_shown_and_counted_as_when_it_was_said(self):
        visit = self.lan.visit(self.home) | {"actor": 987654}
        visit["payload"]["visited_at"] = "9999-12-31T23:59:59+00:00"
        event = self.waits(visit, "not_enrolled")
        self.assertIn(f"{timezone.localtime(event.told_at):%H:%M %d/%m/%Y}", self.seen(event))
        self.decide("accept_event", event)
        self.assertEqual(self.now(event)[0], "applied")
        self.assertEqual(Visit.objects.get().visited_at, event.told_at)

    def test_what_breaks_the_server_is_not_counted_and_said_so(self):
        event = self.waits(self.lan.visit(self.home) | {"actor": 987654}, "not_enrolled")
        with (
            mock.patch.dict(HANDLERS, {"visit.recorded": lambda *_: 1 / 0}),
            self.assertLogs("outreach.waiting", "ERROR"),
        ):
            self.assertIn("Vẫn chưa tính được", self.decide("accept_event", event))
        self.assertEqual(self.now(event)[:2], ("quarantined", "not_enrolled"))

    def test_a_home_of_another_ward_is_as_one_that_does_not_exist(self):
        event = self.lost()
        other = make_household(self.cast.other_kp, "Trương Văn Ất")
        for key in (other.pk, uuid4()):
            answer = self.client.post(self.at("accept_event", event), {"household": str(key)})
            self.assertEqual(answer.status_code, 404)

    def test_rejecting_needs_a_reason_and_keeps_it_for_the_volunteer(self):
        event = self.lost()
        for reason in ("", " ", "x" * 201, "\0"):
            self.decide("reject_event", event, reason=reason)
            self.assertEqual(self.now(event)[0], "quarantined")
        self.assertIn("Đã từ chối", self.decide("reject_event", event, reason="Sai phường"))
        self.assertEqual(self.now(event), ("rejected", "rejected", "Sai phường"))
        self.assertIn("Sai phường", self.seen(event))

    def test_the_leader_chooses_but_assigns_no_home(self):
        key = str(self.yen.pk)
        for minutes, now in ((2, "0900000002"), (1, "0900000003")):
            said = {"id": key, "phone": {"was": "0900000001", "now": now}}
            at = timezone.now() - timedelta(milliseconds=minutes)
            event = self.lan.event("resident.changed", self.home, said, at)
            self.lan.pushed(event)
        event = LedgerEvent.objects.get(uuid=event["id"])
        self.client.force_login(self.cast.minh)
        path = self.at("accept_event", event)
        other = make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")
        self.assertEqual(self.client.post(path, {"household": str(other.pk)}).status_code, 404)
        self.assertNotIn(
            "Võ Thị Sáu", self.seen(event, words="41 vo").replace(self.home.address, "")
        )
        self.decide("accept_event", event)
        self.assertEqual(self.now(event)[0], "applied")
