"""The targets of an area: one by one, and as a sheet to export, fill in and import."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from outreach import access, audit
from outreach.forms.targets import TargetForm, TargetSheetForm
from outreach.indicators import measure_of
from outreach.models import Indicator, Target
from outreach.office_sheet import XLSX
from outreach.periods import Period, local_today
from outreach.roster.problems import Problem, Refusal
from outreach.target_import import Outcome, put_targets, read_targets
from outreach.target_sheet import write_targets
from outreach.targets import aim
from volunteers.models import Area
from volunteers.models.areas import AreaQuerySet
from volunteers.views import desk

SHOWN_PROBLEMS = 100


@dataclass(frozen=True)
class Line:
    """A target with its words."""

    target: Target
    name: str
    unit: str
    aim: str


@dataclass(frozen=True)
class Days:
    """The targets for the same days."""

    period: Period
    lines: list[Line]


def _by_days(rows: Iterable[Target]) -> list[Days]:
    """The latest days first, indicators in their order. Two queries."""
    known = {row.pk: measure_of(row) for row in Indicator.objects.prefetch_related("skills")}
    found: dict[tuple[date, date], Days] = {}
    for target in rows:
        days = (target.last, target.first)
        group = found.setdefault(days, Days(Period(target.first, target.last), []))
        measure = known[target.indicator_id]
        group.lines.append(Line(target, measure.name, measure.unit, aim(target)))
    return [found[days] for days in sorted(found, reverse=True)]


def _crumbs(area: Area | None = None) -> list[desk.Crumb]:
    crumbs = [*desk.home(), (reverse("targets_start"), _("Targets"))]
    return [*crumbs, (reverse("targets", args=[area.pk]), area.name)] if area else crumbs


def _scope(request: HttpRequest, area: Area) -> AreaQuerySet:
    """`area` and what lies in it, as far as the user sets targets there."""
    return access.targetable_areas(request.user).within(area)


@require_safe
def targets_start(request: HttpRequest) -> HttpResponse:
    """The user's area, or a choice where there are several."""
    areas = list(access.target_starts(request.user))
    if not areas:
        raise Http404
    if len(areas) == 1:
        return redirect("targets", areas[0].pk)
    context = {"areas": areas} | desk.frame(_("Targets"), _crumbs())
    return render(request, "outreach/targets/targets_start.html", context)


@require_safe
def targets(request: HttpRequest, code: str) -> HttpResponse:
    """The targets of one area by their days, and the way to the areas below it."""
    area = access.get_targetable_area(request.user, code)
    rows = Target.objects.filter(area=area).order_by("indicator__position", "indicator")
    below = Area.objects.filter(parent=area, pk__in=_scope(request, area).values("pk"))
    if area.level == Area.Level.PROVINCE:
        below = below.open_wards()
    counts = Target.objects.filter(area__in=below.values("pk")).order_by()
    how_many = dict(counts.values_list("area").annotate(Count("pk")))
    context = {
        "area": area,
        "groups": _by_days(rows),
        # Of areas that have ended only those with targets.
        "below": [
            (one, how_many.get(one.pk, 0))
            for one in below
            if one.valid_until is None or one.pk in how_many
        ],
        "header_icon": "tag",
    }
    title = _("Targets of %(area)s") % {"area": area.name}
    frame = desk.frame(title, _crumbs())
    return render(request, "outreach/targets/targets.html", context | frame)


@require_http_methods(["GET", "HEAD", "POST"])
def add_target(request: HttpRequest, code: str) -> HttpResponse:
    area = access.get_targetable_area(request.user, code)
    today = local_today(timezone.now())
    year = {"first": date(today.year, 1, 1), "last": date(today.year, 12, 31)}
    form = TargetForm(request.POST or None, area=area, initial=year)
    if request.method == "POST" and form.is_valid() and _saved(request, form, "target_added"):
        return redirect("targets", area.pk)
    return desk.form_screen(request, _("Add a target"), _crumbs(area), form, _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_target(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    target = access.get_target(request.user, code, pk)
    form = TargetForm(request.POST or None, area=target.area, target=target)
    if request.method == "POST" and form.is_valid() and _saved(request, form, "target_changed"):
        return redirect("targets", target.area_id)
    crumbs = _crumbs(target.area)
    return desk.form_screen(request, _("Change the target"), crumbs, form, _("Save"))


def _saved(request: HttpRequest, form: TargetForm, action: str) -> bool:
    """False when somebody else was quicker; the form then says so."""
    try:
        with transaction.atomic():
            target = form.save()
            audit.record(target, action, **audit.said_of(target))
    except IntegrityError:
        form.add_error(None, _("Somebody saved the same target just now. Look at the list again."))
        return False
    desk.said(request, _("The target is saved."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def delete_target(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Ask once more, then delete."""
    target = access.get_target(request.user, code, pk)
    words = {
        "name": measure_of(target.indicator).name,
        "area": target.area.name,
        "value": aim(target),
        "period": Period(target.first, target.last).words.lower(),
    }
    if request.method == "POST":
        with transaction.atomic():
            audit.record(target, "target_deleted", **audit.said_of(target))
            target.delete()
        desk.said(request, _("The target is deleted."))
        return redirect("targets", code)
    question = _("%(area)s no longer aims at %(value)s for “%(name)s” %(period)s.") % words
    crumbs = _crumbs(target.area)
    return desk.confirm_screen(request, _("Delete the target"), crumbs, question, _("Delete"))


@require_safe
def targets_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The targets of the area and of those below it, with empty rows to fill in."""
    area = access.get_targetable_area(request.user, code)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_targets(file, area, _scope(request, area), local_today(timezone.now()).year)
    file.seek(0)
    name = f"muc-tieu-{area.pk}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_targets(request: HttpRequest, code: str) -> HttpResponse:
    """All rows of the sheet or none; what is wrong is named by row and column."""
    area = access.get_targetable_area(request.user, code)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TargetSheetForm(*posted)
    problems: list[Problem] = []
    # An unbound form is never valid.
    if form.is_valid():
        areas = {one.pk: one for one in _scope(request, area)}
        try:
            sheet = read_targets(form.cleaned_data["file"].read(), areas)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            problems = sheet.problems
            if not problems:
                _say_outcome(request, put_targets(area, sheet.targets), sheet.left_out)
                return redirect("targets", area.pk)
    context = {
        "area": area,
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "more": max(len(problems) - SHOWN_PROBLEMS, 0),
    }
    frame = desk.frame(_("Import targets"), _crumbs(area))
    return render(request, "outreach/targets/import_targets.html", context | frame)


def _say_outcome(request: HttpRequest, outcome: Outcome, left_out: int) -> None:
    words = {
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    }
    said = _("Targets: %(added)s new, %(changed)s changed, %(unchanged)s as before.") % words
    if left_out:
        said += " " + ngettext(
            "%(count)s row without a target was left out.",
            "%(count)s rows without a target were left out.",
            left_out,
        ) % {"count": left_out}
    desk.said(request, said)
