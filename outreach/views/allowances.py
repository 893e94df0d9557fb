"""What a ward or city pays for a day of work: rates and caps, one by one."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from outreach import access, audit
from outreach.allowances import days_in_words, in_words
from outreach.forms.allowances import AllowanceForm
from outreach.models import AllowanceRule
from volunteers.models import Area
from volunteers.views import desk


def _crumbs(area: Area, below: bool = False) -> list[desk.Crumb]:
    crumbs = [
        *desk.home(),
        (reverse("coverage_start"), _("Coverage")),
        (reverse("coverage_of", args=[area.pk]), area.name),
    ]
    own = (reverse("allowances", args=[area.pk]), _("Allowances"))
    return [*crumbs, own] if below else crumbs


def _lines(area: str | None) -> list[tuple[AllowanceRule, str, str]]:
    """The rules of an area with their days and words, the latest first."""
    rules = AllowanceRule.objects.filter(area=area).order_by("-first")
    return [(rule, days_in_words(rule), in_words(rule)) for rule in rules]


@require_safe
def allowances(request: HttpRequest, code: str) -> HttpResponse:
    """The rules of one area; of a ward also those of its province."""
    area = access.get_paying_area(request.user, code)
    ward = area.level == Area.Level.COMMUNE
    context = {
        "area": area,
        "lines": _lines(area.pk),
        "province": area.parent if ward else None,
        "province_lines": _lines(area.parent_id) if ward else [],
    }
    title = _("Allowances of %(area)s") % {"area": area.name}
    frame = desk.frame(title, _crumbs(area))
    return render(request, "outreach/allowances/allowances.html", context | frame)


@require_http_methods(["GET", "HEAD", "POST"])
def add_allowance(request: HttpRequest, code: str) -> HttpResponse:
    area = access.get_paying_area(request.user, code)
    form = AllowanceForm(request.POST or None, area=area)
    if request.method == "POST" and form.is_valid() and _saved(request, form, "allowance_added"):
        return redirect("allowances", area.pk)
    title = _("Add an allowance")
    return desk.form_screen(request, title, _crumbs(area, below=True), form, _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_allowance(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    rule = access.get_allowance(request.user, code, pk)
    area = rule.area
    form = AllowanceForm(request.POST or None, area=area, rule=rule)
    if request.method == "POST" and form.is_valid() and _saved(request, form, "allowance_changed"):
        return redirect("allowances", area.pk)
    title = _("Change the allowance")
    return desk.form_screen(request, title, _crumbs(area, below=True), form, _("Save"))


def _saved(request: HttpRequest, form: AllowanceForm, action: str) -> bool:
    """False when somebody else was quicker; the form then says so."""
    try:
        with transaction.atomic():
            # One after the other for an area: what overlaps is then seen.
            Area.objects.select_for_update().get(pk=form.rule.area_id)
            if form.refuse_overlap():
                return False
            rule = form.save()
            audit.record(rule, action, **audit.said_of_allowance(rule))
    except IntegrityError:
        form.add_error(None, _("Somebody saved the same days just now. Look at the list again."))
        return False
    desk.said(request, _("The allowance is saved."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def delete_allowance(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Ask once more, then delete."""
    rule = access.get_allowance(request.user, code, pk)
    area = rule.area
    if request.method == "POST":
        with transaction.atomic():
            audit.record(rule, "allowance_deleted", **audit.said_of_allowance(rule))
            rule.delete()
        desk.said(request, _("The allowance is deleted."))
        return redirect("allowances", area.pk)
    question = _(
        "Workbooks made from now on no longer pay %(rule)s (%(area)s, %(days)s), also for days "
        "that are over."
    ) % {"rule": in_words(rule), "area": area.name, "days": days_in_words(rule)}
    crumbs = _crumbs(area, below=True)
    return desk.confirm_screen(request, _("Delete the allowance"), crumbs, question, _("Delete"))
