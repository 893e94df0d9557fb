"""What waits for an officer or a team's leader, and deciding about it. A decision is an event."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from outreach import payloads, upcasting
from outreach.ledger import Refused, event_of, record
from outreach.models import Household, LedgerEvent
from outreach.reasons import Reason
from outreach.settling import Ward, lock_homes
from outreach.telling import HANDLERS
from volunteers.models import User

log = logging.getLogger(__name__)
Type = LedgerEvent.Type
Status = LedgerEvent.Status
WAITING = (Status.HELD, Status.QUARANTINED)
LONGEST_REASON = 200
# These name the home that they make or change; it cannot be another.
OF_THEIR_HOME = {
    Type.HOUSEHOLD_PROPOSED,
    Type.HOUSEHOLD_MERGED,
    Type.HOUSEHOLD_SPLIT,
    Type.ROSTER_IMPORTED,
}
# Only the desk says these, in its own screens.
OF_THE_DESK = {Type.ROSTER_IMPORTED, Type.ROSTER_UNDONE, Type.EVENT_RESOLVED}


def can_assign(event: LedgerEvent) -> bool:
    """Whether the officer may say that the event is about another home than it names."""
    return event.type in HANDLERS and event.type not in OF_THEIR_HOME


def needs_home(event: LedgerEvent) -> bool:
    """Whether the event is about a home that is not known here, so that one must be chosen."""
    if not can_assign(event):
        return False
    if event.household is None:
        return True
    return not Household.objects.filter(pk=event.household, ward=event.ward_id).exists()


def obstacle(event: LedgerEvent) -> str:
    """Why the event can in no way be accepted, as a sentence; "": it may be."""
    if event.schema > payloads.SCHEMA or event.type not in Type.values:
        return _(
            "It comes from a newer app than this server knows. Leave it here: it can be counted "
            "once the operator has brought the server up to date."
        )
    if event.reason == Reason.ID_REUSED:
        return _(
            "The phone gave it the number of something that is kept already, so it cannot be "
            "counted as well. Reject it, and have it recorded anew if it is true."
        )
    if event.type in OF_THE_DESK:
        return _("This is done at the desk only and never counts from a phone. Reject it.")
    if said_by(event) is None:
        return _(
            "What it says cannot be read, so there is nothing to count. Reject it, and have it "
            "recorded anew."
        )
    return ""


def said_by(event: LedgerEvent) -> payloads.Payload | None:
    """What the event says; None: it cannot be read."""
    if event.reason == Reason.UNSTORABLE_TEXT:
        return None
    try:
        return upcasting.said_by(event)
    except upcasting.NotRead:
        return None


def accept(event: LedgerEvent, by: User, now: datetime, household: Household | None = None) -> bool:
    """Let the event count, about `household` if one is given. False: it is counted already.

    Raises Refused, with nothing stored, when it still cannot be counted; the message says what can
    be done.
    """
    if household is not None and (household.ward_id != event.ward_id or not can_assign(event)):
        raise _still(Reason.UNKNOWN_HOUSEHOLD)
    assigned = UUID(str(household.pk)) if household else None
    with _deciding(event, assigned) as stored:
        if stored.status == Status.APPLIED:
            return False
        if stored.status not in WAITING:
            raise Refused("decided", _("It has been rejected in the meantime."))
        if why_not := obstacle(stored):
            raise Refused(stored.reason, why_not)
        if household is None and needs_home(stored):
            raise _still(Reason.UNKNOWN_HOUSEHOLD)
        _decide(stored, by, now, "accept", household=assigned)
        stored.refresh_from_db(fields=["status", "reason"])
        if stored.status != Status.APPLIED:
            raise _still(stored.reason)
    return True


def reject(event: LedgerEvent, by: User, reason: str, now: datetime) -> bool:
    """The event will not count; its author reads `reason` on the phone. False: it is rejected
    already. Raises Refused."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(
            "reason",
            _("Say why in at most %(most)s characters; the volunteer reads it on the phone.")
            % {"most": LONGEST_REASON},
        )
    with _deciding(event) as stored:
        if stored.status == Status.REJECTED:
            return False
        if stored.status not in WAITING:
            raise Refused("decided", _("It has been counted in the meantime."))
        _decide(stored, by, now, "reject", reason=reason)
    return True


@contextmanager
def _deciding(event: LedgerEvent, assigned: UUID | None = None) -> Iterator[LedgerEvent]:
    """A transaction in which nobody else decides about the event or writes of its homes; gives the
    event as it is stored now."""
    homes = [key for key in (event.household, assigned) if key]
    with transaction.atomic():
        lock_homes(Ward(event.ward_id).family(homes))
        yield LedgerEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _decide(
    event: LedgerEvent,
    by: User,
    now: datetime,
    decision: Literal["accept", "reject"],
    household: UUID | None = None,
    reason: str = "",
) -> None:
    said = payloads.EventResolved(
        event=event.uuid,
        content_hash=event.content_hash,
        decision=decision,
        household=household,
        reason=reason,
    )
    about = said.household or event.household
    resolution = event_of(
        Type.EVENT_RESOLVED, said, ward=event.ward_id, household=about, actor=by, now=now
    )
    try:
        record(resolution)
    except (OperationalError, Refused):
        raise
    except Exception as problem:
        log.exception("What was decided about event %s could not be applied", event.number)
        raise _still(Reason.CANNOT_APPLY) from problem


def _still(code: str) -> Refused:
    """That what was accepted cannot be counted, and what can be done."""
    reason = Reason(code)
    sentences = {
        Reason.UNKNOWN_HOUSEHOLD: _("The home is not known in this ward. Choose the home first."),
        Reason.NO_HOUSEHOLD: _("It names no home. Choose the home first."),
        Reason.UNKNOWN_RESIDENT: _(
            "It names people who are not known in this home, so it cannot be counted there. "
            "Choose the home in which they live, or reject it and have it recorded anew."
        ),
        Reason.UNKNOWN_VISIT: _(
            "The visit that it speaks of is not counted. Decide about that visit first, and about "
            "the same home."
        ),
        Reason.UNKNOWN_FOLLOW_UP: _(
            "The promise that it speaks of is not known in this home. Decide about the visit first "
            "at which it was made."
        ),
        Reason.UNKNOWN_REFERRAL: _("The referral that it speaks of is not known in this home."),
        Reason.CARD_CODE_TAKEN: _(
            "The card's code belongs to another home. Reject it, and have the home recorded anew "
            "with a new card."
        ),
    }
    otherwise = _("It still cannot be counted: %(why)s. Nothing was changed.")
    return Refused(reason, sentences.get(reason, otherwise % {"why": reason.label}))
