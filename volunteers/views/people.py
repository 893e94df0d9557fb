"""Accounts: finding, opening, mending and closing them."""

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from volunteers import access, accounts, audit, roles
from volunteers.forms.accounts import NewStaffForm, PeopleSearchForm, PersonForm, RoleForm
from volunteers.models import Membership, RoleGrant, User
from volunteers.views import desk

NEEDS_ANOTHER = gettext_lazy(
    "Somebody must be able to open wards and accounts. Make another person administrator first."
)


def with_places(people):
    """The people with the roles and teams they have now, in two more queries."""
    held = RoleGrant.objects.current().select_related("area")
    memberships = Membership.objects.current().select_related("team__ward")
    return people.prefetch_related(
        Prefetch("role_grants", held, to_attr="current_roles"),
        Prefetch("memberships", memberships, to_attr="current_memberships"),
    )


def people(request: HttpRequest) -> HttpResponse:
    """The people one looks after. The search is posted and shows the first of what it finds."""
    kept = access.kept_people(access.get_keeper(request.user))
    form = PeopleSearchForm(request.POST if request.method == "POST" else None)
    found = form.matching(kept) if form.is_bound and form.is_valid() else kept
    return desk.screen(
        request,
        "people",
        _("People"),
        desk.people_crumbs(request.user),
        form=form,
        page=desk.rows_of(request, with_places(found)),
        searched=form.is_bound,
        administrator=access.is_administrator(request.user),
    )


def person(request: HttpRequest, pk: int) -> HttpResponse:
    person = access.get_person(request.user, pk)
    return desk.screen(
        request,
        "person",
        person.full_name,
        desk.people_crumbs(request.user),
        person=with_places(User.objects.filter(pk=person.pk)).get(),
        own=person == request.user,
        keeps=access.kept_people(request.user).filter(pk=person.pk).exists(),
        equips=access.people_to_equip(request.user).filter(pk=person.pk).exists(),
        administrator=access.is_administrator(request.user),
    )


def edit_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = access.get_kept_person(request.user, pk)
    title = _("Change %(name)s") % {"name": person.full_name}
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(person, "account_changed")
        desk.said(request, _("%(name)s is saved.") % {"name": person.full_name})
        return redirect("volunteers:person", person.pk)
    return desk.form_screen(request, title, desk.people_crumbs(request.user), form, _("Save"))


def add_staff(request: HttpRequest) -> HttpResponse:
    """Open the account of an officer, viewer, editor or administrator."""
    administrator = access.get_administrator(request.user)
    crumbs = desk.people_crumbs(administrator)
    staff = User.objects.filter(pk__in=RoleGrant.objects.current().values("user"))
    wish = {"role": request.GET.get("role"), "area": request.GET.get("area")}
    form = NewStaffForm(request.POST or None, neighbours=staff, initial=wish)
    with transaction.atomic():
        if request.method == "POST":
            # The form looks for namesakes, so a second copy of it must wait for the first.
            User.objects.select_for_update().get(pk=administrator.pk)
            if form.is_valid():
                person, password = form.open_account()
                role = RoleGrant.Role(form.cleaned_data["role"])
                roles.grant(person, role, form.cleaned_data["area"], by=administrator)
                done = reverse("volunteers:person", args=[person.pk])
                return desk.one_time_password_screen(request, person, password, done, crumbs)
    title = _("Add an officer, viewer, editor or administrator")
    return desk.form_screen(request, title, crumbs, form, _("Open the account"))


def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """One more role for a person."""
    administrator = access.get_administrator(request.user)
    person = access.get_person(administrator, pk)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        roles.grant(person, RoleGrant.Role(chosen["role"]), chosen["area"], by=administrator)
        desk.said(request, _("%(name)s has the role now.") % {"name": person.full_name})
        return redirect("volunteers:person", person.pk)
    title = _("Give %(name)s a role") % {"name": person.full_name}
    return desk.form_screen(
        request, title, desk.people_crumbs(request.user), form, _("Give the role")
    )


def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then end the role now."""
    held = access.get_grant(request.user, pk)
    names = {"name": held.user.full_name, "role": held}
    if request.method == "POST":
        try:
            roles.end(held)
        except roles.LastAdministrator:
            desk.refused(request, NEEDS_ANOTHER)
            return redirect("volunteers:person", held.user_id)
        desk.said(request, _("%(name)s no longer has the role %(role)s.") % names)
        if held.user == request.user and held.role == RoleGrant.Role.ADMINISTRATOR:
            return redirect("wagtailadmin_home")
        return redirect("volunteers:person", held.user_id)
    question = _("%(name)s no longer has the role %(role)s. The account stays open.") % names
    return desk.confirm_screen(
        request, _("End a role"), desk.people_crumbs(request.user), question, _("End the role")
    )


def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then show a one-time password, once."""
    person = access.get_person_in_care(request.user, pk)
    names = {"name": person.full_name}
    crumbs = desk.people_crumbs(request.user)
    if request.method == "POST":
        password = accounts.reset_password(person)
        done = reverse("volunteers:person", args=[person.pk])
        return desk.one_time_password_screen(request, person, password, done, crumbs)
    question = _(
        "The present password of %(name)s stops working, and wherever they are logged in they are "
        "logged out. You see a one-time password once: have paper at hand, or the person beside "
        "you."
    )
    title = _("New password for %(name)s") % names
    return desk.confirm_screen(
        request, title, crumbs, question % names, _("Make a one-time password")
    )


def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then nobody logs in to the account any more."""
    person = access.get_person_to_close(request.user, pk)
    names = {"name": person.full_name}
    if request.method == "POST":
        try:
            accounts.close(person)
        except roles.LastAdministrator:
            desk.refused(request, NEEDS_ANOTHER)
        else:
            desk.said(request, _("The account of %(name)s is closed.") % names)
        return redirect("volunteers:person", person.pk)
    question = _(
        "%(name)s is logged out everywhere and cannot log in any more. What they recorded stays. "
        "You can reopen the account at any time."
    )
    title = _("Close the account of %(name)s") % names
    return desk.confirm_screen(
        request, title, desk.people_crumbs(request.user), question % names, _("Close the account")
    )


@require_POST
def reopen_account(request: HttpRequest, pk: int) -> HttpResponse:
    person = access.get_person_to_close(request.user, pk)
    accounts.reopen(person)
    desk.said(request, _("The account of %(name)s is open again.") % {"name": person.full_name})
    return redirect("volunteers:person", person.pk)
