"""Many homes at once give the same rows as one by one, and never half of them."""

from copy import copy
from datetime import date
from unittest import mock
from uuid import uuid4

from django.db import transaction
from django.test import TestCase

from outreach.ledger import Refused, event_of, record, record_many
from outreach.models import Household, LedgerEvent, Placement, Resident, RosterImport
from outreach.payloads import ImportedResident, RosterImported
from tests.builders import make_household
from tests.outreach.roster.lists import import_list, real_list
from tests.outreach.tables import tables
from tests.people import make_cast
from volunteers.models import Area


class ManyHomesAtOnce(TestCase):
    def setUp(self):
        self.cast = make_cast()
        self.known = make_household(self.cast.kp1, "Nguyễn Văn An", "Trần Thị Bé")
        self.left = make_household(self.cast.kp1, "Lê Văn Cường", address="3 Kỳ Đồng")

    def events(self) -> list[LedgerEvent]:
        """A home that moves and gets a new head, one that changes in every field, a new one."""
        head = self.known.residents.get(name="Trần Thị Bé")
        member = self.left.residents.get()
        new = [ImportedResident(id=uuid4(), name=name) for name in ("Đỗ Văn Giàu", "Vũ Thị Hoa")]
        said = [
            (self.known.pk, {"area": self.cast.kp2.pk, "head": head.pk, "address": "9 Kỳ Đồng"}),
            (
                self.left.pk,
                {
                    "area": self.cast.kp1.pk,
                    "address": "3 Kỳ Đồng",
                    "kind": "stall",
                    "declared_size": 5,
                    "residents": [
                        ImportedResident(
                            id=member.pk, name="Lê Văn Cương", sex="male", phone="0912345678"
                        ),
                        ImportedResident(id=uuid4(), name="Lê Thị Én", birth_year=1990),
                    ],
                },
            ),
            (
                uuid4(),
                {
                    "area": self.cast.kp2.pk,
                    "address": "Số 12 / 5A Võ Thị Sáu",
                    "head": new[0].id,
                    "residents": new,
                },
            ),
        ]
        return [
            event_of(
                LedgerEvent.Type.ROSTER_IMPORTED,
                RosterImported(
                    roster=uuid4(),
                    card_code=f"27139-{key.hex[:6]}",
                    as_of=date(2026, 11, 1),
                    **what,
                ),
                ward=self.cast.ward,
                household=key,
                actor=None,
            )
            for key, what in said
        ]

    def test_give_the_same_rows_as_one_by_one(self):
        events = self.events()
        with transaction.atomic():
            for event in events:
                record(event)
            one_by_one = tables(self.cast.ward)
            transaction.set_rollback(True)
        start = tables(self.cast.ward)
        record_many([copy(event) for event in events])
        self.assertNotEqual(one_by_one, start)
        self.assertEqual(tables(self.cast.ward), one_by_one)

    def test_are_refused_when_one_of_them_belongs_to_another_ward(self):
        stranger = make_household(self.cast.other_kp)
        events = self.events()
        events[0].household = stranger.pk
        with self.assertRaises(Refused):
            record_many(events)

    def test_are_refused_in_an_area_of_another_ward(self):
        events = self.events()
        events[-1].payload["area"] = self.cast.other_kp.pk
        with self.assertRaises(Refused):
            record_many(events)

    def test_are_stored_as_applied_in_the_order_given(self):
        events = self.events()
        record_many(events)
        stored = list(LedgerEvent.objects.order_by("number"))[-3:]
        self.assertEqual([event.uuid for event in stored], [event.uuid for event in events])
        self.assertEqual({event.status for event in stored}, {LedgerEvent.Status.APPLIED})


class AnImportThatFailsMidway(TestCase):
    def test_leaves_nothing_behind(self):
        cast = make_cast()
        with (
            mock.patch("outreach.feed.note_homes", side_effect=RuntimeError),
            self.assertRaises(RuntimeError),
        ):
            import_list(cast.ward, real_list("roster-two-sheets"))
        for model in (Household, Resident, Placement, LedgerEvent, RosterImport):
            self.assertFalse(model.objects.exists(), model)
        self.assertEqual(Area.objects.filter(parent=cast.ward).count(), 2)
