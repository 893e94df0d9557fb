"""Two of Wagtail's own pages, fitted to people who work with wards rather than pages."""

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import admin_menu
from wagtail.admin.views.account import AccountView, LocaleSettingsPanel, ThemeSettingsPanel
from wagtail.admin.views.home import HomeView

from volunteers.access import is_administrator, is_editor


@method_decorator([never_cache, require_admin_access], name="dispatch")
class DeskView(HomeView):
    """The first page of the admin: Wagtail's for those who write, the way to one's own lists for
    everybody else."""

    def get_template_names(self):
        writes = is_administrator(self.request.user) or is_editor(self.request.user)
        return [self.template_name if writes else "cms/desk.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            links=sorted(
                admin_menu.menu_items_for_request(self.request), key=lambda item: item.order
            ),
            **kwargs,
        )


@method_decorator([never_cache, require_admin_access], name="dispatch")
class AccountSettingsView(AccountView):
    """Language and looks. Names belong to the officer, passwords have a page of their own, and
    there is no e-mail and no picture of people."""

    def get_panels(self):
        return [
            panel
            for panel in super().get_panels()
            if isinstance(panel, LocaleSettingsPanel | ThemeSettingsPanel)
        ]
