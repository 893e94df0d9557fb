"""Public views that are not pages of the tree."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control

from courses.stylesheet import stylesheet


@cache_control(public=True, max_age=31_536_000, immutable=True)
def current_stylesheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(stylesheet()[1], content_type="text/css; charset=utf-8")


def stylesheet_view(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet; a page kept from before an update is sent to the present one."""
    if digest != stylesheet()[0]:
        return redirect("stylesheet", stylesheet()[0])
    return current_stylesheet(request)
