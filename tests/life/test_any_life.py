"""Whatever happens to phones and server, nothing is lost, and nothing is counted twice."""

import os
from datetime import timedelta

import time_machine
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.life.living import START
from tests.life.machine import Life
from tests.people import make_cast, make_person
from volunteers import roles
from volunteers.models import Team

EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "7"))
# Finding a shorter life that fails takes minutes.
SHRINK = bool(os.environ.get("LIFE_SHRINK"))
STEPS = int(os.environ.get("LIFE_STEPS", "20"))


class AnyLife(TestCase):
    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(START - timedelta(days=30), tick=False):
            cls.cast = make_cast()
            cls.tam = make_person("tam", "Lê Minh Tâm")
            cls.tu = make_person("tu", "Đỗ Thị Tư")
            cls.team = Team.objects.create(ward=cls.cast.ward, name="Tổ công nghệ số khu phố 2")
            cls.team.areas.set([cls.cast.kp2])
            roles.join(cls.tam, cls.team)
            roles.grant(cls.tu, roles.Role.OFFICER, cls.cast.other_ward)

    def test_ends_in_what_was_said(self):
        class InThisWard(Life):
            cast, tam = self.cast, self.tam
            officers = {self.cast.ward.pk: self.cast.hoa, self.cast.other_ward.pk: self.tu}

        run_state_machine_as_test(
            InThisWard,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                derandomize="LIFE_EXAMPLES" not in os.environ,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                phases=[Phase.generate, *([Phase.shrink] if SHRINK else [])],
            ),
        )
