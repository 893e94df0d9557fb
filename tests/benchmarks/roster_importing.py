"""Bringing a ward's list in: the preview, the import, the next preview, and taking it back."""

import os
from pathlib import Path

from tests.benchmarks.measuring import large_list, measure, print_limits
from tests.postgres import private_cluster

WARD = "27139"
# What an officer waits for at most, and what a small server can spare.
LIMITS = {"preview": 20.0, "import": 60.0, "preview again": 20.0, "undo": 60.0}
MEMORY = 500


def prepare(path: Path) -> None:
    """An empty ward, and the list uploaded."""
    from django.core.management import call_command
    from django.utils import timezone

    from volunteers.models import Area

    call_command("migrate", verbosity=0)
    province = Area.objects.create(code="79", name="TP. Hồ Chí Minh", level="province")
    Area.objects.create(
        code=WARD,
        name="Phường Xuân Hòa",
        level="commune",
        parent=province,
        opened_on=timezone.localdate(),
    )
    upload(path)


def upload(path: Path) -> None:
    from django.utils import timezone

    from outreach.roster import uploads
    from volunteers.models import Area

    uploads.receive(
        path.read_bytes(),
        file_name=path.name,
        ward=Area.objects.get(pk=WARD),
        purpose="visits",
        legal_basis="made up",
        by=None,
        now=timezone.now(),
    )


def newest():
    from outreach.models import RosterImport

    return RosterImport.objects.select_related("ward").latest("uploaded_at")


def _work(record, job: str) -> None:
    from outreach.roster import work

    work.do_observed(record, work.Job(job))


def preview(path: Path) -> None:
    _work(newest(), "look")


def import_list(path: Path) -> None:
    from outreach.roster import uploads
    from outreach.roster.decisions import Decisions

    record = newest()
    seen = uploads.seen_before(record)
    uploads.decide(record, Decisions(), seen.fingerprint, by=None)
    record.refresh_from_db()
    _work(record, "confirm")
    record.refresh_from_db()
    assert record.summary["households"]["new"] > 29_000


def undo(path: Path) -> None:
    from outreach.models import Household, RosterImport

    record = RosterImport.objects.filter(state="confirmed").latest("uploaded_at")
    _work(record, "undo")
    assert not Household.objects.exists()


def run(folder: Path) -> None:
    """Print what bringing in 30,000 homes with 108,000 people takes, on both databases."""
    path = large_list(folder)
    _run_on("SQLite", "", folder / "sqlite", path)
    with private_cluster() as url:
        _run_on("PostgreSQL", url, folder / "postgres", path)


def _run_on(database: str, url: str, data: Path, path: Path) -> None:
    data.mkdir()
    os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(data), "NGO_SO_MODE": "demo"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
    print(database)
    measure(prepare, path)
    rows = {"preview": measure(preview, path), "import": measure(import_list, path)}
    measure(upload, path)
    rows["preview again"] = measure(preview, path)
    rows["undo"] = measure(undo, path)
    print_limits(rows, LIMITS, MEMORY)
