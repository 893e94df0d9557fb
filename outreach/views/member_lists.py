"""The list behind a number of the coverage, for the ward's officers."""

from dataclasses import replace

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.access import get_listed_area
from outreach.coverage.members import Of, Part
from outreach.exports import making
from outreach.exports.writers import asked_list
from outreach.forms.member_list import WishForm
from outreach.forms.period import PeriodForm
from outreach.list_addresses import Lists
from outreach.member_list import MemberList, list_of
from outreach.member_rows import Row, shape_of
from outreach.models import Export
from outreach.periods import local_today
from outreach.views.exports import to_export
from volunteers.models import Area
from volunteers.views import desk


class _BadDays(Exception):
    """The days of the address cannot be a period."""


def _asked(request: HttpRequest, area: Area, indicator: str) -> tuple[MemberList, WishForm]:
    """The list that address and post ask for. Raises _BadDays."""
    now = timezone.now()
    days = PeriodForm(request.GET, local_today(now))
    if not days.is_valid():
        raise _BadDays
    listed = list_of(area, indicator, _part(request), days.period, now)
    listed = replace(listed, alone=bool(request.GET.get("rieng")))
    said = request.GET.copy()
    for name, value in request.POST.items():
        said[name] = value
    form = WishForm(said, listed)
    return replace(listed, wish=form.wish), form


def _to_coverage(request: HttpRequest, area: Area) -> HttpResponse:
    """There it is said what is wrong with the days."""
    return redirect(f"{reverse('coverage_of', args=[area.pk])}?{request.GET.urlencode()}")


@require_http_methods(["GET", "HEAD", "POST"])
def coverage_list(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """Searches are POSTed, from page to page, so that no name stands in an address or a log."""
    area = get_listed_area(request.user, code)
    try:
        listed, form = _asked(request, area, indicator)
    except _BadDays:
        return _to_coverage(request, area)
    lists = Lists(area, listed.period, listed.alone)
    here = lists.address(indicator, listed.part, **form.in_address)
    if request.method == "POST" and not listed.wish.words and form.is_valid():
        return redirect(here)
    page = _page(listed, request.POST.get("p") or request.GET.get("p"))
    response = render(
        request,
        "outreach/coverage/list.html",
        {
            "listed": listed,
            "form": form,
            "action": lists.address(indicator, listed.part),
            "here": here,
            "file": lists.file_address(indicator, listed.part, **form.in_address),
            "page": page,
            "columns": shape_of(listed).columns,
            "parts": _parts(listed, lists),
            "back": _back(listed),
            "header_icon": "view",
        }
        | desk.frame(listed.title, [*desk.home(), (_back(listed), area.name)]),
    )
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_POST
def coverage_list_file(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """Have the whole list made as a file, narrowed and sorted as it is shown."""
    area = get_listed_area(request.user, code)
    try:
        listed, _form = _asked(request, area, indicator)
    except _BadDays:
        return _to_coverage(request, area)
    format = "csv" if request.POST.get("dang") == "csv" else "xlsx"
    export = making.ask(
        area,
        Export.Kind.LIST,
        asked_list(listed, format),
        title=f"{listed.title}. {listed.place_name}. {listed.period.words}",
        file_name=f"danh-sach-{area.pk}-{listed.period.last}.{format}",
        of_persons=True,
        # Classes are the work of volunteers; everything else tells of homes.
        with_names=listed.of is not Of.SESSIONS,
        by=request.user,
        now=timezone.now(),
    )
    return to_export(export)


def _part(request: HttpRequest) -> Part:
    try:
        return Part(request.GET.get("phan", Part.COUNTED))
    except ValueError:
        raise Http404 from None


class _Numbered:
    """The list as Django's paginator asks for it: its length is known, its rows are cut."""

    def __init__(self, listed: MemberList) -> None:
        self.listed = listed

    def count(self) -> int:
        return self.listed.count()

    def __getitem__(self, cut: slice) -> list[Row]:
        keys = self.listed.keys(cut.start, cut.stop)
        return shape_of(self.listed).rows(self.listed, keys)


def _page(listed: MemberList, number: str | None) -> Page:
    return Paginator(_Numbered(listed), desk.ROWS).get_page(number)  # type: ignore[arg-type]


def _parts(listed: MemberList, lists: Lists) -> list[tuple[str, str, bool]]:
    """Name and address of each part of the figure, and whether it is the one that is shown."""
    if listed.measure.is_amount:
        return []
    names = {
        Part.COUNTED: _("In the numerator"),
        Part.OTHERS: _("Not yet"),
        Part.ALL: _("All among whom is counted"),
    }
    return [
        (name, lists.address(listed.measure.code, part), part is listed.part)
        for part, name in names.items()
    ]


def _back(listed: MemberList) -> str:
    """The coverage from which the number was opened."""
    lists = Lists(listed.area, listed.period)
    _path, _mark, query = lists.address(listed.measure.code, "").partition("?")
    return f"{reverse('coverage_of', args=[listed.area.pk])}?{query}"
