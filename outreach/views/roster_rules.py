"""The officer's page about how the ward's lists are read and how long an import can be undone."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from outreach import access
from outreach.forms.roster_rules import UndoPeriodForm, heading_forms
from outreach.models import ImportRules
from outreach.roster.meanings import heading_key
from volunteers.models import Area, User
from volunteers.views import desk


def roster_rules(request: HttpRequest, code: str) -> HttpResponse:
    ward = access.get_importable_ward(request.user, code)
    data = request.POST if request.method == "POST" else None
    headings = heading_forms(ward, data)
    period = UndoPeriodForm(data, instance=ImportRules.of(ward))
    if data is not None and headings.is_valid() and period.is_valid():
        _save(ward, headings, period, request.user)
        messages.success(request, _("Saved. It holds for every list from now on."))
        return redirect("roster_rules", ward.pk)
    crumbs = [*desk.home(), (reverse("roster_imports"), _("Household lists"))]
    context = {"ward": ward, "headings": headings, "period": period}
    title = _("How lists are read")
    return render(request, "outreach/roster/rules.html", context | desk.frame(title, crumbs))


@transaction.atomic
def _save(ward: Area, headings, period: UndoPeriodForm, by: User) -> None:
    period.save()
    for changed in headings.save(commit=False):
        changed.ward = ward
        changed.key = heading_key([changed.heading])
        changed.chosen_by = by
        changed.chosen_at = timezone.now()
        changed.save()
    for deleted in headings.deleted_objects:
        deleted.delete()
