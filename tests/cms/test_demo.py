"""The demo, and wards seeded to measure with."""

from io import StringIO

from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase, override_settings

from outreach.models import Household, LedgerEvent, Resident, Visit
from outreach.verify import differences
from tests.people import make_cast
from volunteers.models import Area, User


def run(*arguments) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


class TheDemo(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.said = run("load_demo")

    def test_makes_the_wards_and_logins_once(self):
        for username in ("lan", "minh", "hoa", "bien-tap", "thanh-pho", "binh"):
            self.assertIn(username, self.said)
            self.assertTrue(User.objects.get(username=username).check_password("ngo-so-demo"))
        events, people = LedgerEvent.objects.count(), User.objects.count()
        self.assertGreater(Household.objects.filter(ward="27139").count(), 50)
        self.assertGreater(Visit.objects.filter(ward="27139").count(), 50)
        run("load_demo")
        self.assertEqual((LedgerEvent.objects.count(), User.objects.count()), (events, people))
        for ward in Area.objects.open_wards():
            self.assertEqual(list(differences(ward)), [])

    def test_gives_a_closed_demo_account_back(self):
        User.objects.filter(username="lan").update(is_active=False, must_change_password=True)
        run("load_demo")
        self.assertTrue(self.client.login(username="lan", password="ngo-so-demo"))


class AProductionServer(TestCase):
    @override_settings(DEMO=False)
    def test_refuses_invented_people(self):
        for command in (
            ["load_demo"],
            ["seed_ward", "--ward", "27139", "--households", "1", "--visits", "0", "--seed", "1"],
        ):
            with self.assertRaisesMessage(CommandError, "production"):
                run(*command)
        self.assertFalse(User.objects.exists())


class ASeededWard(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def seed(self, **changes) -> str:
        options = {"ward": "27139", "households": 12, "visits": 10, "seed": 7} | changes
        return run("seed_ward", *(f"--{name}={value}" for name, value in options.items()))

    def test_has_what_was_asked_for_and_agrees_with_its_ledger(self):
        self.seed()
        self.assertEqual(Household.objects.filter(ward=self.cast.ward).count(), 12)
        self.assertEqual(Visit.objects.filter(ward=self.cast.ward).count(), 10)
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_is_the_same_for_the_same_seed(self):
        worlds = []
        for _ in range(2):
            point = transaction.savepoint()
            self.seed()
            people = Resident.objects.values_list("id", "name", "household__address")
            worlds.append((set(people), set(Visit.objects.values_list("id", "outcome"))))
            transaction.savepoint_rollback(point)
        self.assertEqual(*worlds)

    def test_is_not_filled_twice_with_one_seed(self):
        self.seed()
        with self.assertRaisesMessage(CommandError, "already"):
            self.seed()
        self.assertEqual(Household.objects.count(), 12)

    def test_shares_nobody_with_a_ward_of_the_same_seed(self):
        self.seed()
        self.seed(ward="27160")
        self.assertEqual(Household.objects.count(), 24)

    def test_gets_a_team_when_it_has_none(self):
        bare = Area.objects.create(
            code="03408", name="Phường Tân Phong", level="commune", parent=self.cast.city
        )
        self.seed(ward="03408")
        self.assertEqual(Visit.objects.filter(ward=bare).count(), 10)
        bare.refresh_from_db()
        self.assertIsNotNone(bare.opened_on)

    def test_is_refused_for_unknown_wards_and_senseless_numbers(self):
        for changes in ({"ward": "99999"}, {"ward": "79"}, {"households": 0}, {"visits": -1}):
            with self.subTest(changes), self.assertRaises(CommandError) as raised:
                self.seed(**changes)
            self.assertEqual(raised.exception.returncode, 2)
        self.assertFalse(Household.objects.exists())
