"""A day with an accident, a backup and phones ends as a day without."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random

import time_machine
from django.core.management import call_command
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from outreach.backups.making import make_backup
from outreach.models import LedgerEvent, Visit
from tests.faults.day import EVENING, MORNING, NOON, Day, make_ward
from tests.faults.near import NearStranger
from tests.faults.stranger import Refused
from tests.faults.test_a_bad_day import forget_what_happened, verdicts
from tests.installations import second_installation
from tests.outreach.tables import hashes
from tests.people import make_cast, make_person
from volunteers import devices, roles
from volunteers.models import Device, User

AFTER_THE_BACKUP = NOON + timedelta(minutes=30)
LATE_VISITS, MENDED = EVENING - timedelta(minutes=50), EVENING + timedelta(hours=1)


@dataclass
class Ended:
    hashes: dict[str, str]
    verdicts: dict[str, tuple[str, str]]
    visits: int


class TheDrill(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        data = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (data / "media").mkdir(parents=True)
        self.enterContext(override_settings(DATA_DIR=data, MEDIA_ROOT=data / "media"))
        with time_machine.travel(MORNING - timedelta(days=30)):
            self.cast = make_cast()
            self.tam = make_person("tam", "Lê Minh Tâm")
            self.sau = make_person("sau", "Vũ Thị Sáu")
            roles.join(self.tam, self.cast.team)
            roles.join(self.sau, self.cast.team)

    def test_ends_as_a_day_without_an_accident(self):
        good = self.live(accident=False)
        self.assertGreater(good.visits, 60)
        bad = self.live(accident=True)
        self.assertEqual(bad.verdicts, good.verdicts)
        self.assertEqual(bad.visits, good.visits)
        self.assertEqual(bad.hashes, good.hashes)

    def live(self, accident: bool) -> Ended:
        forget_what_happened()
        self.place = Path(self.enterContext(tempfile.TemporaryDirectory()))
        with time_machine.travel(MORNING, tick=False) as travel, ExitStack() as after:
            make_ward(self.cast)
            lan, shared = self.phone("lan", timedelta(days=-2)), self.phone("shared", timedelta(0))
            self.enrol(lan, self.cast.lan)
            self.enrol(shared, self.cast.minh)
            self.enrol(shared, self.tam)
            self.synchronise(lan, shared)
            day = Day(travel, lan, shared)
            day.before_noon()
            travel.move_to(NOON)
            self.synchronise(lan, shared)
            self.assertTrue(make_backup(self.place, timezone.now()).counts)
            travel.move_to(AFTER_THE_BACKUP)
            late = self.phone("late", timedelta(minutes=3))
            self.enrol(late, self.sau)
            late.synchronise()
            day.after_noon()
            day.walk(day.homes[20:26], LATE_VISITS, [late])
            travel.move_to(EVENING)
            # What Minh and Tâm say after noon is not handed in yet; the phones may forget the rest.
            self.synchronise(lan, late)
            if accident:
                after.enter_context(self.restored())
            travel.move_to(MENDED)
            day.walk(day.homes[26:29], MENDED - timedelta(minutes=30), [late])
            travel.move_to(MENDED + timedelta(hours=1))
            self.finish(accident, lan, shared, late)
            return Ended(hashes(self.cast.ward), verdicts(), Visit.objects.count())

    def phone(self, name: str, wrong: timedelta) -> NearStranger:
        def clock():
            return timezone.localtime() + wrong

        return NearStranger(("", 0), clock, Random(name), Random(name), lambda _: None)

    def code(self, person: User) -> str:
        return devices.make_code(person, self.cast.minh, timezone.now())

    def enrol(self, phone: NearStranger, person: User) -> None:
        self.assertEqual(phone.enrol(self.code(person)), person.pk)

    def synchronise(self, *phones: NearStranger) -> None:
        for phone in phones:
            phone.synchronise()

    def restored(self) -> ExitStack:
        """The installation is lost; another machine has its newest backup and its key."""
        forget_what_happened()
        with ExitStack() as opened:
            other = opened.enter_context(second_installation())
            opened.enter_context(other.entered())
            call_command("restore", self.place, stdout=StringIO(), stderr=StringIO())
            self.verify()
            self.assertFalse(Device.objects.filter(enrolled_at__gte=AFTER_THE_BACKUP).exists())
            return opened.pop_all()

    def verify(self) -> None:
        said = StringIO()
        call_command("verify_ledger", stdout=said)
        self.assertTrue(said.getvalue().startswith("OK"), said.getvalue())

    def finish(self, accident: bool, *phones: NearStranger) -> None:
        """Everybody hands in and learns, until all is quiet."""
        late = phones[-1]
        if accident:
            with self.assertRaises(Refused):
                late.synchronise()
            late.begin_anew([self.code(self.sau)])
        self.synchronise(*phones, *phones)
        self.verify()
        before = LedgerEvent.objects.count()
        for phone in phones:
            self.assertEqual((phone.waiting(), phone.stuck), ([], set()))
            self.assertEqual(phone.homes, phones[0].homes)
            self.assertEqual(phone.drifted(), set())
        self.synchronise(*phones)
        self.assertEqual(LedgerEvent.objects.count(), before)
