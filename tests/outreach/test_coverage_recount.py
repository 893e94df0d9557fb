"""The coverage against a plain recount of the ledger, over random histories."""

import dataclasses
import os
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import cycle
from uuid import uuid4

from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.coverage import coverage
from outreach.coverage.ladder import ladder
from outreach.coverage.members import Part
from outreach.coverage.teams import teams
from outreach.ledger import event_of, record
from outreach.member_list import MemberList, Wish
from outreach.models import Household, Resident, Visit
from outreach.payloads import ReferralAnswered, ReferralMade, SessionHeld
from outreach.periods import Period
from outreach.phone_targets import targets_of_phone
from outreach.workbook import VisitRows, write_workbook
from tests.builders import give_consent, make_household, make_visit, void_visit, withdraw_consent
from tests.outreach.api.volunteer import FieldPhone
from tests.outreach.recount import SKILLS, members, read_ledger, recount, unmet
from tests.outreach.recount_teams import recount_ladder, recount_teams
from tests.outreach.test_targets import make_target
from tests.outreach.test_workbook import blank
from tests.outreach.test_workbook_sheets import checksum_of, notes_of
from tests.people import make_cast
from tests.workbooks import read_raw
from volunteers.models import Device, Membership, Team

START = datetime(2026, 3, 1, tzinfo=UTC)
# The same few histories every time; the long suite asks for more.
EXAMPLES = int(os.environ.get("RECOUNT_EXAMPLES", "12"))


class History:
    """A few homes whose people agree, are visited, withdraw and move, told through the ledger.

    Days and skills are few, so that much falls on the same day, moment, person and skill.
    """

    STEPS = (
        *("visit", "visit", "visit", "visit", "void", "consent", "withdraw", "later_list"),
        *("hold_class", "refer"),
    )

    def __init__(self, random, cast, areas):
        self.random, self.lan, self.areas = random, cast.lan, areas
        self.ward, self.team = cast.ward, [cast.lan, cast.minh]
        self.households: list[Household] = []
        self.visits: list[Visit] = []
        self.listed = START.date() - timedelta(days=3)
        for number in range(random.randint(3, 5)):
            self.add_home(number)
        for person in Resident.objects.order_by("household__address"):
            if random.random() < 0.7:
                give_consent(person, self.lan, self.moment(days=4))
        for _step in range(random.randint(15, 35)):
            self.step()

    def step(self) -> None:
        getattr(self, self.random.choice(self.STEPS))()

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
        living = list(household.residents.all())
        met = self.random.sample(living, self.random.randint(0, len(living)))
        said = {
            "met": [person.pk for person in met] if outcome == "met" else [],
            "lessons_taught": self.random.choice([[], [], [3]]),
            "companions": [self.team[1].pk] if self.random.random() < 0.3 else [],
        }
        self.visits.append(make_visit(household, self.lan, outcome, at, levels, **said))

    def hold_class(self) -> None:
        said = SessionHeld(
            area=self.random.choice([*self.areas, self.ward]).pk,
            place="Nhà văn hóa",
            held_at=self.moment(),
            leaders=[one.pk for one in self.random.sample(self.team, self.random.randint(1, 2))],
            head_count=self.random.randint(0, 30),
            attendees=[self.person().pk],
        )
        record(event_of("session.held", said, ward=self.ward, household=None, actor=self.lan))

    def refer(self) -> None:
        household, key = self.random.choice(self.households), uuid4()
        where = {"ward": self.ward, "household": household.pk, "actor": self.lan}
        said = ReferralMade(id=key, to="police", made_at=self.moment())
        record(event_of("referral.made", said, **where))
        if self.random.random() < 0.5:
            done = ReferralAnswered(referral=key, answer="done", answered_at=self.moment())
            record(event_of("referral.answered", done, **where))

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
        cls.make_teams()
        # The volunteer's has a neighbourhood and a lane, the officer's the ward.
        cls.phones = [
            FieldPhone.of(one, cls.cast.hoa).phone.id for one in (cls.cast.lan, cls.cast.hoa)
        ]

    @classmethod
    def make_teams(cls):
        """One of a lane, one of the whole ward and of a part of it, one of nothing; and people who
        join, change their role and leave on the days of the histories."""
        cast, ward = cls.cast, cls.cast.ward
        Membership.objects.filter(user=cast.minh).update(joined_on=date(2026, 3, 5))
        lan, team = Membership.objects.filter(user=cast.lan), cast.team
        lan.update(joined_on=date(2026, 3, 2), left_on=date(2026, 3, 8))
        for name, areas, joined, left in (
            ("Tổ hẻm 5", [cls.lane], date(2026, 3, 4), None),
            ("Tổ phường", [ward, cls.lane, cast.kp1], date(2026, 3, 10), date(2026, 3, 15)),
            ("Tổ mới", [], date(2027, 1, 1), None),
        ):
            other = Team.objects.create(ward=ward, name=name)
            other.areas.set(areas)
            other.memberships.create(user=cast.lan, joined_on=joined, left_on=left)
        role = Membership.Role.DEPUTY
        team.memberships.create(user=cast.lan, joined_on=date(2026, 3, 8), role=role)

    def assert_equals_recount(self, ledger, first, last):
        days = first and first.isoformat(), last.isoformat()
        places = (self.cast.ward, self.cast.kp1, self.cast.kp2, self.lane)
        # Lists are many: those of one area at a time.
        listed = next(self.turns)
        for area, code in [(self.cast.city, ""), *((place, place.pk) for place in places)]:
            counted = coverage(area, Period(first, last))
            self.assertEqual(figures(counted), recount(ledger, code, *days), (area, days))
            self.assert_unmet(counted, unmet(ledger, code, *days))
            if area == listed:
                self.assert_lists(counted, members(ledger, code, *days))
            for part in counted.by_area:
                self.assertEqual(figures(part), recount(ledger, part.area.pk, *days), part.area)
        found = teams(self.cast.ward, Period(first, last))
        self.assertEqual(by_team(found), recount_teams(ledger, "27139", *days), days)
        for area in places:
            steps = {
                one.skill.pk: (one.before, one.after) for one in ladder(area, Period(first, last))
            }
            self.assertEqual(steps, recount_ladder(ledger, area.pk, *days), (area, days))

    def assert_one_number_everywhere(self, period: Period):
        """The workbook, read back, and the page say what the JSON says."""
        file, ward = BytesIO(), self.cast.ward
        write_workbook(file, ward, period, visit_rows=VisitRows.EACH, made_by="Lê Thị Hoa")
        sheets = read_raw(file)
        told = coverage(ward, period).as_json()
        sides = ("numerator", "denominator", "rate")
        summary = rows_below_titles(sheets["Tổng hợp"])
        for figure, row in zip(told["indicators"], summary, strict=False):
            # The file has 16 digits of a rate.
            rounded = [round(number, 12) if number != "" else "" for number in row[5:8]]
            expected = [blank(figure[side]) for side in sides]
            self.assertEqual(rounded, [one and round(one, 12) for one in expected], figure)
        found, steps = teams(ward, period), ladder(ward, period)
        expected = [*found.rows, found.ward]
        self.assertEqual(
            [tuple(row[3:12]) for row in rows_below_titles(sheets["Theo tổ"]) if len(row) == 12],
            [dataclasses.astuple(row)[1:] for row in expected],
        )
        numbers = [
            tuple(number for number in row[2:8] if number != "")
            for row in rows_below_titles(sheets["Theo kỹ năng"])
        ]
        steps = sorted(steps, key=lambda one: not one.is_ladder)
        self.assertEqual(numbers, [side for one in steps for side in (one.before, one.after)])
        homes = [row for row in rows_below_titles(sheets["Hộ chưa tiếp cận"]) if len(row) == 4]
        reached = told["indicators"][0]
        self.assertEqual(len(homes), reached["denominator"] - reached["numerator"])
        self.assertEqual(notes_of(sheets)["Mã kiểm tra"], checksum_of(sheets))
        self.assert_page_says(told, found, period)

    def set_targets(self, first: date):
        for area in (self.cast.ward, self.cast.kp1, self.lane):
            for code, measure in (("residents_progressed", "percent"), ("person_days", "count")):
                make_target(area, first.isoformat(), "2026-12-31", 3, measure, code)

    def assert_phones_say_it(self, period: Period):
        """What phones are told on the period's last day is the coverage's, of a month and of a
        target's days."""
        places = {area.pk: area for area in (self.cast.ward, self.cast.kp1, self.lane)}
        now = period.end - timedelta(hours=1)
        said = [
            area
            for device in Device.objects.filter(pk__in=self.phones)
            for area in targets_of_phone(device, now)["areas"]
        ]
        self.assertEqual({area["code"] for area in said}, set(places))
        for area in said:
            spans = {(one["from"], one["to"]) for one in area["indicators"]}
            for first, last in spans:
                days = Period(*map(date.fromisoformat, (first, last)))
                counted = coverage(places[area["code"]], days)
                for one in area["indicators"]:
                    if (one["from"], one["to"]) == (first, last):
                        figure = counted.figure(one["code"]).as_json()
                        self.assertEqual({name: one[name] for name in figure}, figure, days)

    def assert_page_says(self, told: dict, found, period: Period):
        self.client.force_login(self.cast.admin)
        first = {"tu": period.first.isoformat()} if period.first else {}
        page = self.client.get(
            reverse("coverage_of", args=[told["area"]]), {**first, "den": period.last.isoformat()}
        )
        shown = page.context["counted"].as_json()
        self.assertEqual({**shown, "as_of": None}, {**told, "as_of": None})
        self.assertEqual(
            [tuple(cell.number for cell in row.cells) for row in page.context["teams"].rows],
            [dataclasses.astuple(row)[1:] for row in found.rows],
        )

    def assert_unmet(self, counted, why):
        self.assertEqual(dict(counted.unmet), {one: len(homes) for one, homes in why.items()})
        if counted.area == self.cast.city:
            return
        met = counted.figure("households_met").indicator
        for reason, homes in why.items():
            listed = MemberList(counted, met, Part.OTHERS, Wish(reason=reason))
            self.assertEqual(set(map(str, listed.keys())), homes, reason)

    def assert_lists(self, counted, counts):
        """Each figure's lists are those whom the recount counted, each once."""
        for code, (whom, among) in counts.items():
            wanted = {Part.COUNTED: whom}
            if among is not None:
                wanted |= {Part.OTHERS: among - whom}
            for part, rows in wanted.items():
                listed = MemberList(counted, counted.figure(code).indicator, part)
                found = sorted(map(key_of, listed.keys()))
                said = counted.area, counted.period, code, part
                self.assertEqual(found, sorted(rows), said)
                self.assertEqual(listed.count(), len(rows), said)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.randoms(use_true_random=True))
    def test_are_counted_as_a_plain_recount_of_the_ledger_counts_them(self, random):
        self.turns = cycle([self.cast.ward, self.lane, self.cast.kp2, self.cast.kp1])
        history = History(random, self.cast, [self.cast.kp1, self.cast.kp2, self.lane])
        periods = [history.period() for _period in range(3)]
        for period in periods:
            self.assert_equals_recount(read_ledger(), *period)
        period = Period(*random.choice(periods))
        self.assert_one_number_everywhere(period)
        self.set_targets(period.first or START.date() - timedelta(days=30))
        self.assert_phones_say_it(period)
        # What was counted is kept; what happens then must change it.
        for _step in range(5):
            history.step()
            self.assert_equals_recount(read_ledger(), *random.choice(periods))
        self.assert_phones_say_it(period)


def key_of(key) -> str | tuple:
    return (key[0], key[1].isoformat()) if isinstance(key, tuple) else str(key)


def figures(counted) -> dict[str, tuple[int, int]]:
    return {f.code: (f.numerator, f.denominator) for f in counted.indicators}


def rows_below_titles(sheet) -> list[list]:
    """The values of the numbered rows and of the totals."""
    start = next(n for n, row in enumerate(sheet) if row and row["A"].value == "STT")
    return [
        [cell.value for cell in row.values()]
        for row in sheet[start + 1 :]
        if "A" in row and (row["A"].kind == "n" or len(row) == 12)
    ]


def by_team(found) -> dict[str | None, tuple]:
    rows = {one.team.name: one for one in found.teams} | {None: found.none, "": found.ward}
    return {name: dataclasses.astuple(one)[1:] for name, one in rows.items()}
