"""The list of mutations stays true to the source; `make soak` tries them."""

from django.test import SimpleTestCase
from django.test.runner import DiscoverRunner

from tests.house.sources import ROOT
from tests.mutations import MUTATIONS


class TheMutations(SimpleTestCase):
    def test_change_text_that_stands_once_in_its_file(self):
        for mutation in MUTATIONS:
            for edit in mutation.edits:
                with self.subTest(mutation.bug):
                    self.assertEqual((ROOT / edit.path).read_text().count(edit.old), 1)
                    self.assertNotEqual(edit.old, edit.new)

    def test_name_tests_that_there_are(self):
        labels = sorted({label for mutation in MUTATIONS for label in mutation.tests})
        for label in labels:
            suite = DiscoverRunner(verbosity=0).build_suite([label])
            found = [test.id() for test in suite]
            self.assertTrue(found and all(one.startswith(label) for one in found), label)

    def test_are_told_apart_by_their_words(self):
        bugs = [mutation.bug for mutation in MUTATIONS]
        self.assertEqual(len(bugs), len(set(bugs)))
