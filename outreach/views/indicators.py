"""Which indicators are counted and shown: administrators keep them."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from outreach import access, audit
from outreach.forms.indicators import OwnIndicatorForm, StandardIndicatorForm
from outreach.indicators import Measure, is_countable, measure_of
from outreach.models import Indicator
from volunteers.access import get_administrator
from volunteers.views import desk


@dataclass(frozen=True)
class Row:
    """An indicator with its words; `countable` is False when the catalogue lost its skills."""

    row: Indicator
    measure: Measure
    countable: bool


def _crumbs() -> list[desk.Crumb]:
    return [*desk.home(), (reverse("indicators"), _("Indicators"))]


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """All of them in their order, also those that are not shown."""
    get_administrator(request.user)
    rows = [
        Row(row, measure_of(row), is_countable(row))
        for row in Indicator.objects.prefetch_related("skills")
    ]
    context = {"rows": rows} | desk.frame(_("Indicators"), _crumbs())
    return render(request, "outreach/indicators/indicators.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_indicator(request: HttpRequest) -> HttpResponse:
    get_administrator(request.user)
    form = OwnIndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, "indicator_added")
    return desk.form_screen(request, _("Add an indicator"), _crumbs(), form, _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Of a standard one the words, the order and whether it is shown; of an own one everything but
    its code."""
    indicator = access.get_indicator(request.user, code)
    title = measure_of(indicator).name
    form_of = StandardIndicatorForm if indicator.standard else OwnIndicatorForm
    form = form_of(request.POST or None, instance=indicator)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, "indicator_changed")
    words = {"code": indicator.pk, "rule": indicator.get_rule_display()}
    explanation = _("Code: %(code)s. What is counted: %(rule)s.") % words
    if indicator.standard:
        explanation += " " + _("Both stay: other programs know this indicator by them.")
    return desk.form_screen(request, title, _crumbs(), form, _("Save"), explanation=explanation)


def _save(request: HttpRequest, form, action: str) -> HttpResponse:
    with transaction.atomic():
        indicator = form.save()
        audit.record(indicator, action, fields=sorted(form.changed_data))
    desk.said(request, _("%(name)s is saved.") % {"name": measure_of(indicator).name})
    return redirect("indicators")


@require_http_methods(["GET", "HEAD", "POST"])
def delete_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once more, then delete an own indicator with its targets."""
    indicator = access.get_own_indicator(request.user, code)
    name = measure_of(indicator).name
    if request.method == "POST":
        with transaction.atomic():
            audit.record(indicator, "indicator_deleted", targets=indicator.targets.count())
            indicator.delete()
        desk.said(request, _("%(name)s is deleted.") % {"name": name})
        return redirect("indicators")
    count = indicator.targets.count()
    question = ngettext(
        "%(name)s is no longer counted, and its %(count)s target goes with it. To keep both, "
        "change it and tick that it is not shown.",
        "%(name)s is no longer counted, and its %(count)s targets go with it. To keep both, "
        "change it and tick that it is not shown.",
        count,
    ) % {"name": name, "count": count}
    title = _("Delete %(name)s") % {"name": name}
    return desk.confirm_screen(request, title, _crumbs(), question, _("Delete the indicator"))
