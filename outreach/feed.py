"""The feed of changes that phones pull: noting them, numbering them, reading them."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models import Exists

from outreach import bulk
from outreach.bulk import Row
from outreach.models import Change, LedgerEvent, WardFeed
from outreach.tables import Touched, batches

# So many changes are numbered in one go, so that nobody waits long for the lock.
NUMBERED_AT_ONCE = 20_000
NOTHING: Row = {
    "household": None,
    "area": "",
    "left_area": "",
    "counted_in": "",
    "counts_from": None,
    "event": None,
    "device": None,
}


def note_homes(ward: str, touched: Iterable[Touched]) -> None:
    """Something of these homes changed, in the caller's transaction."""
    _note(
        {
            **NOTHING,
            "ward_id": ward,
            "household": one.home,
            "area": one.area,
            "left_area": one.left_area,
            **_counted(one),
        }
        for one in touched
    )


def _counted(one: Touched) -> Row:
    codes = sorted(one.counted_in)
    return {"counted_in": "".join(f"{code} " for code in codes), "counts_from": one.counts_from}


def note_numbers(ward: str, counted_in: Iterable[str], counts_from: date) -> None:
    """Numbers of these areas changed from that day on, in the caller's transaction."""
    codes = "".join(f"{code} " for code in sorted(set(counted_in)))
    _note([{**NOTHING, "ward_id": ward, "counted_in": codes, "counts_from": counts_from}])


def note_statuses(events: Iterable[LedgerEvent]) -> None:
    """The status of these events changed; phones learn of their own."""
    _note(
        {**NOTHING, "ward_id": event.ward_id, "event": event.number, "device": event.device}
        for event in events
        if event.device
    )


def _note(changes: Iterable[Row]) -> None:
    for batch in batches(changes):
        bulk.insert(Change, batch)


def number(ward: str) -> int:
    """Number the ward's changes that have committed; gives the last number of the ward.

    A short transaction under the lock of the ward's feed: what commits later gets a higher number,
    so a phone that has read up to a number has missed nothing.
    """
    waiting = Change.objects.filter(ward=ward, number=None)
    known = WardFeed.objects.filter(ward=ward).values_list("last", Exists(waiting)).first()
    if known is None and not waiting.exists():
        return 0
    if known and not known[1]:
        return known[0]
    with transaction.atomic():
        WardFeed.objects.get_or_create(ward_id=ward)
        feed = WardFeed.objects.select_for_update().get(ward=ward)
        feed.last += _number_after(feed)
        feed.save(update_fields=["last"])
        return feed.last


def _number_after(feed: WardFeed) -> int:
    """Number what waits, in one statement; gives how many changes that were."""
    table = Change._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET number = waiting.number
            FROM (
                SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS number
                FROM {table} WHERE ward_id = %s AND number IS NULL ORDER BY id LIMIT %s
            ) AS waiting
            WHERE {table}.id = waiting.id
            """,  # noqa: S608 - the name of our own table
            [feed.last, feed.ward_id, NUMBERED_AT_ONCE],
        )
        return cursor.rowcount
