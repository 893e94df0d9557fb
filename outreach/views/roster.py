"""The ward officer's screens: choose the ward's list, see what it would change, correct how it is
read, confirm, undo."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from outreach import access
from outreach.forms.roster import ConfirmForm, ListUploadForm, ReadingForm
from outreach.models import RosterImport
from outreach.office_sheet import XLSX
from outreach.roster import files, undoing, uploads, work
from outreach.roster.applying import Outcome, Stale
from outreach.roster.files import Part
from outreach.roster.preview import count_table
from outreach.roster.problems import Refusal
from outreach.roster.work import Failed, Job, Running
from volunteers.views import desk

SHOWN_IMPORTS = 100
LOOK_AGAIN = "2"  # seconds


def _crumbs() -> list[desk.Crumb]:
    return [*desk.home(), (reverse("roster_imports"), _("Household lists"))]


def _screen(request: HttpRequest, name: str, title: str, **context) -> HttpResponse:
    template = f"outreach/roster/{name}.html"
    return render(request, template, context | desk.frame(title, _crumbs()))


def imports(request: HttpRequest) -> HttpResponse:
    """Past imports of the officer's ward, newest first."""
    wards = access.get_importable_wards(request.user)
    past = access.visible_imports(request.user).select_related("uploaded_by", "ward")
    return _screen(
        request,
        "imports",
        _("Household lists"),
        imports=past[:SHOWN_IMPORTS],
        several_wards=len(wards) > 1,
        wards=wards,
    )


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a list; what cannot be read is refused here, beside the file."""
    wards = access.get_importable_wards(request.user)
    form = ListUploadForm(request.POST or None, request.FILES or None, wards=wards)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("roster_import", _receive(request, form).pk)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    return _screen(request, "upload", _("Import a list"), form=form)


def _receive(request: HttpRequest, form: ListUploadForm) -> RosterImport:
    """The list as it was kept, looked at when that is quick. Raises Refusal with nothing kept."""
    record = uploads.receive(
        form.cleaned_data["file"].read(),
        file_name=form.file_name,
        ward=form.chosen_ward,
        purpose=form.cleaned_data["purpose"],
        legal_basis=form.cleaned_data["legal_basis"],
        by=request.user,
        now=timezone.now(),
    )
    if work.is_long(record, Job.LOOK):
        work.begin(record, Job.LOOK)
        return record
    try:
        work.do(record, Job.LOOK)
    except Refusal:
        uploads.forget(record)
        raise
    return record


def roster_import(request: HttpRequest, pk) -> HttpResponse:
    """How the work on the list stands; what it would change; afterwards what became of it."""
    record = access.get_import(request.user, pk)
    state = work.state_of(record)
    if isinstance(state, Running):
        return _progress(request, record, state)
    if isinstance(state, Failed):
        if state.job == Job.LOOK:
            return _screen(request, "unread", record.file_name, record=record, said=state.message)
        work.acknowledge(record)
        _say_failed(request, record, state)
    if uploads.content_of(record, timezone.now()) is None:
        return _result(request, record)
    seen = uploads.seen_before(record)
    if seen is None:
        return _look(request, record)
    return _preview(request, record, ConfirmForm(seen), ReadingForm(seen))


def _progress(request: HttpRequest, record: RosterImport, running: Running) -> HttpResponse:
    page = _screen(request, "progress", record.file_name, record=record, running=running)
    page["Refresh"] = LOOK_AGAIN
    return page


def _look(request: HttpRequest, record: RosterImport) -> HttpResponse:
    """Read the list anew, because the ward or how it is read has changed."""
    if work.is_long(record, Job.LOOK):
        return _progress(request, record, work.begin(record, Job.LOOK))
    try:
        work.do(record, Job.LOOK)
    except Refusal as refusal:
        return _screen(request, "unread", record.file_name, record=record, said=refusal.message)
    seen = uploads.seen_before(record)
    if seen is None:
        return _result(request, record)
    return _preview(request, record, ConfirmForm(seen), ReadingForm(seen))


def _preview(
    request: HttpRequest, record: RosterImport, form: ConfirmForm, reading: ReadingForm
) -> HttpResponse:
    seen = form.seen
    return _screen(
        request,
        "preview",
        record.file_name,
        record=record,
        preview=seen,
        counts=count_table(seen.counts),
        form=form,
        reading=reading,
        left_out=files.read(record.pk, Part.LEFT_OUT) is not None,
        kept_until=record.uploaded_at + files.KEPT_FOR,
    )


def _result(request: HttpRequest, record: RosterImport) -> HttpResponse:
    context: dict = {"record": record}
    if record.confirmed_at:
        summary = record.summary
        extra = {name: summary.get(name, 0) for name in ("moved", "later", "closed")}
        counts = {**summary, "households": summary["households"] | extra}
        context |= {
            "counts": count_table(counts),
            "places": summary["neighbourhoods"].items(),
            "problems": sum(summary["problems"].values()),
            "later": extra["later"],
            "left_out": files.read(record.pk, Part.LEFT_OUT) is not None,
            "left_out_until": record.confirmed_at + files.KEPT_FOR,
            "undo_until": undoing.undo_until(record),
            "can_undo": undoing.is_in_time(record, timezone.now()),
        }
    return _screen(request, "result", record.file_name, **context)


@require_POST
def correct_reading(request: HttpRequest, pk) -> HttpResponse:
    """Read the list as the officer says, or simply again when it could not be read."""
    record = access.get_import(request.user, pk)
    seen = uploads.seen_before(record)
    if seen is None or uploads.content_of(record, timezone.now()) is None:
        work.acknowledge(record)
        return redirect("roster_import", record.pk)
    form = ReadingForm(seen, request.POST)
    if not form.is_valid():
        return _preview(request, record, ConfirmForm(seen), form)
    uploads.correct(record, form.corrections(), request.user, timezone.now())
    messages.success(request, _("The list has been read again as you said."))
    return redirect("roster_import", record.pk)


@require_POST
def confirm_import(request: HttpRequest, pk) -> HttpResponse:
    """Import what was previewed; confirming twice imports once."""
    record = access.get_import(request.user, pk)
    seen = uploads.seen_before(record)
    if seen is None:
        return redirect("roster_import", record.pk)
    form = ConfirmForm(seen, request.POST)
    if not form.is_valid():
        return _preview(request, record, form, ReadingForm(seen))
    uploads.decide(record, form.decisions(), form.cleaned_data["difference"], request.user)
    if work.is_long(record, Job.CONFIRM):
        work.begin(record, Job.CONFIRM)
        return redirect("roster_import", record.pk)
    record.refresh_from_db()
    try:
        outcome = work.do(record, Job.CONFIRM)
    except Stale:
        _say_stale(request)
        uploads.forget_preview(record)
        return redirect("roster_import", record.pk)
    _say_outcome(request, outcome)
    return redirect("roster_import", record.pk)


def _say_failed(request: HttpRequest, record: RosterImport, failed: Failed) -> None:
    """Say how the long work ended."""
    if failed.code == "stale":
        uploads.forget_preview(record)
        _say_stale(request)
    elif failed.code == "refused":
        _say_refused(request)
    else:
        messages.error(request, failed.message)


def _say_stale(request: HttpRequest) -> None:
    messages.warning(
        request,
        _(
            "Nothing was imported: the ward's data has changed since you looked at the list. "
            "Below is what the list would change now; please look again and confirm."
        ),
    )


def _say_refused(request: HttpRequest) -> None:
    messages.error(
        request,
        _(
            "Nothing was imported: the list has problems. Please correct the file and import "
            "it again, or choose to leave out the bad rows."
        ),
    )


def _say_outcome(request: HttpRequest, outcome: Outcome | None) -> None:
    if outcome is not None and outcome.refused:
        _say_refused(request)
    elif outcome is not None:
        messages.success(request, _("The list has been imported."))


@require_POST
def discard_import(request: HttpRequest, pk) -> HttpResponse:
    record = access.get_import(request.user, pk)
    uploads.discard(record)
    messages.success(request, _("The list was not imported and its file has been deleted."))
    return redirect("roster_imports")


def left_out(request: HttpRequest, pk) -> HttpResponse:
    """The rows that stay out, each with the reason, as an .xlsx to mend and import again."""
    record = access.get_import(request.user, pk)
    content = files.read(record.pk, Part.LEFT_OUT)
    if content is None:
        messages.warning(request, _("These rows are no longer kept; they are for 24 hours only."))
        return redirect("roster_import", record.pk)
    response = HttpResponse(content, content_type=XLSX)
    name = _("rows-left-out") + ".xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def undo_import(request: HttpRequest, pk) -> HttpResponse:
    """Ask once more, or say why it cannot be undone; the answer is posted."""
    record = access.get_import(request.user, pk)
    title = _("Undo this import")
    try:
        if request.method == "POST":
            return _undo(request, record)
        undoing.check(record, timezone.now())
    except undoing.CannotUndo as refusal:
        return _screen(request, "cannot_undo", title, record=record, refusal=refusal)
    counts = count_table(record.summary)
    return _screen(request, "undo", title, record=record, counts=counts)


def _undo(request: HttpRequest, record: RosterImport) -> HttpResponse:
    undoing.note_who(record, request.user)
    if work.is_long(record, Job.UNDO):
        undoing.check(record, timezone.now())
        work.begin(record, Job.UNDO)
        return redirect("roster_import", record.pk)
    record.refresh_from_db()
    work.do(record, Job.UNDO)
    messages.success(request, _("The import has been undone: the homes are as they were before."))
    return redirect("roster_import", record.pk)
