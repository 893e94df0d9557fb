"""The lists behind the numbers of the coverage, at the desk."""

import re
from datetime import date

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.ledger import event_of, record
from outreach.list_addresses import Lists
from outreach.models import Assignment, Indicator
from outreach.payloads import ReferralMade, SessionHeld
from outreach.periods import Period
from tests.builders import give_consent, make_household, void_visit
from tests.outreach.test_coverage import moment
from tests.outreach.test_coverage_page import DeskTestCase

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


class ListTestCase(DeskTestCase):
    def address(self, code, part="dat", area=None, **more):
        return Lists(area or self.cast.ward, NOVEMBER).address(code, part, **more)

    def opened(self, code, part="dat", user=None, **more):
        self.client.force_login(user or self.cast.hoa)
        return self.client.get(self.address(code, part, **more))

    def rows(self, answer) -> list[list[str]]:
        self.assertEqual(answer.status_code, 200)
        return [[str(cell) for cell in row] for row in answer.context["page"].object_list]

    def search(self, words, code="households_met", part="chua", **more):
        self.client.force_login(self.cast.hoa)
        return self.client.post(self.address(code, part), {"words": words, **more})


class EveryNumberOfAWard(ListTestCase):
    def numbers(self, page) -> list[tuple[str, int]]:
        """The address and the number of each link to a list."""
        found = re.findall(
            r'<a href="(/admin/do-phu/[^"]*/danh-sach/[^"]*)">([\d.]+)</a>', page.content.decode()
        )
        return [(a.replace("&amp;", "&"), int(n.replace(".", ""))) for a, n in found]

    def fill(self):
        self.lane = self.cast.kp2.add_child("Hẻm 5")
        make_household(self.lane, address="5/1 Lý Chính Thắng")
        person = self.home.residents.first()
        give_consent(person, self.cast.lan, moment("2026-10-01 08:00"))
        self.visit("2026-11-03", outcome="met", levels={(person, "pay_qr"): 1}, met=[person.pk])
        self.visit("2026-11-05", outcome="met", levels={(person, "pay_qr"): 2})
        self.visit("2026-11-04", self.far_home, companions=[self.cast.minh.pk])
        ward, actor = self.cast.ward, self.cast.lan
        for area in (self.cast.kp1, ward):
            said = SessionHeld(
                area=area.pk,
                place="Nhà văn hóa",
                held_at=moment("2026-11-07 19:00"),
                leaders=[self.cast.minh.pk],
                head_count=12,
                attendees=[person.pk],
            )
            record(event_of("session.held", said, ward=ward, household=None, actor=actor))
        made = ReferralMade(
            id=person.pk, to="police", made_at=moment("2026-11-07 09:00"), resident=person.pk
        )
        record(event_of("referral.made", made, ward=ward, household=self.home.pk, actor=actor))

    def test_opens_a_list_of_as_many_rows(self):
        self.fill()
        for code in ("27139", "27139.1", "27139.2", self.lane.pk):
            links = self.numbers(self.page(self.cast.hoa, code))
            self.assertGreater(len(links), 60)
            for address, number in links:
                page = self.client.get(address).context["page"]
                if "class_attendance" in address:
                    self.assertEqual(sum(row[4] for row in page), number, address)
                else:
                    self.assertEqual((page.paginator.count, len(page)), (number, number), address)

    def test_opens_lists_of_those_in_no_lane(self):
        self.fill()
        answer = self.opened("households_reached", "tat-ca", area=self.cast.kp2, rieng=1)
        self.assertEqual([row[0] for row in self.rows(answer)], [self.far_home.address])

    def test_opens_no_list_for_those_who_see_no_persons(self):
        self.fill()
        for user in (self.cast.city_viewer, self.cast.admin):
            self.assertEqual(self.numbers(self.page(user, "27139")), [])
            self.assertEqual(self.opened("households_met", user=user).status_code, 404)

    def test_opens_nothing_for_what_is_not_counted(self):
        self.assertEqual(self.opened("households_loved").status_code, 404)
        self.assertEqual(self.opened("households_met", "beides").status_code, 404)
        self.assertEqual(self.opened("person_days", "chua").status_code, 404)

    def test_is_kept_by_no_cache(self):
        kept = self.opened("households_met")["Cache-Control"]
        self.assertLessEqual({"no-store", "private"}, set(kept.split(", ")))


class WhoHasNotBeenMet(ListTestCase):
    def test_is_told_with_the_reason_and_how_often(self):
        self.visit("2026-11-03")
        self.visit("2026-11-12")
        self.visit("2026-11-04", self.next_door, outcome="declined")
        rows = {row[0]: row for row in self.rows(self.opened("households_met", "chua"))}
        self.assertEqual(rows[self.home.address][6], "Vắng nhà 2 lần, gần nhất 12/11/2026")
        self.assertEqual(rows[self.home.address][4:6], ["2026-11-12", "Vắng nhà"])
        self.assertEqual(rows[self.next_door.address][6], "Từ chối ngày 04/11/2026")
        self.assertEqual(rows[self.far_home.address][6], "Chưa đến")

    def test_has_the_reason_of_the_newest_visit_that_counts(self):
        self.visit("2026-11-03", outcome="declined")
        taken_back = self.visit("2026-11-05", outcome="moved")
        void_visit(taken_back, self.cast.lan)
        self.visit("2026-11-04", outcome="come_back")
        self.visit("2026-12-01", outcome="vacant")
        rows = self.rows(self.opened("households_met", "chua", ly_do="come_back"))
        self.assertEqual([row[0] for row in rows], [self.home.address])
        self.assertEqual(self.rows(self.opened("households_met", "chua", ly_do="moved")), [])

    def test_stands_on_the_page_by_reason_and_opens_that_list(self):
        self.visit("2026-11-03", outcome="met")
        self.visit("2026-11-04", self.next_door, outcome="declined")
        page = self.page(self.cast.hoa)
        said = {line.name: (line.homes, line.address) for line in page.context["table"].unmet}
        self.assertEqual([homes for homes, _address in said.values()], [1, 1])
        rows = self.rows(self.client.get(said["Từ chối"][1]))
        self.assertEqual([row[0] for row in rows], [self.next_door.address])
        rows = self.rows(self.client.get(said["Chưa đến"][1]))
        self.assertEqual([row[0] for row in rows], [self.far_home.address])

    def test_is_counted_again_when_something_changed(self):
        self.page(self.cast.hoa)
        self.visit("2026-11-04", self.next_door, outcome="no_access")
        for code in ("27139", "79"):
            user = self.cast.hoa if code == "27139" else self.cast.city_viewer
            said = {one.name: one.homes for one in self.page(user, code).context["table"].unmet}
            self.assertEqual(said["Không vào được"], 1)

    def test_opens_although_the_indicator_is_hidden(self):
        Indicator.objects.filter(code="households_met").update(hidden=True)
        self.assertEqual(len(self.rows(self.opened("households_met", "chua"))), 3)

    def test_is_told_with_whom_the_door_is(self):
        now = moment("2026-11-01 08:00")
        given = {"ward": self.cast.ward, "made_by": self.cast.minh, "made_at": now}
        Assignment.objects.create(household=self.home, to=self.cast.lan, **given)
        over = {"until": date(2026, 11, 2), **given}
        Assignment.objects.create(household=self.next_door, to=self.cast.lan, **over)
        with time_machine.travel(moment("2026-12-01 08:15"), tick=False):
            rows = {row[0]: row for row in self.rows(self.opened("households_met", "chua"))}
        self.assertEqual(rows[self.home.address][7], "Nguyễn Thị Lan")
        self.assertEqual(rows[self.next_door.address][7], "None")


class Searching(ListTestCase):
    def test_needs_no_diacritics_and_leaves_no_name_in_an_address(self):
        answer = self.search("bich yen")
        self.assertEqual(len(self.rows(answer)), 1)
        self.assertNotIn("words", answer.context["here"])

    def test_of_people_finds_only_whose_name_it_is(self):
        make_household(self.cast.kp1, "Trần Văn Kiệt", "Ngô Thị Én", address="7 Lê Lai")
        self.client.force_login(self.cast.hoa)
        for words, names in (
            ("kiet", ["Trần Văn Kiệt"]),
            ("le lai", ["Ngô Thị Én", "Trần Văn Kiệt"]),
            ("lai 7 en", ["Ngô Thị Én"]),
            ("ket", []),
        ):
            answer = self.search(words, "residents_assessed", "chua")
            self.assertEqual([row[0] for row in self.rows(answer)], names, words)

    def test_goes_on_from_page_to_page(self):
        for number in range(60):
            make_household(self.cast.kp1, f"Lý Thị Hai {number}", address=f"{number} Lê Lai")
        first = self.search("ly hai")
        self.assertEqual((len(self.rows(first)), first.context["page"].paginator.count), (50, 60))
        self.assertContains(first, 'name="words" value="ly hai"')
        second = self.client.post(first.context["here"], {"words": "ly hai", "p": "2"})
        self.assertEqual(len(self.rows(second)), 10)

    def test_without_words_leads_to_an_address(self):
        answer = self.search("", xep="ten", khu=self.cast.kp2.pk, ly_do="never")
        self.assertRedirects(
            answer, self.address("households_met", "chua", khu="27139.2", ly_do="never", xep="ten")
        )
        self.assertEqual(
            [row[0] for row in self.rows(self.client.get(answer.url))], [self.far_home.address]
        )

    def test_explains_what_it_cannot_read(self):
        answer = self.search("", khu="00000")
        self.assertEqual(answer.status_code, 200)
        self.assertContains(answer, "error-message")
        answer = self.opened("households_met", "chua", khu="00000", p="x", xep="?")
        self.assertEqual(len(self.rows(answer)), 3)


class TheOrder(ListTestCase):
    def test_of_people_is_that_of_given_names(self):
        for number, name in enumerate(("Trần Thị Ấn", "Lê Văn Ba", "Ngô Thị An")):
            make_household(self.cast.kp2, name, address=f"{number} Lê Lai", birth_year=None)
        rows = self.rows(self.opened("residents_consented", "chua", khu=self.cast.kp2.pk))
        names = [row[0] for row in rows if "Lê Lai" in row[2]]
        self.assertEqual(names, ["Ngô Thị An", "Trần Thị Ấn", "Lê Văn Ba"])

    def test_of_homes_is_that_of_a_walk_a_name_or_the_last_visit(self):
        for number, name in ((10, "Trần Thị Ấn"), (9, "Lê Văn Ba"), (2, "Ngô Thị An")):
            home = make_household(self.cast.kp2, name, address=f"{number} Lê Lai")
            if number != 9:
                self.visit(f"2026-11-{number:02}", home)

        def order(by):
            rows = self.rows(self.opened("households_met", "chua", xep=by))
            return [row[0].split()[0] for row in rows if "Lê Lai" in row[0]]

        self.assertEqual(order("dia-chi"), ["2", "9", "10"])
        self.assertEqual(order("ten"), ["2", "10", "9"])
        self.assertEqual(order("gan-nhat"), ["10", "2", "9"])


class ALongList(ListTestCase):
    def test_costs_the_same_queries_however_long_it_is(self):
        codes = ("households_met", "residents_assessed", "person_days", "sessions_held")
        parts = [(code, "dat") for code in codes] + [("households_met", "chua")]

        def queries() -> list[int]:
            found = []
            for code, part in parts:
                self.opened(code, part)
                with CaptureQueriesContext(connection) as captured:
                    self.opened(code, part)
                found.append(len(captured))
            return found

        def happen(home):
            person = home.residents.first()
            give_consent(person, self.cast.lan, moment("2026-10-01 08:00"))
            self.visit("2026-11-03", home, outcome="met", levels={(person, "pay_qr"): 2})
            said = SessionHeld(
                area=self.cast.kp1.pk,
                place="Nhà văn hóa",
                held_at=moment("2026-11-07 19:00"),
                leaders=[self.cast.minh.pk, self.cast.lan.pk],
                head_count=12,
            )
            record(event_of("session.held", said, ward=self.cast.ward, household=None, actor=None))

        happen(self.home)
        before = queries()
        for number in range(6):
            happen(make_household(self.cast.kp1, address=f"{number} Lê Lai"))
            make_household(self.cast.kp1, address=f"{number} Lê Lợi")
        self.assertEqual(queries(), before)
