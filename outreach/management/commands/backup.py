"""Back up everything the product holds, while it runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from outreach.backups import Impossible
from outreach.backups.making import Made, make_backup
from outreach.erasures import UnreadableList

FAILED, WRONG_USAGE = 1, 2


class Command(BaseCommand):
    help = (
        "Writes a verified backup of database and media into a new folder in DIR; the product may "
        "run meanwhile. Uploads and SECRET_KEY are not in it: keep the key apart. Exit code 0: the "
        "backup is complete, 1: it failed and there is none, 2: wrong usage."
    )

    def add_arguments(self, parser):
        parser.add_argument("dir", metavar="DIR", help="the folder of backups, on another disk")

    def handle(self, *args, **options):
        try:
            made = make_backup(Path(options["dir"]), timezone.now())
        except Impossible as error:
            raise CommandError(
                f"No backup was made. {error}", returncode=WRONG_USAGE if error.usage else FAILED
            ) from error
        except (OSError, DatabaseError, UnreadableList) as error:
            raise CommandError(f"No backup was made. {error}", returncode=FAILED) from error
        self.warn(made)
        known = made.manifest
        media = sum(1 for name in known.files if name.startswith("media/"))
        size = sum(part.size for part in known.files.values()) / (1 << 20)
        self.stdout.write(
            f"{made.path}: {known.engine} database and {media} media files, {size:,.1f} MB, "
            f"every event through {known.through}"
        )

    def warn(self, made: Made) -> None:
        if made.same_disk:
            self.stderr.write(
                "Warning: the backup is on the same disk as the data; copy it to another machine."
            )
        if not made.counts:
            self.stderr.write(
                "Warning: the backup is complete, but a restore, another backup or a long import "
                "came in between; phones keep what they have until the next one."
            )
