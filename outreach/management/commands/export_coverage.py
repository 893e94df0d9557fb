"""The coverage of an area as a workbook."""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from outreach.management.coverage_options import (
    WRONG_USAGE,
    add_options,
    chosen_area,
    chosen_period,
)
from outreach.workbook import VisitRows, write_workbook
from volunteers.models import Area


class Command(BaseCommand):
    help = "Writes the workbook of the desk; the file appears only when it is complete."

    def add_arguments(self, parser):
        add_options(parser)
        parser.add_argument("--out", metavar="FILE.xlsx", required=True, type=Path)
        parser.add_argument(
            "--detail",
            action="store_true",
            help="show card code, address, head of household, phone and note of each visit, and "
            "whose the households not reached are (personal data; not for a province)",
        )

    def handle(self, *args, area: str, first: str | None, last: str | None, out: Path, **options):
        now = timezone.now()
        place, period = chosen_area(area), chosen_period(first, last, now)
        visit_rows = rows_for(place, options["detail"])
        check_target(out)
        try:
            # Beside the target, so that the renaming cannot leave half a file.
            with tempfile.NamedTemporaryFile(dir=out.parent, suffix=".part", delete=False) as file:
                unfinished = Path(file.name)
                try:
                    write_workbook(
                        file,
                        place,
                        period,
                        visit_rows=visit_rows,
                        made_by=gettext_lazy("the server's command line"),
                        now=now,
                    )
                    file.close()
                    os.replace(unfinished, out)
                except BaseException:
                    unfinished.unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror or error}.") from error
        self.stdout.write(f"Wrote {out}")


def rows_for(area: Area, detail: bool) -> VisitRows:
    if area.level == Area.Level.PROVINCE:
        if detail:
            raise CommandError(
                f"--detail shows persons, and {area.code} is a province; ask for one of its wards.",
                returncode=WRONG_USAGE,
            )
        return VisitRows.BY_AREA
    return VisitRows.WITH_NAMES if detail else VisitRows.EACH


def check_target(out: Path) -> None:
    """Say before counting what is wrong with the target. Raises CommandError."""
    try:
        out.exists()
    except OSError as error:
        raise CommandError(
            f"--out {out}: {error.strerror or error}.", returncode=WRONG_USAGE
        ) from error
    if out.suffix.lower() != ".xlsx":
        raise CommandError(f"--out {out}: expected a name ending in .xlsx.", returncode=WRONG_USAGE)
    if not out.parent.is_dir():
        raise CommandError(
            f"--out {out}: the folder {out.parent} is missing.", returncode=WRONG_USAGE
        )
    if out.is_dir():
        raise CommandError(f"--out {out}: this is a folder, not a file.", returncode=WRONG_USAGE)
