"""What an event says, in words for an officer or a team's leader who decides about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import LessonPage, Skill
from outreach import payloads
from outreach.models import FollowUp, Household, LedgerEvent, Referral, Resident, Visit
from outreach.settling import Ward, told_events, world_of
from outreach.world import Entity, World, Write
from volunteers.models import Area, User

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    label: str
    values: list[str]


@dataclass(frozen=True)
class Change:
    """A field that the event changes: what its author saw, what counts now and who said that, and
    what the event says."""

    label: str
    seen: str
    standing: str
    standing_by: str
    standing_at: datetime | None
    said: str


@dataclass(frozen=True)
class Retold:
    lines: list[Line]
    changes: list[Change]


def retell(event: LedgerEvent, said: payloads.Payload) -> Retold:
    """Names are those of the event's ward; whatever else an id may name stays unnamed."""
    names = Names(event.ward_id)
    lines = [Line(label, values) for label, values in _lines(names, event, said) if values]
    return Retold(lines, list(_changes(names, event, said)))


class Names:
    """The words for what events name by ids."""

    def __init__(self, ward: str):
        self.ward = ward

    def people(self, keys: Iterable[UUID]) -> list[str]:
        keys = list(keys)
        known = Resident.objects.filter(pk__in=keys, ward=self.ward)
        names = dict(known.values_list("pk", "name"))
        return [names.get(key) or _("somebody who is not known here") for key in keys]

    def users(self, keys: Iterable[int | None]) -> list[str]:
        wanted = [key for key in keys if key]
        known = User.objects.filter(pk__in=wanted, memberships__team__ward=self.ward)
        names = dict(known.values_list("pk", "full_name"))
        return [names.get(key) or _("somebody who is not known here") for key in wanted]

    def home(self, key: UUID) -> str:
        home = Household.objects.filter(pk=key, ward=self.ward).first()
        return home.address if home else _("a home that is not known here")

    def area(self, code: str) -> str:
        area = Area.objects.filter(pk=code, path__contains=f"/{self.ward}/").first()
        return area.name if area else _("a neighbourhood that is not known here")

    def lessons(self, numbers: list[int]) -> list[str]:
        pages = LessonPage.objects.live().filter(number__in=numbers)
        titles = dict(pages.values_list("number", "title"))
        return [
            f"{number}. {titles[number]}" if number in titles else str(number) for number in numbers
        ]

    def levels(self, levels: list[payloads.Level]) -> list[str]:
        skills = {skill.pk: skill for skill in Skill.objects.all()}
        people = self.people(one.resident for one in levels)
        return [
            f"{person} · {_level(skills.get(one.skill), one.level)}"
            for person, one in zip(people, levels, strict=True)
        ]


def _level(skill: Skill | None, level: int) -> str:
    if skill is None or level not in skill.levels.values:
        return _("a skill or level that is not in the catalogue")
    return f"{skill}: {skill.levels(level).label}"


def day(value: date) -> str:
    return date_format(value, "d/m/Y")


def moment(value: datetime, event: LedgerEvent | None = None) -> str:
    """The time, by the server's clock if it is one that the event told."""
    told = event.when(value) if event else value
    return date_format(timezone.localtime(told), "H:i d/m/Y")


Said = Iterator[tuple[str, list[str]]]


def _lines(names: Names, event: LedgerEvent, said: payloads.Payload) -> Said:
    match said:
        case payloads.VisitRecorded():
            yield from _visit(names, event, said)
        case payloads.VisitCorrected(visit=key, now=now):
            yield _("The visit"), [_visit_named(names, key)]
            yield from _visit(names, event, now)
        case payloads.VisitVoided(visit=key, reason=reason):
            yield _("The visit"), [_visit_named(names, key)]
            yield _("Reason"), [reason]
        case payloads.HouseholdProposed() | payloads.RosterImported():
            yield from _new_home(names, said)
        case payloads.SessionHeld():
            yield from _session(names, event, said)
        case payloads.ConsentGiven() | payloads.ConsentWithdrawn():
            yield from _consent(names, event, said)
        case payloads.ResidentAdded():
            yield _("Person"), [_described(said)]
            yield _("Since"), [day(said.since)]
        case payloads.ResidentChanged(id=key):
            yield _("Person"), names.people([key])
        case payloads.ResidentLeft(id=key) | payloads.ResidentMerged(id=key):
            yield _("Person"), names.people([key])
        case payloads.EventResolved():
            yield _("What happened"), [_("A decision that is made at the desk only")]
        case _:
            yield from _home_lines(names, event, said)


def _visit(names: Names, event: LedgerEvent, said: payloads.VisitRecorded) -> Said:
    yield _("When"), [moment(said.visited_at, event)]
    yield _("What happened"), [str(said.outcome.label)]
    yield _("Who knocked"), names.users([said.visitor])
    yield _("Who came along"), names.users(said.companions)
    yield _("Who was met"), names.people(said.met)
    yield _("Does not agree to a record"), names.people(said.refused_consent)
    yield _("Levels seen"), names.levels(said.assessments)
    yield _("Lessons taught"), names.lessons(said.lessons_taught)
    yield _("Lessons finished since"), names.lessons(said.lessons_finished)
    if said.follow_up:
        yield _("Promise"), [_promise(said.follow_up)]
    yield _("Note"), [said.note] if said.note else []


def _promise(said: payloads.Promise) -> str:
    return f"{said.what.label}, {day(said.due_on)}"


def _visit_named(names: Names, key: UUID) -> str:
    visit = Visit.objects.filter(pk=key, ward=names.ward).first()
    if visit is None:
        return _("a visit that is not counted")
    return f"{moment(visit.visited_at)} · {visit.get_outcome_display()}"


def _new_home(names: Names, said: payloads.HouseholdProposed | payloads.RosterImported) -> Said:
    yield _("Kind"), [str(said.kind.label)]
    yield _("Address"), [said.address]
    yield _("Neighbourhood"), [names.area(said.area)]
    yield _("Card code"), [said.card_code]
    yield _("Number of people"), [str(said.declared_size)] if said.declared_size else []
    yield _("Named people"), [_described(one) for one in said.residents]


def _described(said: payloads.NewResident | payloads.ImportedResident) -> str:
    known = [said.name, str(said.birth_year or ""), said.phone]
    return " · ".join(filter(None, known))


def _session(names: Names, event: LedgerEvent, said: payloads.SessionHeld) -> Said:
    yield _("When"), [moment(said.held_at, event)]
    yield _("Place"), [said.place]
    # A class may be of the whole ward.
    yield _("Neighbourhood"), [names.area(said.area)] if said.area != names.ward else []
    yield _("Who led it"), names.users(said.leaders)
    count = said.head_count
    people = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    yield _("Who came"), [people, *names.people(said.attendees)]
    yield _("Lessons taught"), names.lessons(said.lessons)


def _consent(
    names: Names, event: LedgerEvent, said: payloads.ConsentGiven | payloads.ConsentWithdrawn
) -> Said:
    yield _("Person"), names.people([said.resident])
    yield _("What for"), [str(said.purpose.label)]
    if isinstance(said, payloads.ConsentGiven):
        yield _("How"), [str(said.method.label)]
        yield (
            _("Number of the signed consent paper"),
            [said.paper_number] if said.paper_number else [],
        )
        yield _("When"), [moment(said.given_at, event)]
    else:
        yield _("When"), [moment(said.withdrawn_at, event)]


def _home_lines(names: Names, event: LedgerEvent, said: payloads.Payload) -> Said:
    match said:
        case payloads.HouseholdMoved():
            yield _("Address"), [said.address]
            yield _("Neighbourhood"), [names.area(said.area)]
            yield _("Since"), [day(said.since)]
        case payloads.HouseholdSplit():
            yield _("Address"), [said.address]
            yield _("Named people"), names.people(said.residents)
            yield _("Head of household"), names.people([said.head]) if said.head else []
            yield _("Since"), [day(said.since)]
        case payloads.HouseholdClosed():
            yield _("Reason"), [str(Household.CloseReason(said.reason).label)]
            yield _("Since"), [day(said.closed_on)]
        case payloads.HouseholdReopened():
            yield _("Since"), [day(said.reopened_on)]
        case payloads.FollowUpOpened():
            yield _("Promise"), [_promise(said)]
        case payloads.FollowUpAssigned():
            yield _("Promise"), [_promise_named(names, said.follow_up)]
            yield _("Who keeps it"), names.users([said.to])
        case payloads.FollowUpDone():
            yield _("Promise"), [_promise_named(names, said.follow_up)]
            yield _("When"), [moment(said.done_at, event)]
        case payloads.ReferralMade():
            yield _("Person"), names.people([said.resident]) if said.resident else []
            yield _("Sent on to"), [str(said.to.label)]
            yield _("When"), [moment(said.made_at, event)]
        case payloads.ReferralAnswered():
            yield _("Sent on to"), [_referral_named(names, said.referral)]
            yield _("Answer"), [str(said.answer.label)]
            yield _("When"), [moment(said.answered_at, event)]


def _promise_named(names: Names, key: UUID) -> str:
    promise = FollowUp.objects.filter(pk=key, ward=names.ward).first()
    if promise is None:
        return _("a promise that is not counted")
    return f"{promise.get_what_display()}, {day(promise.due_on)}"


def _referral_named(names: Names, key: UUID) -> str:
    referral = Referral.objects.filter(pk=key, ward=names.ward).first()
    return str(referral.get_to_display()) if referral else _("a referral that is not counted")


# What changes, beside what counts now.


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    seen: Any
    said: Any


def _changes(names: Names, event: LedgerEvent, said: payloads.Payload) -> Iterator[Change]:
    fields = list(_fields(said))
    if not fields:
        return
    entity = _entity(event, said)
    for one in fields:
        standing = _standing(entity, one.name, event)
        yield Change(
            one.label,
            _value(names, one.name, one.seen),
            _value(names, one.name, standing.value if standing else None),
            _author(standing),
            standing.told.event.told_at if standing else None,
            _value(names, one.name, one.said),
        )


def _fields(said: payloads.Payload) -> Iterator[Field]:
    match said:
        case payloads.HouseholdChanged() | payloads.ResidentChanged():
            for name, label in _labels().items():
                changed = getattr(said, name, None)
                if isinstance(changed, payloads.Changed):
                    yield Field(name, label, changed.was, changed.now)
        case payloads.ResidentLeft():
            yield Field("left", _("Left"), None, (said.left_on, said.why))
        case payloads.ResidentMerged() | payloads.HouseholdMerged():
            home = isinstance(said, payloads.HouseholdMerged)
            label = _("The same household as") if home else _("The same person as")
            yield Field("merged_into", label, None, (said.into, said.on))


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "birth_year": _("Year of birth"),
        "sex": _("Sex"),
        "phone": _("Phone number"),
        "help_needed": _("Help needed"),
        "kind": _("Kind"),
        "address": _("Address"),
        "declared_size": _("Number of people"),
        "head": _("Head of household"),
    }


def _entity(event: LedgerEvent, said: payloads.Payload) -> Entity | None:
    """What the event changes, with everything that was said of it; None: it is not known here."""
    if event.household is None:
        return None
    ward = Ward(event.ward_id)
    homes = ward.family([event.household])
    told, _verdicts = told_events(ward, homes)
    world: World = world_of(ward, told, homes)[0]
    key = getattr(said, "id", None)
    return world.people.get(key) if key else world.homes.get(event.household)


def _standing(entity: Entity | None, name: str, event: LedgerEvent) -> Write | None:
    """Who said what counts now, if somebody did."""
    if entity is None:
        return None
    now = entity.get(name)
    said = [
        write
        for write in entity.writes.get(name, ())
        if write.value == now and write.told.event.number != event.number
    ]
    return max(said, key=lambda write: write.stamp, default=None)


def _author(standing: Write | None) -> str:
    if standing is None:
        return ""
    actor = standing.told.event.actor
    return actor.full_name if actor else _("the ward's list")


def _value(names: Names, name: str, value: Any) -> str:
    """A field's value in words."""
    if value in (None, "", []):
        return NOTHING
    match name:
        case "head":
            return names.people([value])[0]
        case "sex":
            return str(Resident.Sex(value).label)
        case "kind":
            return str(Household.Kind(value).label)
        case "help_needed":
            return ", ".join(str(Resident.Help(one).label) for one in value)
        case "left":
            return f"{Resident.Left(value[1]).label}, {day(value[0])}"
        case "merged_into":
            return _other(names, value[0])
    return str(value)


def _other(names: Names, key: UUID) -> str:
    person = Resident.objects.filter(pk=key, ward=names.ward).first()
    return person.name if person else names.home(key)
