"""A walk over every address of the product, as everybody, to what is theirs and what is not."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.test import TestCase
from django.urls import URLPattern, get_resolver, reverse

from tests.access.addresses import (
    ADDRESSES,
    API,
    ROLES,
    UNNAMED,
    WAGTAIL_FOR_ALL_STAFF,
    WAGTAIL_FOR_EVERYONE,
    WAGTAIL_FOR_NOBODY,
    WAGTAIL_WRITERS,
    WITHOUT_DESK,
    Rule,
)
from tests.access.world import make_world

TOKEN = re.compile(rb'csrfmiddlewaretoken" value="\w+"')


def addresses(resolver=None, namespace="", route="") -> Iterator[tuple[str, str, URLPattern]]:
    """Name, route and pattern of everything that the product answers."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or ""), here, pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inner, here)


def ours() -> set[str]:
    """The names (or routes, where there is none) of addresses that are not Wagtail's."""
    return {
        route if name.endswith(":") or not name else name
        for name, route, _ in addresses()
        if not name.startswith("wagtail")
    }


def any_arguments(route: str) -> dict:
    """Arguments that the address accepts, whatever they mean."""
    if "compare" in route:
        return {"pk": 1, "revision_id_a": "live", "revision_id_b": "latest"}
    words = {"pk": "1", "object_id": "1", "model_name": "image", "app_label": "wagtailimages"}
    return {
        name: 1 if kind == "int" else words.get(name, "x")
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route)
    }


class WalkCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = make_world()

    def become(self, role: str) -> None:
        self.client.logout()
        if person := self.world.person(role):
            self.client.force_login(person)

    def ask(self, path: str, method: str = "get"):
        """The answer, with what it changed taken back."""
        with transaction.atomic():
            response = getattr(self.client, method)(path)
            transaction.set_rollback(True)
        return response

    def same(self, first, second) -> bool:
        """Whether two answers tell a stranger the same."""
        if first.status_code != second.status_code:
            return False
        if first.status_code == 302:
            return "/dang-nhap/" in first["Location"] and "/dang-nhap/" in second["Location"]
        return TOKEN.sub(b"", first.content) == TOKEN.sub(b"", second.content)


class TheTable(WalkCase):
    def test_it_lists_every_address_and_nothing_else(self):
        declared = set(ADDRESSES) | UNNAMED | API
        self.assertEqual(ours() - declared, set(), "not declared in tests/access/addresses.py")
        self.assertEqual(declared - ours(), set(), "declared, but there is no such address")


class EveryAddressOfOurs(WalkCase):
    def path(self, name: str, arguments) -> str:
        if "/" in name:
            return "/" + re.sub(r"<[^>]+>", str(arguments[0]), name)
        return reverse(name, args=arguments)

    def check_open(self, response, path: str) -> None:
        self.assertIn(response.status_code, (200, 301, 302), path)
        if response.status_code == 302:
            self.assertNotIn("/dang-nhap/", response["Location"], path)

    def check_closed(self, role: str, response, absent, path: str) -> None:
        if role == "anonymous":
            self.assertIn(response.status_code, (302, 404, 405), path)
        else:
            # Some addresses answer GET only, to everybody.
            self.assertIn(response.status_code, (404, 405), path)
        self.assertTrue(self.same(response, absent), f"{path} tells that something is there")

    def walk(self, role: str, name: str, rule: Rule) -> None:
        thing = rule.thing
        path = self.path(name, thing.ours(self.world) if thing else ())
        paths = [(path, role in rule.opens)]
        if thing:
            foreign = self.path(name, thing.foreign(self.world))
            paths.append((foreign, role in rule.everywhere))
            path = self.path(name, thing.absent)
        refusals = ("post",) if rule.post else ("get", "post")
        absent = {}
        for asked, opens in paths:
            if opens:
                self.check_open(self.ask(asked, refusals[0]), asked)
                continue
            for method in refusals:
                absent[method] = absent.get(method) or self.ask(path, method)
                self.check_closed(role, self.ask(asked, method), absent[method], asked)

    def test_it_opens_for_whom_it_should_and_for_nobody_else(self):
        for role in ROLES:
            self.become(role)
            for name, rule in ADDRESSES.items():
                with self.subTest(role=role, address=name):
                    self.walk(role, name, rule)


class EveryAddressOfTheApi(WalkCase):
    def test_it_answers_everybody_alike(self):
        routes = {key: route for name, route, _ in addresses() for key in (name, route)}
        paths = ["/" + re.sub(r"<[^>]+>", "x", routes[name]) for name in API]
        for path in paths:
            for method in ("get", "post"):
                answers = set()
                for role in ROLES:
                    self.become(role)
                    response = self.ask(path, method)
                    answers.add((response.status_code, response.content))
                with self.subTest(path=path, method=method):
                    self.assertEqual(len(answers), 1)


class EveryAddressOfWagtail(WalkCase):
    def paths(self) -> Iterator[tuple[str, str]]:
        for name, route, _ in addresses():
            if name.startswith("wagtail") and name not in WAGTAIL_FOR_EVERYONE:
                yield name, reverse(name, kwargs=any_arguments(route))

    def expected(self, role: str, name: str) -> set[int]:
        for_staff = name in WAGTAIL_FOR_ALL_STAFF
        if role in WITHOUT_DESK:
            return {403 if name == "wagtailadmin_home" else 404}
        if name.startswith(WAGTAIL_FOR_NOBODY):
            return {302, 404} if role == "anonymous" else {404}
        if role == "anonymous":
            return {302}
        if for_staff or role in WAGTAIL_WRITERS:
            return {200, 302, 400, 403, 404, 405}
        return {404}

    def test_it_opens_for_those_who_write_and_for_nobody_else(self):
        paths = list(self.paths())
        self.assertGreater(len(paths), 150)
        for role in (role for role in ROLES if role != "binh"):  # To Wagtail, Bình is as Lan.
            self.become(role)
            for name, path in paths:
                with self.subTest(role=role, address=name, path=path):
                    response = self.ask(path)
                    self.assertIn(response.status_code, self.expected(role, name))
                    leads_to_log_in = role == "anonymous" and name != "wagtailadmin_logout"
                    if leads_to_log_in and response.status_code == 302:
                        self.assertIn("/dang-nhap/", response["Location"])

    def test_what_is_open_to_everyone_asks_nobody_for_a_password_of_its_own(self):
        for path in ("/admin/login/", "/_util/login/"):
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 302)
                self.assertIn("/dang-nhap/", response["Location"])
