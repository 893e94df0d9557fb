"""Whatever a client sends, the API answers as its own description says, and never fails."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from outreach.models import Household, LedgerEvent
from outreach.verify import differences
from tests.builders import give_consent, make_household, make_visit
from tests.outreach.api.phone import caller
from tests.outreach.api.volunteer import FieldPhone
from tests.outreach.test_targets import make_target
from tests.people import make_cast

EXAMPLES = int(os.environ.get("API_EXAMPLES", "60"))
# That what is invalid must be refused is no rule here: an event is kept whatever it says.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The client does not unpack.
HEADERS = {"Accept-Encoding": "identity"}
KINDS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@contextmanager
def connection_kept() -> Iterator[None]:
    """A request would close the connection, and with it the test's transaction; Django's own test
    client knows that, others do not."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class EveryOperation(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.homes = [
            make_household(cls.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh", phone="0912345678"),
            make_household(cls.cast.kp1, "Lê Hữu Việt", address="9 Kỳ Đồng"),
        ]
        cls.lan = FieldPhone.of(cls.cast.lan, cls.cast.minh)
        yen = cls.homes[0].head
        give_consent(yen, cls.cast.lan)
        visit = make_visit(cls.homes[0], cls.cast.lan, levels={(yen, "pay_qr"): 1})
        cls.known = [*(str(home.pk) for home in cls.homes), str(yen.pk), str(visit.pk)]

    def setUp(self):
        self.answers: Counter = Counter()
        with connection_kept():
            schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
        found = (operation.ok() for operation in schema.get_all_operations())
        self.operations = {
            operation.definition.raw["operationId"]: operation for operation in found
        }

    def aimed(self, value: Any, random: Random, key: str = "") -> Any:
        """What was made up, with some of its names replaced by those of what there is."""
        if isinstance(value, dict):
            return {name: self.aimed(one, random, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.aimed(one, random, key) for one in value]
        if key.endswith("_at") and isinstance(value, str) and random.random() < 0.8:
            # Months that have every day.
            return f"2026-{random.choice((1, 3, 5, 7, 8, 10)):02d}{value[7:]}"
        here = {
            "actor": self.cast.lan.pk,
            "area": self.cast.kp1.pk,
            "skill": "pay_qr",
            "household": self.known[random.randrange(2)],
        }
        if key in here and random.random() < 0.9:
            return here[key]
        if isinstance(value, str) and key != "id" and _is_uuid(value) and random.random() < 0.7:
            return random.choice(self.known)
        return value

    def try_out(self, name: str, token: str, change: Callable, learn: Callable | None = None):
        """Ask the operation for EXAMPLES requests of each kind, each changed before it is sent;
        `learn` is given what was answered."""
        for kind in KINDS:
            with connection_kept():
                self._ask(kind, name, token, change, learn)

    def _ask(self, kind, name, token, change, learn) -> None:
        @settings(
            max_examples=EXAMPLES,
            derandomize="API_EXAMPLES" not in os.environ,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        )
        @given(self.operations[name].as_strategy(generation_mode=kind), st.integers(0, 2**32))
        def ask(case, seed):
            change(case, Random(seed))
            answer = case.call(headers={**HEADERS, "Authorization": f"Bearer {token}"})
            self.answers[answer.status_code] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except* Failure as failures:
                # What Schemathesis raises cannot travel from one process to another.
                self.fail("\n".join(map(str, failures.exceptions)) + f"\n{case.as_curl_command()}")
            if learn:
                learn(kind, case, answer)

        ask()

    def assert_answered(self, *statuses: int) -> None:
        """These among others, so that the test has seen more than refusals."""
        self.assertLessEqual(set(statuses), set(self.answers), self.answers)

    def test_push_answers_as_described_and_leaves_a_whole_ledger(self):
        def aim(case, random):
            case.body = self.aimed(case.body, random)

        def learn(kind, case, answer):
            if kind is GenerationMode.POSITIVE and answer.status_code == 200:
                receipts = answer.json()["receipts"]
                for said, receipt in zip(case.body["events"], receipts, strict=True):
                    found = {receipt["receipt"], receipt["reason"]}
                    unread = {"unreadable", "unreadable_payload", "cannot_apply"}
                    self.assertFalse(found & unread, said)

        self.try_out("push", self.lan.phone.push, aim, learn)
        self.assert_answered(200, 400)
        self.assertEqual(list(differences(self.cast.ward)), [])
        pushed = LedgerEvent.objects.filter(device=self.lan.phone.id)
        types = set(pushed.filter(status="applied").values_list("type", flat=True))
        self.assertGreater(len(types), 5)
        self.assertFalse(pushed.filter(status="stored").exists())

    def test_pull_answers_as_described(self):
        cursors = [None, self.lan.pull()["cursor"]]
        for home in Household.objects.all():
            make_visit(home, self.cast.minh, "absent")

        def aim(case, random):
            if random.random() < 0.5:
                case.query = {"cursor": cursors[1]}

        self.try_out("pull", self.lan.phone.pull, aim)
        self.assert_answered(200, 400)

    def test_buckets_and_digest_answer_as_described(self):
        def aim(case, random):
            if random.random() < 0.5:
                case.path_parameters = {"sign": random.choice("0123456789abcdef")}

        self.try_out("bucket", self.lan.phone.pull, aim)
        self.try_out("digest", self.lan.phone.pull, lambda case, random: None)
        self.assert_answered(200, 404)

    def test_targets_answer_as_described(self):
        for code, measure in (("households_reached", "percent"), ("sessions_held", "count")):
            make_target(self.cast.kp1, "2000-01-01", "2100-12-31", 80, measure, code)
        headers = {"Authorization": f"Bearer {self.lan.phone.pull}"}
        known = caller().get("/api/v1/targets", headers=headers)["ETag"]

        def aim(case, random):
            if random.random() < 0.5:
                case.headers = {"If-None-Match": known}

        self.try_out("targets", self.lan.phone.pull, aim)
        self.assert_answered(200, 304)

    def test_enrol_answers_as_described(self):
        self.try_out("enrol", self.lan.phone.push, lambda case, random: None)
        self.assert_answered(400, 403, 429)

    def test_without_a_credential_nothing_is_said(self):
        for name in ("push", "pull", "bucket", "digest", "targets"):
            self.answers.clear()
            self.try_out(name, "none", lambda case, random: None)
            self.assertEqual(set(self.answers), {401}, name)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
