"""The forms of wards and cities: keeping them, and filling them for a period."""

import tempfile
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import access, audit
from outreach.forms.report_forms import FillForm, UploadForm
from outreach.models import ReportForm
from outreach.office_sheet import XLSX
from outreach.own_form.checking import warnings
from outreach.own_form.example import write_example
from outreach.own_form.filling import Shown, fill_form, preview
from outreach.own_form.listing import groups_of
from outreach.own_form.placeholders import REPEATED_IN
from outreach.own_form.problems import Problem, Unfillable
from outreach.own_form.template import Form
from outreach.own_form.values import report_of
from outreach.periods import local_today, presets
from volunteers.access import get_reportable_area
from volunteers.models import Area
from volunteers.models.areas import AreaQuerySet
from volunteers.names import fold
from volunteers.views import desk

SHOWN_PROBLEMS = 100
SHOWN_CELLS = 500


def _crumbs(form: ReportForm | None = None) -> list[desk.Crumb]:
    crumbs = [
        *desk.home(),
        (reverse("coverage_start"), _("Coverage")),
        (reverse("report_forms"), _("Forms for reports")),
    ]
    return [*crumbs, (reverse("report_form", args=[form.pk]), form.name)] if form else crumbs


def _screen(request: HttpRequest, template: str, title: str, crumbs, **context) -> HttpResponse:
    context |= desk.frame(title, crumbs) | {"header_icon": "doc-full"}
    return render(request, f"outreach/report_forms/{template}.html", context)


def _days(request: HttpRequest) -> str:
    """The period that the address carries, for the next one."""
    said = {name: request.GET[name] for name in ("tu", "den") if request.GET.get(name)}
    return f"?{urlencode(said)}" if said else ""


def _file(name: str, write: Callable[[BinaryIO], None]) -> FileResponse:
    """A workbook to keep, as `write` writes it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store, private"
    return response


def _bare(name: str) -> str:
    """The name of a form as the beginning of a file's name."""
    return slugify(fold(name))[:60] or "bieu"


@require_safe
def report_forms(request: HttpRequest) -> HttpResponse:
    """The forms that the user may fill, and the way to add one."""
    if not access.coverage_areas(request.user).exists():
        raise Http404
    return _screen(
        request,
        "report_forms",
        _("Forms for reports"),
        _crumbs(),
        forms=list(access.visible_forms(request.user)),
        kept=list(access.form_areas(request.user)),
        days=_days(request),
        start=access.coverage_areas(request.user).first(),
    )


@require_safe
def report_form(request: HttpRequest, pk: int) -> HttpResponse:
    """What each cell of the form will show, for an area and a period; and the button to fill it."""
    report = access.get_report_form(request.user, pk)
    now = timezone.now()
    today = local_today(now)
    template = Form(bytes(report.content))
    form = FillForm(request.GET, today, _areas(request, report, template))
    problems: list[Problem] = []
    cells: list[Shown] = []
    counted_at = ""
    if form.area:
        try:
            filled, cells = preview(
                template, form.area, form.period, made_by=request.user.full_name, now=now
            )
            counted_at = filled.whole.general["gio_tinh"].words
        except Unfillable as unfillable:
            problems = unfillable.problems
    return _screen(
        request,
        "report_form",
        report.name,
        _crumbs(),
        report=report,
        form=form,
        presets=[(preset, _address(report, form, preset.period)) for preset in presets(today)],
        cells=cells[:SHOWN_CELLS],
        more=max(len(cells) - SHOWN_CELLS, 0),
        problems=problems[:SHOWN_PROBLEMS],
        warnings=warnings(template),
        counted_at=counted_at,
        keeps=access.form_areas(request.user).filter(pk=report.area_id).exists(),
    )


def _areas(request: HttpRequest, report: ReportForm, template: Form) -> AreaQuerySet:
    """Where the form makes sense: one with a row for each neighbourhood in wards."""
    areas = access.fillable_areas(request.user, report)
    repeats = template.repeated()
    if repeats:
        areas = areas.filter(level__in={REPEATED_IN[name] for name in repeats})
    return areas


def _address(report: ReportForm, form: FillForm, period) -> str:
    said = {"dia_ban": form.area.pk} if form.area and len(form.areas) > 1 else {}
    if period.first:
        said["tu"] = period.first
    query = urlencode({**said, "den": period.last})
    return f"{reverse('report_form', args=[report.pk])}?{query}"


@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The filled form: numbers of areas, never of persons."""
    report = access.get_report_form(request.user, pk)
    now = timezone.now()
    areas = _areas(request, report, Form(bytes(report.content)))
    form = FillForm(request.POST, local_today(now), areas)
    if not form.is_valid() or form.area is None:
        for said in form.errors.values():
            desk.refused(request, " ".join(said))
        return redirect("report_form", report.pk)
    area, period = form.area, form.period
    name = f"{_bare(report.name)}-{area.pk}-{period.last}.xlsx"
    made_by = request.user.full_name
    try:
        return _file(
            name, lambda file: fill_form(file, report, area, period, made_by=made_by, now=now)
        )
    except Unfillable:
        # The form's page says which cells and why.
        return redirect("report_form", report.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def add_form(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing is saved until every placeholder is right."""
    area = access.get_form_area(request.user, code)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, area=area)
    if form.is_valid():
        report = ReportForm(area=area)
        if _saved(request, form, report, "form_added"):
            return redirect("report_form", report.pk)
    title = _("Add a form of %(area)s") % {"area": area.name}
    return _upload_screen(request, title, _crumbs(), form)


@require_http_methods(["GET", "HEAD", "POST"])
def replace_form(request: HttpRequest, pk: int) -> HttpResponse:
    """A new file, a new name, or both; the form stays as it was until the file is right."""
    report = access.get_kept_form(request.user, pk)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, area=report.area, replaced=report)
    if form.is_valid() and _saved(request, form, report, "form_replaced"):
        return redirect("report_form", report.pk)
    return _upload_screen(request, _("Replace the form"), _crumbs(report), form)


def _upload_screen(request: HttpRequest, title: str, crumbs, form: UploadForm) -> HttpResponse:
    return _screen(
        request,
        "upload",
        title,
        crumbs,
        form=form,
        area=form.area,
        problems=form.problems[:SHOWN_PROBLEMS],
        more=max(len(form.problems) - SHOWN_PROBLEMS, 0),
    )


def _saved(request: HttpRequest, form: UploadForm, report: ReportForm, action: str) -> bool:
    """False when somebody else took the name meanwhile; the form then says so."""
    said = {"area": report.area_id, "before": report.sha256}
    report.name = form.cleaned_data["name"]
    if form.content:
        report.content = form.content
        report.sha256 = sha256(form.content).hexdigest()
        report.uploaded_by, report.uploaded_at = request.user, timezone.now()
    try:
        with transaction.atomic():
            report.save()
            audit.record(report, action, **said, sha256=report.sha256)
    except IntegrityError:
        form.add_error("name", _("Somebody saved a form of this name just now. Take another one."))
        return False
    desk.said(request, _("The form is saved. Below you see what each cell will show."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def remove_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then remove it."""
    report = access.get_kept_form(request.user, pk)
    if request.method == "POST":
        with transaction.atomic():
            audit.record(report, "form_removed", area=report.area_id, sha256=report.sha256)
            report.delete()
        desk.said(request, _("The form is removed."))
        return redirect("report_forms")
    words = {"name": report.name, "area": report.area.name}
    question = _("“%(name)s” of %(area)s can no longer be filled. Files made before stay.") % words
    title = _("Remove the form")
    return desk.confirm_screen(request, title, _crumbs(report), question, _("Remove"))


@require_safe
def form_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as it was uploaded, with its placeholders, to be changed and uploaded again."""
    report = access.get_report_form(request.user, pk)
    content = bytes(report.content)
    return _file(f"{_bare(report.name)}.xlsx", lambda file: _write(file, content))


def _write(file: BinaryIO, content: bytes) -> None:
    file.write(content)


@require_safe
def example(request: HttpRequest, code: str) -> HttpResponse:
    """A form to begin with: it has every placeholder, to be copied."""
    area = get_reportable_area(request.user, code)
    return _file(f"bieu-vi-du-{area.pk}.xlsx", lambda file: write_example(file, area.level))


@require_safe
def placeholders(request: HttpRequest, code: str) -> HttpResponse:
    """All placeholders, and what each gives now."""
    area: Area = get_reportable_area(request.user, code)
    now = timezone.now()
    period = presets(local_today(now))[0].period
    made_by = request.user.full_name
    pieces = ("chi_tieu_giao", "so_ky_truoc")
    found = report_of(area, period, made_by=made_by, now=now, pieces=pieces, repeats=REPEATED_IN)
    return _screen(
        request,
        "placeholders",
        _("Placeholders"),
        _crumbs(),
        area=area,
        period=period,
        groups=groups_of(found),
    )
