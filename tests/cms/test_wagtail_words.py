"""Officers and editors work in Wagtail's admin: every word of it is Vietnamese."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django
import django_filters
from django.apps import apps
from django.conf import settings
from django.test import SimpleTestCase
from django.urls import reverse
from django.utils import translation

OUR_CATALOGUES = settings.BASE_DIR / "cms" / "wagtail_locale" / "vi" / "LC_MESSAGES"

# Parts of the pinned packages that the product does not switch on, by where their words stand.
NOT_OURS = {
    "allauth": (
        *("socialaccount/", "templates/socialaccount/", "usersessions/", "templates/usersessions/"),
        *("idp/", "templates/idp/", "templates/openid/", "headless/"),
    ),
    "conf": (
        *("conf/global_settings.py", "views/templates/default_urlconf.html"),
        *("contrib/sitemaps/", "contrib/syndication/"),
    ),
}
# What may stay as it is, and why.
SAME_IN_BOTH = {
    **dict.fromkeys(("IPv4", "IPv6", "WebAuthn"), "a name"),
    **dict.fromkeys(("%s KB", "%s MB", "%s GB", "%s TB", "%s PB", "%(size)d byte"), "a unit"),
    **dict.fromkeys(("…", ":", ":?.!", ", "), "a sign"),
    "%(truncated_text)s…": "only a placeholder and a sign",
    "%(field_label)s:": "only a placeholder and a sign",
    "%(status_display)s %(task_name)s %(started_at)s": "only placeholders",
    "%(time_zone_option)s: %(localized_time_zone_label)s": "only placeholders and a sign",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]\b|\{[\w.]*\}")
TAG = re.compile(r"<[^>]+>")


@dataclass
class Entry:
    msgid: str = ""
    msgid_plural: str = ""
    msgctxt: str | None = None
    msgstr: str = ""
    places: list[str] = field(default_factory=list)

    def in_vietnamese(self) -> str:
        if self.msgid_plural:
            arguments = (self.msgid, self.msgid_plural, 2)
            if self.msgctxt is None:
                return translation.ngettext(*arguments)
            return translation.npgettext(self.msgctxt, *arguments)
        if self.msgctxt is None:
            return translation.gettext(self.msgid)
        return translation.pgettext(self.msgctxt, self.msgid)

    @property
    def english(self) -> str:
        """What the Vietnamese must carry: its one form serves every count."""
        return self.msgid_plural or self.msgid


def entries(catalogue: Path) -> Iterator[Entry]:
    """The words of a .po file, without its header and what is commented out."""
    for block in catalogue.read_text(encoding="utf-8").split("\n\n"):
        entry, key = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#:"):
                entry.places += line[2:].split()
            elif not line.startswith("#"):
                word, text = re.fullmatch(r'(\w*)(?:\[\d\])? ?(".*")', line).groups()
                key = word or key
                setattr(entry, key, (getattr(entry, key) or "") + ast.literal_eval(text))
        if entry.msgid:
            yield entry


def english_catalogues() -> list[Path]:
    """Those of the packages that the settings install, and of Django's forms.

    django-filter ships none in English; its German one names the same msgids.
    """
    homes = {Path(app.path) for app in apps.get_app_configs()}
    homes = {home for home in homes if home.parent != settings.BASE_DIR}
    found = [home / "locale" / "en" / "LC_MESSAGES" / "django.po" for home in sorted(homes)]
    found.append(Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po")
    found.append(Path(django_filters.__file__).parent / "locale/de/LC_MESSAGES/django.po")
    return [path for path in found if path.exists()]


def words_that_people_meet() -> list[Entry]:
    met = []
    for path in english_catalogues():
        elsewhere = NOT_OURS.get(path.parts[-5], ())
        for entry in entries(path):
            if not entry.places or not all(place.startswith(elsewhere) for place in entry.places):
                met.append(entry)
    return met


def fault(english: str, vietnamese: str) -> str:
    """What is wrong with a translation, or nothing."""
    if vietnamese == english and english not in SAME_IN_BOTH:
        return "still English"
    if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(vietnamese)):
        return "other placeholders"
    if sorted(TAG.findall(english)) != sorted(TAG.findall(vietnamese)):
        return "other HTML"
    return ""


class AnOfficerInTheAdmin(SimpleTestCase):
    maxDiff = None

    def test_meets_no_english_word(self):
        words = words_that_people_meet()
        self.assertGreater(len(words), 1900, "the catalogues of the packages were not found")
        with translation.override("vi"):
            found = [(e.msgid, fault(e.english, e.in_vietnamese())) for e in words]
        wrong = [each for each in found if each[1]]
        self.assertEqual(wrong, [], "run manage.py compilemessages, then translate what is left")

    def test_meets_no_english_word_in_what_scripts_say(self):
        admin = Path(apps.get_app_config("wagtailadmin").path)
        response = self.client.get(reverse("wagtailadmin_javascript_catalog"))
        served = json.loads(
            re.search(r"newcatalog = (\{.*?\n {2}\});", response.text, re.DOTALL).group(1)
        )
        words = list(entries(admin / "locale" / "en" / "LC_MESSAGES" / "djangojs.po"))
        self.assertGreater(len(words), 80)
        # A word that has a plural is served as the list of its forms.
        said = {key: form if isinstance(form, str) else form[0] for key, form in served.items()}
        found = [(e.msgid, fault(e.english, said.get(e.msgid, e.english))) for e in words]
        self.assertEqual([each for each in found if each[1]], [])


class OurCatalogues(SimpleTestCase):
    """Both files, as translators write them."""

    def setUp(self):
        self.words = [
            entry for path in sorted(OUR_CATALOGUES.glob("*.po")) for entry in entries(path)
        ]
        self.assertGreater(len(self.words), 2000)

    def test_keep_to_one_spelling(self):
        """The tone mark stands on the first vowel: hòa, khóa, thủy; not hoà, khoá, thuỷ."""
        other = re.compile(r"o[àáảãạèéẻẽẹ]\b|(?<!q)u[ỳýỷỹỵ]\b", re.IGNORECASE)
        self.assertEqual([e.msgstr for e in self.words if other.search(e.msgstr)], [])

    def test_address_officers_as_officers(self):
        self.assertEqual(
            [e.msgstr for e in self.words if re.search(r"\bbạn\b", e.msgstr, re.IGNORECASE)], []
        )

    def test_say_each_thing_once(self):
        for path in sorted(OUR_CATALOGUES.glob("*.po")):
            keys = [(entry.msgctxt, entry.msgid) for entry in entries(path)]
            self.assertEqual(len(keys), len(set(keys)), path.name)
