"""Which target applies, how much of it is reached, and what can be one."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from outreach.coverage import Figure
from outreach.indicators import current_indicators
from outreach.models import Target
from outreach.periods import Period
from outreach.targets import (
    Impossible,
    aim,
    check_value,
    reached,
    read_value,
    targets_of,
    targets_of_areas,
)
from tests.people import make_cast

PERCENT, COUNT = Target.Measure.PERCENT, Target.Measure.COUNT


def day(text: str) -> date:
    return date.fromisoformat(text)


def make_target(area, first, last, value=80, measure=PERCENT, indicator="households_met", **said):
    return Target.objects.create(
        area=area,
        indicator_id=indicator,
        first=day(first),
        last=day(last),
        measure=measure,
        value=Decimal(str(value)),
        **said,
    )


class TargetCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.measures = {measure.code: measure for measure in current_indicators()}


class TheTargetOfAPeriod(TargetCase):
    def found(self, last="2026-11-30", first="2026-11-01", area=None):
        area = area or self.cast.ward
        return targets_of(area, Period(first and day(first), day(last)))

    def value(self, **asked) -> int:
        return int(self.found(**asked)["households_met"].value)

    def test_is_found_for_several_areas_at_once(self):
        make_target(self.cast.kp1, "2026-01-01", "2026-12-31", 10)
        make_target(self.cast.kp2, "2026-01-01", "2026-12-31", 20)
        period = Period(None, day("2026-11-30"))
        with self.assertNumQueries(1):
            found = targets_of_areas([self.cast.kp1.pk, self.cast.kp2.pk, "79"], period)
        self.assertEqual(set(found), {self.cast.kp1.pk, self.cast.kp2.pk})
        self.assertEqual(found[self.cast.kp2.pk]["households_met"].value, 20)

    def test_contains_the_last_day(self):
        make_target(self.cast.ward, "2026-01-01", "2026-11-30")
        self.assertEqual(self.value(), 80)
        self.assertEqual(self.value(last="2026-01-01", first=None), 80)
        self.assertEqual(self.found(last="2026-12-01"), {})
        self.assertEqual(self.found(last="2025-12-31", first=None), {})

    def test_is_the_one_for_the_fewest_days(self):
        make_target(self.cast.ward, "2026-11-01", "2026-11-30", 10)
        make_target(self.cast.ward, "2026-01-01", "2026-12-31", 90)
        make_target(self.cast.ward, "2026-10-01", "2026-12-31", 30)
        self.assertEqual(self.value(), 10)
        self.assertEqual(self.value(last="2026-12-01"), 30)

    def test_is_the_latest_of_equally_long_ones(self):
        make_target(self.cast.ward, "2026-11-15", "2026-12-14", 20)
        make_target(self.cast.ward, "2026-11-01", "2026-11-30", 10)
        self.assertEqual(self.value(), 20)

    def test_is_of_the_area_itself(self):
        make_target(self.cast.kp1, "2026-01-01", "2026-12-31", 70)
        make_target(self.cast.city, "2026-01-01", "2026-12-31", 90)
        self.assertEqual(self.found(), {})
        self.assertEqual(self.value(area=self.cast.kp1), 70)

    def test_is_found_for_every_indicator_by_one_query(self):
        make_target(self.cast.ward, "2026-01-01", "2026-12-31")
        make_target(self.cast.ward, "2026-01-01", "2026-12-31", indicator="skill.pay_qr")
        with CaptureQueriesContext(connection) as queries:
            found = self.found()
        self.assertEqual(set(found), {"households_met", "skill.pay_qr"})
        self.assertEqual(len(queries), 1)


class WhatIsReached(TargetCase):
    def reached(self, numerator, denominator, value, measure=PERCENT, code="households_met"):
        target = Target(measure=measure, value=Decimal(str(value)))
        return reached(Figure(self.measures[code], numerator, denominator), target)

    def test_of_percent_is_a_part_of_the_denominator(self):
        found = self.reached(30, 100, 80)
        self.assertEqual((found.needed, found.missing, found.missing_points), (80, 50, 50.0))
        self.assertAlmostEqual(found.share, 0.375)
        self.assertFalse(found.is_reached)
        self.assertEqual(found.words, "chưa đạt: còn thiếu 50 hộ (50,0% mẫu số)")

    def test_of_percent_needs_whole_homes(self):
        self.assertEqual(self.reached(2, 3, 66.7).missing, 1)
        self.assertEqual(self.reached(2, 3, 66.6).missing, 0)
        self.assertEqual(self.reached(29, 100, 29).missing, 0)

    def test_of_a_headcount_is_a_part_of_it(self):
        found = self.reached(900, 5000, 1200, COUNT)
        self.assertEqual((found.needed, found.missing, found.missing_points), (1200, 300, None))
        self.assertEqual(found.share, 0.75)
        self.assertEqual(found.words, "chưa đạt: còn thiếu 300 hộ")

    def test_of_an_amount_needs_no_denominator(self):
        found = self.reached(12, None, 10, COUNT, "sessions_held")
        self.assertEqual((found.share, found.missing, found.words), (1.2, 0, "đạt"))

    def test_can_be_more_than_all_of_it(self):
        found = self.reached(90, 100, 80)
        self.assertTrue(found.is_reached)
        self.assertAlmostEqual(found.share, 1.125)
        self.assertEqual(found.missing_points, 0)

    def test_cannot_be_said_in_percent_of_nobody(self):
        for denominator in (0, None):
            found = self.reached(0, denominator, 80)
            self.assertEqual((found.share, found.missing, found.is_reached), (None, None, False))
            self.assertIn("chưa nói được", found.words)

    def test_of_a_target_of_nothing_is_reached_without_a_share(self):
        for measure in (PERCENT, COUNT):
            found = self.reached(0, 100, 0, measure)
            self.assertEqual((found.share, found.is_reached), (None, True))

    def test_is_nothing_without_a_target(self):
        self.assertIsNone(reached(Figure(self.measures["households_met"], 1, 2), None))

    def test_stands_beside_an_aim_in_words(self):
        for value, measure, said in (
            (80, PERCENT, "80%"), (66.5, PERCENT, "66,5%"), (1200, COUNT, "1.200"),
        ):  # fmt: skip
            self.assertEqual(aim(Target(measure=measure, value=Decimal(str(value)))), said)


class WhatCanBeATarget(TargetCase):
    def test_is_read_as_people_write_it(self):
        for written, measure, value in (
            ("80", PERCENT, "80"), ("80,5", PERCENT, "80.5"), ("80.5 %", PERCENT, "80.5"),
            (" 80% ", PERCENT, "80"), ("1.200", COUNT, "1200"), ("1 200", COUNT, "1200"),
            ("1.200.000", COUNT, "1200000"), ("0", COUNT, "0"),
        ):  # fmt: skip
            with self.subTest(written):
                self.assertEqual(read_value(written, measure), Decimal(value))

    def test_is_nothing_that_could_be_read_in_two_ways(self):
        for written in (
            "", "nhiều", "-5", "80,55", "1,200", "1.20", "12.3456", "1e3", "٨٠", "8 0", "%",
            "1" * 40, "NaN", "=1+1",
        ):  # fmt: skip
            with self.subTest(written), self.assertRaises(Impossible) as refusal:
                read_value(written, PERCENT)
            self.assertIn("một con số", str(refusal.exception))

    def test_in_percent_is_no_headcount(self):
        with self.assertRaisesMessage(Impossible, "“80%” là tỷ lệ phần trăm"):
            read_value("80%", COUNT)

    def test_fits_the_indicator(self):
        homes, classes = self.measures["households_met"], self.measures["sessions_held"]
        check_value(Decimal(100), PERCENT, homes)
        check_value(Decimal(12), COUNT, classes)
        for value, measure, indicator, said in (
            ("100.1", PERCENT, homes, "100,1% là hơn tất cả"),
            ("5", PERCENT, classes, "không có mẫu số"),
            ("5.5", COUNT, homes, "5,5 không phải là số nguyên"),
            ("10000001", COUNT, homes, "hơn số dân"),
        ):
            with self.subTest(said), self.assertRaisesMessage(Impossible, said):
                check_value(Decimal(value), measure, indicator)
