"""What a stored event says, in today's form, whatever version of the app said it.

The ledger keeps every payload word for word; it is brought to today's form each time it is read,
here and nowhere else. A change of any payload's form makes a new schema (`payloads.SCHEMA`, one
number for all types) and an upcaster from the one before, which stays for ever. What the database
looks up inside payloads (`roster`, and `event` of a decision) keeps its name in all of them.
"""

from collections.abc import Callable
from typing import Any

from outreach import payloads
from outreach.models import LedgerEvent
from outreach.reasons import Reason

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
# Schema → type → what makes the next schema's payload of one of this schema. A type that is not
# named has the same form in both. Schema 1 is the first, and today's.
UPCASTERS: dict[int, dict[str, Upcaster]] = {}


class NotRead(Exception):
    """What the event says cannot be read, or not by this server."""

    def __init__(self, reason: Reason):
        super().__init__(reason)
        self.reason = reason


def said_by(event: LedgerEvent) -> payloads.Payload:
    """What the event says. Raises NotRead: newer_schema, unknown_type or unreadable_payload."""
    if event.schema > payloads.SCHEMA:
        raise NotRead(Reason.NEWER_SCHEMA)
    form = payloads.TYPES.get(event.type)
    if form is None:
        raise NotRead(Reason.UNKNOWN_TYPE)
    if event.schema < 1:
        raise NotRead(Reason.UNREADABLE_PAYLOAD)
    said = event.payload
    try:
        for schema in range(event.schema, payloads.SCHEMA):
            upcast = UPCASTERS.get(schema, {}).get(event.type)
            said = upcast(said) if upcast else said
        return form.model_validate(said)
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        # An upcaster is given whatever came, so it may stumble as the form does.
        raise NotRead(Reason.UNREADABLE_PAYLOAD) from wrong
