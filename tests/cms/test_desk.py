"""What each person finds in Wagtail's admin."""

import json

from django.test import TestCase
from lxml import html
from wagtail.models import ModelLogEntry

from tests.people import PASSWORD, make_cast


class DeskCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def become(self, name: str):
        self.client.force_login(getattr(self.cast, name))

    def sidebar(self, path: str = "/admin/") -> list:
        """The modules of Wagtail's side bar, as its script gets them."""
        page = html.fromstring(self.client.get(path).content)
        (props,) = page.xpath("//script[@id='wagtail-sidebar-props']/text()")
        return json.loads(props)["modules"]

    def menu(self) -> list[str]:
        found = []

        def collect(part):
            if isinstance(part, dict):
                if "label" in part and "name" in part:
                    found.append(part["name"])
                for value in part.values():
                    collect(value)
            elif isinstance(part, list):
                for value in part:
                    collect(value)

        collect(self.sidebar())
        return [name for name in found if name not in ("account", "logout")]


class TheMenu(DeskCase):
    def labels(self) -> str:
        return json.dumps(self.sidebar(), ensure_ascii=False)

    def test_nobody_but_writers_and_administrators_sees_wagtails_own_items(self):
        wagtails = {"explorer", "images", "documents", "reports", "settings", "help", "users"}
        for name in ("minh", "hoa", "city_viewer"):
            self.become(name)
            with self.subTest(name):
                self.assertFalse(wagtails & set(self.menu()))

    def test_each_person_sees_the_own_lists(self):
        for name, shown, hidden in (
            ("minh", ["Tổ"], ["Khu phố", "Nhân sự", "Phường, xã"]),
            ("hoa", ["Tổ", "Khu phố", "Nhân sự"], ["Phường, xã"]),
            ("admin", ["Phường, xã", "Nhân sự"], ["Khu phố"]),
            ("editor", [], ["Tổ", "Khu phố", "Nhân sự", "Phường, xã"]),
            ("city_viewer", [], ["Tổ", "Khu phố", "Nhân sự", "Phường, xã"]),
        ):
            self.become(name)
            labels = self.labels()
            for label in shown:
                with self.subTest(person=name, shown=label):
                    self.assertIn(f'"{label}"', labels)
            for label in hidden:
                with self.subTest(person=name, hidden=label):
                    self.assertNotIn(f'"{label}"', labels)

    def test_administrators_find_settings_without_wagtails_users_and_groups(self):
        self.become("admin")
        names = self.menu()
        self.assertIn("settings", names)
        self.assertFalse({"users", "groups"} & set(names))

    def test_the_search_of_pages_is_for_those_who_have_pages(self):
        for name, expected in (("hoa", False), ("minh", False), ("editor", True)):
            self.become(name)
            with self.subTest(name):
                self.assertEqual("/admin/pages/search/" in self.labels(), expected)


class TheFirstPage(DeskCase):
    def test_it_opens_for_everybody_with_a_desk(self):
        for name in ("minh", "hoa", "editor", "city_viewer", "admin"):
            self.become(name)
            with self.subTest(name):
                self.assertEqual(self.client.get("/admin/").status_code, 200)

    def test_it_greets_an_officer_and_leads_to_the_lists(self):
        self.become("hoa")
        page = html.fromstring(self.client.get("/admin/").content)
        self.assertIn("Xin chào Lê Thị Hoa", page.text_content())
        links = page.xpath("//main//a/@href")
        self.assertIn("/admin/to/", links)
        self.assertFalse([link for link in links if "/pages/" in link])
        self.assertFalse(page.xpath("//main//input[@name='q']"))

    def test_every_link_on_it_opens(self):
        for name in ("minh", "hoa", "city_viewer", "editor", "admin"):
            self.become(name)
            page = html.fromstring(self.client.get("/admin/").content)
            for link in set(page.xpath("//main//a/@href")):
                if link.startswith("/"):
                    with self.subTest(person=name, link=link):
                        self.assertIn(self.client.get(link).status_code, (200, 302))


class OnesOwnSettings(DeskCase):
    data = {
        "locale-preferred_language": "vi",
        "theme-theme": "light",
        "theme-contrast": "system",
        "theme-density": "default",
    }

    def test_the_page_offers_language_and_looks_and_no_more(self):
        for name in ("minh", "hoa", "editor", "city_viewer", "admin"):
            self.become(name)
            with self.subTest(name):
                answer = self.client.get("/admin/account/")
                panels = [
                    panel.name
                    for panels in answer.context["panels_by_tab"].values()
                    for panel in panels
                ]
                self.assertEqual(panels, ["locale", "theme"])
                self.assertContains(answer, "/tai-khoan/doi-mat-khau/")

    def test_saving_works_and_changes_nothing_else(self):
        self.become("hoa")
        stolen = {
            "name_email-first_name": "X",
            "password-old_password": PASSWORD,
            "password-new_password1": "mật-khẩu-khác-1",
            "password-new_password2": "mật-khẩu-khác-1",
        }
        answer = self.client.post("/admin/account/", self.data | stolen)
        self.assertRedirects(answer, "/admin/account/")
        self.cast.hoa.refresh_from_db()
        self.assertEqual(self.cast.hoa.wagtail_userprofile.theme, "light")
        self.assertTrue(self.cast.hoa.check_password(PASSWORD))

    def test_only_a_post_logs_out_of_the_admin(self):
        self.become("hoa")
        self.client.get("/admin/logout/")
        self.assertEqual(self.client.get("/admin/").status_code, 200)
        self.assertRedirects(self.client.post("/admin/logout/"), "/")
        self.assertEqual(self.client.get("/admin/").status_code, 302)


class TheHistory(DeskCase):
    def test_an_administrator_reads_what_was_done_in_vietnamese(self):
        self.become("admin")
        page = self.client.get("/admin/reports/site-history/")
        self.assertContains(page, "Đã giao vai trò: Cán bộ phường (27139)")
        self.assertNotContains(page, "Nguyễn Thị Lan")

    def test_an_editor_reads_nothing_of_people(self):
        self.become("editor")
        page = self.client.get("/admin/reports/site-history/")
        self.assertTrue(ModelLogEntry.objects.exists())
        self.assertNotContains(page, "Đã giao vai trò", status_code=page.status_code)
