"""The coverage in Wagtail's admin: its addresses, its menu item, its panel on the first page."""

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from outreach.access import coverage_areas
from outreach.coverage import coverage
from outreach.coverage_table import groups_of
from outreach.targets import targets_of
from outreach.views.coverage import coverage_of, coverage_start, coverage_workbook
from outreach.views.member_lists import coverage_list, coverage_list_file
from volunteers.access import is_administrator


@hooks.register("register_admin_urls")
def coverage_addresses():
    return [
        path("do-phu/", coverage_start, name="coverage_start"),
        path("do-phu/<str:code>/", coverage_of, name="coverage_of"),
        path("do-phu/<str:code>/bang-tinh/", coverage_workbook, name="coverage_workbook"),
        path("do-phu/<str:code>/danh-sach/<str:indicator>/", coverage_list, name="coverage_list"),
        path(
            "do-phu/<str:code>/danh-sach/<str:indicator>/tep/",
            coverage_list_file,
            name="coverage_list_file",
        ),
    ]


class CoverageItem(MenuItem):
    """For everyone who may see numbers of some area."""

    def is_shown(self, request) -> bool:
        return coverage_areas(request.user).exists()


@hooks.register("register_admin_menu_item")
def coverage_item():
    return CoverageItem(
        _("Coverage"), reverse("coverage_start"), name="coverage", icon_name="view", order=200
    )


class CoveragePanel(Component):
    """The households and residents of an officer's or viewer's one area; a way to the list for
    those who have several."""

    name = "coverage"
    order = 50
    template_name = "outreach/coverage/panel.html"

    def __init__(self, areas) -> None:
        self.areas = areas

    def get_context_data(self, parent_context):
        if len(self.areas) > 1:
            return {"area": None}
        counted = coverage(self.areas[0], now=timezone.now())
        targets = targets_of(counted.area, counted.period)
        lines = groups_of(counted, targets)[0].lines
        return {"area": counted.area, "counted": counted, "lines": lines}

    class Media:
        css = {"all": ["css/admin-coverage.css"]}


@hooks.register("construct_homepage_panels")
def coverage_panel(request, panels):
    if is_administrator(request.user):
        return
    areas = list(coverage_areas(request.user)[:2])
    if areas:
        panels.append(CoveragePanel(areas))
