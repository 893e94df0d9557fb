"""The allowances of wards and cities in Wagtail's admin: their addresses, below the coverage."""

from django.urls import path
from wagtail import hooks

from outreach.views import allowances


@hooks.register("register_admin_urls")
def allowance_addresses():
    below = "do-phu/<str:code>/muc-chi/"
    return [
        path(below, allowances.allowances, name="allowances"),
        path(f"{below}them/", allowances.add_allowance, name="add_allowance"),
        path(f"{below}<int:pk>/", allowances.edit_allowance, name="edit_allowance"),
        path(f"{below}<int:pk>/xoa/", allowances.delete_allowance, name="delete_allowance"),
    ]
