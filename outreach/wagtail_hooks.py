"""What the outreach work adds to Wagtail's admin: one line for each part."""

from outreach import roster_desk  # noqa: F401
