"""The phones on the screens of leaders and officers."""

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from tests.people import make_person
from tests.volunteers.desk import at, text_of
from tests.volunteers.phones import PhoneCase, add_person, enrolled
from volunteers import accounts, devices, roles
from volunteers.models import Device, EnrolmentCode, RoleGrant
from volunteers.qr import qr_svg

CODE = re.compile(r"\b[bcfghjkmnpqrstvxz]{4}-[bcfghjkmnpqrstvxz]{4}\b")


class TheList(PhoneCase):
    def row(self, label: str = "Samsung A05 của Lan") -> str:
        tree = html.fromstring(self.client.get(at("phones")).content)
        (row,) = [row for row in tree.xpath("//tbody/tr") if label in row.text_content()]
        return " ".join(row.text_content().split())

    def test_it_says_whose_a_phone_is_when_it_was_heard_of_and_until_when_it_may_work(self):
        phone = enrolled(self.cast.lan, self.cast.minh, self.now)
        add_person(phone, self.cast.minh, self.cast.minh, self.now)
        for person in (self.cast.minh, self.cast.hoa):
            self.client.force_login(person)
            row = self.row("Máy chung")
            for words in ("Nguyễn Thị Lan", "Trần Văn Minh", "chưa có", "đang dùng"):
                self.assertIn(words, row)
        devices.renew_lease(phone.device, self.now)
        row = self.row("Máy chung")
        for at_time in (self.now, self.now + timedelta(days=30)):
            self.assertIn(timezone.localtime(at_time).strftime("%d/%m/%Y"), row)

    def test_it_says_why_a_phone_learns_nothing_new(self):
        phone = enrolled(self.cast.lan, self.cast.minh, self.now)
        self.client.force_login(self.cast.hoa)
        Device.objects.update(pull_until=self.now)
        self.assertIn("30 ngày không liên lạc", self.row())
        accounts.close(self.cast.lan)
        self.assertIn("không còn ai dùng máy này", self.row())
        devices.revoke(phone.device, self.cast.hoa, Device.Reason.LEFT, self.now)
        self.assertIn("Người dùng đã rời tổ", self.row())
        self.assertNotContains(self.client.get(at("phones")), at("revoke_phone", phone.id))

    def test_a_leader_sees_the_phones_of_the_team_and_an_officer_those_of_the_ward(self):
        stranger = make_person("la", "Lê Thị Lạ")
        other_team = self.cast.ward.teams.create(name="Tổ công nghệ số khu phố 2")
        roles.join(stranger, other_team)
        officer = make_person("khac", "Đinh Thị Khác")
        roles.grant(officer, RoleGrant.Role.OFFICER, self.cast.other_ward)
        lans = enrolled(self.cast.lan, self.cast.minh)
        strangers = enrolled(stranger, self.cast.hoa)
        binhs = enrolled(self.cast.binh, officer)
        for person, phones in (
            (self.cast.minh, {lans.id}),
            (self.cast.hoa, {lans.id, strangers.id}),
            (officer, {binhs.id}),
        ):
            with self.subTest(person.username):
                self.client.force_login(person)
                page = self.client.get(at("phones")).context["page"]
                self.assertEqual({device.pk for device in page}, phones)

    def test_it_costs_the_same_however_long_it_is(self):
        self.client.force_login(self.cast.hoa)
        enrolled(self.cast.lan, self.cast.minh)
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("phones"))
        for _ in range(10):
            enrolled(self.cast.lan, self.cast.minh)
        with CaptureQueriesContext(connection) as many:
            self.client.get(at("phones"))
        self.assertEqual(len(few), len(many))

    def test_the_menu_leads_there_for_those_who_look_after_phones(self):
        for person, shown in (
            (self.cast.hoa, True),
            (self.cast.minh, True),
            (self.cast.admin, False),
        ):
            with self.subTest(person.username):
                self.client.force_login(person)
                page = self.client.get(at("teams"), follow=True)
                self.assertEqual(f'"{at("phones")}"' in page.content.decode(), shown)


class ACode(PhoneCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.cast.minh)

    def make(self, person=None):
        return self.client.post(at("give_phone_code", (person or self.cast.lan).pk))

    def test_it_is_shown_once_with_its_minutes_and_a_square_that_holds_nothing_else(self):
        page = self.make()
        (code,) = set(CODE.findall(text_of(page)))
        self.assertIn("trong 10 phút", text_of(page))
        square = qr_svg(f"http://localhost:8000/field/#ma={code}")
        self.assertContains(page, square)
        self.assertIn("no-store", page["Cache-Control"])
        self.assertEqual(self.enrol(code).person, self.cast.lan)

    def test_asking_for_it_makes_none(self):
        page = self.client.get(at("give_phone_code", self.cast.lan.pk))
        self.assertIn("mười phút", text_of(page))
        self.assertFalse(EnrolmentCode.objects.exists())

    def test_leaders_and_officers_get_one_for_themselves_too(self):
        for person in (self.cast.minh, self.cast.hoa):
            self.client.force_login(person)
            self.assertContains(self.client.get(at("phones")), at("give_phone_code", person.pk))
            self.assertEqual(self.make(person).status_code, 200)

    def test_the_team_and_the_person_lead_to_it(self):
        own, lans = (at("give_phone_code", who.pk) for who in (self.cast.minh, self.cast.lan))
        team = self.client.get(at("team", self.cast.team.pk))
        self.assertContains(team, lans)
        self.assertContains(team, own)
        self.assertContains(self.client.get(at("person", self.cast.lan.pk)), lans)
        self.client.force_login(self.cast.admin)
        self.assertNotContains(self.client.get(at("person", self.cast.lan.pk)), lans)


class Revoking(PhoneCase):
    def setUp(self):
        super().setUp()
        self.phone = enrolled(self.cast.lan, self.cast.minh)
        self.path = at("revoke_phone", self.phone.id)
        self.client.force_login(self.cast.hoa)

    def test_it_says_what_happens_and_asks_why(self):
        words = text_of(self.client.get(self.path))
        self.assertIn("chưa gửi vẫn gửi về được", words)
        for reason in Device.Reason:
            self.assertIn(str(reason.label), words)

    def test_it_ends_what_the_phone_may_do(self):
        answer = self.client.post(self.path, {"reason": "given_back"}, follow=True)
        self.assertIn("Đã thu hồi Samsung A05 của Lan", text_of(answer))
        device = self.phone.device
        self.assertEqual((device.revoked_by, device.revoke_reason), (self.cast.hoa, "given_back"))
        self.assertIsNone(devices.device_of_pull(self.phone.pull, timezone.now()))

    def test_it_needs_a_reason_that_is_one(self):
        for data in ({}, {"reason": ""}, {"reason": "vui"}, {"reason": "\0"}):
            with self.subTest(data):
                self.assertEqual(self.client.post(self.path, data).status_code, 200)
        self.assertIsNone(self.phone.device.revoked_at)

    def test_a_phone_that_is_revoked_stays_as_it_is(self):
        devices.revoke(self.phone.device, self.cast.minh, Device.Reason.LOST, self.now)
        for method in (self.client.get, self.client.post):
            answer = method(self.path, {"reason": "left"}, follow=True)
            self.assertContains(answer, "đã được thu hồi rồi")
        self.assertEqual(self.phone.device.revoke_reason, "lost")
