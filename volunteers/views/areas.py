"""A ward's neighbourhoods and lanes."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from volunteers import access, audit, wards
from volunteers.forms.areas import AreaForm, AreasForm
from volunteers.models import Area
from volunteers.views import desk


def own_areas(request: HttpRequest) -> HttpResponse:
    """Where the menu leads: the neighbourhoods of the officer's ward, or the choice of wards."""
    keeper = access.get_keeper(request.user)
    own = list(access.manageable_wards(keeper)[:2])
    if len(own) == 1:
        return redirect("volunteers:areas", own[0].pk)
    return redirect("volunteers:wards")


def areas_crumbs(ward: Area) -> list[desk.Crumb]:
    link = reverse("volunteers:areas", args=[ward.pk])
    return [*desk.ward_crumbs(ward), (link, _("Neighbourhoods"))]


def areas(request: HttpRequest, code: str) -> HttpResponse:
    """The neighbourhoods and lanes of a ward, those in use first."""
    ward = access.get_ward(request.user, code)
    rows = list(Area.objects.within(ward).exclude(pk=ward.pk).as_tree())
    return desk.screen(
        request,
        "areas",
        _("Neighbourhoods"),
        areas_crumbs(ward),
        ward=ward,
        in_use=[area for area in rows if not area.valid_until],
        ended=[area for area in rows if area.valid_until],
    )


def _add(request: HttpRequest, parent: Area, ward: Area, title: str) -> HttpResponse:
    form = AreasForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        added = wards.add_areas(parent, form.cleaned_data["names"])
        desk.said(
            request,
            ngettext("%(count)s area added.", "%(count)s areas added.", len(added))
            % {"count": len(added)},
        )
        return redirect("volunteers:areas", ward.pk)
    return desk.form_screen(request, title, areas_crumbs(ward), form, _("Add"))


def add_neighbourhoods(request: HttpRequest, code: str) -> HttpResponse:
    ward = access.get_ward(request.user, code)
    return _add(request, ward, ward, _("Add neighbourhoods"))


def add_lanes(request: HttpRequest, code: str) -> HttpResponse:
    neighbourhood = access.get_neighbourhood(request.user, code)
    title = _("Add lanes to %(area)s") % {"area": neighbourhood.name}
    return _add(request, neighbourhood, neighbourhood.parent, title)


def area(request: HttpRequest, code: str) -> HttpResponse:
    """Rename, or move in lists."""
    area = access.get_area(request.user, code)
    ward = area.ward
    title = area.name
    form = AreaForm(request.POST or None, instance=area)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(area, "area_changed")
        desk.said(request, _("%(area)s is saved.") % {"area": area.name})
        return redirect("volunteers:areas", ward.pk)
    return desk.form_screen(request, title, areas_crumbs(ward), form, _("Save"))


def end_area(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once more, then end the area and its lanes, unless homes stand there."""
    area = access.get_area(request.user, code)
    ward = area.ward
    if request.method == "POST":
        try:
            wards.end_area(area)
        except wards.AreaInUse as reason:
            desk.refused(request, str(reason))
        else:
            desk.said(request, _("%(area)s has ended.") % {"area": area.name})
        return redirect("volunteers:areas", ward.pk)
    question = _(
        "%(area)s is no longer in use after today (%(day)s), and neither are its lanes. What was "
        "recorded there stays."
    ) % {"area": area.name, "day": timezone.localdate().strftime("%d/%m/%Y")}
    title = _("End %(area)s") % {"area": area.name}
    return desk.confirm_screen(request, title, areas_crumbs(ward), question, _("End the area"))


@require_POST
def resume_area(request: HttpRequest, code: str) -> HttpResponse:
    """Take the end of an area back."""
    area = access.get_area(request.user, code)
    try:
        wards.resume_area(area)
    except wards.AreaInUse as reason:
        desk.refused(request, str(reason))
    else:
        desk.said(request, _("%(area)s is in use again.") % {"area": area.name})
    return redirect("volunteers:areas", area.ward.pk)
