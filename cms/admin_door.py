"""Who may open which of Wagtail's own addresses.

Wagtail's permissions follow models and the page tree; ours follow wards. So its own screens open
for those who write lessons and for administrators, and our screens in the admin decide for
themselves, through the access module of their app.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import ResolverMatch, reverse

from volunteers.access import is_administrator, is_editor
from volunteers.models import User

FOR_ALL_STAFF = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}
# Wagtail's screens for users know no wards, our roles would get out of step with its groups, and
# one of its addresses fails on purpose.
FOR_NOBODY = (
    "wagtailusers_users:",
    "wagtailusers_groups:",
    "wagtailadmin_login",
    "wagtailadmin_password_reset",
    "wagtailadmin_error_test",
)
# Rows of these apps change only through their own screens.
NEVER_IN_BULK = {"auth", "volunteers", "outreach"}


def may_open(user: User, match: ResolverMatch) -> bool:
    """Whether `user`, who may enter the admin, finds anything at the address."""
    name = match.view_name or ""
    if name.startswith(FOR_NOBODY) or match.kwargs.get("app_label") in NEVER_IN_BULK:
        return False
    if not name.startswith("wagtail") or name in FOR_ALL_STAFF:
        return True
    return is_administrator(user) or is_editor(user)


class AdminDoorMiddleware:
    """Below the admin's address, answers 404 where `may_open` says no, and to people who have no
    desk everywhere; its first page explains that to them (Wagtail would send them to log in
    again, for ever)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        user = request.user
        home = reverse("wagtailadmin_home")
        if not request.path.startswith(home) or user.is_anonymous:
            return None
        if not user.has_perm("wagtailadmin.access_admin"):
            if request.path == home:
                return render(request, "cms/no_desk.html", status=403)
            raise Http404
        if not may_open(user, request.resolver_match):
            return render(request, "wagtailadmin/404.html", status=404)
        return None
