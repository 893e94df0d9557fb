"""Anything that may happen to phones, their people and the server, in any order."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from random import Random

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.life import installation
from tests.life.living import START, Living
from tests.life.phones import LINES
from tests.life.saying import KINDS
from volunteers import accounts, devices
from volunteers.models import Device, User

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


class Life(Living, RuleBasedStateMachine):
    """Each rule may come at any moment; hypothesis chooses."""

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        """Some days pass first, so that there is something that may go wrong."""
        self.open_wards()
        for number in range(DAYS):
            self.a_day_passes(seed * DAYS + number)

    @precondition(lambda self: len(self.phones) < MOST_PHONES)
    @rule(place=PLACES)
    def somebody_gets_another_phone(self, place: int) -> None:
        actors = self.phones[place % len(self.phones)].actors
        if not self.server.closed & set(actors):
            self.new_phone(actors)

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
        phone.wrong = by if phone.wrong != by else timedelta(0)
        if forgets:
            phone.clock_offset_ms = None

    # What is said

    @rule(place=PLACES, kind=st.sampled_from(KINDS), seed=SEEDS)
    def somebody_says(self, place: int, kind: str, seed: int) -> None:
        self.say(self.phones[place % len(self.phones)], kind, Random(seed))

    @rule(seed=SEEDS)
    def a_day_passes(self, seed: int) -> None:
        """Everybody walks along the lane; now and then there is a line."""
        random = Random(seed)
        for _ in range(random.randint(8, 18)):
            self.say(random.choice(self.phones), random.choice(KINDS), random)
            if random.random() < 0.3:
                self.try_to_push(random.choice(self.phones), random.choice(sorted(LINES)), random)
            if random.random() < 0.3:
                self.incident(random)

    def incident(self, random: Random) -> None:
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
            incidents.append(lambda: self.a_restore_forgets_a_new_phone(place, seed))
        if self.backup:
            incidents.append(self.the_server_is_lost_and_restored)
        random.choice(incidents)()

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
        self.push(phone, [event])

    # The line

    @rule(
        place=PLACES, line=st.sampled_from(sorted(LINES)), seed=SEEDS, most=st.sampled_from([2, 9])
    )
    def a_phone_pushes(self, place: int, line: str, seed: int, most: int) -> None:
        """Some of what waits, in any order, with something that was handed in before."""
        phones = self.phones + self.lost_phones
        self.try_to_push(phones[place % len(phones)], line, Random(seed), most)

    @rule(place=PLACES)
    def a_phone_pulls(self, place: int) -> None:
        phone = self.phones[place % len(self.phones)]
        if self.is_known(phone):
            self.look(phone)

    @rule(seed=SEEDS)
    def a_list_has_another_home(self, seed: int) -> None:
        cast = self.cast
        self.list_home((cast.kp1, cast.kp2, cast.other_kp)[seed % 3], 50 + seed)

    @rule(seed=SEEDS, accept=st.booleans())
    def the_officer_decides(self, seed: int, accept: bool) -> None:
        for number in range(3):
            if not self.server.behind:
                self.decide(seed + number, accept)

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
        self.server.lost.append((kept.made_at, self.now))
        # Who had a phone revoked since must do it again, as with all that the desk entered.
        for phone in list(self.lost_phones):
            known = self.server.phones.get(phone.device)
            if known is None or known.revoked_at is None:
                self.lost_phones.remove(phone)
                self.phones.append(phone)

    @precondition(lambda self: len(self.phones) < MOST_PHONES)
    @rule(place=PLACES, seed=SEEDS)
    def a_restore_forgets_a_new_phone(self, place: int, seed: int) -> None:
        """It is enrolled and used after the backup that is restored."""
        self.the_operator_backs_up()
        self.time_passes(timedelta(hours=1))
        self.somebody_gets_another_phone(place)
        phone, random = self.phones[-1], Random(seed)
        self.a_phone_pulls(len(self.phones) - 1)
        for _ in range(4):
            self.say(phone, random.choice(KINDS), random)
        self.try_to_push(phone, random.choice(sorted(LINES)), random)
        self.the_server_is_lost_and_restored()

    # The end

    def teardown(self) -> None:
        try:
            if self.phones:
                self.end()
        finally:
            self.travel.stop()
            transaction.savepoint_rollback(self.began)
