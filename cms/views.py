"""Health, a ward's learning page, and where each person lands after logging in."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
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
