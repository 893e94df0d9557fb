"""The list behind a number of the coverage, for the ward's officers."""

from dataclasses import replace

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outreach.access import get_listed_area
from outreach.coverage.members import Part
from outreach.forms.member_list import WishForm
from outreach.forms.period import PeriodForm
from outreach.list_addresses import Lists
from outreach.member_list import MemberList, list_of
from outreach.member_rows import Row, shape_of
from outreach.periods import local_today
from volunteers.views import desk


@require_http_methods(["GET", "HEAD", "POST"])
def coverage_list(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """Searches are POSTed, from page to page, so that no name stands in an address or a log."""
    area = get_listed_area(request.user, code)
    now = timezone.now()
    days = PeriodForm(request.GET, local_today(now))
    if not days.is_valid():
        # There it is said what is wrong with the days.
        return redirect(f"{reverse('coverage_of', args=[area.pk])}?{request.GET.urlencode()}")
    listed = list_of(area, indicator, _part(request), days.period, now)
    listed = replace(listed, alone=bool(request.GET.get("rieng")))
    lists = Lists(area, days.period, listed.alone)
    said = request.GET.copy()
    for name, value in request.POST.items():
        said[name] = value
    form = WishForm(said, listed)
    wish = form.wish
    here = lists.address(indicator, listed.part, **form.in_address)
    if request.method == "POST" and not wish.words and form.is_valid():
        return redirect(here)
    listed = replace(listed, wish=wish)
    page = _page(listed, said.get("p"))
    response = render(
        request,
        "outreach/coverage/list.html",
        {
            "listed": listed,
            "form": form,
            "action": lists.address(indicator, listed.part),
            "here": here,
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
