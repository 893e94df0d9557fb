"""Bringing the built tables to what the events say, and each event to its status."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model, QuerySet

from courses.models import Skill
from outreach import feed, payloads
from outreach.consent_wording import known_wordings
from outreach.models import FollowUp, Household, LedgerEvent, Referral, Resident, Visit
from outreach.reasons import MAY_STILL_COME, OF_RIGHTS, Reason
from outreach.rows import rows_of
from outreach.tables import Touched, batches, write
from outreach.telling import HANDLERS, tell
from outreach.upcasting import NotRead, said_by
from outreach.world import Told, World
from volunteers.models import Area, User

Type = LedgerEvent.Type
Status = LedgerEvent.Status
# What these say is not looked at, unless an officer lets it pass.
PASSABLE = OF_RIGHTS | {Reason.CANNOT_APPLY}
# These wait for a server that knows more; `sync` looks at them again.
NOT_YET = {Reason.NEWER_SCHEMA, Reason.UNKNOWN_TYPE}
# Of what is here and not passable the officer's word changes nothing.
NEVER_TOLD = PASSABLE | NOT_YET | {Reason.UNSTORABLE_TEXT, Reason.ID_REUSED}
# Few, and they reach beyond the one home that they name.
RARE = (Type.HOUSEHOLD_MERGED, Type.HOUSEHOLD_SPLIT, Type.ROSTER_UNDONE, Type.EVENT_RESOLVED)


@dataclass(frozen=True)
class Verdict:
    status: Status
    reason: str = ""
    reason_text: str = ""


Resolution = tuple[LedgerEvent, payloads.EventResolved]


@dataclass
class Settled:
    """`verdicts` of the events looked at, by number; the homes of which something changed."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    touched: list[Touched] = field(default_factory=list)


class Ward:
    """What one ward's events are judged by, looked up once."""

    def __init__(self, code: str):
        self.code = code
        inside = Area.objects.filter(path__contains=f"/{code}/").exclude(pk=code)
        self.areas = frozenset(inside.values_list("pk", flat=True))
        self.levels = {skill.pk: frozenset(skill.levels.values) for skill in Skill.objects.all()}
        self.wordings = known_wordings()
        self.links: dict[UUID, set[UUID]] = defaultdict(set)
        self.undone: set[UUID] = set()
        self.resolutions: dict[tuple[UUID, str], Resolution] = {}
        # Events that an officer assigned to another home than they name, by that home.
        self.assigned: dict[UUID, set[UUID]] = defaultdict(set)
        rare = LedgerEvent.objects.filter(ward=code, type__in=RARE)
        events = list(rare.exclude(status=Status.REJECTED).order_by("number"))
        # Resolutions first: they decide which of the others count.
        for event in sorted(events, key=lambda event: event.type != Type.EVENT_RESOLVED):
            self._note(event)
        for (key, _content), (_event, said) in self.resolutions.items():
            if said.decision == "accept" and said.household:
                self.assigned[said.household].add(key)

    def _note(self, event: LedgerEvent) -> None:
        if self.is_silent(event):
            return
        try:
            said = said_by(event)
        except NotRead:
            return
        # A merger that waits for one of its homes links them already, so that their events are
        # told together.
        match said:
            case payloads.HouseholdMerged() if event.household:
                self._link(event.household, said.into)
            case payloads.HouseholdSplit() if event.household:
                self._link(event.household, said.id)
            case payloads.RosterUndone():
                self.undone.add(said.roster)
            case payloads.EventResolved():
                self.resolutions[said.event, said.content_hash] = (event, said)

    def resolution_of(self, event: LedgerEvent) -> "Resolution | None":
        """What was decided about the event, last."""
        keys = [(event.uuid, event.content_hash), (event.uuid, "")]
        found = [self.resolutions[key] for key in keys if key in self.resolutions]
        return max(found, key=lambda one: one[0].number, default=None)

    def is_silent(self, event: LedgerEvent) -> bool:
        """Whether the event does not count whatever it says: rejected, or not let pass."""
        resolution = self.resolution_of(event)
        if resolution and resolution[1].decision == "reject":
            return True
        passed = resolution and event.reason in PASSABLE
        return event.reason in NEVER_TOLD and not passed

    def home_of(self, event: LedgerEvent) -> UUID | None:
        """The home that the event is about, after an officer's word."""
        resolution = self.resolution_of(event)
        if resolution and resolution[1].decision == "accept" and resolution[1].household:
            return resolution[1].household
        return event.household

    def _link(self, one: UUID, other: UUID) -> None:
        self.links[one].add(other)
        self.links[other].add(one)

    def kin(self, home: UUID | None) -> UUID | None:
        """One of the home's family, the same for all of it."""
        return min(self.family([home])) if home in self.links else home

    def family(self, homes: Iterable[UUID]) -> set[UUID]:
        """The homes, and all that were merged with them or split from them."""
        found, todo = set(), list(homes)
        while todo:
            if (key := todo.pop()) not in found:
                found.add(key)
                todo += self.links.get(key, ())
        return found


def lock_homes(keys: Iterable[UUID]) -> None:
    """Wait until nobody else writes events of these homes, and let nobody until the caller's
    transaction ends. Always in the order of their keys, so that two do not wait for each other."""
    for batch in batches(sorted(set(keys))):
        homes = Household.objects.select_for_update(no_key=True).filter(pk__in=batch)
        list(homes.order_by("pk").values_list("pk", flat=True))


def settle(ward: Ward, homes: Iterable[UUID], in_hand: Iterable[LedgerEvent] = ()) -> Settled:
    """Tell the events of the homes again, write what differs, and note each event's status.

    Inside the caller's transaction, which has locked the homes that exist. What is `in_hand` is
    as stored, and not read again.
    """
    keys = ward.family(homes)
    events = _events(ward, keys, {event.number: event for event in in_hand})
    told, verdicts = _told(ward, events)
    world, refused = world_of(ward, told, keys)
    settled = Settled(verdicts | {number: verdict_of(why) for number, why in refused.items()})
    for one in told:
        settled.verdicts.setdefault(one.event.number, Verdict(Status.APPLIED))
    settled.touched = write(rows_of(world, ward.code), keys)
    feed.note_homes(ward.code, settled.touched)
    note_verdicts(events, settled.verdicts)
    return settled


def verdict_of(reason: Reason) -> Verdict:
    held = reason in MAY_STILL_COME
    return Verdict(Status.HELD if held else Status.QUARANTINED, reason)


def rejected(resolution: Resolution | None) -> Verdict | None:
    """The verdict when the officer did not accept the event; the words are for its author."""
    if resolution is None or resolution[1].decision != "reject":
        return None
    return Verdict(Status.REJECTED, Reason.REJECTED, resolution[1].reason)


def told_events(ward: Ward, homes: set[UUID]) -> tuple[list[Told], dict[int, Verdict]]:
    """The events of the homes with what they say, and verdicts of those that say nothing."""
    return _told(ward, _events(ward, homes, {}))


def _events(ward: Ward, homes: set[UUID], in_hand: Mapping[int, LedgerEvent]) -> list[LedgerEvent]:
    events = LedgerEvent.objects.filter(ward=ward.code, type__in=HANDLERS)
    found = _read(events.filter(household__in=homes), in_hand)
    assigned: set[UUID] = set().union(*(ward.assigned.get(home, ()) for home in homes))
    if assigned:
        known = {event.number for event in found}
        found += [e for e in events.filter(uuid__in=assigned) if e.number not in known]
        found.sort(key=lambda event: event.number)
    # What was assigned to another home is told there.
    return [event for event in found if ward.home_of(event) in homes]


def _read(events: QuerySet[LedgerEvent], in_hand: Mapping[int, LedgerEvent]) -> list[LedgerEvent]:
    if not in_hand:
        return list(events)
    numbers = list(events.values_list("number", flat=True))
    others: dict[int, LedgerEvent] = {}
    for batch in batches(number for number in numbers if number not in in_hand):
        others |= LedgerEvent.objects.in_bulk(batch)
    return [in_hand.get(number) or others[number] for number in numbers]


def _told(ward: Ward, events: list[LedgerEvent]) -> tuple[list[Told], dict[int, Verdict]]:
    """The events with what they say, but for those that do not count whatever they say."""
    told: list[Told] = []
    verdicts: dict[int, Verdict] = {}
    for event in events:
        resolution = ward.resolution_of(event)
        if rejection := rejected(resolution):
            verdicts[event.number] = rejection
            continue
        if event.erased_at or ward.is_silent(event):
            continue
        try:
            said = said_by(event)
        except NotRead as problem:
            verdicts[event.number] = verdict_of(problem.reason)
            continue
        accepted = (resolution[0].told_at, resolution[0].number) if resolution else None
        told.append(Told(event, said, ward.home_of(event), accepted))
    return told, verdicts


def world_of(ward: Ward, told: list[Told], homes: set[UUID]) -> tuple[World, dict[int, Reason]]:
    """The world of these homes, and why which events are not counted."""
    world = World(
        areas=ward.areas,
        levels=ward.levels,
        wordings=ward.wordings,
        users=users_named(told),
        kin=ward.kin,
        undone=frozenset(ward.undone),
    )
    foreign = Household.objects.filter(pk__in=homes).exclude(ward=ward.code)
    strangers = set(foreign.values_list("pk", flat=True))
    refused = {one.event.number: Reason.UNKNOWN_HOUSEHOLD for one in told if one.home in strangers}
    refused |= _taken_card_codes(told, homes)
    refused |= _taken_ids(ward, told, homes)
    refused |= tell(world, (one for one in told if one.event.number not in refused))
    return world, refused


def users_named(told: list[Told]) -> frozenset[int]:
    """The ids of people with an account among those whom the events name. At most one query."""
    named: set[int] = set()
    for one in told:
        match one.said:
            case payloads.VisitRecorded() as said:
                named |= {*said.companions, said.visitor or 0}
            case payloads.VisitCorrected(now=said):
                named |= {*said.companions, said.visitor or 0}
            case payloads.FollowUpAssigned(to=to):
                named.add(to)
            case payloads.SessionHeld(leaders=leaders):
                named |= set(leaders)
    named.discard(0)
    if not named:
        return frozenset()
    return frozenset(User.objects.filter(pk__in=named).values_list("pk", flat=True))


def _taken_card_codes(told: list[Told], homes: set[UUID]) -> dict[int, Reason]:
    """Events that give a home the card of another."""
    wanted: dict[str, dict[int, UUID | None]] = defaultdict(dict)
    for one in told:
        match one.said:
            case (
                payloads.HouseholdProposed(card_code=code) | payloads.RosterImported(card_code=code)
            ):
                wanted[code][one.event.number] = one.home
            case payloads.HouseholdSplit(card_code=code, id=key):
                wanted[code][one.event.number] = key
    taken: dict[str, UUID] = {}
    for batch in batches(wanted):
        stored = Household.objects.filter(card_code__in=batch).exclude(pk__in=homes)
        taken |= dict(stored.values_list("card_code", "pk"))
    refused = {}
    for code, claims in wanted.items():
        owner = taken.get(code) or claims[min(claims)]
        for number, home in claims.items():
            if home != owner:
                refused[number] = Reason.CARD_CODE_TAKEN
    return refused


def _taken_ids(ward: Ward, told: list[Told], homes: set[UUID]) -> dict[int, Reason]:
    """Events that give something new an id that another home uses; the first to use it keeps it."""
    claims: dict[tuple[type[Model], UUID], dict[int, UUID | int | None]] = defaultdict(dict)
    for one in told:
        for model, key in _new_ids(one.said):
            claims[model, key][one.event.number] = ward.kin(one.home)
        if isinstance(one.said, payloads.VisitRecorded):
            # A visit has the id of its event: no other may have it, of the same home neither.
            claims[Visit, one.event.uuid][one.event.number] = one.event.number
    refused = {}
    for claimed in claims.values():
        first = claimed[min(claimed)]
        for number, kin in claimed.items():
            if kin != first:
                refused[number] = Reason.ID_REUSED
    for model in (Resident, Visit, FollowUp, Referral):
        keys = [key for found, key in claims if found is model]
        for batch in batches(keys):
            stored = model._default_manager.filter(pk__in=batch).exclude(household__in=homes)
            for key in stored.values_list("pk", flat=True):
                refused |= dict.fromkeys(claims[model, key], Reason.ID_REUSED)
    return refused


def _new_ids(said: payloads.Payload) -> Iterator[tuple[type[Model], UUID]]:
    match said:
        case (
            payloads.HouseholdProposed(residents=people) | payloads.RosterImported(residents=people)
        ):
            yield from ((Resident, person.id) for person in people)
        case payloads.ResidentAdded(id=key):
            yield Resident, key
        case payloads.VisitRecorded(follow_up=promise) if promise:
            yield FollowUp, promise.id
        case payloads.VisitCorrected(now=now) if now.follow_up:
            yield FollowUp, now.follow_up.id
        case payloads.FollowUpOpened(id=key):
            yield FollowUp, key
        case payloads.ReferralMade(id=key):
            yield Referral, key


def note_verdicts(events: list[LedgerEvent], verdicts: dict[int, Verdict]) -> None:
    """Keep the verdicts, and let the phones know from which the events came."""
    changed = []
    for event in events:
        verdict = verdicts.get(event.number)
        if verdict is None:
            continue
        if (event.status, event.reason) != (verdict.status, verdict.reason):
            event.status, event.reason = verdict.status, verdict.reason
            event.reason_text = verdict.reason_text
            changed.append(event)
    by_verdict: dict[tuple, list[int]] = defaultdict(list)
    for event in changed:
        by_verdict[event.status, event.reason, event.reason_text].append(event.number)
    for (status, reason, text), numbers in by_verdict.items():
        for batch in batches(numbers):
            LedgerEvent.objects.filter(number__in=batch).update(
                status=status, reason=reason, reason_text=text
            )
    feed.note_statuses(changed)
