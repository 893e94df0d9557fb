"""Phones in tests: enrolled as people enrol them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.test import TestCase
from django.utils import timezone

from tests.people import make_cast
from volunteers import devices
from volunteers.models import Device, User


@dataclass
class Phone:
    """What a phone knows after enrolling."""

    id: UUID
    push: str
    pull: str

    @property
    def device(self) -> Device:
        return Device.objects.get(pk=self.id)


def enrolled(person: User, by: User, now: datetime | None = None) -> Phone:
    """A phone that `person` enrolled with a code made by `by`."""
    now = now or timezone.now()
    key = uuid4()
    code = devices.make_code(person, by, now)
    done = devices.enrol(code, key, "Samsung A05 của Lan", "ngo-so-field 1.0", now)
    return Phone(key, done.push_token, done.pull_token)


def add_person(phone: Phone, person: User, by: User, now: datetime | None = None) -> None:
    """`person` shares the phone from `now`."""
    now = now or timezone.now()
    code = devices.make_code(person, by, now)
    devices.enrol(code, phone.id, "Máy chung", "ngo-so-field 1.0", now, push_token=phone.push)


class PhoneCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.now = timezone.now()

    def enrol(self, code, device=None, now=None, **more):
        device = device or uuid4()
        now = now or self.now
        return devices.enrol(code, device, "Samsung A05", "ngo-so-field 1.0", now, **more)

    def code(self, person=None, by=None, now=None) -> str:
        return devices.make_code(person or self.cast.lan, by or self.cast.minh, now or self.now)
