"""What the outreach work adds to Wagtail's admin: one line for each part."""

from outreach import coverage_desk, doors_desk  # noqa: F401 - importing registers their hooks
