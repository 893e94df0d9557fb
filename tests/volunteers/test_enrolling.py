"""Enrolling phones: who makes codes, what a code does, and how often one may guess."""

from datetime import timedelta
from uuid import uuid4

from wagtail.models import ModelLogEntry

from tests.people import make_person
from tests.volunteers.phones import PhoneCase, enrolled
from volunteers import accounts, devices, failed_enrolments, roles
from volunteers.models import (
    Device,
    DeviceActor,
    EnrolmentCode,
    FailedEnrolment,
    Membership,
    RoleGrant,
)
from volunteers.one_time_passwords import LETTERS

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class MakingACode(PhoneCase):
    def test_a_leader_makes_one_for_the_people_of_the_team_and_for_themselves(self):
        for person in (self.cast.lan, self.cast.minh):
            self.assertEqual(self.enrol(self.code(person)).person, person)

    def test_an_officer_makes_one_for_the_people_of_the_ward_and_for_themselves(self):
        for person in (self.cast.lan, self.cast.minh, self.cast.hoa):
            done = self.enrol(self.code(person, by=self.cast.hoa))
            self.assertEqual((done.person, done.ward), (person, self.cast.ward))

    def test_nobody_else_makes_one_for_anybody(self):
        deputy = make_person("pho", "Lê Văn Phó")
        roles.join(deputy, self.cast.team, Membership.Role.DEPUTY)
        for by, person in (
            (self.cast.lan, self.cast.lan),
            (self.cast.lan, self.cast.minh),
            (deputy, self.cast.lan),
            (deputy, deputy),
            (self.cast.minh, self.cast.hoa),
            (self.cast.minh, self.cast.binh),
            (self.cast.hoa, self.cast.binh),
            (self.cast.admin, self.cast.lan),
            (self.cast.admin, self.cast.admin),
            (self.cast.city_viewer, self.cast.lan),
            (self.cast.editor, self.cast.editor),
        ):
            names = {"by": by.username, "person": person.username}
            with self.subTest(**names), self.assertRaises(devices.NotTheirs):
                self.code(person, by)
        self.assertFalse(EnrolmentCode.objects.exists())

    def test_none_for_who_left_or_whose_account_is_closed_or_who_holds_more(self):
        left = make_person("cu", "Lê Thị Cũ")
        roles.leave(roles.join(left, self.cast.team))
        closed = make_person("dong", "Lê Thị Đóng")
        roles.join(closed, self.cast.team)
        accounts.close(closed)
        higher = make_person("hon", "Lê Thị Hơn")
        roles.join(higher, self.cast.team)
        roles.grant(higher, RoleGrant.Role.VIEWER, self.cast.city)
        for person in (left, closed, higher):
            for by in (self.cast.minh, self.cast.hoa):
                names = {"by": by.username, "person": person.username}
                with self.subTest(**names), self.assertRaises(devices.NotTheirs):
                    self.code(person, by)

    def test_it_has_eight_letters_that_nobody_misreads(self):
        code = self.code()
        self.assertRegex(code, rf"^[{LETTERS}]{{4}}-[{LETTERS}]{{4}}$")

    def test_it_is_stored_as_a_hash_only(self):
        code = self.code()
        row = EnrolmentCode.objects.values().get()
        self.assertNotIn(code, str(row))
        self.assertNotIn(code.replace("-", ""), str(row))
        entry = ModelLogEntry.objects.get(action="volunteers.phone_code_made")
        self.assertEqual((entry.label, entry.data), (f"#{self.cast.lan.pk}", {}))

    def test_a_new_one_ends_the_one_before(self):
        old = self.code()
        new = self.code(by=self.cast.hoa)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(old)
        self.assertEqual(self.enrol(new).person, self.cast.lan)

    def test_old_ones_are_forgotten_after_a_day(self):
        self.enrol(self.code(now=self.now - 2 * DAY), now=self.now - 2 * DAY)
        self.code()
        self.assertEqual(EnrolmentCode.objects.count(), 1)


class EnrollingAPhone(PhoneCase):
    def test_the_phone_works_for_the_person_and_the_ward_of_the_code(self):
        done = self.enrol(self.code())
        device = done.device
        self.assertEqual(
            (device.ward, device.label, device.app, device.enrolled_by, device.enrolled_at),
            (self.cast.ward, "Samsung A05", "ngo-so-field 1.0", self.cast.minh, self.now),
        )
        self.assertEqual(device.pull_until, self.now + 30 * DAY)
        self.assertEqual(devices.device_of_push(done.push_token), device)
        self.assertEqual(devices.device_of_pull(done.pull_token, self.now), device)
        self.assertEqual(devices.workers_of(device), {self.cast.lan.pk: False})

    def test_neither_credential_does_the_work_of_the_other(self):
        done = self.enrol(self.code())
        self.assertIsNone(devices.device_of_push(done.pull_token))
        self.assertIsNone(devices.device_of_pull(done.push_token, self.now))

    def test_credentials_are_stored_as_hashes_only(self):
        done = self.enrol(self.code())
        rows = str([*Device.objects.values(), *EnrolmentCode.objects.values()])
        for token in (done.push_token, done.pull_token):
            self.assertNotIn(token.split("-")[1], rows)
        entry = ModelLogEntry.objects.get(action="volunteers.phone_enrolled")
        self.assertEqual((entry.label, entry.user), (f"#{done.device.pk}", self.cast.lan))

    def test_the_code_may_be_typed_with_capitals_spaces_and_dashes(self):
        code = self.code()
        self.enrol(f"  {code.upper().replace('-', ' – ')} ")

    def test_wrong_used_and_expired_codes_and_enrolled_phones_are_refused_alike(self):
        used, phone = self.code(), uuid4()
        self.enrol(used, phone)
        expired = self.code(self.cast.minh, now=self.now - 10 * MINUTE)
        fresh = self.code(by=self.cast.hoa)
        for name, code, device, more in (
            ("wrong", "bbbb-bbbb", uuid4(), {}),
            ("empty", "", uuid4(), {}),
            ("long", "b" * 500, uuid4(), {}),
            ("strange", "\0\ud800", uuid4(), {}),
            ("used by another phone", used, uuid4(), {}),
            ("expired", expired, uuid4(), {}),
            ("known phone without its credential", fresh, phone, {}),
            ("known phone with a wrong credential", fresh, phone, {"push_token": "push-00"}),
        ):
            with self.subTest(name), self.assertRaises(devices.CodeRefused) as caught:
                self.enrol(code, device, **more)
            self.assertEqual(caught.exception.args, ())
        self.assertEqual(Device.objects.count(), 1)
        self.enrol(fresh)  # A refusal did not use it up.

    def test_a_code_lives_ten_minutes_to_the_second(self):
        code = self.code()
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code, now=self.now + 10 * MINUTE)
        self.enrol(code, now=self.now + 10 * MINUTE - timedelta(seconds=1))

    def test_a_code_ends_with_the_account_and_the_work_of_its_person(self):
        code = self.code()
        accounts.close(self.cast.lan)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code)
        accounts.reopen(self.cast.lan)
        roles.leave(Membership.objects.get(user=self.cast.lan))
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code)


class TheAnswerWasLost(PhoneCase):
    def test_the_same_phone_gets_the_same_answer_with_the_same_code(self):
        code, phone = self.code(), uuid4()
        first = self.enrol(code, phone)
        again = self.enrol(code, phone, now=self.now + 9 * MINUTE)
        self.assertEqual((first.push_token, first.pull_token), (again.push_token, again.pull_token))
        self.assertEqual(devices.device_of_push(first.push_token).pk, phone)
        self.assertEqual(DeviceActor.objects.count(), 1)

    def test_a_repetition_that_leaves_the_name_out_takes_none_away(self):
        code, phone = self.code(), uuid4()
        self.enrol(code, phone)
        device = devices.enrol(code, phone, "", "", self.now).device
        self.assertEqual((str(device), device.app), ("Samsung A05", "ngo-so-field 1.0"))

    def test_not_after_the_code_has_expired(self):
        code, phone = self.code(), uuid4()
        self.enrol(code, phone)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code, phone, now=self.now + 10 * MINUTE)

    def test_not_once_the_phone_has_used_what_it_got(self):
        code, phone = self.code(), uuid4()
        devices.renew_lease(self.enrol(code, phone).device, self.now)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code, phone)

    def test_not_once_the_phone_is_revoked(self):
        code, phone = self.code(), uuid4()
        device = self.enrol(code, phone).device
        devices.revoke(device, self.cast.hoa, Device.Reason.LOST, self.now)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code, phone)

    def test_another_enrolment_of_the_same_person_has_other_credentials(self):
        one, two = enrolled(self.cast.lan, self.cast.minh), enrolled(self.cast.lan, self.cast.minh)
        self.assertEqual(len({one.push, two.push, one.pull, two.pull}), 4)


class ASharedPhone(PhoneCase):
    def setUp(self):
        super().setUp()
        self.phone = enrolled(self.cast.lan, self.cast.minh, self.now)

    def share(self, person, by, **more):
        code = devices.make_code(person, by, self.now)
        return self.enrol(code, self.phone.id, push_token=self.phone.push, **more)

    def test_a_second_person_keeps_the_credentials(self):
        done = self.share(self.cast.minh, self.cast.minh)
        self.assertEqual((done.push_token, done.pull_token), (None, None))
        device = devices.device_of_push(self.phone.push)
        self.assertTrue(devices.device_of_pull(self.phone.pull, self.now))
        self.assertEqual(set(devices.workers_of(device)), {self.cast.lan.pk, self.cast.minh.pk})

    def test_the_code_of_the_second_person_gives_nobody_the_credentials(self):
        code = devices.make_code(self.cast.minh, self.cast.minh, self.now)
        self.enrol(code, self.phone.id, push_token=self.phone.push)
        with self.assertRaises(devices.CodeRefused):
            self.enrol(code, self.phone.id)

    def test_a_lost_answer_changes_nothing(self):
        code = devices.make_code(self.cast.minh, self.cast.minh, self.now)
        for _ in range(2):
            self.enrol(code, self.phone.id, push_token=self.phone.push)
        self.assertEqual(DeviceActor.objects.filter(device=self.phone.id).count(), 2)

    def test_a_person_of_another_ward_needs_another_phone(self):
        officer = make_person("khac", "Đinh Thị Khác")
        roles.grant(officer, RoleGrant.Role.OFFICER, self.cast.other_ward)
        with self.assertRaises(devices.OtherWard):
            self.share(self.cast.binh, officer)

    def test_a_revoked_phone_is_told_so(self):
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.GIVEN_BACK, self.now)
        with self.assertRaises(devices.PhoneRevoked):
            self.share(self.cast.minh, self.cast.minh)

    def test_closing_one_account_leaves_the_phone_to_the_other(self):
        self.share(self.cast.minh, self.cast.minh)
        accounts.close(self.cast.lan)
        device = devices.device_of_pull(self.phone.pull, self.now)
        self.assertEqual(devices.workers_of(device), {self.cast.minh.pk: False})
        accounts.close(self.cast.minh)
        self.assertIsNone(devices.device_of_pull(self.phone.pull, self.now))


class GuessingCodes(PhoneCase):
    def guess(self, times, address="203.0.113.7", at=None):
        for _ in range(times):
            with self.assertRaises(devices.CodeRefused):
                self.enrol("bbbb-bbbb", address=address, now=at)

    def test_one_address_waits_after_thirty_wrong_ones_and_others_do_not(self):
        self.guess(30)
        code = self.code()
        with self.assertRaises(failed_enrolments.TooManyFailures) as caught:
            self.enrol(code, address="203.0.113.7", now=self.now + MINUTE)
        self.assertEqual(caught.exception.seconds, 240)
        self.enrol(code, address="203.0.113.8")

    def test_it_may_try_again_after_five_minutes(self):
        self.guess(30)
        self.enrol(self.code(), address="203.0.113.7", now=self.now + 5 * MINUTE)

    def test_right_codes_count_for_nothing(self):
        self.guess(29)
        for _ in range(5):
            self.enrol(self.code(), address="203.0.113.7")
        self.guess(1)
        self.assertEqual(FailedEnrolment.objects.count(), 30)

    def test_all_addresses_of_one_line_count_as_one(self):
        for number in range(30):
            self.guess(1, address=f"2001:db8:1:2::{number:x}")
        with self.assertRaises(failed_enrolments.TooManyFailures):
            self.enrol(self.code(), address="2001:db8:1:2:ffff::1")
        self.enrol(self.code(), address="2001:db8:1:3::1")

    def test_all_addresses_together_have_a_limit_too(self):
        FailedEnrolment.objects.bulk_create(
            FailedEnrolment(at=self.now, address_hash=str(number)) for number in range(1000)
        )
        with self.assertRaises(failed_enrolments.TooManyFailures):
            self.enrol(self.code(), address="203.0.113.9")

    def test_no_address_is_stored_and_nothing_longer_than_needed(self):
        self.guess(1, at=self.now - 2 * timedelta(hours=1))
        self.guess(1)
        (row,) = FailedEnrolment.objects.values()
        self.assertNotIn("203.0.113.7", str(row))
        self.code(now=self.now + timedelta(hours=2))
        self.assertFalse(FailedEnrolment.objects.exists())

    def test_asking_costs_the_same_however_many_failed(self):
        self.guess(2)
        with self.assertNumQueries(2):
            failed_enrolments.refuse_after_too_many("203.0.113.7", self.now)
        self.guess(20)
        with self.assertNumQueries(2):
            failed_enrolments.refuse_after_too_many("203.0.113.7", self.now)
