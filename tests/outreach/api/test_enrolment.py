"""Enrolling over HTTP: every answer a phone can get."""

from datetime import datetime, timedelta
from unittest import mock
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import TestCase
from django.utils import timezone

from tests.outreach.api.phone import ENROL, caller, post, zipped
from tests.people import make_cast
from tests.volunteers.phones import enrolled
from volunteers import accounts, devices
from volunteers.models import Device, DeviceActor


class EnrolCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.key = str(uuid4())

    def body(self, person=None, **fields) -> dict:
        if "code" not in fields:
            fields["code"] = devices.make_code(
                person or self.cast.lan, self.cast.minh, timezone.now()
            )
        return {
            "device": self.key,
            "label": "Samsung A05 của Lan",
            "app": "ngo-so-field 1.0",
        } | fields

    def refused(self, response, status: int, code: str) -> dict:
        self.assertEqual(response.status_code, status, response.content)
        self.assertEqual(response["Content-Type"], "application/json")
        self.assertEqual(response["Cache-Control"], "no-store")
        problem = response.json()
        self.assertEqual(problem["code"], code)
        self.assertTrue(problem["message"])
        self.assertLessEqual(set(problem), {"code", "message", "sentence", "detail"})
        return problem


class APhoneEnrols(EnrolCase):
    def test_it_learns_its_credentials_its_person_its_ward_and_the_time(self):
        before = timezone.now()
        response = post(ENROL, self.body())
        self.assertEqual(response.status_code, 200, response.content)
        said = response.json()
        device = Device.objects.get()
        self.assertEqual(said["device"], self.key)
        self.assertEqual(said["person"], {"id": self.cast.lan.pk, "name": "Nguyễn Thị Lan"})
        self.assertEqual(said["ward"], {"code": "27139", "name": "Phường Xuân Hòa"})
        self.assertEqual(devices.device_of_push(said["push_token"]), device)
        self.assertEqual(devices.device_of_pull(said["pull_token"], timezone.now()), device)
        server_time = datetime.fromisoformat(said["server_time"])
        self.assertLess(abs(server_time - before), timedelta(minutes=1))
        until = datetime.fromisoformat(said["pull_until"])
        self.assertEqual(until - server_time, timedelta(days=30))
        self.assertEqual((device.label, device.app), ("Samsung A05 của Lan", "ngo-so-field 1.0"))

    def test_the_body_may_be_gzip(self):
        response = post(ENROL, zipped(self.body()), Content_Encoding="gzip")
        self.assertEqual(response.status_code, 200, response.content)

    def test_label_and_app_may_be_missing_long_or_strange(self):
        post(ENROL, self.body(label=" A\u0000\u202e05\n " + "x" * 100, app="y" * 100, more=[1]))
        device = Device.objects.get()
        self.assertEqual((device.label, len(device.app)), ("A 05 " + "x" * 55, 40))
        self.key = str(uuid4())
        bare = self.body()
        del bare["label"], bare["app"]
        self.assertEqual(post(ENROL, bare).status_code, 200)

    def test_a_number_of_papers_in_the_label_is_masked(self):
        post(ENROL, self.body(label="Lan 079123456789"))
        self.assertEqual(Device.objects.get().label, "Lan ▇▇▇")

    def test_asking_again_for_a_lost_answer_gives_the_same_credentials(self):
        body = self.body()
        first, again = post(ENROL, body).json(), post(ENROL, body).json()
        for name in ("push_token", "pull_token", "person", "ward"):
            self.assertEqual(first[name], again[name])
        self.assertEqual(DeviceActor.objects.count(), 1)

    def test_a_second_person_on_a_shared_phone_leaves_the_credentials(self):
        push = post(ENROL, self.body()).json()["push_token"]
        said = post(ENROL, self.body(self.cast.minh), token=push).json()
        self.assertEqual((said["push_token"], said["pull_token"]), (None, None))
        self.assertEqual(said["person"]["name"], "Trần Văn Minh")
        self.assertEqual(DeviceActor.objects.filter(device=self.key).count(), 2)


class ARefusal(EnrolCase):
    def test_is_the_same_for_every_code_that_does_not_work(self):
        used = self.body()
        post(ENROL, used)
        closed = self.body()
        fresh = self.body(self.cast.minh)
        accounts.close(self.cast.lan)
        answers = [
            self.refused(post(ENROL, body), 403, "code_refused")
            for body in (
                self.body(code="bbbb-bbbb"),
                self.body(code=""),
                used | {"device": str(uuid4())},
                closed | {"device": str(uuid4())},
                fresh,  # A phone that is enrolled, without its credential.
            )
        ]
        self.assertEqual([answers[0]] * 5, answers)
        self.assertIn("xin tổ trưởng hoặc cán bộ phường mã mới", answers[0]["sentence"])

    def test_tells_a_revoked_phone_what_to_do(self):
        phone = enrolled(self.cast.lan, self.cast.minh)
        devices.revoke(phone.device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        response = post(ENROL, self.body(device=str(phone.id)), token=phone.push)
        self.assertIn("thu hồi", self.refused(response, 403, "device_revoked")["sentence"])

    def test_comes_with_the_seconds_to_wait_after_too_many_wrong_codes(self):
        for _ in range(30):
            post(ENROL, self.body(code="bbbb-bbbb"))
        response = post(ENROL, self.body())
        problem = self.refused(response, 429, "too_many")
        self.assertIn("Bạn đợi 5 phút", problem["sentence"])
        self.assertIn(int(response["Retry-After"]), range(290, 301))

    def test_counts_addresses_and_not_what_a_stranger_writes_about_them(self):
        for number in range(30):
            post(ENROL, self.body(code="bbbb-bbbb"), X_Forwarded_For=f"203.0.113.{number}")
        self.refused(post(ENROL, self.body()), 429, "too_many")
        with self.settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
            response = post(ENROL, self.body(), X_Forwarded_For="198.51.100.1, 203.0.113.99")
        self.assertEqual(response.status_code, 200)

    def test_says_what_is_wrong_where_and_repeats_nothing_of_it(self):
        for fields, at in (
            ({"device": "Nguyễn Thị Lan"}, "device"),
            ({"device": 5}, "device"),
            ({"code": None}, "code"),
            ({"code": "x" * 41}, "code"),
            ({"code": ["bbbb"]}, "code"),
            ({"label": {"a": 1}}, "label"),
            ({"label": "\ud800"}, "label"),
            ({"label": "x" * 201}, "label"),
        ):
            with self.subTest(fields):
                response = post(ENROL, self.body(**({"code": "b"} | fields)))
                problem = self.refused(response, 400, "invalid")
                self.assertEqual([detail["at"] for detail in problem["detail"]], [at])
                self.assertNotIn("Nguyễn", response.content.decode())

    def test_of_bodies_that_are_no_object(self):
        for body in (b"[]", b"5", b"null", b'"a"'):
            with self.subTest(body):
                self.refused(post(ENROL, body), 400, "invalid")

    def test_of_bodies_that_cannot_be_read(self):
        good = zipped(self.body())
        for name, body, headers in (
            ("empty", b"", {}),
            ("not JSON", b"{", {}),
            ("not UTF-8", b'{"code": "\xff"}', {}),
            ("NaN", b'{"code": NaN}', {}),
            ("deep", b"[" * 33 + b"]" * 33, {}),
            ("very deep", b"[" * 500_000, {}),
            ("gzip cut off", good[:-9], {"Content_Encoding": "gzip"}),
            ("gzip damaged", good[:20] + b"\xff\xff" + good[22:], {"Content_Encoding": "gzip"}),
            ("plain as gzip", b"{}", {"Content_Encoding": "gzip"}),
            ("gzip as plain", good, {}),
            ("empty as gzip", b"", {"Content_Encoding": "GZIP"}),
        ):
            with self.subTest(name):
                self.refused(post(ENROL, body, **headers), 400, "unreadable")

    def test_of_bodies_that_are_too_large_or_packed_in_another_way(self):
        large = b'"' + b"a" * 1_048_576 + b'"'
        self.refused(post(ENROL, large), 413, "too_large")
        bomb = zipped(b" " * 300_000_000)
        self.assertLess(len(bomb), 400_000)
        self.refused(post(ENROL, bomb, Content_Encoding="gzip"), 413, "too_large")
        for encoding in ("br", "deflate", "gzip, gzip", "zstd"):
            with self.subTest(encoding):
                response = post(ENROL, b"{}", Content_Encoding=encoding)
                self.refused(response, 415, "unknown_encoding")

    def test_while_the_database_cannot_answer_asks_to_try_again(self):
        with (
            mock.patch("volunteers.devices.enrol", side_effect=OperationalError("locked")),
            self.assertLogs("outreach.api", "WARNING") as logged,
            self.assertLogs("django.request", "ERROR"),
        ):
            response = post(ENROL, self.body())
        self.refused(response, 503, "busy")
        self.assertEqual(response["Retry-After"], "5")
        self.assertEqual(logged.records[0].getMessage(), "answered 503: OperationalError")


class HowItIsAsked(EnrolCase):
    def test_the_type_of_the_body_does_not_matter(self):
        for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json; a=b"):
            with self.subTest(kind):
                self.key = str(uuid4())
                response = post(ENROL, self.body(), Content_Type=kind)
                self.assertEqual(response.status_code, 200, response.content)

    def test_odd_headers_of_authorization_mean_none(self):
        for header in ("Bearer", "Bearer ", "Basic YTpi", "bearer\t", "Bearer \xff", "x" * 5000):
            with self.subTest(header):
                self.key = str(uuid4())
                response = post(ENROL, self.body(), Authorization=header)
                self.assertEqual(response.status_code, 200, response.content)

    def test_cookies_mean_nothing_and_none_are_set(self):
        browser = caller()
        browser.force_login(self.cast.hoa)
        sessions = Session.objects.count()
        with self.assertNumQueries(0):
            response = browser.get("/api/v1/openapi.json")
        self.assertEqual(response.status_code, 200)
        response = post(ENROL, self.body(), client=browser)
        self.assertEqual(response.status_code, 200, response.content)
        self.assertFalse(response.cookies)
        self.assertNotIn("Vary", response)
        self.assertEqual(Session.objects.count(), sessions)

    def test_over_plain_http_production_sends_it_to_https(self):
        with self.settings(SECURE_SSL_REDIRECT=True):
            response = post(ENROL, self.body())
        self.assertEqual((response.status_code, response["Location"][:5]), (301, "https"))
        self.assertFalse(Device.objects.exists())
