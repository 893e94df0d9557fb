"""Phones in tests: enrolled as people enrol them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone

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
