"""How far a phone's places are from their targets."""

import hashlib
import json
from datetime import date, datetime
from typing import Annotated, Literal

from django.utils import timezone
from django.utils.cache import get_conditional_response
from ninja import Header, Router, Schema
from pydantic import Field

from outreach.api.answers import packed
from outreach.api.credentials import PullCredential
from outreach.api.errors import problems
from outreach.api.phone_request import PhoneRequest
from outreach.phone_targets import targets_of_phone

router = Router(tags=["targets"])


class TargetThere(Schema):
    measure: Literal["percent", "count"]
    value: float = Field(description="Percent of the denominator, or so many of the unit.")
    until: date = Field(description="The target's last day.")
    reached: bool | None = Field(description="Null: there is nobody to count among.")
    missing: int | None = Field(description="So many more of the unit; 0: reached.")


class IndicatorThere(Schema):
    code: str
    name: str
    unit: str
    numerator: int
    denominator: int | None = Field(description="Null: an amount has none.")
    rate: float | None = Field(description="From 0 to 1; null without a denominator.")
    from_: date = Field(alias="from", description="First day that counts.")
    to: date = Field(description="Last day that counts: today.")
    target: TargetThere | None = Field(description="Null: this month has no target of its own.")


class AreaTargets(Schema):
    code: str
    name: str
    indicators: list[IndicatorThere]


class TargetsAnswer(Schema):
    as_of: datetime = Field(description="When it was counted.")
    areas: list[AreaTargets]


EXAMPLE = {
    "as_of": "2026-11-22T09:30:06+07:00",
    "areas": [
        {
            "code": "27139.1",
            "name": "Khu phố 1",
            "indicators": [
                {
                    "code": "households_reached",
                    "name": "Hộ đã được tiếp cận",
                    "unit": "hộ",
                    "numerator": 41,
                    "denominator": 118,
                    "rate": 0.3474576271186441,
                    "from": "2026-11-01",
                    "to": "2026-11-22",
                    "target": {
                        "measure": "percent",
                        "value": 50,
                        "until": "2026-11-30",
                        "reached": False,
                        "missing": 18,
                    },
                }
            ],
        }
    ],
}


@router.get(
    "",
    auth=PullCredential(),
    response={200: TargetsAnswer, 304: None, **problems(401)},
    by_alias=True,
    operation_id="targets",
    url_name="targets",
    summary="Learn how far the targets are",
    openapi_extra={
        "responses": {
            200: {
                "content": {"application/json": {"example": EXAMPLE}},
                "headers": {"ETag": {"schema": {"type": "string"}, "required": True}},
            }
        }
    },
)
def targets(
    request: PhoneRequest,
    if_none_match: Annotated[
        str | None,
        Header(alias="If-None-Match", description="The `ETag` of the answer that you have."),
    ] = None,
):
    """For each place of the phone's people, or the whole ward for an officer: this month's figures,
    and for each target of today those since its first day. Numbers of areas, never of persons. The
    `ETag` stays while no number changes; 304 then."""
    said = targets_of_phone(request.auth, timezone.now())
    shown = json.dumps(said["areas"], sort_keys=True).encode()
    # Weak: zipped or not, it says the same.
    etag = f'W/"{hashlib.sha256(shown).hexdigest()[:32]}"'
    response = packed(request, said)
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
