"""Pushing events and pulling what changed."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from outreach import epoch, pulling, sync
from outreach.api.answers import packed
from outreach.api.bodies import parsed, read_body
from outreach.api.credentials import PullCredential, PushCredential
from outreach.api.described import EVENTS, AreaThere, Colleague, Home, HomeLeft, StatusOf
from outreach.api.errors import ApiError, problems
from outreach.api.phone_request import PhoneRequest
from outreach.revoked_phones import TooMuch
from volunteers.devices import renew_lease

router = Router(tags=["sync"])


class PushRequest(Schema):
    sent_at: AwareDatetime | None = Field(
        None, description="The phone's clock now, by which the server learns how far it is off."
    )
    events: Annotated[list[Any], Field(max_length=sync.MOST_EVENTS)] = Field(
        description="Up to 200 events."
    )


class Receipt(Schema):
    position: int
    receipt: sync.ReceiptKind = Field(
        description="Never withdrawn. The phone may delete an event once it is stored, or was "
        "already, and its number is at most backed_up_through."
    )
    id: UUID | None = None
    number: int | None = None
    status: str | None = None
    reason: str = ""
    reason_text: str = ""


class PushAnswer(Schema):
    epoch: UUID
    backed_up_through: int
    server_time: datetime
    receipts: list[Receipt]


class Digest(Schema):
    epoch: UUID
    buckets: dict[str, str] = Field(
        description="Last sign of a home's id → SHA-256 of its lines `id:version`, sorted, joined "
        "by a line feed."
    )


class Bucket(Schema):
    households: list[Home]


class PullAnswer(Schema):
    epoch: UUID = Field(description="Another one than before: offer again what you kept.")
    backed_up_through: int
    server_time: datetime
    cursor: str
    whole: bool = Field(description="Everything there is: forget what you had.")
    more: bool = Field(description="Pull again at once with the new cursor.")
    places: list[str]
    areas: list[AreaThere]
    people: list[Colleague] = Field(description="Who is in the teams of the phone's people now.")
    households: list[Home]
    left: list[HomeLeft]
    left_places: list[str] = []
    statuses: list[StatusOf]


PUSH_EXAMPLE = {
    "sent_at": "2026-11-22T09:30:05+07:00",
    "events": [
        {
            "id": "019aa8f0-5b1c-7d3a-8f00-3a5c2b1d4e6f",
            "seq": 17,
            "type": "visit.recorded",
            "schema": 1,
            "actor": 7,
            "household": "0192f0c1-7c4e-4b8a-9f00-3a5c2b1d4e6f",
            "client_time": "2026-11-22T09:12:40+07:00",
            "clock_offset_ms": -1200,
            "payload": {"visited_at": "2026-11-22T09:12:00+07:00", "outcome": "absent"},
        }
    ],
}
PUSH_ANSWER = {
    "epoch": "5f0d8c5e-0f59-4b07-9d3c-2b8f6f6f2a10",
    "backed_up_through": 9120,
    "server_time": "2026-11-22T02:30:06Z",
    "receipts": [
        {
            "position": 0,
            "receipt": "stored",
            "id": "019aa8f0-5b1c-7d3a-8f00-3a5c2b1d4e6f",
            "number": 9133,
            "status": "applied",
            "reason": "",
            "reason_text": "",
        }
    ],
}


def _too_much(reason: TooMuch) -> ApiError:
    return ApiError(
        429,
        "too_much",
        "This device was revoked and has handed in what it may in a day; nothing was stored.",
        _(
            "This phone was revoked, so it can hand in only so much in one day. The rest stays on "
            "it and goes out later by itself."
        ),
        retry_after=reason.seconds,
    )


@router.post(
    "/push",
    auth=PushCredential(),
    response={200: PushAnswer, **problems(400, 401, 413, 415, 429)},
    operation_id="push",
    url_name="push",
    summary="Hand in events",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["events"],
                        "properties": {
                            "sent_at": {"type": "string", "format": "date-time"},
                            "events": {
                                "type": "array",
                                "maxItems": sync.MOST_EVENTS,
                                "items": EVENTS,
                            },
                        },
                    },
                    "example": PUSH_EXAMPLE,
                }
            },
        },
        "responses": {200: {"content": {"application/json": {"example": PUSH_ANSWER}}}},
    },
)
def push(request: PhoneRequest):
    """Keeps every event and counts it if it can be. Send the same again when no answer came: what
    was stored is not stored twice. Docs: sync.md."""
    body = read_body(request)
    asked = parsed(body, PushRequest)
    now = timezone.now()
    try:
        receipts = sync.push(request.auth, body, asked.events, asked.sent_at, now)
    except TooMuch as reason:
        raise _too_much(reason) from reason
    renew_lease(request.auth, now)
    known, through = epoch.current()
    return {
        "epoch": known,
        "backed_up_through": through,
        "server_time": now,
        "receipts": [vars(receipt) for receipt in receipts],
    }


@router.get(
    "/pull",
    auth=PullCredential(),
    response={200: PullAnswer, **problems(400, 401)},
    operation_id="pull",
    url_name="pull",
    summary="Learn what changed",
)
def pull(request: PhoneRequest, cursor: Annotated[str | None, Query(max_length=4000)] = None):
    """The homes of the phone's people that changed since the cursor, what left, and what became of
    the phone's own events. Without a cursor everything. Gzip if the phone accepts it."""
    try:
        answer = pulling.pull(request.auth, cursor)
    except pulling.BadCursor as wrong:
        raise ApiError(400, "bad_cursor", "Pull again without a cursor.") from wrong
    now = timezone.now()
    renew_lease(request.auth, now)
    return packed(request, {"server_time": now.isoformat(), **answer})


@router.get(
    "/digest",
    auth=PullCredential(),
    response={200: Digest, **problems(401)},
    operation_id="digest",
    url_name="digest",
    summary="Compare what the phone has",
)
def digest(request: PhoneRequest):
    """By bucket, so that a phone that has drifted repairs that bucket only."""
    known, _through = epoch.current()
    return {"epoch": known, "buckets": pulling.digest(request.auth)}


@router.get(
    "/buckets/{sign}",
    auth=PullCredential(),
    response={200: Bucket, **problems(401, 404)},
    operation_id="bucket",
    url_name="bucket",
    summary="All homes of one bucket",
)
def bucket(request: PhoneRequest, sign: str):
    """What the phone has in this bucket and is not here, it forgets."""
    if sign not in pulling.BUCKETS or len(sign) != 1:
        raise ApiError(404, "not_found", "A bucket is one of the signs 0 to f.")
    return packed(request, {"households": pulling.bucket(request.auth, sign)})
