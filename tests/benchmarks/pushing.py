"""Taking in what phones push, and giving them what changed, beside the limits and bare inserts."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import history, wards
from tests.benchmarks.measuring import ROOT, measure_here
from tests.postgres import private_cluster

WARDS, HOMES, LARGE_WARD = 20, 500, 2_000
WORKERS, BATCHES, PULLS = 2, 25, 15
FEW, MANY = 10_000, 1_000_000
LIMITS = {
    "visits a second (at least)": 1000,
    "push of 200 visits, s": 0.6,
    "the same again, s": 0.1,
    "pull of 20 changes in process, ms": 20,
    "first pull of 300 homes, KB gzip": 150,
    "first pull of 2,000 homes, KB gzip": 500,
    "cost at 1,000,000 visits to 10,000": 1.2,
}


def run(folder: Path) -> None:
    """On PostgreSQL with full durability, and two web workers for the visits a second."""
    with private_cluster(durable=True) as url:
        os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(folder), "NGO_SO_MODE": "demo"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
        found = measure_here(prepare, folder)
        measure_here(fill_few, folder)
        few = _workers(folder)
        found |= {"visits a second (at least)": few} | measure_here(one_phone, folder)
        measure_here(fill_many, folder)
        many = _workers(folder)
        found |= {
            "visits a second at 1,000,000": many,
            "cost at 1,000,000 visits to 10,000": few / many,
        }
    print(f"{'':<44}{'measured':>10}{'limit':>8}")
    for name, value in found.items():
        limit = f"{LIMITS[name]:>8}" if name in LIMITS else ""
        print(f"{name:<44}{value:>10.3g}{limit}")


def prepare(folder: Path) -> dict[str, float]:
    from django.core.management import call_command

    from courses.catalogue import load_catalogue
    from volunteers.models import Area

    call_command("migrate", verbosity=0)
    load_catalogue()
    city = Area.objects.create(code="79", name="Thành phố Hồ Chí Minh", level="province")
    small = wards.make_ward("26999", city, 300)
    large = wards.make_ward("26998", city, LARGE_WARD)
    known = [wards.make_ward(f"{27000 + number}", city, HOMES) for number in range(WARDS)]
    wards.write_wards(folder, [large, *known])
    return {
        "first pull of 300 homes, KB gzip": _first_pull(small),
        "first pull of 2,000 homes, KB gzip": _first_pull(large),
    }


def _first_pull(ward: dict) -> float:
    return len(_ask("GET", "pull", ward["pull"], HTTP_ACCEPT_ENCODING="gzip")) / 1024


def _ask(method: str, address: str, credential: str, body: bytes = b"", **headers) -> bytes:
    """What the web server's entry answers, in process."""
    from django.test import RequestFactory

    from cms.wsgi import application

    request = RequestFactory(SERVER_NAME="127.0.0.1").generic(
        method,
        f"/api/v1/sync/{address}",
        body,
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {credential}",
        **headers,
    )
    statuses = []
    answer = b"".join(
        application(request.environ, lambda status, _headers: statuses.append(status))
    )
    assert statuses == ["200 OK"], (statuses, answer[:300])
    return answer


def fill_few(_folder: Path) -> dict[str, float]:
    return {"visits": history.fill(FEW)}


def fill_many(_folder: Path) -> dict[str, float]:
    return {"visits": history.fill(MANY)}


def _workers(folder: Path) -> float:
    """Visits a second that processes like a web server's take in, each with its half of the
    wards."""
    command = [sys.executable, "-m", "tests.benchmarks.pushing", str(folder)]
    running = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(WORKERS)
    ]
    ended = [worker.communicate()[0].splitlines()[-1] for worker in running]
    for number in range(WORKERS):
        (folder / f"ready-{number}").unlink()
    times = [json.loads(line) for line in ended]
    took = max(end for _begin, end in times) - min(begin for begin, _end in times)
    return WORKERS * BATCHES * wards.PUSHED_AT_ONCE / took


def work(folder: Path, worker: int) -> tuple[float, float]:
    """Push batches of the worker's own wards in turn; when that began and ended."""
    own = wards.read_wards(folder)[1:][worker::WORKERS]
    chance = random.Random(time.time_ns())
    bodies = []
    for number in range(BATCHES):
        ward = own[number % len(own)]
        bodies.append((ward["push"], _body(wards.visits(ward, number, chance))))
    _ask("GET", "pull", own[0]["pull"])
    (folder / f"ready-{worker}").touch()
    while not all((folder / f"ready-{number}").exists() for number in range(WORKERS)):
        time.sleep(0.01)
    began = time.time()
    for credential, body in bodies:
        _ask("POST", "push", credential, body)
    return began, time.time()


def _body(events: list[dict]) -> bytes:
    return json.dumps({"events": events}).encode()


def one_phone(folder: Path) -> dict[str, float]:
    """What one phone of the large ward waits for, and bare inserts of the same."""
    ward = wards.read_wards(folder)[0]
    chance = random.Random(7)
    took = []
    for number in range(10):
        body = _body(wards.visits(ward, number, chance))
        started = time.perf_counter()
        _ask("POST", "push", ward["push"], body)
        took.append(time.perf_counter() - started)
    started = time.perf_counter()
    _ask("POST", "push", ward["push"], body)
    again = time.perf_counter() - started
    return {
        "push of 200 visits, s": sorted(took)[len(took) // 2],
        "the same again, s": again,
        **_pull_of_20(ward, chance),
        **_bare_inserts(),
    }


def _pull_of_20(ward: dict, chance: random.Random) -> dict[str, float]:
    from django.utils import timezone

    from outreach import pulling
    from volunteers.devices import device_of_pull

    cursor, more = "", True
    while more:
        address = f"pull?cursor={cursor}" if cursor else "pull"
        answer = json.loads(_ask("GET", address, ward["pull"]))
        cursor, more = answer["cursor"], answer["more"]
    _ask("POST", "push", ward["push"], _body(wards.visits(ward, 99, chance)[:20]))
    device = device_of_pull(ward["pull"], timezone.now())
    assert device
    ways: dict[str, Callable[[], dict]] = {
        "pull of 20 changes in process, ms": lambda: pulling.pull(device, cursor),
        "pull of 20 changes through the web entry, ms": lambda: json.loads(
            _ask("GET", f"pull?cursor={cursor}", ward["pull"])
        ),
    }
    return {name: 1000 * _median_of(way) for name, way in ways.items()}


def _median_of(pull: Callable[[], dict]) -> float:
    took = []
    for _ in range(PULLS):
        started = time.perf_counter()
        answer = pull()
        took.append(time.perf_counter() - started)
        assert len(answer["households"]) == 20
    return sorted(took)[PULLS // 2]


def _bare_inserts() -> dict[str, float]:
    """The rows of one push, by the framework and by COPY, into tables like those."""
    from django.db import connection

    from outreach.models import Assessment, LedgerEvent, Visit

    found = {"the rows of it by bulk_create, s": 0.0, "the rows of it by COPY, s": 0.0}
    for model, count in ((LedgerEvent, 200), (Visit, 200), (Assessment, 800)):
        rows = list(model.objects.order_by("-pk")[:count])
        names = [field.column for field in model._meta.concrete_fields]
        table, columns = model._meta.db_table, ", ".join(names)
        with connection.cursor() as cursor:
            # A temporary table hides the one of its name.
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {table} INCLUDING ALL)")
            started = time.perf_counter()
            model.objects.bulk_create(rows)
            found["the rows of it by bulk_create, s"] += time.perf_counter() - started
            with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as out:
                lines = b"".join(map(bytes, out))
            cursor.execute(f"TRUNCATE {table}")
            started = time.perf_counter()
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
                into.write(lines)
            found["the rows of it by COPY, s"] += time.perf_counter() - started
            cursor.execute(f"DROP TABLE {table}")
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(work(Path(sys.argv[1]), int(sys.argv[2]))))
