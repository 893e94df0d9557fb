"""Targets at the desk, one by one, and the way from the sheet to the report."""

from io import BytesIO

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from outreach.models import Indicator, Target
from tests.outreach.test_coverage import moment
from tests.outreach.test_coverage_page import PERIOD, DeskTestCase
from tests.outreach.test_targets import make_target
from tests.volunteers.desk import text_of
from volunteers import roles
from volunteers.models import RoleGrant

YEAR = ("2026-01-01", "2026-12-31")
SAID = {
    "indicator": "households_met",
    "first": "2026-01-01",
    "last": "2026-12-31",
    "measure": "percent",
    "value": "80",
    "source": "Kế hoạch 31/KH-UBND",
}


class TargetScreenCase(DeskTestCase):
    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def at(self, name, *arguments):
        return reverse(name, args=arguments)

    def add(self, code="27139", **said):
        return self.client.post(self.at("add_target", code), SAID | said)

    def logged(self) -> list[str]:
        rows = ModelLogEntry.objects.filter(action__startswith="outreach.target").order_by("pk")
        return list(rows.values_list("action", flat=True))


class TheTargetsOfAnArea(TargetScreenCase):
    def test_are_listed_by_their_days_the_latest_first(self):
        make_target(self.cast.ward, *YEAR, source="Kế hoạch 31")
        make_target(self.cast.ward, "2026-10-01", "2026-12-31", 1200, "count")
        make_target(self.cast.ward, "2025-01-01", "2025-12-31", 66.5)
        words = text_of(self.client.get(self.at("targets", "27139")))
        places = [words.index(said) for said in ("1.200 hộ", "80%", "66,5%")]
        self.assertEqual(places, sorted(places))
        self.assertIn("Từ ngày 01/01/2026 đến hết ngày 31/12/2026", words)
        self.assertIn("Kế hoạch 31", words)

    def test_cost_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.client.get(self.at("targets", "27139"))
            return len(captured)

        make_target(self.cast.ward, *YEAR)
        queries()
        before = queries()
        for indicator in ("skill.pay_qr", "households_reached", "residents_taught"):
            make_target(self.cast.ward, *YEAR, indicator=indicator)
            make_target(self.cast.kp1, *YEAR, indicator=indicator)
        self.assertEqual(queries(), before)

    def test_lead_to_those_of_its_neighbourhoods(self):
        make_target(self.cast.kp2, *YEAR)
        page = self.client.get(self.at("targets", "27139"))
        self.assertContains(page, self.at("targets", "27139.2"))
        self.assertIn("27139.2 · 1 mục tiêu", text_of(page))

    def test_lead_to_an_ended_neighbourhood_only_while_it_has_targets(self):
        ended = self.cast.ward.add_child("Khu phố 9", valid_until=moment("2026-10-01 08:00").date())
        address = f'"{self.at("targets", ended.pk)}"'
        self.assertNotContains(self.client.get(self.at("targets", "27139")), address)
        make_target(ended, *YEAR)
        self.assertContains(self.client.get(self.at("targets", "27139")), address)

    def test_are_reached_from_the_menu(self):
        self.assertContains(self.client.get("/admin/"), '"/admin/chi-tieu/muc-tieu/"')
        self.assertRedirects(self.client.get(self.at("targets_start")), self.at("targets", "27139"))
        for user in (self.cast.minh, self.cast.city_viewer, self.cast.editor):
            self.client.force_login(user)
            self.assertNotContains(self.client.get("/admin/"), "/admin/chi-tieu/muc-tieu/")

    def test_are_chosen_from_every_area_by_administrators(self):
        self.client.force_login(self.cast.admin)
        page = self.client.get(self.at("targets_start"))
        for code in ("79", "27139", "27160"):
            self.assertContains(page, self.at("targets", code))
        self.assertRedirects(self.add("79"), self.at("targets", "79"))
        self.assertContains(self.client.get(self.at("targets", "79")), "Phường Bàn Cờ")

    def test_of_lanes_and_closed_wards_are_nobodys(self):
        lane = self.cast.kp1.add_child("Hẻm 5")
        self.assertEqual(self.client.get(self.at("targets", lane.pk)).status_code, 404)
        self.cast.ward.opened_on = None
        self.cast.ward.save()
        self.assertEqual(self.client.get(self.at("targets", "27139")).status_code, 404)


class OneTarget(TargetScreenCase):
    def test_is_added(self):
        self.assertRedirects(self.add(), self.at("targets", "27139"))
        target = Target.objects.get()
        self.assertEqual((target.area_id, target.value), ("27139", 80))
        self.assertEqual(target.source, "Kế hoạch 31/KH-UBND")
        self.assertEqual(self.logged(), ["outreach.target_added"])

    def test_is_changed(self):
        target = make_target(self.cast.ward, *YEAR)
        address = self.at("edit_target", "27139", target.pk)
        form = self.client.get(address).context["form"]
        self.assertEqual(form["value"].value(), "80")
        answer = self.client.post(address, SAID | {"value": "1.200", "measure": "count"})
        self.assertRedirects(answer, self.at("targets", "27139"))
        target.refresh_from_db()
        self.assertEqual((target.measure, target.value), ("count", 1200))
        self.assertEqual(self.logged(), ["outreach.target_changed"])

    def test_of_a_hidden_indicator_can_still_be_changed(self):
        target = make_target(self.cast.ward, *YEAR)
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        answer = self.client.post(self.at("edit_target", "27139", target.pk), SAID)
        self.assertEqual(answer.status_code, 302)
        self.assertEqual(self.add(first="2025-01-01").status_code, 200)

    def test_is_deleted_after_one_more_question(self):
        target = make_target(self.cast.ward, *YEAR)
        address = self.at("delete_target", "27139", target.pk)
        self.assertIn("Hộ đã gặp được người", text_of(self.client.get(address)))
        self.assertTrue(Target.objects.exists())
        self.assertRedirects(self.client.post(address), self.at("targets", "27139"))
        self.assertFalse(Target.objects.exists())
        self.assertEqual(self.logged(), ["outreach.target_deleted"])

    def test_that_makes_no_sense_is_explained(self):
        make_target(self.cast.ward, *YEAR)
        for said, words in (
            ({}, "đã có mục tiêu cho chỉ tiêu này"),
            ({"first": "2027-01-01"}, "Ngày cuối đứng trước ngày đầu"),
            ({"first": "hôm qua"}, "“hôm qua” không phải là một ngày"),
            ({"first": ""}, "bắt buộc"),
            ({"last": "2026-11-30", "value": "120"}, "120% là hơn tất cả"),
            ({"last": "2026-11-30", "value": "nhiều"}, "“nhiều” không phải là mục tiêu"),
            ({"last": "2026-11-30", "value": "5,5", "measure": "count"}, "số nguyên"),
            ({"indicator": "sessions_held"}, "không có mẫu số"),
            ({"indicator": "khong-co"}, "khong-co"),
            ({"measure": "khac"}, "khac"),
        ):
            with self.subTest(words):
                page = self.add(**said)
                self.assertEqual(page.status_code, 200)
                self.assertIn(words, text_of(page))
        self.assertEqual(Target.objects.count(), 1)

    def test_keeps_no_number_of_a_citizen(self):
        self.add(source="Theo CCCD 079055001234")
        self.assertNotIn("079055001234", Target.objects.get().source)

    def test_is_found_only_at_its_own_area(self):
        target = make_target(self.cast.kp1, *YEAR)
        for name in ("edit_target", "delete_target"):
            address = self.at(name, "27139", target.pk)
            self.assertEqual(self.client.get(address).status_code, 404)
            self.assertEqual(self.client.post(address, SAID).status_code, 404)
        self.assertTrue(Target.objects.exists())


class AnotherWardsOfficer(TargetScreenCase):
    def test_sets_no_target_here(self):
        target = make_target(self.cast.ward, *YEAR)
        self.client.force_login(self.tam)
        for code in ("27139", "27139.1", "79", "00000"):
            for name in ("targets", "add_target", "targets_sheet", "import_targets"):
                self.assertEqual(self.client.get(self.at(name, code)).status_code, 404)
            self.assertEqual(self.add(code).status_code, 404)
        address = self.at("edit_target", "27139", target.pk)
        self.assertEqual(self.client.post(address, SAID).status_code, 404)

    def test_of_two_wards_chooses_between_them(self):
        roles.grant(self.cast.hoa, RoleGrant.Role.OFFICER, self.cast.other_ward)
        page = self.client.get(self.at("targets_start"))
        for code in ("27139", "27160"):
            self.assertContains(page, self.at("targets", code))


class TheCoverage(TargetScreenCase):
    def test_says_in_words_whether_a_target_is_reached(self):
        self.visit("2026-11-03", outcome="met")
        make_target(self.cast.ward, *YEAR)
        make_target(self.cast.ward, *YEAR, 1, "count", indicator="households_reached")
        words = text_of(self.page(self.cast.hoa))
        # On the card, and in the table.
        self.assertIn("Mục tiêu 80%: chưa đạt: còn thiếu 2 hộ (46,7% mẫu số)", words)
        self.assertIn("80% chưa đạt: còn thiếu 2 hộ", words)
        self.assertIn("Mục tiêu 1: đạt", words)

    def test_shows_no_target_of_other_days_or_areas(self):
        make_target(self.cast.ward, "2026-12-01", "2026-12-31")
        make_target(self.cast.kp1, *YEAR)
        # Only in the neighbourhood's own row.
        self.assertEqual(text_of(self.page(self.cast.hoa)).count("Mục tiêu 80%"), 1)
        self.assertIn("Mục tiêu 80%", text_of(self.page(self.cast.hoa, "27139.1")))

    def test_leads_those_who_may_to_the_targets(self):
        self.assertContains(self.page(self.cast.hoa), self.at("targets", "27139"))
        self.assertNotContains(self.page(self.cast.city_viewer), self.at("targets", "27139"))

    def test_shows_targets_on_the_first_page_too(self):
        make_target(self.cast.ward, "2000-01-01", "2100-12-31")
        self.client.force_login(self.cast.hoa)
        self.assertContains(self.client.get("/admin/"), "Mục tiêu 80%: chưa đạt")


class FromTheSheetToTheReport(TargetScreenCase):
    """Hoa exports the sheet, fills in a target, imports it, and sees it everywhere."""

    def exported(self):
        answer = self.client.get(self.at("targets_sheet", "27139"))
        self.assertIn("no-store", answer["Cache-Control"])
        return load_workbook(BytesIO(answer.getvalue()))

    def fill(self, sheet, code: str, *said) -> None:
        row = next(cells for cells in sheet.iter_rows() if cells[2].value == code)
        for cell, value in zip(row[6:], said, strict=True):
            cell.value = value

    def imported(self, book):
        file = BytesIO()
        book.save(file)
        upload = SimpleUploadedFile("muc-tieu.xlsx", file.getvalue())
        return self.client.post(self.at("import_targets", "27139"), {"file": upload}, follow=True)

    def test_works(self):
        self.visit("2026-11-03", outcome="met")
        with time_machine.travel(moment("2026-11-20 08:15"), tick=False):
            self.client.force_login(self.cast.hoa)
            book = self.exported()
            self.fill(book.active, "households_met", "%", 80, "Kế hoạch 31/KH-UBND")
            self.fill(book.active, "sessions_held", "số lượng", 12, None)
            page = self.imported(book)
            self.assertIn("2 mới, 0 được sửa", text_of(page))
            self.assertIn("Kế hoạch 31/KH-UBND", text_of(page))
            # Again: nothing changes.
            self.assertIn("0 mới, 0 được sửa, 2 giữ nguyên", text_of(self.imported(book)))
            self.assertIn(
                "0 mới, 0 được sửa, 2 giữ nguyên", text_of(self.imported(self.exported()))
            )
        self.assertEqual(self.logged(), ["outreach.targets_imported"])
        words = text_of(self.page(self.cast.hoa, query=PERIOD))
        self.assertIn("Mục tiêu 80%: chưa đạt: còn thiếu 2 hộ", words)
        book = load_workbook(BytesIO(self.file(self.cast.hoa).getvalue()))
        rows = {row[1].value: row for row in book["Tổng hợp"].iter_rows() if len(row) > 7}
        self.assertEqual(rows["Tên chỉ tiêu"][4].value, "Chỉ tiêu giao")
        met, held = rows["Hộ đã gặp được người"][4], rows["Lớp đã mở"][4]
        self.assertEqual((met.value, met.number_format), (0.8, "0.0%"))
        self.assertEqual((held.value, held.number_format), (12, "#,##0"))
        self.assertIsNone(rows["Hộ đã đến"][4].value)
