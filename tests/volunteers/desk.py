"""Working at the desk in tests: asking for screens by name, and reading the password off one."""

import re

from django.test import Client
from django.urls import reverse
from lxml import html

ONE_TIME = re.compile(r"\b[bcfghjkmnpqrstvxz]{4}(?:-[bcfghjkmnpqrstvxz]{4}){2}\b")


def at(name: str, *arguments) -> str:
    return reverse(f"volunteers:{name}", args=arguments)


def one_time_password(response) -> str:
    """The only one-time password on the page."""
    (password,) = set(ONE_TIME.findall(response.content.decode()))
    return password


def text_of(response) -> str:
    """The words of the page's main part, single-spaced."""
    tree = html.fromstring(response.content)
    (main,) = tree.xpath("//main")
    for hidden in main.xpath(".//script | .//style"):
        hidden.drop_tree()
    return " ".join(main.text_content().split())


def log_in(login: str, password: str) -> tuple[Client, object]:
    """A phone of one's own, and what it shows after trying to log in."""
    phone = Client()
    answer = phone.post(reverse("account_login"), {"login": login, "password": password})
    return phone, answer


def choose_password(phone: Client, password: str):
    both = {"password1": password, "password2": password}
    return phone.post(reverse("account_change_password"), both)
