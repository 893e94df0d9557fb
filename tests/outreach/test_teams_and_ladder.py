"""Teams side by side and the ladder before and after: what each number is, and their page."""

from datetime import date

from outreach.coverage.ladder import ladder
from outreach.coverage.teams import teams
from outreach.ledger import event_of, record
from outreach.payloads import SessionHeld
from outreach.periods import Period
from tests.builders import give_consent, make_household, withdraw_consent
from tests.outreach.test_coverage import NOVEMBER, CoverageTestCase, moment
from tests.outreach.test_coverage_page import DeskTestCase
from volunteers.models import Membership, Team


class ATeam(CoverageTestCase):
    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))

    def team(self, team=None):
        found = teams(self.cast.ward, NOVEMBER).teams
        return next(row for row in found if row.team == (team or self.cast.team))

    def other_team(self, *areas, name="Tổ hẻm 5"):
        other = Team.objects.create(ward=self.cast.ward, name=name)
        other.areas.set(areas)
        return other

    def assert_homes(self, team, homes: int, reached: int):
        row = self.team(team)
        self.assertEqual((row.homes, row.reached), (homes, reached))

    def test_has_the_homes_of_its_areas_once(self):
        self.visit("2026-11-03", self.far_home)
        lane = self.cast.kp2.add_child("Hẻm 5")
        make_household(lane, address="5/1 Lý Chính Thắng")
        self.assert_homes(self.other_team(lane), 1, 0)
        self.assert_homes(self.other_team(lane, self.cast.kp2, name="Tổ 2"), 2, 1)
        self.assert_homes(self.other_team(self.cast.ward, lane, name="Tổ 3"), 4, 1)
        self.assert_homes(self.other_team(name="Tổ 4"), 0, 0)

    def test_learns_of_a_home_in_its_lane_that_was_visited_since(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        home = make_household(lane, address="5/1 Lý Chính Thắng")
        other = self.other_team(lane)
        self.assert_homes(other, 1, 0)
        self.visit("2026-11-03", home)
        self.assert_homes(other, 1, 1)

    def test_does_what_its_members_of_that_day_do_anywhere_in_the_ward(self):
        self.visit("2026-11-03", self.far_home)
        self.visit("2026-11-04", self.far_home)
        Membership.objects.filter(user=self.cast.lan).update(left_on=date(2026, 11, 3))
        self.assertEqual(self.team().visits, 1)
        found = teams(self.cast.ward, NOVEMBER)
        self.assertEqual((found.none.visits, found.ward.visits), (1, 2))

    def test_works_a_day_once_for_each_person(self):
        minh = self.cast.minh.pk
        self.visit("2026-11-03 09:00", companions=[minh])
        self.visit("2026-11-03 15:00", companions=[minh])
        self.visit("2026-11-04")
        row = self.team()
        self.assertEqual((row.visits, row.person_days, row.members_at_work), (3, 3, 2))

    def test_counts_once_who_has_a_new_role_since_that_day(self):
        Membership.objects.filter(user=self.cast.lan).update(left_on=date(2026, 11, 3))
        self.cast.team.memberships.create(
            user=self.cast.lan, joined_on=date(2026, 11, 3), role=Membership.Role.DEPUTY
        )
        self.visit("2026-11-03")
        row = self.team()
        self.assertEqual((row.visits, row.person_days), (1, 1))

    def test_holds_a_class_once_however_many_lead_it(self):
        for leaders in ([self.cast.lan, self.cast.minh], [self.cast.hoa], []):
            said = SessionHeld(
                area=self.cast.ward.pk,
                place="Nhà văn hóa",
                held_at=moment("2026-11-05 19:00"),
                leaders=[leader.pk for leader in leaders],
                head_count=12,
            )
            actor = self.cast.minh
            record(event_of("session.held", said, ward=self.cast.ward, household=None, actor=actor))
        found = teams(self.cast.ward, NOVEMBER)
        self.assertEqual(self.team().sessions, 1)
        self.assertEqual((found.none.sessions, found.ward.sessions), (2, 3))


class TheLadder(CoverageTestCase):
    def steps(self, skill: str, period=NOVEMBER, area=None):
        one = next(one for one in ladder(area or self.cast.ward, period) if one.skill.pk == skill)
        return one.before, one.after

    def assess(self, day: str, level: int, skill="pay_qr"):
        return self.visit(day, outcome="met", levels={(self.yen, skill): level})

    def setUp(self):
        give_consent(self.yen, self.cast.lan, moment("2026-09-01 08:00"))

    def test_begins_with_the_newest_level_before_the_period(self):
        self.assess("2026-10-01", 0)
        self.assess("2026-10-20", 1)
        self.assess("2026-11-03", 0)
        self.assess("2026-11-20", 2)
        self.assertEqual(self.steps("pay_qr"), ((0, 1, 0, 0), (0, 0, 1, 0)))

    def test_begins_with_the_first_level_seen_in_it_where_there_is_none_before(self):
        self.assess("2026-11-03", 1)
        self.assess("2026-11-20", 3)
        for period in (NOVEMBER, Period(None, NOVEMBER.last)):
            self.assertEqual(self.steps("pay_qr", period), ((0, 1, 0, 0), (0, 0, 0, 1)))

    def test_stays_where_nobody_assessed_in_the_period(self):
        self.assess("2026-10-03", 1, "smartphone")
        self.assess("2026-11-03", 1)
        self.assertEqual(self.steps("smartphone"), ((0, 1), (0, 1)))

    def test_does_not_know_what_was_seen_later(self):
        self.assess("2026-11-03", 1)
        self.assess("2026-12-03", 3)
        self.assertEqual(self.steps("pay_qr"), ((0, 1, 0, 0), (0, 1, 0, 0)))

    def test_knows_nothing_of_who_withdrew(self):
        self.assess("2026-11-03", 1)
        self.assertEqual(sum(self.steps("pay_qr")[1]), 1)
        withdraw_consent(self.yen, self.cast.lan)
        self.assertEqual(self.steps("pay_qr"), ((0, 0, 0, 0), (0, 0, 0, 0)))

    def test_leaves_out_who_is_too_young_for_the_skill(self):
        child = make_household(self.cast.kp2, "Bé Na", address="9 Lê Lai", birth_year=2020)
        person = child.residents.get()
        give_consent(person, self.cast.lan, moment("2026-09-01 08:00"))
        self.visit("2026-11-03", child, levels={(person, "eid_activated"): 1})
        self.assertEqual(self.steps("eid_activated"), ((0, 0), (0, 0)))

    def test_is_that_of_where_people_stand(self):
        self.assess("2026-11-03", 1)
        lane = self.cast.kp2.add_child("Hẻm 5")
        self.assertEqual(sum(self.steps("pay_qr", area=self.cast.kp1)[1]), 1)
        self.assertEqual(sum(self.steps("pay_qr", area=self.cast.kp2)[1]), 0)
        make_household(lane, address=self.home.address, as_of=date(2026, 11, 9), key=self.home.pk)
        self.assertEqual(sum(self.steps("pay_qr", area=self.cast.kp1)[1]), 0)
        self.assertEqual(sum(self.steps("pay_qr", area=self.cast.kp2)[1]), 1)
        self.assertEqual(sum(self.steps("pay_qr", area=lane)[1]), 1)

    def test_of_a_province_is_not_counted(self):
        self.assess("2026-11-03", 1)
        self.assertEqual(self.steps("pay_qr", area=self.cast.city), ((0,) * 4, (0,) * 4))


class TheirPage(DeskTestCase):
    def test_shows_the_teams_of_a_ward_with_bars(self):
        self.visit("2026-11-03")
        page = self.page(self.cast.hoa)
        self.assertContains(page, "Tổ công nghệ số khu phố 1")
        self.assertContains(page, "Không thuộc tổ nào")
        self.assertContains(page, '<rect width="100" height="6"/>')
        self.assertNotContains(self.page(self.cast.hoa, "27139.1"), "Tổ công nghệ số khu phố 1")

    def test_shows_the_ladder_as_a_chart_and_as_a_table(self):
        give_consent(self.yen, self.cast.lan, moment("2026-09-01 08:00"))
        self.visit("2026-11-03", outcome="met", levels={(self.yen, "pay_qr"): 2})
        for code in ("27139", "27139.1"):
            page = self.page(self.cast.hoa, code)
            self.assertContains(page, "Các bậc kỹ năng đầu kỳ và cuối kỳ")
            self.assertContains(page, 'class="coverage__step coverage__step--3"')
            self.assertContains(page, "Đầu kỳ")
        self.assertNotContains(self.page(self.cast.hoa, "27139.2"), "Các bậc kỹ năng đầu kỳ")

    def test_shows_neither_for_a_city(self):
        page = self.page(self.cast.city_viewer, "79")
        self.assertNotContains(page, "Các tổ")
        self.assertNotContains(page, "Các bậc kỹ năng")
