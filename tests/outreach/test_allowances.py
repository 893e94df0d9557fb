"""What a person-day is paid: rates, caps, months, and whose rule it is."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.test import SimpleTestCase
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from outreach.allowances import Rules, by_month, by_team, days_in_words, in_words, settle
from outreach.allowances import person_days as days_of
from outreach.models import AllowanceRule
from outreach.periods import Period
from outreach.person_days import TeamOfDay
from tests.builders import make_visit
from tests.outreach.test_coverage import NOVEMBER, CoverageTestCase, moment
from tests.people import make_person
from volunteers import roles
from volunteers.models import Membership, Team

RED, BLUE = TeamOfDay(1, "Tổ 1"), TeamOfDay(2, "Tổ 2")


def make_rule(area, first="2026-01-01", last=None, amount=50_000, **said) -> AllowanceRule:
    return AllowanceRule.objects.create(
        area=area,
        first=date.fromisoformat(first),
        last=last and date.fromisoformat(last),
        amount=amount,
        source=said.pop("source", "Nghị quyết 26/2025/NQ-HĐND"),
        **said,
    )


def rule(first="2026-01-01", last=None, amount=50_000, **caps) -> AllowanceRule:
    ends = last and date.fromisoformat(last)
    return AllowanceRule(first=date.fromisoformat(first), last=ends, amount=amount, **caps)


class ADay(SimpleTestCase):
    """Days are (person, day, team) in the order in which they are paid."""

    def paid(self, rules: Sequence[AllowanceRule], *days, province=()) -> list[int | str]:
        given = [((who, date.fromisoformat(day)), team) for who, day, team in days]
        found = settle(given, Rules(rules, province))
        with override("vi"):
            return [found[one].remark or found[one].paid for one, _team in given]

    def days(self, *numbers: int, who=1, team: TeamOfDay | None = RED, month="2026-11"):
        return [(who, f"{month}-{number:02}", team) for number in numbers]

    def test_is_paid_the_amount_of_its_rule(self):
        self.assertEqual(self.paid([rule()], *self.days(3, 4)), [50_000, 50_000])

    def test_above_the_cap_of_days_is_not_paid(self):
        said = "vượt 2 ngày/tháng"
        self.assertEqual(
            self.paid([rule(most_days=2)], *self.days(3, 4, 5, 6)), [50_000, 50_000, said, said]
        )

    def test_above_the_cap_of_a_person_is_not_paid_even_in_part(self):
        said = "vượt 120.000 đ/người/tháng"
        days = self.days(3, 4, 5)
        self.assertEqual(self.paid([rule(most_for_person=120_000)], *days), [50_000, 50_000, said])
        self.assertEqual(self.paid([rule(most_for_person=150_000)], *days), [50_000] * 3)

    def test_above_the_cap_of_a_team_is_not_paid_whoever_worked(self):
        days = [*self.days(3, who=1), *self.days(3, who=2), *self.days(3, who=3)]
        others = self.days(3, who=4, team=BLUE)
        self.assertEqual(
            self.paid([rule(most_for_team=100_000)], *days, *others),
            [50_000, 50_000, "vượt 100.000 đ/tổ/tháng", 50_000],
        )

    def test_that_was_not_paid_counts_towards_no_cap(self):
        """The second person's team is full; in the other team they still have their two days."""
        full = [*self.days(3, who=1), *self.days(4, who=2)]
        days = [*full, *self.days(5, 6, 7, who=2, team=BLUE)]
        self.assertEqual(
            self.paid([rule(most_for_team=100_000, most_days=2)], *self.days(2, who=3), *days),
            [50_000, 50_000, "vượt 100.000 đ/tổ/tháng", 50_000, 50_000, "vượt 2 ngày/tháng"],
        )

    def test_of_another_month_begins_with_empty_caps(self):
        days = [*self.days(29, 30), *self.days(1, 2, month="2026-12")]
        tight = rule(most_days=1, most_for_person=50_000, most_for_team=50_000)
        said = "vượt 1 ngày/tháng"
        self.assertEqual(self.paid([tight], *days), [50_000, said, 50_000, said])
        other_year = self.days(30, month="2027-11")
        self.assertEqual(self.paid([tight], *self.days(30), *other_year), [50_000, 50_000])

    def test_is_paid_by_the_rule_of_that_day_when_it_changes_in_mid_month(self):
        rules = [
            rule(last="2026-11-14", most_days=3),
            rule("2026-11-15", amount=70_000, most_days=4, most_for_person=250_000),
        ]
        self.assertEqual(
            self.paid(rules, *self.days(12, 13, 14, 15, 16)),
            [50_000, 50_000, 50_000, 70_000, "vượt 4 ngày/tháng"],
        )
        # What the month paid before counts towards the new cap, whichever rule paid it.
        self.assertEqual(
            self.paid(rules, *self.days(13, 14, 15, 16, 17)),
            [50_000, 50_000, 70_000, 70_000, "vượt 4 ngày/tháng"],
        )
        rules[1].most_for_person = 200_000
        self.assertEqual(
            self.paid(rules, *self.days(13, 14, 15, 16)),
            [50_000, 50_000, 70_000, "vượt 200.000 đ/người/tháng"],
        )

    def test_without_a_rule_or_a_team_is_not_paid(self):
        rules = [rule("2026-11-04", "2026-11-05")]
        none = "chưa có mức chi cho ngày này"
        self.assertEqual(self.paid(rules, *self.days(3, 4, 5, 6)), [none, 50_000, 50_000, none])
        self.assertEqual(
            self.paid(rules, *self.days(4, team=None)),
            ["ngày này không thuộc tổ nào của phường, xã"],
        )

    def test_is_paid_by_the_province_where_the_ward_has_no_rule(self):
        self.assertEqual(
            self.paid([rule("2026-11-04")], *self.days(3, 4), province=[rule(amount=20_000)]),
            [20_000, 50_000],
        )

    def test_is_paid_in_whole_đồng(self):
        odd = rule(amount=33_333)
        given = [((1, date(2026, 11, day)), RED) for day in range(1, 31)]
        total = sum(one.paid for one in settle(given, Rules([odd], ())).values())
        self.assertEqual((total, type(total)), (999_990, int))


class ARule(CoverageTestCase):
    def test_is_told_in_words(self):
        said = make_rule(
            self.cast.ward, "2026-01-01", "2026-12-31", most_days=10, most_for_team=300_000
        )
        with override("vi"):
            self.assertEqual(
                in_words(said),
                "50.000 đ/người/ngày; tối đa 10 ngày/người/tháng; tối đa 300.000 đ/tổ/tháng",
            )
            self.assertEqual(days_in_words(said), "từ ngày 01/01/2026 đến hết ngày 31/12/2026")

    def test_that_makes_no_sense_is_refused_by_the_database(self):
        make_rule(self.cast.ward)
        for said in (
            {"first": "2027-01-01"},  # a second one without end
            {"last": "2026-05-01"},  # begins on the same day
            {"first": "2025-05-01", "last": "2025-04-30"},
            {"first": "2025-05-01", "last": "2025-05-30", "amount": 0},
            {"first": "2025-05-01", "last": "2025-05-30", "most_days": 0},
            {"first": "2025-05-01", "last": "2025-05-30", "most_days": 32},
            {"first": "2025-05-01", "last": "2025-05-30", "most_for_person": 49_999},
            {"first": "2025-05-01", "last": "2025-05-30", "most_for_team": 49_999},
        ):
            with (
                self.subTest(said),
                self.assertRaises(IntegrityError),
                transaction.atomic(),
            ):
                make_rule(self.cast.ward, **said)

    def test_overlaps_what_holds_on_one_of_its_days_in_the_same_area(self):
        make_rule(self.cast.ward, "2026-01-01", "2026-06-30")
        make_rule(self.cast.city, "2026-01-01")
        for first, last, overlaps in (
            ("2026-06-30", None, True),
            ("2026-07-01", None, False),
            ("2025-01-01", "2025-12-31", False),
            ("2025-01-01", "2026-01-01", True),
            ("2025-01-01", None, True),
            ("2026-02-01", "2026-02-28", True),
        ):
            with self.subTest(f"{first} – {last}"):
                new = rule(first, last)
                new.area = self.cast.ward
                self.assertEqual(new.overlapping().exists(), overlaps)

    def test_does_not_overlap_itself(self):
        self.assertFalse(make_rule(self.cast.ward).overlapping().exists())


class AWardsPersonDays(CoverageTestCase):
    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))

    def paid(self, area=None, period=NOVEMBER) -> list[tuple[str, int, str]]:
        found = days_of(area or self.cast.ward, period)
        with override("vi"):
            return [
                (f"{one[1]:%d/%m} {found.people[one[0]].username}", said.paid, said.remark)
                for one in found.days
                if (said := found.allowances.get(one))
            ]

    def test_are_not_paid_unless_somebody_wrote_an_allowance_down(self):
        self.visit("2026-11-03")
        self.assertEqual(self.paid(), [])
        make_rule(self.cast.other_ward)
        make_rule(self.cast.ward, "2026-12-01")
        self.assertEqual(self.paid(), [])
        self.assertFalse(days_of(self.cast.ward, NOVEMBER).rules)

    def test_of_two_wards_are_paid_by_their_own(self):
        make_rule(self.cast.ward, amount=50_000)
        make_rule(self.cast.city, amount=20_000)
        self.visit("2026-11-03")
        make_visit(self.elsewhere, self.cast.binh, "absent", moment("2026-11-03 09:00"))
        self.assertEqual(self.paid(), [("03/11 lan", 50_000, "")])
        self.assertEqual(self.paid(self.cast.other_ward), [("03/11 binh", 20_000, "")])

    def test_of_a_guest_from_another_ward_are_paid_in_one_of_them_only(self):
        make_rule(self.cast.city)
        self.visit("2026-11-03")
        make_visit(self.elsewhere, self.cast.lan, "absent", moment("2026-11-03 15:00"))
        self.assertEqual(self.paid(), [("03/11 lan", 50_000, "")])
        [(_who, paid, remark)] = self.paid(self.cast.other_ward)
        self.assertEqual((paid, remark), (0, "ngày này không thuộc tổ nào của phường, xã"))

    def test_are_paid_in_order_of_given_names_on_one_day(self):
        """An, Ân, Lan: the alphabet of given names, not of accounts or families."""
        for username, name in (("x", "Vũ Văn Ân"), ("y", "Đỗ Thị An")):
            other = make_person(username, name)
            roles.join(other, self.cast.team)
            Membership.objects.filter(user=other).update(joined_on=date(2026, 1, 1))
            make_visit(self.home, other, "absent", moment("2026-11-03 09:00"))
        self.visit("2026-11-03")
        self.visit("2026-11-04")
        make_rule(self.cast.ward, most_for_team=100_000)
        cut = "vượt 100.000 đ/tổ/tháng"
        self.assertEqual(
            self.paid(),
            [
                *(("03/11 y", 50_000, ""), ("03/11 x", 50_000, "")),
                *(("03/11 lan", 0, cut), ("04/11 lan", 0, cut)),
            ],
        )

    def test_are_paid_alike_in_a_report_that_begins_in_mid_month(self):
        make_rule(self.cast.ward, most_days=2)
        for day in ("2026-11-03", "2026-11-04", "2026-11-20", "2026-12-02"):
            self.visit(day)
        whole = Period(date(2026, 11, 1), date(2026, 12, 14))
        late = Period(date(2026, 11, 15), date(2026, 12, 14))
        said = [("20/11 lan", 0, "vượt 2 ngày/tháng"), ("02/12 lan", 50_000, "")]
        self.assertEqual(self.paid(period=late), said)
        self.assertEqual(self.paid(period=whole)[2:], said)
        self.assertEqual(self.paid(period=Period(None, late.last))[2:], said)

    def test_count_for_the_team_that_somebody_joined_first(self):
        other = Team.objects.create(ward=self.cast.ward, name="A – đứng trước theo tên")
        roles.join(self.cast.lan, other)
        self.visit("2026-11-25")
        make_rule(self.cast.ward)
        Membership.objects.filter(team=other).update(joined_on=date(2026, 11, 1))
        [row] = by_team(days_of(self.cast.ward, NOVEMBER))
        self.assertEqual((row.team.pk, row.amount), (self.cast.team.pk, 50_000))
        Membership.objects.filter(team=other).update(joined_on=date(2025, 11, 1))
        [row] = by_team(days_of(self.cast.ward, NOVEMBER))
        self.assertEqual(row.team.pk, other.pk)

    def test_of_a_neighbourhood_are_not_paid(self):
        """Who worked in two of them on one day worked one day."""
        make_rule(self.cast.ward)
        self.visit("2026-11-03")
        self.visit("2026-11-03 15:00", self.far_home)
        self.assertEqual(self.paid(self.cast.kp1), [])
        self.assertEqual(self.paid(), [("03/11 lan", 50_000, "")])

    def test_add_up_by_member_and_month_and_by_team(self):
        make_rule(self.cast.ward, most_days=1)
        for day in ("2026-10-30", "2026-11-03", "2026-11-04"):
            self.visit(day, companions=[self.cast.minh.pk, self.cast.binh.pk])
        found = days_of(self.cast.ward, Period(date(2026, 10, 1), NOVEMBER.last))
        self.assertEqual(
            [
                (r.month[1], r.person.username, r.days, r.paid_days, r.amount)
                for r in by_month(found)
            ],
            [
                (10, "binh", 1, 0, 0),
                (10, "lan", 1, 1, 50_000),
                (10, "minh", 1, 1, 50_000),
                (11, "binh", 2, 0, 0),
                (11, "lan", 2, 1, 50_000),
                (11, "minh", 2, 1, 50_000),
            ],
        )
        self.assertEqual(
            [(r.month[1], r.team is None, r.days, r.paid_days, r.amount) for r in by_team(found)],
            [
                *((10, False, 2, 2, 100_000), (10, True, 1, 0, 0)),
                *((11, False, 4, 2, 100_000), (11, True, 2, 0, 0)),
            ],
        )

    def test_cost_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                days_of(self.cast.ward, NOVEMBER)
            return len(captured)

        make_rule(self.cast.ward, "2026-11-01", "2026-11-02")
        self.visit("2026-11-03")
        before = queries()
        self.assertLessEqual(before, 6)
        for number in range(3, 9):
            make_rule(self.cast.ward, f"2026-11-0{number}", f"2026-11-0{number}")
            other = make_person(f"nguoi-{number}", f"Lê Văn {number}")
            roles.join(other, self.cast.team)
            self.visit(f"2026-11-0{number}", companions=[other.pk])
        self.assertEqual(queries(), before)
