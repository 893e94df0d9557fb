"""Proving that the built tables are what the ledger says."""

from collections.abc import Iterator

from django.db import transaction

from outreach.models import Household, LedgerEvent
from outreach.rows import rows_of
from outreach.settling import Ward, lock_homes, told_events, world_of
from outreach.tables import TABLES, Row, Table, batches, compare
from volunteers.models import Area

# So many homes are told at once.
HOMES = 500


def differences(ward: Area) -> Iterator[str]:
    """Tell all events of the ward again and compare; nothing is changed.

    Gives one line for each row that stands without an event behind it, or that the events say and
    the tables lack; a row that is otherwise gives both. While a part of the ward is looked at,
    visits to its homes wait.
    """
    known = Ward(ward.pk)
    homes = set(Household.objects.filter(ward=ward).values_list("pk", flat=True))
    told = LedgerEvent.objects.filter(ward=ward).values_list("household", flat=True)
    homes |= {home for home in told.distinct() if home}
    seen: set = set()
    families = []
    for home in sorted(homes):
        if home not in seen:
            family = known.family({home})
            seen |= family
            families.append(family)
    for batch in batches(families, HOMES):
        with transaction.atomic():
            yield from list(_differences(known, set().union(*batch)))


def _differences(ward: Ward, homes: set) -> Iterator[str]:
    lock_homes(homes)
    told, _verdicts = told_events(ward, homes)
    world, _refused = world_of(ward, told, homes)
    for found in compare(rows_of(world, ward.code), homes):
        name = found.table.model.__name__
        too_much = [*found.surplus.values(), *(old for old, _true in found.changed.values())]
        lacking = [*found.missing.values(), *(true for _old, true in found.changed.values())]
        for row in too_much:
            yield f"{name} not in the ledger: {_describe(found.table, row)}"
        for row in lacking:
            yield f"{name} missing or different: {_describe(found.table, row)}"


def _describe(table: Table, row: Row) -> str:
    """Keys only: names, phones and notes stay out of logs."""
    return ", ".join(f"{name}={row[name]}" for name in table.key)


BUILT = [table.model for table in TABLES]
