"""How far a phone's places are from their targets: the figures of the coverage, and only theirs."""

import gzip
from datetime import date

import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outreach.coverage import coverage
from outreach.models import Indicator
from outreach.periods import Period
from outreach.targets import targets_of
from tests.builders import make_household
from tests.outreach.api.phone import caller
from tests.outreach.api.volunteer import FieldPhone, leave_team
from tests.outreach.test_coverage import CoverageTestCase, moment
from tests.outreach.test_targets import COUNT, make_target
from volunteers import devices
from volunteers.models import Device

TARGETS = "/api/v1/targets"
TODAY = date(2026, 11, 20)
MONTH = ("2026-11-01", "2026-11-30")
YEAR = ("2026-01-01", "2026-12-31")
ALWAYS = ["households_reached", "households_met", "residents_assessed"]


class TargetsCase(CoverageTestCase):
    def setUp(self):
        cache.clear()
        travel = time_machine.travel(moment("2026-11-20 09:00"))
        travel.start()
        self.addCleanup(travel.stop)
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.hoa = FieldPhone.of(self.cast.hoa, self.cast.hoa)

    def ask(self, phone=None, **headers):
        phone = phone or self.lan
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        token = {"Authorization": f"Bearer {phone.phone.pull}"}
        return caller().get(TARGETS, headers=token | named)

    def areas(self, phone=None) -> dict[str, list[dict]]:
        answer = self.ask(phone)
        self.assertEqual(answer.status_code, 200, answer.content)
        return {area["code"]: area["indicators"] for area in answer.json()["areas"]}

    def only(self, code: str, phone=None) -> list[dict]:
        """What the first area says of an indicator."""
        (first, *_others) = self.areas(phone).values()
        return [one for one in first if one["code"] == code]


class APhone(TargetsCase):
    def test_says_three_numbers_of_this_month_where_nobody_set_a_target(self):
        self.visit("2026-11-03", outcome="met")
        self.visit("2026-10-03", self.next_door)
        (area,) = self.ask().json()["areas"]
        self.assertEqual((area["code"], area["name"]), (self.cast.kp1.pk, "Khu phố 1"))
        self.assertEqual([one["code"] for one in area["indicators"]], ALWAYS)
        first = area["indicators"][0]
        self.assertEqual(
            first,
            {
                "code": "households_reached",
                "name": coverage(self.cast.kp1).figure("households_reached").name,
                "unit": "hộ",
                "numerator": 1,
                "denominator": 2,
                "rate": 0.5,
                "from": "2026-11-01",
                "to": "2026-11-20",
                "target": None,
            },
        )

    def test_says_what_is_missing_for_each_target_of_today(self):
        self.visit("2026-11-03", outcome="met")
        self.visit("2026-10-03", self.next_door)
        area = self.cast.kp1
        make_target(area, *YEAR, 2, COUNT, "households_reached")
        make_target(area, *MONTH, 80.5, indicator="households_reached")
        make_target(area, "2026-10-01", "2026-11-19", 10, indicator="households_reached")
        make_target(area, "2026-11-21", "2026-11-30", 20, indicator="households_reached")
        month, year = self.only("households_reached")
        self.assertEqual((month["from"], month["numerator"]), ("2026-11-01", 1))
        self.assertEqual(
            month["target"],
            {
                "measure": "percent",
                "value": 80.5,
                "until": "2026-11-30",
                "reached": False,
                "missing": 1,
            },
        )
        self.assertEqual((year["from"], year["to"]), ("2026-01-01", "2026-11-20"))
        self.assertEqual(year["numerator"], 2)
        expected = {"measure": "count", "value": 2, "until": "2026-12-31"}
        self.assertEqual(year["target"], {**expected, "reached": True, "missing": 0})

    def test_says_this_month_too_of_what_has_a_target_for_longer(self):
        make_target(self.cast.kp1, *YEAR, 5, COUNT, "sessions_held")
        month, year = self.only("sessions_held")
        self.assertEqual((month["from"], month["target"]), ("2026-11-01", None))
        self.assertEqual((year["denominator"], year["rate"]), (None, None))
        self.assertEqual(year["target"]["missing"], 5)

    def test_says_nothing_of_percent_of_nobody(self):
        make_target(self.cast.kp1, *MONTH, indicator="referrals_answered")
        (month,) = self.only("referrals_answered")
        self.assertEqual((month["rate"], month["denominator"]), (None, 0))
        self.assertEqual((month["target"]["reached"], month["target"]["missing"]), (None, None))

    def test_says_nothing_of_a_target_whose_indicator_is_hidden(self):
        make_target(self.cast.kp1, *MONTH, indicator="households_met")
        make_target(self.cast.kp1, *MONTH, indicator="households_assessed")
        hidden = Indicator.objects.filter(pk__in=["households_met", "households_assessed"])
        hidden.update(hidden=True)
        found = self.areas()[self.cast.kp1.pk]
        self.assertEqual([one["code"] for one in found], ALWAYS)
        self.assertTrue(all(one["target"] is None for one in found))

    def test_says_the_figures_and_targets_of_the_page(self):
        self.visit("2026-11-03", outcome="met")
        make_target(self.cast.ward, *YEAR, indicator="households_reached")
        make_target(self.cast.ward, *YEAR, indicator="residents_consented")
        period = Period(date(2026, 1, 1), TODAY)
        counted = coverage(self.cast.ward, period)
        targets = targets_of(self.cast.ward, period)
        self.assertEqual(len(targets), 2)
        for code in targets:
            (said,) = [one for one in self.only(code, self.hoa) if one["target"]]
            figure = counted.figure(code).as_json()
            self.assertEqual({name: said[name] for name in figure}, figure)


class Places(TargetsCase):
    def test_are_those_of_the_team_in_the_order_of_the_ward_s_list(self):
        lane = self.cast.kp2.add_child("Hẻm 5")
        home = make_household(lane, address="5/1 Lý Chính Thắng")
        self.visit("2026-11-03", home)
        self.cast.team.areas.set([lane, self.cast.kp1])
        found = self.areas()
        self.assertEqual(list(found), [self.cast.kp1.pk, lane.pk])
        reached = found[lane.pk][0]
        self.assertEqual((reached["numerator"], reached["denominator"]), (1, 1))
        self.visit("2026-11-04", make_household(lane, address="5/2 Lý Chính Thắng"))
        self.assertEqual(self.areas()[lane.pk][0]["numerator"], 2)

    def test_are_the_whole_ward_for_an_officer(self):
        found = self.areas(self.hoa)
        self.assertEqual(list(found), [self.cast.ward.pk])
        self.assertEqual(found[self.cast.ward.pk][0]["denominator"], 3)

    def test_are_none_where_the_team_goes_nowhere(self):
        self.cast.team.areas.clear()
        self.assertEqual(self.areas(), {})

    def test_have_no_targets_of_others(self):
        make_target(self.cast.kp2, *MONTH, 77, indicator="households_reached")
        make_target(self.cast.ward, *MONTH, 77, indicator="households_reached")
        self.assertEqual([one["target"] for one in self.only("households_reached")], [None])

    def test_cost_the_same_queries_however_many_they_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.ask().status_code, 200)
            return len(captured)

        lanes = [self.cast.kp2.add_child("Hẻm 5")]
        self.cast.team.areas.set([self.cast.kp1, *lanes])
        make_target(lanes[0], *YEAR, indicator="households_reached")
        queries()
        kept = queries()
        self.visit("2026-11-03", make_household(lanes[0], address="5 Lê Lai"))
        again = queries()
        for number in range(3, 9):
            area = self.cast.ward.add_child(f"Khu phố {number}")
            lanes.append(area.add_child("Hẻm 1"))
            make_target(lanes[-1], *YEAR, indicator="households_reached")
            make_target(lanes[-1], *YEAR, indicator="sessions_held")
        self.cast.team.areas.set([self.cast.kp1, *lanes])
        queries()
        self.assertEqual(queries(), kept)
        for lane in lanes:
            self.visit("2026-11-04", make_household(lane, address=f"{lane.pk} Lê Lợi"))
        self.assertEqual(queries(), again)


class Asking(TargetsCase):
    def test_again_costs_nothing_until_a_number_changes(self):
        first = self.ask()
        self.assertEqual(first["Cache-Control"], "no-store")
        with time_machine.travel(moment("2026-11-20 10:00")):
            again = self.ask(If_None_Match=first["ETag"])
            self.assertEqual((again.status_code, again.content), (304, b""))
            self.assertEqual(again["ETag"], first["ETag"])
        self.visit("2026-11-03")
        changed = self.ask(If_None_Match=first["ETag"])
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed["ETag"], first["ETag"])

    def test_again_tells_of_a_target_that_was_set(self):
        first = self.ask()
        make_target(self.cast.kp1, *MONTH, indicator="households_reached")
        self.assertEqual(self.ask(If_None_Match=first["ETag"]).status_code, 200)

    def test_is_answered_zipped_to_who_can_unzip_with_the_same_etag(self):
        plain, zipped = self.ask(), self.ask(Accept_Encoding="gzip")
        self.assertEqual(zipped["Content-Encoding"], "gzip")
        self.assertIn('"residents_assessed"', gzip.decompress(zipped.content).decode())
        self.assertEqual(zipped["ETag"], plain["ETag"])

    def test_tells_of_no_person(self):
        self.visit("2026-11-03", outcome="met")
        text = self.ask(self.hoa).content.decode()
        for name in ("Yến", "Lan", "Võ Thị Sáu"):
            self.assertNotIn(name, text)


class WhoMayNotAsk(TargetsCase):
    def assert_closed(self) -> None:
        self.assertEqual(self.ask().status_code, 401)

    def test_is_a_phone_that_was_revoked(self):
        device = Device.objects.get(pk=self.lan.phone.id)
        devices.revoke(device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        self.assert_closed()

    def test_is_somebody_who_left_the_team(self):
        self.cast.lan.memberships.update(joined_on=date(2026, 1, 1))
        leave_team(self.cast.lan)
        self.assert_closed()

    def test_is_somebody_whose_account_is_closed(self):
        self.cast.lan.is_active = False
        self.cast.lan.save()
        self.assert_closed()

    def test_is_who_has_another_credential_or_none(self):
        for token in ("", "wrong", self.lan.phone.push):
            headers = {"Authorization": f"Bearer {token}"}
            self.assertEqual(caller().get(TARGETS, headers=headers).status_code, 401)
