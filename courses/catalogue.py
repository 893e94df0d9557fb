"""Loading the skills catalogue from `courses/data/skills.v<version>.json`."""

import json
from pathlib import Path

from django.db import transaction

from courses.models import Skill

DATA = Path(__file__).parent / "data"
NEWEST = 1


@transaction.atomic
def load_catalogue(version: int = NEWEST, model: type[Skill] = Skill) -> int:
    """Make the database's catalogue that of `version`; give the number of skills in it.

    Doing it again changes nothing. A skill that the version no longer lists is retired, never
    deleted. `model` is the historical model when a migration calls.
    """
    rows = json.loads((DATA / f"skills.v{version}.json").read_text(encoding="utf-8"))["skills"]
    for position, row in enumerate(rows, start=1):
        values = {name: value for name, value in row.items() if name != "code"}
        model.objects.update_or_create(
            code=row["code"],
            defaults={
                **values,
                "position": position,
                "catalogue_version": version,
                "retired_in_version": None,
            },
        )
    gone = model.objects.exclude(code__in=[row["code"] for row in rows])
    gone.filter(retired_in_version=None).update(retired_in_version=version)
    return len(rows)
