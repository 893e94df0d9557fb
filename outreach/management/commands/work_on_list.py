"""Do the work on one uploaded list; the desk starts it for long lists."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from outreach.models import RosterImport
from outreach.roster.work import Job, do_observed


class Command(BaseCommand):
    help = "Reads, imports or undoes one uploaded list. The desk starts it; nobody else needs to."

    def add_arguments(self, parser):
        parser.add_argument("key", metavar="KEY", help="the id of the import")
        parser.add_argument("job", type=Job, choices=list(Job), help="what to do with it")
        parser.add_argument("--language", default="vi", help="of the sentences for the officer")

    def handle(self, *args, **options):
        record = RosterImport.objects.filter(pk=options["key"]).select_related("ward").first()
        if record is None:
            raise CommandError(f"No import has the id {options['key']}.")
        with translation.override(options["language"]):
            do_observed(record, options["job"])
