"""The installation that phones live with: its backups, its loss, and telling its ledger again."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max

from outreach import epoch
from outreach.apply import apply
from outreach.models import Change, LedgerEvent
from outreach.tables import TABLES
from tests.outreach.tables import picture
from volunteers.models import Area

# These were found when the event arrived, and stay.
AT_THE_DOOR = {
    "newer_schema", "device_revoked", "not_enrolled", "account_closed", "id_reused",
}  # fmt: skip


@dataclass
class Backup:
    """A moment of the database, which a savepoint holds."""

    savepoint: str
    through: int
    made_at: datetime


def newest_number() -> int:
    return LedgerEvent.objects.aggregate(newest=Max("number"))["newest"] or 0


def back_up(now: datetime) -> Backup:
    made = Backup(transaction.savepoint(), newest_number(), now)
    assert epoch.note_backup(made.through, now, epoch=epoch.current()[0])
    return made


def restore(backup: Backup, now: datetime) -> None:
    """The database is lost, and what it held at the backup comes back."""
    transaction.savepoint_rollback(backup.savepoint)
    if connection.vendor == "postgresql":
        # In a database that is loaded, numbers go on where they were.
        with connection.cursor() as cursor:
            for model, key in ((LedgerEvent, "number"), (Change, "id")):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'),"
                    f" coalesce((SELECT max({key}) FROM {table}), 1))"
                )
    epoch.begin_new_epoch(now, backup.through, backup.made_at)
    cache.clear()


Picture = tuple[dict[str, dict[str, list[tuple]]], dict[tuple[str, str], tuple[str, str]]]


def seen(wards: list[Area]) -> Picture:
    """The tables of each ward, and what became of each event."""
    said = LedgerEvent.objects.values_list("uuid", "content_hash", "status", "reason")
    verdicts = {(str(key), content): verdict for key, content, *verdict in said}
    return {ward.pk: picture(ward) for ward in wards}, verdicts


def told_in_another_order(wards: list[Area], random: Random) -> Picture:
    """What another installation has to which the same was told in another order."""
    events = _shuffled(list(LedgerEvent.objects.order_by("number")), random)
    before = transaction.savepoint()
    for table in reversed(TABLES):
        table.model._default_manager.all().delete()
    LedgerEvent.objects.all().delete()
    while events:
        some = [events.pop(0) for _ in range(min(random.randint(1, 6), len(events)))]
        of_wards: dict[str, list[LedgerEvent]] = defaultdict(list)
        for event in some:
            event.pk = None
            if event.reason not in AT_THE_DOOR:
                event.status, event.reason, event.reason_text = "stored", "", ""
            event.save(force_insert=True)
            if event.status == "stored":
                of_wards[event.ward_id].append(event)
        for ward, stored in of_wards.items():
            apply(ward, stored)
    ended = seen(wards)
    transaction.savepoint_rollback(before)
    return ended


def _shuffled(events: list[LedgerEvent], random: Random) -> list[LedgerEvent]:
    """In another order; but events of one moment or of one id stay in theirs, and a decision comes
    after what it is about."""
    place = {event.number: random.random() for event in events}
    last: dict[object, float] = {}
    # Larger places are given out from the front, each at least that of what it must follow.
    for event in events:
        after: list[object] = [event.uuid, event.told_at]
        if event.type == "event.resolved":
            after += [event.payload["event"], "decisions"]
        for key in after:
            place[event.number] = max(place[event.number], last.get(str(key), 0.0))
        for key in after:
            last[str(key)] = place[event.number]
    return sorted(events, key=lambda event: (place[event.number], event.number))
