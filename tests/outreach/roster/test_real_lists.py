"""The three lists of real habits come in exactly as their truth files say."""

from collections import Counter

from django.test import TestCase

from outreach.cards import ALPHABET
from outreach.models import Household, LedgerEvent, Resident
from outreach.verify import differences
from tests.outreach.roster.lists import import_list, real_list, truth
from tests.people import make_cast


class RealList:
    shape = ""

    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.truth = truth(cls.shape)
        cls.outcome = import_list(cls.cast.ward, real_list(cls.shape))

    def test_gives_the_numbers_of_its_truth_file(self):
        by_place = {f"Khu phố {n}": count for n, count in self.truth["per_neighbourhood"].items()}
        nothing = {"changed": 0, "unchanged": 0, "missing": 0}
        self.assertEqual(
            self.outcome.report(),
            {
                "households": {"new": self.truth["households"], **nothing, "duplicates": 0},
                "residents": {"new": self.truth["residents_named"], **nothing},
                "neighbourhoods": by_place,
                "problems": [],
            },
        )

    def test_stores_what_it_counted(self):
        homes = Household.objects.filter(ward=self.cast.ward)
        self.assertEqual(homes.count(), self.truth["households"])
        self.assertEqual(Resident.objects.count(), self.truth["residents_named"])
        stored = Counter(homes.values_list("area__name", flat=True))
        self.assertEqual(stored, self.outcome.counts["neighbourhoods"])
        sizes = sum(home.declared_size or 0 for home in homes)
        self.assertEqual(sizes, self.truth["declared_size_total"] or 0)

    def test_stores_every_sampled_head(self):
        stored = Counter(
            Household.objects.values_list(
                "head__name", "address", "area__name", "head__birth_year", "head__phone"
            )
        )
        for name, address, number, year, phone in self.truth["heads"]:
            with self.subTest(name):
                key = (name, address, f"Khu phố {number}", year, phone or "")
                self.assertEqual(stored[key], 1)

    def test_twice_changes_nothing_and_writes_no_event(self):
        events = LedgerEvent.objects.count()
        again = import_list(self.cast.ward, real_list(self.shape)).counts
        nothing = {"new": 0, "changed": 0, "missing": 0}
        households = {"unchanged": self.truth["households"], **nothing, "duplicates": 0}
        self.assertEqual(again["households"], households)
        people = {"unchanged": self.truth["residents_named"], **nothing}
        self.assertEqual(again["residents"], people)
        self.assertEqual(LedgerEvent.objects.count(), events)


class StandsInTheLedger:
    """For the shorter lists: building 1,200 homes again one by one takes long."""

    def test_event_by_event(self):
        self.assertEqual(LedgerEvent.objects.count(), self.truth["households"])
        self.assertEqual(list(differences(self.cast.ward)), [])


class AListOfHouseholds(RealList, TestCase):
    shape = "roster-household-rows"

    def test_does_not_take_its_total_for_a_home(self):
        self.assertFalse(Resident.objects.filter(name__startswith="Tổng").exists())


class AListOfPersons(StandsInTheLedger, RealList, TestCase):
    shape = "roster-person-rows"

    def test_takes_the_sex_from_the_column_of_the_birth(self):
        sexes = dict(Resident.objects.values_list("name", "sex"))
        self.assertEqual(sexes["Đặng Thị Bích Yến"], "female")
        self.assertEqual(sexes["Nguyễn Thanh Dũng"], "male")

    def test_keeps_neither_occupation_nor_relation_nor_kind_of_residence(self):
        said = "".join(str(event.payload) for event in LedgerEvent.objects.all())
        for word in ("Hưu trí", "Chủ hộ", "Thường trú"):
            self.assertNotIn(word, said)


class AListWithASheetPerNeighbourhood(StandsInTheLedger, RealList, TestCase):
    shape = "roster-two-sheets"

    def test_takes_a_household_business_from_a_note_that_says_only_that(self):
        self.assertEqual(Household.objects.filter(kind="stall").count(), 38)

    def test_keeps_no_other_note(self):
        said = "".join(str(event.payload) for event in LedgerEvent.objects.all())
        self.assertNotIn("cao tuổi", said)
        self.assertNotIn("vắng nhà", said)

    def test_gives_each_home_a_card_code_nobody_misreads(self):
        codes = list(Household.objects.values_list("card_code", flat=True))
        self.assertEqual(len(set(codes)), 180)
        for code in codes:
            ward, _, rest = code.partition("-")
            self.assertEqual((ward, len(rest)), ("27139", 6))
            self.assertLessEqual(set(rest), set(ALPHABET))
