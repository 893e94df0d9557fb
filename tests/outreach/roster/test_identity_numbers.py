"""Citizen-ID numbers in cells where a list should hold something else."""

from io import BytesIO

from django.test import TestCase
from django.utils import timezone
from openpyxl import load_workbook

from outreach.models import RosterImport
from outreach.roster.applying import import_into
from outreach.roster.decisions import Decisions
from outreach.roster.reading import read_roster
from tests.outreach.roster.lists import read, workbook
from tests.people import make_cast
from volunteers.models import Area

HEADER = ("STT", "Họ và tên chủ hộ", "Địa chỉ", "Số điện thoại", "Khu phố")


class AnIdentityNumber(TestCase):
    def problems(self, name="Nguyễn Văn An", address="12/5 Lê Lợi", phone="", place="KP1", **sheet):
        """The codes that a list with this household gives, after it was imported."""
        good = [(n, f"Lê Văn {n * 'h'}", f"{n} Lê Lợi", "", "KP1") for n in range(1, 5)]
        content = workbook(HEADER, *good, (5, name, address, phone, place), **sheet)
        now = timezone.now()
        record = RosterImport(
            ward=make_cast().ward, file_name="a", purpose="visits", legal_basis="b", uploaded_at=now
        )
        roster = read_roster(content, timezone.localdate(now))
        outcome = import_into(record, roster, now=now, decisions=Decisions(skip_bad_rows=True))
        self.assertFalse(outcome.refused)
        names = Area.objects.filter(level=Area.Level.NEIGHBOURHOOD).values_list("name", flat=True)
        self.assertNotRegex(" ".join(names), r"\d{4}|001 199")
        return [problem.code for problem in outcome.problems]

    def test_makes_no_neighbourhood(self):
        self.assertIn("neighbourhood_unreadable", self.problems(place="Khu phố Hòa 079185001199"))

    def test_makes_no_neighbourhood_written_in_groups(self):
        self.assertIn("neighbourhood_unreadable", self.problems(place="Hòa 079 185 001 199"))

    def test_is_not_read_from_the_sheets_title(self):
        self.assertEqual(self.problems(title="Khu phố Hòa 079185001199"), [])

    def test_is_masked_in_the_names_of_sheets_which_stay_different(self):
        book = load_workbook(BytesIO(workbook(HEADER, (1, "Lê An", "5 Lê Lợi", "", "KP1"))))
        for number in ("079185001199", "079185001200"):
            sheet = book.copy_worksheet(book.worksheets[0])
            sheet.title = f"Tổ {number}"
        content = BytesIO()
        book.save(content)
        names = [sheet.name for sheet in read(content.getvalue()).sheets]
        self.assertEqual(names[1:], ["Tổ ▇▇▇", "Tổ ▇▇▇ (2)"])

    def test_is_no_phone_number_beside_a_word(self):
        self.assertEqual(self.problems(phone="CMND 312345678"), ["phone_unreadable"])

    def test_is_no_phone_number_though_it_begins_like_one(self):
        self.assertEqual(self.problems(phone="CMND 841234567"), ["phone_unreadable"])

    def test_is_no_phone_number_beside_a_name(self):
        for said in ("312345678", "(841234567)", "- 312 345 678", "079185001199", "(079185001199)"):
            content = workbook(HEADER, (1, f"Nguyễn Văn An {said}", "12/5 Lê Lợi", "", "KP1"))
            roster = read(content)
            codes = [problem.code for problem in roster.problems]
            self.assertEqual(codes, ["looks_like_citizen_id"], said)
            self.assertNotRegex(str(roster), r"\d{9}|345 678")

    def test_does_not_hide_beside_another_number_of_the_address(self):
        said = self.problems(address="CCCD 079185001199 15 Lê Lợi")
        self.assertEqual(said, ["looks_like_citizen_id"])

    def test_nor_does_a_name_longer_than_any_neighbourhood_has(self):
        self.assertIn("neighbourhood_unreadable", self.problems(place="Khu phố " + "Hòa " * 200))
