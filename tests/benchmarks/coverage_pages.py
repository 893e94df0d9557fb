"""The pages of the coverage and its workbook, in a large ward and in a city of many, beside bare
SQL over the same rows."""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

from tests.benchmarks.measuring import measure_here
from tests.postgres import private_cluster

# Homes and visits: a ward, the same with ten times the visits, and a smaller pair.
LARGE, SMALL = (30_000, 30_000, 300_000), (3_000, 3_000, 30_000)
WARDS, HOMES, VISITS = (21, 42, 84, 168), 100, 300
FEW_VISITS, MANY_VISITS, CITY = "27000", "27001", "80"
LIMITS = {
    "seeding the ward, s": 300,
    "ward page, s": 0.3,
    "list of homes not met, s": 0.2,
    "list of people assessed, s": 0.2,
    "list of people who can use VNeID, s": 0.2,
    "workbook of areas, s": 3,
    "ward page at 10 × the visits": 1.2,
    f"page of {WARDS[-1]} wards, s": 0.5,
}
# What the counting reads, counted the shortest way.
BARE = """
    SELECT area_id, COUNT(*), COUNT(DISTINCT household_id), MIN(day) FROM outreach_visit
        WHERE ward_id = %(ward)s AND voided_at IS NULL GROUP BY area_id;
    SELECT home.area_id, had.skill_id, COUNT(*) FROM outreach_residentskill AS had
        JOIN outreach_resident AS person ON person.id = had.resident_id
        JOIN outreach_household AS home ON home.id = person.household_id
        WHERE had.ward_id = %(ward)s AND had.level >= 2 GROUP BY home.area_id, had.skill_id;
    SELECT seen.skill_id, COUNT(DISTINCT seen.resident_id) FROM outreach_assessment AS seen
        JOIN outreach_visit AS visit ON visit.id = seen.visit_id
        WHERE visit.ward_id = %(ward)s AND visit.voided_at IS NULL GROUP BY seen.skill_id
"""


def run(folder: Path) -> None:
    """On SQLite a smaller ward; on PostgreSQL one as large as they come, and a city."""
    _run_on("SQLite", "", folder / "sqlite", [seed_small, ask_ward])
    with private_cluster() as url:
        _run_on("PostgreSQL", url, folder / "postgres", [seed_large, ask_ward, ask_city])


def _run_on(database: str, url: str, data: Path, steps: list[Callable]) -> None:
    data.mkdir()
    os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(data), "NGO_SO_MODE": "demo"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
    print(f"{database:<44}{'measured':>10}{'limit':>8}")
    for step in steps:
        for name, value in measure_here(step, data).items():
            limit = LIMITS.get(name, "")
            over = "  OVER" if limit and value > limit else ""
            print(f"{name:<44}{value:>10.3g}{limit:>8}{over}", flush=True)


def seed_small(_folder: Path) -> dict[str, float]:
    return _seed(*SMALL)


def seed_large(_folder: Path) -> dict[str, float]:
    return _seed(*LARGE)


def _seed(homes: int, few: int, many: int) -> dict[str, float]:
    from django.core.management import call_command

    from courses.catalogue import load_catalogue
    from outreach.indicators import put_standard
    from outreach.models import Assessment, Household, LedgerEvent, Resident, Visit
    from volunteers.models import Area

    call_command("migrate", verbosity=0)
    load_catalogue()
    put_standard()
    city = Area.objects.create(code="79", name="Thành phố Hồ Chí Minh", level="province")
    for code in (FEW_VISITS, MANY_VISITS):
        Area.objects.create(code=code, name=f"Phường {code}", level="commune", parent=city)
    wanted = [f"--households={homes}", "--seed=1"]
    call_command("seed_ward", f"--ward={FEW_VISITS}", f"--visits={few}", *wanted)
    started = time.perf_counter()
    call_command("seed_ward", f"--ward={MANY_VISITS}", f"--visits={many}", *wanted)
    took = time.perf_counter() - started
    _analyse()
    counted = {
        f"rows of {model.__name__}": model.objects.filter(ward=MANY_VISITS).count()
        for model in (Household, Resident, Visit, Assessment, LedgerEvent)
    }
    return {"seeding the ward, s": took, **counted}


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _seconds(function: Callable[[], object], times: int = 1) -> float:
    """The median."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _reader(code: str, role: str, address: str = "") -> Callable[[], bytes]:
    """Asks the web server's entry for the area's page, or that at `address`, logged in as somebody
    with that role."""
    from django.conf import settings
    from django.test import Client, RequestFactory
    from django.urls import reverse

    from cms.wsgi import application
    from tests.people import make_person
    from volunteers import roles
    from volunteers.models import Area, RoleGrant, User

    person = User.objects.filter(username=f"{role}-{code}").first()
    person = person or make_person(f"{role}-{code}", "Lê Thị Hoa")
    roles.grant(person, RoleGrant.Role(role), Area.objects.get(pk=code))
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    page = address or reverse("coverage_of", args=[code])

    def ask() -> bytes:
        request = RequestFactory(SERVER_NAME="127.0.0.1").get(page, HTTP_COOKIE=cookies)
        statuses = []
        answer = application(request.environ, lambda status, _headers: statuses.append(status))
        whole = b"".join(answer)
        assert statuses == ["200 OK"], (statuses, whole[:300])
        return whole

    return ask


def _forget() -> None:
    from outreach.models import Tally

    Tally.objects.all().delete()


def _cold(code: str) -> float:
    from outreach.coverage import coverage
    from volunteers.models import Area

    _forget()
    area = Area.objects.get(pk=code)
    return _seconds(lambda: coverage(area))


def _cold_month(code: str) -> float:
    from django.utils import timezone

    from outreach.coverage import coverage
    from outreach.periods import Period, local_today
    from volunteers.models import Area

    _forget()
    area, last = Area.objects.get(pk=code), local_today(timezone.now()) - timedelta(days=30)
    return _seconds(lambda: coverage(area, Period(last - timedelta(days=30), last)))


def _bare(code: str) -> float:
    from django.db import connection

    def ask() -> None:
        with connection.cursor() as cursor:
            for statement in BARE.split(";"):
                cursor.execute(statement, {"ward": code})
                cursor.fetchall()

    return _seconds(ask, times=3)


def _visit_somebody(code: str) -> None:
    from django.utils import timezone

    from outreach.ledger import event_of, record
    from outreach.models import Household
    from outreach.payloads import VisitRecorded

    home = Household.objects.filter(ward=code).earliest("card_code")
    said = VisitRecorded(visited_at=timezone.now(), outcome="absent")
    assert record(
        event_of(
            "visit.recorded", said, ward=code, household=home.pk, actor=home.visits.first().visitor
        )
    )


def _workbook(code: str) -> None:
    from outreach.workbook import VisitRows, write_workbook
    from volunteers.models import Area

    area = Area.objects.get(pk=code)
    write_workbook(BytesIO(), area, visit_rows=VisitRows.BY_AREA, made_by="Lê Thị Hoa")


def ask_ward(_folder: Path) -> dict[str, float]:
    few, many = _reader(FEW_VISITS, "officer"), _reader(MANY_VISITS, "officer")
    found = {
        "bare SQL at a tenth of the visits, s": _bare(FEW_VISITS),
        "bare SQL, s": _bare(MANY_VISITS),
        "counting a tenth of the visits anew, s": _cold(FEW_VISITS),
        "counting the ward anew, s": _cold(MANY_VISITS),
        "counting a month of it anew, s": _cold_month(MANY_VISITS),
    }
    found["the first page of all, s"] = _seconds(many)
    few()
    # In turn: whatever else the machine does meanwhile, it does to both.
    turns = [(_seconds(few), _seconds(many)) for _ in range(15)]
    at_few, at_many = map(statistics.median, zip(*turns, strict=True))
    found |= {name: _seconds(ask, times=5) for name, ask in _list_readers().items()}
    _visit_somebody(MANY_VISITS)
    return found | {
        "ward page at a tenth of the visits, s": at_few,
        "ward page, s": at_many,
        "ward page at 10 × the visits": at_many / at_few,
        "ward page after one more visit, s": _seconds(many),
        "workbook of areas, s": _seconds(lambda: _workbook(MANY_VISITS), times=3),
    }


def _list_readers() -> dict[str, Callable[[], bytes]]:
    from django.urls import reverse

    def reader(indicator: str, part: str) -> Callable[[], bytes]:
        address = reverse("coverage_list", args=[MANY_VISITS, indicator])
        return _reader(MANY_VISITS, "officer", f"{address}?phan={part}")

    return {
        "list of homes not met, s": reader("households_met", "chua"),
        "list of people assessed, s": reader("residents_assessed", "dat"),
        "list of people who can use VNeID, s": reader("skill.use_vneid", "dat"),
    }


def ask_city(_folder: Path) -> dict[str, float]:
    """A city at a tenth of a real one's scale, growing."""
    from outreach.coverage import coverage
    from volunteers.models import Area

    city = Area.objects.create(code=CITY, name="Thành phố lớn", level="province")
    ask = _reader(CITY, "viewer")
    found, begun = {}, 0
    for count in WARDS:
        found[f"seeding wards up to {count}, s"] = _seconds(partial(_grow, city, begun, count))
        begun = count
        _analyse()
        _forget()
        found[f"counting {count} wards anew, s"] = _seconds(lambda: coverage(city))
        ask()
        found[f"page of {count} wards, s"] = _seconds(ask, times=5)
        _visit_somebody(f"{CITY}001")
        found[f"page of {count} after one more visit, s"] = _seconds(ask)
    return found


def _grow(city, begun: int, count: int) -> None:
    from django.db import transaction

    from cms.demo.seeding import Seeding
    from volunteers.models import Area
    from volunteers.wards import open_ward

    for number in range(begun + 1, count + 1):
        code = f"{CITY}{number:03}"
        ward = Area.objects.create(code=code, name=f"Phường {code}", level="commune", parent=city)
        with transaction.atomic():
            open_ward(ward)
            Seeding(ward, seed=1, history=timedelta(days=365)).fill(HOMES, VISITS)
