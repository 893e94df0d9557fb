"""Count what waits for nobody: run it after an update of the server."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.models import LedgerEvent
from outreach.sync import SWEPT_AT_ONCE, settle_stored
from volunteers.models import Area


class Command(BaseCommand):
    help = (
        "Counts what came from newer phones than the server was then, and what a process that "
        "stopped has left behind. Each push does the same for its ward."
    )

    def handle(self, *args, **options):
        # What is being stored at this moment is its own push's to count.
        now, total = timezone.now(), 0
        for ward in Area.objects.open_wards():
            most = LedgerEvent.objects.filter(ward=ward).count() // SWEPT_AT_ONCE + 1
            for _round in range(most):
                if not (found := settle_stored(ward.pk, now)):
                    break
                total += found
        self.stdout.write(f"OK: {total} events looked at")
