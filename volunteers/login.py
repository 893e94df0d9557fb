"""Logging in with a user name or a phone number, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from volunteers.models import User
from volunteers.one_time_passwords import typed
from volunteers.phones import normalise_phone


def account_name(text: str) -> str:
    """The user name that was meant: in any case, or the phone number of its owner in any writing.

    A phone number nobody has stands for itself.
    """
    try:
        phone = normalise_phone(text)
    except ValueError:
        return User.normalize_username(text)
    owner = User.objects.filter(phone=phone).values_list("username", flat=True).first()
    return owner or phone


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by officers and leaders; nobody signs up alone, nobody has an e-mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The user name or phone number and the password do not belong together. Check them "
            "and try again. If you forgot the password, ask your team leader or the ward officer "
            "for a new one."
        ),
        "incorrect_password": _("This is not your password. Please try again."),
        "enter_current_password": _("This is not your present password. Please try again."),
        "too_many_login_attempts": _(
            "There were too many wrong attempts. Wait five minutes and try again, or ask your "
            "team leader or the ward officer for a new password."
        ),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_authenticate(self, request, **credentials) -> None:
        """Counts attempts for the account, however its name or phone number is written."""
        if username := credentials.get("username"):
            credentials["username"] = account_name(username)
        super().pre_authenticate(request, **credentials)

    def set_password(self, user: User, password: str) -> None:
        """Save the password a person chose, which makes their one-time password history."""
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("after_login")


class UsernameOrPhoneBackend(AuthenticationBackend):
    """allauth's backend, where a phone number stands for its owner's user name."""

    def _authenticate_by_username(self, username: str, password: str):
        return super()._authenticate_by_username(account_name(username), password)

    def _check_password(self, user: User | None, password: str):
        if user and user.must_change_password:
            password = typed(password)
        return super()._check_password(user, password)
