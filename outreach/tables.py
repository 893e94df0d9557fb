"""The tables that the ledger builds, and bringing them to the rows that they should have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from outreach import bulk
from outreach.bulk import Row
from outreach.models import (
    Assessment,
    Assignment,
    Consent,
    FollowUp,
    Household,
    Placement,
    Referral,
    Resident,
    ResidentSkill,
    Session,
    Visit,
)

T = TypeVar("T")
Key = tuple
BATCH = 500


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


@dataclass(frozen=True)
class Table:
    """A table that the ledger builds. `key` tells its rows apart; `of` leads to their home."""

    model: type[models.Model]
    key: tuple[str, ...]
    fields: tuple[str, ...]
    of: str

    def stored(self, homes: Iterable[UUID]) -> QuerySet:
        return self.model._default_manager.filter(**{f"{self.of}__in": list(homes)}).order_by()


def _table(model: type[models.Model], of: str, *key: str) -> Table:
    fields = tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not (field.primary_key and isinstance(field, models.AutoField))
    )
    return Table(model, key, fields, of)


Companions = Visit.companions.through
Met = Visit.met.through
RefusedConsent = Visit.refused_consent.through
# Parents before children.
TABLES = (
    _table(Household, "pk", "id"),
    _table(Resident, "household", "id"),
    _table(Placement, "household", "household_id", "since"),
    _table(Visit, "household", "id"),
    _table(Companions, "visit__household", "visit_id", "user_id"),
    _table(Met, "visit__household", "visit_id", "resident_id"),
    _table(RefusedConsent, "visit__household", "visit_id", "resident_id"),
    _table(Consent, "resident__household", "event_number"),
    _table(Assessment, "visit__household", "visit_id", "resident_id", "skill_id"),
    _table(ResidentSkill, "resident__household", "resident_id", "skill_id"),
    _table(FollowUp, "household", "id"),
    _table(Referral, "household", "id"),
)
Rows = Mapping[type[models.Model], Mapping[Key, Row]]


FIELDS = {table.model: table.fields for table in TABLES}


@dataclass(frozen=True)
class TableDifference:
    """What a table lacks, has otherwise, and has too much; of the latter two the stored rows with
    their `pk`."""

    table: Table
    missing: dict[Key, Row]
    changed: dict[Key, tuple[Row, Row]]
    surplus: dict[Key, Row]


def compare(rows: Rows, homes: Iterable[UUID]) -> Iterator[TableDifference]:
    """What the tables' rows of these homes lack to be `rows`."""
    # Every row belongs to a home that is stored; of those that are new there is nothing to read.
    known = Household.objects.filter(pk__in=list(homes)).values_list("pk", flat=True)
    homes = list(known)
    for table in TABLES:
        said = dict(rows.get(table.model, {}))
        changed, surplus = {}, {}
        stored = table.stored(homes).values("pk", *table.fields) if homes else ()
        for row in stored:
            pk = row.pop("pk")
            key = tuple(row[name] for name in table.key)
            true = said.pop(key, None)
            if true is None:
                surplus[key] = {**row, "pk": pk}
            elif true != row:
                changed[key] = ({**row, "pk": pk}, true)
        yield TableDifference(table, said, changed, surplus)


@dataclass(frozen=True)
class Touched:
    """A home of which something changed: where it stands now ("": it is gone), and where it stood
    if that changed; where it was ever counted, and from which day on it may count otherwise than
    before (None: nothing that is counted changed)."""

    home: UUID
    area: str
    left_area: str
    counted_in: frozenset[str] = frozenset()
    counts_from: date | None = None


def write(rows: Rows, homes: Iterable[UUID]) -> list[Touched]:
    """Bring the tables' rows of these homes to `rows`; gives the homes of which a row changed."""
    found = list(compare(rows, homes))
    for difference in reversed(found):
        _delete(difference)
    for difference in found:
        if difference.changed:
            _update(difference)
    for difference in found:
        bulk.insert(difference.table.model, list(difference.missing.values()))
    return list(_touched(rows, found))


def _delete(difference: TableDifference) -> None:
    keys = [row["pk"] for row in difference.surplus.values()]
    # What refers to a row is in a later table and gone by now, but for these.
    for batch in batches(keys):
        if difference.table.model is Resident:
            Session.attendees.through.objects.filter(resident__in=batch).delete()
        if difference.table.model is Household:
            Assignment.objects.filter(household__in=batch).delete()
    bulk.delete(difference.table.model, keys)


def _update(difference: TableDifference) -> None:
    model = difference.table.model
    fields = {
        name
        for stored, true in difference.changed.values()
        for name in difference.table.fields
        if stored[name] != true[name]
    }
    key = model._meta.pk.attname
    rows = [{**true, key: old["pk"]} for old, true in difference.changed.values()]
    # One statement for many rows, where bulk_update builds a case for each value.
    bulk.upsert(model, rows, unique=[key], update=sorted(fields))


def _touched(rows: Rows, found: list[TableDifference]) -> Iterator[Touched]:
    stood: dict[UUID, str] = {}
    touching = _Touching(rows, found)
    for difference in found:
        touching.note_all(difference)
        if difference.table.model is Household:
            olds = [*difference.surplus.values()]
            olds += [old for old, _true in difference.changed.values()]
            stood |= {row["id"]: row["area_id"] for row in olds}
    for home in touching.homes:
        now = rows.get(Household, {}).get((home,))
        area = now["area_id"] if now else ""
        left = stood.get(home, "")
        yield Touched(
            home,
            area,
            left if left != area else "",
            frozenset(touching.places[home]),
            touching.days.get(home),
        )


def _changed_rows(difference: TableDifference) -> Iterator[Row]:
    """Each row that comes, goes or changes, as it was and as it will be."""
    yield from difference.surplus.values()
    yield from difference.missing.values()
    for old, new in difference.changed.values():
        yield old
        yield new


# What of these is counted, its first day first and its end last; the rest, such as names, changes
# no number.
COUNTED = {
    Household: ("opened_on", "kind", "closed_on"),
    Placement: ("since", "area_id", "until"),
    Resident: ("since", "birth_year", "household_id", "left_on"),
}


class _Touching:
    """Finds the homes of changed rows, where they were ever counted, and from which day on."""

    def __init__(self, rows: Rows, found: list[TableDifference]):
        self.homes: dict[UUID, None] = {}
        self.places: dict[UUID, set[str]] = defaultdict(set)
        self.days: dict[UUID, date] = {}
        # Whose a visit or person is, now or before, and the day of a visit.
        self.of: dict[UUID, set[UUID]] = defaultdict(set)
        self.day_of: dict[UUID, date] = {}
        changed = {difference.table.model: difference for difference in found}
        for model in (Visit, Resident, Placement):
            for row in (*rows.get(model, {}).values(), *_changed_rows(changed[model])):
                self._learn(model, row)

    def _learn(self, model: type[models.Model], row: Row) -> None:
        if model is Placement:
            self.places[row["household_id"]].add(row["area_id"])
            return
        self.of[row["id"]].add(row["household_id"])
        if model is Visit:
            self.day_of[row["id"]] = min(row["day"], self.day_of.get(row["id"], row["day"]))
            self.places[row["household_id"]].add(row["area_id"])

    def note_all(self, difference: TableDifference) -> None:
        model = difference.table.model
        for row in (*difference.surplus.values(), *difference.missing.values()):
            self._note(model, row, self._day(model, row))
        for old, new in difference.changed.values():
            day = self._day_of_change(model, old, new)
            self._note(model, old, day)
            self._note(model, new, day)

    def _note(self, model: type[models.Model], row: Row, day: date | None) -> None:
        for home in self._homes_of(model, row):
            self.homes[home] = None
            if day is not None:
                self.days[home] = min(day, self.days.get(home, day))

    def _homes_of(self, model: type[models.Model], row: Row) -> set[UUID]:
        if model is Household:
            return {row["id"]}
        if "household_id" in row:
            return {row["household_id"]}
        return self.of.get(row.get("visit_id") or row["resident_id"], set())

    def _day_of_change(self, model: type[models.Model], old: Row, new: Row) -> date | None:
        counted = COUNTED.get(model)
        if counted is None:
            days = [self._day(model, row) for row in (old, new)]
            return min((day for day in days if day), default=None)
        differing = {name for name in counted if old[name] != new[name]}
        if differing == {counted[-1]}:
            # It only ends, on another day or no more.
            return min(row[counted[-1]] for row in (old, new) if row[counted[-1]])
        return min(old[counted[0]], new[counted[0]]) if differing else None

    def _day(self, model: type[models.Model], row: Row) -> date | None:
        """The first day whose numbers the row may change."""
        if "visit_id" in row and model is not FollowUp:
            return self.day_of[row["visit_id"]]
        if model is Household:
            return row["opened_on"]
        if model in (Resident, Placement):
            return row["since"]
        if model is Visit:
            return row["day"]
        if model is Consent:
            return timezone.localdate(row["given_at"])
        if model is Referral:
            return timezone.localdate(row["made_at"])
        return None
