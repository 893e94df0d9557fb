"""The rows that stay out come back as a small workbook, with the reason, fit to be imported."""

import io

from django.urls import reverse
from openpyxl import load_workbook

from outreach.models import Household
from outreach.roster.files import Part
from tests.builders import make_household
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import read, workbook

TITLE = ("DANH SÁCH HỘ KHU PHỐ",)
HEADER = ("STT hộ", "Họ tên", "Quan hệ", "Năm sinh", "CCCD", "Địa chỉ", "SĐT")
GOOD = (1, "Nguyễn Văn An", "Chủ hộ", 1950, "079060001234", "12/5 Võ Thị Sáu", "0912345678")
BAD_PHONE = (2, "Lê Văn Cường", "Chủ hộ", 1970, "079060001235", "41 Kỳ Đồng", "12")
MEMBER = (None, "Lê Thị Dung", "Con", 2001, "079060001236", None, None)
NO_ADDRESS = (3, "Phạm Thị Én", "Chủ hộ", 1980, "079060001237", None, None)


class TheRowsThatStayOut(Desk):
    def content(self) -> bytes:
        rows = (TITLE, HEADER, ("KHU PHỐ 1",), GOOD, BAD_PHONE, MEMBER)
        return workbook(*rows, ("KHU PHỐ 2",), NO_ADDRESS, title="Sheet1", merged=("A1:G1",))

    def rows(self, record) -> list[list]:
        answer = self.client.get(reverse("roster_left_out", args=[record.pk]))
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertIn("attachment", answer["Content-Disposition"])
        self.file = answer.content
        sheet = load_workbook(io.BytesIO(self.file)).worksheets[0]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def test_are_whole_households_below_their_own_headings(self):
        record = self.uploaded(self.content())
        rows = self.rows(record)
        self.assertEqual(rows[0][0], TITLE[0])
        self.assertEqual([row[1] for row in rows[2:]], [
            None, "Lê Văn Cường", "Lê Thị Dung", None, "Phạm Thị Én",
        ])  # fmt: skip
        self.assertEqual([rows[2][0], rows[5][0]], ["KHU PHỐ 1", "KHU PHỐ 2"])

    def test_say_why_in_the_last_column(self):
        rows = self.rows(self.uploaded(self.content()))
        self.assertIn("0912 345 678", rows[3][-1])
        self.assertIsNone(rows[4][-1])
        self.assertTrue(rows[6][-1])

    def test_hold_no_citizen_id(self):
        record = self.uploaded(self.content())
        for row in self.rows(record):
            self.assertNotIn("0790600012", str(row))

    def test_hold_no_citizen_id_that_stands_in_a_note(self):
        text = (
            "Chủ hộ,Địa chỉ,Khu phố,SĐT,Ghi chú\nLê Văn Cường,1 Kỳ Đồng,1,12,CCCD 079 060 001 234\n"
        )
        rows = self.rows(self.uploaded(text.encode()))
        self.assertIn("CCCD", rows[1][4])
        self.assertNotIn("001 234", rows[1][4])

    def test_hold_no_formula(self):
        text = "Chủ hộ,Địa chỉ,Khu phố,SĐT\nLê Văn Cường,=1+1 Kỳ Đồng,1,12\n"
        rows = self.rows(self.uploaded(text.encode()))
        self.assertEqual(rows[1][1], "=1+1 Kỳ Đồng")
        sheet = load_workbook(io.BytesIO(self.file)).worksheets[0]
        self.assertNotIn("f", {cell.data_type for row in sheet.iter_rows() for cell in row})

    def test_are_kept_after_the_others_went_in(self):
        record = self.uploaded(self.content())
        result = self.confirm(record, skip_bad_rows="on")
        self.assertContains(result, reverse("roster_left_out", args=[record.pk]))
        self.assertEqual(
            [path.name for path in self.uploads.iterdir()], [f"{record.pk}{Part.LEFT_OUT}"]
        )
        self.assertEqual(len(self.rows(record)), 7)

    def test_once_mended_can_be_imported_like_any_list(self):
        record = self.uploaded(self.content())
        self.confirm(record, skip_bad_rows="on")
        self.rows(record)
        book = load_workbook(io.BytesIO(self.file))
        sheet = book.worksheets[0]
        sheet["G4"], sheet["F7"] = "0987654321", "7 Lý Chính Thắng"
        mended = io.BytesIO()
        book.save(mended)
        self.confirm(self.uploaded(mended.getvalue()))
        homes = Household.objects.order_by("address").values_list("address", "area__name")
        self.assertEqual(
            list(homes),
            [
                ("12/5 Võ Thị Sáu", "Khu phố 1"),
                ("41 Kỳ Đồng", "Khu phố 1"),
                ("7 Lý Chính Thắng", "Khu phố 2"),
            ],
        )
        cuong = Household.objects.get(head__name="Lê Văn Cường")
        self.assertEqual((cuong.head.phone, cuong.residents.count()), ("0987654321", 2))

    def test_are_none_when_everything_can_be_used(self):
        record = self.uploaded(workbook(HEADER, GOOD))
        answer = self.client.get(reverse("roster_left_out", args=[record.pk]), follow=True)
        self.assertRedirects(answer, reverse("roster_import", args=[record.pk]))
        self.assertNotContains(answer, "dong-de-lai")

    def test_hold_also_the_households_about_which_hoa_decides_later(self):
        make_household(self.cast.kp1, "Nguyễn Văn Ann", address="12/5 Võ Thị Sáu", birth_year=1950)
        record = self.uploaded(workbook(HEADER, GOOD))
        self.confirm(record)
        rows = self.rows(record)
        self.assertEqual((len(rows), rows[1][1]), (2, "Nguyễn Văn An"))
        self.assertEqual(len(read(self.file).households), 1)
