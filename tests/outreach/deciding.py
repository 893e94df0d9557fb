"""An event that waits, pushed by Lan's phone, in tests of deciding."""

from django.test import TestCase
from django.utils import timezone

from outreach import access, waiting
from outreach.ledger import Refused
from outreach.models import Household, LedgerEvent, Resident
from outreach.verify import differences
from tests.builders import make_household
from tests.outreach.api.volunteer import FieldPhone
from tests.people import make_cast


class DecidingCase(TestCase):
    def setUp(self):
        self.cast = make_cast()
        self.lan = FieldPhone.of(self.cast.lan, self.cast.minh)
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến", phone="0900000001")
        self.yen = Resident.objects.get(name="Đặng Thị Bích Yến")

    def tearDown(self):
        self.assertEqual(list(differences(self.cast.ward)), [])

    def waits(self, event: dict, reason: str) -> LedgerEvent:
        """Push the event; gives it as it waits."""
        self.lan.pushed(event)
        stored = LedgerEvent.objects.filter(uuid=event["id"]).latest("number")
        self.assertEqual(stored.reason, reason)
        self.assertIn(stored, access.waiting_events(self.cast.hoa))
        return stored

    def accept(self, event: LedgerEvent, home: Household | None = None, by=None) -> bool:
        return waiting.accept(event, by or self.cast.hoa, timezone.now(), home)

    def reject(self, event: LedgerEvent, reason="Nhà này chưa ai đến", by=None) -> bool:
        return waiting.reject(event, by or self.cast.hoa, reason, timezone.now())

    def assert_refused(self, code: str, decide, *arguments) -> None:
        before = LedgerEvent.objects.count()
        with self.assertRaises(Refused) as refused:
            decide(*arguments)
        self.assertEqual(refused.exception.code, code)
        self.assertTrue(str(refused.exception))
        self.assertEqual(LedgerEvent.objects.count(), before)

    def now(self, event: LedgerEvent) -> tuple[str, str, str]:
        event = LedgerEvent.objects.get(pk=event.pk)
        return event.status, event.reason, event.reason_text
