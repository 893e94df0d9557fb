"""The product's settings for test runs, with what is slow or lasting taken out."""

import os
from pathlib import Path

# A tester's own shell must not change what the tests see; DATABASE_URL alone is theirs to choose.
for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DEMO_PASSWORD"):
    os.environ.pop(name, None)
os.environ["NGO_SO_MODE"] = "demo"
os.environ["DATA_DIR"] = str(Path(__file__).resolve().parent.parent / ".data" / "tests")

from cms.settings import *  # noqa: E402, F403 - only after the environment is set
from cms.settings import DATA_DIR, DATABASE_ENGINE, DATABASES, LOGGING, STORAGES  # noqa: E402 - as above

TEST_RUNNER = "tests.runner.Runner"
# Each run has a folder of its own, so that two runs do not meet.
RUN_DIR = DATA_DIR / f"run-{os.getpid()}"
MEDIA_ROOT = RUN_DIR / "media"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The live server serves plain names; looking for files at every request spares each test client
# the listing of all of Wagtail's.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True

if DATABASE_ENGINE == "sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": RUN_DIR / "test.sqlite3"}
    # Test data need not survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )

# Outsiders' 404s are what many tests ask for; errors still show.
LOGGING["loggers"] = {"django.request": {"level": "ERROR"}}
