"""Household cards: printing them, and what their code opens."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.models import LessonPage
from outreach import access
from outreach.cards import card_address, is_card_code
from outreach.models import Household
from volunteers.models import Area
from volunteers.qr import qr_svg

# Ten A4 sheets of eight cards: a page that a small printer and an old computer still manage.
CARDS_PER_PAGE = 80
# What the space below the square holds.
MOST_LESSONS = 4


@login_required
@never_cache
@require_safe
def card_areas(request: HttpRequest) -> HttpResponse:
    """The neighbourhoods whose cards this person may print."""
    if not access.works_at_doors(request.user):
        raise Http404
    areas = access.card_areas(request.user).select_related("parent")
    return render(request, "outreach/cards/card_areas.html", {"areas": areas})


@login_required
@never_cache
@require_safe
def card_sheet(request: HttpRequest, area: str) -> HttpResponse:
    """A4 sheets of eight cards for the homes of one neighbourhood, in walking order."""
    place = get_object_or_404(access.card_areas(request.user), pk=area)
    homes = (
        Household.objects.open()
        .within(place)
        .select_related("area")
        .order_by("walking_order", "id")
    )
    page = Paginator(homes, CARDS_PER_PAGE).get_page(request.GET.get("trang"))
    lessons = LessonPage.objects.live().order_by("number")[:MOST_LESSONS]
    cards = [
        {"home": home, "qr": qr_svg(card_address(home.card_code))} for home in page.object_list
    ]
    return render(
        request,
        "outreach/cards/card_sheet.html",
        {
            "place": place,
            "page": page,
            "sheets": [cards[start : start + 8] for start in range(0, len(cards), 8)],
            "lessons": list(lessons),
        },
    )


@never_cache
@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """For a volunteer in whose doors the home stands: the home. For everyone else every code, real
    or not, opens the learning page of the ward that the code begins with."""
    code = code.upper()
    if not is_card_code(code):
        return redirect("/")
    if request.user.is_authenticated:
        home = access.visible_households(request.user).filter(card_code=code).first()
        if home:
            return redirect("household", home.pk)
    ward = code.split("-")[0]
    if Area.objects.open_wards().filter(pk=ward).exists():
        return redirect(f"/phuong/{ward}/")
    return redirect("/")
