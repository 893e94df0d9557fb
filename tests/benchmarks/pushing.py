"""Taking in what phones push, and giving them what changed, beside the limits and bare inserts."""

import json
import os
import random
import time
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.measuring import measure_here
from tests.postgres import private_cluster

PEOPLE, BATCH, BATCHES = 4, 200, 20
LIMITS = {
    "visits a second (at least)": 1000,
    "push of 200 visits, s": 0.6,
    "the same again, s": 0.1,
    "pull of 20 changes, ms": 20,
    "first pull of 300 homes, KB gzip": 150,
    "first pull of 2,000 homes, KB gzip": 500,
}


def run(folder: Path) -> None:
    """On PostgreSQL with full durability, in one process."""
    with private_cluster(durable=True) as url:
        os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(folder), "NGO_SO_MODE": "demo"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
        found = measure_here(push_and_pull, folder)
    print(f"{'':<38}{'measured':>10}{'limit':>8}")
    for name, value in found.items():
        limit = f"{LIMITS[name]:>8}" if name in LIMITS else ""
        print(f"{name:<38}{value:>10.3g}{limit}")


def push_and_pull(_folder: Path) -> dict[str, float]:
    from django.core.management import call_command
    from django.utils import timezone

    from outreach import pulling, sync
    from tests.people import make_cast
    from tests.volunteers.phones import enrolled
    from volunteers.devices import device_of_pull, device_of_push

    call_command("migrate", verbosity=0)
    cast = make_cast()
    chance = random.Random(1)
    people = _homes(cast, cast.kp1, 300)
    phone = enrolled(cast.lan, cast.minh, timezone.now() - timedelta(days=2))
    device = device_of_pull(phone.pull, timezone.now())
    small = _zipped(pulling.pull(device, None))
    people |= _homes(cast, cast.kp2, 1_700)
    cast.team.areas.add(cast.kp2)
    large = _zipped(pulling.pull(device, None))

    pushing = device_of_push(phone.push)
    took = []
    for number in range(BATCHES):
        events = _visits(cast.lan.pk, people, number, chance)
        body = json.dumps({"events": events}).encode()
        started = time.perf_counter()
        receipts = sync.push(pushing, body, events, timezone.now(), timezone.now())
        took.append(time.perf_counter() - started)
        assert {receipt.status for receipt in receipts} == {"applied"}
    started = time.perf_counter()
    sync.push(pushing, body, events, timezone.now(), timezone.now())
    again = time.perf_counter() - started

    cursor = _read_all(device)
    sync.push(pushing, b"", _visits(cast.lan.pk, people, 99, chance)[:20], None, timezone.now())
    pulling.pull(device, cursor)
    started = time.perf_counter()
    assert len(pulling.pull(device, cursor)["households"]) == 20
    pulled = time.perf_counter() - started
    return {
        "visits a second (at least)": BATCH * BATCHES / sum(took),
        "push of 200 visits, s": sorted(took)[len(took) // 2],
        "the same again, s": again,
        "pull of 20 changes, ms": 1000 * pulled,
        "first pull of 300 homes, KB gzip": small,
        "first pull of 2,000 homes, KB gzip": large,
        "last five batches to the first five": sum(took[-5:]) / sum(took[:5]),
        "bare insert of their assessments, s": _bare_insert(),
    }


def _homes(cast, area, count: int) -> dict[str, list[str]]:
    """Homes of four people who agreed; gives the people of each."""
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from outreach import payloads
    from outreach.consent_wording import CURRENT_VERSION, wording_hash
    from outreach.ledger import event_of, record_many

    events, found = [], {}
    for number in range(count):
        home = uuid4()
        residents = [
            payloads.ImportedResident(id=uuid4(), name=f"Nguyễn Thị Số {number} {one}")
            for one in range(PEOPLE)
        ]
        said = payloads.RosterImported(
            roster=uuid4(),
            area=area.pk,
            card_code=f"27139-{home.hex[:8]}",
            address=f"{number}/{area.position} Võ Thị Sáu",
            head=residents[0].id,
            residents=residents,
            as_of=timezone.localdate(),
        )
        where = {"ward": cast.ward, "household": home, "actor": cast.lan}
        events.append(event_of("roster.imported", said, **where))
        for one in residents:
            agreed = payloads.ConsentGiven(
                resident=one.id,
                purpose="skills_record",
                wording_version=CURRENT_VERSION,
                wording_sha256=wording_hash(CURRENT_VERSION),
                method="said",
                given_at=timezone.now() - timedelta(days=100),
            )
            events.append(event_of("consent.given", agreed, **where))
        found[str(home)] = [str(one.id) for one in residents]
    for start in range(0, len(events), 2_000):
        with transaction.atomic():
            record_many(events[start : start + 2_000])
    return found


def _visits(actor: int, people: dict[str, list[str]], number: int, chance) -> list[dict]:
    from django.utils import timezone

    from outreach.ledger import uuid7

    events = []
    for place, home in enumerate(chance.sample(sorted(people), BATCH)):
        at = (timezone.now() - timedelta(minutes=1)).isoformat()
        seen = [
            {"resident": one, "skill": "pay_qr", "level": chance.randint(0, 3)}
            for one in people[home]
        ]
        events.append(
            {
                "id": str(uuid7()),
                "seq": number * BATCH + place,
                "type": "visit.recorded",
                "schema": 1,
                "actor": actor,
                "household": home,
                "client_time": at,
                "clock_offset_ms": 0,
                "payload": {
                    "visited_at": timezone.now().isoformat(),
                    "outcome": "met",
                    "met": people[home][:2],
                    "assessments": seen,
                },
            }
        )
    return events


def _zipped(answer: dict) -> float:
    import gzip

    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return len(gzip.compress(body, 6)) / 1024


def _read_all(device) -> str:
    from outreach import pulling

    answer = pulling.pull(device, None)
    while answer["more"]:
        answer = pulling.pull(device, answer["cursor"])
    return answer["cursor"]


def _bare_insert() -> float:
    """The assessments of one batch and nothing else, by the framework's own bulk insert."""
    from django.db import transaction

    from outreach.models import Assessment

    rows = list(Assessment.objects.order_by("-pk")[: BATCH * PEOPLE])
    with transaction.atomic():
        Assessment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        started = time.perf_counter()
        Assessment.objects.bulk_create(rows)
        took = time.perf_counter() - started
        transaction.set_rollback(True)
    return took
