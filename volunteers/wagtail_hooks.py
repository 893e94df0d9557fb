"""The people side's addresses, menu items and log words in Wagtail's admin."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from volunteers import access, admin_urls, audit


@hooks.register("register_admin_urls")
def addresses():
    return [path("", include(admin_urls))]


@hooks.register("register_log_actions")
def log_words(actions):
    audit.register(actions)


class AdministratorsItem(MenuItem):
    def is_shown(self, request) -> bool:
        return access.is_administrator(request.user)


class KeepersItem(MenuItem):
    """For officers and administrators."""

    def is_shown(self, request) -> bool:
        return access.keeps_wards(request.user)


class OfficersItem(MenuItem):
    """For officers, who have few wards; administrators come here through a ward."""

    def is_shown(self, request) -> bool:
        return access.officer_wards(request.user).exists()


class TeamsItem(MenuItem):
    """For officers, and for leaders, who find their own team."""

    def is_shown(self, request) -> bool:
        user = request.user
        return access.officer_wards(user).exists() or access.led_teams(user).exists()


class PhonesItem(MenuItem):
    """For officers and leaders, but not for deputies."""

    def is_shown(self, request) -> bool:
        return access.keeps_phones(request.user)


@hooks.register("register_admin_menu_item")
def wards_item():
    return AdministratorsItem(_("Wards"), reverse("volunteers:wards"), icon_name="site", order=300)


@hooks.register("register_admin_menu_item")
def teams_item():
    return TeamsItem(_("Teams"), reverse("volunteers:teams"), icon_name="group", order=310)


@hooks.register("register_admin_menu_item")
def areas_item():
    return OfficersItem(
        _("Neighbourhoods"), reverse("volunteers:own_areas"), icon_name="home", order=320
    )


@hooks.register("register_admin_menu_item")
def people_item():
    return KeepersItem(_("People"), reverse("volunteers:people"), icon_name="user", order=330)


@hooks.register("register_admin_menu_item")
def phones_item():
    return PhonesItem(_("Phones"), reverse("volunteers:phones"), icon_name="mobile-alt", order=325)
