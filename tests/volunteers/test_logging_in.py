"""Logging in and out, and choosing a password."""

from django.contrib.auth import authenticate
from django.core.cache import cache
from django.test import TestCase
from django.urls import reverse
from lxml import html

from tests.people import PASSWORD, make_cast
from tests.volunteers.desk import choose_password, log_in
from volunteers import accounts, roles
from volunteers.models import Membership, User

OWN = "một-mật-khẩu-riêng"


class LogInCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)

    def assert_in(self, phone, person: User) -> None:
        self.assertEqual(phone.session.get("_auth_user_id"), str(person.pk))

    def assert_out(self, phone) -> None:
        self.assertNotIn("_auth_user_id", phone.session)


class AVolunteerWithAPassword(LogInCase):
    def test_the_user_name_may_be_in_any_case(self):
        for name in ("lan", "Lan", " LAN "):
            with self.subTest(name):
                self.assert_in(log_in(name, PASSWORD)[0], self.cast.lan)

    def test_the_phone_number_may_be_written_in_any_way(self):
        for number in ("0912345678", "0912 345 678", "+84912345678", "0912.345.678", "84912345678"):
            with self.subTest(number):
                self.assert_in(log_in(number, PASSWORD)[0], self.cast.lan)

    def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_that_helps(self):
        answers = []
        for login, password in (("lan", "sai"), ("khong-co", PASSWORD), ("0999999999", PASSWORD)):
            phone, answer = log_in(login, password)
            self.assert_out(phone)
            (summary,) = html.fromstring(answer.content).find_class("error-summary")
            answers.append(summary.text_content())
        self.assertEqual(len(set(answers)), 1)
        self.assertIn("hỏi tổ trưởng hoặc cán bộ phường để được cấp lại mật khẩu", answers[0])

    def test_the_page_offers_neither_sign_up_nor_mail(self):
        page = html.fromstring(self.client.get(reverse("account_login")).content)
        (label,) = page.xpath("//label[@for='id_login']")
        self.assertEqual(label.text_content().strip(), "Tên đăng nhập hoặc số điện thoại")
        links = page.xpath("//main//a/@href")
        self.assertEqual(links, [])
        self.assertFalse(page.xpath("//*[@placeholder]"))

    def test_nothing_typed_is_answered_in_words(self):
        answer = self.client.post(reverse("account_login"), {})
        self.assertContains(answer, "Tên đăng nhập hoặc số điện thoại:")

    def test_the_way_back_leads_only_into_the_product(self):
        for wish, expected in (
            ("/phieu/", "/phieu/"),
            ("https://xau.example/", reverse("after_login")),
            ("//xau.example/", reverse("after_login")),
            ("javascript:alert(1)", reverse("after_login")),
        ):
            with self.subTest(wish):
                data = {"login": "lan", "password": PASSWORD, "next": wish}
                answer = self.client.post(reverse("account_login"), data)
                self.assertRedirects(answer, expected, fetch_redirect_response=False)
                self.client.logout()

    def test_only_a_post_logs_out(self):
        phone, _ = log_in("lan", PASSWORD)
        self.assertContains(phone.get(reverse("account_logout")), "Nguyễn Thị Lan")
        self.assert_in(phone, self.cast.lan)
        phone.post(reverse("account_logout"))
        self.assert_out(phone)

    def test_no_password_at_all_opens_nothing(self):
        self.assertIsNone(authenticate(username="lan", password=""))
        self.cast.lan.set_unusable_password()
        self.cast.lan.save()
        self.assert_out(log_in("lan", PASSWORD)[0])


class AClosedAccount(LogInCase):
    def test_the_right_password_leads_to_a_page_that_explains(self):
        accounts.close(self.cast.lan)
        phone, answer = log_in("lan", PASSWORD)
        self.assert_out(phone)
        self.assertRedirects(answer, reverse("account_inactive"))

    def test_a_wrong_password_does_not_tell_that_it_is_closed(self):
        accounts.close(self.cast.lan)
        self.assertContains(log_in("lan", "sai")[1], "không khớp")

    def test_who_is_logged_in_is_out_at_the_next_request(self):
        phone, _ = log_in("lan", PASSWORD)
        accounts.close(self.cast.lan)
        self.assertEqual(phone.get(reverse("find_household")).status_code, 302)


class ManyAttempts(LogInCase):
    def test_guesses_at_one_account_end_after_ten_however_it_is_written(self):
        for number in range(10):
            log_in(("lan", "LAN", "0912345678", "+84 912 345 678")[number % 4], "đoán")
        phone, answer = log_in("lan", PASSWORD)
        self.assert_out(phone)
        self.assertContains(answer, "Đã thử sai quá nhiều lần")

    def test_a_hundred_volunteers_at_one_address_still_get_in(self):
        for number in range(150):
            log_in(f"nguoi{number}", "đoán")
        self.assert_in(log_in("binh", PASSWORD)[0], self.cast.binh)

    def test_a_flood_from_one_address_gets_a_page_in_words(self):
        answer = None
        for _ in range(301):
            answer = self.client.post(reverse("account_login"), {})
        self.assertEqual(answer.status_code, 429)
        self.assertContains(answer, "Đã thử quá nhiều lần", status_code=429)


class AOneTimePassword(LogInCase):
    def setUp(self):
        super().setUp()
        self.password = accounts.reset_password(self.cast.lan)

    def test_it_is_accepted_however_dashes_spaces_and_capitals_are_typed(self):
        bare = self.password.replace("-", "")
        for text in (self.password, bare, self.password.upper(), f" {bare[:6]} {bare[6:]} "):
            with self.subTest(text):
                self.assert_in(log_in("lan", text)[0], self.cast.lan)

    def test_until_another_is_chosen_nothing_opens_but_public_pages(self):
        phone, _ = log_in("lan", self.password)
        choose = reverse("account_change_password")
        for path in (reverse("find_household"), reverse("after_login"), "/admin/"):
            with self.subTest(path):
                answer = phone.get(path, follow=True)
                self.assertEqual(answer.redirect_chain[-1][0].split("?")[0], choose)
        self.assertContains(phone.get(choose), "chỉ dùng được một lần")
        self.assertEqual(phone.get(reverse("lesson_search")).status_code, 200)

    def test_the_new_password_is_asked_twice_and_nothing_else(self):
        phone, _ = log_in("lan", self.password)
        page = html.fromstring(phone.get(reverse("account_change_password")).content)
        names = [name for name in page.xpath("//main//input/@name") if name.startswith("pass")]
        self.assertEqual(names, ["password1", "password2"])
        self.assertFalse(page.xpath("//input[@name='oldpassword']"))

    def test_once_another_is_chosen_it_opens_nothing_any_more(self):
        phone, _ = log_in("lan", self.password)
        choose_password(phone, OWN)
        self.assertEqual(phone.get(reverse("find_household")).status_code, 200)
        self.assert_out(log_in("lan", self.password)[0])
        self.assert_in(log_in("lan", OWN)[0], self.cast.lan)

    def test_it_cannot_be_chosen_again(self):
        phone, _ = log_in("lan", self.password)
        for text in (self.password, self.password.replace("-", "").upper()):
            with self.subTest(text):
                self.assertContains(choose_password(phone, text), "Đây là mật khẩu đang dùng")
        self.cast.lan.refresh_from_db()
        self.assertTrue(self.cast.lan.must_change_password)

    def test_a_weak_choice_is_refused_in_vietnamese(self):
        phone, _ = log_in("lan", self.password)
        for weak in ("ngắn", "12345678", "password", "nguyenthilan"):
            with self.subTest(weak):
                answer = choose_password(phone, weak)
                (field,) = html.fromstring(answer.content).xpath("//*[@id='id_password1']")
                self.assertEqual(field.get("aria-invalid"), "true")

    def test_making_it_ends_every_log_in(self):
        phone, _ = log_in("lan", self.password)
        choose_password(phone, OWN)
        accounts.reset_password(User.objects.get(pk=self.cast.lan.pk))
        self.assertEqual(phone.get(reverse("find_household")).status_code, 302)


class ChangingOnesPassword(LogInCase):
    def test_the_present_one_is_asked_for(self):
        phone, _ = log_in("lan", PASSWORD)
        both = {"password1": OWN, "password2": OWN}
        answer = phone.post(reverse("account_change_password"), {"oldpassword": "sai"} | both)
        self.assertContains(answer, "Mật khẩu hiện tại chưa đúng")
        answer = phone.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | both)
        self.assertRedirects(answer, reverse("after_login"), fetch_redirect_response=False)
        self.assert_in(phone, self.cast.lan)

    def test_other_phones_are_logged_out(self):
        old_phone, _ = log_in("lan", PASSWORD)
        phone, _ = log_in("lan", PASSWORD)
        data = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN}
        phone.post(reverse("account_change_password"), data)
        self.assertEqual(old_phone.get(reverse("find_household")).status_code, 302)

    def test_the_page_to_confirm_a_password_works(self):
        phone, _ = log_in("lan", PASSWORD)
        self.assertContains(phone.get(reverse("account_reauthenticate")), "Mật khẩu")
        answer = phone.post(reverse("account_reauthenticate"), {"password": "sai"})
        self.assertContains(answer, "Mật khẩu chưa đúng")
        answer = phone.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        self.assertEqual(answer.status_code, 302)


class ArrivingAfterLogIn(LogInCase):
    def test_everybody_comes_to_their_own_work(self):
        for person, place in (
            ("lan", "field"),
            ("minh", "field"),
            ("hoa", "wagtailadmin_home"),
            ("editor", "wagtailadmin_home"),
            ("city_viewer", "wagtailadmin_home"),
            ("admin", "wagtailadmin_home"),
        ):
            with self.subTest(person):
                self.client.force_login(getattr(self.cast, person))
                answer = self.client.get(reverse("after_login"))
                self.assertRedirects(answer, reverse(place), fetch_redirect_response=False)

    def test_who_has_no_place_is_told_whom_to_ask(self):
        roles.leave(Membership.objects.get(user=self.cast.lan))
        self.client.force_login(self.cast.lan)
        self.assertContains(self.client.get(reverse("after_login")), "chưa thuộc tổ nào")

    def test_the_admin_explains_itself_to_a_volunteer_instead_of_turning_in_circles(self):
        self.client.force_login(self.cast.lan)
        answer = self.client.get("/admin/", follow=True)
        self.assertEqual((answer.status_code, answer.redirect_chain), (403, []))
        self.assertContains(answer, "không dành cho tài khoản của bạn", status_code=403)

    def test_the_admin_sends_strangers_to_the_one_log_in(self):
        answer = self.client.get("/admin/phuong/")
        login = reverse("account_login")
        self.assertRedirects(answer, f"{login}?next=/admin/phuong/")
