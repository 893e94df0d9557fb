"""Giving doors to a volunteer for a while, and taking them back."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from outreach import access, feed
from outreach.models import Assignment
from outreach.settling import lock_homes
from outreach.tables import Touched
from volunteers.models import User

MOST_DOORS = 500


class NotYours(Exception):
    """One of the doors, or the person, is not there for who asks."""


@transaction.atomic
def assign(
    by: User,
    doors: Collection[UUID],
    to: int | None,
    until: date | None,
    now: datetime,
    ward: str,
) -> int:
    """Give the ward's doors to the person until the end of that day (None: until somebody ends
    it), or to nobody; gives of how many doors something changed.

    Leaders give those of their teams' areas to the teams' members, officers those of their ward to
    its teams; the person must see them. Asked again nothing changes. Raises NotYours, with nothing
    changed.
    """
    # Two leaders at once: the second sees what the first has done.
    lock_homes(doors)
    homes = list(access.assignable_households(by).filter(ward=ward, pk__in=doors))
    person = access.assignees(by).filter(pk=to).first() if to else None
    if len(homes) != len(set(doors)) or (to and person is None):
        raise NotYours
    if person and access.visible_households(person).filter(pk__in=doors).count() != len(homes):
        raise NotYours
    current = {
        one.household_id: one for one in Assignment.objects.current().filter(household__in=doors)
    }
    changed = [home for home in homes if _differs(current.get(home.pk), person, until)]
    ended = [current[home.pk].pk for home in changed if home.pk in current]
    Assignment.objects.filter(pk__in=ended).update(ended_at=now, ended_by=by)
    if person:
        Assignment.objects.bulk_create(
            Assignment(
                ward_id=home.ward_id,
                household=home,
                to=person,
                until=until,
                made_by=by,
                made_at=now,
            )
            for home in changed
        )
    # Phones learn of it as of any change of the homes.
    feed.note_homes(ward, [Touched(home.pk, home.area_id, "") for home in changed])
    return len(changed)


def _differs(one: Assignment | None, person: User | None, until: date | None) -> bool:
    if one is None or person is None:
        return one is not None or person is not None
    return (one.to_id, one.until) != (person.pk, until)
