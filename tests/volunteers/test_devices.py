"""Phones: what their credentials open, and when that ends."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from tests.volunteers.phones import PhoneCase, add_person, enrolled
from volunteers import accounts, devices, roles
from volunteers.models import (
    Device,
    DeviceActor,
    Membership,
    RoleGrant,
    Team,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


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
        self.assertEqual(devices.workers_of(self.phone.device), {})
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
            self.assertEqual(len(devices.workers_of(device)), 2)


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

    def test_since_the_backup_when_a_restore_forgot_that_they_were_enrolled(self):
        backup, device = self.now - 9 * DAY, self.phone.device
        for restored_at, at, may in (
            (self.now - DAY, backup + MINUTE, True),
            (self.now - DAY, self.now - MINUTE, True),
            (self.now - DAY, backup - DAY, False),
            # This enrolment was not forgotten.
            (self.now + DAY, backup + MINUTE, False),
        ):
            with self.subTest(restored_at=restored_at, at=at):
                lost = [(backup, restored_at)]
                self.assertEqual(devices.may_act(device, self.cast.lan.pk, at, lost), may)
                self.assertFalse(devices.may_act(device, self.cast.minh.pk, at, lost))

    def test_since_the_first_of_two_restores_that_forgot_it(self):
        first = (self.now - 9 * DAY, self.now - 5 * DAY)
        second = (self.now - 3 * DAY, self.now - DAY)
        device, at = self.phone.device, self.now - 8 * DAY
        # Enrolled before the first, again between the two, and once more now.
        for lost, may in (([second], False), ([first], True), ([second, first], True)):
            with self.subTest(lost=lost):
                self.assertEqual(devices.may_act(device, self.cast.lan.pk, at, lost), may)

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

    def test_works_by_a_clock_that_is_behind_the_one_of_the_enrolment(self):
        phone = enrolled(self.cast.lan, self.cast.minh, self.now)
        devices.revoke(phone.device, self.cast.hoa, Device.Reason.LOST, self.now - MINUTE)
        (held,) = phone.device.actors.all()
        self.assertEqual(held.until, held.since)
        self.assertIsNone(devices.device_of_pull(phone.pull, self.now))

    def test_the_database_refuses_a_reason_that_is_none(self):
        device = enrolled(self.cast.lan, self.cast.minh, self.now).device
        for fields in (
            {"revoked_at": self.now, "revoke_reason": "vui"},
            {"revoked_at": self.now, "revoke_reason": ""},
            {"revoked_at": None, "revoke_reason": "lost"},
        ):
            with self.subTest(fields), self.assertRaises(IntegrityError), transaction.atomic():
                Device.objects.filter(pk=device.pk).update(**fields)
