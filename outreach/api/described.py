"""What events and homes look like, for the description at /api/v1/openapi.json.

Events are kept whatever they hold, so nothing is refused by these forms: they tell client writers
what can be counted. That homes have theirs is proved by the tests.
"""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, BaseModel, Field
from pydantic.json_schema import models_json_schema

from outreach import payloads
from outreach.envelopes import LARGEST_ID, LARGEST_OFFSET, LARGEST_SEQ, OF_THE_DESK
from outreach.models import FollowUp, Household, LedgerEvent, Resident, Visit

REF = "#/components/schemas/"
# Beside the components that answers name themselves.
OF_PAYLOADS = f"{REF}payload."


class Event(Schema):
    """What a phone says. An entry without valid `id` and `seq` is unreadable and is not kept; any
    other is kept, whatever else is wrong with it."""

    id: UUID = Field(description="UUID of version 7, made when it was saved.")
    seq: int = Field(ge=0, le=LARGEST_SEQ, description="Numbers the phone's events without gaps.")
    type: str
    schema_: int = Field(alias="schema", description="Version of the payload's form.")
    actor: int = Field(
        ge=1, le=LARGEST_ID, description="Who said it: the id of a person enrolled on this phone."
    )
    household: UUID | None = None
    client_time: AwareDatetime
    clock_offset_ms: int | None = Field(
        None,
        ge=-LARGEST_OFFSET,
        le=LARGEST_OFFSET,
        description="Server's clock minus the phone's, as last learned; null: never learned.",
    )
    payload: dict[str, Any]


class LastVisit(Schema):
    day: date
    outcome: Visit.Outcome


class Promise(Schema):
    id: UUID
    what: FollowUp.What
    due_on: date


class PersonThere(Schema):
    id: UUID
    name: str
    birth_year: int | None = None
    sex: Resident.Sex | None = None
    phone: str | None = None
    help_needed: list[Resident.Help] = []
    agreed: bool = Field(False, description="Their consent to a record of skills is in force.")
    levels: dict[str, int] = Field({}, description="Skill → newest level.")


class Assigned(Schema):
    to: int
    until: date | None = Field(None, description="The last day; absent: until somebody ends it.")


class Home(Schema):
    """What there is nothing of is left out."""

    id: UUID
    version: str
    card_code: str
    kind: Household.Kind
    area: str
    address: str
    people: list[PersonThere]
    head: UUID | None = None
    declared_size: int | None = None
    last_visit: LastVisit | None = None
    promises: list[Promise] = []
    assigned: Assigned | None = None
    closed: Household.CloseReason | None = None
    merged_into: UUID | None = None


class AreaThere(Schema):
    code: str
    name: str
    own: bool


class Colleague(Schema):
    id: int
    name: str
    leads: bool


class HomeLeft(Schema):
    id: UUID
    why: Literal["moved", "gone"]


class StatusOf(Schema):
    id: UUID
    number: int
    status: LedgerEvent.Status
    reason: str
    reason_text: str


TYPES = {type: form for type, form in payloads.TYPES.items() if type not in OF_THE_DESK}
EVENTS = {"anyOf": [{"$ref": f"{REF}event.{type}"} for type in TYPES]}


def event_forms() -> dict[str, Any]:
    """Components of the description: one for the events of each type, and what they refer to."""
    forms: list[tuple[type[BaseModel], Literal["validation"]]]
    forms = [(form, "validation") for form in TYPES.values()]
    named, described = models_json_schema(forms, ref_template=OF_PAYLOADS + "{model}")
    # What was and what is: told where it stands, since pydantic's names for it say nothing.
    changed = {
        OF_PAYLOADS + name: {key: value for key, value in form.items() if key != "title"}
        for name, form in described["$defs"].items()
        if name.startswith(payloads.Changed.__name__)
    }
    found: dict[str, Any] = {
        f"payload.{name}": _spelt_out(form, changed)
        for name, form in described["$defs"].items()
        if OF_PAYLOADS + name not in changed
    }
    for said, form in TYPES.items():
        event = Event.model_json_schema(by_alias=True)
        event |= {"title": said, "description": form.__doc__ or said}
        event["properties"] |= {
            "type": {"const": said},
            "schema": {"const": payloads.SCHEMA},
            "payload": named[form, "validation"],
        }
        found[f"event.{said}"] = event
    return found


def _spelt_out(form: Any, references: dict[str, Any]) -> Any:
    """The form with these references replaced by what they refer to."""
    if isinstance(form, list):
        return [_spelt_out(one, references) for one in form]
    if not isinstance(form, dict):
        return form
    if form.get("$ref") in references:
        return _spelt_out(references[form["$ref"]], references)
    return {name: _spelt_out(one, references) for name, one in form.items()}
