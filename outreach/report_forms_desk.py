"""The forms of wards and cities in Wagtail's admin: their addresses and their menu item."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from outreach.access import coverage_areas
from outreach.views import report_forms


# Before those of the coverage, which take any word for the code of an area.
@hooks.register("register_admin_urls", order=-1)
def report_form_addresses():
    forms = "do-phu/bieu-mau/"
    return [
        path(forms, report_forms.report_forms, name="report_forms"),
        path(f"{forms}them/<str:code>/", report_forms.add_form, name="add_report_form"),
        path(f"{forms}bieu-vi-du/<str:code>/", report_forms.example, name="example_report_form"),
        path(f"{forms}o-dien/<str:code>/", report_forms.placeholders, name="form_placeholders"),
        path(f"{forms}<int:pk>/", report_forms.report_form, name="report_form"),
        path(f"{forms}<int:pk>/dien/", report_forms.fill, name="fill_report_form"),
        path(f"{forms}<int:pk>/tep/", report_forms.form_file, name="report_form_file"),
        path(f"{forms}<int:pk>/thay/", report_forms.replace_form, name="replace_report_form"),
        path(f"{forms}<int:pk>/bo/", report_forms.remove_form, name="remove_report_form"),
    ]


class ReportFormsItem(MenuItem):
    """For everyone who may see numbers of some area."""

    def is_shown(self, request) -> bool:
        return coverage_areas(request.user).exists()


@hooks.register("register_admin_menu_item")
def report_forms_item() -> MenuItem:
    return ReportFormsItem(
        _("Forms for reports"),
        reverse("report_forms"),
        name="report-forms",
        icon_name="doc-full",
        order=201,
    )
