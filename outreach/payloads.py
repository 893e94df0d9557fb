"""What each type of event carries. Unknown fields are errors: a misspelt one would be lost."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from outreach.models import Consent, FollowUp, Household, LedgerEvent, Resident, Visit
from outreach.notes import mask_numbers

SCHEMA = 1
BirthYear = Annotated[int, Field(ge=1890, le=2100)]
MaskedText = Annotated[str, Field(max_length=2000), AfterValidator(mask_numbers)]


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(Payload):
    """What the visit saw: a level of the skill's scale."""

    resident: UUID
    skill: str
    level: int = Field(ge=0, le=3)


class FollowUpOpened(Payload):
    id: UUID
    what: FollowUp.What
    due_on: date


class VisitRecorded(Payload):
    visited_at: AwareDatetime
    outcome: Visit.Outcome
    # Who knocked, when somebody else types the paper form in; None: the actor of the event.
    visitor: int | None = None
    companions: list[int] = []
    met: list[UUID] = []
    refused_consent: list[UUID] = []
    assessments: list[Level] = []
    lessons_taught: list[int] = []
    follow_up: FollowUpOpened | None = None
    note: MaskedText = ""


class VisitVoided(Payload):
    visit: UUID
    reason: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(mask_numbers)]


class ConsentGiven(Payload):
    resident: UUID
    purpose: Consent.Purpose
    wording_version: int
    wording_sha256: str
    method: Consent.Method
    paper_number: Annotated[str, Field(max_length=40), AfterValidator(mask_numbers)] = ""
    given_at: AwareDatetime


class ConsentWithdrawn(Payload):
    resident: UUID
    purpose: Consent.Purpose
    withdrawn_at: AwareDatetime


class FollowUpDone(Payload):
    follow_up: UUID
    done_at: AwareDatetime


class ImportedResident(Payload):
    """A named person as a ward's list gives them; None or empty: the list does not say."""

    id: UUID
    name: str = Field(min_length=1, max_length=120)
    birth_year: BirthYear | None = None
    sex: Resident.Sex | Literal[""] = ""
    phone: str = Field(default="", max_length=15)


class RosterImported(Payload):
    """One household of a ward's list: new when the home is unknown, else what the list changes.

    What the list does not say (None or empty) stays as it was, and so do residents that it does
    not name.
    """

    roster: UUID
    area: str
    kind: Household.Kind = Household.Kind.HOME
    card_code: str = Field(max_length=16)
    address: str = Field(min_length=1, max_length=255)
    declared_size: int | None = Field(default=None, ge=0, le=1000)
    head: UUID | None = None
    residents: list[ImportedResident] = []
    as_of: date


class HouseholdClosed(Payload):
    """Nobody is visited there any more. `roster` is the import in which it was decided."""

    reason: Household.CloseReason
    closed_on: date
    roster: UUID | None = None


class RosterUndone(Payload):
    """The import counts as never made; the event names no household."""

    roster: UUID


TYPES: dict[str, type[Payload]] = {
    LedgerEvent.Type.VISIT_RECORDED: VisitRecorded,
    LedgerEvent.Type.VISIT_VOIDED: VisitVoided,
    LedgerEvent.Type.CONSENT_GIVEN: ConsentGiven,
    LedgerEvent.Type.CONSENT_WITHDRAWN: ConsentWithdrawn,
    LedgerEvent.Type.FOLLOW_UP_DONE: FollowUpDone,
    LedgerEvent.Type.HOUSEHOLD_CLOSED: HouseholdClosed,
    LedgerEvent.Type.ROSTER_IMPORTED: RosterImported,
    LedgerEvent.Type.ROSTER_UNDONE: RosterUndone,
}
