"""Accounts, one-time passwords and roles, below the screens."""

from django.contrib.auth.models import Group, Permission
from django.test import SimpleTestCase, TestCase
from wagtail.models import ModelLogEntry

from tests.people import make_cast, make_person
from volunteers import access, accounts, roles
from volunteers.models import Membership, RoleGrant, User
from volunteers.one_time_passwords import LETTERS, new_one_time_password, typed

Role = RoleGrant.Role


class AOneTimePassword(SimpleTestCase):
    def test_it_is_three_groups_of_four_letters_nobody_confuses(self):
        for _ in range(50):
            groups = new_one_time_password().split("-")
            self.assertEqual([len(group) for group in groups], [4, 4, 4])
            self.assertLessEqual(set("".join(groups)), set(LETTERS))
        self.assertFalse(set(LETTERS) & set("0o1li"))

    def test_no_keyboard_for_vietnamese_joins_its_letters(self):
        # Telex and VNI need a vowel, a w or a double d to write ă, â, đ, ê, ô, ơ, ư or a tone.
        self.assertFalse(set(LETTERS) & set("aeiouywd0123456789"))

    def test_two_are_never_alike(self):
        self.assertEqual(len({new_one_time_password() for _ in range(500)}), 500)

    def test_it_is_recognised_however_it_is_typed(self):
        for text in ("bckm-fghj-tvxz", "bckmfghjtvxz", "BCKM FGHJ TVXZ", " bckm.fghj–tvxz "):
            self.assertEqual(typed(text), "bckm-fghj-tvxz")


class AUserName(TestCase):
    def test_it_is_made_of_the_name_in_plain_letters(self):
        for name, expected in (
            ("Nguyễn Thị Lan", "nguyen.thi.lan"),
            ("ĐẶNG ĐÌNH ĐỨC", "dang.dinh.duc"),
            ("Y'Ơt Niê", "y.ot.nie"),
            ("2 Lan", "lan"),
            ("…", "thanh.vien"),
        ):
            with self.subTest(name):
                self.assertEqual(accounts.propose_username(name), expected)

    def test_a_taken_one_gets_the_next_number(self):
        for expected in ("nguyen.thi.lan", "nguyen.thi.lan2", "nguyen.thi.lan3"):
            user, _ = accounts.open_account("Nguyễn Thị Lan")
            self.assertEqual(user.username, expected)

    def test_the_longest_name_fits(self):
        user, _ = accounts.open_account("Công Tằng Tôn Nữ " + "Thị " * 25 + "Lan")
        user.full_clean(exclude=["phone"])


class AnAccount(TestCase):
    def test_it_opens_with_a_password_that_must_be_changed(self):
        user, password = accounts.open_account("Nguyễn Thị Lan", "0912 345 678")
        user.refresh_from_db()
        self.assertTrue(user.check_password(password) and user.must_change_password)
        self.assertEqual(user.phone, "0912345678")

    def test_the_log_names_the_account_by_number_only(self):
        user, password = accounts.open_account("Nguyễn Thị Lan", "0912345678")
        again = accounts.reset_password(user)
        accounts.close(user)
        accounts.reopen(user)
        entries = list(ModelLogEntry.objects.all())
        self.assertEqual(len(entries), 4)
        for entry in entries:
            self.assertEqual(entry.label, f"#{user.pk}")
            row = f"{entry.label} {entry.action} {entry.data} {entry.message}"
            for secret in ("Lan", "lan", "0912345678", password, again):
                self.assertNotIn(secret, row)

    def test_every_action_has_words_for_the_log(self):
        cast = make_cast()
        roles.end(RoleGrant.objects.get(user=cast.hoa))
        roles.leave(Membership.objects.get(user=cast.lan))
        messages = {entry.message for entry in ModelLogEntry.objects.all()}
        self.assertIn("Đã kết thúc vai trò: Cán bộ phường (27139)", messages)
        self.assertIn("Đã cho ra khỏi Tổ công nghệ số khu phố 1, trước là Thành viên", messages)


class TheLastAdministrator(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.grant = RoleGrant.objects.get(role=Role.ADMINISTRATOR)

    def test_the_role_cannot_end(self):
        with self.assertRaises(roles.LastAdministrator):
            roles.end(self.grant)
        self.assertTrue(User.objects.get(pk=self.cast.admin.pk).is_superuser)

    def test_the_account_cannot_close(self):
        with self.assertRaises(roles.LastAdministrator):
            accounts.close(self.cast.admin)

    def test_one_whose_account_is_closed_does_not_count(self):
        second = make_person("thu-hai", "Lý Thứ Hai", is_active=False)
        roles.grant(second, Role.ADMINISTRATOR)
        with self.assertRaises(roles.LastAdministrator):
            roles.end(self.grant)

    def test_after_a_second_one_the_first_may_go(self):
        roles.grant(make_person("thu-hai", "Lý Thứ Hai"), Role.ADMINISTRATOR)
        roles.end(self.grant)
        self.assertFalse(User.objects.get(pk=self.cast.admin.pk).is_superuser)


class RightsInTheAdmin(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def may_enter(self, user: User) -> bool:
        return User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")

    def test_everybody_but_plain_members_may_enter(self):
        for name in ("minh", "hoa", "editor", "city_viewer", "admin"):
            with self.subTest(name):
                self.assertTrue(self.may_enter(getattr(self.cast, name)))
        for name in ("lan", "binh"):
            with self.subTest(name):
                self.assertFalse(self.may_enter(getattr(self.cast, name)))

    def test_the_right_comes_and_goes_with_the_place(self):
        roles.join(self.cast.lan, self.cast.team, Membership.Role.DEPUTY)
        self.assertTrue(self.may_enter(self.cast.lan))
        roles.leave(Membership.objects.current().get(user=self.cast.lan))
        self.assertFalse(self.may_enter(self.cast.lan))

    def test_the_groups_are_made_again_after_a_flush(self):
        Group.objects.all().delete()
        roles.refresh_groups(self.cast.hoa)
        self.assertTrue(self.may_enter(self.cast.hoa))

    def test_nobody_but_administrators_holds_any_right_over_our_tables(self):
        ours = Permission.objects.filter(content_type__app_label__in=["volunteers", "outreach"])
        self.assertFalse(ours.filter(group__isnull=False).exists())
        self.assertFalse(User.user_permissions.through.objects.exists())


class WhoLooksAfterWhom(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.deputy = make_person("pho", "Vũ Thị Phó")
        roles.join(cls.deputy, cls.cast.team, Membership.Role.DEPUTY)

    def names(self, people) -> set[str]:
        return set(people.values_list("username", flat=True))

    def test_an_officer_keeps_the_people_of_the_wards_teams(self):
        self.assertEqual(self.names(access.kept_people(self.cast.hoa)), {"lan", "minh", "pho"})

    def test_a_leader_helps_members_and_deputies(self):
        self.assertEqual(self.names(access.visible_people(self.cast.minh)), {"lan", "pho"})
        self.assertEqual(self.names(access.kept_people(self.cast.minh)), set())

    def test_a_deputy_sees_the_team_but_helps_nobody(self):
        self.assertIn(self.cast.team, access.visible_teams(self.deputy))
        self.assertFalse(access.visible_people(self.deputy).exists())

    def test_volunteers_editors_and_viewers_look_after_nobody(self):
        for name in ("lan", "editor", "city_viewer", "binh"):
            with self.subTest(name):
                self.assertFalse(access.visible_people(getattr(self.cast, name)).exists())

    def test_who_holds_a_role_besides_is_out_of_reach(self):
        roles.grant(self.cast.lan, Role.EDITOR)
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.hoa)))
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.minh)))

    def test_who_works_for_another_ward_too_is_out_of_reach(self):
        roles.join(self.cast.lan, self.cast.other_team)
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.hoa)))

    def test_who_is_in_a_team_that_the_leader_does_not_lead_is_the_officers(self):
        second = self.cast.ward.teams.create(name="Tổ khu phố 2")
        roles.join(self.cast.lan, second)
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.minh)))
        self.assertIn("lan", self.names(access.visible_people(self.cast.hoa)))

    def test_a_leader_reaches_no_other_leader_of_the_team(self):
        roles.join(self.cast.lan, self.cast.team, Membership.Role.LEADER)
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.minh)))

    def test_who_led_once_helps_nobody_now(self):
        roles.join(self.cast.minh, self.cast.team, Membership.Role.MEMBER)
        roles.join(self.cast.lan, self.cast.team, Membership.Role.LEADER)
        self.assertFalse(access.visible_people(self.cast.minh).exists())

    def test_who_left_stays_with_the_officer_until_another_ward_takes_them(self):
        roles.leave(Membership.objects.get(user=self.cast.lan))
        self.assertIn("lan", self.names(access.kept_people(self.cast.hoa)))
        self.assertNotIn("lan", self.names(access.visible_people(self.cast.minh)))
        roles.join(self.cast.lan, self.cast.other_team)
        self.assertNotIn("lan", self.names(access.kept_people(self.cast.hoa)))

    def test_an_administrator_reaches_everybody_but_resets_not_their_own(self):
        self.assertEqual(access.visible_people(self.cast.admin).count(), User.objects.count())
        self.assertNotIn(self.cast.admin, access.people_in_care(self.cast.admin))

    def test_an_ended_role_opens_nothing(self):
        roles.end(RoleGrant.objects.get(user=self.cast.hoa))
        self.assertFalse(access.visible_people(self.cast.hoa).exists())
        self.assertFalse(access.manageable_wards(self.cast.hoa).exists())
        self.assertFalse(access.reportable_areas(self.cast.hoa).exists())


class WhoseNumbers(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.lane = cls.cast.kp1.add_child("Ngõ 281")

    def codes(self, user: User) -> set[str]:
        return set(access.reportable_areas(user).values_list("pk", flat=True))

    def test_an_officer_sees_the_ward_down_to_its_lanes(self):
        ours = {"27139", "27139.1", "27139.2", self.lane.pk}
        self.assertEqual(self.codes(self.cast.hoa), ours)

    def test_a_viewer_sees_everything_in_the_city(self):
        self.assertLessEqual(
            {"79", "27139", "27160", self.lane.pk}, self.codes(self.cast.city_viewer)
        )

    def test_a_leader_sees_none_here(self):
        self.assertEqual(self.codes(self.cast.minh), set())
