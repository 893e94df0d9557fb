"""The periods that people ask for by name."""

from datetime import date, timedelta

from django.test import SimpleTestCase

from outreach.periods import Period, presets, previous


def days(today: date) -> dict[str, Period]:
    return {preset.code: preset.period for preset in presets(today)}


class ThePresets(SimpleTestCase):
    def test_end_today(self):
        found = days(date(2026, 11, 22))
        self.assertEqual(found["month"], Period(date(2026, 11, 1), date(2026, 11, 22)))
        self.assertEqual(found["quarter"], Period(date(2026, 10, 1), date(2026, 11, 22)))
        self.assertEqual(found["half"], Period(date(2026, 7, 1), date(2026, 11, 22)))
        self.assertEqual(found["year"], Period(date(2026, 1, 1), date(2026, 11, 22)))
        self.assertEqual(found["all"], Period(None, date(2026, 11, 22)))

    def test_begin_the_first_half_in_january(self):
        self.assertEqual(days(date(2026, 6, 30))["half"].first, date(2026, 1, 1))

    def test_have_the_last_month_that_was_cut_off_on_the_fourteenth(self):
        for today, first, last in (
            (date(2026, 11, 22), date(2026, 10, 15), date(2026, 11, 14)),
            (date(2026, 11, 15), date(2026, 10, 15), date(2026, 11, 14)),
            (date(2026, 11, 14), date(2026, 9, 15), date(2026, 10, 14)),
            (date(2026, 1, 3), date(2025, 11, 15), date(2025, 12, 14)),
            (date(2026, 1, 20), date(2025, 12, 15), date(2026, 1, 14)),
        ):
            self.assertEqual(days(today)["cut_off"], Period(first, last), today)


class ThePeriodBefore(SimpleTestCase):
    def test_has_as_many_whole_months_or_else_days(self):
        for first, last, before in (
            ((2026, 11, 1), (2026, 11, 30), (2026, 10, 1)),
            ((2026, 3, 1), (2026, 3, 31), (2026, 2, 1)),
            ((2026, 1, 1), (2026, 3, 31), (2025, 10, 1)),
            ((2026, 1, 1), (2026, 12, 31), (2025, 1, 1)),
            ((2026, 10, 15), (2026, 11, 14), (2026, 9, 15)),
            ((2026, 11, 1), (2026, 11, 22), (2026, 10, 10)),
            ((2026, 11, 5), (2026, 11, 5), (2026, 11, 4)),
            ((2026, 1, 31), (2026, 2, 27), (2026, 1, 3)),
        ):
            period = Period(date(*first), date(*last))
            found = previous(period)
            self.assertEqual(found.first, date(*before), period)
            self.assertEqual(found.last, period.first - timedelta(days=1))

    def test_is_none_from_the_beginning_or_before_2000(self):
        self.assertIsNone(previous(Period(None, date(2026, 11, 22))))
        self.assertIsNone(previous(Period(date(2000, 1, 1), date(2000, 1, 31))))
