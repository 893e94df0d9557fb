"""The tables that the ledger builds, as plain values."""

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
