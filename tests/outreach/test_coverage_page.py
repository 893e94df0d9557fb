"""The coverage at the desk: who sees which numbers, and never whose."""

from io import BytesIO

import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from openpyxl import load_workbook

from tests.builders import give_consent, make_household
from tests.outreach.exporting import fetched, make_at_once
from tests.outreach.test_coverage import CoverageTestCase, moment
from tests.outreach.test_workbook import SHEETS
from tests.people import make_person
from volunteers import roles
from volunteers.models import RoleGrant

PERIOD = "?tu=2026-11-01&den=2026-11-30"


class DeskTestCase(CoverageTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        enter = Permission.objects.get(codename="access_admin")
        Group.objects.get(name=roles.STAFF_GROUP).permissions.add(enter)
        cls.tam = make_person("tam", "Đinh Thị Tâm")
        roles.grant(cls.tam, RoleGrant.Role.OFFICER, cls.cast.other_ward)

    def page(self, user, code="27139", query=PERIOD):
        self.client.force_login(user)
        return self.client.get(reverse("coverage_of", args=[code]) + query)

    def workbook(self, user, code="27139", **data):
        self.client.force_login(user)
        days = {"tu": "2026-11-01", "den": "2026-11-30"}
        return self.client.post(reverse("coverage_workbook", args=[code]), {**days, **data})

    def file(self, user, code="27139", **data):
        make_at_once(self)
        return fetched(self.client, self.workbook(user, code, **data))


class TheWayIn(DeskTestCase):
    def start(self, user):
        self.client.force_login(user)
        return self.client.get(reverse("coverage_start"))

    def test_leads_an_officer_to_her_ward(self):
        self.assertRedirects(self.start(self.cast.hoa), "/admin/do-phu/27139/")

    def test_leads_a_city_viewer_to_the_city(self):
        self.assertRedirects(self.start(self.cast.city_viewer), "/admin/do-phu/79/")

    def test_offers_a_choice_where_there_are_several(self):
        roles.grant(self.cast.hoa, RoleGrant.Role.OFFICER, self.cast.other_ward)
        page = self.start(self.cast.hoa)
        self.assertContains(page, "Phường Xuân Hòa")
        self.assertContains(page, "/admin/do-phu/27160/")

    def test_offers_an_administrator_every_open_ward(self):
        self.assertContains(self.start(self.cast.admin), "/admin/do-phu/27160/")

    def test_is_closed_to_staff_without_an_area(self):
        for user in (self.cast.minh, self.cast.editor):
            self.assertEqual(self.start(user).status_code, 404)

    def test_stands_in_the_menu_of_those_who_have_an_area(self):
        for user in (self.cast.hoa, self.cast.city_viewer, self.cast.admin):
            self.client.force_login(user)
            self.assertContains(self.client.get("/admin/"), '"/admin/do-phu/"')
        self.client.force_login(self.cast.minh)
        self.assertNotContains(self.client.get("/admin/"), "/admin/do-phu/")


class OutsidersOfTheCoverage(DeskTestCase):
    def test_get_the_answer_for_what_does_not_exist(self):
        for user in (self.cast.minh, self.cast.editor, self.tam):
            for code in ("27139", "27139.1", "79", "00000"):
                self.assertEqual(self.page(user, code).status_code, 404, (user, code))
                self.assertEqual(self.workbook(user, code).status_code, 404, (user, code))

    def test_without_a_desk_learn_nothing_about_any_area(self):
        for user in (self.cast.lan, self.cast.binh):
            for code in ("27139", "00000"):
                for answer in (self.page(user, code), self.workbook(user, code)):
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotContains(answer, "Xuân Hòa", status_code=404)

    def test_nobody_is_let_in_without_logging_in(self):
        answer = self.client.get(reverse("coverage_of", args=["27139"]))
        self.assertEqual(answer.status_code, 302)
        self.assertIn("dang-nhap", answer.url)


class AnOfficersPage(DeskTestCase):
    def test_shows_numerator_denominator_rate_and_time(self):
        with time_machine.travel(moment("2026-12-01 08:15"), tick=False):
            self.visit("2026-11-03", outcome="met")
            page = self.page(self.cast.hoa)
        self.assertContains(page, "33,3%")
        self.assertIn("1 trên 3 hộ đang có", words_on(page))
        self.assertContains(page, "Số liệu tính lúc 08:15 ngày 01/12/2026")
        self.assertContains(page, "người từ 18 tuổi trở lên")

    def test_shows_her_neighbourhoods_and_leads_to_them_for_the_same_period(self):
        page = self.page(self.cast.hoa)
        self.assertContains(page, "/admin/do-phu/27139.2/?tu=2026-11-01&amp;den=2026-11-30")
        self.assertContains(self.page(self.cast.hoa, "27139.2"), "Khu phố 2")

    def test_shows_a_neighbourhoods_lanes_without_a_page_of_their_own(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        make_household(lane, address="5/1 Lý Chính Thắng")
        page = self.page(self.cast.hoa, "27139.2")
        self.assertContains(page, "Hẻm 5")
        self.assertContains(page, "Chưa xếp vào ngõ, hẻm")
        self.assertNotContains(page, f"/admin/do-phu/{lane.pk}/?")

    def test_lists_the_latest_visits_of_the_period(self):
        self.visit("2026-11-03", outcome="met")
        self.visit("2026-10-03", self.far_home)
        page = self.page(self.cast.hoa)
        self.assertContains(page, self.home.address)
        self.assertContains(page, "Đặng Thị Bích Yến")
        self.assertNotContains(page, self.far_home.address)

    def test_says_what_to_do_while_the_list_is_missing(self):
        self.elsewhere.delete()
        page = self.page(self.tam, "27160")
        self.assertContains(page, "Hãy nhập danh sách hộ")
        self.assertNotContains(page, "0,0%")

    def test_costs_the_same_queries_however_much_there_is(self):
        self.page(self.cast.hoa)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.page(self.cast.hoa)
            return len(captured)

        self.visit("2026-11-03", outcome="met")
        before = queries()
        for number in range(3, 9):
            area = self.cast.ward.add_child(f"Khu phố {number}")
            home = make_household(area, address=f"{number} Lê Lai")
            give_consent(home.residents.get(), self.cast.lan, moment("2026-10-01 08:00"))
            self.visit("2026-11-04", home, levels={(home.residents.get(), "pay_qr"): 2})
        self.assertEqual(queries(), before)


class APeriodThatCannotBeRead(DeskTestCase):
    def assert_explained(self, query: str, said: str):
        page = self.page(self.cast.hoa, query=query)
        self.assertContains(page, said)
        self.assertContains(page, "các con số dưới đây tính từ đầu đến hôm nay")

    def test_is_explained_and_the_usual_one_is_shown(self):
        self.assert_explained("?tu=hôm-qua", "“hôm-qua” không phải là một ngày")
        self.assert_explained("?den=2026-02-30", "“2026-02-30” không phải là một ngày")
        self.assert_explained("?den=9999-12-31", "“9999-12-31” quá xa")
        self.assert_explained("?tu=2026-11-30&den=2026-11-01", "Kỳ bắt đầu ngày 30/11/2026")
        self.assert_explained("?tu=2100-01-01", "sau ngày kết thúc")

    def test_makes_no_workbook(self):
        answer = self.workbook(self.cast.hoa, tu="hôm-qua")
        self.assertRedirects(answer, "/admin/do-phu/27139/", fetch_redirect_response=False)
        self.assertContains(self.client.get("/admin/do-phu/27139/"), "không phải là một ngày")

    def test_may_be_written_the_vietnamese_way(self):
        self.visit("2026-11-03")
        page = self.page(self.cast.hoa, query="?tu=01/11/2026&den=30/11/2026")
        self.assertContains(page, "Từ ngày 01/11/2026 đến hết ngày 30/11/2026")


class ACityViewersPage(DeskTestCase):
    def test_shows_the_wards_and_leads_to_them(self):
        page = self.page(self.cast.city_viewer, "79")
        self.assertContains(page, "/admin/do-phu/27139/?tu=2026-11-01&amp;den=2026-11-30")
        self.assertContains(page, "Phường Bàn Cờ")

    def test_shows_no_person_and_no_visit_down_to_the_neighbourhood(self):
        self.visit("2026-11-03", outcome="met", note="hẹn chiều")
        for user in (self.cast.city_viewer, self.cast.admin):
            for code in ("79", "27139", "27139.1"):
                page = self.page(user, code).content.decode()
                for word in (
                    "Bích Yến",
                    "Võ Thị Sáu",
                    "Nguyễn Thị Lan",
                    "hẹn chiều",
                    "Lượt đến mới",
                ):
                    self.assertNotIn(word, page)

    def test_gives_a_workbook_without_persons_even_when_names_are_asked_for(self):
        self.visit("2026-11-03", outcome="met", note="hẹn chiều")
        for user in (self.cast.city_viewer, self.cast.admin):
            for code in ("79", "27139"):
                words = words_of(self.file(user, code, ten="1"))
                for word in ("Bích Yến", "Võ Thị Sáu", "Nguyễn Thị Lan", "hẹn chiều"):
                    self.assertNotIn(word, words)


class AnOfficersWorkbook(DeskTestCase):
    def test_is_a_file_with_a_plain_name_that_nothing_keeps(self):
        answer = self.file(self.cast.hoa)
        self.assertEqual(
            answer["Content-Disposition"], 'attachment; filename="do-phu-27139-2026-11-30.xlsx"'
        )
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertEqual(
            load_workbook(BytesIO(answer.getvalue())).sheetnames,
            SHEETS,
        )

    def test_has_names_only_when_asked_for(self):
        self.visit("2026-11-03", outcome="met", note="hẹn chiều")
        plain = words_of(self.file(self.cast.hoa))
        self.assertIn("Nguyễn Thị Lan", plain)
        named = words_of(self.file(self.cast.hoa, ten="1"))
        for word in ("Bích Yến", "Võ Thị Sáu", self.home.card_code, "hẹn chiều"):
            self.assertNotIn(word, plain)
            self.assertIn(word, named)

    def test_cannot_be_fetched_by_an_address_alone(self):
        self.client.force_login(self.cast.hoa)
        answer = self.client.get(reverse("coverage_workbook", args=["27139"]))
        self.assertEqual(answer.status_code, 405)


class TheFirstPageOfTheDesk(DeskTestCase):
    def test_shows_the_four_first_numbers(self):
        self.visit("2026-10-03", outcome="met")
        for user, area in (
            (self.cast.hoa, "Phường Xuân Hòa"),
            (self.cast.city_viewer, "Thành phố"),
        ):
            self.client.force_login(user)
            page = self.client.get("/admin/")
            self.assertContains(page, f"Độ phủ của {area}")
            self.assertContains(page, "Hộ đã gặp được người")


def words_on(page) -> str:
    return " ".join(strip_tags(page.content.decode()).split())


def words_of(answer) -> str:
    book = load_workbook(BytesIO(answer.getvalue()))
    return "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
