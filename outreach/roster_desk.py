"""The import of lists in Wagtail's admin: its addresses and its menu item."""

from django.contrib.auth.decorators import login_required
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach.access import importable_wards
from outreach.views import roster


def _at_the_desk(view):
    """Only these views decide who may enter, so that everyone else gets the same 404."""
    return never_cache(login_required(view))


# Below /admin/danh-sach/. Included before Wagtail's own addresses, which would send people without
# access to the admin to the log-in instead of answering 404.
urlpatterns = [
    path("", _at_the_desk(roster.imports), name="roster_imports"),
    path("tai-len/", _at_the_desk(roster.upload), name="roster_upload"),
    path("<uuid:pk>/", _at_the_desk(roster.roster_import), name="roster_import"),
    path("<uuid:pk>/nhap/", _at_the_desk(roster.confirm_import), name="confirm_roster_import"),
    path("<uuid:pk>/bo/", _at_the_desk(roster.discard_import), name="discard_roster_import"),
]


class ListsItem(MenuItem):
    """For ward officers."""

    def is_shown(self, request) -> bool:
        return importable_wards(request.user).exists()


@hooks.register("register_admin_menu_item")
def lists_item():
    return ListsItem(_("Household lists"), reverse("roster_imports"), icon_name="table", order=210)
