"""Make one file that somebody asked for; the desk starts it for long ones."""

from django.core.management.base import BaseCommand, CommandError

from outreach.exports.making import make_observed
from outreach.models import Export


class Command(BaseCommand):
    help = "Makes one file of the desk. The desk starts it; nobody else needs to."

    def add_arguments(self, parser):
        parser.add_argument("key", metavar="KEY", help="the id of the export")

    def handle(self, *args, key: str, **options):
        found = Export.objects.filter(pk=key).select_related("area", "asked_by")
        export = found.first()
        if export is None:
            raise CommandError(f"No export has the id {key}.")
        make_observed(export)
