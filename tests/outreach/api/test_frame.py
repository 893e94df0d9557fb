"""What holds for every address of the API."""

import json
from datetime import timedelta
from unittest import mock

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, TestCase
from django.utils import timezone
from ninja import Router
from ninja.testing import TestClient

from outreach.api.answers import ApiMiddleware
from outreach.api.credentials import PullCredential, PushCredential
from outreach.api.enrolment import ANSWER_EXAMPLE, EnrolAnswer, EnrolRequest
from outreach.api.errors import add_handlers
from outreach.api.targets import EXAMPLE as TARGETS_EXAMPLE
from outreach.api.targets import TargetsAnswer
from outreach.api.version_1 import Version1
from tests.outreach.api.phone import ENROL, caller, post
from tests.people import make_cast
from tests.volunteers.phones import enrolled
from volunteers import accounts, devices
from volunteers.models import Device


class EveryAnswer(TestCase):
    def check(self, response, status: int, code: str) -> None:
        self.assertEqual(response.status_code, status)
        self.assertEqual(response["Content-Type"], "application/json")
        self.assertEqual(response["Cache-Control"], "no-store")
        self.assertEqual(response.json()["code"], code)
        self.assertFalse(response.cookies)

    def test_where_nothing_is_says_so_in_json(self):
        for path in ("/api/", "/api/v1/", "/api/v2/x", f"{ENROL}/", "/api/v1/devices/x\0"):
            with self.subTest(path):
                self.check(caller().get(path), 404, "not_found")
                self.check(post(path, {}), 404, "not_found")

    def test_to_the_wrong_method_names_the_right_one(self):
        for method in ("get", "put", "delete", "patch"):
            response = getattr(caller(), method)(ENROL)
            self.check(response, 405, "method_not_allowed")
            self.assertEqual(response["Allow"], "POST")
        self.check(post("/api/v1/openapi.json", {}), 405, "method_not_allowed")

    def test_of_a_mistake_of_ours_is_json_too(self):
        def failing(request: HttpRequest) -> HttpResponse:
            return HttpResponse("<h1>Lỗi</h1>", status=500)

        response = ApiMiddleware(failing)(RequestFactory().get("/api/v1/x"))
        self.assertEqual(response.status_code, 500)
        self.assertEqual(json.loads(response.content)["code"], "failed")

    def test_elsewhere_is_left_alone(self):
        response = self.client.get("/khong-co/")
        self.assertTrue(response["Content-Type"].startswith("text/html"))

    def test_asks_no_database_before_it_knows_what_is_wanted(self):
        with self.assertNumQueries(0):
            caller().get("/api/v1/x")


class TheDescription(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.described = caller().get("/api/v1/openapi.json").json()

    def test_there_are_no_pages_with_scripts_of_others(self):
        self.assertEqual(caller().get("/api/v1/docs").status_code, 404)

    def test_every_operation_names_its_refusals(self):
        operations = [
            operation for path in self.described["paths"].values() for operation in path.values()
        ]
        self.assertTrue(operations)
        for operation in operations:
            with self.subTest(operation["operationId"]):
                answers = operation["responses"]
                self.assertLessEqual({"200", "503"}, set(answers))
                # What the phone has is new enough: no refusal, and nothing to say.
                self.assertNotIn("content", answers.pop("304", {}))
                for status in set(answers) - {"200"}:
                    content = answers[status]["content"]["application/json"]
                    self.assertEqual(content["schema"]["$ref"], "#/components/schemas/Problem")
                self.assertTrue(operation["summary"] and operation["description"])

    def test_the_example_has_the_form_that_is_described(self):
        content = self.described["paths"][ENROL]["post"]["requestBody"]["content"]
        EnrolRequest.model_validate(content["application/json"]["example"])
        EnrolAnswer.model_validate(ANSWER_EXAMPLE)
        answer = self.described["paths"][ENROL]["post"]["responses"]["200"]
        self.assertEqual(answer["content"]["application/json"]["example"], ANSWER_EXAMPLE)

        TargetsAnswer.model_validate(TARGETS_EXAMPLE)
        answer = self.described["paths"]["/api/v1/targets"]["get"]["responses"]["200"]
        self.assertEqual(answer["content"]["application/json"]["example"], TARGETS_EXAMPLE)
        self.assertIn("ETag", answer["headers"])

    def test_both_credentials_are_named(self):
        schemes = self.described["components"]["securitySchemes"]
        for name in ("PushCredential", "PullCredential"):
            self.assertEqual((schemes[name]["type"], schemes[name]["scheme"]), ("http", "bearer"))


class Credentials(TestCase):
    """On an API made for this test, since what a credential opens is not this module's."""

    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.phone = enrolled(cls.cast.lan, cls.cast.minh)
        router = Router()
        for name, credential in (("push", PushCredential()), ("pull", PullCredential())):

            @router.get(f"/{name}", auth=credential, url_name=name)
            def whose(request):
                return str(request.auth.pk)

        api = Version1(urls_namespace="credentials", docs_url=None)
        add_handlers(api)
        api.add_router("", router)
        cls.api = TestClient(api)

    def ask(self, path: str, header: str | None):
        headers = {} if header is None else {"Authorization": header}
        return self.api.get(path, headers=headers)

    def opens(self, path: str, token: str) -> bool:
        return self.ask(path, f"Bearer {token}").status_code == 200

    def test_each_opens_its_own_door(self):
        self.assertTrue(self.opens("/push", self.phone.push))
        self.assertTrue(self.opens("/pull", self.phone.pull))
        self.assertFalse(self.opens("/push", self.phone.pull))
        self.assertFalse(self.opens("/pull", self.phone.push))

    def test_whatever_is_wrong_gets_one_answer_and_costs_the_same(self):
        devices.revoke(self.phone.device, self.cast.hoa, Device.Reason.LOST, timezone.now())
        wrong = (
            *(None, "", "Bearer", "Bearer x", "Basic YTpi", "bearer  \xff", "Bearer \0"),
            *(self.phone.pull, f"Token {self.phone.pull}", f"Bearer {self.phone.pull}"),
        )
        bodies = set()
        for header in wrong:
            with self.subTest(header), self.assertNumQueries(1):
                response = self.ask("/pull", header)
            self.assertEqual(response.status_code, 401)
            self.assertEqual(response["WWW-Authenticate"], "Bearer")
            bodies.add(response.content)
        self.assertEqual(len(bodies), 1)
        self.assertIn("chưa gửi vẫn còn trong máy", response.json()["sentence"])

    def test_the_scheme_may_be_written_in_any_case(self):
        self.assertEqual(self.ask("/push", f"bEARER  {self.phone.push} ").status_code, 200)

    def test_pull_ends_with_the_account_and_push_does_not(self):
        accounts.close(self.cast.lan)
        self.assertFalse(self.opens("/pull", self.phone.pull))
        self.assertTrue(self.opens("/push", self.phone.push))

    def test_pull_ends_with_the_lease(self):
        for days, open_then in ((29, True), (31, False)):
            then = timezone.now() + timedelta(days=days)
            with (
                self.subTest(days),
                mock.patch("outreach.api.credentials.timezone.now", return_value=then),
            ):
                self.assertEqual(self.opens("/pull", self.phone.pull), open_then)
