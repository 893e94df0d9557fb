"""Opening, closing and mending accounts. Nobody signs up alone; there is no e-mail."""

import re

from django.db import transaction

from volunteers import audit, roles
from volunteers.models import User
from volunteers.names import fold
from volunteers.one_time_passwords import new_one_time_password


def propose_username(full_name: str) -> str:
    """A free user name made of the name: "Nguyễn Thị Lan" is "nguyen.thi.lan", or "…lan2"."""
    words = re.findall(r"[a-z0-9]+", fold(full_name))
    wanted = ".".join(words).lstrip("0123456789.")[:34] or "thanh.vien"
    taken = set(User.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    number = 1
    proposal = wanted
    while proposal in taken:
        number += 1
        proposal = f"{wanted}{number}"
    return proposal


@transaction.atomic
def open_account(full_name: str, phone: str | None = None, username: str = "") -> tuple[User, str]:
    """A new account and the one-time password it opens with, which is kept nowhere."""
    password = new_one_time_password()
    user = User.objects.create_user(
        username or propose_username(full_name),
        password,
        full_name=full_name,
        phone=phone,
        must_change_password=True,
    )
    audit.record(user, "account_opened")
    return user, password


@transaction.atomic
def reset_password(user: User) -> str:
    """A new one-time password. The old password and every log-in that used it end now."""
    password = new_one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(user, "password_reset")
    return password


@transaction.atomic
def close(user: User) -> None:
    """Nobody logs in to the account any more, and who is logged in is out at the next request.

    Raises LastAdministrator rather than leave the installation without one.
    """
    if user.is_superuser:
        roles.refuse_to_lose_the_last_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(user, "account_closed")


@transaction.atomic
def reopen(user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(user, "account_reopened")
