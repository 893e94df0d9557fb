"""Proving that the built tables are what the ledger says."""

from collections.abc import Iterator

from django.db import models, transaction

from outreach.apply import apply
from outreach.models import (
    Assessment,
    Consent,
    FollowUp,
    Household,
    LedgerEvent,
    Placement,
    Resident,
    ResidentSkill,
    Visit,
)
from volunteers.models import Area

# In an order that lets each be deleted before what it refers to.
BUILT = [ResidentSkill, Assessment, Consent, FollowUp, Visit, Placement, Resident, Household]


class _Undo(Exception):
    """Rolls the rebuilding back."""


def _rows(model: type[models.Model], ward: Area) -> set[tuple]:
    """Every row of the ward as comparable values; serial numbers given by the database are left
    out, because a rebuilt row gets another."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key and isinstance(field, models.AutoField))
    ]
    many = model._meta.many_to_many
    rows = model._default_manager.filter(ward=ward).prefetch_related(*(f.name for f in many))
    return {
        tuple(f"{field.name}={field.value_from_object(row)}" for field in fields)
        + tuple(f"{f.name}={sorted(str(o.pk) for o in getattr(row, f.name).all())}" for f in many)
        for row in rows
    }


def differences(ward: Area) -> Iterator[str]:
    """Build the ward's tables again from its events, compare, and leave everything as it was.

    Gives one line for each row that stands without an event behind it, or that the events say and
    the tables lack. While it runs, imports into the ward and visits to its homes wait.
    """
    before: dict[type[models.Model], set[tuple]] = {}
    after: dict[type[models.Model], set[tuple]] = {}
    problems: list[str] = []
    try:
        with transaction.atomic():
            _lock(ward)
            for model in BUILT:
                before[model] = _rows(model, ward)
            Household.objects.filter(ward=ward).update(head=None)
            for model in BUILT:
                model._default_manager.filter(ward=ward).delete()
            events = LedgerEvent.objects.filter(ward=ward, status=LedgerEvent.Status.APPLIED)
            problems = list(_apply_all(events.order_by("number").iterator()))
            for model in BUILT:
                after[model] = _rows(model, ward)
            raise _Undo
    except _Undo:
        pass
    yield from problems
    for model in reversed(BUILT):
        for row in sorted(before[model] - after[model]):
            yield f"{model.__name__} not in the ledger: {_describe(row)}"
        for row in sorted(after[model] - before[model]):
            yield f"{model.__name__} missing or different: {_describe(row)}"


def _lock(ward: Area) -> None:
    """Let nobody else write the ward's homes until the end of the transaction. In the order of an
    import: the ward, then its homes by key."""
    Area.objects.select_for_update(no_key=True).get(pk=ward.pk)
    homes = Household.objects.select_for_update(no_key=True).filter(ward=ward).order_by("pk")
    list(homes.values_list("pk", flat=True))


def _apply_all(events: Iterator[LedgerEvent]) -> Iterator[str]:
    """Gives one line for each event that cannot be applied."""
    for event in events:
        try:
            with transaction.atomic():
                apply(event)
        except Exception as error:
            yield f"event {event.number} ({event.type}) cannot be applied: {error}"


def _describe(row: tuple) -> str:
    """Keys only: names, phones and notes stay out of logs."""
    shown = ("id=", "household=", "resident=", "visit=", "skill=", "event_number=", "since=")
    return ", ".join(value for value in row if value.startswith(shown))
