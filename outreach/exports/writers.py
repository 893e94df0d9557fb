"""How each kind of file is written, and how much there is to write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from outreach.coverage import visits_made
from outreach.models import Export
from outreach.periods import Period
from outreach.workbook import VisitRows, write_workbook

# Is told how many rows are written.
Progress = Callable[[int], None]


def unobserved(rows: int) -> None:
    """For files that are made at once."""


@dataclass(frozen=True)
class Writer:
    """`rows`: how many single rows the file will have, aggregates aside. `write`: all of it, to a
    file that nobody reads before it is complete."""

    rows: Callable[[Export], int]
    write: Callable[[BinaryIO, Export, Progress], None]


def asked_period(period: Period) -> dict[str, Any]:
    """A period as `Export.asked` keeps it."""
    first = period.first.isoformat() if period.first else None
    return {"first": first, "last": period.last.isoformat()}


def period_of(export: Export) -> Period:
    first, last = export.asked["first"], export.asked["last"]
    return Period(date.fromisoformat(first) if first else None, date.fromisoformat(last))


def _rows_of_workbook(export: Export) -> int:
    if not export.of_persons:
        return 0
    return visits_made(export.area, period_of(export)).count()


def _write_workbook(file: BinaryIO, export: Export, progress: Progress) -> None:
    write_workbook(
        file,
        export.area,
        period_of(export),
        visit_rows=VisitRows[export.asked["visits"]],
        made_by=export.asked_by.full_name,
        progress=progress,
    )


WRITERS = {Export.Kind.WORKBOOK: Writer(_rows_of_workbook, _write_workbook)}
