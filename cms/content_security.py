"""Which scripts and styles a page may run: nothing inline, except what Wagtail's admin needs."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts

ADMIN_DIRECTIVES = {
    # Wagtail's date, chooser and inline-panel widgets and its rich-text editor write inline script
    # and style; previews of our own pages are framed by the editor.
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-ancestors": [SELF],
}


class ContentSecurityMiddleware(CSPMiddleware):
    """django-csp's middleware with the admin's wider policy below /admin/ only."""

    def get_policy_parts(self, request, response, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/") and not report_only:
            parts.replace = {**(parts.replace or {}), **ADMIN_DIRECTIVES}
        elif getattr(request, "is_dummy", False):
            # Wagtail renders a preview through a request of its own, at the page's public path.
            parts.replace = {**(parts.replace or {}), "frame-ancestors": [SELF]}
        return parts
