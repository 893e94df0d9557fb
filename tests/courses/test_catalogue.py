"""The skills catalogue."""

from django.db import IntegrityError, transaction
from django.test import TestCase

from courses.catalogue import load_catalogue
from courses.models import Fact, Level, Skill

CODES = [
    "eid_issued",
    "eid_activated",
    "smartphone",
    "sim_own_name",
    "payment_account",
    "dvc_account",
    "social_account",
    "use_vneid",
    "use_etax",
    "pay_qr",
    "submit_dvc",
    "book_health",
    "report_1022",
    "spot_scam",
]


class TheCatalogueIsLoaded(TestCase):
    def test_the_migrations_have_loaded_every_skill_in_order(self):
        self.assertEqual(list(Skill.objects.current().values_list("code", flat=True)), CODES)

    def test_facts_and_ladder_skills_are_told_apart(self):
        self.assertEqual([skill.code for skill in Skill.objects.facts()], CODES[:7])
        self.assertEqual([skill.code for skill in Skill.objects.ladder()], CODES[7:])

    def test_every_skill_says_what_to_see_and_where_its_age_comes_from(self):
        for skill in Skill.objects.all():
            for text in (skill.explanation, skill.show_me, skill.minimum_age_source):
                self.assertGreater(len(text), 20, skill.code)
            self.assertLessEqual(len(skill.name), 40, skill.code)

    def test_loading_again_changes_nothing(self):
        before = list(Skill.objects.values())
        self.assertEqual(load_catalogue(), 14)
        self.assertEqual(list(Skill.objects.values()), before)

    def test_loading_brings_back_what_a_flush_removed(self):
        Skill.objects.all().delete()
        load_catalogue()
        self.assertEqual(Skill.objects.current().count(), 14)

    def test_a_skill_that_the_catalogue_no_longer_lists_is_retired_and_kept(self):
        old = Skill.objects.get(pk="use_vneid")
        old.code, old.catalogue_version = "use_fax", 0
        old.save(force_insert=True)
        load_catalogue()
        old.refresh_from_db()
        self.assertEqual(old.retired_in_version, 1)
        self.assertNotIn(old, Skill.objects.current())


class ALevelIsReached(TestCase):
    def test_on_the_ladder_from_alone_upwards(self):
        skill = Skill.objects.get(pk="pay_qr")
        self.assertEqual(skill.reached_from, Level.ALONE)

    def test_for_a_fact_by_yes(self):
        skill = Skill.objects.get(pk="smartphone")
        self.assertEqual(skill.reached_from, Fact.YES)

    def test_each_scale_offers_its_own_values(self):
        self.assertIs(Skill.objects.get(pk="pay_qr").levels, Level)
        self.assertIs(Skill.objects.get(pk="smartphone").levels, Fact)


class TheDatabaseSaysNo(TestCase):
    def test_to_an_unknown_scale(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Skill.objects.filter(pk="pay_qr").update(scale="stars")

    def test_to_a_skill_retired_before_it_began(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Skill.objects.filter(pk="pay_qr").update(retired_in_version=1)
