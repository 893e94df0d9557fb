"""Allowances at the desk: who writes them down, and what is refused."""

from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.forms.allowances import AllowanceForm
from outreach.models import AllowanceRule
from tests.outreach.test_allowances import make_rule
from tests.outreach.test_coverage_page import DeskTestCase
from tests.volunteers.desk import text_of

SAID = {
    "first": "2026-01-01",
    "last": "",
    "amount": "50.000 đ",
    "most_days": "10",
    "most_for_person": "",
    "most_for_team": "300000",
    "source": "Nghị quyết 26/2025/NQ-HĐND",
}


class AllowanceScreenCase(DeskTestCase):
    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def at(self, name, *arguments):
        return reverse(name, args=arguments)

    def add(self, code="27139", **said):
        return self.client.post(self.at("add_allowance", code), SAID | said)

    def logged(self) -> list[str]:
        rows = ModelLogEntry.objects.filter(action__startswith="outreach.allowance").order_by("pk")
        return list(rows.values_list("action", flat=True))


class OneAllowance(AllowanceScreenCase):
    def test_is_added_as_the_resolution_says(self):
        self.assertRedirects(self.add(), self.at("allowances", "27139"))
        rule = AllowanceRule.objects.get()
        self.assertEqual(
            (rule.area_id, rule.last, rule.amount, rule.most_days),
            ("27139", None, 50_000, 10),
        )
        self.assertEqual((rule.most_for_person, rule.most_for_team), (None, 300_000))
        self.assertEqual(self.logged(), ["outreach.allowance_added"])
        words = text_of(self.client.get(self.at("allowances", "27139")))
        self.assertIn("Từ ngày 01/01/2026", words)
        self.assertIn("50.000 đ/người/ngày; tối đa 10 ngày/người/tháng", words)
        self.assertIn("Nghị quyết 26/2025/NQ-HĐND", words)

    def test_is_changed(self):
        rule = make_rule(self.cast.ward, most_for_team=300_000)
        address = self.at("edit_allowance", "27139", rule.pk)
        form = self.client.get(address).context["form"]
        self.assertEqual(
            (form["amount"].value(), form["most_for_team"].value()), ("50.000", "300.000")
        )
        answer = self.client.post(address, SAID | {"last": "2026-12-31", "amount": "60 000"})
        self.assertRedirects(answer, self.at("allowances", "27139"))
        rule.refresh_from_db()
        self.assertEqual((rule.amount, f"{rule.last}", rule.most_days), (60_000, "2026-12-31", 10))
        self.assertEqual(self.logged(), ["outreach.allowance_changed"])

    def test_is_deleted_after_one_more_question(self):
        rule = make_rule(self.cast.ward)
        address = self.at("delete_allowance", "27139", rule.pk)
        self.assertIn("50.000 đ/người/ngày", text_of(self.client.get(address)))
        self.assertTrue(AllowanceRule.objects.exists())
        self.assertRedirects(self.client.post(address), self.at("allowances", "27139"))
        self.assertFalse(AllowanceRule.objects.exists())
        self.assertEqual(self.logged(), ["outreach.allowance_deleted"])

    def test_that_makes_no_sense_is_explained(self):
        make_rule(self.cast.ward, "2026-01-01", "2026-06-30", amount=20_000)
        for said, words in (
            ({}, "Đã có mức chi 20.000 đ từ ngày 01/01/2026 đến hết ngày 30/06/2026"),
            ({"first": "2026-06-30"}, "Đã có mức chi 20.000 đ"),
            ({"first": "2026-07-01", "last": "2026-06-30"}, "Ngày cuối đứng trước ngày đầu"),
            ({"first": ""}, "bắt buộc"),
            ({"first": "hôm qua"}, "“hôm qua” không phải là một ngày"),
            ({"amount": "năm mươi"}, "“năm mươi” không phải là số tiền"),
            ({"amount": "50,5"}, "“50,5” không phải là số tiền"),
            ({"amount": "-50000"}, "“-50000” không phải là số tiền"),
            ({"amount": "0"}, "Không thể chi 0 đ"),
            ({"amount": "9999999999"}, "Không thể chi 9.999.999.999 đ"),
            ({"amount": ""}, "bắt buộc"),
            ({"most_days": "32"}, "“32” không phải là số ngày"),
            ({"most_days": "nhiều"}, "“nhiều” không phải là số ngày"),
            ({"most_for_team": "40000"}, "40.000 đ ít hơn mức chi của một ngày (50.000 đ)"),
            ({"most_for_person": "49.999"}, "49.999 đ ít hơn mức chi của một ngày"),
            ({"source": ""}, "bắt buộc"),
        ):
            with self.subTest(words):
                page = self.add(**({"first": "2026-07-01"} | said if said else {}))
                self.assertEqual(page.status_code, 200)
                self.assertIn(words, text_of(page))
        self.assertEqual(AllowanceRule.objects.count(), 1)
        self.assertEqual(self.logged(), [])

    def test_that_somebody_else_saved_at_the_same_moment_is_explained(self):
        real = AllowanceForm.refuse_overlap

        def late(form) -> bool:
            if AllowanceRule.objects.exists():
                return real(form)
            make_rule(self.cast.ward)
            return False

        with mock.patch.object(AllowanceForm, "refuse_overlap", late):
            page = self.add(first="2026-05-01")
        self.assertIn("Đã có mức chi 50.000 đ từ ngày 01/01/2026", text_of(page))
        self.assertEqual(AllowanceRule.objects.count(), 1)

    def test_keeps_no_number_of_a_citizen(self):
        self.add(source="Theo CCCD 079055001234")
        self.assertNotIn("079055001234", AllowanceRule.objects.get().source)

    def test_is_found_only_at_its_own_area(self):
        rule = make_rule(self.cast.other_ward)
        self.client.force_login(self.cast.admin)
        for name in ("edit_allowance", "delete_allowance"):
            address = self.at(name, "27139", rule.pk)
            self.assertEqual(self.client.get(address).status_code, 404)
            self.assertEqual(self.client.post(address, SAID).status_code, 404)
        self.assertTrue(AllowanceRule.objects.exists())


class TheAllowancesOfAnArea(AllowanceScreenCase):
    def test_are_reached_from_the_coverage_by_those_who_write_them_down(self):
        address = f'"{self.at("allowances", "27139")}"'
        self.assertContains(self.page(self.cast.hoa), address)
        self.assertContains(self.page(self.cast.admin), address)
        self.assertNotContains(self.page(self.cast.city_viewer), address)
        self.assertNotContains(self.page(self.cast.hoa, "27139.1"), "muc-chi")

    def test_of_a_province_are_the_administrators_and_shown_to_its_wards(self):
        self.assertEqual(self.add("79").status_code, 404)
        self.client.force_login(self.cast.admin)
        self.assertRedirects(self.add("79", amount="20000"), self.at("allowances", "79"))
        self.client.force_login(self.cast.hoa)
        words = text_of(self.client.get(self.at("allowances", "27139")))
        self.assertIn("theo mức của Thành phố Hồ Chí Minh", words)
        self.assertIn("20.000 đ/người/ngày", words)

    def test_are_not_another_wards_officers_nor_of_neighbourhoods(self):
        for user, codes in (
            (self.tam, ("27139", "79", "00000")),
            (self.cast.city_viewer, ("27139", "79")),
            (self.cast.hoa, ("27139.1", "27160", "79")),
        ):
            self.client.force_login(user)
            for code in codes:
                self.assertEqual(self.client.get(self.at("allowances", code)).status_code, 404)
                self.assertEqual(self.add(code).status_code, 404)
        self.assertFalse(AllowanceRule.objects.exists())

    def test_cost_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.client.get(self.at("allowances", "27139"))
            return len(captured)

        make_rule(self.cast.ward, "2026-01-01", "2026-01-31")
        queries()
        before = queries()
        for month in range(2, 9):
            make_rule(self.cast.ward, f"2026-0{month}-01", f"2026-0{month}-28")
            make_rule(self.cast.city, f"2026-0{month}-01", f"2026-0{month}-28")
        self.assertEqual(queries(), before)
