"""Numbers of neighbourhoods and wards, kept until something that they count changes.

So a page costs what its areas cost, not what their history costs. A tally is never more than what
`outreach.coverage.counting` gives: what changed since (`outreach.feed`) is counted again when it
is asked for.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Exists, Max, OuterRef

from outreach import bulk, feed
from outreach.coverage.counting import (
    Counts,
    count,
    count_days_worked,
    count_sessions,
    no_counts,
)
from outreach.coverage.places import Places
from outreach.coverage.unmet import Unmet, all_unmet, count_unmet
from outreach.coverage.weeks import FirstReached, first_reached, together
from outreach.indicators import Measure, fingerprint
from outreach.models import Change, Tally
from outreach.periods import EARLIEST, Period
from volunteers.models import Area

# Nobody asks again for most periods.
KEPT = timedelta(days=40)


@dataclass(frozen=True)
class Asked:
    """For which period and indicators, and when. `apart`: what else than indicators, in at most 16
    letters that change when it is counted otherwise."""

    period: Period
    measures: Sequence[Measure]
    now: datetime
    apart: str = ""

    @property
    def first(self):
        return self.period.first or EARLIEST

    @property
    def rules(self) -> str:
        return self.apart or fingerprint(self.measures)

    def stored(self, codes: Collection[str]):
        return Tally.objects.filter(
            area__in=codes, first=self.first, last=self.period.last, rules=self.rules
        )


@dataclass(frozen=True)
class Counted:
    """The numbers of each area by its code, in which weeks its homes were first reached, and why
    nobody was met in the others."""

    figures: Counts
    weeks: dict[str, FirstReached]
    unmet: dict[str, Unmet]


def of_ward(ward: Area, asked: Asked) -> Counted:
    """The numbers of the ward and of each of its neighbourhoods."""
    through = feed.number(ward.pk)
    codes = list(Area.objects.filter(parent=ward).values_list("pk", flat=True))
    kept = {tally.area_id: tally for tally in asked.stored([ward.pk, *codes])}
    stale = _stale(ward.pk, kept, [ward.pk, *codes], asked.period)
    fresh = {code: tally for code, tally in kept.items() if code not in stale}
    counts: Counts = {code: tally.figures for code, tally in fresh.items()}
    weeks = {code: tally.weeks for code, tally in fresh.items()}
    unmet: dict[str, Unmet] = {code: tally.unmet for code, tally in fresh.items()}
    again = [code for code in codes if code in stale]
    if again:
        places = Places.neighbourhoods(ward, again)
        found, _worked = count(places, asked.period, asked.measures)
        first, why = first_reached(places, asked.period), count_unmet(places, asked.period)
        counts |= {code: dict(found[code]) for code in again}
        weeks |= {code: first[code] for code in again}
        unmet |= {code: why.get(code, {}) for code in again}
    if ward.pk in stale:
        counts[ward.pk] = _total([counts[code] for code in codes], asked.measures)
        counts[ward.pk] |= _of_whole(ward, asked)
        weeks[ward.pk] = together(weeks[code] for code in codes)
        unmet[ward.pk] = all_unmet(unmet[code] for code in codes)
    counted = Counted(counts, weeks, unmet)
    _keep(counted, stale, through, asked)
    return counted


def of_places(
    ward: Area,
    codes: Collection[str],
    asked: Asked,
    counting: Callable[[list[str]], Mapping[str, dict]],
) -> dict[str, dict]:
    """What `counting` gives of these places of the ward, by their codes. It is asked for those only
    in which something changed."""
    through = feed.number(ward.pk)
    kept = {tally.area_id: tally for tally in asked.stored(codes)}
    stale = _stale(ward.pk, kept, codes, asked.period)
    figures = {code: tally.figures for code, tally in kept.items() if code not in stale}
    if stale:
        found = counting(sorted(stale))
        figures |= {code: found[code] for code in stale}
        neither = Counted(figures, {one: {} for one in stale}, {one: {} for one in stale})
        _keep(neither, stale, through, asked)
    return figures


def of_areas(ward: Area, codes: Collection[str], asked: Asked) -> dict[str, dict]:
    """The numbers of the ward, of each of its neighbourhoods and of these of its lanes, by their
    codes."""
    counted = of_ward(ward, asked).figures

    def of_lanes(lanes: list[str]) -> Mapping[str, dict]:
        found, _worked = count(Places.each(ward, lanes), asked.period, asked.measures)
        return {code: dict(found[code]) for code in lanes}

    lanes = sorted(set(codes) - set(counted))
    return {**counted, **of_places(ward, lanes, asked, of_lanes)}


def of_wards(wards: Iterable[Area], asked: Asked) -> Counted:
    """The numbers of each ward. Those of which nothing changed cost nothing each."""
    wards = list(wards)
    codes = [ward.pk for ward in wards]
    waiting = set(Change.objects.filter(ward__in=codes, number=None).values_list("ward", flat=True))
    later = Change.objects.filter(
        ward=OuterRef("area"), number__gt=OuterRef("through"), counts_from__lte=asked.period.last
    )
    kept = asked.stored(codes).annotate(changed=Exists(later))
    fresh = [tally for tally in kept if not tally.changed and tally.area_id not in waiting]
    counts = {tally.area_id: tally.figures for tally in fresh}
    weeks = {tally.area_id: tally.weeks for tally in fresh}
    unmet: dict[str, Unmet] = {tally.area_id: tally.unmet for tally in fresh}
    for ward in wards:
        if ward.pk not in counts:
            counted = of_ward(ward, asked)
            counts[ward.pk], weeks[ward.pk] = counted.figures[ward.pk], counted.weeks[ward.pk]
            unmet[ward.pk] = counted.unmet[ward.pk]
    return Counted(counts, weeks, unmet)


def _stale(ward: str, kept: dict[str, Tally], codes: Collection[str], period: Period) -> set[str]:
    """The areas that are not kept, or of which something counted changed since they were."""
    stale = {code for code in codes if code not in kept}
    if not kept:
        return stale
    oldest = min(tally.through for tally in kept.values())
    changes = Change.objects.filter(ward=ward, number__gt=oldest, counts_from__lte=period.last)
    for places, newest in (
        changes.order_by().values_list("counted_in").annotate(newest=Max("number"))
    ):
        lanes = places.split()
        touched = {ward, *lanes, *(_neighbourhood(code) for code in lanes)}
        stale |= {code for code in touched if code in kept and kept[code].through < newest}
    return stale


def _neighbourhood(code: str) -> str:
    """The code of the neighbourhood in which a lane lies: codes grow from left to right."""
    return ".".join(code.split(".")[:2])


def _total(parts: Sequence[dict[str, list[int]]], measures: Sequence[Measure]) -> dict:
    return {
        measure.code: [
            sum(part.get(measure.code, (0, 0))[side] for part in parts) for side in (0, 1)
        ]
        for measure in measures
    }


def _of_whole(ward: Area, asked: Asked) -> dict[str, list[int]]:
    """Amounts that are more or less than those of the neighbourhoods: some classes are the ward's
    own, and who worked in two neighbourhoods on one day worked one day in the ward."""
    amounts = [measure for measure in asked.measures if measure.is_amount]
    counts, ward_as_one = no_counts(amounts), Places.one(ward)
    count_sessions(counts, ward_as_one, asked.period, amounts)
    count_days_worked(counts, ward_as_one, asked.period, amounts)
    return counts[ward.pk]


def _keep(counted: Counted, codes: Collection[str], through: int, asked: Asked) -> None:
    rows = [
        {
            "area_id": code,
            "first": asked.first,
            "last": asked.period.last,
            "rules": asked.rules,
            "through": through,
            "counted_at": asked.now,
            "figures": counted.figures[code],
            "weeks": counted.weeks[code],
            "unmet": counted.unmet[code],
        }
        for code in sorted(codes)
    ]
    if not rows:
        return
    # Whoever reads need not wait for who writes: it will be counted again.
    with suppress(OperationalError), transaction.atomic():
        bulk.upsert(
            Tally,
            rows,
            unique=["area_id", "first", "last", "rules"],
            update=["through", "counted_at", "figures", "weeks", "unmet"],
        )
        Tally.objects.filter(area__in=list(codes), counted_at__lt=asked.now - KEPT).delete()
