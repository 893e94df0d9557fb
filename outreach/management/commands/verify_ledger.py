"""Build everything from the ledger again and say whether the tables agree."""

from django.core.management.base import BaseCommand, CommandError

from outreach.models import LedgerEvent
from outreach.verify import differences
from volunteers.models import Area


class Command(BaseCommand):
    help = "Rebuilds every ward from its events and says OK, or what differs (exit code 1)."

    def add_arguments(self, parser):
        parser.add_argument("--ward", metavar="CODE", help="only this ward")

    def handle(self, *args, ward: str | None = None, **options):
        wards = Area.objects.open_wards()
        if ward:
            wards = wards.filter(pk=ward)
            if not wards:
                raise CommandError(
                    f"{ward!r} is not the code of an open ward; expected one like 27139.",
                    returncode=2,
                )
        found = 0
        for area in wards:
            for line in differences(area):
                found += 1
                self.stdout.write(f"{area.pk}: {line}")
        if found:
            raise CommandError(f"{found} differences between the ledger and the tables.")
        self.stdout.write(f"OK: {LedgerEvent.objects.count()} events")
