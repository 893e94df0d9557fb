"""Phones: who may enrol one, what its credentials open, and when that ends."""

from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.people import make_cast, make_person
from tests.volunteers.phones import add_person, enrolled
from volunteers import accounts, devices, failed_enrolments, roles
from volunteers.models import (
    Device,
    DeviceActor,
    EnrolmentCode,
    FailedEnrolment,
    Membership,
    RoleGrant,
    Team,
)
from volunteers.one_time_passwords import LETTERS

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class PhoneCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.now = timezone.now()

    def enrol(self, code, device=None, now=None, **more):
        device = device or uuid4()
        now = now or self.now
        return devices.enrol(code, device, "Samsung A05", "ngo-so-field 1.0", now, **more)

    def code(self, person=None, by=None, now=None) -> str:
        return devices.make_code(person or self.cast.lan, by or self.cast.minh, now or self.now)


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
        self.assertEqual(devices.scope_people(device), [self.cast.lan])

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
        self.assertCountEqual(devices.scope_people(device), [self.cast.lan, self.cast.minh])

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
        self.assertEqual(devices.scope_people(device), [self.cast.minh])
        accounts.close(self.cast.minh)
        self.assertIsNone(devices.device_of_pull(self.phone.pull, self.now))


class WhatCredentialsOpen(PhoneCase):
    def setUp(self):
        super().setUp()
        self.phone = enrolled(self.cast.lan, self.cast.minh, self.now)

    def pulls(self, now=None) -> bool:
        return devices.device_of_pull(self.phone.pull, now or self.now) is not None

    def test_push_survives_everything(self):
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.LEFT, self.now)
        accounts.close(self.cast.lan)
        roles.leave(Membership.objects.get(user=self.cast.lan))
        Device.objects.update(pull_until=self.now - 400 * DAY)
        device = devices.device_of_push(self.phone.push)
        self.assertEqual(device.pk, self.phone.id)
        self.assertEqual(device.revoked_at, self.now)

    def test_pull_ends_at_once_when_the_account_closes_and_comes_back_with_it(self):
        accounts.close(self.cast.lan)
        self.assertFalse(self.pulls())
        accounts.reopen(self.cast.lan)
        self.assertTrue(self.pulls())

    def test_pull_ends_when_the_person_has_no_place_to_work_in_the_ward(self):
        other = Team.objects.create(ward=self.cast.other_ward, name="Tổ 2")
        roles.join(self.cast.lan, other)
        self.assertTrue(self.pulls())
        roles.leave(Membership.objects.get(user=self.cast.lan, team=self.cast.team))
        self.assertFalse(self.pulls())
        self.assertEqual(devices.scope_people(self.phone.device), [])
        roles.grant(self.cast.lan, RoleGrant.Role.OFFICER, self.cast.ward)
        self.assertTrue(self.pulls())

    def test_pull_ends_with_revocation(self):
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.LOST, self.now)
        self.assertFalse(self.pulls())

    def test_pull_ends_with_the_lease(self):
        self.assertTrue(self.pulls(self.now + 30 * DAY - MINUTE))
        self.assertFalse(self.pulls(self.now + 30 * DAY))

    def test_unknown_and_odd_tokens_open_nothing(self):
        for token in ("", "push-", "x" * 10_000, "\0", "\ud800", self.phone.push[:-1]):
            with self.subTest(token[:20]):
                self.assertIsNone(devices.device_of_push(token))
                self.assertIsNone(devices.device_of_pull(token, self.now))

    def test_looking_up_costs_the_same_whatever_the_token(self):
        add_person(self.phone, self.cast.minh, self.cast.minh)
        for token in (self.phone.pull, "x"):
            with self.assertNumQueries(1):
                devices.device_of_pull(token, self.now)
        with self.assertNumQueries(2):
            device = devices.device_of_push(self.phone.push)
        with self.assertNumQueries(0):
            self.assertTrue(devices.may_act(device, self.cast.lan.pk, self.now))
            self.assertEqual(device.ward.pk, "27139")
        with self.assertNumQueries(1):
            self.assertEqual(len(devices.scope_people(device)), 2)


class TheLease(PhoneCase):
    def setUp(self):
        super().setUp()
        self.phone = enrolled(self.cast.lan, self.cast.minh, self.now)

    def hear(self, at):
        device = self.phone.device
        devices.renew_lease(device, at)
        stored = self.phone.device
        self.assertEqual(
            (device.last_seen_at, device.pull_until), (stored.last_seen_at, stored.pull_until)
        )
        return stored

    def test_contact_prolongs_it_to_thirty_days_from_then(self):
        device = self.hear(self.now + 20 * DAY)
        self.assertEqual(device.last_seen_at, self.now + 20 * DAY)
        self.assertEqual(device.pull_until, self.now + 50 * DAY)

    def test_contact_again_within_ten_minutes_writes_nothing(self):
        device = self.hear(self.now)
        with self.assertNumQueries(0):
            devices.renew_lease(device, self.now + 9 * MINUTE)
        with self.assertNumQueries(2):
            devices.renew_lease(device, self.now + 10 * MINUTE)

    def test_once_it_ended_contact_does_not_bring_it_back_but_a_new_code_does(self):
        late = self.now + 31 * DAY
        device = self.hear(late)
        self.assertEqual(device.last_seen_at, late)
        self.assertIsNone(devices.device_of_pull(self.phone.pull, late))
        add_person(self.phone, self.cast.lan, self.cast.minh, late)
        self.assertIsNotNone(devices.device_of_pull(self.phone.pull, late))
        self.assertEqual(DeviceActor.objects.count(), 1)

    def test_a_revoked_phone_and_a_closed_account_do_not_prolong_it(self):
        until = self.phone.device.pull_until
        accounts.close(self.cast.lan)
        self.assertEqual(self.hear(self.now + DAY).pull_until, until)
        accounts.reopen(self.cast.lan)
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.LOST, self.now)
        self.assertEqual(self.hear(self.now + 2 * DAY).pull_until, until)


class WhoMayAct(PhoneCase):
    def setUp(self):
        super().setUp()
        self.phone = enrolled(self.cast.lan, self.cast.minh, self.now)

    def may(self, person, at) -> bool:
        return devices.may_act(self.phone.device, person.pk, at)

    def test_from_enrolment_on_and_a_little_before_for_clocks(self):
        self.assertTrue(self.may(self.cast.lan, self.now + 400 * DAY))
        self.assertTrue(self.may(self.cast.lan, self.now - MINUTE))
        self.assertFalse(self.may(self.cast.lan, self.now - DAY))

    def test_not_people_of_other_phones(self):
        enrolled(self.cast.minh, self.cast.minh, self.now)
        self.assertFalse(self.may(self.cast.minh, self.now))
        self.assertFalse(self.may(self.cast.binh, self.now))

    def test_until_the_phone_is_revoked(self):
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.LOST, self.now + DAY)
        self.assertTrue(self.may(self.cast.lan, self.now + DAY - MINUTE))
        self.assertFalse(self.may(self.cast.lan, self.now + DAY))


class Revoking(PhoneCase):
    def test_the_first_revocation_stays(self):
        device = enrolled(self.cast.lan, self.cast.minh, self.now).device
        devices.revoke(device, self.cast.minh, Device.Reason.LOST, self.now)
        devices.revoke(device, self.cast.hoa, Device.Reason.LEFT, self.now + DAY)
        self.assertEqual(
            (device.revoked_at, device.revoked_by, device.revoke_reason),
            (self.now, self.cast.minh, "lost"),
        )
        (entry,) = ModelLogEntry.objects.filter(action="volunteers.phone_revoked")
        self.assertEqual((entry.label, entry.data), (f"#{device.pk}", {"reason": "lost"}))
        self.assertEqual(str(entry.message), "Đã thu hồi điện thoại: Bị mất hoặc bị lấy cắp")

    def test_the_database_refuses_a_reason_that_is_none(self):
        device = enrolled(self.cast.lan, self.cast.minh, self.now).device
        for fields in (
            {"revoked_at": self.now, "revoke_reason": "vui"},
            {"revoked_at": self.now, "revoke_reason": ""},
            {"revoked_at": None, "revoke_reason": "lost"},
        ):
            with self.subTest(fields), self.assertRaises(IntegrityError), transaction.atomic():
                Device.objects.filter(pk=device.pk).update(**fields)


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

    def test_all_addresses_together_have_a_limit_too(self):
        FailedEnrolment.objects.bulk_create(
            FailedEnrolment(at=self.now, address_hash=str(number)) for number in range(300)
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
