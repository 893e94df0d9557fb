"""Anything that may happen to phones, their people and the server, in any order."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from outreach import waiting
from outreach.ledger import Refused as RefusedAtTheDesk
from outreach.models import LedgerEvent
from tests.builders import make_household
from tests.faults.day import fixed_ids
from tests.faults.stranger import Refused
from tests.life import ward as installation
from tests.life.checks import Checks
from tests.life.model import KnownPhone, Server, Team, content
from tests.life.phones import LINES, LivePhone
from tests.life.saying import KINDS, Talk
from tests.people import Cast
from volunteers import accounts, devices
from volunteers.models import Device, User

START = datetime(2026, 10, 12, 1, tzinfo=UTC)
# Whoever comes back within a lease of 30 days may still read.
LONGEST_LIFE = timedelta(days=25)
MOST_PHONES = 6
DAYS = 3
LATER = st.sampled_from([timedelta(minutes=3), timedelta(hours=5), timedelta(days=2)])
SEEDS = st.integers(0, 2**32)
PLACES = st.integers(0, 5)
# Places in the list of the ward's areas.
AREAS = [(0,), (1,), (0, 1), ()]
JUMPS = [timedelta(hours=-7), timedelta(hours=11), timedelta(days=-900), timedelta(days=1300)]


class Life(Checks, RuleBasedStateMachine):
    """`cast`, `tam` (of Lan's team) and `officers` (of each ward) are there before each life."""

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
        self.backup: tuple[installation.Backup, Server] | None = None

    @property
    def now(self) -> datetime:
        return timezone.now()

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        """Some days pass first, so that there is something that may go wrong."""
        self._open_wards()
        for number in range(DAYS):
            self.a_day_passes(seed * DAYS + number)

    def _open_wards(self) -> None:
        cast = self.cast
        self.areas = {ward: [] for ward in self.officers}
        for area in (cast.kp1, cast.kp2, cast.other_kp):
            self.areas[area.ward_code].append(area.code)
        team = {cast.lan.pk, cast.minh.pk, self.tam.pk}
        self.server = Server(
            [
                Team(cast.ward.pk, team, {cast.kp1.code}),
                Team(cast.other_ward.pk, {cast.binh.pk}, {cast.other_kp.code}),
            ]
        )
        for number, area in enumerate((cast.kp1, cast.kp1, cast.kp2, cast.other_kp)):
            self._list_home(area, number)
        self._new_phone([cast.lan.pk])
        self._new_phone([cast.minh.pk, self.tam.pk])
        self._new_phone([cast.binh.pk])
        for phone in self.phones:
            self._look(phone)

    def _list_home(self, area, number: int) -> None:
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

    def _new_phone(self, actors: list[int]) -> LivePhone:
        phone = LivePhone(f"phone {len(self.wards)}")
        phone.actors = actors
        team = next(team for team in self.server.teams if actors[0] in team.people)
        self.wards[phone] = team.ward
        for actor in actors:
            phone.enrol(self._code(phone, actor))
        self._enrolled(phone)
        self.phones.append(phone)
        return phone

    def _code(self, phone: LivePhone, actor: int) -> str:
        officer = self.officers[self.wards[phone]]
        return devices.make_code(User.objects.get(pk=actor), officer, self.now)

    def _enrolled(self, phone: LivePhone) -> None:
        known = KnownPhone(self.wards[phone], dict.fromkeys(phone.actors, self.now))
        self.server.phones[phone.device] = known

    def _may_enrol(self, phone: LivePhone) -> bool:
        return not self.server.closed & set(phone.actors)

    def _is_known(self, phone: LivePhone) -> bool:
        """Whether the server knows it; if not, it enrols again when its people may."""
        if phone.device in self.server.phones:
            return True
        with self._refused():
            phone.hand_in([], "good")
        if not self._may_enrol(phone):
            return False
        phone.begin_anew([self._code(phone, actor) for actor in phone.actors])
        self._enrolled(phone)
        return True

    @precondition(lambda self: len(self.phones) < MOST_PHONES)
    @rule(place=PLACES)
    def somebody_gets_another_phone(self, place: int) -> None:
        actors = self.phones[place % len(self.phones)].actors
        if not self.server.closed & set(actors):
            self._new_phone(actors)

    @rule(place=PLACES, seed=SEEDS)
    def a_phone_is_lost(self, place: int, seed: int) -> None:
        """It is revoked; somebody may find it and let it hand in what it has."""
        phone = self.phones[place % len(self.phones)]
        if len(self.phones) < 3 or phone.device not in self.server.phones or seed % 2:
            return
        self.phones.remove(phone)
        self.lost_phones.append(phone)
        device = Device.objects.get(pk=phone.device)
        devices.revoke(device, self.officers[self.wards[phone]], Device.Reason.LOST, self.now)
        self.server.phones[phone.device].revoked_at = self.now

    @rule(place=PLACES)
    def an_account_is_closed_or_opened(self, place: int) -> None:
        volunteers = (self.cast.lan, self.cast.minh, self.tam, self.cast.binh)
        key = volunteers[place % len(volunteers)].pk
        person = User.objects.get(pk=key)
        (accounts.reopen if key in self.server.closed else accounts.close)(person)
        self.server.closed ^= {key}

    @rule(which=st.sampled_from(AREAS))
    def the_team_gets_other_areas(self, which: tuple[int, ...]) -> None:
        codes = [self.areas[self.cast.ward.pk][place] for place in which]
        self.cast.team.areas.set(codes)
        self.server.teams[0].areas = set(codes)

    # Time

    @rule(by=LATER)
    def time_passes(self, by: timedelta) -> None:
        if self.now + by < START + LONGEST_LIFE:
            self.clock.shift(by)

    @rule(place=PLACES, by=st.sampled_from(JUMPS), forgets=st.booleans())
    def a_clock_jumps(self, place: int, by: timedelta, forgets: bool) -> None:
        phone = self.phones[place % len(self.phones)]
        phone.wrong = by if not phone.wrong else timedelta(0)
        if forgets:
            phone.clock_offset_ms = None

    # What is said

    @rule(place=PLACES, kind=st.sampled_from(KINDS), seed=SEEDS)
    def somebody_says(self, place: int, kind: str, seed: int) -> None:
        self._say(self.phones[place % len(self.phones)], kind, Random(seed))

    @rule(seed=SEEDS)
    def a_day_passes(self, seed: int) -> None:
        """Everybody walks along the lane; now and then there is a line."""
        random = Random(seed)
        for _ in range(random.randint(4, 16)):
            self._say(random.choice(self.phones), random.choice(KINDS), random)
            if random.random() < 0.3:
                self._try_to_push(random.choice(self.phones), random.choice(sorted(LINES)), random)
            if random.random() < 0.3:
                self._incident(random)

    def _incident(self, random: Random) -> None:
        """Whatever else may happen on a day, so that a life has much of everything."""
        seed, place = random.randint(0, 2**16), random.randint(0, 5)
        incidents: list[Callable[[], None]] = [
            lambda: self.a_phone_pulls(place),
            lambda: self.a_phone_pulls(place),
            lambda: self.the_officer_decides(seed, seed % 3 > 0),
            lambda: self.the_officer_decides(seed, seed % 3 > 0),
            lambda: self.a_clock_jumps(place, random.choice(JUMPS), seed % 2 == 0),
            lambda: self.a_phone_is_lost(place, seed),
            lambda: self.an_account_is_closed_or_opened(place),
            lambda: self.the_team_gets_other_areas(random.choice(AREAS)),
            lambda: self.an_app_uses_an_id_twice(place, seed),
            lambda: self.time_passes(timedelta(hours=random.randint(1, 9))),
            self.the_operator_backs_up,
        ]
        if len(self.phones) < MOST_PHONES:
            incidents.append(lambda: self.somebody_gets_another_phone(place))
        if self.backup:
            incidents.append(self.the_server_is_lost_and_restored)
        random.choice(incidents)()

    def _say(self, phone: LivePhone, kind: str, random: Random) -> None:
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

    @rule(place=PLACES, seed=SEEDS)
    def an_app_uses_an_id_twice(self, place: int, seed: int) -> None:
        phone = self.phones[place % len(self.phones)]
        offered = phone.numbers.keys() & phone.outbox.keys() & self.visits.keys()
        known = sorted(key for key in offered if phone.outbox[key]["type"] == "visit.recorded")
        if not known or phone.device not in self.server.phones:
            return
        event = deepcopy(phone.outbox[known[seed % len(known)]])
        event["payload"]["note"] = f"Khác {seed}"
        phone.spoilt.append(event)
        self._push(phone, [event])

    # The line

    @rule(
        place=PLACES, line=st.sampled_from(sorted(LINES)), seed=SEEDS, most=st.sampled_from([2, 9])
    )
    def a_phone_pushes(self, place: int, line: str, seed: int, most: int) -> None:
        """Some of what waits, in any order, with something that was handed in before."""
        phones = self.phones + self.lost_phones
        self._try_to_push(phones[place % len(phones)], line, Random(seed), most)

    def _try_to_push(self, phone: LivePhone, line: str, random: Random, most: int = 9) -> None:
        if not self._is_known(phone):
            return
        events = phone.waiting()
        random.shuffle(events)
        again = [event for key, event in phone.outbox.items() if key in phone.numbers]
        events = events[:most] + random.sample(again, min(len(again), random.randint(0, 1)))
        self._push(phone, events, line)

    def _push(self, phone: LivePhone, events: list[dict[str, Any]], line: str = "good") -> None:
        sent_at = phone.clock()
        receipts = phone.hand_in(events, line)
        if line != "dies before the second commit":
            # Which there is not when nothing is new.
            self.assertEqual(receipts is None, line not in ("good", "twice"))
        if not LINES[line]:
            return
        expected = self.server.receive(phone.device, events, self.now, sent_at)
        if line == "twice":
            expected = self.server.receive(phone.device, events, self.now, sent_at)
        if receipts is not None or line == "reply lost":
            self.server.settle(self.wards[phone], events, self.now)
        if receipts is None:
            return
        self.assertEqual([one["receipt"] for one in receipts], expected)
        for event in events:
            self.acknowledged.setdefault(event["id"], set()).add(content(event))
        self.check_verdicts(events, receipts)

    @rule(place=PLACES)
    def a_phone_pulls(self, place: int) -> None:
        phone = self.phones[place % len(self.phones)]
        if self._is_known(phone):
            self._look(phone)

    def _look(self, phone: LivePhone) -> None:
        if not self.server.may_pull(phone.device):
            with self._refused():
                phone.look()
            return
        phone.look()
        self.check_homes(phone)

    # The desk

    @rule(seed=SEEDS)
    def a_list_has_another_home(self, seed: int) -> None:
        cast = self.cast
        self._list_home((cast.kp1, cast.kp2, cast.other_kp)[seed % 3], 50 + seed)

    @rule(seed=SEEDS, accept=st.booleans())
    def the_officer_decides(self, seed: int, accept: bool) -> None:
        for number in range(3):
            if not self.server.behind:
                self._decide(seed + number, accept)

    def _decide(self, seed: int, accept: bool) -> None:
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

    @rule()
    def the_operator_backs_up(self) -> None:
        self.backup = (installation.back_up(self.now), deepcopy(self.server))

    @precondition(lambda self: self.backup)
    @rule()
    def the_server_is_lost_and_restored(self) -> None:
        self.clock.shift(timedelta(minutes=10))
        kept, server = self.backup
        installation.restore(kept, self.now)
        self.server = deepcopy(server)
        self.server.lost = (kept.made_at, self.now)
        # Who had a phone revoked since must do it again, as with all that the desk entered.
        for phone in list(self.lost_phones):
            known = self.server.phones.get(phone.device)
            if known is None or known.revoked_at is None:
                self.lost_phones.remove(phone)
                self.phones.append(phone)

    # The end

    def teardown(self) -> None:
        try:
            if self.phones:
                self.end()
        finally:
            self.travel.stop()
            transaction.savepoint_rollback(self.began)

    def end(self) -> None:
        """Everybody synchronises on a good line, and everything is quiet."""
        self.clock.shift(timedelta(minutes=5))
        for key in list(self.server.closed):
            accounts.reopen(User.objects.get(pk=key))
            self.server.closed.discard(key)
        for _ in range(2):
            for phone in self.phones + self.lost_phones:
                self.assertTrue(self._is_known(phone))
                self._push(phone, [])
                while events := phone.waiting()[:7]:
                    self._push(phone, events)
                for event in phone.spoilt:
                    self._push(phone, [event])
        for phone in self.phones:
            self._look(phone)
        self.check_the_end()

    def _refused(self):
        return self.assertRaises(Refused)
