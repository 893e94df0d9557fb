"""Forms at the desk: who keeps and fills them, and the way from an upload with a mistake to the
filled form."""

from io import BytesIO

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from outreach.coverage import coverage
from outreach.models import Indicator, ReportForm
from tests.builders import make_household
from tests.outreach.own_form.forms import city_form, make_form, reached, small
from tests.outreach.test_coverage import NOVEMBER, moment
from tests.outreach.test_coverage_page import PERIOD, DeskTestCase
from tests.volunteers.desk import text_of
from volunteers import roles
from volunteers.models import RoleGrant

OF_A_FORM = ("report_form", "report_form_file", "replace_report_form", "remove_report_form")
DAYS = {"tu": "2026-11-01", "den": "2026-11-30"}


class FormScreenCase(DeskTestCase):
    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def at(self, name, *arguments):
        return reverse(name, args=arguments)

    def upload(self, content: bytes, name="Biểu 01", file_name="bieu-01.xlsx", address=None):
        data = {"name": name}
        if content:
            data["file"] = SimpleUploadedFile(file_name, content)
        address = address or self.at("add_report_form", "27139")
        return self.client.post(address, data, follow=True)

    def screen(self, form, query=PERIOD):
        return self.client.get(self.at("report_form", form.pk) + query)

    def fill(self, form, **said):
        return self.client.post(self.at("fill_report_form", form.pk), DAYS | said)

    def logged(self) -> list[str]:
        rows = ModelLogEntry.objects.filter(action__startswith="outreach.form").order_by("pk")
        return list(rows.values_list("action", flat=True))


class FromTheUploadToTheFilledForm(FormScreenCase):
    """Hoa uploads the city's form with two mistakes, puts them right, looks, and fills it."""

    def test_works(self):
        self.visit("2026-11-03", outcome="met")
        with time_machine.travel(moment("2026-12-01 08:15"), tick=False):
            self.client.force_login(self.cast.hoa)
            example = self.client.get(self.at("example_report_form", "27139"))
            book = load_workbook(BytesIO(example.getvalue()))
            sheet = book["Biểu 01"]
            right = sheet["E9"].value
            self.assertEqual(right, reached("tu_so"))
            sheet["E9"], sheet["C30"] = "{{chi_tieu:households_reach.tu_so}}", "{{ten_phung}}"
            page = self.upload(saved(book))
            words = text_of(page)
            self.assertIn("Chưa lưu gì", words)
            self.assertIn(
                "Trang tính “Biểu 01”, ô E9: không có “{{chi_tieu:households_reach.tu_so}}”; có "
                f"thể là “{right}”",
                words,
            )
            self.assertIn("Trang tính “Biểu 01”, ô C30: không có “{{ten_phung}}”", words)
            self.assertFalse(ReportForm.objects.exists())

            sheet["E9"], sheet["C30"] = right, "{{ten_phuong}}"
            page = self.upload(saved(book))
            form = ReportForm.objects.get()
            self.assertEqual(page.redirect_chain[-1][0], self.at("report_form", form.pk))
            self.assertIn("Đã lưu biểu mẫu", text_of(page))

            words = text_of(self.screen(form))
            self.assertIn(f"E9 {right} 1", words)
            self.assertIn("C30 {{ten_phuong}} Phường Xuân Hòa", words)
            self.assertIn("{{ten}} Khu phố 1 (2 dòng)", words)
            self.assertIn("Số liệu tính lúc 08:15 ngày 01/12/2026", words)
            answer = self.fill(form)
        self.assertIn("no-store", answer["Cache-Control"])
        name = 'attachment; filename="bieu-01-27139-2026-11-30.xlsx"'
        self.assertEqual(answer["Content-Disposition"], name)
        filled = load_workbook(BytesIO(answer.getvalue()))
        counted = coverage(self.cast.ward, NOVEMBER)
        rows = filled["Biểu 01"].iter_rows(min_row=9, max_row=8 + len(counted.indicators))
        self.assertEqual(
            [[cell.value for cell in row[4:7]] for row in rows],
            [[one.numerator, one.denominator, one.rate] for one in counted.indicators],
        )
        self.assertEqual(self.logged(), ["outreach.form_added"])


def saved(book) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class AForm(FormScreenCase):
    def test_is_replaced_and_stays_as_it_was_until_the_new_file_is_right(self):
        before = city_form()
        form = make_form(self.cast.ward, self.cast.hoa, before)
        address = self.at("replace_report_form", form.pk)
        page = self.upload(small({"A1": "{{ten_phung}}"}), "Biểu 2", address=address)
        self.assertIn("có thể là", text_of(page))
        form.refresh_from_db()
        self.assertEqual((form.name, bytes(form.content)), ("Biểu 01", before))
        content = small({"A1": "{{ten_phuong}}"})
        self.upload(content, "Biểu 2", address=address)
        form.refresh_from_db()
        self.assertEqual((form.name, bytes(form.content)), ("Biểu 2", content))
        self.assertEqual(self.logged(), ["outreach.form_replaced"])

    def test_is_renamed_without_a_file(self):
        form = make_form(self.cast.ward, self.cast.hoa)
        self.upload(b"", "Báo cáo quý", address=self.at("replace_report_form", form.pk))
        form.refresh_from_db()
        self.assertEqual(form.name, "Báo cáo quý")
        self.assertEqual(self.fill(form).status_code, 200)

    def test_is_removed_after_one_more_question(self):
        form = make_form(self.cast.ward, self.cast.hoa)
        address = self.at("remove_report_form", form.pk)
        self.assertIn("Biểu 01", text_of(self.client.get(address)))
        self.assertTrue(ReportForm.objects.exists())
        self.assertRedirects(self.client.post(address), self.at("report_forms"))
        self.assertFalse(ReportForm.objects.exists())
        self.assertEqual(self.logged(), ["outreach.form_removed"])

    def test_is_given_back_as_it_was_uploaded(self):
        content = city_form()
        form = make_form(self.cast.ward, self.cast.hoa, content)
        answer = self.client.get(self.at("report_form_file", form.pk))
        self.assertEqual(answer.getvalue(), content)

    def test_needs_a_name_of_its_own_and_a_file(self):
        make_form(self.cast.ward, self.cast.hoa)
        make_form(self.cast.other_ward, self.tam, name="Biểu 02")
        self.assertIn("đã có biểu mẫu tên này", text_of(self.upload(city_form(), " Biểu  01 ")))
        self.assertIn("Hãy chọn tệp của biểu mẫu", text_of(self.upload(b"", "Biểu 02")))
        self.assertEqual(ReportForm.objects.count(), 2)
        self.upload(city_form(), "Biểu 02")
        self.assertEqual(ReportForm.objects.count(), 3)

    def test_that_is_none_is_explained(self):
        for content, said in (
            (b"%PDF-1.7 ...", "Đây là tệp PDF"),
            (b"a;b\r\n", "Đây là tệp chữ"),
            (b"x" * 1_100_000, "1 MB"),
            (city_form()[:2000], "Tệp bị hỏng"),
        ):
            self.assertIn(said, text_of(self.upload(content)))
        self.assertFalse(ReportForm.objects.exists())

    def test_says_which_cells_cannot_be_filled_any_more(self):
        content = small({"B3": "{{chi_tieu:households_met.tu_so}}"})
        form = make_form(self.cast.ward, self.cast.hoa, content)
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        words = text_of(self.screen(form))
        self.assertIn("Chưa điền được biểu mẫu này", words)
        self.assertIn("ô B3: “{{chi_tieu:households_met.tu_so}}” nói về một chỉ tiêu đã ẩn", words)
        self.assertRedirects(self.fill(form), self.at("report_form", form.pk))


class ThePeriod(FormScreenCase):
    def test_is_this_month_at_first(self):
        form = make_form(self.cast.ward, self.cast.hoa, small({"A1": "{{tu_ngay}} {{den_ngay}}"}))
        with time_machine.travel(moment("2026-11-20 08:15"), tick=False):
            self.client.force_login(self.cast.hoa)
            words = text_of(self.screen(form, ""))
            self.assertIn("01/11/2026 20/11/2026", words)
            self.assertIn("– 30/09/2026", text_of(self.screen(form, "?den=2026-09-30")))

    def test_that_cannot_be_read_is_explained(self):
        form = make_form(self.cast.ward, self.cast.hoa)
        words = text_of(self.screen(form, "?tu=2026-12-01&den=2026-11-01"))
        self.assertIn("của tháng này", words)
        address = self.at("fill_report_form", form.pk)
        answer = self.client.post(address, DAYS | {"tu": "hôm qua"}, follow=True)
        self.assertEqual(answer.redirect_chain, [(self.at("report_form", form.pk), 302)])
        self.assertIn("“hôm qua” không phải là một ngày", text_of(answer))

    def test_comes_along_from_the_coverage(self):
        form = make_form(self.cast.ward, self.cast.hoa)
        self.assertContains(
            self.page(self.cast.hoa), self.at("report_forms") + "?tu=2026-11-01&amp;den=2026-11-30"
        )
        page = self.client.get(self.at("report_forms") + PERIOD)
        self.assertContains(page, self.at("report_form", form.pk) + PERIOD.replace("&", "&amp;"))


class TheCitysForm(FormScreenCase):
    def setUp(self):
        super().setUp()
        self.form = make_form(self.cast.city, self.cast.admin, name="Biểu của thành phố")

    def test_is_filled_by_its_wards_who_cannot_change_it(self):
        self.assertContains(self.client.get(self.at("report_forms")), "Biểu của thành phố")
        page = self.screen(self.form)
        self.assertNotContains(page, self.at("replace_report_form", self.form.pk))
        book = load_workbook(BytesIO(self.fill(self.form).getvalue()))
        self.assertEqual(book["Biểu 01"]["A1"].value, "UBND PHƯỜNG XUÂN HÒA")
        for name in ("replace_report_form", "remove_report_form"):
            address = self.at(name, self.form.pk)
            self.assertEqual(self.client.get(address).status_code, 404)
            self.assertEqual(self.client.post(address).status_code, 404)

    def test_is_filled_for_any_ward_by_the_citys_viewer(self):
        self.client.force_login(self.cast.city_viewer)
        book = load_workbook(BytesIO(self.fill(self.form, dia_ban="27160").getvalue()))
        self.assertEqual(book["Biểu 01"]["A1"].value, "UBND PHƯỜNG BÀN CỜ")
        self.assertContains(self.screen(self.form, PERIOD + "&dia_ban=27160"), "Phường Bàn Cờ")
        self.assertNotContains(self.client.get(self.at("report_forms")), "/them/")

    def test_is_filled_for_no_area_outside_of_ones_own(self):
        for code in ("27160", "79", "00000"):
            book = self.fill(self.form, dia_ban=code)
            # The officer has one area, so there is nothing to choose.
            self.assertEqual(
                load_workbook(BytesIO(book.getvalue()))["Biểu 01"]["A1"].value,
                "UBND PHƯỜNG XUÂN HÒA",
            )
        self.client.force_login(self.cast.city_viewer)
        answer = self.fill(self.form, dia_ban="27139.1")
        self.assertRedirects(answer, self.at("report_form", self.form.pk))

    def test_is_kept_by_administrators(self):
        self.client.force_login(self.cast.admin)
        self.assertContains(
            self.client.get(self.at("report_forms")), self.at("add_report_form", "79")
        )
        content = small({"A2": "{{moi_phuong}}{{ten}}", "B2": reached("tu_so")})
        page = self.upload(content, "Biểu 02", address=self.at("add_report_form", "79"))
        self.assertIn("Phường Xuân Hòa (2 dòng)", text_of(page))
        form = ReportForm.objects.get(name="Biểu 02")
        sheet = load_workbook(BytesIO(self.fill(form).getvalue())).active
        names = [row[0].value for row in sheet["A2:A3"]]
        self.assertEqual(names, ["Phường Xuân Hòa", "Phường Bàn Cờ"])

    def test_with_rows_of_wards_has_no_area_for_a_wards_officer(self):
        content = small({"A2": "{{moi_phuong}}{{ten}}"})
        form = make_form(self.cast.city, self.cast.admin, content, "Biểu 02")
        self.assertIn("không có địa bàn nào", text_of(self.screen(form)))
        self.assertRedirects(self.fill(form), self.at("report_form", form.pk))


class Outsiders(FormScreenCase):
    def test_get_the_answer_for_what_does_not_exist(self):
        form = make_form(self.cast.ward, self.cast.hoa)
        for user in (self.tam, self.cast.minh, self.cast.editor, self.cast.city_viewer):
            self.client.force_login(user)
            for pk in (form.pk, 987654):
                for name in OF_A_FORM:
                    self.assertEqual(self.client.get(self.at(name, pk)).status_code, 404)
                answer = self.client.post(self.at("fill_report_form", pk), DAYS)
                self.assertEqual(answer.status_code, 404)
            address = self.at("add_report_form", "27139")
            self.assertEqual(self.client.get(address).status_code, 404)
            self.assertEqual(self.upload(city_form(), address=address).status_code, 404)
        self.assertEqual(ReportForm.objects.count(), 1)

    def test_without_an_area_have_no_list(self):
        for user in (self.cast.minh, self.cast.editor):
            self.client.force_login(user)
            self.assertEqual(self.client.get(self.at("report_forms")).status_code, 404)
            self.assertNotContains(self.client.get("/admin/"), "/admin/do-phu/bieu-mau/")
        self.client.force_login(self.cast.hoa)
        self.assertContains(self.client.get("/admin/"), '"/admin/do-phu/bieu-mau/"')

    def test_see_no_form_of_a_neighbouring_ward(self):
        make_form(self.cast.ward, self.cast.hoa, name="Biểu riêng của Xuân Hòa")
        self.client.force_login(self.tam)
        self.assertNotContains(self.client.get(self.at("report_forms")), "Biểu riêng")
        roles.grant(self.tam, RoleGrant.Role.VIEWER, self.cast.ward)
        self.assertContains(self.client.get(self.at("report_forms")), "Biểu riêng")


class ThePages(FormScreenCase):
    def test_list_every_placeholder_with_what_it_gives(self):
        self.visit("2026-11-03", outcome="met")
        with time_machine.travel(moment("2026-11-20 08:15"), tick=False):
            self.client.force_login(self.cast.hoa)
            words = text_of(self.client.get(self.at("form_placeholders", "27139")))
        for said in (
            "{{ten_phuong}} Tên phường, xã; để trống khi điền cho thành phố Phường Xuân Hòa",
            "{{moi_khu_pho}}",
            "{{ten}} Tên địa bàn hoặc tên tổ của dòng Khu phố 1",
            "{{moi_to}} Lặp dòng này cho từng tổ của phường, xã",
            f"{{{{ten}}}} Tên địa bàn hoặc tên tổ của dòng {self.cast.team.name}",
            "{{to.ty_le}} Tỷ lệ hộ của tổ đã đến 50,0%",
            "{{chi_tieu:households_reached.ty_le}} Tỷ lệ 33,3%",
            "{{chi_tieu:referrals_answered.ty_le}} Tỷ lệ –",
        ):
            self.assertIn(said, words)
        self.assertNotIn("{{chi_tieu:sessions_held.ty_le}}", words)
        self.assertEqual(words.count("{{ma}}"), 1)

    def test_cost_the_same_queries_however_much_there_is(self):
        form = make_form(self.cast.ward, self.cast.hoa)

        def queries(address: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get(address).status_code, 200)
            return len(captured)

        pages = (
            self.at("report_forms"),
            self.at("report_form", form.pk) + PERIOD,
            self.at("form_placeholders", "27139"),
        )
        for page in pages:
            queries(page)
        self.visit("2026-10-06")
        before = [queries(page) for page in pages]
        for number in range(3, 9):
            area = self.cast.ward.add_child(f"Khu phố {number}")
            self.visit("2026-10-04", make_household(area, address=f"{number} Lê Lai"))
            make_form(self.cast.ward, self.cast.hoa, name=f"Biểu {number}")
        self.assertEqual([queries(page) for page in pages], before)
