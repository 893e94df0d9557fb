"""Opening wards, and the neighbourhoods and lanes that a ward keeps itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from volunteers import audit
from volunteers.models import Area

# What stands in an area belongs to other apps: each registers, under this Wagtail hook, a function
# that takes an area and gives the sentence why it cannot end, or None.
REASONS_HOOK = "reasons_to_keep_area"


class AreaInUse(Exception):
    """The area cannot end; the message says why and what to do."""


@transaction.atomic
def open_ward(ward: Area) -> None:
    """The ward works with Ngõ Số from today; opening an open ward changes nothing."""
    if ward.opened_on:
        return
    ward.opened_on = timezone.localdate()
    ward.save(update_fields=["opened_on"])
    audit.record(ward, "ward_opened")


@transaction.atomic
def add_areas(parent: Area, names: list[str]) -> list[Area]:
    """Add neighbourhoods to a ward, or lanes to a neighbourhood, in the order of `names`."""
    # Two people adding at once would be given the same number.
    Area.objects.select_for_update().get(pk=parent.pk)
    added = [parent.add_child(name, valid_from=timezone.localdate()) for name in names]
    for area in added:
        audit.record(area, "area_added")
    return added


@transaction.atomic
def end_area(area: Area) -> None:
    """The area and its lanes are in use until today. Raises AreaInUse where something stands."""
    for reason_to_keep in hooks.get_hooks(REASONS_HOOK):
        if reason := reason_to_keep(area):
            raise AreaInUse(reason)
    today = timezone.localdate()
    for ended in Area.objects.within(area).filter(valid_until=None):
        ended.valid_until = today
        ended.save(update_fields=["valid_until"])
        audit.record(ended, "area_ended")


@transaction.atomic
def resume_area(area: Area) -> None:
    """Undo the end of an area. Raises AreaInUse when its name is used again by another."""
    if area.level == Area.Level.LANE and area.parent and area.parent.valid_until:
        raise AreaInUse(_("Its neighbourhood has ended; resume that one first."))
    namesakes = Area.objects.filter(parent_id=area.parent_id, folded_name=area.folded_name)
    if namesakes.filter(valid_until=None).exclude(pk=area.pk).exists():
        raise AreaInUse(_("Another area in use has this name now; rename one of them first."))
    area.valid_until = None
    area.save(update_fields=["valid_until"])
    audit.record(area, "area_resumed")
