"""Links between our documents lead somewhere."""

import re

from django.test import SimpleTestCase

from tests.house.sources import ROOT

LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


class OurDocuments(SimpleTestCase):
    def test_link_only_to_what_is_there(self):
        documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        links = {
            (str(document.relative_to(ROOT)), link): (document.parent / link).exists()
            for document in documents
            for link in LINK.findall(document.read_text())
        }
        self.assertTrue(links)
        self.assertEqual([], [link for link, there in links.items() if not there])

    def test_list_every_page(self):
        index = (ROOT / "docs" / "README.md").read_text()
        pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
        self.assertTrue(pages)
        self.assertEqual([], [name for name in pages if f"({name})" not in index])

    def test_list_every_decision(self):
        index = (ROOT / "docs" / "README.md").read_text()
        decisions = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
        self.assertTrue(decisions)
        self.assertEqual([], [name for name in decisions if f"(decisions/{name})" not in index])
