"""Enrolling a phone: the one thing that it may ask for without a credential."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from outreach.api.bodies import parsed, read_body
from outreach.api.credentials import bearer
from outreach.api.errors import ApiError, problems
from outreach.notes import mask_numbers
from volunteers import devices
from volunteers.failed_enrolments import TooManyFailures

router = Router(tags=["devices"])


def one_line(text: str) -> str:
    """`text` on one line, without signs that nobody sees, and without numbers of papers."""
    seen = "".join(character if character.isprintable() else " " for character in text)
    return mask_numbers(" ".join(seen.split()))


Line = Annotated[str, Field(max_length=200), AfterValidator(one_line)]


class EnrolRequest(Schema):
    code: Annotated[str, Field(max_length=40)] = Field(
        description="As typed: capitals, spaces and dashes do not matter."
    )
    device: UUID = Field(description="Made by the phone, new for each installation.")
    label: Line = Field("", description="What people call the phone; 60 signs are kept.")
    app: Line = Field("", description="Name and version of the app; 40 signs are kept.")


class Person(Schema):
    id: int
    name: str


class Ward(Schema):
    code: str
    name: str


class EnrolAnswer(Schema):
    device: UUID
    push_token: str | None = Field(description="Null: keep the one you have.")
    pull_token: str | None = Field(description="Null: keep the one you have.")
    pull_until: datetime = Field(description="Pull works until then; contact prolongs it.")
    person: Person
    ward: Ward
    server_time: datetime = Field(description="To learn how far the phone's clock is off.")


REQUEST_EXAMPLE = {
    "code": "bckm-fghj",
    "device": "0192f0c1-7c4e-7b8a-9f00-3a5c2b1d4e6f",
    "label": "Samsung A05 của Lan",
    "app": "ngo-so-field 1.0",
}
ANSWER_EXAMPLE = {
    "device": "0192f0c1-7c4e-7b8a-9f00-3a5c2b1d4e6f",
    "push_token": "push-" + "5f" * 32,
    "pull_token": "pull-" + "a0" * 32,
    "pull_until": "2026-12-22T02:00:00Z",
    "person": {"id": 7, "name": "Nguyễn Thị Lan"},
    "ward": {"code": "27139", "name": "Phường Xuân Hòa"},
    "server_time": "2026-11-22T02:00:00Z",
}


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as the log-in page counts it; empty when nobody knows."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return ""


def _refusal(reason: Exception) -> ApiError:
    """What the phone is told."""
    if isinstance(reason, TooManyFailures):
        minutes = -(-reason.seconds // 60)
        sentence = ngettext(
            "There were too many wrong codes. Wait %(minutes)s minute and try again.",
            "There were too many wrong codes. Wait %(minutes)s minutes and try again.",
            minutes,
        ) % {"minutes": minutes}
        message = "Too many wrong codes came from this address, or in all."
        return ApiError(429, "too_many", message, sentence, retry_after=reason.seconds)
    if isinstance(reason, devices.PhoneRevoked):
        return ApiError(
            403,
            "device_revoked",
            "This device was revoked. Push what is left, then enrol under a new id.",
            _(
                "This phone was revoked. Send what is not sent yet, remove the app's data, and "
                "ask for a new code."
            ),
        )
    if isinstance(reason, devices.OtherWard):
        return ApiError(
            403,
            "other_ward",
            "This device works for another ward than the code's.",
            _("This phone works for another ward. Use a phone of your own ward."),
        )
    return ApiError(
        403,
        "code_refused",
        "The code is wrong, used or expired, or not for this device.",
        _(
            "This code does not work: it is mistyped, used already, or older than ten minutes. "
            "Check it, or ask your team leader or the ward officer for a new one."
        ),
    )


@router.post(
    "/enrol",
    response={200: EnrolAnswer, **problems(400, 403, 413, 415, 429)},
    operation_id="enrol",
    url_name="enrol",
    summary="Enrol this phone for a person",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": EnrolRequest.model_json_schema(),
                    "example": REQUEST_EXAMPLE,
                }
            },
        },
        # Without any, or with push on a phone that is enrolled already.
        "security": [{}, {"PushCredential": []}],
        "responses": {200: {"content": {"application/json": {"example": ANSWER_EXAMPLE}}}},
    },
)
def enrol(request: HttpRequest):
    """Trades a one-use code for the phone's credentials. Repeat it with the same body when the
    answer was lost: within the code's ten minutes, until a credential is used, the same phone gets
    the same answer. A phone that is enrolled sends its push credential along and gets one more
    person. Docs: sync.md."""
    asked = parsed(read_body(request), EnrolRequest)
    now = timezone.now()
    try:
        done = devices.enrol(
            asked.code,
            asked.device,
            asked.label[:60],
            asked.app[:40],
            now,
            push_token=bearer(request) or None,
            address=address_of(request),
        )
    except (
        devices.CodeRefused,
        devices.PhoneRevoked,
        devices.OtherWard,
        TooManyFailures,
    ) as reason:
        raise _refusal(reason) from reason
    return {
        "device": done.device.pk,
        "push_token": done.push_token,
        "pull_token": done.pull_token,
        "pull_until": done.device.pull_until,
        "person": {"id": done.person.pk, "name": done.person.full_name},
        "ward": {"code": done.ward.pk, "name": done.ward.name},
        "server_time": now,
    }
