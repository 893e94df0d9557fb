"""Indicators and targets in Wagtail's admin: their addresses, menu items and log words."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach import access, audit
from outreach.views import indicators, targets
from volunteers.access import is_administrator


@hooks.register("register_admin_urls")
def indicator_addresses():
    return [
        path("chi-tieu/", indicators.indicators, name="indicators"),
        path("chi-tieu/them/", indicators.add_indicator, name="add_indicator"),
        path("chi-tieu/ma/<str:code>/", indicators.edit_indicator, name="edit_indicator"),
        path("chi-tieu/ma/<str:code>/xoa/", indicators.delete_indicator, name="delete_indicator"),
    ]


@hooks.register("register_admin_urls")
def target_addresses():
    return [
        path("chi-tieu/muc-tieu/", targets.targets_start, name="targets_start"),
        path("chi-tieu/muc-tieu/<str:code>/", targets.targets, name="targets"),
        path("chi-tieu/muc-tieu/<str:code>/them/", targets.add_target, name="add_target"),
        path("chi-tieu/muc-tieu/<str:code>/bang/", targets.targets_sheet, name="targets_sheet"),
        path("chi-tieu/muc-tieu/<str:code>/nhap/", targets.import_targets, name="import_targets"),
        path("chi-tieu/muc-tieu/<str:code>/<int:pk>/", targets.edit_target, name="edit_target"),
        path(
            "chi-tieu/muc-tieu/<str:code>/<int:pk>/xoa/",
            targets.delete_target,
            name="delete_target",
        ),
    ]


@hooks.register("register_log_actions")
def log_words(actions):
    audit.register(actions)


class IndicatorsItem(MenuItem):
    """For administrators."""

    def is_shown(self, request) -> bool:
        return is_administrator(request.user)


class TargetsItem(MenuItem):
    """For those who set targets of some area."""

    def is_shown(self, request) -> bool:
        return access.target_starts(request.user).exists()


@hooks.register("register_admin_menu_item")
def indicators_item() -> MenuItem:
    return IndicatorsItem(
        _("Indicators"), reverse("indicators"), name="indicators", icon_name="list-ul", order=202
    )


@hooks.register("register_admin_menu_item")
def targets_item() -> MenuItem:
    return TargetsItem(
        _("Targets"), reverse("targets_start"), name="targets", icon_name="tag", order=203
    )
