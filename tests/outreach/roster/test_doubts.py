"""Households that are probably known already: found, never merged by themselves, decided by Hoa."""

from django.test import TestCase

from outreach.models import Household, LedgerEvent, Resident
from outreach.roster.decisions import Decision
from outreach.roster.difference import Difference, compare
from outreach.verify import differences
from tests.builders import make_household
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import import_list, read, workbook
from tests.people import make_cast

HEADER = ("STT hộ", "Họ tên", "Quan hệ", "Năm sinh", "Địa chỉ", "KP", "SĐT")


def one(name, birth=None, address="12/5 Võ Thị Sáu", place=1, phone=None, number=1) -> tuple:
    return (number, name, "Chủ hộ", birth, address, place, phone)


class Doubts(TestCase):
    def setUp(self):
        self.cast = make_cast()

    def know(self, *names, birth=1950, address="12/5 Võ Thị Sáu", phone="", area=None) -> Household:
        area = area or self.cast.kp1
        return make_household(area, *names, birth_year=birth, address=address, phone=phone)

    def compared(self, *rows) -> Difference:
        return compare(self.cast.ward, read(workbook(HEADER, *rows, title="Sheet1")))

    def reasons(self, *rows) -> list[str]:
        return [doubt.reason.value for doubt in self.compared(*rows).doubts]


class AProbablyKnownHousehold(Doubts):
    def test_has_almost_the_same_head_at_the_same_address(self):
        self.know("Nguyễn Văn An")
        for written in ("Nguyễn Văn Ann", "Nguyễn V An", "Nguyen Văm An"):
            self.assertEqual(self.reasons(one(written, 1950)), ["name"], written)

    def test_has_the_same_head_at_almost_the_same_address(self):
        self.know("Nguyễn Văn An")
        self.assertEqual(self.reasons(one("Nguyễn Văn An", 1950, "12/5A Võ Thị Sáu")), ["address"])
        self.assertEqual(self.reasons(one("Nguyễn Văn An", None, "12/5 Võ Thị Sau B")), ["address"])

    def test_has_the_same_phone_and_almost_the_same_name_elsewhere(self):
        self.know("Nguyễn Văn An", phone="0912345678")
        rows = (one("Nguyễn Văn Ân A", 1950, "88 Kỳ Đồng", 2, "0912345678"),)
        self.assertEqual(self.reasons(*rows), ["phone"])

    def test_is_the_family_that_lived_elsewhere(self):
        self.know("Nguyễn Văn An", "Trần Thị Bé")
        moved = (
            one("Nguyễn Văn An", 1950, "88 Kỳ Đồng", 2),
            (None, "Trần Thị Bé", "Vợ", 1950, None, None, None),
        )
        self.assertEqual(self.reasons(*moved), ["family"])

    def test_stands_twice_in_the_list_itself(self):
        rows = (one("Nguyễn Văn An", 1950), one("Nguyễn Văn Ann", 1950, number=2))
        found = self.compared(*rows)
        self.assertEqual([doubt.listed.row for doubt in found.doubts], [3])
        self.assertEqual(found.doubts[0].as_same, None)


class AnotherHousehold(Doubts):
    def test_has_a_head_of_another_age(self):
        self.know("Nguyễn Văn An")
        self.assertEqual(self.reasons(one("Nguyễn Văn Ann", 1980)), [])

    def test_has_quite_another_name(self):
        self.know("Nguyễn Văn An")
        self.assertEqual(self.reasons(one("Trần Quốc Bình", 1950)), [])

    def test_has_a_namesake_in_another_street(self):
        self.know("Nguyễn Văn An")
        self.assertEqual(self.reasons(one("Nguyễn Văn An", 1950, "88 Kỳ Đồng")), [])

    def test_has_a_namesake_in_another_neighbourhood(self):
        self.know("Nguyễn Văn An")
        self.assertEqual(self.reasons(one("Nguyễn Văn An", 1950, "12/5A Võ Thị Sáu", 2)), [])

    def test_has_the_phone_of_somebody_else(self):
        self.know("Nguyễn Văn An", phone="0912345678")
        self.assertEqual(
            self.reasons(one("Trần Quốc Bình", 1960, "88 Kỳ Đồng", 2, "0912345678")), []
        )

    def test_is_the_same_household_without_any_doubt(self):
        self.know("Nguyễn Văn An")
        found = self.compared(one("NGUYỄN VĂN AN", 1950, "Số 12 / 5 võ thị sáu"))
        self.assertEqual((found.doubts, len(found.new)), ([], 0))


class WhatHoaDecides(Doubts):
    def setUp(self):
        super().setUp()
        self.known = self.know("Nguyễn Văn An", "Trần Thị Bé")
        self.content = workbook(HEADER, one("Nguyễn Văn Ann", 1950), title="Sheet1")

    def decide(self, decision: Decision):
        outcome = import_list(self.cast.ward, self.content, doubts={"Sheet1!2": decision})
        self.assertEqual(list(differences(self.cast.ward)), [])
        return outcome

    def test_the_same_gives_the_known_head_the_new_name_and_adds_nobody(self):
        counts = self.decide(Decision.SAME).counts["households"]
        self.assertEqual((counts["new"], counts["changed"], counts["missing"]), (0, 1, 0))
        self.known.refresh_from_db()
        self.assertEqual(self.known.head.name, "Nguyễn Văn Ann")
        self.assertEqual(Resident.objects.count(), 2)
        again = import_list(self.cast.ward, self.content).counts["households"]
        self.assertEqual((again["new"], again["unchanged"]), (0, 1))

    def test_two_households_are_two_and_are_not_asked_about_again(self):
        counts = self.decide(Decision.DIFFERENT).counts["households"]
        self.assertEqual((counts["new"], counts["missing"]), (1, 1))
        self.assertEqual(Household.objects.count(), 2)
        self.assertEqual(compare(self.cast.ward, read(self.content)).doubts, [])

    def test_later_writes_nothing_and_asks_again(self):
        events = LedgerEvent.objects.count()
        outcome = self.decide(Decision.LATER)
        self.assertFalse(outcome.refused)
        self.assertEqual(len(outcome.put_off), 1)
        self.assertEqual(LedgerEvent.objects.count(), events)
        self.assertEqual(len(compare(self.cast.ward, read(self.content)).doubts), 1)

    def test_of_two_said_to_be_one_home_only_the_first_is_taken(self):
        rows = (one("Nguyễn Văn Ann", 1950), one("Nguyễn Văm An", 1950, number=2))
        said = dict.fromkeys(("Sheet1!2", "Sheet1!3"), Decision.SAME)
        outcome = import_list(self.cast.ward, workbook(HEADER, *rows, title="Sheet1"), doubts=said)
        self.assertEqual([doubt.listed.row for doubt in outcome.put_off], [3])
        self.assertEqual(Household.objects.count(), 1)

    def test_of_two_in_the_list_that_are_one_the_second_is_left_out(self):
        rows = (one("Lê Văn Cường", 1950, "7 Kỳ Đồng"), one("Lê Văn Cường", 1950, "7A Kỳ Đồng"))
        content = workbook(HEADER, *rows, title="Sheet1")
        import_list(self.cast.ward, content, doubts={"Sheet1!3": Decision.SAME})
        self.assertEqual(Household.objects.filter(head__name="Lê Văn Cường").count(), 1)


class OnTheScreen(Desk):
    def setUp(self):
        super().setUp()
        self.known = make_household(
            self.cast.kp1, "Nguyễn Văn An", birth_year=1950, address="12/5 Võ Thị Sáu"
        )
        self.gone = make_household(self.cast.kp1, "Lê Văn Cường", address="88 Kỳ Đồng")
        self.record = self.uploaded(workbook(HEADER, one("Nguyễn Văn Ann", 1950), title="Sheet1"))

    def test_both_stand_side_by_side_with_the_reason(self):
        page = self.look(self.record)
        for said in ("Nguyễn Văn An (1950)", "Nguyễn Văn Ann (1950)", 'name="doubt-0"'):
            self.assertContains(page, said)

    def test_nothing_is_imported_of_what_nobody_decided(self):
        result = self.confirm(self.record)
        self.assertEqual(Household.objects.count(), 2)
        self.assertContains(result, "dong-de-lai")

    def test_a_decision_is_carried_out(self):
        self.confirm(self.record, **{"doubt-0": "same"})
        self.known.refresh_from_db()
        self.assertEqual(self.known.head.name, "Nguyễn Văn Ann")

    def test_an_unknown_decision_is_refused_and_nothing_written(self):
        events = LedgerEvent.objects.count()
        page = self.confirm(self.record, **{"doubt-0": "perhaps"})
        self.assertEqual(page.status_code, 200)
        self.assertEqual(LedgerEvent.objects.count(), events)

    def test_a_home_that_is_not_in_the_list_is_closed_only_when_hoa_says_so(self):
        page = self.look(self.record)
        self.assertContains(page, "88 Kỳ Đồng")
        self.confirm(self.record, **{"close-0": "moved"})
        self.gone.refresh_from_db()
        self.assertEqual(self.gone.close_reason, "moved")
        self.known.refresh_from_db()
        self.assertIsNone(self.known.closed_on)
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_a_home_that_a_doubtful_household_may_be_is_not_offered_for_closing(self):
        self.assertNotContains(self.look(self.record), 'name="close-1"')
