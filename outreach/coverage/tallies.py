"""Numbers of neighbourhoods and wards, kept until something that they count changes.

So a page costs what its areas cost, not what their history costs. A tally is never more than what
`outreach.coverage.counting` gives: what changed since (`outreach.feed`) is counted again when it
is asked for.
"""

from collections.abc import Collection, Iterable, Sequence
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
from outreach.indicators import Measure, fingerprint
from outreach.models import Change, Tally
from outreach.periods import EARLIEST, Period
from volunteers.models import Area

# Nobody asks again for most periods.
KEPT = timedelta(days=40)


@dataclass(frozen=True)
class Asked:
    """For which period and indicators, and when."""

    period: Period
    measures: Sequence[Measure]
    now: datetime

    @property
    def first(self):
        return self.period.first or EARLIEST

    @property
    def rules(self) -> str:
        return fingerprint(self.measures)

    def stored(self, codes: Collection[str]):
        return Tally.objects.filter(
            area__in=codes, first=self.first, last=self.period.last, rules=self.rules
        )


def of_ward(ward: Area, asked: Asked) -> tuple[dict[str, list[int]], Counts]:
    """The numbers of the ward, and of each of its neighbourhoods."""
    through = feed.number(ward.pk)
    codes = list(Area.objects.filter(parent=ward).values_list("pk", flat=True))
    kept = {tally.area_id: tally for tally in asked.stored([ward.pk, *codes])}
    stale = _stale(ward.pk, kept, [ward.pk, *codes], asked.period)
    counts: Counts = {code: tally.figures for code, tally in kept.items() if code not in stale}
    again = [code for code in codes if code in stale]
    if again:
        found, _worked = count(Places.neighbourhoods(ward, again), asked.period, asked.measures)
        counts |= {code: dict(found[code]) for code in again}
    if ward.pk in stale:
        counts[ward.pk] = _total([counts[code] for code in codes], asked.measures)
        counts[ward.pk] |= _of_whole(ward, asked)
    _keep({code: counts[code] for code in stale}, through, asked)
    whole = counts.pop(ward.pk)
    return whole, counts


def of_wards(wards: Iterable[Area], asked: Asked) -> Counts:
    """The numbers of each ward. Those of which nothing changed cost nothing each."""
    wards = list(wards)
    codes = [ward.pk for ward in wards]
    waiting = set(Change.objects.filter(ward__in=codes, number=None).values_list("ward", flat=True))
    later = Change.objects.filter(
        ward=OuterRef("area"), number__gt=OuterRef("through"), counts_from__lte=asked.period.last
    )
    kept = asked.stored(codes).annotate(changed=Exists(later))
    counts = {
        area: figures
        for area, figures, changed in kept.values_list("area", "figures", "changed")
        if not changed and area not in waiting
    }
    for ward in wards:
        if ward.pk not in counts:
            counts[ward.pk], _parts = of_ward(ward, asked)
    return counts


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
        touched = {ward, *(_neighbourhood(code) for code in places.split())}
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


def _keep(counts: Counts, through: int, asked: Asked) -> None:
    rows = [
        {
            "area_id": code,
            "first": asked.first,
            "last": asked.period.last,
            "rules": asked.rules,
            "through": through,
            "counted_at": asked.now,
            "figures": figures,
        }
        for code, figures in sorted(counts.items())
    ]
    if not rows:
        return
    # Whoever reads need not wait for who writes: it will be counted again.
    with suppress(OperationalError), transaction.atomic():
        bulk.upsert(
            Tally,
            rows,
            unique=["area_id", "first", "last", "rules"],
            update=["through", "counted_at", "figures"],
        )
        Tally.objects.filter(area__in=list(counts), counted_at__lt=asked.now - KEPT).delete()
