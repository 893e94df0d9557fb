"""Whatever happens to phones and server, and in whatever order, nothing is lost or counted twice."""

import os
from datetime import timedelta

import time_machine
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.life.machine import START, Life
from tests.people import make_cast, make_person
from volunteers import roles

EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "10"))
# Finding a shorter life that fails takes minutes.
SHRINK = bool(os.environ.get("LIFE_SHRINK"))
STEPS = int(os.environ.get("LIFE_STEPS", "20"))


class AnyLife(TestCase):
    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(START - timedelta(days=30), tick=False):
            cls.cast = cast = make_cast()
            tam, officer = make_person("tam", "Lê Minh Tâm"), make_person("tu", "Đỗ Thị Tư")
            roles.join(tam, cast.team)
            roles.grant(officer, roles.Role.OFFICER, cast.other_ward)
            cls.people = {one.pk: one for one in (cast.lan, cast.minh, tam, cast.binh)}
            cls.officers = {cast.ward.pk: cast.hoa, cast.other_ward.pk: officer}

    def test_ends_in_what_was_said(self):
        world = {"cast": self.cast, "people": self.people, "officers": self.officers}
        run_state_machine_as_test(
            type("Life", (Life,), world),
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
