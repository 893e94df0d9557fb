"""Teams and their people, on the screen."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from tests.people import make_cast, make_person
from tests.volunteers.desk import at, one_time_password, text_of
from volunteers import accounts, roles
from volunteers.models import Area, Membership, RoleGrant, Team, User

LAN_AGAIN = {"full_name": "nguyễn thị  LAN", "phone": "", "username": "", "role": "member"}


class TeamsCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def members(self, team: Team | None = None) -> dict[str, str]:
        current = (team or self.cast.team).memberships.current()
        return dict(current.values_list("user__username", "role"))


class ATeam(TeamsCase):
    def test_it_gets_a_name_and_areas_of_its_ward(self):
        data = {"name": "Tổ khu phố 2", "areas": ["27139.2", "27139"]}
        self.client.post(at("add_team", "27139"), data)
        team = Team.objects.get(name="Tổ khu phố 2")
        self.assertEqual({area.pk for area in team.areas.all()}, {"27139", "27139.2"})

    def test_areas_of_another_ward_cannot_be_chosen(self):
        for foreign in ("27160", "27160.1", "79", "khong-co"):
            with self.subTest(foreign):
                data = {"name": "Tổ lạ", "areas": ["27139.1", foreign]}
                page = self.client.post(at("add_team", "27139"), data)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("Bàn Cờ", text_of(page))
        self.assertFalse(Team.objects.filter(name="Tổ lạ").exists())

    def test_an_ended_area_is_not_offered(self):
        self.client.post(at("end_area", "27139.2"))
        form = self.client.get(at("edit_team", self.cast.team.pk)).context["form"]
        offered = [area.pk for area in form.fields["areas"].queryset]
        self.assertEqual(offered, ["27139", "27139.1"])

    def test_a_posted_ward_moves_no_team(self):
        data = {"name": "Tổ công nghệ số khu phố 1", "areas": ["27139.1"], "ward": "27160"}
        self.client.post(at("edit_team", self.cast.team.pk), data)
        self.cast.team.refresh_from_db()
        self.assertEqual(self.cast.team.ward_id, "27139")

    def test_a_name_the_ward_has_already_is_refused(self):
        data = {"name": " Tổ công nghệ  số khu phố 1 ", "areas": []}
        page = self.client.post(at("add_team", "27139"), data)
        self.assertIn("Phường đã có tổ", text_of(page))

    def test_leaders_come_first_and_the_closed_are_marked(self):
        accounts.close(self.cast.lan)
        words = text_of(self.client.get(at("team", self.cast.team.pk)))
        self.assertLess(words.index("Trần Văn Minh"), words.index("Nguyễn Thị Lan"))
        self.assertIn("tài khoản đã khoá", words)

    def test_its_page_costs_the_same_however_many_belong_to_it(self):
        path = at("team", self.cast.team.pk)
        with CaptureQueriesContext(connection) as few:
            self.client.get(path)
        for number in range(12):
            roles.join(make_person(f"nguoi{number}", f"Lê Văn {number}"), self.cast.team)
        with CaptureQueriesContext(connection) as many:
            self.client.get(path)
        self.assertEqual(len(few), len(many))

    def test_the_list_of_teams_costs_the_same_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("teams"))
        for number in range(12):
            Team.objects.create(ward=self.cast.ward, name=f"Tổ {number}")
        with CaptureQueriesContext(connection) as many:
            self.client.get(at("teams"))
        self.assertEqual(len(few), len(many))

    def test_an_administrator_sees_the_teams_of_one_ward_or_of_all(self):
        self.client.force_login(self.cast.admin)
        page = self.client.get(at("teams"), {"ward": "27139"})
        self.assertEqual(list(page.context["page"]), [self.cast.team])
        self.assertEqual(len(self.client.get(at("teams")).context["page"]), 2)

    def test_the_teams_of_another_ward_cannot_be_asked_for(self):
        for code in ("27160", "99999"):
            self.assertEqual(self.client.get(at("teams"), {"ward": code}).status_code, 404)


class ANewMember(TeamsCase):
    def add(self, **fields):
        data = {"full_name": "Lý Thị Mới", "phone": "", "username": "", "role": "member"}
        return self.client.post(at("add_new_member", self.cast.team.pk), data | fields)

    def test_the_account_opens_with_a_password_shown_once(self):
        answer = self.add(phone="0987 654 321")
        person = User.objects.get(username="ly.thi.moi")
        self.assertTrue(person.check_password(one_time_password(answer)))
        self.assertEqual(person.phone, "0987654321")
        self.assertIn("no-store", answer["Cache-Control"])
        again = self.client.get(at("person", person.pk))
        self.assertNotContains(again, one_time_password(answer))

    def test_a_form_sent_twice_opens_one_account(self):
        self.add()
        words = text_of(self.add())
        self.assertIn("Lý Thị Mới đã có tài khoản ở đây, tên đăng nhập là ly.thi.moi", words)
        self.assertIn("Đây là người khác trùng tên", words)
        self.assertEqual(User.objects.filter(folded_name="ly thi moi").count(), 1)

    def test_another_person_of_the_same_name_is_added_when_said_so(self):
        page = self.client.post(at("add_new_member", self.cast.team.pk), LAN_AGAIN)
        self.assertIn("tên đăng nhập là lan", text_of(page))
        self.client.post(at("add_new_member", self.cast.team.pk), LAN_AGAIN | {"namesake": "on"})
        self.assertIn("nguyen.thi.lan", self.members())

    def test_no_more_than_the_form_asks_is_taken(self):
        extra = {
            "is_superuser": "on",
            "is_active": "",
            "groups": "1",
            "user_permissions": "1",
            "must_change_password": "",
            "password": "mật-khẩu-lạ",
            "role_grants": "1",
        }
        self.add(**extra)
        person = User.objects.get(username="ly.thi.moi")
        self.assertEqual(
            (person.is_superuser, person.is_active, person.must_change_password),
            (False, True, True),
        )
        self.assertFalse(person.groups.exists() or person.user_permissions.exists())
        self.assertFalse(person.check_password("mật-khẩu-lạ"))

    def test_what_cannot_be_is_refused_in_words(self):
        make_person("da.co", "Phan Đã Có", phone="0911111111")
        for fields, words in (
            ({"full_name": ""}, "bắt buộc"),
            ({"full_name": "123"}, "không phải là tên người"),
            ({"phone": "12"}, "“12” không phải số điện thoại Việt Nam"),
            ({"phone": "+84 911 111 111"}, "đã gắn với tài khoản khác"),
            ({"username": "Có Dấu"}, "Chỉ dùng chữ thường không dấu"),
            ({"username": "DA.CO"}, "đã có người dùng"),
            ({"role": "officer"}, "officer"),
            ({"full_name": "L" * 200}, "120"),
        ):
            with self.subTest(fields):
                self.assertIn(words, text_of(self.add(**fields)))
        self.assertEqual(set(self.members()), {"lan", "minh"})


class SomebodyWithAnAccount(TeamsCase):
    def setUp(self):
        super().setUp()
        self.second = Team.objects.create(ward=self.cast.ward, name="Tổ khu phố 2")

    def add(self, username: str, role: str = "member"):
        data = {"username": username, "role": role}
        return self.client.post(at("add_known_member", self.second.pk), data)

    def test_they_join_by_user_name_or_phone_number(self):
        self.add("Minh", "deputy")
        self.add("0912 345 678")
        self.assertEqual(self.members(self.second), {"minh": "deputy", "lan": "member"})

    def test_strangers_and_nobody_get_the_same_answer(self):
        roles.join(make_person("khac", "Võ Khác", phone="0922222222"), self.cast.other_team)
        for text in ("binh", "khac", "0922222222", "hoa", "quan-tri", "khong-co", "0933333333"):
            with self.subTest(text):
                words = text_of(self.add(text))
                self.assertIn(f"Trong phường không có “{text}”", words)
        self.assertEqual(self.members(self.second), {})

    def test_who_is_in_the_team_already_is_named(self):
        self.add("lan")
        self.assertIn("Nguyễn Thị Lan đã ở trong tổ này", text_of(self.add("lan")))

    def test_a_closed_account_joins_nothing(self):
        accounts.close(self.cast.lan)
        self.add("lan")
        self.assertEqual(self.members(self.second), {})


class AMembership(TeamsCase):
    def held(self, user: User) -> Membership:
        return Membership.objects.current().get(user=user)

    def test_a_new_role_is_a_new_membership(self):
        before = self.held(self.cast.lan)
        self.client.post(at("change_membership", before.pk), {"role": "deputy"})
        self.assertEqual(self.members()["lan"], "deputy")
        before.refresh_from_db()
        self.assertIsNotNone(before.left_on)

    def test_roles_that_teams_do_not_have_are_refused(self):
        answer = self.client.post(
            at("change_membership", self.held(self.cast.lan).pk), {"role": "administrator"}
        )
        self.assertEqual((answer.status_code, self.members()["lan"]), (200, "member"))

    def test_it_ends_after_being_asked_once_more(self):
        path = at("end_membership", self.held(self.cast.lan).pk)
        self.assertIn("không còn thấy các hộ của tổ", text_of(self.client.get(path)))
        self.assertIn("lan", self.members())
        self.client.post(path)
        self.assertNotIn("lan", self.members())
        self.assertEqual(self.client.get(path).status_code, 404)


class TheLeader(TeamsCase):
    def setUp(self):
        self.client.force_login(self.cast.minh)

    def test_the_menu_leads_straight_to_the_own_team(self):
        self.assertRedirects(self.client.get(at("teams")), at("team", self.cast.team.pk))

    def test_the_page_offers_passwords_and_nothing_else(self):
        page = self.client.get(at("team", self.cast.team.pk))
        self.assertContains(page, at("reset_password", self.cast.lan.pk))
        for name in ("edit_team", "add_new_member", "add_known_member"):
            self.assertNotContains(page, at(name, self.cast.team.pk))
        self.assertNotContains(page, at("reset_password", self.cast.minh.pk))

    def test_a_reset_is_asked_once_more_and_shown_once(self):
        path = at("reset_password", self.cast.lan.pk)
        self.client.get(path)
        self.cast.lan.refresh_from_db()
        self.assertFalse(self.cast.lan.must_change_password)
        password = one_time_password(self.client.post(path))
        self.cast.lan.refresh_from_db()
        self.assertTrue(self.cast.lan.check_password(password))

    def test_the_page_of_a_volunteer_leads_nowhere_that_is_closed(self):
        page = self.client.get(at("person", self.cast.lan.pk))
        for link in page.context["breadcrumbs_items"]:
            if link["url"]:
                self.assertIn(self.client.get(link["url"]).status_code, (200, 302), link)
        self.assertNotContains(page, at("edit_person", self.cast.lan.pk))
        self.assertNotContains(page, at("close_account", self.cast.lan.pk))

    def test_a_leader_of_two_teams_sees_both_in_the_list(self):
        second = Team.objects.create(ward=self.cast.ward, name="Tổ khu phố 2")
        roles.join(self.cast.minh, second, Membership.Role.LEADER)
        page = self.client.get(at("teams"))
        self.assertEqual(len(page.context["page"]), 2)
        self.assertNotContains(page, at("add_team", "27139"))


class TheOfficerWhoAlsoLeads(TeamsCase):
    def test_nothing_of_another_ward_opens_by_leading_there(self):
        roles.join(self.cast.hoa, self.cast.other_team, Membership.Role.LEADER)
        self.assertEqual(self.client.get(at("team", self.cast.other_team.pk)).status_code, 200)
        self.assertEqual(self.client.get(at("edit_team", self.cast.other_team.pk)).status_code, 404)
        self.assertEqual(self.client.get(at("ward", "27160")).status_code, 404)


class AWardThatIsNotOpen(TeamsCase):
    def test_its_officer_finds_nothing_yet(self):
        closed = Area.objects.create(
            code="27181", name="Phường Chợ Đũi", level="commune", parent=self.cast.city
        )
        officer = make_person("som", "Ngô Đến Sớm")
        roles.grant(officer, RoleGrant.Role.OFFICER, closed)
        self.client.force_login(officer)
        self.assertEqual(self.client.get(at("ward", closed.pk)).status_code, 404)
        self.assertEqual(self.client.get("/admin/").status_code, 200)
