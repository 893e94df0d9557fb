"""The workbook's evidence of who worked on which day."""

from datetime import date

from outreach.coverage import coverage
from outreach.ledger import event_of, record
from outreach.payloads import SessionHeld
from outreach.periods import Period
from outreach.workbook import VisitRows
from tests.outreach.test_coverage import NOVEMBER, moment
from tests.outreach.test_workbook import WorkbookTestCase
from tests.people import make_person
from volunteers import roles
from volunteers.models import Membership


class TheSheetOfPersonDays(WorkbookTestCase):
    def setUp(self):
        Membership.objects.update(joined_on=date(2026, 1, 1))

    def hold_class(self, day: str, *leaders, area=None) -> None:
        said = SessionHeld(
            area=(area or self.cast.ward).pk,
            place="Nhà văn hóa",
            held_at=moment(f"{day} 19:00"),
            leaders=[leader.pk for leader in leaders],
            head_count=12,
        )
        ward = self.cast.ward
        record(event_of("session.held", said, ward=ward, household=None, actor=self.cast.minh))

    def rows(self, **options) -> list[list]:
        return self.table(self.sheets(**options)["Ngày công"])

    def test_has_a_row_for_each_person_and_day_with_what_they_did(self):
        self.visit("2026-11-03", outcome="met", companions=[self.cast.minh.pk])
        self.visit("2026-11-03 15:00", self.next_door)
        self.visit("2026-11-04", self.far_home)
        self.hold_class("2026-11-04", self.cast.minh)
        team = "Tổ công nghệ số khu phố 1"
        *rows, total = self.rows()
        self.assertEqual(
            [row[2:] for row in rows],
            [
                ["Nguyễn Thị Lan", team, 2, 1, 0, 0, 1],
                ["Trần Văn Minh", team, 0, 0, 1, 0, 1],
                ["Nguyễn Thị Lan", team, 1, 0, 0, 0, 1],
                ["Trần Văn Minh", team, 0, 0, 0, 1, 1],
            ],
        )
        self.assertEqual(total[-1], 4)

    def test_has_as_many_rows_as_the_indicator_says(self):
        other = make_person("tu", "Lê Văn Tú")
        roles.join(other, self.cast.team)
        self.visit("2026-11-03", outcome="met", companions=[self.cast.minh.pk, other.pk])
        self.visit("2026-11-05", self.far_home, companions=[other.pk])
        self.hold_class("2026-11-09", other, area=self.cast.kp1)
        for area in (self.cast.ward, self.cast.kp1):
            said = coverage(area, NOVEMBER).figure("person_days").numerator
            self.assertEqual(len(self.rows(area=area)) - 1, said, area)

    def test_names_no_team_that_somebody_was_not_in(self):
        self.visit("2026-11-03")
        self.cast.lan.memberships.update(joined_on=date(2026, 11, 4))
        self.assertEqual(self.rows()[0][3], "")

    def test_says_when_nobody_worked(self):
        sheet = self.sheets(period=Period(None, date(2020, 1, 1)))["Ngày công"]
        self.assertIn("Trong kỳ này chưa có ngày công nào.", str(sheet))

    def test_is_not_in_a_workbook_without_single_visits(self):
        self.assertNotIn("Ngày công", self.sheets(rows=VisitRows.BY_AREA))
