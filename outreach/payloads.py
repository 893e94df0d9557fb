"""What each type of event carries. Unknown fields are errors: a misspelt one would be lost."""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from outreach.models import (
    Consent,
    FollowUp,
    Household,
    LedgerEvent,
    Referral,
    Resident,
    Visit,
)
from outreach.notes import mask_numbers

SCHEMA = 1
T = TypeVar("T")
BirthYear = Annotated[int, Field(ge=1890, le=2100)]
Key = Annotated[str, Field(min_length=1, max_length=20)]
Lesson = Annotated[int, Field(ge=1, le=100_000)]
UserId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(mask_numbers)]
Address = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(mask_numbers)]
Phone = Annotated[str, Field(max_length=15, pattern=r"^\d*$")]
Size = Annotated[int, Field(ge=0, le=1000)]
MaskedText = Annotated[str, Field(max_length=2000), AfterValidator(mask_numbers)]
ShortText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(mask_numbers)]
Sex = Resident.Sex | Literal[""]
Keys = Annotated[list[UUID], Field(max_length=100)]
Lessons = Annotated[list[Lesson], Field(max_length=100)]
People = Annotated[list[UserId], Field(max_length=30)]


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Changed(Payload, Generic[T]):
    """A field that somebody changed: what stood there before their eyes, and what is true."""

    was: T | None = None
    now: T


class Level(Payload):
    """What the visit saw: a level of the skill's scale."""

    resident: UUID
    skill: str = Field(max_length=40)
    level: int = Field(ge=0, le=3)


class Promise(Payload):
    id: UUID
    what: FollowUp.What
    due_on: date


class VisitRecorded(Payload):
    visited_at: AwareDatetime
    outcome: Visit.Outcome
    # Who knocked, when somebody else types the paper form in; None: the actor of the event.
    visitor: UserId | None = None
    companions: People = []
    met: Keys = []
    refused_consent: Keys = []
    assessments: Annotated[list[Level], Field(max_length=1000)] = []
    lessons_taught: Lessons = []
    # Read from the home's progress card, with consent.
    lessons_finished: Lessons = []
    follow_up: Promise | None = None
    note: MaskedText = ""


class VisitCorrected(Payload):
    """What the visit should have said, as a whole."""

    visit: UUID
    now: VisitRecorded


class VisitVoided(Payload):
    visit: UUID
    reason: ShortText


class NewResident(Payload):
    """A named person; None or empty: not known."""

    id: UUID
    name: Name
    birth_year: BirthYear | None = None
    sex: Sex = ""
    phone: Phone = ""
    help_needed: list[Resident.Help] = []


class HouseholdProposed(Payload):
    """A home that the team found and the ward's list lacks."""

    area: Key
    kind: Household.Kind = Household.Kind.HOME
    card_code: str = Field(max_length=16)
    address: Address
    declared_size: Size | None = None
    head: UUID | None = None
    residents: Annotated[list[NewResident], Field(max_length=100)] = []
    since: date


class HouseholdChanged(Payload):
    kind: Changed[Household.Kind] | None = None
    address: Changed[Address] | None = None
    declared_size: Changed[Size] | None = None
    head: Changed[UUID] | None = None


class HouseholdMoved(Payload):
    """The same people, somewhere else in the ward."""

    area: Key
    address: Address
    since: date


class HouseholdMerged(Payload):
    """The household is the same as `into`, where its people and visits belong."""

    into: UUID
    on: date


class HouseholdSplit(Payload):
    """Some of the people are a household of their own from now on."""

    id: UUID
    card_code: str = Field(max_length=16)
    address: Address
    residents: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    head: UUID | None = None
    since: date


def _not_merged(reason: Household.CloseReason) -> Household.CloseReason:
    if reason == Household.CloseReason.MERGED:
        raise ValueError("mergers are told as household.merged")
    return reason


class HouseholdClosed(Payload):
    """Nobody is visited there any more. `roster` is the import in which it was decided."""

    reason: Annotated[
        Household.CloseReason,
        AfterValidator(_not_merged),
        WithJsonSchema({"enum": [one for one in Household.CloseReason.values if one != "merged"]}),
    ]
    closed_on: date
    roster: UUID | None = None


class HouseholdReopened(Payload):
    reopened_on: date


class ResidentAdded(NewResident):
    since: date


class ResidentChanged(Payload):
    id: UUID
    name: Changed[Name] | None = None
    birth_year: Changed[BirthYear] | None = None
    sex: Changed[Sex] | None = None
    phone: Changed[Phone] | None = None
    help_needed: Changed[list[Resident.Help]] | None = None


class ResidentLeft(Payload):
    id: UUID
    why: Literal["moved", "died"]
    left_on: date


class ResidentMerged(Payload):
    """The person was entered twice; `into` is the one that stays."""

    id: UUID
    into: UUID
    on: date


class ConsentGiven(Payload):
    resident: UUID
    purpose: Consent.Purpose
    wording_version: int = Field(ge=1, le=1000)
    wording_sha256: str = Field(max_length=64)
    method: Consent.Method
    paper_number: Annotated[str, Field(max_length=40), AfterValidator(mask_numbers)] = ""
    given_at: AwareDatetime
    # The visit at which it was given, if it was at one: taken back, it takes the consent along.
    visit: UUID | None = None


class ConsentWithdrawn(Payload):
    resident: UUID
    purpose: Consent.Purpose
    withdrawn_at: AwareDatetime


class FollowUpOpened(Promise):
    """Something promised outside a visit."""


class FollowUpAssigned(Payload):
    follow_up: UUID
    to: UserId


class FollowUpDone(Payload):
    follow_up: UUID
    done_at: AwareDatetime
    # The visit at which it was done, if it was at one.
    visit: UUID | None = None


class ReferralMade(Payload):
    id: UUID
    resident: UUID | None = None
    to: Referral.To
    made_at: AwareDatetime


class ReferralAnswered(Payload):
    referral: UUID
    answer: Referral.Answer
    answered_at: AwareDatetime


class SessionHeld(Payload):
    """A class. The event names no household."""

    area: Key
    place: ShortText
    held_at: AwareDatetime
    lessons: Lessons = []
    leaders: People = []
    head_count: int = Field(ge=0, le=2000)
    attendees: Annotated[list[UUID], Field(max_length=500)] = []


class ImportedResident(Payload):
    """A named person as a ward's list gives them; None or empty: the list does not say."""

    id: UUID
    name: str = Field(min_length=1, max_length=120)
    birth_year: BirthYear | None = None
    sex: Sex = ""
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


class RosterUndone(Payload):
    """The import counts as never made; the event names no household."""

    roster: UUID


class EventResolved(Payload):
    """What an officer or leader decided about an event that waited. `household`: the home that it
    really is about. `content_hash` tells apart two events with one id; "": whichever there is."""

    event: UUID
    content_hash: str = Field(default="", max_length=64)
    decision: Literal["accept", "reject"]
    household: UUID | None = None
    reason: Annotated[str, Field(max_length=200), AfterValidator(mask_numbers)] = ""


Type = LedgerEvent.Type
TYPES: dict[str, type[Payload]] = {
    Type.VISIT_RECORDED: VisitRecorded,
    Type.VISIT_CORRECTED: VisitCorrected,
    Type.VISIT_VOIDED: VisitVoided,
    Type.HOUSEHOLD_PROPOSED: HouseholdProposed,
    Type.HOUSEHOLD_CHANGED: HouseholdChanged,
    Type.HOUSEHOLD_MOVED: HouseholdMoved,
    Type.HOUSEHOLD_MERGED: HouseholdMerged,
    Type.HOUSEHOLD_SPLIT: HouseholdSplit,
    Type.HOUSEHOLD_CLOSED: HouseholdClosed,
    Type.HOUSEHOLD_REOPENED: HouseholdReopened,
    Type.RESIDENT_ADDED: ResidentAdded,
    Type.RESIDENT_CHANGED: ResidentChanged,
    Type.RESIDENT_LEFT: ResidentLeft,
    Type.RESIDENT_MERGED: ResidentMerged,
    Type.CONSENT_GIVEN: ConsentGiven,
    Type.CONSENT_WITHDRAWN: ConsentWithdrawn,
    Type.FOLLOW_UP_OPENED: FollowUpOpened,
    Type.FOLLOW_UP_ASSIGNED: FollowUpAssigned,
    Type.FOLLOW_UP_DONE: FollowUpDone,
    Type.REFERRAL_MADE: ReferralMade,
    Type.REFERRAL_ANSWERED: ReferralAnswered,
    Type.SESSION_HELD: SessionHeld,
    Type.ROSTER_IMPORTED: RosterImported,
    Type.ROSTER_UNDONE: RosterUndone,
    Type.EVENT_RESOLVED: EventResolved,
}
