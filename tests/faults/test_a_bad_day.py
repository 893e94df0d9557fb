"""A day of visits through a line that loses, repeats, delays and cuts ends as on a good line."""

import logging
import os
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

import time_machine
from django.apps import apps
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection
from django.test import LiveServerTestCase
from django.utils import timezone

from outreach import epoch
from outreach.models import LedgerEvent
from outreach.verify import differences
from tests.faults.day import EVENING, MORNING, NOON, Day, make_ward
from tests.faults.proxy import Proxy
from tests.faults.stranger import Stranger
from tests.outreach.tables import picture
from tests.people import make_cast, make_person
from tests.together import together
from volunteers import devices, roles
from volunteers.models import Device, DeviceActor, EnrolmentCode, FailedEnrolment, User

SEEDS = int(os.environ.get("FAULT_SEEDS", "2"))
DEVICES = (Device, DeviceActor, EnrolmentCode, FailedEnrolment)


def forget_what_happened() -> None:
    """Empty every table that is filled by the ledger, by pushes and by enrolment."""
    models = [*apps.get_app_config("outreach").get_models(include_auto_created=True), *DEVICES]
    names = [model._meta.db_table for model in models]
    flush = connection.ops.sql_flush(no_style(), names, allow_cascade=True)
    connection.ops.execute_sql_flush(flush)
    cache.clear()


def verdicts() -> dict[str, tuple[str, str]]:
    """What became of each event that came from a phone."""
    said = LedgerEvent.objects.exclude(device=None).values_list("uuid", "status", "reason")
    return {str(key): (status, reason) for key, status, reason in said}


@dataclass
class Ended:
    """How a day ended."""

    tables: dict[str, list[tuple]]
    statuses: dict[str, tuple[str, str]]
    events: dict[str, dict[str, Any]]
    faults: Counter[str]


class Lines(ExitStack):
    """From each phone to the server; without a seed all are good."""

    def __init__(self, server: tuple[str, int], seed: int | None):
        super().__init__()
        self.server, self.seed = server, seed
        self.proxies: list[Proxy] = []

    def phone(self, name: str, wrong: timedelta) -> Stranger:
        """A phone with a line of its own and a clock that is `wrong`."""
        address = self.server
        if self.seed is not None:
            self.proxies.append(self.enter_context(Proxy(self.server, f"{self.seed} {name}")))
            address = self.proxies[-1].address
        return stranger(address, name, wrong, f"{self.seed} {name}")

    def settle(self) -> None:
        for proxy in self.proxies:
            proxy.settle()

    def faults(self) -> Counter[str]:
        return sum((proxy.done for proxy in self.proxies), Counter())


def stranger(address: tuple[str, int], name: str, wrong: timedelta, habits: str = "") -> Stranger:
    def clock() -> datetime:
        return timezone.localtime() + wrong

    return Stranger(address, clock, Random(name), Random(habits), lambda _: time.sleep(0.01))


class ABadDay(LiveServerTestCase):
    serialized_rollback = True

    def setUp(self):
        # Of a request that was cut in its Host header Django logs a warning.
        log = logging.getLogger("django.security.DisallowedHost")
        self.enterContext(mock.patch.object(log, "disabled", True))
        with time_machine.travel(MORNING - timedelta(days=30)):
            self.cast = make_cast()
            self.tam = make_person("tam", "Lê Minh Tâm")
            roles.join(self.tam, self.cast.team)

    def test_ends_as_a_good_day(self):
        good = self.live(None)
        self.assertEqual(good.faults, {})
        first = int(os.environ.get("FAULT_FIRST_SEED", "1"))
        faults: Counter[str] = Counter()
        for seed in range(first, first + SEEDS):
            with self.subTest(seed=seed):
                bad = self.live(seed)
                faults += bad.faults
                self.assertEqual(bad.events, good.events)
                self.assertEqual(bad.statuses, good.statuses)
                self.assertEqual(bad.tables, good.tables)
        self.assertGreater(faults.total() - faults["forward"], 20 * SEEDS)

    def live(self, seed: int | None) -> Ended:
        """The whole day in an empty ward; without a seed the line is good."""
        forget_what_happened()
        with (
            time_machine.travel(MORNING, tick=False) as travel,
            Lines(self.server(), seed) as lines,
        ):
            make_ward(self.cast)
            lan = lines.phone("lan", timedelta(days=-2))
            shared = lines.phone("shared", timedelta(seconds=40))
            binh = lines.phone("binh", timedelta(0))
            self.begin(lan, shared, binh)
            day = Day(travel, lan, shared)
            day.before_noon()
            travel.move_to(NOON)
            # On every other day Lan finds no network before the evening, when the others are done.
            early = [lan, shared] if seed is None or seed % 2 else [shared]
            self.synchronise(*early)
            self.back_up()
            # As a restore does; what the backup held is there.
            epoch.begin_new_epoch(timezone.now())
            day.after_noon()
            events = lan.outbox | shared.outbox
            self.assertEqual(len(events), lan.seq + shared.seq)
            travel.move_to(EVENING)
            self.synchronise(*early)
            self.synchronise(lan, shared, binh)
            self.check_nothing_is_given_away(lan, shared)
            # A phone that lost what it knew of some homes finds that out.
            self.forget_some_homes(shared)
            self.back_up()
            self.synchronise(lan, shared, binh)
            lines.settle()
            self.assertEqual(
                [proxy.server_errors for proxy in lines.proxies if proxy.server_errors], []
            )
            self.check_quiet(events, lan, shared)
            self.check_what_others_know(lan, shared, binh)
        return Ended(picture(self.cast.ward), verdicts(), events, lines.faults())

    def server(self) -> tuple[str, int]:
        return self.server_thread.host, self.server_thread.port

    def enrol(self, phone: Stranger, person: User, by: User) -> None:
        self.assertEqual(phone.enrol(devices.make_code(person, by, timezone.now())), person.pk)

    def begin(self, lan: Stranger, shared: Stranger, binh: Stranger) -> None:
        self.enrol(lan, self.cast.lan, self.cast.minh)
        self.enrol(shared, self.cast.minh, self.cast.hoa)
        self.enrol(shared, self.tam, self.cast.minh)
        roles.grant(self.cast.binh, roles.Role.OFFICER, self.cast.other_ward)
        self.enrol(binh, self.cast.binh, self.cast.binh)
        self.synchronise(lan, shared, binh)
        self.assertEqual(lan.homes, shared.homes)

    def synchronise(self, *phones: Stranger) -> None:
        """All at once, until nothing is left to say or hear."""
        self.assertEqual(together(*[phone.synchronise for phone in phones]), [None] * len(phones))

    def back_up(self) -> None:
        newest = LedgerEvent.objects.order_by("number").values_list("number", flat=True).last()
        now_in_force, _ = epoch.current()
        self.assertTrue(epoch.note_backup(newest, timezone.now(), epoch=now_in_force))

    def check_nothing_is_given_away(self, *phones: Stranger) -> None:
        """Everything is handed in, and a phone keeps what no backup holds, but nothing else."""
        _, held = epoch.current()
        late = LedgerEvent.objects.filter(number__gt=held)
        for phone in phones:
            self.assertEqual(phone.waiting(), [])
            own = late.filter(device=phone.device).values_list("uuid", flat=True)
            self.assertEqual(set(phone.outbox), set(map(str, own)))

    def forget_some_homes(self, phone: Stranger) -> None:
        phone.pull()
        lost = Random("lost").sample(sorted(phone.homes), 3)
        for key in lost:
            del phone.homes[key]
        self.assertEqual(phone.drifted(), {key[-1] for key in lost})
        phone.repair()

    def check_quiet(self, events: dict[str, dict], *phones: Stranger) -> None:
        for phone in phones:
            self.assertEqual((phone.outbox, phone.stuck), ({}, set()))
        rows = LedgerEvent.objects.exclude(device=None).values_list("uuid", flat=True)
        self.assertEqual(Counter(map(str, rows)), Counter(list(events)))
        self.assertEqual(list(differences(self.cast.ward)), [])
        told = verdicts()
        for phone in phones:
            known = {key: (one["status"], one["reason"]) for key, one in phone.statuses.items()}
            self.assertEqual(known, {key: told[key] for key in phone.statuses})
            self.assertEqual(len(known), phone.seq)

    def check_what_others_know(self, lan: Stranger, shared: Stranger, binh: Stranger) -> None:
        fresh = stranger(self.server(), "fresh", timedelta(0))
        self.enrol(fresh, self.cast.lan, self.cast.minh)
        fresh.synchronise()
        for phone in (lan, shared, fresh):
            phone.pull()
            self.assertEqual(phone.homes, fresh.homes)
            self.assertEqual(phone.drifted(), set())
        self.assertEqual({home["area"] for home in binh.homes.values()}, {self.cast.other_kp.code})
        self.assertEqual(binh.statuses, {})
