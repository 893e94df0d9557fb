"""The coverage arranged for page and workbook: what its parts are called, areas by indicators."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from outreach.coverage import AreaCoverage, Coverage, Figure
from outreach.coverage.members import Part
from outreach.coverage.unmet import REASONS, reason_name
from outreach.list_addresses import Lists
from outreach.models import Rule, Target
from outreach.targets import Reached, reached
from volunteers.models import Area


@dataclass(frozen=True)
class Line:
    """A figure, and how far it is from its target (None: it has none)."""

    figure: Figure
    reached: Reached | None


@dataclass(frozen=True)
class Group:
    """Indicators that belong together, under one title."""

    title: str
    lines: tuple[Line, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(line.figure for line in self.lines)


@dataclass(frozen=True)
class Row:
    """An area, the address of its page (None: it has none), its figures in order, each beside
    the area's own target, and where their lists are (None: not for the reader)."""

    name: str
    address: str | None
    lines: tuple[Line, ...]
    lists: Lists | None


@dataclass(frozen=True)
class UnmetLine:
    """A reason why nobody was met, the number of homes, and the address of their list (None: not
    for the reader)."""

    name: str
    homes: int
    address: str | None


@dataclass(frozen=True)
class CoverageTable:
    """What the page shows. `groups` together hold the same indicators in the same order as the
    rows."""

    cards: tuple[Line, ...]
    groups: tuple[Group, ...]
    parts_title: str
    rows: tuple[Row, ...]
    total: Row
    unmet: tuple[UnmetLine, ...]


def parts_title(area: Area) -> str:
    """What the areas one level down are called together."""
    match area.level:
        case Area.Level.PROVINCE:
            return _("By ward")
        case Area.Level.COMMUNE:
            return _("By neighbourhood")
        case _:
            return _("By lane")


def whole_title(area: Area) -> str:
    return _("All of %(area)s") % {"area": area.name}


def remainder_title() -> str:
    return _("In no lane")


def named_parts(counted: Coverage) -> Iterator[tuple[AreaCoverage, str]]:
    """Each area one level down, then what lies in none of them, and how it is called."""
    for part in counted.by_area:
        yield part, part.area.name
    if counted.remainder:
        yield counted.remainder, remainder_title()


def shown_areas(counted: Coverage) -> list[str]:
    """The codes of the area and of those one level down."""
    return [counted.area.pk, *(part.area.pk for part in counted.by_area)]


def aims_of(
    part: AreaCoverage, counted: Coverage, targets: Mapping[str, Mapping[str, Target]]
) -> Mapping[str, Target]:
    """The targets of `part` itself; what lies in none of the areas below has none."""
    return {} if part is counted.rest else targets.get(part.area.pk, {})


def groups_of(counted: AreaCoverage, targets: Mapping[str, Target]) -> tuple[Group, ...]:
    """The figures in their groups, each beside its target; groups in which there is nothing are
    left out."""
    groups: dict[str, list[Line]] = {
        title: []
        for title in (
            _("Households and residents"),
            _("The four elements"),
            _("What residents do alone"),
            _("What residents have"),
            _("Work of the teams"),
            _("Further indicators"),
        )
    }
    first, elements, ladder, facts, teams, others = groups.values()
    for figure in counted.indicators:
        measure = figure.indicator
        kind = figure.code.partition(".")[0]
        line = Line(figure, reached(figure, targets.get(figure.code)))
        if measure.is_amount or measure.rule == Rule.REFERRALS_ANSWERED:
            teams.append(line)
        elif not measure.is_standard:
            others.append(line)
        else:
            {"element": elements, "skill": ladder, "fact": facts}.get(kind, first).append(line)
    return tuple(Group(title, tuple(found)) for title, found in groups.items() if found)


def table_of(
    counted: Coverage,
    targets: Mapping[str, Mapping[str, Target]],
    address_of: Callable[[Area], str | None],
    *,
    opens_lists: bool = False,
) -> CoverageTable:
    """`targets` as `targets_of_areas` gives those of `shown_areas`; `opens_lists`: the reader may
    see the rows behind the numbers."""
    groups = groups_of(counted, targets.get(counted.area.pk, {}))
    order = [figure.code for group in groups for figure in group.figures]

    def lines(part: AreaCoverage) -> tuple[Line, ...]:
        aims = aims_of(part, counted, targets)
        figures = [part.figure(code) for code in order]
        return tuple(Line(figure, reached(figure, aims.get(figure.code))) for figure in figures)

    def lists(part: AreaCoverage) -> Lists | None:
        alone = part is counted.remainder
        return Lists(part.area, counted.period, alone) if opens_lists else None

    rows = [
        Row(name, address_of(part.area), lines(part), lists(part))
        for part, name in named_parts(counted)
    ]
    return CoverageTable(
        cards=groups[0].lines if groups else (),
        groups=groups,
        parts_title=parts_title(counted.area),
        rows=tuple(rows),
        total=Row(whole_title(counted.area), None, lines(counted), lists(counted)),
        unmet=tuple(_unmet(counted, lists(counted))),
    )


def _unmet(counted: Coverage, lists: Lists | None) -> Iterator[UnmetLine]:
    for reason in REASONS:
        if homes := counted.unmet.get(reason, 0):
            code = Rule.HOUSEHOLDS_MET.value
            address = lists.address(code, Part.OTHERS, ly_do=reason) if lists else None
            yield UnmetLine(reason_name(reason), homes, address)
