"""Hoa, who has never seen the product, brings in her ward's own list: one correction, the rows that
stay out, a family that may be known already, and the wrong list taken back."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from outreach.models import Household
from outreach.verify import differences
from tests.browser.base import BrowserTestCase
from tests.builders import make_household
from tests.outreach.roster.lists import read, workbook
from tests.people import PASSWORD, make_cast

LETTERHEAD = (
    ("UBND PHƯỜNG XUÂN HÒA", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("DANH SÁCH HỘ DÂN KHU PHỐ 2",),
)
HEADER = ("TT", "Họ tên chủ hộ", "Sinh năm", "Nơi ở", "Điện thoại", "Số CCCD", "Nhân khẩu tạm trú")
HOMES = [
    ("NGUYỄN THỊ TÁM", 1948, "12/5 Võ Thị Sáu", "0912.345.601", 1),
    ("Trần Văn Lộc", 1955, "12/7 Võ Thị Sáu", 912345602, 2),
    ("Lê Thị Mỹ Hạnh", "khoảng 1950", "Số 14 Võ Thị Sáu", "không có", 1),
    ("Phạm Quốc Việt", 1972, "hẻm 16/2 Võ Thị Sáu", "0912 345 604", 2),
    ("Võ Thị Kim Liên", 1961, "18 Võ Thị Sáu", "12", 1),
    ("Đặng Văn Phước", 1967, "20/3 Võ Thị Sáu", "+84 912 345 606", 2),
]


class HoaBringsInTheWardsList(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.cast = make_cast()
        self.known = make_household(
            self.cast.kp2, "Đặng Văn Phúc", birth_year=1967, address="20/3 Võ Thị Sáu"
        )
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.list = Path(folder.name) / "Danh sách hộ KP2.xlsx"
        rows = [
            (number, *home[:4], f"0790600012{number:02}", home[4])
            for number, home in enumerate(HOMES, 1)
        ]
        self.list.write_bytes(workbook(*LETTERHEAD, HEADER, *rows, title="Sheet1"))

    def test_with_one_correction_and_takes_the_wrong_list_back(self):
        page = self.new_page(width=1280, height=800)
        self.log_in(page, "hoa", PASSWORD)
        self.choose_the_list(page)
        self.correct_one_column(page)
        self.decide_and_confirm(page)
        self.take_the_rows_left_out(page)
        self.undo(page)

    def show(self, page: Page, words: str, name: str) -> None:
        """A picture that begins where the heading stands."""
        heading = page.get_by_role("heading", name=words)
        heading.evaluate("element => element.scrollIntoView({block: 'start'})")
        self.screenshot(page, name)

    def choose_the_list(self, page: Page) -> None:
        page.goto("/admin/")
        page.get_by_role("link", name="Danh sách hộ").first.click()
        page.get_by_role("link", name="Nhập danh sách").click()
        page.locator("input[type=file]").set_input_files(self.list)
        page.get_by_label("Căn cứ pháp lý").fill("Kế hoạch số 31/KH-UBND ngày 27/01/2026")
        self.screenshot(page, "roster-choose")
        page.get_by_role("button", name="Xem trước danh sách").click()
        expect(page.get_by_role("heading", name="Danh sách này sẽ thay đổi gì")).to_be_visible()
        self.screenshot(page, "roster-counts")

    def correct_one_column(self, page: Page) -> None:
        """The number of temporary residents was taken for the number of people."""
        temporary = page.get_by_label(re.compile("Nhân khẩu tạm trú"))
        expect(temporary).to_have_value("size")
        expect(page.get_by_text("079060001201")).to_have_count(0)
        temporary.select_option("ignored")
        self.show(page, "Tệp được hiểu như sau", "roster-columns")
        page.get_by_role("button", name="Đọc lại danh sách").click()
        expect(page.get_by_label(re.compile("Nhân khẩu tạm trú"))).to_have_value("ignored")

    def decide_and_confirm(self, page: Page) -> None:
        self.show(page, "Lỗi cần xem", "roster-problems")
        same = page.get_by_role("group", name="Cùng địa chỉ, tên chủ hộ gần giống nhau")
        same.get_by_label("cùng một hộ").check()
        self.show(page, "Có thể đã có: mời anh/chị quyết định", "roster-doubts")
        page.get_by_label("Bỏ qua các dòng lỗi").check()
        page.get_by_role("button", name="Nhập danh sách này").click()
        expect(page.get_by_text("Đã nhập danh sách.")).to_be_visible()
        self.assertEqual(Household.objects.count(), 6)
        self.known.refresh_from_db()
        self.assertEqual(self.known.head.name, "Đặng Văn Phước")
        self.assertEqual(set(Household.objects.values_list("declared_size", flat=True)), {None})

    def take_the_rows_left_out(self, page: Page) -> None:
        self.screenshot(page, "roster-result")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Tải các dòng này").click()
        rows = read(Path(waiting.value.path()).read_bytes())
        heads = [home.people[0].name for home in rows.households]
        self.assertEqual(heads, ["Võ Thị Kim Liên"])
        self.assertEqual([problem.code for problem in rows.problems], ["phone_unreadable"])

    def undo(self, page: Page) -> None:
        page.get_by_role("link", name="Hoàn tác lần nhập này").click()
        self.screenshot(page, "roster-undo")
        page.get_by_role("button", name="Hoàn tác lần nhập này").click()
        expect(page.get_by_text("Đã hoàn tác: các hộ trở lại như trước khi nhập.")).to_be_visible()
        self.assertEqual(list(Household.objects.all()), [self.known])
        self.known.refresh_from_db()
        self.assertEqual(self.known.head.name, "Đặng Văn Phúc")
        self.assertEqual(list(differences(self.cast.ward)), [])
