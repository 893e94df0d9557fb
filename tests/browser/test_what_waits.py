"""Hoa reads what waits, gives a visit the home that is meant, and tells the volunteer why another
does not count."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from outreach.models import LedgerEvent, Visit
from tests.browser.base import BrowserTestCase
from tests.builders import make_household
from tests.outreach.api.volunteer import FieldPhone
from tests.people import PASSWORD, make_cast


class HoaDecidesAboutWhatWaits(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.cast = make_cast()
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        met = [str(self.home.head_id)]
        lost = lan.visit(uuid4(), "met", met=met, note="Bác muốn học gọi video")
        unreadable = lan.event("visit.recorded", self.home, {"outcome": "met"})
        lan.pushed(lost, unreadable)

    def test_on_her_desk(self):
        page = self.new_page(width=1280, height=800)
        self.log_in(page, "hoa", PASSWORD)
        page.goto("/admin/")
        page.get_by_role("link", name="Chờ xử lý (2)").click()
        self.screenshot(page, "waiting-list")
        page.get_by_role("row").filter(has_text="Không có hộ này trong phường").get_by_role(
            "link"
        ).click()
        expect(page.get_by_text("Bác muốn học gọi video")).to_be_visible()
        page.get_by_label("Tên, địa chỉ").fill("bich yen")
        page.get_by_role("button", name="Tìm", exact=True).click()
        page.get_by_role("radio", name=re.compile("Đặng Thị Bích Yến")).check()
        self.screenshot(page, "waiting-visit", full_page=True)
        page.get_by_role("button", name="Chấp nhận cho hộ đã chọn").click()
        expect(page.get_by_text("Đã chấp nhận")).to_be_visible()
        self.assertEqual(Visit.objects.get().household, self.home)

        page.get_by_role("link", name="Ghi lượt đến").click()
        page.get_by_label("Vì sao không chấp nhận?").fill("Bạn ghi lại giúp lượt đến này")
        page.get_by_role("button", name="Không chấp nhận").click()
        expect(page.get_by_role("row").filter(has_text="Bạn ghi lại giúp")).to_be_visible()
        self.screenshot(page, "waiting-rejected")
        self.assertEqual(LedgerEvent.objects.filter(status="rejected").count(), 1)
