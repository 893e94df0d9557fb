"""Health, what is shown when there is nothing to show, a ward's page, where each person lands."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.models import LessonPage
from volunteers.models import Area, Membership


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Whoever mistypes an address may be a resident, so it is in Vietnamese on any phone."""
    with translation.override(settings.LANGUAGE_CODE):
        return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        return defaults.server_error(request)


@require_safe
def ward(request: HttpRequest, code: str) -> HttpResponse:
    """What a ward's cards open for everyone: the lessons. Wards not yet opened are not there."""
    place = get_object_or_404(Area.objects.open_wards(), pk=code)
    lessons = LessonPage.objects.live().order_by("number")
    return render(request, "cms/ward.html", {"ward": place, "lessons": lessons})


@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Team members go to their doors, everybody else to the desk."""
    if Membership.objects.current().filter(user=request.user).exists():
        return redirect("field")
    if request.user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    return render(request, "cms/no_desk.html", {"homeless": True})
