"""Public views that are not pages of the tree."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control

from courses.lesson_search import LONGEST_QUERY, find_lessons
from courses.models import LessonPage
from courses.stylesheet import stylesheet

# More than fit on a volunteer's QR code or an elder's page.
MOST_NUMBERS = 20


def lesson_search(request: HttpRequest) -> HttpResponse:
    """Lessons that hold the words of `q`. A GET, as nothing personal is searched for."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    context = {"query": query, "found": find_lessons(query)}
    return render(request, "courses/lesson_search.html", context)


def chosen_lessons(request: HttpRequest, numbers: str) -> HttpResponse:
    """The lessons that a volunteer picked, as `/hoc/3-7-12`; one alone opens at once."""
    if not re.fullmatch(r"[0-9]{1,6}(-[0-9]{1,6})*", numbers):
        raise Http404
    wanted = list(dict.fromkeys(int(number) for number in numbers.split("-")))[:MOST_NUMBERS]
    lessons = LessonPage.objects.numbered(wanted)
    if not lessons:
        raise Http404
    if len(wanted) == 1:
        return redirect(lessons[0].url)
    context = {"lessons": lessons, "missing": len(wanted) - len(lessons)}
    return render(request, "courses/chosen_lessons.html", context)


@cache_control(public=True, max_age=31_536_000, immutable=True)
def current_stylesheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(stylesheet()[1], content_type="text/css; charset=utf-8")


def stylesheet_view(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet; a page kept from before an update is sent to the present one."""
    if digest != stylesheet()[0]:
        return redirect("stylesheet", stylesheet()[0])
    return current_stylesheet(request)
