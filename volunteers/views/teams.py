"""Teams and who belongs to them."""

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from volunteers import access, audit, roles
from volunteers.forms.accounts import NewMemberForm
from volunteers.forms.teams import KnownMemberForm, MembershipRoleForm, TeamForm
from volunteers.models import Membership, Team, User
from volunteers.views import desk

LEADING_FIRST = {role: place for place, role in enumerate(Membership.Role)}


def teams(request: HttpRequest) -> HttpResponse:
    """The teams one keeps or leads, or those of `?ward=`; who leads one goes straight there."""
    visible = access.visible_teams(request.user)
    if not access.keeps_wards(request.user):
        own = list(visible[:2])
        if not own:
            raise Http404
        if len(own) == 1:
            return redirect("volunteers:team", own[0].pk)
    if code := request.GET.get("ward"):
        wards = [access.get_ward(request.user, code)]
        visible = visible.filter(ward=wards[0])
    else:
        # An administrator keeps every ward, and adds teams from the page of one.
        administrator = access.is_administrator(request.user)
        wards = [] if administrator else access.manageable_wards(request.user)
    current = Q(memberships__left_on=None)
    rows = (
        visible.select_related("ward")
        .annotate(member_count=Count("memberships", filter=current))
        .order_by("ward__folded_name", "ward", "name")
    )
    return desk.screen(
        request,
        "teams",
        _("Teams"),
        desk.home(),
        page=desk.rows_of(request, rows),
        wards=wards,
    )


def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: its areas, its people, and what may be done for each of them."""
    team = access.get_team(request.user, pk)
    memberships = list(team.memberships.current().select_related("user"))
    memberships.sort(key=lambda held: (LEADING_FIRST[held.role], held.user.name_sort_key))
    people = [held.user_id for held in memberships]
    in_care = access.people_in_care(request.user).filter(pk__in=people)
    to_equip = access.people_to_equip(request.user).filter(pk__in=people)
    return desk.screen(
        request,
        "team",
        team.name,
        desk.team_crumbs(request.user, team),
        team=team,
        areas=team.areas.as_tree(),
        memberships=memberships,
        in_care=set(in_care.values_list("pk", flat=True)),
        to_equip=set(to_equip.values_list("pk", flat=True)),
        keeps=access.manageable_teams(request.user).filter(pk=team.pk).exists(),
    )


def _save(request: HttpRequest, team: Team, form: TeamForm, action: str) -> HttpResponse:
    with transaction.atomic():
        form.save()
        audit.record(team, action)
    desk.said(request, _("%(team)s is saved.") % {"team": team.name})
    return redirect("volunteers:team", team.pk)


def add_team(request: HttpRequest, code: str) -> HttpResponse:
    ward = access.get_ward(request.user, code)
    form = TeamForm(request.POST or None, ward=ward)
    if request.method == "POST" and form.is_valid():
        return _save(request, form.instance, form, "team_added")
    return desk.form_screen(request, _("Add a team"), desk.ward_crumbs(ward), form, _("Save"))


def edit_team(request: HttpRequest, pk: int) -> HttpResponse:
    team = access.get_manageable_team(request.user, pk)
    crumbs = desk.team_crumbs(request.user, team)
    form = TeamForm(request.POST or None, instance=team, ward=team.ward)
    if request.method == "POST" and form.is_valid():
        return _save(request, team, form, "team_changed")
    return desk.form_screen(request, _("Change the team"), crumbs, form, _("Save"))


def add_new_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an account for a new member, and show its password once."""
    team = access.get_manageable_team(request.user, pk)
    crumbs = desk.team_crumbs(request.user, team)
    members = User.objects.filter(memberships__in=team.memberships.current())
    form = NewMemberForm(request.POST or None, neighbours=members)
    with transaction.atomic():
        if request.method == "POST":
            # The form looks for namesakes, so a second copy of it must wait for the first.
            Team.objects.select_for_update().get(pk=team.pk)
            if form.is_valid():
                person, password = form.open_account()
                roles.join(person, team, Membership.Role(form.cleaned_data["role"]))
                done = reverse("volunteers:team", args=[team.pk])
                return desk.one_time_password_screen(request, person, password, done, crumbs)
    return desk.form_screen(request, _("Add a new member"), crumbs, form, _("Open the account"))


def add_known_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the ward who has an account joins the team."""
    team = access.get_manageable_team(request.user, pk)
    candidates = access.visible_people(request.user)
    form = KnownMemberForm(request.POST or None, candidates=candidates, team=team)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["username"]
        roles.join(person, team, Membership.Role(form.cleaned_data["role"]))
        desk.said(
            request,
            _("%(name)s is now in %(team)s.") % {"name": person.full_name, "team": team.name},
        )
        return redirect("volunteers:team", team.pk)
    crumbs = desk.team_crumbs(request.user, team)
    return desk.form_screen(request, _("Add somebody with an account"), crumbs, form, _("Add"))


def change_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Leader, deputy or member."""
    held = access.get_membership(request.user, pk)
    form = MembershipRoleForm(request.POST or None, initial={"role": held.role})
    if request.method == "POST" and form.is_valid():
        roles.join(held.user, held.team, Membership.Role(form.cleaned_data["role"]))
        desk.said(request, _("The role of %(name)s is saved.") % {"name": held.user.full_name})
        return redirect("volunteers:team", held.team_id)
    title = _("Role of %(name)s in the team") % {"name": held.user.full_name}
    crumbs = desk.team_crumbs(request.user, held.team)
    return desk.form_screen(request, title, crumbs, form, _("Save"))


def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then end the membership today."""
    held = access.get_membership(request.user, pk)
    names = {"name": held.user.full_name, "team": held.team.name}
    if request.method == "POST":
        roles.leave(held)
        desk.said(request, _("%(name)s is no longer in %(team)s.") % names)
        return redirect("volunteers:team", held.team_id)
    question = (
        _(
            "%(name)s leaves %(team)s today and no longer sees its homes. Their visits stay. The "
            "account stays open; close it as well if they stop altogether."
        )
        % names
    )
    title = _("Take %(name)s out of the team") % names
    crumbs = desk.team_crumbs(request.user, held.team)
    return desk.confirm_screen(request, title, crumbs, question, _("Take out of the team"))
