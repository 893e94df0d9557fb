"""The outreach part of Wagtail's admin: one import a part."""

from outreach.admin import doors  # noqa: F401 - registers its hooks
