"""Delete uploaded lists that nobody confirmed within 24 hours."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.roster.files import delete_expired


class Command(BaseCommand):
    help = "Deletes uploaded lists older than 24 hours; run it hourly. Each upload does it too."

    def handle(self, *args, **options):
        self.stdout.write(f"{delete_expired(timezone.now())} files deleted")
