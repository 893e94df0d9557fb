"""Household cards and the QR codes that leave with the family."""

import re
from collections.abc import Callable, Sequence
from secrets import choice

from django.conf import settings
from django.urls import reverse

# Crockford's base 32: no I, L, O or U, so that nobody reads one letter for another.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_card_code(ward: str, draw: Callable[[Sequence[str]], str] = choice) -> str:
    """A code like "27139-4K7QXM" of letters drawn by `draw`. The ward's part is readable on
    purpose: it opens the ward's learning page for everyone, whether the rest is a real code or
    not."""
    return f"{ward}-" + "".join(draw(ALPHABET) for _ in range(6))


def is_card_code(text: str) -> bool:
    """Whether `text` is written like a card code; not whether such a card exists."""
    return re.fullmatch(f"[0-9]{{5}}-[{ALPHABET}]{{6}}", text) is not None


def card_address(code: str) -> str:
    return settings.BASE_URL + reverse("card", args=[code])


def lessons_address(numbers: list[int]) -> str:
    """The short address of these lessons, e.g. https://…/hoc/3-7-12; none: the start page."""
    if not numbers:
        return settings.BASE_URL + "/"
    return settings.BASE_URL + reverse("chosen_lessons", args=["-".join(map(str, numbers))])
