"""What the outreach work adds to Wagtail's admin: one line for each part."""

from outreach import (  # noqa: F401 - to register their hooks
    allowances_desk,
    coverage_desk,
    doors_desk,
    exports_desk,
    indicators_desk,
    report_forms_desk,
    roster_desk,
    waiting_desk,
)
