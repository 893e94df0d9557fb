"""Taking an import back: everything is as before, unless something stands on it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from outreach.models import Household, ImportRules, LedgerEvent, RosterImport
from outreach.roster import undoing
from outreach.roster.decisions import Decision
from outreach.verify import differences
from tests.builders import make_household, make_visit
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import import_list, new_import, real_list, workbook
from tests.outreach.tables import tables
from volunteers.models import Area

HEADER = ("STT hộ", "Họ tên", "Quan hệ", "Năm sinh", "Địa chỉ", "KP", "SĐT", "Số khẩu")
AN = (1, "Nguyễn Văn An", "Chủ hộ", 1950, "12/5 Võ Thị Sáu", 1, "0912345678", 2)
BE = (None, "Trần Thị Bé", "Vợ", 1955, None, None, None, None)
CUONG = (2, "Lê Văn Cường", "Chủ hộ", 1970, "41 Võ Thị Sáu", 1, None, 1)


class AnImport(Desk):
    def imported(self, *rows, **decisions) -> RosterImport:
        record = new_import(self.cast.ward)
        content = workbook(HEADER, *rows, title="Sheet1")
        import_list(self.cast.ward, content, record=record, **decisions)
        return record

    def tables(self) -> dict:
        areas = Area.objects.within(self.cast.ward).in_use()
        names = set(areas.values_list("name", flat=True))
        return {**tables(self.cast.ward), "Area": names}

    def undo(self, record: RosterImport) -> None:
        undoing.undo(record, by=self.cast.hoa, now=timezone.now())
        self.assertEqual(list(differences(self.cast.ward)), [])


class Undoing(AnImport):
    def test_of_a_first_list_leaves_nothing(self):
        record = new_import(self.cast.ward)
        before = self.tables()
        import_list(self.cast.ward, real_list("roster-two-sheets"), record=record)
        self.undo(record)
        self.assertEqual(self.tables(), before)
        record.refresh_from_db()
        self.assertEqual((record.state, record.undone_by), ("undone", self.cast.hoa))

    def test_of_a_later_list_brings_back_what_it_changed_closed_and_added(self):
        self.imported(AN, BE, CUONG)
        mai = make_household(self.cast.kp1, "Vũ Thị Mai", address="9 Kỳ Đồng", birth_year=1960)
        before = self.tables()
        record = self.imported(
            (1, "Nguyễn Văn An", "Chủ hộ", 1951, "7 Lý Chính Thắng", 2, "0912345678", 3),
            BE,
            (None, "Nguyễn Thị Em", "Con", 1990, None, None, None, None),
            (3, "Đỗ Văn Giàu", "Chủ hộ", 1980, "5 Kỳ Đồng", 9, None, None),
            (4, "Vũ Thị Mại", "Chủ hộ", 1960, "9 Kỳ Đồng", 1, None, None),
            doubts={"Sheet1!6": Decision.SAME},
            close={Household.objects.get(head__name="Lê Văn Cường").pk: "vacant"},
        )
        mai.refresh_from_db()
        self.assertEqual(mai.head.name, "Vũ Thị Mại")
        self.assertNotEqual(self.tables(), before)
        self.undo(record)
        self.assertEqual(self.tables(), before)

    def test_keeps_what_visits_before_the_import_said(self):
        home = make_household(self.cast.kp1, "Nguyễn Văn An", address="12/5 Võ Thị Sáu")
        visit = make_visit(home, self.cast.lan, met=[home.head_id])
        record = self.imported(AN, BE)
        self.undo(record)
        visit.refresh_from_db()
        self.assertEqual([person.pk for person in visit.met.all()], [home.head_id])

    def test_then_importing_again_uses_the_same_neighbourhoods(self):
        row = (3, "Đỗ Văn Giàu", "Chủ hộ", 1980, "5 Kỳ Đồng", 9, None, None)
        self.undo(self.imported(row))
        self.imported(row)
        self.assertEqual(Area.objects.filter(name="Khu phố 9").count(), 1)
        self.assertIsNone(Area.objects.get(name="Khu phố 9").valid_until)

    def test_of_the_later_import_first_then_of_the_earlier(self):
        first = self.imported(AN, BE)
        second = self.imported((*AN[:3], 1951, *AN[4:]), BE)
        with self.assertRaises(undoing.CannotUndo) as refusal:
            undoing.undo(first, by=self.cast.hoa, now=timezone.now())
        self.assertEqual(len(refusal.exception.later), 1)
        self.undo(second)
        self.undo(first)
        self.assertFalse(Household.objects.exists())


class WhatCannotBeUndone(AnImport):
    def refusal(self, record: RosterImport, now=None) -> undoing.CannotUndo:
        before, events = self.tables(), LedgerEvent.objects.count()
        with self.assertRaises(undoing.CannotUndo) as refusal:
            undoing.undo(record, by=self.cast.hoa, now=now or timezone.now())
        self.assertEqual((self.tables(), LedgerEvent.objects.count()), (before, events))
        return refusal.exception

    def test_an_import_at_whose_homes_somebody_has_knocked(self):
        record = self.imported(AN, BE, CUONG)
        make_visit(Household.objects.get(head__name="Lê Văn Cường"), self.cast.lan)
        later = self.refusal(record).later
        self.assertEqual(
            [(i.address, i.event.type) for i in later], [("41 Võ Thị Sáu", "visit.recorded")]
        )

    def test_an_import_after_the_wards_period(self):
        record = self.imported(AN)
        soon = timezone.now() + timedelta(days=6, hours=23)
        undoing.check(record, soon)
        self.refusal(record, soon + timedelta(hours=2))
        ImportRules.objects.create(ward=self.cast.ward, undo_days=30)
        undoing.check(record, soon + timedelta(days=20))

    def test_an_import_that_was_undone(self):
        record = self.imported(AN)
        self.undo(record)
        record.refresh_from_db()
        self.refusal(record)

    def test_a_list_that_was_never_imported(self):
        record = self.uploaded(workbook(HEADER, AN))
        self.refusal(record)


class OnTheScreen(AnImport):
    def test_hoa_takes_the_wrong_list_back(self):
        record = self.uploaded(workbook(HEADER, AN, BE, title="Sheet1"))
        result = self.confirm(record)
        address = reverse("undo_roster_import", args=[record.pk])
        self.assertContains(result, address)
        self.assertEqual(self.client.get(address).status_code, 200)
        self.assertEqual(Household.objects.count(), 1)
        after = self.client.post(address, follow=True)
        self.assertContains(after, self.cast.hoa.full_name)
        self.assertFalse(Household.objects.exists())
        self.assertNotContains(after, address)

    def test_hoa_sees_what_stands_on_it(self):
        record = self.uploaded(workbook(HEADER, AN, BE, title="Sheet1"))
        self.confirm(record)
        make_visit(Household.objects.get(), self.cast.lan)
        address = reverse("undo_roster_import", args=[record.pk])
        for answer in (self.client.get(address), self.client.post(address)):
            self.assertContains(answer, self.cast.lan.full_name)
            self.assertContains(answer, "12/5 Võ Thị Sáu")
        self.assertEqual(Household.objects.count(), 1)
