"""The definitions of the coverage, one by one."""

from datetime import date, datetime

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Skill
from outreach import feed
from outreach.coverage import coverage
from outreach.models import Household, Resident, Tally
from outreach.periods import Period
from tests.builders import (
    close_household,
    give_consent,
    make_household,
    make_visit,
    void_visit,
    withdraw_consent,
)
from tests.people import make_cast


def moment(text: str) -> datetime:
    """A local time of the ward, like "2026-11-03 09:00"."""
    return timezone.make_aware(datetime.fromisoformat(text), timezone.get_default_timezone())


NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


class CoverageTestCase(TestCase):
    """Two homes in neighbourhood 1, one in neighbourhood 2, one in the other ward."""

    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        cls.next_door = make_household(cls.cast.kp1, "Lê Hữu Việt", address="283 Võ Thị Sáu")
        cls.far_home = make_household(cls.cast.kp2, "Phan Thị Hiếu", address="5 Lý Chính Thắng")
        cls.elsewhere = make_household(cls.cast.other_kp, "Hoàng Văn Tâm", address="1 Bàn Cờ")
        cls.yen = Resident.objects.get(name="Đặng Thị Bích Yến")
        cls.oanh = Resident.objects.get(name="Trần Mai Oanh")
        cls.viet = Resident.objects.get(name="Lê Hữu Việt")

    def visit(self, day: str, home: Household | None = None, outcome="absent", levels=None, **said):
        time = moment(day if " " in day else f"{day} 09:00")
        return make_visit(home or self.home, self.cast.lan, outcome, time, levels, **said)

    def assert_figure(self, code, numerator, denominator, area=None, period=NOVEMBER):
        figure = coverage(area or self.cast.ward, period).figure(code)
        self.assertEqual((figure.numerator, figure.denominator), (numerator, denominator))


class AHousehold(CoverageTestCase):
    def test_is_reached_by_a_visit_whatever_came_of_it(self):
        self.visit("2026-11-03", outcome="declined")
        self.assert_figure("households_reached", 1, 3)
        self.assert_figure("households_met", 0, 3)

    def test_is_met_when_one_of_its_visits_met_someone(self):
        self.visit("2026-11-03 09:00", outcome="met")
        self.visit("2026-11-03 18:00", outcome="absent")
        self.assert_figure("households_reached", 1, 3)
        self.assert_figure("households_met", 1, 3)

    def test_is_not_reached_by_a_voided_visit(self):
        void_visit(self.visit("2026-11-03", outcome="met"), self.cast.lan)
        self.assert_figure("households_reached", 0, 3)
        self.assert_figure("households_met", 0, 3)

    def test_is_reached_on_the_first_and_the_last_local_day_and_not_beyond(self):
        self.visit("2026-11-01 00:00")
        self.visit("2026-11-30 23:59", home=self.next_door)
        self.visit("2026-10-31 23:59", home=self.far_home)
        self.visit("2026-12-01 00:00", home=self.far_home)
        self.assert_figure("households_reached", 2, 3)

    def test_counts_where_it_stands_at_the_end_of_the_period(self):
        self.visit("2026-11-03")
        self.move(self.home, self.cast.kp2, date(2026, 11, 20))
        self.assert_figure("households_reached", 0, 1, self.cast.kp1)
        self.assert_figure("households_reached", 1, 2, self.cast.kp2)
        before = Period(date(2026, 11, 1), date(2026, 11, 19))
        self.assert_figure("households_reached", 1, 2, self.cast.kp1, before)

    def move(self, home: Household, area, day: date) -> None:
        make_household(area, address=home.address, as_of=day, key=home.pk)

    def test_counts_once_when_an_old_list_arrives_late(self):
        self.move(self.home, self.cast.kp2, date(2026, 11, 20))
        self.move(self.home, self.cast.kp1, date(2026, 11, 10))
        between = Period(None, date(2026, 11, 15))
        self.assert_figure("households_reached", 0, 3, self.cast.ward, between)
        self.assert_figure("residents_consented", 0, 4, self.cast.ward, between)

    def test_does_not_count_before_it_was_listed(self):
        self.assert_figure("households_reached", 0, 0, period=Period(None, date(2026, 9, 29)))
        self.assert_figure("households_reached", 0, 3, period=Period(None, date(2026, 9, 30)))

    def test_does_not_count_from_the_day_it_closed(self):
        close_household(self.home, date(2026, 11, 30))
        self.visit("2026-11-03")
        self.assert_figure("households_reached", 0, 2)
        self.assert_figure("residents_consented", 0, 2)
        self.assert_figure("households_reached", 1, 3, period=Period(None, date(2026, 11, 29)))


class AResident(CoverageTestCase):
    def test_has_consented_from_the_local_day_on_which_they_agreed(self):
        give_consent(self.yen, self.cast.lan, moment("2026-11-30 23:30"))
        give_consent(self.viet, self.cast.lan, moment("2026-12-01 00:00"))
        self.assert_figure("residents_consented", 1, 4)

    def test_counts_no_more_once_consent_is_withdrawn(self):
        give_consent(self.yen, self.cast.lan, moment("2026-11-02 08:00"))
        self.visit("2026-11-03", levels={(self.yen, "pay_qr"): 3})
        withdraw_consent(self.yen, self.cast.lan, moment("2026-12-15 08:00"))
        for code in ("residents_consented", "residents_assessed"):
            self.assert_figure(code, 0, 4)
        self.assert_figure("skill.pay_qr", 0, 4)

    def test_counts_again_after_agreeing_again(self):
        give_consent(self.yen, self.cast.lan, moment("2026-11-02 08:00"))
        withdraw_consent(self.yen, self.cast.lan, moment("2026-11-03 08:00"))
        give_consent(self.yen, self.cast.lan, moment("2026-11-04 08:00"))
        self.assert_figure("residents_consented", 1, 4)

    def test_is_assessed_by_a_visit_of_the_period_that_counts(self):
        for resident in (self.yen, self.oanh, self.viet):
            give_consent(resident, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", levels={(self.yen, "pay_qr"): 0, (self.yen, "smartphone"): 0})
        self.visit("2026-10-31", levels={(self.oanh, "pay_qr"): 1})
        wrong = self.visit("2026-11-04", self.next_door, levels={(self.viet, "pay_qr"): 2})
        void_visit(wrong, self.cast.lan)
        self.assert_figure("residents_assessed", 1, 4)

    def test_who_left_counts_no_more(self):
        give_consent(self.yen, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", levels={(self.yen, "pay_qr"): 3})
        Resident.objects.filter(pk=self.yen.pk).update(left_on=date(2026, 11, 30))
        for code in ("residents_consented", "residents_assessed", "skill.pay_qr"):
            self.assert_figure(code, 0, 3)
        self.assert_figure("skill.pay_qr", 1, 4, period=Period(None, date(2026, 11, 29)))

    def test_named_later_is_not_in_an_earlier_period(self):
        make_household(self.cast.kp2, "Ngô Văn Tám", address="7 Lê Lai", as_of=date(2026, 12, 1))
        self.assert_figure("residents_consented", 0, 4)
        self.assert_figure("residents_consented", 0, 5, period=Period(None, date(2026, 12, 1)))


class ASkill(CoverageTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        give_consent(cls.yen, cls.cast.lan, moment("2026-10-01 08:00"))
        give_consent(cls.viet, cls.cast.lan, moment("2026-10-01 08:00"))

    def test_counts_from_level_two_on_the_ladder(self):
        self.visit("2026-11-03", levels={(self.yen, "pay_qr"): 2})
        self.visit("2026-11-03", self.next_door, levels={(self.viet, "pay_qr"): 1})
        self.assert_figure("skill.pay_qr", 1, 4)

    def test_counts_from_yes_for_a_fact(self):
        self.visit("2026-11-03", levels={(self.yen, "smartphone"): 1, (self.yen, "use_vneid"): 1})
        self.visit("2026-11-03", self.next_door, levels={(self.viet, "smartphone"): 0})
        self.assert_figure("fact.smartphone", 1, 4)
        self.assert_figure("skill.use_vneid", 0, 4)

    def test_keeps_issued_and_activated_apart(self):
        self.visit(
            "2026-11-03", levels={(self.yen, "eid_issued"): 1, (self.yen, "eid_activated"): 0}
        )
        self.assert_figure("fact.eid_issued", 1, 4)
        self.assert_figure("fact.eid_activated", 0, 4)

    def test_counts_by_its_newest_level_at_the_end_of_the_period(self):
        self.visit("2026-11-20", levels={(self.yen, "pay_qr"): 1})  # typed in out of order
        self.visit("2026-11-10", levels={(self.yen, "pay_qr"): 3})
        self.visit("2026-12-05", levels={(self.yen, "pay_qr"): 2})
        self.assert_figure("skill.pay_qr", 0, 4)
        self.assert_figure("skill.pay_qr", 1, 4, period=Period(None, date(2026, 11, 19)))
        self.assert_figure("skill.pay_qr", 1, 4, period=Period(None, date(2026, 12, 31)))

    def test_counts_by_the_later_word_about_the_same_moment(self):
        self.visit("2026-11-20 09:00", levels={(self.yen, "pay_qr"): 3})
        self.visit("2026-11-20 09:00", levels={(self.yen, "pay_qr"): 0})
        self.assert_figure("skill.pay_qr", 0, 4)

    def test_stands_although_it_was_seen_before_the_period(self):
        self.visit("2026-10-20", levels={(self.yen, "pay_qr"): 2})
        self.assert_figure("skill.pay_qr", 1, 4)
        self.assert_figure("residents_assessed", 0, 4)

    def test_falls_back_to_the_level_before_a_voided_visit(self):
        self.visit("2026-11-10", levels={(self.yen, "pay_qr"): 2})
        void_visit(self.visit("2026-11-20", levels={(self.yen, "pay_qr"): 0}), self.cast.lan)
        self.assert_figure("skill.pay_qr", 1, 4)

    def test_counts_beside_all_others_of_the_catalogue(self):
        skills = Skill.objects.current()
        self.visit("2026-11-03", levels={(self.yen, skill.pk): 0 for skill in skills})
        highest = {(self.yen, skill.pk): max(skill.levels.values) for skill in skills}
        self.visit("2026-11-05", levels=highest)
        counted = coverage(self.cast.ward, NOVEMBER)
        for skill in skills:
            kind = "skill" if skill.scale == Skill.Scale.LADDER else "fact"
            self.assertEqual(counted.figure(f"{kind}.{skill.pk}").numerator, 1, skill.pk)
        self.assertEqual(counted.figure("residents_progressed").numerator, 1)

    def test_asks_only_people_of_its_minimum_age(self):
        make_household(self.cast.kp2, "Cháu Một", address="9 Lê Lai", birth_year=2008)
        make_household(self.cast.kp2, "Cháu Hai", address="10 Lê Lai", birth_year=2009)
        make_household(self.cast.kp2, "Cháu Ba", address="11 Lê Lai", birth_year=2013)
        self.assert_figure("skill.pay_qr", 0, 5)  # 18 in the year 2026
        self.assert_figure("fact.eid_issued", 0, 6)  # 14
        self.assert_figure("residents_consented", 0 + 2, 7)

    def test_of_someone_too_young_is_in_neither_number(self):
        home = make_household(self.cast.kp2, "Cháu Hai", address="10 Lê Lai", birth_year=2009)
        child = home.residents.get()
        give_consent(child, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", home, levels={(child, "pay_qr"): 3, (child, "eid_issued"): 1})
        self.assert_figure("skill.pay_qr", 0, 4)
        self.assert_figure("fact.eid_issued", 1, 5)

    def test_takes_people_without_a_year_of_birth_for_adults(self):
        home = make_household(self.cast.kp2, "Bà Tư", address="9 Lê Lai", birth_year=None)
        give_consent(home.residents.get(), self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", home, levels={(home.residents.get(), "pay_qr"): 2})
        self.assert_figure("skill.pay_qr", 1, 5)

    def test_that_was_retired_is_not_counted(self):
        Skill.objects.filter(pk="pay_qr").update(retired_in_version=2)
        codes = [figure.code for figure in coverage(self.cast.ward, NOVEMBER).indicators]
        self.assertNotIn("skill.pay_qr", codes)
        self.assertIn("skill.use_vneid", codes)


class Areas(CoverageTestCase):
    def test_below_a_province_are_its_open_wards(self):
        self.visit("2026-11-03", self.elsewhere, outcome="met")
        city = coverage(self.cast.city, NOVEMBER)
        self.assertEqual([part.area.code for part in city.by_area], ["27139", "27160"])
        figures = [part.figure("households_met") for part in city.by_area]
        self.assertEqual([(f.numerator, f.denominator) for f in figures], [(0, 3), (1, 1)])
        self.assertEqual(city.figure("households_met").denominator, 4)

    def test_below_a_ward_are_its_neighbourhoods_with_their_lanes(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        make_household(lane, address="5/1 Lý Chính Thắng")
        ward = coverage(self.cast.ward, NOVEMBER)
        self.assertEqual(
            [(part.area, part.figure("households_reached").denominator) for part in ward.by_area],
            [(self.cast.kp1, 2), (self.cast.kp2, 2)],
        )

    def test_below_a_neighbourhood_are_its_lanes_and_the_homes_in_none(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        home = make_household(lane, address="5/1 Lý Chính Thắng")
        self.visit("2026-11-03", home)
        self.visit("2026-11-03", self.far_home)
        counted = coverage(self.cast.kp2, NOVEMBER)
        self.assertEqual([part.area for part in counted.by_area], [lane])
        self.assertEqual(counted.figure("households_reached").numerator, 2)
        self.assertEqual(counted.remainder.figure("households_reached").numerator, 1)
        self.assertIsNone(coverage(self.cast.ward, NOVEMBER).remainder)
        self.assertEqual(coverage(lane, NOVEMBER).figure("households_reached").denominator, 1)
        self.assertIsNone(coverage(lane, NOVEMBER).remainder)

    def test_that_ended_are_shown_while_homes_stand_there(self):
        self.cast.kp2.valid_until = date(2026, 10, 31)
        self.cast.kp2.save()
        self.assertEqual(len(coverage(self.cast.ward, NOVEMBER).by_area), 2)
        for home in Household.objects.filter(area=self.cast.kp2):
            close_household(home, date(2026, 10, 31))
        self.assertEqual(len(coverage(self.cast.ward, NOVEMBER).by_area), 1)

    def test_add_up(self):
        give_consent(self.yen, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", levels={(self.yen, "pay_qr"): 2}, outcome="met")
        self.visit("2026-11-03", self.far_home)
        for area in (self.cast.city, self.cast.ward):
            counted = coverage(area, NOVEMBER)
            for figure in counted.indicators:
                parts = [part.figure(figure.code) for part in counted.by_area]
                if figure.code != "person_days":
                    self.assertEqual(figure.numerator, sum(part.numerator for part in parts))
                if figure.denominator is not None:
                    self.assertEqual(figure.denominator, sum(part.denominator for part in parts))

    def test_without_homes_have_no_rate(self):
        counted = coverage(self.cast.ward, Period(None, date(2020, 1, 1)))
        self.assertTrue(counted.is_empty)
        self.assertEqual({figure.rate for figure in counted.indicators}, {None})
        self.assertEqual(len(counted.by_area), 2)

    def test_cost_the_same_queries_however_many_there_are(self):
        feed.number(self.cast.ward.pk)
        with CaptureQueriesContext(connection) as few:
            coverage(self.cast.ward, NOVEMBER)
        for number in range(3, 9):
            area = self.cast.ward.add_child(f"Khu phố {number}")
            home = make_household(area, address=f"{number} Lê Lai")
            give_consent(home.residents.get(), self.cast.lan, moment("2026-10-01 08:00"))
            self.visit("2026-11-03", home, levels={(home.residents.get(), "pay_qr"): 2})
        Tally.objects.all().delete()
        feed.number(self.cast.ward.pk)
        with self.assertNumQueries(len(few)):
            counted = coverage(self.cast.ward, NOVEMBER)
        self.assertEqual(counted.figure("skill.pay_qr").numerator, 6)

    def test_of_which_nothing_changed_are_read_and_not_counted(self):
        self.visit("2026-11-03")
        for area in (self.cast.ward, self.cast.city):
            counted = coverage(area, NOVEMBER)
            with CaptureQueriesContext(connection) as captured:
                again = coverage(area, NOVEMBER)
            self.assertEqual(again.indicators, counted.indicators)
            tables = [q["sql"] for q in captured if 'FROM "outreach_placement"' in q["sql"]]
            self.assertEqual(tables, [])
            self.assertLessEqual(len(captured), 8)

    def test_are_counted_without_lists_of_rows_which_sqlite_tries_one_by_one(self):
        for area in (self.cast.city, self.cast.ward, self.cast.kp1):
            with CaptureQueriesContext(connection) as captured:
                coverage(area, NOVEMBER)
            counting = [q["sql"] for q in captured if 'FROM "outreach_' in q["sql"]]
            self.assertTrue(counting)
            for sql in counting:
                self.assertNotIn("IN (SELECT", sql)
                # Rows of a cursor on the server come from slower plans.
                self.assertNotIn("DECLARE", sql)
            Tally.objects.all().delete()


class Weeks(CoverageTestCase):
    def test_end_with_what_the_period_counts(self):
        self.visit("2026-11-03", outcome="absent")
        self.visit("2026-11-12", outcome="met")
        self.visit("2026-11-12", self.next_door, outcome="met")
        self.visit("2026-11-29", self.far_home)
        self.visit("2026-10-31", self.far_home, outcome="met")
        for area, reached, met in (
            (self.cast.city, [0, 1, 2, 2, 3, 3], [0, 0, 2, 2, 2, 2]),
            (self.cast.ward, [0, 1, 2, 2, 3, 3], [0, 0, 2, 2, 2, 2]),
            (self.cast.kp1, [0, 1, 2, 2, 2, 2], [0, 0, 2, 2, 2, 2]),
        ):
            for _again in range(2):
                counted = coverage(area, NOVEMBER)
                self.assertEqual([week.reached for week in counted.weeks], reached, area)
                self.assertEqual([week.met for week in counted.weeks], met, area)
                last = counted.weeks[-1]
                self.assertEqual(last.reached, counted.figure("households_reached").numerator)
                self.assertEqual(last.last, NOVEMBER.last)
        self.assertEqual(counted.weeks[0].last, date(2026, 11, 1))

    def test_are_the_last_twelve_with_all_before_in_the_first(self):
        self.visit("2026-01-05", outcome="met")
        weeks = coverage(self.cast.ward, Period(None, date(2026, 11, 30))).weeks
        self.assertEqual(len(weeks), 12)
        self.assertEqual((weeks[0].reached, weeks[0].met), (1, 1))


class APeriodLeftOut(CoverageTestCase):
    def test_runs_from_the_beginning_until_the_local_today(self):
        now = moment("2026-11-21 00:10")
        self.visit("2026-10-02")
        self.visit("2026-11-22", self.next_door)
        counted = coverage(self.cast.ward, now=now)
        self.assertEqual(counted.period, Period(None, date(2026, 11, 21)))
        self.assertEqual(counted.as_of, now)
        self.assertEqual(counted.figure("households_reached").numerator, 1)
