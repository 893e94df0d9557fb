"""Bring a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from outreach.backups import Impossible
from outreach.backups.restoring import Finished, Restored, recovered, restore

FAILED, WRONG_USAGE = 1, 2


class Command(BaseCommand):
    help = (
        "Restores a backup: database, media, erasures made since, a new epoch. Stop the server "
        "first. Exit code 0: restored, 1: failed (the message says what is changed), 2: wrong "
        "usage."
    )
    # There may be no database yet.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "dir", metavar="DIR", nargs="?", help="a backup, or the folder: its newest complete one"
        )
        parser.add_argument(
            "--replace", action="store_true", help="restore over an installation that is not empty"
        )
        parser.add_argument(
            "--erasures", metavar="FILE", help="a copy of erasures.jsonl that was kept apart"
        )
        parser.add_argument(
            "--recovered",
            action="store_true",
            help="instead of DIR: the database was brought back by other means",
        )

    def handle(self, *args, **options):
        place, erased = options["dir"], options["erasures"]
        if bool(place) == options["recovered"]:
            raise CommandError("Expected either DIR or --recovered.", returncode=WRONG_USAGE)
        erased = Path(erased) if erased else None
        try:
            if place:
                self.say(
                    restore(Path(place), timezone.now(), replace=options["replace"], erased=erased)
                )
            else:
                self.say_finished(recovered(timezone.now(), erased))
        except Impossible as error:
            raise CommandError(
                str(error), returncode=WRONG_USAGE if error.usage else FAILED
            ) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored: {error}", returncode=FAILED) from error

    def say(self, restored: Restored) -> None:
        known = restored.manifest
        media = sum(1 for name in known.files if name.startswith("media/"))
        self.stdout.write(
            f"Restored {restored.backup}, made at {known.made_at.isoformat()} by "
            f"{known.name_of_product}: the database through event {known.through}, "
            f"{media} media files."
        )
        self.say_finished(restored.finished)
        for path in restored.aside:
            self.stdout.write(
                f"The old data are kept in {path}. They hold personal data: delete them when you "
                "no longer need them."
            )
        if restored.newer:
            self.stderr.write(
                f"Warning: {restored.newer} is newer. Phones may have forgotten what only it "
                "holds; restore that one unless it is broken."
            )

    def say_finished(self, finished: Finished) -> None:
        if not finished.erasures:
            self.stderr.write(
                "Warning: no list of erasures was found, or it is empty. If anything was ever "
                "erased here, run again with --erasures FILE before you start the server."
            )
        self.stdout.write(
            f"Erased again: {finished.erasures} on the list, {finished.changed} of them were back."
        )
        self.stdout.write(
            f"The epoch is now {finished.epoch}: everybody logs in again, and each phone offers "
            "again what it kept; what is known already is counted once."
        )
        self.stdout.write("Next: manage.py verify_ledger, then start the server.")
