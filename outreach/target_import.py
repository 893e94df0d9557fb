"""Reading a sheet of targets, and writing what it says: all rows or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from outreach import audit
from outreach.indicators import Measure, measure_of
from outreach.models import Indicator, Target
from outreach.notes import mask_numbers
from outreach.periods import EARLIEST, LATEST
from outreach.roster.grid import Grid, Value, read_grids
from outreach.roster.problems import Problem, Refusal, letter
from outreach.target_sheet import COLUMNS, title_of
from outreach.targets import COUNT, PERCENT, Impossible, check_value, read_value
from volunteers.models import Area
from volunteers.names import fold

MAX_ROWS = 5_000
LONGEST_SOURCE = 200
# The title stands among the first rows.
TITLE_WITHIN = 30
REQUIRED = ("area", "indicator", "first", "last", "measure", "value")
SAID = ("measure", "value", "source")
WORDS = {
    "%": PERCENT,
    "phan tram": PERCENT,
    "ty le": PERCENT,
    "ti le": PERCENT,
    "percent": PERCENT,
    "so luong": COUNT,
    "so": COUNT,
    "so nguoi": COUNT,
    "so ho": COUNT,
    "number": COUNT,
}
Key = tuple[str, str, date, date]


@dataclass(frozen=True)
class TargetSheet:
    """What a sheet says. `left_out` rows have no target. With problems nothing may be written."""

    targets: list[Target]
    problems: list[Problem]
    left_out: int


@dataclass(frozen=True)
class Outcome:
    added: int
    changed: int
    unchanged: int


def read_targets(content: bytes, areas: Mapping[str, Area]) -> TargetSheet:
    """The targets of a spreadsheet file for `areas`, by their codes. Raises Refusal for what is no
    sheet of targets."""
    grid, header, columns = _find_header(read_grids(content))
    numbers = [number for number in grid.rows if number > header]
    if len(numbers) > MAX_ROWS:
        raise Refusal(
            "too_many_rows",
            _("The sheet has %(rows)s rows; at most %(limit)s can be imported. Split it by area.")
            % {"rows": len(numbers), "limit": MAX_ROWS},
        )
    measures = {row.pk: measure_of(row) for row in Indicator.objects.prefetch_related("skills")}
    targets: list[Target] = []
    problems: list[Problem] = []
    seen: dict[Key, int] = {}
    left_out = 0
    for number in numbers:
        row = _Row(grid, number, columns)
        if not any(row.has(name) for name in SAID):
            left_out += any(row.has(name) for name in columns)
            continue
        target = row.read(areas, measures)
        if target is not None:
            first = seen.setdefault(_key(target), number)
            if first != number:
                row.report("indicator", "repeated", _repeated(first))
            targets.append(target)
        problems += row.problems
    return TargetSheet(targets, problems, left_out)


def _repeated(first: int) -> str:
    return _(
        "Row %(row)s has the same area, indicator and days. Keep one of the two, or change the "
        "days."
    ) % {"row": first}


def _key(target: Target) -> Key:
    return target.area_id, target.indicator_id, target.first, target.last


def _bare(title: Value | None) -> str:
    """A title as it is compared: without marks, and without what stands in brackets."""
    return fold(str(title or "").partition("(")[0])


def _find_header(grids: list[Grid]) -> tuple[Grid, int, dict[str, int]]:
    """The sheet, the row of its titles, and the column of each. Raises Refusal."""
    names = {_bare(title_of(name)): name for name in COLUMNS}
    best: dict[str, int] = {}
    for grid in grids:
        if grid.hidden:
            continue
        for number in [number for number in grid.rows if number <= TITLE_WITHIN]:
            columns: dict[str, int] = {}
            for column, value in grid.rows[number].items():
                if name := names.get(_bare(value)):
                    columns.setdefault(name, column)
            if all(name in columns for name in REQUIRED):
                return grid, number, columns
            best = max(best, columns, key=len)
    missing = [f"“{title_of(name)}”" for name in REQUIRED if name not in best]
    raise Refusal(
        "no_target_columns",
        _(
            "This is no sheet of targets: no row has the titles %(titles)s. Export the sheet here, "
            "fill it in, and choose it again."
        )
        % {"titles": ", ".join(missing)},
    )


class _Row:
    """One row of the sheet, read cell by cell; what is wrong gathers in `problems`."""

    def __init__(self, grid: Grid, number: int, columns: dict[str, int]) -> None:
        self.grid = grid
        self.number = number
        self.columns = columns
        self.problems: list[Problem] = []

    def value(self, name: str) -> Value | None:
        column = self.columns.get(name)
        return None if column is None else self.grid.spread(self.number, column)

    def text(self, name: str) -> str:
        value = self.value(name)
        return "" if value is None else str(value)

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def report(self, name: str, code: str, message: str) -> None:
        column = letter(self.columns.get(name))
        self.problems.append(Problem(self.grid.name, self.number, column, code, message))

    def read(self, areas: Mapping[str, Area], measures: Mapping[str, Measure]) -> Target | None:
        """None when something is wrong."""
        area = self._area(areas)
        indicator = self._indicator(measures)
        first, last = self._day("first"), self._day("last")
        if first and last and first > last:
            self.report(
                "last",
                "days_out_of_order",
                _("The last day, %(last)s, is before the first, %(first)s. Swap them.")
                % {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"},
            )
        measure = self._measure()
        value = self._value(measure, indicator) if measure else None
        source = self._source()
        if self.problems or value is None:
            return None
        if not (area and indicator and first and last and measure):
            return None
        return Target(
            area=area,
            indicator_id=indicator.code,
            first=first,
            last=last,
            measure=measure,
            value=value,
            source=source,
        )

    def _area(self, areas: Mapping[str, Area]) -> Area | None:
        value = self.value("area")
        if isinstance(value, float):
            self.report("area", "code_is_number", self._number_for_code(str(value)))
            return None
        # Spreadsheets take leading zeros from what they think is a number.
        written = [str(value)] if isinstance(value, str) else []
        if isinstance(value, int):
            written = [str(value), f"{value:02}", f"{value:05}"]
        area = next((areas[code] for code in written if code in areas), None)
        if area is None:
            self.report(
                "area",
                "unknown_area",
                _(
                    "“%(value)s” is no code of an area whose targets you set here. Take a code of "
                    "the exported sheet, or of the list of neighbourhoods."
                )
                % {"value": self.text("area")[:30]},
            )
        elif self.has("area_name") and fold(self.text("area_name")) != fold(area.name):
            self.report(
                "area_name",
                "other_area",
                _(
                    "The code %(code)s is %(area)s, but here stands “%(value)s”. Put the code or "
                    "the name right."
                )
                % {"code": area.pk, "area": area.name, "value": self.text("area_name")[:60]},
            )
        return area

    def _number_for_code(self, value: str) -> str:
        return _(
            "“%(value)s” was made a number by the spreadsheet, so its last zeros may be lost. Set "
            "the cell to Text and write the code again."
        ) % {"value": value[:30]}

    def _indicator(self, measures: Mapping[str, Measure]) -> Measure | None:
        found = measures.get(self.text("indicator"))
        if found is None:
            self.report(
                "indicator",
                "unknown_indicator",
                _(
                    "“%(value)s” is no code of an indicator. Take a code of the exported sheet, "
                    "like households_met."
                )
                % {"value": self.text("indicator")[:60]},
            )
        return found

    def _day(self, name: str) -> date | None:
        value = self.value(name)
        day = value if isinstance(value, date) else _day_of(self.text(name))
        if day is None or not EARLIEST <= day <= LATEST:
            self.report(
                name,
                "bad_day",
                _("“%(value)s” is no day from 2000 to 2100. Write it like 31/12/2026.")
                % {"value": self.text(name)[:30]},
            )
            return None
        return day

    def _measure(self) -> str | None:
        written = self.text("measure")
        if not written and self.text("value").endswith("%"):
            return PERCENT
        measure = WORDS.get(fold(written))
        if measure is None:
            self.report(
                "measure",
                "bad_measure",
                _("“%(value)s” is no way to measure a target. Write %% or number.")
                % {"value": written[:30]},
            )
        return measure

    def _value(self, measure: str, indicator: Measure | None) -> Decimal | None:
        written = self.value("value")
        try:
            if isinstance(written, int | float) and measure == PERCENT and 0 < written <= 1:
                raise Impossible(
                    _(
                        "“%(value)s” may mean %(more)s%% or %(less)s%%. Write 80 for 80%%; of less "
                        "than one percent write text like 0,5%%."
                    )
                    % {
                        "value": written,
                        "more": f"{written:.0%}"[:-1],
                        "less": str(written).replace(".", ","),
                    }
                )
            value = read_value(self.text("value"), measure)
            if indicator:
                check_value(value, measure, indicator)
        except Impossible as impossible:
            self.report("value", "bad_value", str(impossible))
            return None
        return value

    def _source(self) -> str:
        source = mask_numbers(self.text("source"))
        if len(source) > LONGEST_SOURCE:
            self.report(
                "source",
                "long_source",
                _("The source has %(length)s letters; at most %(limit)s are kept. Shorten it.")
                % {"length": len(source), "limit": LONGEST_SOURCE},
            )
        return source


def _day_of(text: str) -> date | None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


@transaction.atomic
def put_targets(area: Area, targets: list[Target]) -> Outcome:
    """Write the targets of `area` and of those below it; one with the same area, indicator and
    days takes the new words. Others stay. Doing it again changes nothing."""
    codes = {target.area_id for target in targets}
    known = {_key(row): row for row in Target.objects.filter(area__in=codes)}
    added = [target for target in targets if _key(target) not in known]
    changed = [
        target
        for target in targets
        if _key(target) in known and _words(target) != _words(known[_key(target)])
    ]
    Target.objects.bulk_create(
        [*added, *changed],
        update_conflicts=True,
        unique_fields=["indicator", "area", "first", "last"],
        update_fields=["measure", "value", "source"],
    )
    if added or changed:
        audit.record(
            area,
            "targets_imported",
            added=len(added),
            changed=len(changed),
            targets=[audit.said_of(target) for target in (*added, *changed)],
        )
    return Outcome(len(added), len(changed), len(targets) - len(added) - len(changed))


def _words(target: Target) -> tuple[str, Decimal, str]:
    return str(target.measure), Decimal(target.value), target.source
