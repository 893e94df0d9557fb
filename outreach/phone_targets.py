"""What phones show of the targets: how far their people's places are this month, and until when
what is still missing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from outreach.coverage import Figure, figures_of_areas
from outreach.models import Rule, Target
from outreach.periods import Period, local_today, presets
from outreach.pulling import places_of
from outreach.targets import Reached
from volunteers.models import Area, Device

# Said of this month with or without a target.
ALWAYS = (
    Rule.HOUSEHOLDS_REACHED.value,
    Rule.HOUSEHOLDS_MET.value,
    Rule.RESIDENTS_ASSESSED.value,
)
# By period and code of an area its figures, by code of the indicator.
Counted = Mapping[Period, Mapping[str, Mapping[str, Figure]]]


def targets_of_phone(device: Device, now: datetime) -> dict[str, Any]:
    """For each place of the phone's people the figures of this month, of the indicators that have a
    target there today and of those that are always said; and for each target those from its first
    day until today. The number of queries depends on nothing but how many different first days
    these targets have."""
    today = local_today(now)
    month = next(one.period for one in presets(today) if one.code == "month")
    places = places_of(device)
    targets = _targets_on(today, places)
    periods = {month, *(_until(today, one) for found in targets.values() for one in found)}
    counted: Counted = {
        period: {
            code: {figure.code: figure for figure in figures}
            for code, figures in figures_of_areas(device.ward, places, period, now=now).items()
        }
        for period in sorted(periods, key=lambda one: one.start)
    }
    names = {row["code"]: row["name"] for row in _in_order(places)}
    as_of = timezone.localtime(now, timezone.get_default_timezone())
    return {
        "as_of": as_of.isoformat(timespec="seconds"),
        "areas": [
            {
                "code": code,
                "name": name,
                "indicators": list(_indicators(code, month, targets.get(code, ()), counted)),
            }
            for code, name in names.items()
        ],
    }


def _in_order(places: Iterable[str]) -> list[dict[str, Any]]:
    return Area.objects.filter(pk__in=places).rows_as_tree("name")


def _targets_on(day: date, places: Iterable[str]) -> dict[str, list[Target]]:
    """By area those that are valid on that day, of indicators that are shown; those for the fewest
    days first."""
    rows = Target.objects.filter(
        area__in=places, first__lte=day, last__gte=day, indicator__hidden=False
    )
    found: dict[str, list[Target]] = {}
    for target in sorted(rows, key=lambda row: (row.last - row.first, -row.first.toordinal())):
        found.setdefault(target.area_id, []).append(target)
    return found


def _until(today: date, target: Target) -> Period:
    """The days of the target that have come: their figures are those of now."""
    return Period(target.first, today)


def _indicators(
    area: str, month: Period, targets: Iterable[Target], counted: Counted
) -> Iterable[dict[str, Any]]:
    by_code: dict[str, list[Target]] = {}
    for target in targets:
        by_code.setdefault(target.indicator_id, []).append(target)
    for code, figure in counted[month][area].items():
        aims = by_code.get(code, [])
        if not aims and code not in ALWAYS:
            continue
        if not any(_until(month.last, target) == month for target in aims):
            yield _said(figure, month, None)
        for target in aims:
            period = _until(month.last, target)
            yield _said(counted[period][area][code], period, target)


def _said(figure: Figure, period: Period, target: Target | None) -> dict[str, Any]:
    return {
        **figure.as_json(),
        "unit": figure.indicator.unit,
        "from": period.first and period.first.isoformat(),
        "to": period.last.isoformat(),
        "target": target and _target(figure, target),
    }


def _target(figure: Figure, target: Target) -> dict[str, Any]:
    beside = Reached(figure, target)
    whole = target.value == int(target.value)
    return {
        "measure": target.measure,
        "value": int(target.value) if whole else float(target.value),
        "until": target.last.isoformat(),
        "reached": beside.is_reached if beside.can_tell else None,
        "missing": beside.missing,
    }
