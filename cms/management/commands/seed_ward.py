"""Fill a ward with invented homes and visits, to measure with."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cms.demo.seeding import SeededBefore, Seeding
from volunteers.models import Area
from volunteers.wards import open_ward

# Long enough for a year's report and the trend in it.
HISTORY = timedelta(days=365)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody search for garbage: what one batch of homes leaves goes by itself, and searching
    it again and again takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    help = "Adds invented homes and visits to a ward and opens it; one seed gives one ward."

    def add_arguments(self, parser):
        parser.add_argument("--ward", required=True, metavar="CODE")
        parser.add_argument("--households", required=True, type=int, metavar="N")
        parser.add_argument("--visits", required=True, type=int, metavar="M")
        parser.add_argument("--seed", required=True, type=int, metavar="S")

    def handle(self, *args, ward: str, households: int, visits: int, seed: int, **options):
        if not settings.DEMO:
            raise CommandError("NGO_SO_MODE is 'production': invented people are refused here.")
        area = Area.objects.wards().filter(pk=ward).first()
        if area is None:
            raise CommandError(
                f"{ward!r} is not the code of a known ward; expected one like 27139. If no ward is "
                "known yet, run import_areas first.",
                returncode=2,
            )
        if households < 1 or visits < 0:
            raise CommandError("--households must be 1 or more, --visits 0 or more.", returncode=2)
        try:
            with uncollected(), transaction.atomic():
                open_ward(area)
                Seeding(area, seed, history=HISTORY).fill(households, visits)
        except SeededBefore as error:
            raise CommandError(
                f"Seed {seed} has filled {area.name} already; nothing was added. Choose another."
            ) from error
        self.stdout.write(f"{households} homes and {visits} visits added to {area.name}.")
