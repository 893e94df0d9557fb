"""The command line itself."""

import subprocess
import sys
from pathlib import Path

from django.test import SimpleTestCase

MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"


class AWordThatIsNoText(SimpleTestCase):
    def test_is_refused_before_anything_is_done(self):
        for words in (["coverage", "--area", b"\xff"], ["import_roster", b"a\xff.xlsx"]):
            with self.subTest(words):
                run = subprocess.run([sys.executable, MANAGE, *words], capture_output=True)
                self.assertEqual((run.returncode, run.stdout), (2, b""))
                self.assertIn(b"expected text in UTF-8", run.stderr)
                self.assertNotIn(b"Traceback", run.stderr)
