"""What waits for a decision in Wagtail's admin: its addresses and its menu item."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from outreach import access
from outreach.views import waiting


@hooks.register("register_admin_urls")
def waiting_addresses():
    return [
        path("cho-xu-ly/", waiting.waiting_events, name="waiting_events"),
        path("cho-xu-ly/<int:number>/", waiting.waiting_event, name="waiting_event"),
        path("cho-xu-ly/<int:number>/nhan/", waiting.accept_event, name="accept_event"),
        path("cho-xu-ly/<int:number>/khong-nhan/", waiting.reject_event, name="reject_event"),
    ]


class WaitingItem(MenuItem):
    """For officers, and for leaders when there is something to choose."""

    def is_shown(self, request) -> bool:
        return access.has_waiting_list(request.user)

    def render_component(self, request) -> LinkMenuItem:
        count = access.waiting_events(request.user).count()
        label = f"{self.label} ({count})" if count else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name)


@hooks.register("register_admin_menu_item")
def waiting_item() -> MenuItem:
    return WaitingItem(
        _("Waiting for a decision"),
        reverse("waiting_events"),
        name="waiting-events",
        icon_name="time",
        order=205,
    )
