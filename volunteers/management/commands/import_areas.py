"""Fill in the official provinces and communes."""

from django.core.management.base import BaseCommand, CommandError

from volunteers.areas_import import AREAS_FILE, AreasFileError, import_areas, read_areas


class Command(BaseCommand):
    help = "Fill in the official 34 provinces and 3,321 communes; running it again changes nothing."

    def handle(self, *args, **options):
        try:
            result = import_areas(read_areas(AREAS_FILE))
        except AreasFileError as error:
            raise CommandError(f"{error} Nothing was written.") from error
        self.stdout.write(
            f"Areas: {result.created} created, {result.renamed} renamed, "
            f"{result.unchanged} unchanged."
        )
