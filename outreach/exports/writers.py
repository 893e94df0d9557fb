"""How each kind of file is written, and how much there is to write."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, BinaryIO

from outreach.coverage import visits_made
from outreach.coverage.members import Part
from outreach.member_files import write_list_csv, write_list_xlsx
from outreach.member_list import MemberList, Order, Wish, list_of
from outreach.models import Export
from outreach.periods import Period
from outreach.workbook import VisitRows, write_workbook
from volunteers.models import Area

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


def asked_list(listed: MemberList, format: str) -> dict[str, Any]:
    """A list behind a number as `Export.asked` keeps it."""
    wish = listed.wish
    return {
        **asked_period(listed.period),
        "indicator": listed.measure.code,
        "part": listed.part.value,
        "alone": listed.alone,
        "order": wish.order.value,
        "within": wish.within.pk if wish.within else None,
        "reason": wish.reason,
        "words": wish.words,
        "format": format,
    }


def _list(export: Export) -> MemberList:
    asked = export.asked
    listed = list_of(export.area, asked["indicator"], Part(asked["part"]), period_of(export))
    within = Area.objects.filter(pk=asked["within"]).first() if asked["within"] else None
    wish = Wish(Order(asked["order"]), within, asked["reason"], asked["words"])
    return replace(listed, wish=wish, alone=asked["alone"])


def _write_list(file: BinaryIO, export: Export, progress: Progress) -> None:
    write = write_list_csv if export.asked["format"] == "csv" else write_list_xlsx
    write(file, _list(export), lambda done, _total: progress(done))


WRITERS = {
    Export.Kind.WORKBOOK: Writer(_rows_of_workbook, _write_workbook),
    Export.Kind.LIST: Writer(lambda export: _list(export).count(), _write_list),
}
