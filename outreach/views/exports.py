"""The files of the desk, below /admin/tep/: what was asked for, how far it is, who fetched it."""

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages

from outreach import access
from outreach.exports import keeping, making
from outreach.models import Export
from outreach.office_sheet import XLSX
from volunteers.views import desk

SHOWN = 50
# Seconds until the page of a file in the making looks again.
LOOK_AGAIN = "2"
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    user = access.get_exporter(request.user)
    making.tidy(timezone.now())
    found = access.visible_exports(user).select_related("area", "asked_by")
    return _screen(
        request, "exports", _("Files"), [], exports=found.prefetch_related("fetches__by")[:SHOWN]
    )


@require_GET
def export(request: HttpRequest, pk) -> HttpResponse:
    making.tidy(timezone.now())
    found = access.get_export(request.user, pk)
    page = _screen(
        request,
        "export",
        found.title,
        [(reverse("exports"), _("Files"))],
        export=found,
        states=Export.State,
        fetches=found.fetches.select_related("by"),
        keeps=access.kept_exports(request.user).filter(pk=found.pk).exists(),
    )
    if found.state in (Export.State.WAITING, Export.State.RUNNING):
        page["Refresh"] = LOOK_AGAIN
    return page


@require_GET
def fetch_export(request: HttpRequest, pk) -> HttpResponse:
    """The file; with names only for who has just shown that they know the password."""
    making.tidy(timezone.now())
    found = access.get_export(request.user, pk)
    own_page = reverse("export", args=[found.pk])
    if found.with_names and not did_recently_reauthenticate(request):
        query = urlencode({"next": own_page})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")
    if found.state != Export.State.DONE:
        return redirect(own_page)
    try:
        file = keeping.path_of(found).open("rb")
    except FileNotFoundError:
        making.lost(found)
        return redirect(own_page)
    found.fetches.create(by=request.user, at=timezone.now())
    ending = found.file_name.rpartition(".")[2]
    response = FileResponse(
        file, as_attachment=True, filename=found.file_name, content_type=TYPES[ending]
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
def ask_export_again(request: HttpRequest, pk) -> HttpResponse:
    found = access.get_kept_export(request.user, pk)
    making.ask_again(found, timezone.now())
    return redirect("export", found.pk)


@require_POST
def delete_export(request: HttpRequest, pk) -> HttpResponse:
    found = access.get_kept_export(request.user, pk)
    keeping.delete_one(found)
    messages.success(request, _("The file was deleted."))
    return redirect("exports")


def to_export(export: Export) -> HttpResponse:
    """Where who asked for a file goes: to the file itself when it is there and nothing has to be
    asked first."""
    ready = export.state == Export.State.DONE and not export.with_names
    return redirect("fetch_export" if ready else "export", export.pk)


def _screen(request: HttpRequest, template: str, title: str, crumbs, **context) -> HttpResponse:
    frame = desk.frame(title, [*desk.home(), *crumbs])
    return render(request, f"outreach/exports/{template}.html", context | frame)
