"""The coverage against a plain recount of the ledger, over random histories.

The recount reads nothing but the events' payloads and the catalogue; it shares no code with
`outreach.coverage` or `outreach.apply`.
"""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from courses.models import Skill
from outreach.coverage import coverage
from outreach.models import Household, LedgerEvent, Resident, Visit
from outreach.periods import Period
from tests.builders import give_consent, make_household, make_visit, void_visit, withdraw_consent
from tests.people import make_cast

VIETNAM = timedelta(hours=7)
START = datetime(2026, 3, 1, tzinfo=UTC)
SKILLS = ("eid_issued", "smartphone", "pay_qr")
# The same few histories every time; the long suite asks for more.
EXAMPLES = int(os.environ.get("RECOUNT_EXAMPLES", "12"))


# The plain recount.


@dataclass
class Person:
    home: str
    birth_year: int | None
    since: str
    given: list[tuple] = field(default_factory=list)  # (given at, said when)
    withdrawn: list[tuple] = field(default_factory=list)  # (withdrawn at, said when)
    seen: list[tuple] = field(default_factory=list)  # (visit, moment, skill, level)

    @property
    def consents(self) -> list[datetime]:
        """When consents were given that are in force: none was withdrawn later. Within a minute
        the order in which it was said decides."""
        minute = timedelta(minutes=1)
        return [
            given
            for given, said in self.given
            if not any(
                at >= given + minute or (at > given - minute and later > said)
                for at, later in self.withdrawn
            )
        ]

    @property
    def levels(self) -> dict[tuple, int]:
        """(visit, skill): level, of visits since a consent in force."""
        first = min(self.consents, default=None)
        return {
            (visit, skill): level
            for visit, moment, skill, level in self.seen
            if first is not None and first <= moment
        }


@dataclass
class Ledger:
    """What the events say, as plain dictionaries; times are kept as datetimes."""

    stood: dict = field(default_factory=lambda: defaultdict(list))  # home: [(day, area)] in order
    people: dict = field(default_factory=dict)
    visits: dict = field(default_factory=dict)  # uuid: (moment, number, home, outcome)
    voided: set = field(default_factory=set)


def local_day(moment: str | datetime) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return (moment.astimezone(UTC) + VIETNAM).date().isoformat()


def read_ledger() -> Ledger:
    ledger = Ledger()
    for event in LedgerEvent.objects.order_by("number").values():
        said, home = event["payload"], str(event["household"])
        told = (event["client_time"], event["number"])
        match event["type"]:
            case "roster.imported":
                ledger.stood[home].append((said["as_of"], said["area"]))
                for person in said["residents"]:
                    ledger.people.setdefault(
                        person["id"], Person(home, person["birth_year"], said["as_of"])
                    )
            case "consent.given":
                given = datetime.fromisoformat(said["given_at"])
                ledger.people[said["resident"]].given.append((given, told))
            case "consent.withdrawn":
                withdrawn = datetime.fromisoformat(said["withdrawn_at"])
                ledger.people[said["resident"]].withdrawn.append((withdrawn, told))
            case "visit.recorded":
                moment = datetime.fromisoformat(said["visited_at"])
                visit = str(event["uuid"])
                ledger.visits[visit] = (moment, event["number"], home, said["outcome"])
                for one in said["assessments"]:
                    seen = (visit, moment, one["skill"], one["level"])
                    ledger.people[one["resident"]].seen.append(seen)
            case "visit.voided":
                ledger.voided.add(said["visit"])
    return ledger


def recount(ledger: Ledger, area: str, first: str | None, last: str) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of every indicator; `area` "" stands for everywhere."""
    homes = set()
    for home, places in ledger.stood.items():
        known = [place for day, place in places if day <= last]
        if known and (area in ("", known[-1]) or known[-1].startswith(f"{area}.")):
            homes.add(home)
    counted = {v: facts for v, facts in ledger.visits.items() if v not in ledger.voided}
    in_period = {
        v: facts
        for v, facts in counted.items()
        if (first is None or first <= local_day(facts[0])) and local_day(facts[0]) <= last
    }
    reached = {facts[2] for facts in in_period.values()} & homes
    met = {facts[2] for facts in in_period.values() if facts[3] == "met"} & homes
    people = [p for p in ledger.people.values() if p.home in homes and p.since <= last]
    found = {
        "households_reached": (len(reached), len(homes)),
        "households_met": (len(met), len(homes)),
        "residents_consented": (
            sum(any(local_day(given) <= last for given in p.consents) for p in people),
            len(people),
        ),
        "residents_assessed": (
            sum(any(visit in in_period for visit, _skill in p.levels) for p in people),
            len(people),
        ),
    }
    for skill in Skill.objects.values():
        old_enough = [
            p
            for p in people
            if p.birth_year is None or int(last[:4]) - p.birth_year >= skill["minimum_age"]
        ]
        ladder = skill["scale"] == "ladder"
        found[("skill." if ladder else "fact.") + skill["code"]] = (
            sum(
                newest(p, skill["code"], counted, last) >= (2 if ladder else 1) for p in old_enough
            ),
            len(old_enough),
        )
    return found


def newest(person: Person, skill: str, counted: dict, last: str) -> int:
    seen = [
        (counted[visit][0], counted[visit][1], level)
        for (visit, of), level in person.levels.items()
        if of == skill and visit in counted and local_day(counted[visit][0]) <= last
    ]
    return max(seen)[2] if seen else -1


# Random histories.


class History:
    """A few homes whose people agree, are visited, withdraw and move, told through the ledger.

    Days and skills are few, so that much falls on the same day, moment, person and skill.
    """

    STEPS = ("visit", "visit", "visit", "visit", "void", "consent", "withdraw", "later_list")

    def __init__(self, random, cast, areas):
        self.random, self.lan, self.areas = random, cast.lan, areas
        self.households: list[Household] = []
        self.visits: list[Visit] = []
        self.listed = START.date() - timedelta(days=3)
        for number in range(random.randint(3, 5)):
            self.add_home(number)
        for person in Resident.objects.order_by("household__address"):
            if random.random() < 0.7:
                give_consent(person, self.lan, self.moment(days=4))
        for _step in range(random.randint(15, 35)):
            getattr(self, random.choice(self.STEPS))()

    def moment(self, days: int = 20) -> datetime:
        return START + timedelta(minutes=30 * self.random.randrange(48 * days))

    def day(self):
        return START.date() + timedelta(days=self.random.randint(-4, 22))

    def birth_year(self) -> int | None:
        return self.random.choice([None, 1950, 1970, 2008, 2009, 2013])

    def add_home(self, number: int) -> None:
        self.households.append(
            make_household(
                self.random.choice(self.areas),
                address=f"{number} Lê Lai",
                as_of=self.listed,
                birth_year=self.birth_year(),
            )
        )

    def person(self) -> Resident:
        household = self.random.choice(self.households)
        return self.random.choice(list(household.residents.order_by("since", "pk")))

    def visit(self) -> None:
        household = self.random.choice(self.households)
        outcome = self.random.choice(["met", "met", "absent", "declined"])
        levels = {}
        for person in household.residents.all():
            for skill in self.random.sample(SKILLS, self.random.randint(0, len(SKILLS))):
                highest = 3 if skill == "pay_qr" else 1
                levels[person, skill] = self.random.randint(0, highest)
        # Two half-hours of each day only: some visits are of the very same moment.
        at = START + timedelta(days=self.random.randint(0, 20), hours=self.random.choice([1, 17]))
        self.visits.append(make_visit(household, self.lan, outcome, at, levels))

    def void(self) -> None:
        if self.visits:
            void_visit(self.random.choice(self.visits), self.lan)

    def consent(self) -> None:
        give_consent(self.person(), self.lan, self.moment())

    def withdraw(self) -> None:
        withdraw_consent(self.person(), self.lan, self.moment())

    def later_list(self) -> None:
        """The home may stand elsewhere, and one more person is named there."""
        household = self.random.choice(self.households)
        self.listed += timedelta(days=self.random.randint(0, 5))
        make_household(
            self.random.choice(self.areas),
            "Ngô Thị Mới",
            address=household.address,
            as_of=self.listed,
            birth_year=self.birth_year(),
            key=household.pk,
        )

    def period(self):
        first, last = sorted([self.day(), self.day()])
        return self.random.choice([None, first]), last


class RandomHistories(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.lane = cls.cast.kp2.add_child("Hẻm 5")

    def assert_equals_recount(self, ledger, first, last):
        days = first and first.isoformat(), last.isoformat()
        places = (self.cast.ward, self.cast.kp1, self.cast.kp2, self.lane)
        for area, code in [(self.cast.city, ""), *((place, place.pk) for place in places)]:
            counted = coverage(area, Period(first, last))
            self.assertEqual(figures(counted), recount(ledger, code, *days), (area, days))
            for part in counted.by_area:
                self.assertEqual(figures(part), recount(ledger, part.area.pk, *days), part.area)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.randoms(use_true_random=True))
    def test_are_counted_as_a_plain_recount_of_the_ledger_counts_them(self, random):
        history = History(random, self.cast, [self.cast.kp1, self.cast.kp2, self.lane])
        ledger = read_ledger()
        for _period in range(4):
            self.assert_equals_recount(ledger, *history.period())


def figures(counted) -> dict[str, tuple[int, int]]:
    return {f.code: (f.numerator, f.denominator) for f in counted.indicators}
