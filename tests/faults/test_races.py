"""Phones that push at the same moment, and a writer who is slow."""

import threading
import time
from datetime import timedelta
from random import Random
from uuid import uuid4

from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from outreach import payloads
from outreach.ledger import event_of, record
from outreach.models import LedgerEvent, Visit
from outreach.verify import differences
from tests.builders import make_household, make_visit
from tests.outreach.api.volunteer import FieldPhone
from tests.people import make_cast
from tests.together import together

COPIES = 20
ROUNDS = 5


class RaceCase(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.cast = make_cast()
        self.homes = [make_household(self.cast.kp1, address=f"{n} Kỳ Đồng") for n in range(12)]
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.minh = FieldPhone.of(self.cast.minh, self.cast.minh)
        self.told: list[dict] = []

    def found(self, phone: FieldPhone, card_code: str) -> list[dict]:
        """A home that the list lacks, and a visit to it."""
        home, person = uuid4(), str(uuid4())
        said = {
            "area": self.cast.kp1.code,
            "kind": "home",
            "card_code": card_code,
            "address": "99 Kỳ Đồng",
            "residents": [{"id": person, "name": "Vũ Thị Mới"}],
            "since": f"{timezone.localdate() - timedelta(days=1)}",
        }
        return [
            phone.event("household.proposed", home, said),
            phone.visit(home, "met", met=[person]),
        ]

    def assert_counted_once(self, events: list[dict]):
        ids = sorted(event["id"] for event in events)
        stored = LedgerEvent.objects.exclude(device=None)
        self.assertEqual(sorted(map(str, stored.values_list("uuid", flat=True))), ids)
        self.assertEqual(set(stored.values_list("status", "reason")), {("applied", "")})
        visits = [event["id"] for event in events if event["type"] == "visit.recorded"]
        counted = Visit.objects.values_list("pk", flat=True)
        self.assertEqual(sorted(map(str, counted)), sorted(visits))
        self.assertEqual(list(differences(self.cast.ward)), [])


class OneBatchManyTimes(RaceCase):
    def test_is_stored_and_counted_once_and_every_answer_has_its_receipts(self):
        batch = [self.lan.visit(home, "absent") for home in self.homes]
        for number in range(4):
            batch += self.found(self.lan, f"XH-{number:04d}")
        answers = together(*[lambda: self.lan.push(*batch)] * COPIES)
        self.assertEqual([answer.status_code for answer in answers], [200] * COPIES)
        numbers = dict(LedgerEvent.objects.values_list("uuid", "number"))
        known = [(str(key), number) for key, number in numbers.items()]
        for answer in answers:
            receipts = answer.json()["receipts"]
            self.assertEqual([one["id"] for one in receipts], [event["id"] for event in batch])
            self.assertLessEqual({one["receipt"] for one in receipts}, {"stored", "already_stored"})
            self.assertLessEqual({(one["id"], one["number"]) for one in receipts}, set(known))
        self.assert_counted_once(batch)

    def test_of_new_homes_in_other_pieces_and_orders_is_counted_once(self):
        """Homes that nobody knows yet cannot be locked."""
        for number in range(ROUNDS):
            codes = [f"XH-{number}{home:03d}" for home in range(6)]
            batch = [event for code in codes for event in self.found(self.lan, code)]
            jobs = []
            for copy in range(COPIES // 4):
                piece = Random(copy).sample(batch, len(batch) - copy)
                jobs.append(lambda piece=piece: self.pushed_at_last(piece))
            with self.assertNoLogs("outreach.sync", "ERROR"):
                self.assertEqual(together(*jobs), [200] * len(jobs))
            self.told += batch
        self.assert_counted_once(self.told)

    def pushed_at_last(self, piece: list[dict]) -> int:
        """Who meets a deadlock twice is asked to come back, and does."""
        answer = self.lan.push(*piece)
        if answer.status_code == 503:
            self.assertTrue(answer["Retry-After"])
            answer = self.lan.push(*piece)
        return answer.status_code


class TwoPhonesAtTheSameHomes(RaceCase):
    def test_in_opposite_orders_never_wait_for_each_other(self):
        for number in range(ROUNDS):
            there = [self.lan.visit(home, "absent") for home in self.homes]
            # A second event of a home makes its whole history be told.
            there += [self.lan.visit(home, "absent") for home in self.homes[:6]]
            back = [self.minh.visit(home, "absent") for home in reversed(self.homes)]
            back += [self.minh.visit(home, "absent") for home in self.homes[6:]]
            back += self.found(self.minh, f"XH-{number:04d}")
            answers = together(
                lambda there=there: self.lan.push(*there).status_code,
                lambda back=back: self.minh.push(*back).status_code,
            )
            self.assertEqual(answers, [200, 200])
            self.told += there + back
        self.assert_counted_once(self.told)


class AMerger(RaceCase):
    def test_that_commits_while_a_visit_waits_is_seen_by_it(self):
        one, other = self.homes[:2]
        day = timezone.localdate() - timedelta(days=1)
        merged = payloads.HouseholdMerged(into=other.pk, on=day)
        visit = self.lan.visit(one, "absent")
        written = threading.Event()

        def merge() -> None:
            with transaction.atomic():
                record(
                    event_of(
                        LedgerEvent.Type.HOUSEHOLD_MERGED,
                        merged,
                        ward=self.cast.ward,
                        household=one.pk,
                        actor=self.cast.minh,
                    )
                )
                written.set()
                # Long enough for the visit to come as far as it can.
                time.sleep(1)

        def push() -> int:
            written.wait(10)
            return self.lan.push(visit).status_code

        self.assertEqual(together(merge, push), [None, 200])
        self.assertEqual(list(differences(self.cast.ward)), [])


class ASlowWriter(RaceCase):
    def test_is_not_skipped_by_a_phone_that_pulled_meanwhile(self):
        """What begins first and commits last comes with the next pull."""
        slow, quick = self.homes[:2]
        for phone in (self.lan, self.minh):
            phone.pull()
        written, may_commit = threading.Event(), threading.Event()

        def write() -> None:
            with transaction.atomic():
                make_visit(slow, self.cast.minh, "absent")
                written.set()
                may_commit.wait(10)

        def meanwhile() -> list[str]:
            written.wait(10)
            try:
                # SQLite lets one write at a time.
                if connection.vendor == "postgresql":
                    self.minh.pushed(self.minh.visit(quick, "absent"))
                self.lan.pull()
                return self.visited()
            finally:
                may_commit.set()

        _, seen = together(write, meanwhile)
        self.assertEqual(seen, [str(quick.pk)] if connection.vendor == "postgresql" else [])
        self.lan.pull()
        self.assertEqual(self.visited(), sorted({*seen, str(slow.pk)}))

    def visited(self) -> list[str]:
        """The homes of which Lan's phone knows a visit."""
        return sorted(key for key, home in self.lan.homes.items() if "last_visit" in home)
