"""Menu items that lead from the admin to the visit pages and the household cards."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach.access import works_at_doors


class DoorsMenuItem(MenuItem):
    """Shown to whom the visit pages are for."""

    def is_shown(self, request) -> bool:
        return works_at_doors(request.user)


@hooks.register("register_admin_menu_item")
def visits_item() -> MenuItem:
    return DoorsMenuItem(
        _("Type in visits"), reverse("find_household"), icon_name="form", order=230
    )


@hooks.register("register_admin_menu_item")
def cards_item() -> MenuItem:
    return DoorsMenuItem(_("Household cards"), reverse("card_areas"), icon_name="tag", order=240)
