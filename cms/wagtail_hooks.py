"""What the desk shows and leaves out, and where the apps meet in Wagtail's admin."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from wagtail import hooks

from outreach.models import Household
from volunteers.access import is_administrator, is_editor
from volunteers.models import Area
from volunteers.wards import REASONS_HOOK

# Screens that are closed (cms.admin_door) need no way there.
CLOSED_SCREENS = {"users", "groups", "roles"}


@hooks.register(REASONS_HOOK)
def homes_stand_there(area: Area) -> str | None:
    count = Household.objects.open().within(area).count()
    if not count:
        return None
    return ngettext(
        "%(area)s cannot end: %(count)s home stands there. Move it to another area first.",
        "%(area)s cannot end: %(count)s homes stand there. Move them to another area first.",
        count,
    ) % {"area": area.name, "count": count}


@hooks.register("construct_main_menu")
def leave_out_of_main_menu(request, items):
    """Help speaks of Wagtail to those who work with it, settings belong to administrators, reports
    to those who write."""
    unneeded = set()
    if not is_administrator(request.user):
        unneeded.add("settings")
        if not is_editor(request.user):
            unneeded |= {"help", "reports"}
    items[:] = [item for item in items if item.name not in unneeded]


@hooks.register("construct_settings_menu")
def leave_out_of_settings(request, items):
    items[:] = [item for item in items if item.name not in CLOSED_SCREENS]


@hooks.register("construct_help_menu")
def leave_out_of_help(request, items):
    """Wagtail's news and its English guide are of no use here."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts"]


@hooks.register("construct_search")
def leave_out_of_search(request, areas):
    areas[:] = [area for area in areas if area.name not in CLOSED_SCREENS]


@hooks.register("register_account_menu_item")
def password_page(request):
    return {
        "url": reverse("account_change_password"),
        "label": gettext("Change password"),
        "help_text": gettext("Everywhere else you are logged in, you are then logged out."),
    }


@hooks.register("insert_global_admin_css")
def desk_style():
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))
