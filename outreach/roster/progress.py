"""Saying how far the work on a long list has come."""

import gc
from collections.abc import Callable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    WAITING = "waiting", _("Starting")
    READING = "reading", _("Reading the file")
    COMPARING = "comparing", _("Comparing with what the ward knows")
    WRITING = "writing", _("Writing the households")


# Called with the stage, and how many of how many households are done (0 of 0: not counted).
Progress = Callable[[Stage, int, int], None]


def unobserved(stage: Stage, done: int, total: int) -> None:
    """For work that nobody watches."""


def sparing(progress: Progress = unobserved) -> Progress:
    """The same, for a process that does this one job and ends: what a stage has built lives until
    then, and searching it for garbage again and again would take a third of the time."""
    newest: Stage | None = None
    gc.freeze()

    def spared(stage: Stage, done: int, total: int) -> None:
        nonlocal newest
        if stage != newest:
            newest = stage
            gc.freeze()
        progress(stage, done, total)

    return spared
