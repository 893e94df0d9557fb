"""The command that others rely on: one JSON object, and exit codes that mean something."""

import io
import json
import tempfile
from pathlib import Path
from uuid import UUID

from django.core.management import CommandError, call_command
from django.test import TestCase

from outreach.models import Household, LedgerEvent, RosterImport
from tests.outreach.roster.lists import DATA, workbook
from tests.outreach.roster.test_shapes import HEADER, row
from tests.people import make_cast

PERSONS = DATA / "roster-person-rows.xlsx"
NO_HOUSEHOLDS = dict.fromkeys(("new", "changed", "unchanged", "missing", "duplicates"), 0)
NO_RESIDENTS = dict.fromkeys(("new", "changed", "unchanged", "missing"), 0)


class ImportRoster(TestCase):
    def setUp(self):
        self.cast = make_cast()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, content: bytes) -> Path:
        path = self.folder / "list.xlsx"
        path.write_bytes(content)
        return path

    def run_command(self, path, *options, ward="27139") -> tuple[int, str]:
        """Exit code and what stood on stdout."""
        out = io.StringIO()
        try:
            call_command(
                "import_roster",
                str(path),
                "--ward",
                ward,
                *options,
                stdout=out,
                stderr=io.StringIO(),
            )
        except CommandError as error:
            self.assertTrue(str(error))
            return error.returncode, out.getvalue()
        return 0, out.getvalue()

    def run_json(self, path, *options, **kwargs) -> tuple[int, dict]:
        code, said = self.run_command(path, "--json", *options, **kwargs)
        self.assertEqual(said.count("\n"), 1)
        report = json.loads(said)
        self.assertEqual(list(report), ["households", "residents", "neighbourhoods", "problems"])
        return code, report

    def test_prints_one_object_and_writes(self):
        code, report = self.run_json(PERSONS)
        self.assertEqual(code, 0)
        self.assertEqual(report["households"], NO_HOUSEHOLDS | {"new": 300})
        self.assertEqual(report["residents"], NO_RESIDENTS | {"new": 852})
        self.assertEqual(report["neighbourhoods"], {f"Khu phố {n}": 50 for n in range(1, 7)})
        self.assertEqual(report["problems"], [])
        self.assertEqual(Household.objects.filter(ward="27139").count(), 300)

    def test_records_the_import_with_its_purpose_and_legal_basis(self):
        basis = "Kế hoạch 31/KH-UBND"
        self.run_json(PERSONS, "--purpose", "planning", "--legal-basis", basis)
        record = RosterImport.objects.get()
        self.assertEqual(
            (record.file_name, record.state, record.purpose, record.legal_basis),
            ("roster-person-rows.xlsx", "confirmed", "planning", basis),
        )
        self.assertIsNone(record.uploaded_by)
        event = LedgerEvent.objects.first()
        self.assertEqual(UUID(event.payload["roster"]), record.pk)

    def test_writes_nothing_in_a_dry_run(self):
        code, report = self.run_json(PERSONS, "--dry-run")
        self.assertEqual((code, report["households"]["new"]), (0, 300))
        self.assertFalse(Household.objects.exists() or RosterImport.objects.exists())
        self.assertEqual(self.cast.ward.children.count(), 2)

    def test_refuses_bad_rows_unless_they_are_left_out(self):
        path = self.file(workbook(HEADER, row(), row(2, "Trần Thị Bé", phone="09123")))
        code, report = self.run_json(path)
        self.assertEqual(code, 1)
        problem = report["problems"][0]
        self.assertEqual(list(problem), ["sheet", "row", "column", "code", "message"])
        self.assertEqual(
            (problem["sheet"], problem["row"], problem["column"], problem["code"]),
            ("KP1", 3, "E", "phone_unreadable"),
        )
        self.assertFalse(Household.objects.exists())
        self.assertEqual(self.run_json(path, "--dry-run")[0], 1)
        code, report = self.run_json(path, "--skip-bad-rows")
        self.assertEqual((code, len(report["problems"]), Household.objects.count()), (0, 1, 2))

    def test_refuses_what_is_no_list(self):
        for content, problem in ((b"", "empty_file"), (b"%PDF-1.7", "pdf")):
            code, report = self.run_json(self.file(content))
            self.assertEqual((code, report["problems"][0]["code"]), (1, problem))
            self.assertEqual(report["households"], NO_HOUSEHOLDS)

    def test_says_that_it_was_called_wrongly(self):
        for path, ward, problem in (
            (PERSONS, "99999", "unknown_ward"),
            (PERSONS, "79", "unknown_ward"),
            (PERSONS, self.cast.kp1.pk, "unknown_ward"),
            (self.folder / "missing.xlsx", "27139", "unreadable_path"),
            (self.folder, "27139", "unreadable_path"),
        ):
            code, report = self.run_json(path, ward=ward)
            self.assertEqual((code, report["problems"][0]["code"]), (2, problem))
        with self.assertRaises(CommandError):
            call_command("import_roster", str(PERSONS))

    def test_opens_a_ward_that_was_not_in_use_but_not_for_a_dry_run(self):
        ward = self.cast.ward
        ward.opened_on = None
        ward.save()
        for arguments, opened in ((["--dry-run"], False), ([], True)):
            self.assertEqual(self.run_json(PERSONS, *arguments)[0], 0)
            ward.refresh_from_db()
            self.assertEqual(ward.opened_on is not None, opened)

    def test_speaks_plainly_without_json(self):
        path = self.file(workbook((*HEADER, "CCCD"), (*row(phone="09123"), "079060001234")))
        code, said = self.run_command(path)
        self.assertEqual(code, 1)
        self.assertIn("F CCCD", said)
        self.assertIn("KP1, E2: ", said)
        self.assertNotIn("079060001234", said)
        code, said = self.run_command(path, "--skip-bad-rows", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("new 1", said)

    def test_keeps_no_citizen_id_number_of_the_file_name_or_the_legal_basis(self):
        path = self.folder / "ho 079185001199\u202e.xlsx"
        path.write_bytes(workbook(HEADER, row()))
        code, _ = self.run_json(path, "--legal-basis", "KH 12 của 079 185 001199")
        self.assertEqual(code, 0)
        kept = RosterImport.objects.get()
        self.assertEqual(kept.file_name, "ho ▇▇▇.xlsx")
        self.assertEqual(kept.legal_basis, "KH 12 của ▇▇▇")

    def test_refuses_a_legal_basis_too_long_to_record(self):
        code, report = self.run_json(PERSONS, "--legal-basis", "x" * 301)
        self.assertEqual((code, report["problems"][0]["code"]), (2, "text_too_long"))
        self.assertFalse(RosterImport.objects.exists())
