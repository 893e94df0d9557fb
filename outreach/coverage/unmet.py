"""Homes where nobody was met in a period, and why.

The reason of a home is the outcome of its newest visit in the period: by the time of the visit,
then by the order in which the server stored it. Without a visit: `never`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from outreach.coverage.counting import visited
from outreach.coverage.places import Places, standing
from outreach.models import Placement, Rule, Visit
from outreach.periods import Period

NEVER = "never"
# Each reason, in the order in which they are shown.
REASONS = (NEVER, *(outcome.value for outcome in Visit.Outcome if outcome != Visit.Outcome.MET))
# How many homes have which reason.
Unmet = Mapping[str, int]


def reason_name(reason: str) -> str:
    return _("Never visited") if reason == NEVER else str(Visit.Outcome(reason).label)


def with_reason(homes: QuerySet[Placement], period: Period) -> QuerySet[Any]:
    """Of where homes stand: those where nobody was met, each with its `reason`."""
    newest = (
        Visit.objects.counted()
        .between(period.first, period.last)
        .filter(household=OuterRef("household"))
        .order_by("-day", "-visited_at", "-event_number")
    )
    return homes.filter(~visited(period)[Rule.HOUSEHOLDS_MET]).annotate(
        reason=Coalesce(Subquery(newest.values("outcome")[:1]), Value(NEVER))
    )


def count_unmet(places: Places, period: Period) -> dict[str, dict[str, int]]:
    """By part and reason. One query."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    homes = with_reason(standing(places, period.last), period).annotate(part=places.part)
    for row in homes.values("part", "reason").annotate(homes=Count("pk")):
        found[row["part"]][row["reason"]] = row["homes"]
    return found


def all_unmet(parts: Iterable[Unmet]) -> dict[str, int]:
    """The sum over the parts."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)
