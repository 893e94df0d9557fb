"""Teams and ladder arranged for page and workbook: their columns, their words, their charts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Skill
from courses.models.skills import Fact, Level
from outreach.charts import StackedBars, stacked_bars
from outreach.coverage.ladder import Steps
from outreach.coverage.teams import Teams, TeamWork

# What a row of the teams shows after its name, in order.
COLUMNS: tuple[tuple[Promise, Callable[[TeamWork], int]], ...] = (
    (gettext_lazy("Households"), lambda row: row.homes),
    (gettext_lazy("Reached"), lambda row: row.reached),
    (gettext_lazy("Met"), lambda row: row.met),
    (gettext_lazy("Residents taught"), lambda row: row.taught),
    (gettext_lazy("Residents progressed"), lambda row: row.progressed),
    (gettext_lazy("Visits"), lambda row: row.visits),
    (gettext_lazy("Person-days"), lambda row: row.person_days),
    (gettext_lazy("Classes led"), lambda row: row.sessions),
    (gettext_lazy("Members at work"), lambda row: row.members_at_work),
)


@dataclass(frozen=True)
class Cell:
    """A number, and how long its bar is beside the largest of its column, in percent."""

    number: int
    bar: int


@dataclass(frozen=True)
class TeamRow:
    name: str
    rate: float | None  # of its homes reached
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class TeamsTable:
    titles: tuple[str, ...]
    rows: tuple[TeamRow, ...]
    total: TeamRow


def name_of(row: TeamWork) -> str:
    return row.team.name if row.team else _("In no team")


def numbers_of(row: TeamWork) -> list[int]:
    return [number(row) for _title, number in COLUMNS]


def teams_table(found: Teams) -> TeamsTable:
    rows = [numbers_of(row) for row in found.rows]
    most = [max(column) for column in zip(*rows, strict=True)]

    def cells(numbers: Iterable[int]) -> tuple[Cell, ...]:
        return tuple(
            Cell(number, round(100 * number / highest) if highest else 0)
            for number, highest in zip(numbers, most, strict=True)
        )

    whole = tuple(Cell(number, 0) for number in numbers_of(found.ward))
    return TeamsTable(
        tuple(str(title) for title, _number in COLUMNS),
        tuple(TeamRow(name_of(row), row.rate, cells(numbers_of(row))) for row in found.rows),
        TeamRow(_("All of the ward"), found.ward.rate, whole),
    )


@dataclass(frozen=True)
class LadderChart:
    """Skills of one scale: the chart, and the rows that say the same in numbers."""

    title: str
    levels: tuple[str, ...]
    bars: StackedBars
    rows: tuple[tuple[str, str, tuple[int, ...], int], ...]


def before_and_after(one: Steps) -> list[tuple[str, tuple[int, ...]]]:
    """What each side is called, and its numbers."""
    return [(_("At the start"), one.before), (_("At the end"), one.after)]


def levels_of(skills_of_a_ladder: bool) -> tuple[str, ...]:
    levels: Sequence = list(Level if skills_of_a_ladder else Fact)
    return tuple(str(level.label) for level in levels)


def ladder_charts(steps: Iterable[Steps]) -> list[LadderChart]:
    """Of the ladder, then of the facts; skills of which nobody's level is known are left out."""
    known = [one for one in steps if one.people]
    charts = []
    for scale, title in (
        (Skill.Scale.LADDER, _("The ladder before and after")),
        (Skill.Scale.YES_NO, _("What residents have, before and after")),
    ):
        these = [one for one in known if one.skill.scale == scale]
        if these:
            charts.append(
                LadderChart(
                    title,
                    levels_of(scale == Skill.Scale.LADDER),
                    stacked_bars([(one.skill.name, before_and_after(one)) for one in these]),
                    tuple(
                        (one.skill.name, side, numbers, one.people)
                        for one in these
                        for side, numbers in before_and_after(one)
                    ),
                )
            )
    return charts
