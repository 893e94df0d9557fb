"""Two requests to enrol at the same moment: a proxy that repeats, a code that two people typed."""

from uuid import uuid4

from django.test import TransactionTestCase
from django.utils import timezone

from tests.people import make_cast
from tests.together import together
from volunteers import devices
from volunteers.models import Device, DeviceActor

ROUNDS = 4


class AtTheSameMoment(TransactionTestCase):
    # The browser tests leave a database without what migrations filled in; each puts it back.
    serialized_rollback = True

    def setUp(self):
        self.cast = make_cast()

    def both(self, *asked):
        """What enrolling gives for each (code, device), sent at once."""
        now = timezone.now()

        def enrol(code, device):
            return lambda: devices.enrol(code, device, "Samsung A05", "ngo-so-field 1.0", now)

        return together(*(enrol(code, device) for code, device in asked))

    def code(self, person) -> str:
        return devices.make_code(person, self.cast.hoa, timezone.now())

    def check_one_got_in(self, answers) -> None:
        kinds = sorted(type(answer).__name__ for answer in answers)
        self.assertEqual(kinds, ["CodeRefused", "Enrolled"], answers)

    def test_one_code_enrols_one_phone(self):
        for round_ in range(1, ROUNDS + 1):
            code = self.code(self.cast.lan)
            self.check_one_got_in(self.both((code, uuid4()), (code, uuid4())))
            self.assertEqual(Device.objects.count(), round_)

    def test_one_request_that_arrives_twice_gets_one_answer(self):
        for _ in range(ROUNDS):
            code, phone = self.code(self.cast.lan), uuid4()
            one, two = self.both((code, phone), (code, phone))
            self.assertEqual((one.push_token, one.pull_token), (two.push_token, two.pull_token))
            self.assertEqual(devices.device_of_push(one.push_token).pk, phone)
            self.assertEqual(DeviceActor.objects.filter(device=phone).count(), 1)

    def test_one_id_is_one_phone(self):
        for round_ in range(1, ROUNDS + 1):
            phone = uuid4()
            codes = self.code(self.cast.lan), self.code(self.cast.minh)
            self.check_one_got_in(self.both(*((code, phone) for code in codes)))
            self.assertEqual(Device.objects.count(), round_)
