"""Public pages are the same for everyone, by construction."""

from django.http import HttpRequest
from django.utils.cache import patch_cache_control

PUBLIC = ("/bai-hoc/", "/hoc/", "/tim/", "/phuong/", "/giao-dien/")
# Long enough to carry a class that opens a lesson together, short enough for a correction.
MAX_AGE_S = 60


class SameForEveryoneMiddleware:
    """Takes cookies and language wishes off requests for public pages, so the answer cannot depend
    on the reader, and lets caches keep it.

    Previews of drafts are not public and pass untouched.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        public = request.path == "/" or request.path.startswith(PUBLIC)
        if not public or getattr(request, "is_dummy", False):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        response = self.get_response(request)
        response.cookies.clear()
        response.headers.pop("Vary", None)
        if response.status_code < 500 and not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, max_age=MAX_AGE_S)
        return response
