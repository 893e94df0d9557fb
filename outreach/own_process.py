"""Long work in a process of its own, which outlives the request and gives its memory back
(docs/decisions/0012)."""

import subprocess
import sys

from django.conf import settings

# A process that has said nothing for so many seconds is no more; it says something every few.
SILENCE, BREATH = 30, 2


def start(*command: str) -> None:
    """Run one of our management commands."""
    subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, settings.BASE_DIR / "manage.py", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
