"""The files of the desk in Wagtail's admin: their addresses and their menu item."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach.access import visible_exports
from outreach.views import exports


@hooks.register("register_admin_urls")
def export_addresses():
    return [
        path("tep/", exports.exports, name="exports"),
        path("tep/<uuid:pk>/", exports.export, name="export"),
        path("tep/<uuid:pk>/tai-ve/", exports.fetch_export, name="fetch_export"),
        path("tep/<uuid:pk>/lap-lai/", exports.ask_export_again, name="ask_export_again"),
        path("tep/<uuid:pk>/xoa/", exports.delete_export, name="delete_export"),
    ]


class ExportsItem(MenuItem):
    """From the first file on."""

    def is_shown(self, request) -> bool:
        return visible_exports(request.user).exists()


@hooks.register("register_admin_menu_item")
def exports_item() -> MenuItem:
    return ExportsItem(
        _("Files"), reverse("exports"), name="exports", icon_name="download", order=215
    )
