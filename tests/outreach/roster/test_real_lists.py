"""The three lists of real habits come in exactly as their truth files say."""

from collections import Counter

from django.test import TestCase

from outreach.models import Household, LedgerEvent, Placement, Resident
from outreach.roster.applying import ALPHABET
from outreach.verify import differences
from tests.outreach.roster.lists import SHAPES, import_list, real_list, truth
from tests.people import make_cast


class EveryRealList(TestCase):
    def setUp(self):
        self.cast = make_cast()

    def test_gives_the_numbers_of_its_truth_file(self):
        for shape in SHAPES:
            with self.subTest(shape):
                # Each list into a ward of its own.
                ward = make_ward(self.cast, shape)
                expected = truth(shape)
                outcome = import_list(ward, real_list(shape))
                self.assertEqual(outcome.problems, [])
                self.assertEqual(
                    outcome.counts,
                    {
                        "households": {
                            "new": expected["households"],
                            "changed": 0,
                            "unchanged": 0,
                            "missing": 0,
                            "duplicates": 0,
                        },
                        "residents": {
                            "new": expected["residents_named"],
                            "changed": 0,
                            "unchanged": 0,
                            "missing": 0,
                        },
                        "neighbourhoods": {
                            f"Khu phố {number}": count
                            for number, count in expected["per_neighbourhood"].items()
                        },
                    },
                )
                homes = Household.objects.filter(ward=ward)
                self.assertEqual(homes.count(), expected["households"])
                self.assertEqual(
                    Resident.objects.filter(ward=ward).count(), expected["residents_named"]
                )
                stored = Counter(homes.values_list("area__name", flat=True))
                self.assertEqual(stored, outcome.counts["neighbourhoods"])
                sizes = sum(home.declared_size or 0 for home in homes)
                self.assertEqual(sizes, expected["declared_size_total"] or 0)

    def test_stores_every_sampled_head(self):
        for shape in SHAPES:
            ward = make_ward(self.cast, shape)
            import_list(ward, real_list(shape))
            stored = Counter(
                Household.objects.filter(ward=ward).values_list(
                    "head__name", "address", "area__name", "head__birth_year", "head__phone"
                )
            )
            for head, address, number, year, phone in truth(shape)["heads"]:
                with self.subTest(shape, head=head):
                    key = (head, address, f"Khu phố {number}", year, phone or "")
                    self.assertEqual(stored[key], 1)

    def test_twice_changes_nothing_and_writes_no_event(self):
        for shape in SHAPES:
            with self.subTest(shape):
                ward = make_ward(self.cast, shape)
                import_list(ward, real_list(shape))
                events = LedgerEvent.objects.count()
                again = import_list(ward, real_list(shape))
                expected = truth(shape)
                self.assertEqual(again.counts["households"]["unchanged"], expected["households"])
                self.assertEqual(
                    again.counts["residents"]["unchanged"], expected["residents_named"]
                )
                for kind in ("new", "changed", "missing"):
                    self.assertEqual(again.counts["households"][kind], 0)
                    self.assertEqual(again.counts["residents"][kind], 0)
                self.assertEqual(LedgerEvent.objects.count(), events)
                self.assertEqual(again.new_places, [])

    def test_stands_in_the_ledger_word_for_word(self):
        ward = self.cast.ward
        import_list(ward, real_list("roster-person-rows"))
        self.assertEqual(LedgerEvent.objects.filter(ward=ward).count(), 300)
        self.assertEqual(Placement.objects.filter(ward=ward, until=None).count(), 300)
        self.assertEqual(list(differences(ward)), [])

    def test_gives_each_home_a_card_code_nobody_misreads(self):
        import_list(self.cast.ward, real_list("roster-two-sheets"))
        codes = list(Household.objects.values_list("card_code", flat=True))
        self.assertEqual(len(set(codes)), 180)
        for code in codes:
            ward, _, rest = code.partition("-")
            self.assertEqual((ward, len(rest)), ("27139", 6))
            self.assertLessEqual(set(rest), set(ALPHABET))

    def test_takes_a_household_business_from_a_note_that_says_only_that(self):
        import_list(self.cast.ward, real_list("roster-two-sheets"))
        self.assertEqual(Household.objects.filter(kind="stall").count(), 38)


def make_ward(cast, name):
    """One more open ward of the city, for one list."""
    number = type(cast.ward).objects.wards().count()
    return type(cast.ward).objects.create(
        code=f"2{number:04}",
        name=f"Phường {name} {number}",
        level="commune",
        parent=cast.city,
        opened_on=cast.ward.opened_on,
    )
