"""Taking an import back: the ward's homes are as if the list had never been imported."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from outreach.apply import events_of_roster, homes_of_roster
from outreach.ledger import event_of
from outreach.ledger import record as record_event
from outreach.models import Household, ImportRules, LedgerEvent, RosterImport
from outreach.payloads import RosterUndone
from outreach.settling import Ward, lock_homes
from outreach.tables import batches
from volunteers.models import Area, User
from volunteers.wards import AreaInUse, end_area

MOST_LATER_EVENTS = 50


class CannotUndo(Exception):
    """The import cannot be taken back. The message says why and what to do; `later` are events that
    stand on it, at most MOST_LATER_EVENTS, `more` how many there are beside them."""

    def __init__(self, message: str, later: "list[LaterEvent] | None" = None, more: int = 0):
        super().__init__(message)
        self.message = message
        self.later = later or []
        self.more = more


@dataclass(frozen=True)
class LaterEvent:
    """Something that happened at a home after the import had touched it."""

    event: LedgerEvent
    address: str


def undo_until(record: RosterImport) -> datetime | None:
    """Until when the import can be taken back; None when it was not made."""
    if record.state != RosterImport.State.CONFIRMED or record.confirmed_at is None:
        return None
    return record.confirmed_at + timedelta(days=ImportRules.of(record.ward).undo_days)


def is_in_time(record: RosterImport, now: datetime) -> bool:
    until = undo_until(record)
    return until is not None and now <= until


def note_who(record: RosterImport, by: User) -> None:
    """Note who undoes the import, before the work on it begins."""
    confirmed = RosterImport.objects.filter(pk=record.pk, state=RosterImport.State.CONFIRMED)
    confirmed.update(undone_by=by)


def check(record: RosterImport, now: datetime) -> None:
    """Raises CannotUndo."""
    until = undo_until(record)
    if until is None:
        raise CannotUndo(_("There is nothing to undo: the list is not imported."))
    if now > until:
        raise CannotUndo(
            _(
                "The time in which this import could be undone is over. Please correct the homes "
                "with a new list; homes that are not in it can be closed there."
            )
        )
    if later := _later_events(record):
        shown = LedgerEvent.objects.filter(number__in=later[:MOST_LATER_EVENTS])
        events = list(shown.select_related("actor"))
        homes = Household.objects.filter(pk__in={event.household for event in events})
        addresses: dict[UUID | None, str] = dict(homes.values_list("pk", "address"))
        raise CannotUndo(
            _(
                "The import cannot be undone: the events below happened afterwards at homes that "
                "it changed, and would be lost or wrong. Undo later imports first, the newest "
                "first; where there were visits, please correct the homes with a new list."
            ),
            [
                LaterEvent(event, addresses.get(event.household or UUID(int=0), ""))
                for event in events
            ],
            len(later) - len(events),
        )


def _later_events(record: RosterImport) -> list[int]:
    """The numbers of the events that stand on the import: those of its homes after it, but for
    those of imports that were undone."""
    own = events_of_roster(record.ward_id, record.pk)
    first = own.aggregate(first=Min("number"))["first"]
    if first is None:
        return []
    gone = {str(roster) for roster in Ward(record.ward_id).undone} | {str(record.pk)}
    later: list[int] = []
    for batch in batches(sorted(homes_of_roster(record.ward_id, record.pk))):
        events = LedgerEvent.objects.filter(
            ward=record.ward_id, household__in=batch, number__gt=first
        )
        said = events.values_list("number", KT("payload__roster"))
        later += [number for number, roster in said if roster not in gone]
    return sorted(later)


@transaction.atomic
def undo(record: RosterImport, by: User | None, now: datetime) -> None:
    """Take the import back through the ledger; neighbourhoods that it brought into use end where
    nothing stands in them. Raises CannotUndo, with nothing changed."""
    ward = Area.objects.select_for_update(no_key=True).get(pk=record.ward_id)
    locked = RosterImport.objects.select_for_update().get(pk=record.pk)
    lock_homes(homes_of_roster(locked.ward_id, locked.pk))
    check(locked, now)
    said = RosterUndone(roster=locked.pk)
    record_event(
        event_of(LedgerEvent.Type.ROSTER_UNDONE, said, ward=ward, household=None, actor=by, now=now)
    )
    for area in Area.objects.filter(pk__in=locked.created_areas, valid_until=None):
        with suppress(AreaInUse):
            end_area(area)
    locked.state = RosterImport.State.UNDONE
    locked.undone_at = now
    locked.undone_by = by
    locked.save()
