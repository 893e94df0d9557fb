"""Lists behind a number as files."""

from datetime import date, datetime
from io import BytesIO
from unittest import mock

from openpyxl import load_workbook

from outreach.coverage.members import Part
from outreach.member_files import write_list_csv, write_list_xlsx
from outreach.member_list import Wish, list_of
from outreach.periods import Period
from tests.builders import make_household
from tests.outreach.test_coverage import CoverageTestCase

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


class FileTestCase(CoverageTestCase):
    def listed(self, code="households_met", part=Part.OTHERS):
        return list_of(self.cast.ward, code, part, NOVEMBER)

    def write(self, writer, listed=None) -> bytes:
        self.told: list[tuple[int, int]] = []
        file = BytesIO()
        writer(file, listed or self.listed(), lambda *so_far: self.told.append(so_far))
        return file.getvalue()


class ACsvFile(FileTestCase):
    def lines(self, **options) -> list[str]:
        return self.write(write_list_csv, **options).decode("utf-8").split("\r\n")

    def test_has_every_row_as_an_office_writes_it(self):
        self.visit("2026-11-03", outcome="absent")
        written = self.write(write_list_csv)
        self.assertTrue(written.startswith(b"\xef\xbb\xbfSTT,"))
        self.assertTrue(written.endswith(b"\r\n"))
        self.assertEqual(written.count(b"\n"), written.count(b"\r\n"))
        lines = written.decode().split("\r\n")
        self.assertEqual(len(lines), 1 + 3 + 1)
        (line,) = [line for line in lines if self.home.address in line]
        self.assertIn(",03/11/2026,Vắng nhà,Vắng nhà ngày 03/11/2026,", line)

    def test_has_no_formulas(self):
        make_household(self.cast.kp1, '=HYPERLINK("x")', address="+84 Lê Lai")
        make_household(self.cast.kp1, "@Tư", address="-1 Lê Lai")
        text = "\n".join(self.lines())
        for harmless in (",'+84 Lê Lai,", ",'-1 Lê Lai,", ",'@Tư,", "\"'=HYPERLINK("):
            self.assertIn(harmless, text)

    def test_leaves_the_file_to_whom_it_belongs(self):
        file = BytesIO()
        write_list_csv(file, self.listed(), lambda *_so_far: None)
        self.assertFalse(file.closed)

    def test_says_how_far_it_is(self):
        with mock.patch("outreach.member_files.CHUNK", 2):
            self.lines()
        self.assertEqual(self.told, [(0, 3), (2, 3), (3, 3)])

    def test_has_what_was_asked_for_only(self):
        listed = self.listed()
        narrowed = type(listed)(listed.counted, listed.measure, listed.part, Wish(words="bich yen"))
        self.assertEqual(len(self.lines(listed=narrowed)), 1 + narrowed.count() + 1)
        self.assertLess(narrowed.count(), 3)


class AWorkbookFile(FileTestCase):
    def book(self, listed=None):
        return load_workbook(BytesIO(self.write(write_list_xlsx, listed)))

    def test_has_every_row_with_days_as_days_and_text_as_text(self):
        make_household(self.cast.kp1, "=1+1", address="012 Lê Lai")
        self.visit("2026-11-03", outcome="absent")
        (sheet,) = self.book()
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        self.assertEqual([row[0] for row in rows], [1, 2, 3, 4])
        (ours,) = [row for row in rows if row[1] == self.home.address]
        self.assertEqual(ours[5], datetime(2026, 11, 3))
        (other,) = [row for row in sheet.iter_rows(min_row=5) if row[1].value == "012 Lê Lai"]
        self.assertEqual((other[3].value, other[3].data_type), ("=1+1", "s"))

    def test_goes_on_in_the_next_sheet_and_says_so(self):
        with mock.patch("outreach.member_files.MAX_ROWS", 7):
            first, second = self.book()
        self.assertEqual((first.title, second.title), ("Danh sách", "Danh sách (2)"))
        self.assertEqual(first.max_row, 7)
        self.assertEqual(first.cell(7, 1).value, "Xem tiếp ở trang tính số 2")
        self.assertIn("Tiếp theo trang tính số 1.", second.cell(2, 1).value)
        self.assertEqual(second.cell(5, 1).value, 3)

    def test_of_an_empty_list_says_so(self):
        (sheet,) = self.book(self.listed("sessions_held", Part.COUNTED))
        self.assertEqual(sheet.cell(5, 1).value, "Danh sách này trống.")

    def test_holds_every_kind_of_list(self):
        self.visit("2026-11-03", outcome="met", companions=[self.cast.minh.pk])
        for code, part in (
            ("person_days", Part.COUNTED),
            ("referrals_answered", Part.ALL),
            ("residents_assessed", Part.ALL),
        ):
            listed = self.listed(code, part)
            with self.subTest(code):
                (sheet,) = self.book(listed)
                self.assertEqual(sheet.max_row, 4 + max(listed.count(), 1))
