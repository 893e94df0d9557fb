"""Giving doors to volunteers from a leader's phone, and what the others' phones learn of it."""

from datetime import date
from uuid import uuid4

from django.core.cache import cache
from django.test import TestCase

from outreach.ledger import event_of, record
from outreach.models import Assignment, LedgerEvent
from outreach.payloads import RosterUndone
from outreach.verify import differences
from tests.builders import make_household
from tests.outreach.api.phone import post
from tests.outreach.api.volunteer import FieldPhone, leave_team
from tests.people import make_cast, make_person
from volunteers import roles
from volunteers.models import RoleGrant

ASSIGN = "/api/v1/assignments"
UNTIL = "2026-12-31"


class AssignCase(TestCase):
    def setUp(self):
        # What other tests pulled under the same numbers.
        cache.clear()
        self.cast = make_cast()
        self.minh = FieldPhone.of(self.cast.minh, self.cast.hoa)
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.hoa = FieldPhone.of(self.cast.hoa, self.cast.hoa)
        self.homes = [
            make_household(self.cast.kp1, "Đặng Thị Yến", address=f"{number} Kỳ Đồng")
            for number in (5, 7)
        ]

    def tearDown(self):
        self.assertEqual(list(differences(self.cast.ward)), [])

    def give(self, by: FieldPhone, to, *homes, actor=None, until: str | None = UNTIL):
        asked = {
            "actor": (actor or by.person).pk,
            "households": [str(home.pk) for home in homes],
            "to": to and to.pk,
            "until": until,
        }
        return post(ASSIGN, asked, by.phone.pull)

    def given(self, by: FieldPhone, to, *homes, **more) -> int:
        answer = self.give(by, to, *homes, **more)
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()["changed"]

    def assert_absent(self, answer) -> None:
        self.assertEqual(answer.status_code, 404, answer.content)
        self.assertEqual(answer.json()["code"], "not_found")
        self.assertFalse(Assignment.objects.current().exists())


class ALeader(AssignCase):
    def test_gives_doors_and_the_volunteers_phone_learns_of_it(self):
        self.lan.pull()
        self.assertEqual(self.given(self.minh, self.cast.lan, *self.homes), 2)
        self.lan.pull()
        for home in self.homes:
            said = self.lan.homes[str(home.pk)]["assigned"]
            self.assertEqual(said, {"to": self.cast.lan.pk, "until": UNTIL})
        only = Assignment.objects.get(household=self.homes[0])
        self.assertEqual((only.to, only.made_by), (self.cast.lan, self.cast.minh))
        self.assertEqual(only.until, date(2026, 12, 31))

    def test_asks_again_and_nothing_changes(self):
        self.given(self.minh, self.cast.lan, *self.homes)
        self.lan.pull()
        self.assertEqual(self.given(self.minh, self.cast.lan, *self.homes), 0)
        self.assertEqual(self.lan.ask(self.lan.cursor).json()["households"], [])
        self.assertEqual(Assignment.objects.count(), 2)

    def test_gives_a_door_on_and_takes_it_back(self):
        one = self.homes[0]
        self.given(self.minh, self.cast.lan, one)
        self.assertEqual(self.given(self.minh, self.cast.minh, one, until=None), 1)
        self.lan.pull()
        self.assertEqual(self.lan.homes[str(one.pk)]["assigned"], {"to": self.cast.minh.pk})
        self.assertEqual(self.given(self.minh, None, one), 1)
        self.lan.pull()
        self.assertNotIn("assigned", self.lan.homes[str(one.pk)])
        ended = Assignment.objects.order_by("made_at")
        self.assertEqual([row.to for row in ended], [self.cast.lan, self.cast.minh])
        self.assertTrue(all(row.ended_at and row.ended_by == self.cast.minh for row in ended))

    def test_knows_whom_to_give_doors_to(self):
        answer = self.minh.ask().json()
        self.assertEqual(
            answer["people"],
            [
                {"id": self.cast.lan.pk, "name": "Nguyễn Thị Lan", "leads": False},
                {"id": self.cast.minh.pk, "name": "Trần Văn Minh", "leads": True},
            ],
        )
        leave_team(self.cast.lan)
        names = [one["name"] for one in self.minh.ask().json()["people"]]
        self.assertEqual(names, ["Trần Văn Minh"])

    def test_gives_no_door_that_the_volunteer_does_not_see(self):
        far = make_household(self.cast.kp2)
        self.cast.team.areas.add(self.cast.kp2)
        stranger = make_person("tu", "Lê Văn Tú")
        other = self.cast.ward.teams.create(name="Tổ công nghệ số khu phố 3")
        other.areas.set([self.cast.kp1])
        roles.join(stranger, other)
        roles.join(self.cast.minh, other, "leader")
        self.assertEqual(self.given(self.minh, stranger, self.homes[0]), 1)
        Assignment.objects.all().delete()
        self.assert_absent(self.give(self.minh, stranger, self.homes[0], far))

    def test_gives_no_door_that_is_absent_or_foreign(self):
        foreign = make_household(self.cast.other_kp)
        outside = make_household(self.cast.kp2)
        for home in (foreign, outside):
            self.assert_absent(self.give(self.minh, self.cast.lan, self.homes[0], home))
        asked = {"actor": self.cast.minh.pk, "households": [str(uuid4())], "to": self.cast.lan.pk}
        self.assert_absent(post(ASSIGN, asked, self.minh.phone.pull))

    def test_gives_nothing_to_somebody_of_elsewhere_or_nobody(self):
        for person in (self.cast.binh, self.cast.editor):
            self.assert_absent(self.give(self.minh, person, *self.homes))
        asked = {"actor": self.cast.minh.pk, "households": [str(self.homes[0].pk)], "to": 2**31 - 1}
        self.assert_absent(post(ASSIGN, asked, self.minh.phone.pull))


class AnOfficer(AssignCase):
    def test_gives_doors_of_the_whole_ward(self):
        home = make_household(self.cast.kp2)
        self.cast.team.areas.add(self.cast.kp2)
        self.assertEqual(self.given(self.hoa, self.cast.lan, home, *self.homes), 3)


class Others(AssignCase):
    def test_give_nothing(self):
        self.assert_absent(self.give(self.lan, self.cast.lan, *self.homes))
        # Nor in the name of somebody who does not work on this phone.
        self.assert_absent(self.give(self.lan, self.cast.lan, *self.homes, actor=self.cast.minh))
        officer = make_person("nam", "Lý Văn Nam")
        roles.grant(officer, RoleGrant.Role.OFFICER, self.cast.other_ward)
        binh = FieldPhone.of(self.cast.binh, officer)
        self.assert_absent(self.give(binh, self.cast.binh, *self.homes))

    def test_need_the_pull_credential(self):
        asked = {"actor": 1, "households": [str(self.homes[0].pk)], "to": None}
        for token in ("", "wrong", self.minh.phone.push):
            self.assertEqual(post(ASSIGN, asked, token).status_code, 401)

    def test_get_a_clear_answer_to_what_makes_no_sense(self):
        good = {"actor": 1, "households": [str(self.homes[0].pk)], "to": None}
        for wrong in (
            {},
            {**good, "households": []},
            {**good, "households": ["x"]},
            {**good, "households": [str(uuid4())] * 501},
            {**good, "until": "tomorrow"},
            {**good, "to": "Lan"},
            {**good, "to": 2**70, "actor": 2**70},
        ):
            answer = post(ASSIGN, wrong, self.minh.phone.pull)
            self.assertEqual(answer.status_code, 400, wrong)
            self.assertEqual(answer.json()["code"], "invalid")


class AnImportThatIsUndone(AssignCase):
    def test_takes_what_was_given_of_its_homes_along(self):
        home = self.homes[0]
        self.given(self.minh, self.cast.lan, *self.homes)
        roster = LedgerEvent.objects.get(household=home.pk).payload["roster"]
        said = RosterUndone(roster=roster)
        ward = self.cast.ward
        record(event_of("roster.undone", said, ward=ward, household=None, actor=self.cast.hoa))
        self.assertEqual(Assignment.objects.get().household, self.homes[1])
