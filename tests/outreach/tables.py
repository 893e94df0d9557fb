"""The tables that the ledger builds, as plain values."""

from hashlib import sha256

from outreach.models import Household
from outreach.tables import TABLES
from volunteers.models import Area


def tables(ward: Area) -> dict[str, set[tuple]]:
    """Every row of the ward's homes; serial numbers given by the database are left out."""
    homes = Household.objects.filter(ward=ward).values("pk")
    return {
        table.model.__name__: {
            tuple(f"{name}={row[name]}" for name in table.fields)
            for row in table.model._default_manager.filter(**{f"{table.of}__in": homes}).values(
                *table.fields
            )
        }
        for table in TABLES
    }


def picture(ward: Area) -> dict[str, list[tuple]]:
    """The tables, but for numbers that tell the order of arrival."""
    return {
        name: sorted(
            tuple(value for value in row if not value.startswith("event_number=")) for row in rows
        )
        for name, rows in tables(ward).items()
    }


def hashes(ward: Area) -> dict[str, str]:
    """SHA-256 of each table's picture."""
    return {
        name: sha256("\n".join(map(str, rows)).encode()).hexdigest()
        for name, rows in picture(ward).items()
    }
