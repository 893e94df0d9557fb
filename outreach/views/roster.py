"""The ward officer's screens: choose the ward's list, see what it would change, confirm."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from outreach import access
from outreach.forms.roster import ConfirmForm, ListUploadForm
from outreach.models import RosterImport
from outreach.roster import uploads
from outreach.roster.applying import Stale
from outreach.roster.decisions import Decisions
from outreach.roster.preview import count_table, preview
from outreach.roster.problems import Refusal
from outreach.roster.reading import read_roster
from volunteers.views import desk

SHOWN_IMPORTS = 100


def _frame(title: str) -> dict:
    return desk.frame(title, [*desk.home(), (reverse("roster_imports"), _("Household lists"))])


def imports(request: HttpRequest) -> HttpResponse:
    """Past imports of the officer's ward, newest first."""
    wards = access.get_importable_wards(request.user)
    past = access.visible_imports(request.user).select_related("uploaded_by", "ward")
    context = {
        "imports": past[:SHOWN_IMPORTS],
        "several_wards": len(wards) > 1,
        **_frame(_("Household lists")),
    }
    return render(request, "outreach/roster/imports.html", context)


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a list; what cannot be read is refused here, beside the file."""
    wards = access.get_importable_wards(request.user)
    form = ListUploadForm(request.POST or None, request.FILES or None, wards=wards)
    if request.method == "POST" and form.is_valid():
        try:
            record = uploads.receive(
                form.cleaned_data["file"].read(),
                file_name=form.file_name,
                ward=form.chosen_ward,
                purpose=form.cleaned_data["purpose"],
                legal_basis=form.cleaned_data["legal_basis"],
                by=request.user,
                now=timezone.now(),
            )
            return redirect("roster_import", record.pk)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    context = {"form": form, **_frame(_("Import a list"))}
    return render(request, "outreach/roster/upload.html", context)


def roster_import(request: HttpRequest, pk) -> HttpResponse:
    """What the list would change while it waits; afterwards what became of it."""
    record = access.get_import(request.user, pk)
    now = timezone.now()
    context = {"record": record, **_frame(record.file_name)}
    content = uploads.content_of(record, now)
    if content is None:
        context |= _result(record)
        return render(request, "outreach/roster/result.html", context)
    seen = preview(record, read_roster(content, timezone.localdate(now)))
    context["preview"] = seen
    context["form"] = ConfirmForm(initial={"difference": seen.fingerprint})
    context["kept_until"] = record.uploaded_at + uploads.KEPT_FOR
    return render(request, "outreach/roster/preview.html", context)


def _result(record: RosterImport) -> dict:
    if record.state != RosterImport.State.CONFIRMED:
        return {}
    return {
        "counts": count_table(record.summary),
        "places": record.summary["neighbourhoods"].items(),
        "left_out": sum(record.summary["problems"].values()),
    }


@require_POST
def confirm_import(request: HttpRequest, pk) -> HttpResponse:
    """Import what was previewed; confirming twice imports once."""
    record = access.get_import(request.user, pk)
    form = ConfirmForm(request.POST)
    form.is_valid()
    try:
        outcome = uploads.confirm(
            record,
            as_previewed=form.cleaned_data.get("difference", ""),
            decisions=Decisions(skip_bad_rows=form.cleaned_data.get("skip_bad_rows", False)),
            by=request.user,
            now=timezone.now(),
        )
    except Stale:
        messages.warning(
            request,
            _(
                "Nothing was imported: the ward's data has changed since you looked at the list. "
                "Below is what the list would change now; please look again and confirm."
            ),
        )
        return redirect("roster_import", record.pk)
    if outcome is not None and outcome.refused:
        messages.error(
            request,
            _(
                "Nothing was imported: the list has problems. Please correct the file and import "
                "it again, or choose to leave out the bad rows."
            ),
        )
    elif outcome is not None:
        messages.success(request, _("The list has been imported."))
    return redirect("roster_import", record.pk)


@require_POST
def discard_import(request: HttpRequest, pk) -> HttpResponse:
    record = access.get_import(request.user, pk)
    uploads.discard(record)
    messages.success(request, _("The list was not imported and its file has been deleted."))
    return redirect("roster_imports")
