"""Import a ward's own list of households, as it is."""

import json
from hashlib import sha256
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.models import RosterImport
from outreach.notes import mask_numbers
from outreach.roster.applying import NOTHING_COUNTED, Outcome, import_into
from outreach.roster.decisions import Decisions
from outreach.roster.opening import MAX_FILE
from outreach.roster.problems import Problem, Refusal
from outreach.roster.progress import sparing
from outreach.roster.reading import RosterFile, SheetRead, read_roster
from outreach.roster.uploads import kept_file_name
from volunteers.models import Area
from volunteers.wards import open_ward

REFUSED, WRONG_USAGE = 1, 2
LONGEST_BASIS = 300


class Command(BaseCommand):
    help = (
        "Imports a ward's own spreadsheet (.xlsx, .csv). Exit code 0: written (or would be), "
        "1: refused and nothing written, 2: wrong usage. A bad row refuses the file unless "
        "--skip-bad-rows is given."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="the ward's list")
        parser.add_argument("--ward", required=True, metavar="CODE", help="code, e.g. 27139")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only say")
        parser.add_argument(
            "--skip-bad-rows",
            action="store_true",
            help="leave out what cannot be read and import the rest",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--purpose",
            choices=RosterImport.Purpose.values,
            default=RosterImport.Purpose.VISITS,
            help="recorded with the import",
        )
        parser.add_argument(
            "--legal-basis", default="", metavar="TEXT", help="recorded with the import"
        )

    def handle(self, *args, **options):
        self.as_json = options["json"]
        ward = Area.objects.wards().filter(pk=options["ward"]).first()
        if ward is None:
            message = _(
                "“%(code)s” is not the code of a known ward; expected five digits like 27139, "
                "with their zeros. If no ward is known yet, run import_areas first."
            ) % {"code": options["ward"]}
            self.refuse(Refusal("unknown_ward", message), WRONG_USAGE)
        if len(options["legal_basis"]) > LONGEST_BASIS:
            message = _("The legal basis is too long; at most %(most)d characters are recorded.")
            self.refuse(Refusal("text_too_long", message % {"most": LONGEST_BASIS}), WRONG_USAGE)
        content = self.content(Path(options["file"]))
        now = timezone.now()
        try:
            roster = read_roster(content, timezone.localdate(now))
        except Refusal as refusal:
            self.refuse(refusal, REFUSED)
        record = RosterImport(
            ward=ward,
            file_name=kept_file_name(Path(options["file"]).name),
            sha256=sha256(content).hexdigest(),
            purpose=options["purpose"],
            legal_basis=mask_numbers(options["legal_basis"]) or _("not stated (command line)"),
            uploaded_at=now,
        )
        outcome = import_into(
            record,
            roster,
            now=now,
            decisions=Decisions(skip_bad_rows=options["skip_bad_rows"]),
            dry_run=options["dry_run"],
            progress=sparing(),
        )
        self.say(outcome, roster, options["dry_run"])
        if not outcome.refused and not options["dry_run"] and not ward.opened_on:
            # Who keeps the installation has decided: the ward need not be opened at the desk first.
            open_ward(ward)
            self.stderr.write(f"{ward.name} ({ward.pk}) works with Ngõ Số from today.")
        if outcome.refused:
            raise CommandError(_("Refused: nothing was written."), returncode=REFUSED)

    def content(self, path: Path) -> bytes:
        """The file's bytes, one more than the limit at most."""
        try:
            with path.open("rb") as file:
                return file.read(MAX_FILE + 1)
        except (OSError, ValueError) as error:
            message = _("The file %(path)s cannot be read: %(reason)s.") % {
                "path": path,
                "reason": getattr(error, "strerror", None) or error,
            }
            self.refuse(Refusal("unreadable_path", message), WRONG_USAGE)

    def refuse(self, refusal: Refusal, code: int):
        """Say why nothing was read, and end."""
        if self.as_json:
            self.print_json(Outcome(NOTHING_COUNTED, [refusal.problem()], refused=True))
        raise CommandError(refusal.message, returncode=code)

    def print_json(self, outcome: Outcome) -> None:
        self.stdout.write(json.dumps(outcome.report(), ensure_ascii=False))

    def say(self, outcome: Outcome, roster: RosterFile, dry_run: bool) -> None:
        for sheet in roster.sheets:
            self.say_sheet(sheet)
        if self.as_json:
            self.print_json(outcome)
            return
        for name, counts in outcome.counts.items():
            numbers = ", ".join(f"{key} {number}" for key, number in counts.items())
            self.stdout.write(f"{name}: {numbers}")
        if outcome.new_places:
            names = ", ".join(place.name for place in outcome.new_places)
            self.stdout.write(f"new neighbourhoods: {names}")
        for problem in outcome.problems:
            self.stdout.write(describe(problem))
        if dry_run and not outcome.refused:
            self.stdout.write("Dry run: nothing was written.")

    def say_sheet(self, sheet: SheetRead) -> None:
        """Which columns stay out; beside the JSON object, not in it."""
        out = self.stderr if self.as_json else self.stdout
        if sheet.header is None:
            out.write(
                f"sheet “{sheet.name}”: not read ({'hidden' if sheet.hidden else 'no table'})"
            )
        for kind, columns in (("dropped", sheet.dropped), ("not used", sheet.ignored)):
            if columns:
                headings = "; ".join(f"{c.letter} {c.heading}".strip() for c in columns)
                out.write(f"sheet “{sheet.name}”: columns {kind}: {headings}")


def describe(problem: Problem) -> str:
    where = [problem.sheet] if problem.sheet else []
    if problem.row:
        where.append(f"{problem.column}{problem.row}")
    return f"{', '.join(where)}: {problem.message} [{problem.code}]"
