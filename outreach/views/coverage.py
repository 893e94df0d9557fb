"""The coverage of wards and cities at the desk, below /admin/do-phu/."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages

from outreach.access import (
    coverage_areas,
    paying_areas,
    sees_every_home,
    targetable_areas,
    visible_visits,
)
from outreach.charts import LineChart, line_chart
from outreach.coverage import Coverage, coverage, visits_made
from outreach.coverage.ladder import ladder
from outreach.coverage.teams import teams
from outreach.coverage_table import shown_areas, table_of
from outreach.coverage_teams import TeamsTable, ladder_charts, teams_table
from outreach.exports import making
from outreach.exports.writers import asked_period
from outreach.forms.period import PeriodForm
from outreach.models import Export
from outreach.periods import Period, local_today, presets
from outreach.targets import targets_of_areas
from outreach.views.exports import to_export
from outreach.workbook import VisitRows
from volunteers.access import get_reportable_area
from volunteers.models import Area, User
from volunteers.views import desk

LATEST_VISITS = 20


@require_GET
def coverage_start(request: HttpRequest) -> HttpResponse:
    """The user's area, or a choice where there are several."""
    areas = list(coverage_areas(request.user))
    if not areas:
        raise Http404
    if len(areas) == 1:
        return redirect("coverage_of", areas[0].pk)
    return _screen(request, "start", _("Coverage"), [], areas=areas)


@require_GET
def coverage_of(request: HttpRequest, code: str) -> HttpResponse:
    area = get_reportable_area(request.user, code)
    now = timezone.now()
    today = local_today(now)
    form = PeriodForm(request.GET, today)
    period = form.period
    counted = coverage(area, period, now=now)
    at_the_ward = sees_every_home(request.user, area)
    return _screen(
        request,
        "area",
        area.name,
        [(reverse("coverage_start"), _("Coverage"))],
        area=area,
        form=form,
        presets=[(preset, _address(area, preset.period, today)) for preset in presets(today)],
        counted=counted,
        table=table_of(
            counted,
            targets_of_areas(shown_areas(counted), period),
            lambda part: _link(part, area, request.GET),
            opens_lists=at_the_ward,
        ),
        sets_targets=targetable_areas(request.user).filter(pk=area.pk).exists(),
        sets_allowances=paying_areas(request.user).filter(pk=area.pk).exists(),
        chart=_chart(counted),
        teams=_teams(counted),
        ladder=ladder_charts(ladder(area, period, now=now)),
        at_the_ward=at_the_ward,
        visits=_latest_visits(request.user, area, period) if at_the_ward else [],
    )


def _chart(counted: Coverage) -> LineChart | None:
    """Of one week there is nothing to draw."""
    weeks = counted.weeks
    if len(weeks) < 2:
        return None
    return line_chart(
        [f"{week.last:%d/%m}" for week in weeks],
        [
            (_("Reached"), [week.reached for week in weeks]),
            (_("Met"), [week.met for week in weeks]),
        ],
    )


def _teams(counted: Coverage) -> TeamsTable | None:
    """Only wards have teams."""
    if counted.area.level != Area.Level.COMMUNE:
        return None
    return teams_table(teams(counted.area, counted.period, now=counted.as_of))


@require_POST
def coverage_workbook(request: HttpRequest, code: str) -> HttpResponse:
    """Have the workbook made; with names only for the ward's officer who asks for them."""
    area = get_reportable_area(request.user, code)
    now = timezone.now()
    form = PeriodForm(request.POST, local_today(now))
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(problems))
        return redirect("coverage_of", area.pk)
    visits = _visit_rows(request, area)
    export = making.ask(
        area,
        Export.Kind.WORKBOOK,
        {**asked_period(form.period), "visits": visits.name},
        title=_("Coverage of %(area)s. %(period)s")
        % {"area": area.name, "period": form.period.words},
        file_name=f"do-phu-{area.pk}-{form.period.last}.xlsx",
        of_persons=visits is not VisitRows.BY_AREA,
        with_names=visits is VisitRows.WITH_NAMES,
        by=request.user,
        now=now,
    )
    return to_export(export)


def _visit_rows(request: HttpRequest, area: Area) -> VisitRows:
    if not sees_every_home(request.user, area):
        return VisitRows.BY_AREA
    return VisitRows.WITH_NAMES if request.POST.get("ten") else VisitRows.EACH


def _latest_visits(user: User, area: Area, period: Period):
    visits = visits_made(area, period) & visible_visits(user)
    # By day first, as their index has them: older visits are not even looked at.
    visits = visits.order_by("-day", "-visited_at", "-event_number")
    return visits.select_related("household__head", "area", "visitor")[:LATEST_VISITS]


def _address(area: Area, period: Period, today) -> str:
    """The page's address for a period; a period until today stays one until today tomorrow."""
    days = {"tu": period.first, "den": period.last if period.last != today else None}
    query = urlencode({name: day for name, day in days.items() if day})
    address = reverse("coverage_of", args=[area.pk])
    return f"{address}?{query}" if query else address


def _link(part: Area, area: Area, query) -> str | None:
    """The page of an area one level down, for the same period; lanes have none of their own."""
    if part.level == Area.Level.LANE or part.pk == area.pk:
        return None
    days = urlencode({name: query[name] for name in ("tu", "den") if query.get(name)})
    address = reverse("coverage_of", args=[part.pk])
    return f"{address}?{days}" if days else address


def _screen(request: HttpRequest, template: str, title: str, crumbs, **context) -> HttpResponse:
    """`template` in Wagtail's frame; `crumbs` are the pages between the home page and here."""
    context |= desk.frame(title, [*desk.home(), *crumbs]) | {"header_icon": "view"}
    return render(request, f"outreach/coverage/{template}.html", context)
