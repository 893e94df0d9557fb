"""Homes, visits and consents for tests, made the way the product makes them: through the ledger."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from outreach import payloads
from outreach.cards import new_card_code
from outreach.consent_wording import CURRENT_VERSION, wording_hash
from outreach.ledger import event_of, record
from outreach.models import Consent, Household, LedgerEvent, Resident, Visit
from volunteers.models import Area, User

Type = LedgerEvent.Type


def make_household(
    area: Area,
    *names: str,
    address: str = "281/209A Võ Thị Sáu",
    as_of: date = date(2026, 9, 30),
    birth_year: int | None = 1955,
    phone: str = "",
    card_code: str = "",
    key: UUID | None = None,
    **fields,
) -> Household:
    """A home in `area` where the people of `names` live; the first is its head.

    With the `key` of a known home it is that home, as a later list gives it: it may stand
    elsewhere, and only people named here are added.
    """
    new = key is None
    key = key or uuid4()
    residents = [
        payloads.ImportedResident(id=uuid4(), name=name, birth_year=birth_year, phone=phone)
        for name in names or (("Đặng Thị Bích Yến",) if new else ())
    ]
    said = payloads.RosterImported(
        roster=uuid4(),
        area=area.pk,
        card_code=card_code or new_card_code(area.ward_code),
        address=address,
        head=residents[0].id if residents else None,
        residents=residents,
        as_of=as_of,
        **fields,
    )
    record(event_of(Type.ROSTER_IMPORTED, said, ward=area.ward_code, household=key, actor=None))
    return Household.objects.get(pk=key)


def close_household(household: Household, on: date, reason: str = "vacant") -> None:
    said = payloads.HouseholdClosed(reason=reason, closed_on=on)
    ward = household.ward_id
    record(event_of(Type.HOUSEHOLD_CLOSED, said, ward=ward, household=household.pk, actor=None))


def _record(type: Type, said: payloads.Payload, of: Resident | Visit, actor: User) -> None:
    """Record what was said about a resident or a visit."""
    record(event_of(type, said, ward=of.ward_id, household=of.household_id, actor=actor))


def give_consent(resident: Resident, actor: User, at: datetime | None = None) -> None:
    said = payloads.ConsentGiven(
        resident=resident.pk,
        purpose=Consent.Purpose.SKILLS_RECORD,
        wording_version=CURRENT_VERSION,
        wording_sha256=wording_hash(CURRENT_VERSION),
        method=Consent.Method.SAID,
        given_at=at or timezone.now() - timedelta(days=100),
    )
    _record(Type.CONSENT_GIVEN, said, resident, actor)


def withdraw_consent(resident: Resident, actor: User, at: datetime | None = None) -> None:
    said = payloads.ConsentWithdrawn(
        resident=resident.pk,
        purpose=Consent.Purpose.SKILLS_RECORD,
        withdrawn_at=at or timezone.now(),
    )
    _record(Type.CONSENT_WITHDRAWN, said, resident, actor)


def make_visit(
    household: Household,
    visitor: User,
    outcome: str = Visit.Outcome.MET,
    at: datetime | None = None,
    levels: dict[tuple[Resident, str], int] | None = None,
    **fields,
) -> Visit:
    """A visit to `household`; `levels` are {(resident, skill code): level}."""
    said = payloads.VisitRecorded(
        visited_at=at or timezone.now(),
        outcome=outcome,
        assessments=[
            payloads.Level(resident=resident.pk, skill=skill, level=level)
            for (resident, skill), level in (levels or {}).items()
        ],
        **fields,
    )
    event = event_of(
        Type.VISIT_RECORDED,
        said,
        ward=household.ward_id,
        household=household.pk,
        actor=visitor,
    )
    record(event)
    return Visit.objects.get(pk=event.uuid)


def void_visit(visit: Visit, actor: User, reason: str = "Nhập nhầm nhà") -> None:
    said = payloads.VisitVoided(visit=UUID(str(visit.pk)), reason=reason)
    _record(Type.VISIT_VOIDED, said, visit, actor)
