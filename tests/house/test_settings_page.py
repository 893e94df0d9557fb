"""docs/settings.md and cms/settings.py name the same environment variables."""

import ast
import re

from django.test import SimpleTestCase

from tests.house.sources import ROOT


def variables_read(source: str) -> set[str]:
    """The names that settings read through `env.text(…)`, `env.boolean(…)` and their like."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    }


def variables_described(page: str) -> list[str]:
    """The names in the first column of the page's tables, above the part on commands."""
    product = page.split("\n## Read by commands only")[0]
    return re.findall(r"^\| `([A-Z_]+)` \|", product, re.MULTILINE)


class TheSettingsPage(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.read = variables_read((ROOT / "cms" / "settings.py").read_text())
        cls.described = variables_described((ROOT / "docs" / "settings.md").read_text())

    def test_describes_each_variable_that_the_product_reads(self):
        self.assertIn("DATABASE_URL", self.read)
        self.assertEqual([], sorted(self.read - set(self.described)))

    def test_describes_no_variable_that_nothing_reads(self):
        self.assertEqual([], sorted(set(self.described) - self.read))

    def test_describes_each_variable_once(self):
        self.assertEqual(sorted(set(self.described)), sorted(self.described))

    def test_no_module_reads_the_environment_by_itself(self):
        readers = [
            str(path.relative_to(ROOT))
            for app in ("cms", "outreach", "volunteers", "courses")
            for path in (ROOT / app).rglob("*.py")
            if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
        ]
        # The reader itself, the entry for web servers, which names the settings, and where
        # PostgreSQL's programs are given what they read of it.
        expected = ["cms/environment.py", "cms/wsgi.py", "outreach/backups/postgresql.py"]
        self.assertEqual(expected, sorted(readers))
