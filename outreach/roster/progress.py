"""Saying how far the work on a long list has come."""

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
