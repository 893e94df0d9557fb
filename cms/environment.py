"""Typed readers for environment variables: a wrong value stops the start with one sentence."""

import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


class Environment:
    """Reads settings from `variables`; readers raise ImproperlyConfigured on a wrong value."""

    def __init__(self, variables: Mapping[str, str] = os.environ):
        self.variables = variables

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding space; unset and empty both give the default."""
        return self.variables.get(name, "").strip() or default

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(
                f"{name} is {value!r}; expected one of: {', '.join(choices)}."
            )
        return value

    def boolean(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in YES | NO:
            raise ImproperlyConfigured(f"{name} is {value!r}; expected 1 (yes) or 0 (no).")
        return value in YES

    def integer(self, name: str, default: int, minimum: int, maximum: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
            raise ImproperlyConfigured(
                f"{name} is {value!r}; expected a whole number from {minimum} to {maximum}."
            )
        return int(value)

    def words(self, name: str, default: list[str]) -> list[str]:
        """A comma-separated list; empty items are left out."""
        value = self.text(name)
        return [word.strip() for word in value.split(",") if word.strip()] if value else default

    def secret(self, name: str) -> str:
        """A secret of at least 40 characters; there is no default."""
        value = self.text(name)
        if len(value) < 40:
            raise ImproperlyConfigured(
                f"{name} has {len(value)} characters; set it to a random text of 40 or more, e.g. "
                'from: python -c "import secrets; print(secrets.token_urlsafe(50))"'
            )
        return value
