"""The periods that people ask for by name."""

from datetime import date

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
    def assert_before(self, first: str, last: str, *before: str):
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
        self.assertEqual(previous(period), Period(*map(date.fromisoformat, before)), period)

    def test_of_the_first_days_of_a_preset_has_the_same_days(self):
        self.assert_before("2026-11-01", "2026-11-22", "2026-10-01", "2026-10-22")
        self.assert_before("2026-10-01", "2026-11-22", "2026-07-01", "2026-08-22")
        self.assert_before("2026-07-01", "2026-11-22", "2026-01-01", "2026-05-22")
        self.assert_before("2026-01-01", "2026-11-22", "2025-01-01", "2025-11-22")
        self.assert_before("2026-03-01", "2026-03-30", "2026-02-01", "2026-02-28")

    def test_of_a_whole_preset_is_the_whole_one_before(self):
        self.assert_before("2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31")
        self.assert_before("2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31")
        self.assert_before("2026-01-01", "2026-06-30", "2025-07-01", "2025-12-31")
        self.assert_before("2024-01-01", "2024-12-31", "2023-01-01", "2023-12-31")

    def test_of_other_whole_months_has_as_many(self):
        self.assert_before("2026-10-15", "2026-11-14", "2026-09-15", "2026-10-14")
        self.assert_before("2025-12-15", "2026-02-14", "2025-10-15", "2025-12-14")
        self.assert_before("2026-02-01", "2026-05-31", "2025-10-01", "2026-01-31")

    def test_of_other_days_has_as_many(self):
        self.assert_before("2026-11-03", "2026-11-09", "2026-10-27", "2026-11-02")
        self.assert_before("2026-02-01", "2026-03-15", "2025-12-20", "2026-01-31")

    def test_does_not_exist_from_the_beginning_or_before_it(self):
        self.assertIsNone(previous(Period(None, date(2026, 11, 22))))
        self.assertIsNone(previous(Period(date(2000, 1, 1), date(2000, 1, 31))))
