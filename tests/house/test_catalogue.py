"""Every sentence of ours has a finished Vietnamese translation.

gettext's own programs do the reading: a compiled catalogue holds neither fuzzy nor empty entries,
so what is missing from it is not translated.
"""

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from tests.house.sources import APPS, ROOT

CATALOGUE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
SOURCES = (*APPS, "templates")
# Both notations of Python.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def compiled(catalogue: Path) -> dict[str, list[str]]:
    """The translations of each msgid; forms of a plural in their order."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "messages.mo"
        subprocess.run(["msgfmt", "--check-format", "--output-file", output, catalogue], check=True)
        with output.open("rb") as file:
            entries = gettext.GNUTranslations(file)._catalog
    translations: dict[str, list[str]] = {}
    for key, text in entries.items():
        # A plural's key is the msgid with the number of the form.
        msgid = key[0] if isinstance(key, tuple) else key
        if msgid:
            translations.setdefault(msgid, []).append(text)
    return translations


def collected(folder: Path) -> Path:
    """Every msgid of our code and templates, by makemessages, in a catalogue made in `folder`.

    An English one, since that has both forms of a plural.
    """
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.po", "*.mo"))
    (folder / "locale").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--verbosity", "0"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    # Each msgid as its own translation, so that the compiled catalogue keeps it.
    source = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    filled = folder / "filled.po"
    subprocess.run(["msgen", "--output-file", filled, source], check=True)
    return filled


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


class TheVietnameseCatalogue(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tempfile.TemporaryDirectory() as folder:
            cls.used = compiled(collected(Path(folder)))
        cls.translated = compiled(CATALOGUE)

    def test_translates_every_sentence(self):
        self.assertTrue(self.used)
        missing = sorted(set(self.used) - set(self.translated))
        self.assertEqual(0, len(missing), "\n".join(["not translated:", *missing]))

    def test_keeps_every_placeholder(self):
        for msgid, texts in self.translated.items():
            # Vietnamese has one form for all counts, so it stands for the plural.
            original = self.used.get(msgid, [msgid])[-1]
            with self.subTest(msgid):
                for text in texts:
                    self.assertEqual(placeholders(original), placeholders(text), text)

    def test_holds_nothing_half_finished(self):
        fuzzy = subprocess.run(
            ["msgattrib", "--only-fuzzy", "--no-obsolete", CATALOGUE],
            check=True,
            capture_output=True,
            text=True,
        )
        self.assertEqual("", fuzzy.stdout)
