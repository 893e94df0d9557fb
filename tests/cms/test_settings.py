"""Starting with right and wrong environment variables, in a process of its own."""

import os
import subprocess
import sys
import tempfile

from django.test import SimpleTestCase

from tests.house.sources import ROOT

PRODUCTION = {
    "NGO_SO_MODE": "production",
    "SECRET_KEY": "s" * 50,
    "ALLOWED_HOSTS": "ngo-so.example",
    "DATABASE_URL": "postgres://ngo_so:made-up@localhost/ngo_so",
}
SHOW = (
    "import django.conf, sys; s = django.conf.settings;"
    "print(s.DEBUG, s.DEMO, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.BASE_URL,"
    " s.DATABASES['default']['ENGINE'])"
)


def start(**variables: str) -> subprocess.CompletedProcess:
    """Read the settings with these variables and print a few of them."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "cms.settings",
            "DATA_DIR": folder,
            **variables,
        }
        return subprocess.run(
            [sys.executable, "-c", SHOW], cwd=ROOT, env=environment, capture_output=True, text=True
        )


class StartingTheProduct(SimpleTestCase):
    def assert_refused(self, message: str, **variables: str) -> None:
        run = start(**variables)
        self.assertNotEqual(0, run.returncode)
        self.assertIn(message, run.stderr.splitlines()[-1])

    def test_without_any_variable_is_the_demo_on_sqlite(self):
        expected = "False True False False http://localhost:8000 django.db.backends.sqlite3"
        self.assertEqual(expected, start().stdout.strip())

    def test_in_production_sends_cookies_over_https_only(self):
        expected = "False False True True https://ngo-so.example django.db.backends.postgresql"
        self.assertEqual(expected, start(**PRODUCTION).stdout.strip())

    def test_in_production_asks_for_a_secret_key(self):
        self.assert_refused("SECRET_KEY has 0 characters", **{**PRODUCTION, "SECRET_KEY": ""})

    def test_in_production_asks_for_host_names(self):
        self.assert_refused("ALLOWED_HOSTS is empty", **{**PRODUCTION, "ALLOWED_HOSTS": ""})

    def test_refuses_a_mode_that_does_not_exist(self):
        self.assert_refused("NGO_SO_MODE is 'prod'; expected one of", NGO_SO_MODE="prod")

    def test_refuses_an_address_without_a_scheme(self):
        self.assert_refused("BASE_URL is 'ngo-so.example'", BASE_URL="ngo-so.example")

    def test_refuses_a_database_it_does_not_run_on(self):
        self.assert_refused("Ngõ Số runs on sqlite and postgres", DATABASE_URL="mysql://h/db")

    def test_refuses_a_database_address_that_is_none(self):
        self.assert_refused("DATABASE_URL cannot be read", DATABASE_URL="nonsense://h/db")
