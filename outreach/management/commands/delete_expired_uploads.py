"""Delete uploaded lists that nobody confirmed within 24 hours, and files that expired."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.exports import keeping
from outreach.roster import files


class Command(BaseCommand):
    help = (
        "Deletes uploaded lists older than 24 hours and exported files that "
        "expired; run it hourly. Each upload and each export does it too."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        deleted = files.delete_expired(now) + keeping.delete_expired(now)
        self.stdout.write(f"{deleted} files deleted")
