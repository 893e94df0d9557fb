"""Files of the desk in tests."""

from unittest import mock

from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import reverse

from outreach import own_process
from tests.people import PASSWORD


def make_at_once(case: TestCase) -> list[tuple[str, ...]]:
    """What would be made in a process of its own is made before the answer. Gives what was
    started, as it grows."""
    started: list[tuple[str, ...]] = []

    def start(*command: str) -> None:
        started.append(command)
        call_command(*command)

    patch = mock.patch.object(own_process, "start", side_effect=start)
    patch.start()
    case.addCleanup(patch.stop)
    return started


def fetched(client: Client, answer: HttpResponse) -> HttpResponse:
    """The file that `answer` leads to; who is asked for the password gives it."""
    address = answer["Location"]
    if not address.endswith("/tai-ve/"):
        address += "tai-ve/"
    answer = client.get(address)
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("account_reauthenticate")), answer["Location"]
        client.post(answer["Location"], {"password": PASSWORD})
        answer = client.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.get("Location"))
    return answer
