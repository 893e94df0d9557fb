"""The visit form, as a volunteer at the door and as an officer with a pile of paper."""

from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Skill
from outreach import payloads
from outreach.ledger import uuid7
from outreach.models import (
    Assessment,
    Consent,
    FollowUp,
    LedgerEvent,
    Resident,
    ResidentSkill,
    Visit,
)
from outreach.verify import differences
from tests.builders import (
    give_consent,
    make_household,
    make_visit,
    void_visit,
    withdraw_consent,
)
from tests.people import make_cast, make_person
from volunteers import roles
from volunteers.models import RoleGrant


class VisitTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        cls.yen = Resident.objects.get(name="Đặng Thị Bích Yến")
        cls.oanh = Resident.objects.get(name="Trần Mai Oanh")
        cls.address = f"/phieu/ho/{cls.home.pk}/"

    def setUp(self):
        self.client.force_login(self.cast.lan)

    def filled_in(self, **changes):
        moment = timezone.localtime() - timedelta(minutes=5)
        return {
            "key": str(uuid7()),
            "outcome": "absent",
            "visited_on": f"{moment:%Y-%m-%d}",
            "visited_time": f"{moment:%H:%M}",
            "visitor": self.cast.lan.pk,
            "note": "",
            "follow_up": "",
            "follow_up_on": "",
            "paper_number": "",
        } | changes

    def met(self, **changes):
        return self.filled_in(**{"outcome": "met"} | changes)

    def level(self, resident, skill):
        return f"level_{resident.pk.hex}_{skill}"

    def consent(self, resident):
        return f"consent_{resident.pk.hex}"

    def send(self, data):
        return self.client.post(self.address, data)

    def assert_refused(self, data, words):
        answer = self.send(data)
        self.assertContains(answer, words, status_code=422)
        self.assertFalse(Visit.objects.exists())
        self.assertFalse(LedgerEvent.objects.filter(type="visit.recorded").exists())
        return answer


class RecordingAVisit(VisitTestCase):
    def test_nobody_home_needs_only_the_outcome(self):
        form = self.client.get(self.address).context["form"]
        data = {
            "key": form["key"].value(),
            "outcome": "absent",
            "visited_on": f"{form['visited_on'].value():%Y-%m-%d}",
            "visited_time": f"{form['visited_time'].value():%H:%M}",
            "visitor": form["visitor"].value(),
        }
        answer = self.client.post(self.address, data, follow=True)
        self.assertContains(answer, "Lượt đến đã được lưu")
        self.assertEqual(Visit.objects.get().outcome, "absent")

    def test_two_members_are_assessed_with_their_consent(self):
        data = self.met(
            **{
                self.consent(self.yen): "said",
                self.consent(self.oanh): "paper",
                "paper_number": "KP1-007",
                self.level(self.yen, "pay_qr"): "1",
                self.level(self.oanh, "smartphone"): "1",
                "companions": [self.cast.minh.pk],
                "follow_up": "teach",
                "follow_up_on": f"{timezone.localdate() + timedelta(days=7):%Y-%m-%d}",
                "note": "CCCD 079123456789",
            }
        )
        self.send(data)
        visit = Visit.objects.get()
        self.assertEqual(str(visit.pk), data["key"])
        self.assertEqual(visit.visitor, self.cast.lan)
        self.assertEqual(list(visit.companions.all()), [self.cast.minh])
        self.assertEqual(set(visit.met.all()), {self.yen, self.oanh})
        self.assertEqual(
            set(Assessment.objects.values_list("resident", "skill", "level")),
            {(self.yen.pk, "pay_qr", 1), (self.oanh.pk, "smartphone", 1)},
        )
        self.assertEqual(
            set(Consent.objects.values_list("resident", "method", "paper_number")),
            {(self.yen.pk, "said", ""), (self.oanh.pk, "paper", "KP1-007")},
        )
        self.assertEqual(FollowUp.objects.get().visit, visit)
        self.assertNotIn("079123456789", visit.note)
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_the_next_visit_shows_the_level_before(self):
        give_consent(self.yen, self.cast.lan)
        make_visit(self.home, self.cast.lan, levels={(self.yen, "pay_qr"): 1})
        self.assertContains(self.client.get(self.address), "Làm được khi có hỗ trợ</span>")

    def test_a_refusal_is_a_visit(self):
        self.send(self.met(**{self.consent(self.yen): "refused"}))
        visit = Visit.objects.get()
        self.assertEqual(list(visit.refused_consent.all()), [self.yen])
        self.assertFalse(Consent.objects.exists())
        self.assertContains(self.client.get(self.address), "Lần trước đã nói không")

    def test_promises_are_kept_on_the_next_visit(self):
        day = f"{timezone.localdate():%Y-%m-%d}"
        self.send(self.met(follow_up="phone", follow_up_on=day))
        promise = FollowUp.objects.get()
        self.assertContains(self.client.get("/phieu/"), promise.get_what_display())
        self.send(self.met(follow_ups_done=[str(promise.pk)]))
        promise.refresh_from_db()
        self.assertEqual(promise.done_by, self.cast.lan)

    def test_the_form_sent_twice_is_one_visit(self):
        data = self.met(**{self.consent(self.yen): "said", self.level(self.yen, "pay_qr"): "2"})
        self.send(data)
        events = LedgerEvent.objects.count()
        again = self.client.post(self.address, data, follow=True)
        self.assertContains(again, "đã được lưu từ trước")
        self.assertEqual(LedgerEvent.objects.count(), events)
        self.assertEqual((Visit.objects.count(), Consent.objects.count()), (1, 1))

    def test_an_officer_types_in_a_paper_form_for_a_volunteer(self):
        self.client.force_login(self.cast.hoa)
        page = self.client.get(self.address)
        self.assertIsNone(page.context["form"]["visitor"].value())
        self.send(self.met(visitor=self.cast.minh.pk))
        visit = Visit.objects.get()
        self.assertEqual(visit.visitor, self.cast.minh)
        self.assertEqual(LedgerEvent.objects.get(uuid=visit.pk).actor, self.cast.hoa)

    def test_children_are_not_asked_what_only_adults_have(self):
        home = make_household(
            self.cast.kp1, "Bé Na", birth_year=timezone.localdate().year - 8, address="3 A"
        )
        form = self.client.get(f"/phieu/ho/{home.pk}/").context["form"]
        self.assertNotIn(self.level(home.head, "payment_account"), form.fields)


class AFormFilledInWrongly(VisitTestCase):
    def test_levels_without_consent_are_not_dropped_in_silence(self):
        answer = self.assert_refused(
            self.met(**{self.level(self.yen, "pay_qr"): "2"}), "chưa có sự đồng ý"
        )
        self.assertContains(answer, '<option value="2" selected>', status_code=422)

    def test_levels_with_a_refusal_are_refused(self):
        self.assert_refused(
            self.met(**{self.consent(self.yen): "refused", self.level(self.yen, "pay_qr"): "2"}),
            "chưa có sự đồng ý",
        )

    def test_nobody_home_cannot_have_met_anybody(self):
        self.assert_refused(self.filled_in(met=[str(self.yen.pk)]), "đã gặp được người")

    def test_a_signed_paper_needs_its_number(self):
        self.assert_refused(self.met(**{self.consent(self.yen): "paper"}), "số ghi trên phiếu")

    def test_a_visit_is_not_in_the_future_nor_long_ago(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.assert_refused(self.met(visited_on=f"{tomorrow:%Y-%m-%d}"), "chưa tới")
        self.assert_refused(self.met(visited_on="2016-11-01"), "hơn một năm")

    def test_a_promise_needs_its_day_and_not_before_the_visit(self):
        self.assert_refused(self.met(follow_up="teach"), "cần đủ hai điều")
        past = timezone.localdate() - timedelta(days=3)
        self.assert_refused(
            self.met(follow_up="teach", follow_up_on=f"{past:%Y-%m-%d}"), "trước ngày đến"
        )

    def test_rubbish_is_refused_field_by_field(self):
        for name, value in {
            "key": "x",
            "outcome": "party",
            "visited_on": "32/13/2026",
            "visited_time": "noon",
            "visitor": "999999",
            "companions": ["abc", "9" * 30],
            "met": [str(uuid4())],
            "lessons": ["999"],
            "follow_ups_done": [str(uuid4())],
            "note": "x" * 3000,
            self.level(self.yen, "pay_qr"): "7",
            self.consent(self.yen): "maybe",
        }.items():
            with self.subTest(name):
                answer = self.send(self.met(**{name: value}))
                self.assertEqual(answer.status_code, 422)
                self.assertIn(name, answer.context["form"].errors)
        self.assertFalse(Visit.objects.exists())

    def test_a_citizen_id_number_is_no_number_of_a_paper(self):
        for number in ("079185001199", "079 185 001 199", "025561199"):
            with self.subTest(number):
                self.assert_refused(
                    self.met(**{self.consent(self.yen): "paper", "paper_number": number}),
                    "số căn cước",
                )

    def test_levels_seen_before_the_consent_are_not_dropped_in_silence(self):
        give_consent(self.yen, self.cast.lan, at=timezone.now() - timedelta(days=2))
        day = f"{timezone.localdate() - timedelta(days=3):%Y-%m-%d}"
        data = self.met(**{self.level(self.yen, "pay_qr"): "2", "visited_on": day})
        self.assert_refused(data, "chỉ đồng ý lúc")

    def test_an_older_form_does_not_bring_back_a_consent_taken_back_since(self):
        withdraw_consent(self.yen, self.cast.lan)
        give_consent(self.yen, self.cast.lan, at=timezone.now() - timedelta(days=9))
        withdraw_consent(self.yen, self.cast.lan)
        day = f"{timezone.localdate() - timedelta(days=3):%Y-%m-%d}"
        data = self.met(**{self.consent(self.yen): "said", "visited_on": day})
        self.assert_refused(data, "đã rút lại sự đồng ý")
        self.assert_refused(data | {self.level(self.yen, "pay_qr"): "2"}, "đã rút lại sự đồng ý")

    def test_people_of_other_wards_cannot_be_named(self):
        stranger = make_household(self.cast.other_kp, "Hoàng Thị Xa", address="1 B").head
        for data in (
            {"visitor": self.cast.binh.pk},
            {"companions": [self.cast.binh.pk]},
            {"met": [str(stranger.pk)]},
        ):
            with self.subTest(data):
                self.assertEqual(self.send(self.met(**data)).status_code, 422)


class TakingAVisitBack(VisitTestCase):
    def setUp(self):
        super().setUp()
        self.visit = make_visit(self.home, self.cast.lan)
        self.page = f"/phieu/luot/{self.visit.pk}/"

    def test_needs_a_reason_and_stays_readable(self):
        self.assertContains(self.client.get(self.page), "huy/")
        self.client.post(f"{self.page}huy/", {"reason": " "})
        self.assertEqual(Visit.objects.counted().count(), 1)
        self.client.post(f"{self.page}huy/", {"reason": "Nhầm nhà"})
        self.assertEqual(Visit.objects.counted().count(), 0)
        self.assertContains(self.client.get(self.page), "Nhầm nhà")

    def test_takes_the_consents_given_and_the_promises_kept_at_it_along(self):
        promise = payloads.Promise(id=uuid4(), what="teach", due_on="2026-12-01")
        make_visit(self.home, self.cast.lan, follow_up=promise)
        data = self.met(**{self.consent(self.yen): "said", self.level(self.yen, "pay_qr"): "1"})
        self.send(data | {"follow_ups_done": [str(promise.id)]})
        self.assertTrue(self.yen.consents.in_force().exists())
        self.assertFalse(self.home.follow_ups.open().exists())
        void_visit(Visit.objects.get(pk=data["key"]), self.cast.lan)
        self.assertFalse(self.yen.consents.exists())
        self.assertTrue(self.home.follow_ups.open().exists())
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_is_for_the_visitor_the_leader_and_the_officer(self):
        mate = roles.join(make_person("tam", "Ngô Thị Tâm"), self.cast.team).user
        for user, status in ((mate, 404), (self.cast.minh, 200), (self.cast.hoa, 200)):
            self.client.force_login(user)
            self.assertEqual(self.client.get(f"{self.page}huy/").status_code, status, user)

    def test_is_not_for_a_team_mate_who_is_an_officer_of_another_ward(self):
        mate = roles.join(make_person("tam", "Ngô Thị Tâm"), self.cast.team).user
        roles.grant(mate, RoleGrant.Role.OFFICER, self.cast.other_ward)
        self.client.force_login(mate)
        self.assertEqual(self.client.get(self.page).status_code, 200)
        self.assertEqual(self.client.get(f"{self.page}huy/").status_code, 404)


class WithdrawingConsent(VisitTestCase):
    def test_can_be_followed_by_a_new_consent_in_the_same_minute(self):
        give_consent(self.yen, self.cast.lan)
        now = timezone.now()
        withdraw_consent(self.yen, self.cast.lan, at=now)
        moment = timezone.localtime(now)
        self.send(
            self.met(
                **{
                    self.consent(self.yen): "said",
                    self.level(self.yen, "pay_qr"): "2",
                    "visited_on": f"{moment:%Y-%m-%d}",
                    "visited_time": f"{moment:%H:%M}",
                }
            )
        )
        self.assertEqual(ResidentSkill.objects.get().level, 2)

    def test_deletes_the_levels_and_asks_anew(self):
        give_consent(self.yen, self.cast.lan)
        make_visit(self.home, self.cast.lan, levels={(self.yen, "pay_qr"): 1})
        page = f"/phieu/nguoi/{self.yen.pk}/rut-dong-y/"
        self.assertContains(self.client.get(self.address), page)
        self.assertContains(self.client.get(page), self.yen.name)
        self.assertTrue(ResidentSkill.objects.exists(), "asking changes nothing")
        self.client.post(page)
        self.assertFalse(ResidentSkill.objects.exists())
        self.assertIn(self.consent(self.yen), self.client.get(self.address).context["form"].fields)


class AnOutsider(VisitTestCase):
    def test_gets_the_same_answer_as_for_what_does_not_exist(self):
        visit = make_visit(self.home, self.cast.lan)
        self.client.force_login(self.cast.binh)
        for template, key in (
            ("/phieu/ho/{}/", self.home.pk),
            ("/phieu/luot/{}/", visit.pk),
            ("/phieu/luot/{}/huy/", visit.pk),
            ("/phieu/nguoi/{}/rut-dong-y/", self.yen.pk),
        ):
            foreign, absent = template.format(key), template.format(uuid4())
            methods = [self.client.get]
            if "luot" not in template or "huy" in template:
                methods.append(self.client.post)
            for method in methods:
                with self.subTest(template, method=method.__name__):
                    answers = [method(foreign), method(absent)]
                    self.assertEqual([answer.status_code for answer in answers], [404, 404])
                    self.assertEqual(answers[0].content, answers[1].content)
        self.assertEqual(Visit.objects.counted().count(), 1)

    def test_cannot_reach_a_visit_by_reusing_its_key(self):
        visit = make_visit(self.home, self.cast.lan)
        home = make_household(self.cast.other_kp, "Hoàng Thị Gần", address="1 B")
        self.client.force_login(self.cast.binh)
        answer = self.client.post(
            f"/phieu/ho/{home.pk}/",
            self.filled_in(key=str(visit.pk), visitor=self.cast.binh.pk),
            follow=True,
        )
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(home.visits.exists())


class TheFamilyPage(VisitTestCase):
    def test_asks_about_a_skill_from_the_year_in_which_its_minimum_age_is_reached(self):
        skill = Skill.objects.get(pk="pay_qr")
        born = timezone.localdate().year - skill.minimum_age
        for birth_year, asked in ((born, True), (born + 1, False), (None, True)):
            with self.subTest(birth_year):
                Resident.objects.filter(pk=self.yen.pk).update(birth_year=birth_year)
                fields = self.client.get(self.address).context["form"].fields
                self.assertEqual(self.level(self.yen, "pay_qr") in fields, asked)

    def test_costs_the_same_for_a_large_family_with_a_long_history(self):
        def cost(home):
            with CaptureQueriesContext(connection) as queries:
                self.client.get(f"/phieu/ho/{home.pk}/")
            return len(queries)

        small = make_household(self.cast.kp1, "Một", address="1 C")
        large = make_household(
            self.cast.kp1, "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", address="2 C"
        )
        for number, resident in enumerate(large.residents.all()):
            give_consent(resident, self.cast.lan)
            make_visit(
                large,
                self.cast.lan,
                at=timezone.now() - timedelta(days=number),
                levels={(resident, "pay_qr"): 1, (resident, "smartphone"): 1},
            )
        make_visit(small, self.cast.lan)
        give_consent(small.head, self.cast.lan)
        make_visit(small, self.cast.lan, levels={(small.head, "pay_qr"): 1})
        self.assertEqual(cost(small), cost(large))
