"""Wards: opening them, and the page that leads to all a ward keeps."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from volunteers import access, wards
from volunteers.forms.areas import WardSearchForm
from volunteers.models import Area, RoleGrant
from volunteers.views import desk

MOST_FOUND = 60


def ward_list(request: HttpRequest) -> HttpResponse:
    """The wards that work with Ngõ Số; an officer of one ward goes straight there."""
    keeper = access.get_keeper(request.user)
    administrator = access.is_administrator(keeper)
    opened = access.manageable_wards(keeper)
    if not administrator and len(opened[:2]) == 1:
        return redirect("volunteers:ward", opened[0].pk)
    officers = Q(role_grants__role=RoleGrant.Role.OFFICER, role_grants__ended_at=None)
    rows = (
        opened.select_related("parent")
        .annotate(
            officer_count=Count("role_grants", filter=officers, distinct=True),
            team_count=Count("teams", distinct=True),
        )
        .order_by("folded_name", "code")
    )
    return desk.screen(
        request,
        "ward_list",
        _("Wards"),
        desk.home(),
        page=desk.rows_of(request, rows),
        administrator=administrator,
    )


def open_ward_search(request: HttpRequest) -> HttpResponse:
    """Find a ward among all of the country."""
    access.get_administrator(request.user)
    form = WardSearchForm(request.GET or None)
    found = form.found() if form.is_valid() else Area.objects.none()
    return desk.screen(
        request,
        "open_ward_search",
        _("Open a ward"),
        desk.home(),
        form=form,
        found=found[:MOST_FOUND],
        more=found.count() > MOST_FOUND,
    )


def open_ward(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once more, then open the ward from today."""
    access.get_administrator(request.user)
    ward = get_object_or_404(Area.objects.wards().select_related("parent"), pk=code)
    if request.method == "POST":
        wards.open_ward(ward)
        desk.said(request, _("%(ward)s is open. Now add its officer.") % {"ward": ward.name})
        return redirect("volunteers:ward", ward.pk)
    question = _(
        "%(ward)s (%(code)s), %(province)s, begins to work with Ngõ Số today. Its officer can then "
        "add neighbourhoods, teams and volunteers."
    ) % {"ward": ward.name, "code": ward.pk, "province": ward.parent.name}
    return desk.confirm_screen(request, _("Open a ward"), desk.home(), question, _("Open the ward"))


def ward(request: HttpRequest, code: str) -> HttpResponse:
    """One ward: who keeps it, and the way to its neighbourhoods, teams and people."""
    ward = access.get_ward(request.user, code)
    held = ward.role_grants.current().select_related("user")
    return desk.screen(
        request,
        "ward",
        ward.name,
        desk.home(),
        ward=ward,
        roles_held=held.order_by("role", "user__name_sort_key"),
        neighbourhood_count=ward.children.in_use().count(),
        team_count=ward.teams.count(),
        administrator=access.is_administrator(request.user),
    )
