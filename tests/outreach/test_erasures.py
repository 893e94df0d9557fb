"""What was erased stays erased."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.test import TestCase, override_settings

from outreach import erasures
from outreach.models import LedgerEvent, PushBatch, Visit
from outreach.verify import differences
from tests.builders import make_household, make_visit
from tests.outreach.api.volunteer import FieldPhone
from tests.people import make_cast

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class ErasureTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.visit = make_visit(make_household(cls.cast.kp1), cls.cast.lan, note="Bác hay quên")
        cls.key = str(cls.visit.pk)

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(DATA_DIR=folder))

    def event(self) -> LedgerEvent:
        return LedgerEvent.objects.get(uuid=self.key)

    def note(self, **changes) -> None:
        said = {"kind": "event_payload", "key": self.key, "now": NOW, "reason": "on_request"}
        erasures.note(**(said | changes))


class Erasing(ErasureTestCase):
    def test_empties_the_payload_and_keeps_what_proves_the_event(self):
        before = self.event()
        self.assertEqual(erasures.erase("event_payload", self.key, NOW, "on_request"), 1)
        after = self.event()
        self.assertEqual((after.payload, after.erased_at), ({}, NOW))
        for name in ("number", "type", "content_hash", "client_time", "status"):
            self.assertEqual(getattr(after, name), getattr(before, name))

    def test_takes_back_what_was_built_from_it(self):
        erasures.erase("event_payload", self.key, NOW, "on_request")
        self.assertFalse(Visit.objects.exists())
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_takes_the_bytes_in_which_it_came(self):
        phone = FieldPhone.of(self.cast.lan, self.cast.minh)
        said = {"visited_at": NOW.isoformat(), "outcome": "absent", "note": "Bác hay quên"}
        pushed = phone.event("visit.recorded", self.visit.household, said)
        phone.push(pushed)
        self.assertIn(b"hay qu", bytes(PushBatch.objects.get().body))
        erasures.erase("event_payload", pushed["id"], NOW, "on_request")
        self.assertEqual(bytes(PushBatch.objects.get().body), b"")

    def test_stays_when_more_is_said_of_the_home(self):
        erasures.erase("event_payload", self.key, NOW, "on_request")
        later = make_visit(self.visit.household, self.cast.lan)
        self.assertEqual(list(Visit.objects.all()), [later])
        self.assertEqual((self.event().status, self.event().reason), ("applied", ""))

    def test_leaves_other_events_alone(self):
        erasures.erase("event_payload", self.key, NOW, "on_request")
        self.assertEqual(LedgerEvent.objects.filter(erased_at=None).count(), 1)

    def test_is_done_again_by_the_list(self):
        self.note()
        self.assertEqual(erasures.replay(), 1)
        self.assertEqual(self.event().payload, {})
        self.assertEqual(erasures.replay(), 0)

    def test_of_what_is_not_there_changes_nothing(self):
        self.note(key=str(uuid4()))
        self.assertEqual(erasures.replay(), 0)

    def test_is_known_when_a_phone_offers_again(self):
        self.assertEqual(erasures.erased_keys("event_payload"), frozenset())
        self.note()
        self.assertEqual(erasures.erased_keys("event_payload"), {self.key})


class TheList(ErasureTestCase):
    def test_is_for_the_server_alone(self):
        self.note()
        self.assertEqual(erasures.path().stat().st_mode & 0o777, 0o600)

    def test_takes_no_words(self):
        wrong = {
            "kind": "resident_name",
            "key": "Đặng Thị Bích Yến",
            "reason": "Con trai bác Yến gọi điện",
            "now": datetime(2026, 11, 20, 9),
        }
        for name, value in wrong.items():
            with self.subTest(name), self.assertRaises(ValueError):
                self.note(**{name: value})
        self.assertFalse(erasures.path().exists())

    def test_outlives_a_line_that_a_crash_cut_off(self):
        self.note()
        with erasures.path().open("ab") as file:
            file.write(b'{"at": "2026-11')
        self.assertEqual(len(erasures.noted()), 1)
        self.note(key=str(uuid4()))
        self.assertEqual(len(erasures.noted()), 2)

    def test_says_which_line_cannot_be_read(self):
        self.note()
        for line in (b"x\n", b"[]\n", b'{"at": "2026-11-20T09:00:00+00:00"}\n', b"\xff\n", b"7\n"):
            with self.subTest(line):
                broken = erasures.path().with_name("broken")
                broken.write_bytes(erasures.path().read_bytes() + line)
                with self.assertRaisesRegex(erasures.UnreadableList, "Line 2 of .*broken"):
                    erasures.noted(broken)

    def test_takes_from_another_what_it_lacks(self):
        self.note()
        elsewhere = erasures.path().with_name("elsewhere.jsonl")
        erasures.merge(elsewhere, erasures.noted())
        self.note(key=str(uuid4()))
        erasures.merge(elsewhere, erasures.noted())
        erasures.merge(elsewhere, erasures.noted())
        self.assertEqual(elsewhere.read_bytes(), erasures.path().read_bytes())
