"""Finding, opening, mending and closing accounts, on the screen."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.people import make_cast, make_person
from tests.volunteers.desk import at, one_time_password, text_of
from volunteers import roles
from volunteers.models import RoleGrant, User

Role = RoleGrant.Role


class PeopleCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def listed(self, words: str | None = None) -> list[str]:
        if words is None:
            page = self.client.get(at("people"))
        else:
            page = self.client.post(at("people"), {"words": words})
        return [person.username for person in page.context["page"]]


class TheOfficersList(PeopleCase):
    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def test_it_holds_the_wards_people_by_given_name(self):
        make_person("an", "Vũ Văn Ánh")
        roles.join(User.objects.get(username="an"), self.cast.team)
        self.assertEqual(self.listed(), ["an", "lan", "minh"])

    def test_it_is_searched_without_diacritics_by_user_name_and_by_phone(self):
        for words in ("nguyen lan", "LAN", "0912 345", "Nguyễn Thị Lan"):
            with self.subTest(words):
                self.assertEqual(self.listed(words), ["lan"])
        self.assertEqual(self.listed("binh"), [])
        self.assertEqual(self.listed("%"), [])

    def test_names_searched_for_stand_in_no_address(self):
        self.assertEqual(len(self.client.get(at("people"), {"words": "lan"}).context["page"]), 2)
        page = self.client.get(at("people"))
        self.assertContains(page, f'<form method="post" action="{at("people")}"')

    def test_it_costs_the_same_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("people"))
        for number in range(60):
            roles.join(make_person(f"nguoi{number}", f"Lê Văn {number}"), self.cast.team)
        with CaptureQueriesContext(connection) as many:
            page = self.client.get(at("people"))
        self.assertEqual(len(few), len(many))
        self.assertIn("Trang 1 trên 2", text_of(page))
        self.assertEqual(self.client.get(at("people"), {"p": "99"}).status_code, 200)
        self.assertEqual(self.client.get(at("people"), {"p": "x"}).status_code, 200)

    def test_a_name_and_a_phone_number_are_mended(self):
        data = {"full_name": "Nguyễn Thị Lân", "phone": "0987654321", "username": "x"}
        self.client.post(at("edit_person", self.cast.lan.pk), data | {"is_superuser": "on"})
        self.cast.lan.refresh_from_db()
        self.assertEqual(
            (self.cast.lan.full_name, self.cast.lan.phone, self.cast.lan.username),
            ("Nguyễn Thị Lân", "0987654321", "lan"),
        )
        self.assertFalse(self.cast.lan.is_superuser)

    def test_an_account_closes_and_reopens(self):
        self.client.post(at("close_account", self.cast.lan.pk))
        self.cast.lan.refresh_from_db()
        self.assertFalse(self.cast.lan.is_active)
        self.assertIn("đã khoá", text_of(self.client.get(at("person", self.cast.lan.pk))))
        self.client.post(at("reopen_account", self.cast.lan.pk))
        self.cast.lan.refresh_from_db()
        self.assertTrue(self.cast.lan.is_active)

    def test_reading_changes_nothing(self):
        for name in ("close_account", "reset_password"):
            self.client.get(at(name, self.cast.lan.pk))
        self.assertEqual(self.client.get(at("reopen_account", self.cast.lan.pk)).status_code, 405)
        lan = User.objects.get(pk=self.cast.lan.pk)
        self.assertEqual((lan.is_active, lan.must_change_password), (True, False))

    def test_no_officer_reaches_a_colleague_or_an_administrator(self):
        colleague = make_person("dong-nghiep", "Tạ Đồng Nghiệp")
        roles.grant(colleague, Role.OFFICER, self.cast.ward)
        for person in (colleague, self.cast.admin, self.cast.hoa, self.cast.city_viewer):
            for name in ("person", "edit_person", "reset_password", "close_account"):
                with self.subTest(person=person.username, screen=name):
                    self.assertEqual(self.client.post(at(name, person.pk)).status_code, 404)

    def test_an_officer_gives_nobody_a_role(self):
        data = {"role": "administrator", "area": ""}
        self.assertEqual(self.client.post(at("give_role", self.cast.lan.pk), data).status_code, 404)
        staff = data | {"full_name": "Lý Mới", "phone": "", "username": ""}
        self.assertEqual(self.client.post(at("add_staff"), staff).status_code, 404)
        self.assertFalse(RoleGrant.objects.filter(user=self.cast.lan).exists())


class TheAdministrator(PeopleCase):
    def setUp(self):
        self.client.force_login(self.cast.admin)

    def add(self, **fields):
        data = {"full_name": "Lý Thị Mới", "phone": "", "username": "", "role": "", "area": ""}
        return self.client.post(at("add_staff"), data | fields)

    def test_everybody_is_listed_with_their_places(self):
        page = self.client.get(at("people"))
        self.assertEqual(len(page.context["page"]), User.objects.count())
        words = text_of(page)
        self.assertIn("Cán bộ phường, Phường Xuân Hòa", words)
        self.assertIn("Tổ trưởng, Tổ công nghệ số khu phố 1, Phường Xuân Hòa", words)

    def test_the_list_costs_the_same_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("people"))
        for number in range(10):
            roles.grant(make_person(f"nguoi{number}", f"Lê {number}"), Role.OFFICER, self.cast.ward)
        with CaptureQueriesContext(connection) as many:
            self.client.get(at("people"))
        self.assertEqual(len(few), len(many))

    def test_people_of_every_role_are_added(self):
        for role, area in (
            ("officer", "27160"),
            ("viewer", "79"),
            ("viewer", "27139"),
            ("editor", ""),
            ("administrator", ""),
        ):
            with self.subTest(role=role, area=area):
                password = one_time_password(
                    self.add(role=role, area=area, full_name=f"Lý {role} {area}")
                )
                grant = RoleGrant.objects.latest("pk")
                self.assertEqual((grant.role, grant.area_id or ""), (role, area))
                self.assertEqual(grant.granted_by, self.cast.admin)
                self.assertTrue(grant.user.check_password(password))

    def test_a_role_and_an_area_that_do_not_fit_are_refused_in_words(self):
        closed = self.cast.city.children.create(code="27181", name="Phường Đóng", level="commune")
        for role, area, words in (
            ("officer", "", "Cán bộ phường phải có phường, xã"),
            ("officer", "79", "Cán bộ phường phải có phường, xã"),
            ("viewer", "", "Người xem số liệu phải có địa bàn"),
            ("editor", "27139", "Vai trò này không gắn với địa bàn"),
            ("administrator", "79", "Vai trò này không gắn với địa bàn"),
            ("officer", closed.pk, "Hãy chọn"),
            ("officer", self.cast.kp1.pk, "Hãy chọn"),
            ("king", "", "king"),
        ):
            with self.subTest(role=role, area=area):
                page = self.add(role=role, area=area)
                self.assertEqual(page.status_code, 200)
                if words != "Hãy chọn":
                    self.assertIn(words, text_of(page))
        self.assertFalse(User.objects.filter(full_name="Lý Thị Mới").exists())

    def test_the_page_of_a_ward_fills_in_the_role_and_the_ward(self):
        page = self.client.get(at("ward", "27139"))
        link = f"{at('add_staff')}?role=officer&amp;area=27139"
        self.assertContains(page, link)
        form = self.client.get(link.replace("&amp;", "&")).context["form"]
        self.assertEqual((form["role"].value(), form["area"].value()), ("officer", "27139"))

    def test_a_person_gets_one_more_role_and_loses_it(self):
        path = at("give_role", self.cast.lan.pk)
        for _ in range(2):
            self.client.post(path, {"role": "officer", "area": "27139"})
        (grant,) = RoleGrant.objects.current().filter(user=self.cast.lan)
        self.assertIn("Cán bộ phường", text_of(self.client.get(at("end_role", grant.pk))))
        self.client.post(at("end_role", grant.pk))
        self.assertFalse(RoleGrant.objects.current().filter(user=self.cast.lan).exists())
        self.assertEqual(self.client.post(at("end_role", grant.pk)).status_code, 404)

    def test_the_last_administrator_stays_and_is_told_what_to_do(self):
        grant = RoleGrant.objects.get(role=Role.ADMINISTRATOR)
        answer = self.client.post(at("end_role", grant.pk), follow=True)
        self.assertContains(answer, "Phải luôn có người mở được phường và tài khoản")
        self.assertEqual(self.client.get(at("wards")).status_code, 200)

    def test_who_ends_the_own_administration_lands_on_a_page_that_opens(self):
        roles.grant(make_person("hai", "Lý Hai"), Role.ADMINISTRATOR)
        roles.grant(self.cast.admin, Role.EDITOR)
        grant = RoleGrant.objects.get(user=self.cast.admin, role=Role.ADMINISTRATOR)
        answer = self.client.post(at("end_role", grant.pk), follow=True)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.client.get(at("wards")).status_code, 404)

    def test_nobody_locks_themselves_out(self):
        for name in ("close_account", "reset_password"):
            with self.subTest(name):
                self.assertEqual(self.client.post(at(name, self.cast.admin.pk)).status_code, 404)
        page = self.client.get(at("person", self.cast.admin.pk))
        self.assertContains(page, reverse("account_change_password"))
        self.assertNotContains(page, at("close_account", self.cast.admin.pk))

    def test_the_form_of_new_people_is_sent_twice_in_vain(self):
        self.add(role="editor")
        self.assertIn("đã có tài khoản ở đây", text_of(self.add(role="editor")))
