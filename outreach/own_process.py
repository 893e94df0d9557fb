"""Long work in a process of its own, which outlives the request and gives its memory back
(docs/decisions/0012)."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

# A process that has said nothing for so many seconds is no more; it says something every few.
SILENCE, BREATH = 30, 2


def start(*command: str) -> None:
    """Run one of our management commands."""
    subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, settings.BASE_DIR / "manage.py", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def beating(give_sign: Callable[[], object]) -> Iterator[None]:
    """Every few seconds, while the work inside goes on, give a sign of life, from another thread
    with a database connection of its own."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(BREATH):
                give_sign()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
