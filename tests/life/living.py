"""The phones and people of a life, and what is done with them: each step at once in the product and
in the plain model."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from outreach import waiting
from outreach.ledger import Refused as RefusedAtTheDesk
from outreach.models import LedgerEvent
from tests.builders import make_household
from tests.faults.day import fixed_ids
from tests.faults.stranger import Refused
from tests.life.checks import Checks
from tests.life.installation import Backup
from tests.life.model import KnownPhone, Server, Team, content
from tests.life.phones import LINES, LivePhone
from tests.life.saying import Talk
from tests.people import Cast
from volunteers import accounts, devices
from volunteers.models import User

START = datetime(2026, 10, 12, 1, tzinfo=UTC)
# How far the clocks of the phones are ahead.
WRONG = [timedelta(days=-2), timedelta(seconds=40), timedelta(0), timedelta(hours=9)]


class Living(Checks):
    """`cast`, `tam` (who goes to the other neighbourhood) and `officers` (of each ward) are there
    before each life."""

    cast: Cast
    tam: User
    officers: dict[str, User]

    def __init__(self):
        super().__init__()
        cache.clear()
        self.began = transaction.savepoint()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.phones: list[LivePhone] = []
        # Revoked: they only hand in what they have.
        self.lost_phones: list[LivePhone] = []
        self.wards: dict[LivePhone, str] = {}
        self.visits: dict[str, str] = {}
        self.acknowledged: dict[str, set[str]] = {}
        self.backup: tuple[Backup, Server] | None = None

    @property
    def now(self) -> datetime:
        return timezone.now()

    def open_wards(self) -> None:
        cast = self.cast
        self.areas = {ward: [] for ward in self.officers}
        for area in (cast.kp1, cast.kp2, cast.other_kp):
            self.areas[area.ward_code].append(area.code)
        self.server = Server(
            [
                Team(cast.ward.pk, {cast.lan.pk, cast.minh.pk}, {cast.kp1.code}),
                Team(cast.ward.pk, {self.tam.pk}, {cast.kp2.code}),
                Team(cast.other_ward.pk, {cast.binh.pk}, {cast.other_kp.code}),
            ]
        )
        for number, area in enumerate((cast.kp1, cast.kp1, cast.kp2, cast.other_kp)):
            self.list_home(area, number)
        self.new_phone([cast.lan.pk])
        self.new_phone([cast.minh.pk, self.tam.pk])
        self.new_phone([cast.binh.pk])
        for phone in self.phones:
            self.look(phone)
        self.all_agree(self.phones[0])

    def all_agree(self, phone: LivePhone) -> None:
        """So that levels are kept, until somebody withdraws."""
        self.clock.shift(timedelta(minutes=2))
        for key in sorted(phone.homes):
            for person in phone.homes[key]["people"]:
                talk = Talk(phone, {}, [], Random(0))
                talk.home, talk.person = phone.homes[key], person
                phone.record(phone.actors[0], *talk.agree())
        self.push(phone, phone.waiting())

    def list_home(self, area, number: int) -> None:
        # The same at every run, as everything is that a life depends on.
        ids = fixed_ids(f"home {self.server.order} {number}")
        names, address = ("Trần Văn Một", "Lê Thị Hai"), f"{number} Lý Thái Tổ"
        with mock.patch("tests.builders.uuid4", ids):
            home = make_household(area, *names, address=address)
        people = [
            {"id": str(one.pk), "name": one.name, "phone": one.phone}
            for one in home.residents.all()
        ]
        listed = {"area": area.code, "address": home.address, "residents": people}
        listed["since"] = "2026-09-30"
        self.server.list_home(area.ward_code, str(home.pk), listed, self.now)

    # Phones and their people

    def new_phone(self, actors: list[int]) -> LivePhone:
        phone = LivePhone(f"phone {len(self.wards)}")
        phone.actors = actors
        phone.wrong = WRONG[len(self.wards) % len(WRONG)]
        team = next(team for team in self.server.teams if actors[0] in team.people)
        self.wards[phone] = team.ward
        for actor in actors:
            phone.enrol(self.code(phone, actor))
        self.enrolled(phone)
        self.phones.append(phone)
        return phone

    def code(self, phone: LivePhone, actor: int) -> str:
        officer = self.officers[self.wards[phone]]
        return devices.make_code(User.objects.get(pk=actor), officer, self.now)

    def enrolled(self, phone: LivePhone) -> None:
        known = KnownPhone(self.wards[phone], dict.fromkeys(phone.actors, self.now))
        self.server.phones[phone.device] = known

    def may_enrol(self, phone: LivePhone) -> bool:
        return not self.server.closed & set(phone.actors)

    def is_known(self, phone: LivePhone) -> bool:
        """Whether the server knows it; if not, it enrols again when its people may."""
        if phone.device in self.server.phones:
            return True
        with self.refused():
            phone.hand_in([], "good")
        if not self.may_enrol(phone):
            return False
        phone.begin_anew([self.code(phone, actor) for actor in phone.actors])
        self.enrolled(phone)
        return True

    def say(self, phone: LivePhone, kind: str, random: Random) -> None:
        """Now and then the app is newer than the server, or the person not of the phone."""
        self.clock.shift(timedelta(minutes=2))
        words = Talk(phone, self.visits, self.areas[self.wards[phone]], random).say(kind)
        if words is None:
            return
        actor, odd = random.choice(phone.actors), random.randint(0, 40)
        key = phone.record(actor, words.type, words.home, words.payload)
        if odd == 0:
            phone.outbox[key]["schema"] = 2
        elif odd == 1:
            phone.outbox[key]["type"] = "visit.dreamt"
        elif odd == 2:
            phone.outbox[key]["actor"] = self.cast.city_viewer.pk
        if words.type == "visit.recorded":
            self.visits[key] = words.home

    def try_to_push(self, phone: LivePhone, line: str, random: Random, most: int = 9) -> None:
        if not self.is_known(phone):
            return
        events = phone.waiting()
        random.shuffle(events)
        again = [event for key, event in phone.outbox.items() if key in phone.numbers]
        events = events[:most] + random.sample(again, min(len(again), random.randint(0, 1)))
        receipts = self.push(phone, events, line)
        if receipts is None and random.random() < 0.5:
            self.push(phone, events)

    def push(
        self, phone: LivePhone, events: list[dict[str, Any]], line: str = "good"
    ) -> list | None:
        """Gives the receipts, if an answer came."""
        sent_at = phone.clock()
        receipts = phone.hand_in(events, line)
        if line != "dies before the second commit":
            # Which there is not when nothing is new.
            self.assertEqual(receipts is None, line not in ("good", "twice"))
        if not LINES[line]:
            return receipts
        expected = self.server.receive(phone.device, events, self.now, sent_at)
        if line == "twice":
            expected = self.server.receive(phone.device, events, self.now, sent_at)
        if receipts is not None or line == "reply lost":
            self.server.settle(self.wards[phone], events, self.now)
        if receipts is None:
            return receipts
        self.assertEqual([one["receipt"] for one in receipts], expected)
        for event in events:
            self.acknowledged.setdefault(event["id"], set()).add(content(event))
        self.check_verdicts(events, receipts)
        return receipts

    def look(self, phone: LivePhone) -> None:
        if not self.server.may_pull(phone.device):
            with self.refused():
                phone.look()
            return
        phone.look()
        self.check_homes(phone)

    # The desk
    def decide(self, seed: int, accept: bool) -> None:
        waits = LedgerEvent.objects.filter(status__in=waiting.WAITING, device__isnull=False)
        known = list(waits.exclude(reason="id_reused").order_by("uuid"))
        if not known:
            return
        event = known[seed % len(known)]
        officer, key = self.officers[event.ward_id], str(event.uuid)
        before, order = deepcopy(self.server), self.server.next()
        self.clock.shift(timedelta(seconds=1))
        self.server.decisions[key] = (accept, self.now, order)
        if not accept:
            self.assertTrue(waiting.reject(event, officer, "Không đúng", self.now))
            return
        may = event.reason not in ("newer_schema", "unknown_type")
        if may and self.verdicts()[key] == "applied":
            self.assertTrue(waiting.accept(event, officer, self.now))
            return
        self.server = before
        with self.assertRaises(RefusedAtTheDesk):
            waiting.accept(event, officer, self.now)

    # Disasters
    def end(self) -> None:
        """Everybody synchronises on a good line, and everything is quiet."""
        self.clock.shift(timedelta(minutes=5))
        for key in list(self.server.closed):
            accounts.reopen(User.objects.get(pk=key))
            self.server.closed.discard(key)
        for _ in range(2):
            for phone in self.phones + self.lost_phones:
                self.assertTrue(self.is_known(phone))
                self.push(phone, [])
                while events := phone.waiting()[:7]:
                    self.push(phone, events)
                for event in phone.spoilt:
                    self.push(phone, [event])
        for phone in self.phones:
            self.look(phone)
        self.check_the_end()

    def refused(self):
        return self.assertRaises(Refused)
