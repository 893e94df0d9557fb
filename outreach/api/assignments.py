"""Giving doors to volunteers, from a leader's phone."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from outreach import assignments, payloads
from outreach.api.bodies import parsed, read_body
from outreach.api.credentials import PullCredential
from outreach.api.errors import problems
from outreach.api.phone_request import PhoneRequest
from volunteers.devices import workers_of
from volunteers.models import Device, User

router = Router(tags=["assignments"])


class AssignRequest(Schema):
    actor: payloads.UserId = Field(
        description="Who gives the doors: a leader or officer on this phone."
    )
    households: Annotated[list[UUID], Field(min_length=1, max_length=assignments.MOST_DOORS)]
    to: payloads.UserId | None = Field(
        description="Who gets them: one of `people`; null: nobody any more."
    )
    until: date | None = Field(None, description="The last day; null: until somebody ends it.")


class AssignAnswer(Schema):
    changed: int = Field(description="Of how many homes something changed.")
    server_time: datetime


EXAMPLE = {
    "actor": 4,
    "households": ["0192f0c1-7c4e-4b8a-9f00-3a5c2b1d4e6f"],
    "to": 7,
    "until": "2026-12-31",
}


@router.post(
    "",
    auth=PullCredential(),
    response={200: AssignAnswer, **problems(400, 401, 404, 413, 415)},
    operation_id="assign",
    url_name="assign",
    summary="Give doors to a volunteer",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": AssignRequest.model_json_schema(),
                    "example": EXAMPLE,
                }
            },
        }
    },
)
def assign(request: PhoneRequest):
    """All of them or none; asked again nothing changes. Phones learn of it in the homes that they
    pull."""
    asked = parsed(read_body(request), AssignRequest)
    now = timezone.now()
    try:
        changed = assignments.assign(
            _person(request.auth, asked.actor),
            asked.households,
            asked.to,
            asked.until,
            now,
            request.auth.ward_id,
        )
    except assignments.NotYours as wrong:
        raise Http404 from wrong
    return {"changed": changed, "server_time": now}


def _person(device: Device, key: int) -> User:
    if key not in workers_of(device):
        raise Http404
    return User.objects.get(pk=key)
