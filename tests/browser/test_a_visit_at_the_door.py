"""Lan at a door with her phone, and Bình who belongs elsewhere. No script runs on these pages."""

import re

from playwright.sync_api import Page, expect

from courses.first_lessons import load_lessons
from outreach.models import ResidentSkill, Visit
from tests.browser.base import BrowserTestCase
from tests.builders import make_household
from tests.people import PASSWORD, make_cast


class AVisitAtTheDoor(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.cast = make_cast()
        load_lessons()
        self.home = make_household(
            self.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh", address="281/209A Võ Thị Sáu"
        )
        make_household(self.cast.kp1, "Lê Hữu Việt", address="41 Võ Thị Sáu")

    def find(self, page: Page, words: str) -> None:
        page.goto("/field/")
        page.get_by_label("Tên, địa chỉ, số điện thoại").fill(words)
        page.get_by_role("button", name="Tìm", exact=True).click()

    def test_lan_finds_the_home_and_records_a_visit_with_two_members(self):
        page = self.new_page(javascript=False)
        self.log_in(page, "lan", PASSWORD)
        self.find(page, "dang thi bich")
        expect(page.locator(".big-link")).to_have_count(1)
        self.screenshot(page, "finding-a-home")
        page.get_by_role("link", name="281/209A").click()
        page.get_by_label("Gặp được người").check()
        for name in ("Đặng Thị Bích Yến", "Trần Mai Oanh"):
            page.get_by_role("combobox", name=re.compile(rf"^{name} \(")).select_option("said")
        self.choose_level(page, self.home.head, "pay_qr", "1")
        label = "Đặng Thị Bích Yến: Nhận và trả tiền bằng mã QR"
        expect(page.get_by_label(label, exact=True)).to_have_value("1")
        other = self.home.residents.exclude(pk=self.home.head_id).get()
        self.choose_level(page, other, "smartphone", "1")
        page.get_by_role("heading", name="Mỗi người làm được gì?").scroll_into_view_if_needed()
        page.get_by_role("region", name="Gia đình và kỹ năng").focus()
        self.screenshot(page, "family-and-skills")
        page.get_by_label("Nhận và trả tiền bằng mã QR cho an toàn").check()
        page.get_by_label("Trần Văn Minh").check()
        page.get_by_role("button", name="Lưu lượt đến").dblclick()
        expect(page.get_by_text(re.compile("đã được lưu"))).to_be_visible()
        expect(page.locator("svg.qr")).to_be_visible()
        self.screenshot(page, "visit-saved", full_page=True)
        self.assertEqual(Visit.objects.get().outcome, "met")
        self.assertEqual(ResidentSkill.objects.count(), 2)
        page.go_back()
        page.get_by_role("button", name="Lưu lượt đến").click()
        expect(page.get_by_role("alert")).to_be_visible()
        self.assertEqual(Visit.objects.count(), 1)

    def choose_level(self, page: Page, resident, skill: str, level: str) -> None:
        page.locator(f"select[name=level_{resident.pk.hex}_{skill}]").select_option(level)

    def test_a_mistake_is_explained_and_nothing_typed_is_lost(self):
        page = self.new_page(javascript=False)
        self.log_in(page, "lan", PASSWORD)
        page.goto(f"/phieu/ho/{self.home.pk}/")
        page.get_by_label("Gặp được người").check()
        self.choose_level(page, self.home.head, "pay_qr", "2")
        page.get_by_label("Ghi chú").fill("Bác hẹn con gái về cùng học")
        page.get_by_role("button", name="Lưu lượt đến").click()
        expect(page.get_by_role("alert")).to_contain_text("chưa có sự đồng ý")
        expect(page.get_by_label("Ghi chú")).to_have_value("Bác hẹn con gái về cùng học")
        page.get_by_role("alert").get_by_role("link").first.click()
        self.screenshot(page, "a-mistake")
        self.assertFalse(Visit.objects.exists())

    def test_the_pages_fit_a_small_phone_and_large_letters(self):
        for options in ({"width": 320}, {"zoom": 2}):
            page = self.new_page(javascript=False, **options)
            self.log_in(page, "lan", PASSWORD)
            for address in ("/field/", f"/phieu/ho/{self.home.pk}/"):
                with self.subTest(address=address, **options):
                    page.goto(address)
                    width = page.viewport_size["width"]
                    wide = page.locator("body").bounding_box()["width"]
                    self.assertLessEqual(wide, width)
                    for button in page.get_by_role("button").all():
                        self.assertGreaterEqual(button.bounding_box()["height"], 48)

    def test_bình_sees_none_of_it(self):
        page = self.new_page(javascript=False)
        self.log_in(page, "binh", PASSWORD)
        self.find(page, "dang thi bich")
        expect(page.get_by_text("Không có nhà nào của tổ khớp")).to_be_visible()
        self.assertEqual(page.goto(f"/phieu/ho/{self.home.pk}/").status, 404)
        page.goto(f"/h/{self.home.card_code}")
        expect(page).to_have_url(re.compile("/phuong/27139/$"))
