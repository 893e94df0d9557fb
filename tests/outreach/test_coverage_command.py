"""`manage.py coverage`, on which other programs rely."""

import json
from datetime import datetime
from io import StringIO

from django.core.management import CommandError, call_command

from outreach.models import Indicator
from tests.outreach.test_coverage import CoverageTestCase


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("coverage", *arguments, stdout=out)
    return out.getvalue()


class TheJson(CoverageTestCase):
    def test_is_what_the_contract_says(self):
        self.visit("2026-11-03", outcome="met")
        answer = json.loads(
            run("--area", "27139", "--from", "2026-11-01", "--to", "2026-11-30", "--json")
        )
        self.assertEqual(list(answer), ["area", "from", "to", "as_of", "indicators", "by_area"])
        self.assertEqual(answer["area"], "27139")
        self.assertEqual((answer["from"], answer["to"]), ("2026-11-01", "2026-11-30"))
        self.assertTrue(answer["as_of"].endswith("+07:00"))
        self.assertIsNotNone(datetime.fromisoformat(answer["as_of"]))
        self.assertEqual(
            answer["indicators"][0],
            {
                "code": "households_reached",
                "name": "Hộ đã đến",
                "numerator": 1,
                "denominator": 3,
                "rate": 1 / 3,
            },
        )
        self.assertEqual(
            [(part["code"], part["name"]) for part in answer["by_area"]],
            [("27139.1", "Khu phố 1"), ("27139.2", "Khu phố 2")],
        )
        self.assertEqual(list(answer["by_area"][0]), ["code", "name", "indicators"])
        self.assertEqual(answer["by_area"][1]["indicators"][0]["denominator"], 1)

    def test_has_every_code_of_the_contract_once(self):
        answer = json.loads(run("--area", "27139", "--json"))
        self.assertEqual(
            [indicator["code"] for indicator in answer["indicators"]],
            [
                *("households_reached", "households_met", "households_assessed"),
                *("residents_consented", "residents_assessed"),
                *("residents_taught", "residents_progressed"),
                *("element.identity", "element.device", "element.account", "element.skill"),
                *("skill.use_vneid", "skill.use_etax", "skill.pay_qr", "skill.submit_dvc"),
                *("skill.book_health", "skill.report_1022", "skill.spot_scam"),
                *("fact.eid_issued", "fact.eid_activated", "fact.smartphone"),
                *("fact.sim_own_name", "fact.payment_account", "fact.dvc_account"),
                "fact.social_account",
                *("sessions_held", "class_attendance", "referrals_answered", "person_days"),
            ],
        )

    def test_has_a_standard_indicator_that_people_do_not_see(self):
        Indicator.objects.filter(pk="fact.smartphone").update(hidden=True)
        self.visit("2026-11-03")
        answer = json.loads(run("--area", "27139", "--json"))
        self.assertIn("fact.smartphone", [one["code"] for one in answer["indicators"]])
        self.assertNotIn("fact.smartphone", run("--area", "27139"))

    def test_begins_nowhere_when_no_day_is_given(self):
        self.assertIsNone(json.loads(run("--area", "27139", "--json"))["from"])

    def test_has_no_rate_without_a_denominator(self):
        answer = json.loads(run("--area", "27139", "--to", "2020-01-01", "--json"))
        self.assertEqual({indicator["rate"] for indicator in answer["indicators"]}, {None})


class TheTable(CoverageTestCase):
    def test_shows_the_ward_and_its_neighbourhoods(self):
        self.visit("2026-11-03")
        table = run("--area", "27139", "--to", "2026-11-30")
        self.assertIn("Phường Xuân Hòa (27139), from the beginning to 2026-11-30", table)
        self.assertRegex(table, r"1 / +3 +33\.3% +households_reached +Hộ đã đến")
        self.assertIn("Khu phố 2 (27139.2)", table)


class WrongUsage(CoverageTestCase):
    def assert_refused(self, said: str, *arguments: str):
        with self.assertRaises(CommandError) as raised:
            run(*arguments)
        self.assertEqual(raised.exception.returncode, 2)
        self.assertIn(said, str(raised.exception))

    def test_names_an_unknown_area(self):
        self.assert_refused("'3408' is not the code of a known area", "--area", "3408")

    def test_names_a_day_that_cannot_be_read(self):
        for day in ("30/11/2026", "20261130", "2026-W45-1", "hôm qua", ""):
            self.assert_refused("expected YYYY-MM-DD", "--area", "27139", "--from", day)

    def test_names_a_day_that_is_not_in_the_calendar(self):
        self.assert_refused("2026-11-31 is not a day", "--area", "27139", "--to", "2026-11-31")
        self.assert_refused("from 2000 to 2100", "--area", "27139", "--to", "9999-12-31")

    def test_names_days_in_the_wrong_order(self):
        days = ("--from", "2026-11-30", "--to", "2026-11-01")
        self.assert_refused("begins on 2026-11-30, after it ends", "--area", "27139", *days)
