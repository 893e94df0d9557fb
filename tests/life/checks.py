"""What must be true of an installation, whatever happened to it."""

from collections import Counter
from random import Random
from unittest import TestCase

from outreach.models import Change, Consent, Household, LedgerEvent, Resident, ResidentSkill, Visit
from outreach.verify import differences
from tests.life import installation
from tests.life.model import Server, content
from tests.life.phones import LivePhone
from tests.life.telling import Told, tell
from tests.people import Cast

WAITS = {"held": "waits", "quarantined": "waits"}


class Checks:
    """Compares the product with the plain `server`."""

    server: Server
    phones: list[LivePhone]
    lost_phones: list[LivePhone]
    acknowledged: dict[str, set[str]]
    cast: Cast
    _case = TestCase()
    _case.maxDiff = None
    assertEqual, assertTrue = staticmethod(_case.assertEqual), staticmethod(_case.assertTrue)
    assertRaises = staticmethod(_case.assertRaises)

    def verdicts(self) -> dict[str, str]:
        return tell(self.server).verdicts

    def check_verdicts(self, events: list[dict], receipts: list[dict]) -> None:
        """The statuses that a push answers; of an id used twice the second one waits."""
        if self.server.behind:
            return
        told = self.verdicts()
        for event, receipt in zip(events, receipts, strict=True):
            if content(event) == self.server.contents[event["id"]][0]:
                status = WAITS.get(receipt["status"], receipt["status"])
                self.assertEqual((event["id"], status), (event["id"], told[event["id"]]))
            else:
                self.assertEqual(receipt["reason"], "id_reused")

    def check_homes(self, phone: LivePhone) -> None:
        """A phone has exactly the open homes of its people's areas."""
        own = self.server.areas_of(phone.device)
        self.assertEqual({home["area"] for home in phone.homes.values()} - own, set())
        if self.server.behind:
            return
        ward = self.server.phones[phone.device].ward
        self.assertEqual(
            {key: (home["area"], home["address"]) for key, home in phone.homes.items()},
            {
                key: (area, address)
                for key, (area, address, is_open) in tell(self.server).homes.items()
                if is_open and area in own and area.startswith(ward)
            },
        )

    def check_the_end(self) -> None:
        self.assertEqual(self.server.behind, {})
        for phone in self.phones + self.lost_phones:
            self.assertEqual((phone.waiting(), phone.stuck), ([], set()))
        self.check_nothing_is_lost()
        self.check_tables(tell(self.server))
        wards = [self.cast.ward, self.cast.other_ward]
        for ward in wards:
            self.assertEqual(list(differences(ward)), [])
        self.check_statuses()
        self.check_quiet()
        told = installation.seen(wards)
        other = installation.told_in_another_order(wards, Random(len(self.acknowledged)))
        self.assertEqual(other, told)

    def check_nothing_is_lost(self) -> None:
        """What was acknowledged is in the ledger, once, and nothing else that a phone said."""
        stored = Counter(
            (str(key), str(payload))
            for key, payload in LedgerEvent.objects.exclude(device=None).values_list(
                "uuid", "payload"
            )
        )
        self.assertEqual(set(stored.values()) - {1}, set())
        count = Counter(key for key, _payload in stored)
        self.assertEqual(count, {key: len(known) for key, known in self.server.contents.items()})
        for key, known in self.acknowledged.items():
            self.assertEqual((key, known - set(self.server.contents.get(key, ()))), (key, set()))

    def check_tables(self, told: Told) -> None:
        fields = ("area", "outcome", "visitor", "visited_at", "voided_at")
        visits = Visit.objects.values_list("pk", "household", *fields)
        self.assertEqual(
            {str(key): (str(home), *others) for key, home, *others in visits},
            told.visits,
        )
        self.assertEqual(
            {
                str(home.pk): (home.area_id, home.address, home.closed_on is None)
                for home in Household.objects.all()
            },
            told.homes,
        )
        self.assertEqual(
            {
                str(one.pk): (str(one.household_id), one.name, one.phone, one.left_on is not None)
                for one in Resident.objects.all()
            },
            told.people,
        )
        agreed = Consent.objects.in_force().values_list("resident", flat=True)
        self.assertEqual(set(map(str, agreed)), told.agreed)
        levels = ResidentSkill.objects.values_list("resident", "skill", "level")
        self.assertEqual(
            {(str(person), skill): level for person, skill, level in levels}, told.levels
        )

    def check_statuses(self) -> None:
        """Phones know what became of what they said."""
        told = self.verdicts()
        stored = LedgerEvent.objects.exclude(device=None).exclude(reason="id_reused")
        for key, status in stored.values_list("uuid", "status"):
            self.assertEqual((key, WAITS.get(status, status)), (key, told[str(key)]))
        for phone in self.phones:
            if not self.server.may_pull(phone.device):
                continue
            for said, one in phone.statuses.items():
                if self.server.events[said].device == phone.device:
                    status = WAITS.get(one["status"], one["status"])
                    self.assertEqual((said, status), (said, told[said]))

    def check_quiet(self) -> None:
        """Once more changes nothing and brings nothing."""
        before = LedgerEvent.objects.count(), Change.objects.count()
        for phone in self.phones:
            phone.push()
            if self.server.may_pull(phone.device):
                homes = dict(phone.homes)
                phone.look()
                self.assertEqual(phone.homes, homes)
                self.assertEqual(phone.drifted(), set())
        self.assertEqual((LedgerEvent.objects.count(), Change.objects.count()), before)
