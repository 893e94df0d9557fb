"""The whole loop on a real list: Hoa imports it, Lan visits, Hoa sees the visit on her page and in
the workbook, Bình sees none of it."""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Download, Page, expect

from courses.first_lessons import load_lessons
from outreach.models import Household, LedgerEvent
from tests.browser.base import BrowserTestCase
from tests.people import PASSWORD, make_cast
from tests.workbooks import read_raw, read_with_libreoffice

ROSTER = Path(__file__).parents[1] / "outreach/roster/data/roster-person-rows.xlsx"


class TheLoop(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.cast = make_cast()
        load_lessons()
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def test_list_in_visit_logged_workbook_out(self):
        self.hoa_imports_the_list()
        self.lan_visits_a_home()
        self.hoa_reads_the_coverage()
        self.hoa_takes_the_workbook()
        self.hoa_opens_a_number_down_to_its_home()
        self.bình_sees_nothing()

    def hoa_imports_the_list(self) -> None:
        page = self.new_page(width=1280, height=800)
        self.log_in(page, "hoa", PASSWORD)
        page.goto("/admin/")
        page.get_by_role("link", name="Danh sách hộ").first.click()
        page.get_by_role("link", name="Nhập danh sách").click()
        page.locator("input[type=file]").set_input_files(ROSTER)
        page.get_by_label("Căn cứ pháp lý").fill("Kế hoạch số 31/KH-UBND ngày 27/01/2026")
        page.get_by_role("button", name="Xem trước danh sách").click()
        expect(page.get_by_role("main")).to_contain_text("300")
        expect(page.get_by_role("main")).to_contain_text("852")
        self.assertFalse(Household.objects.exists(), "nothing is written before confirming")
        self.screenshot(page, "roster-preview")
        page.get_by_role("button", name="Nhập danh sách này").click()
        expect(page.get_by_role("main")).to_contain_text("Đã nhập")
        self.screenshot(page, "roster-imported")
        self.assertEqual(Household.objects.count(), 300)

    def lan_visits_a_home(self) -> None:
        page = self.new_page(javascript=False)
        self.log_in(page, "lan", PASSWORD)
        page.get_by_label("Tên, địa chỉ, số điện thoại").fill("dang thi bich")
        page.get_by_role("button", name="Tìm", exact=True).click()
        page.get_by_role("link", name="281/209A Võ Thị Sáu").click()
        page.get_by_label("Gặp được người").check()
        for name in ("Đặng Thị Bích Yến", "Trần Mai Oanh"):
            page.get_by_role("combobox", name=re.compile(rf"^{name} \(")).select_option("said")
            resident = Household.objects.get(address="281/209A Võ Thị Sáu").residents.get(name=name)
            page.locator(f"select[name=level_{resident.pk.hex}_pay_qr]").select_option("2")
        page.get_by_label("Nhận và trả tiền bằng mã QR cho an toàn").check()
        page.get_by_role("button", name="Lưu lượt đến").click()
        expect(page.get_by_text("Lượt đến đã được lưu và đã được tính.")).to_be_visible()

    def hoa_reads_the_coverage(self) -> None:
        page = self.desk()
        page.goto("/admin/")
        page.get_by_role("link", name="Độ phủ").first.click()
        main = page.get_by_role("main")
        expect(main).to_contain_text(re.compile(r"1\s+trên\s+300"))
        expect(main).to_contain_text(re.compile(r"2\s+trên\s+852"))
        expect(main).to_contain_text("281/209A Võ Thị Sáu")
        self.screenshot(page, "coverage")

    def desk(self) -> Page:
        page = self.new_page(width=1280, height=800)
        self.log_in(page, "hoa", PASSWORD)
        return page

    def hoa_takes_the_workbook(self) -> None:
        page = self.desk()
        page.goto("/admin/do-phu/27139/")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Xuất bảng tính").click()
        workbook = self.saved(waiting.value)
        shown = read_with_libreoffice(workbook)
        sheets = "Tổng hợp,Theo khu phố,Theo tổ,Ngày công,Theo kỹ năng,Hộ chưa tiếp cận,Lượt đến"
        self.assertEqual(set(shown), {*sheets.split(","), "Ghi chú"})
        rows = {row[1]: row for row in shown["Tổng hợp"] if len(row) > 6}
        self.assertEqual(
            rows["Tên chỉ tiêu"][2:8],
            ["Giải thích", "Đơn vị tính", "Chỉ tiêu giao", "Tử số", "Mẫu số", "Tỷ lệ"],
        )
        self.assertEqual(rows["Hộ đã đến"][5:7], ["1", str(self.recount()["homes"])])
        visited = [row for row in shown["Lượt đến"] if "Nguyễn Thị Lan" in row]
        self.assertEqual(len(visited), self.recount()["visits"])
        self.assertTrue(any("Khu phố 1" in row for row in shown["Theo khu phố"]))
        raw = read_raw(workbook)
        cells = [cell for sheet in raw.values() for row in sheet for cell in row.values()]
        self.assertEqual([cell for cell in cells if cell.kind == "f"], [])

    def hoa_opens_a_number_down_to_its_home(self) -> None:
        page = self.desk()
        page.goto("/admin/do-phu/27139/")
        page.get_by_role("link", name="1", exact=True).first.click()
        expect(page.get_by_role("heading", level=2).first).to_have_text("Hộ đã đến")
        expect(page.locator("main tbody tr")).to_have_count(1)
        page.locator("main tbody tr a").first.click()
        expect(page).to_have_url(re.compile("/phieu/ho/"))

    def saved(self, download: Download) -> Path:
        path = self.folder / download.suggested_filename
        self.assertRegex(path.name, r"^do-phu-27139-\d{4}-\d\d-\d\d\.xlsx$")
        download.save_as(path)
        return path

    def recount(self) -> dict[str, int]:
        """Counted from the ledger alone, not from what was built from it."""
        events = list(LedgerEvent.objects.values_list("type", "household"))
        return {
            "homes": len({home for kind, home in events if kind == "roster.imported"}),
            "visits": sum(kind == "visit.recorded" for kind, _ in events),
        }

    def bình_sees_nothing(self) -> None:
        home = Household.objects.get(address="281/209A Võ Thị Sáu")
        page = self.new_page()
        self.log_in(page, "binh", PASSWORD)
        page.get_by_label("Tên, địa chỉ, số điện thoại").fill("dang thi bich")
        page.get_by_role("button", name="Tìm", exact=True).click()
        expect(page.get_by_text("Không có nhà nào của tổ khớp")).to_be_visible()
        for address in (f"/phieu/ho/{home.pk}/", "/admin/do-phu/27139/", "/phieu/the/27139.1/"):
            self.assertEqual(page.goto(address).status, 404, address)
