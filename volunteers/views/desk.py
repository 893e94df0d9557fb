"""The furniture that our screens in Wagtail's admin share."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from volunteers.access import is_administrator, keeps_wards
from volunteers.models import Area, Team, User

ROWS = 50

Crumb = tuple[str, str]


def home() -> list[Crumb]:
    return [(reverse("wagtailadmin_home"), _("Home"))]


def ward_crumbs(ward: Area) -> list[Crumb]:
    return [*home(), (reverse("volunteers:ward", args=[ward.pk]), ward.name)]


def team_crumbs(user: User, team: Team) -> list[Crumb]:
    """Through the ward for those who keep it, straight to the team for its leaders."""
    start = ward_crumbs(team.ward) if is_administrator(user) else home()
    teams = (reverse("volunteers:teams"), _("Teams"))
    return [*start, teams, (reverse("volunteers:team", args=[team.pk]), team.name)]


def people_crumbs(user: User) -> list[Crumb]:
    """Through the list of people for those who have one, else through the teams."""
    if keeps_wards(user):
        return [*home(), (reverse("volunteers:people"), _("People"))]
    return [*home(), (reverse("volunteers:teams"), _("Teams"))]


def frame(title: str, crumbs: list[Crumb]) -> dict:
    """What Wagtail's frame needs around a screen of any app: `title`, and `crumbs` that lead from
    the home page to here."""
    items = [{"url": url, "label": label} for url, label in crumbs]
    if not items or items[-1]["label"] != title:
        items.append({"url": "", "label": title})
    return {"header_title": title, "page_title": title, "breadcrumbs_items": items}


def screen(
    request: HttpRequest, template: str, title: str, crumbs: list[Crumb], **context
) -> HttpResponse:
    """`template` in Wagtail's frame."""
    return render(request, f"volunteers/{template}.html", context | frame(title, crumbs))


def form_screen(
    request: HttpRequest, title: str, crumbs: list[Crumb], form, submit: str, **context
) -> HttpResponse:
    """A page with one form. `explanation` stands above it."""
    return screen(request, "form", title, crumbs, form=form, submit=submit, **context)


def confirm_screen(
    request: HttpRequest, title: str, crumbs: list[Crumb], question: str, submit: str, **context
) -> HttpResponse:
    """A page that asks once more; the answer is posted."""
    return screen(request, "confirm", title, crumbs, question=question, submit=submit, **context)


def one_time_password_screen(
    request: HttpRequest, person: User, password: str, done: str, crumbs: list[Crumb]
) -> HttpResponse:
    """The only time the password is seen: in the answer to the POST that made it, kept by neither
    session nor message, nor by caches, which keep nothing of the admin."""
    title = _("One-time password of %(name)s") % {"name": person.full_name}
    return screen(
        request, "one_time_password", title, crumbs, person=person, password=password, done=done
    )


def rows_of(request: HttpRequest, queryset: QuerySet) -> Page:
    """The page of a long list that the address asks for; the nearest one if it is out of range."""
    return Paginator(queryset, ROWS).get_page(request.GET.get("p"))


def said(request: HttpRequest, sentence: str) -> None:
    messages.success(request, sentence)


def refused(request: HttpRequest, sentence: str) -> None:
    messages.error(request, sentence)
