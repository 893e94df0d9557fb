"""The import of lists in Wagtail's admin: its addresses and its menu item."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach.access import importable_wards
from outreach.views import roster, roster_rules


@hooks.register("register_admin_urls")
def roster_addresses():
    return [
        path("danh-sach/", roster.imports, name="roster_imports"),
        path("danh-sach/tai-len/", roster.upload, name="roster_upload"),
        path("danh-sach/<uuid:pk>/", roster.roster_import, name="roster_import"),
        path("danh-sach/<uuid:pk>/nhap/", roster.confirm_import, name="confirm_roster_import"),
        path("danh-sach/<uuid:pk>/bo/", roster.discard_import, name="discard_roster_import"),
        path("danh-sach/<uuid:pk>/doc-lai/", roster.correct_reading, name="correct_roster_import"),
        path("danh-sach/<uuid:pk>/dong-de-lai/", roster.left_out, name="roster_left_out"),
        path("danh-sach/<uuid:pk>/hoan-tac/", roster.undo_import, name="undo_roster_import"),
        path("danh-sach/cach-doc/<str:code>/", roster_rules.roster_rules, name="roster_rules"),
    ]


class ListsItem(MenuItem):
    """For ward officers."""

    def is_shown(self, request) -> bool:
        return importable_wards(request.user).exists()


@hooks.register("register_admin_menu_item")
def lists_item() -> MenuItem:
    return ListsItem(_("Household lists"), reverse("roster_imports"), icon_name="table", order=210)
