"""The two credentials of a phone, as bearer tokens."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from volunteers.devices import device_of_pull, device_of_push
from volunteers.models import Device


def bearer(request: HttpRequest) -> str:
    """The token of the Authorization header; empty when there is none."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class Credential(HttpBearer):
    """A token that is missing is looked up like one that is wrong: both cost the same and get the
    same answer. `request.auth` is the Device."""

    def __call__(self, request: HttpRequest) -> Device | None:
        return self.authenticate(request, bearer(request))


class PushCredential(Credential):
    """`request.auth.revoked_at` says whether what is handed in still counts by itself."""

    openapi_description = "Hands in what the phone recorded; never ends."

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        return device_of_push(token)


class PullCredential(Credential):
    """None comes through when the lease or the work of everybody on the phone has ended."""

    openapi_description = (
        "Reads; ends with its lease, with the phone's revocation, and when nobody with an open "
        "account works on the phone any more."
    )

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        return device_of_pull(token, timezone.now())
