"""Several people at once."""

import threading
from collections.abc import Callable

from django.db import connections


def together(*jobs: Callable) -> list:
    """What each gives when all begin at once; the error where one fails."""
    start = threading.Barrier(len(jobs))
    given: list = [None] * len(jobs)

    def run(place: int, job: Callable) -> None:
        try:
            start.wait()
            given[place] = job()
        except Exception as error:
            given[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
