"""Logging in with a user name or a phone number, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend

from volunteers.models import User
from volunteers.phones import normalise_phone


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by officers and leaders; nobody signs up alone, nobody has an e-mail."""

    def is_open_for_signup(self, request) -> bool:
        return False


class UsernameOrPhoneBackend(AuthenticationBackend):
    """allauth's backend, where a phone number stands for its owner's user name."""

    def _authenticate_by_username(self, username: str, password: str):
        try:
            phone = normalise_phone(username)
        except ValueError:
            return super()._authenticate_by_username(username.lower(), password)
        owner = User.objects.filter(phone=phone).values_list("username", flat=True).first()
        return super()._authenticate_by_username(owner or username, password)
