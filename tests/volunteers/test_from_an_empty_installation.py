"""From nothing to a volunteer at work, with no shell after the first account."""

import os
from io import StringIO
from unittest.mock import patch

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.people import PASSWORD
from tests.volunteers.desk import at, choose_password, log_in, one_time_password
from volunteers.access import is_administrator
from volunteers.models import Area, RoleGrant, Team, User


def create_superuser(**fields) -> User:
    with patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}):
        call_command("createsuperuser", interactive=False, stdout=StringIO(), **fields)
    return User.objects.get(username=fields["username"])


class TheFirstAccount(TestCase):
    def test_createsuperuser_makes_an_administrator(self):
        an = create_superuser(username="quan-tri", full_name="Đỗ Văn An")
        self.assertTrue(is_administrator(an))
        (grant,) = an.role_grants.current()
        self.assertEqual(grant.role, RoleGrant.Role.ADMINISTRATOR)

    def test_a_user_name_with_capitals_is_refused(self):
        with self.assertRaises(CommandError):
            create_superuser(username="Quan-Tri", full_name="Đỗ Văn An")

    def test_another_role_takes_nothing_from_it(self):
        an = create_superuser(username="quan-tri", full_name="Đỗ Văn An")
        self.client.force_login(an)
        wish = {"role": RoleGrant.Role.EDITOR, "area": ""}
        self.client.post(at("give_role", an.pk), wish)
        an.refresh_from_db()
        self.assertEqual(an.role_grants.current().count(), 2)
        self.assertTrue(is_administrator(an))

    def test_without_a_full_name_the_command_says_so(self):
        with self.assertRaisesMessage(CommandError, "full_name"):
            create_superuser(username="quan-tri")


class TheWholeStory(TestCase):
    """An opens a ward and its officer, Hoa sets it up, Minh helps Lan in."""

    @classmethod
    def setUpTestData(cls):
        city = Area.objects.create(code="79", name="Thành phố Hồ Chí Minh", level="province")
        Area.objects.create(code="27139", name="Phường Xuân Hòa", level="commune", parent=city)
        create_superuser(username="an", full_name="Đỗ Văn An")

    def enter(self, login: str, one_time: str, own: str):
        """Log in with the one-time password and choose one."""
        phone, answer = log_in(login, one_time)
        self.assertEqual(answer.status_code, 302)
        answer = choose_password(phone, own)
        self.assertRedirects(answer, reverse("after_login"), fetch_redirect_response=False)
        return phone

    def open_ward(self) -> str:
        """What An does; the officer's one-time password."""
        desk, _ = log_in("an", PASSWORD)
        found = desk.get(at("open_ward_search"), {"words": "xuan hoa"})
        self.assertContains(found, "Phường Xuân Hòa")
        self.assertRedirects(desk.post(at("open_ward", "27139")), at("ward", "27139"))
        officer = {"full_name": "Lê Thị Hoa", "phone": "", "username": "", "role": "officer"}
        return one_time_password(desk.post(at("add_staff"), officer | {"area": "27139"}))

    def set_up(self, desk) -> tuple[str, str]:
        """What Hoa does; the one-time passwords of Minh and Lan."""
        names = "Khu phố 1\nKhu phố 2\n"
        answer = desk.post(at("add_neighbourhoods", "27139"), {"names": names})
        self.assertRedirects(answer, at("areas", "27139"))
        team = {"name": "Tổ công nghệ số khu phố 1", "areas": ["27139.1"]}
        desk.post(at("add_team", "27139"), team)
        pk = Team.objects.get().pk
        passwords = []
        for name, role in (("Trần Văn Minh", "leader"), ("Nguyễn Thị Lan", "member")):
            person = {"full_name": name, "phone": "", "username": "", "role": role}
            passwords.append(one_time_password(desk.post(at("add_new_member", pk), person)))
        return passwords[0], passwords[1]

    def test_everybody_gets_to_work_from_the_screens_alone(self):
        hoa_desk = self.enter("le.thi.hoa", self.open_ward(), "sổ-hộ-khẩu-cũ")
        minh_password, lost = self.set_up(hoa_desk)
        minh_desk = self.enter("tran.van.minh", minh_password, "đi-từng-ngõ-nhỏ")

        lan = User.objects.get(username="nguyen.thi.lan")
        given = one_time_password(minh_desk.post(at("reset_password", lan.pk)))
        self.assertNotEqual(given, lost)
        phone, refused = log_in("nguyen.thi.lan", lost)
        self.assertContains(refused, "không khớp")

        phone = self.enter("nguyen.thi.lan", given, "gõ-từng-cửa-nhà")
        self.assertRedirects(
            phone.get(reverse("after_login")), reverse("field"), fetch_redirect_response=False
        )
        self.assertEqual(phone.get(reverse("find_household")).status_code, 200)

    def test_every_step_stands_in_the_audit_log_and_no_password_anywhere(self):
        hoa_password = self.open_ward()
        hoa_desk = self.enter("le.thi.hoa", hoa_password, "sổ-hộ-khẩu-cũ")
        passwords = [hoa_password, *self.set_up(hoa_desk)]
        actions = list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))
        self.assertEqual(
            [action.removeprefix("volunteers.") for action in actions],
            [
                "ward_opened",
                "account_opened",
                "role_given",
                "area_added",
                "area_added",
                "team_added",
                *["account_opened", "team_joined"] * 2,
            ],
        )
        by = ModelLogEntry.objects.order_by("pk").values_list("user__username", flat=True)
        self.assertEqual(list(by), ["an"] * 3 + ["le.thi.hoa"] * 7)
        stored = StringIO()
        call_command("dumpdata", stdout=stored)
        for password in passwords:
            self.assertNotIn(password, stored.getvalue())
            self.assertNotIn(password.replace("-", ""), stored.getvalue())
