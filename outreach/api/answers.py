"""What all answers of the API have in common, by construction."""

import gzip
import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from outreach.api.errors import answer, of_status

API = "/api/"


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """For every address below the API's that is none."""
    return answer(of_status(404))


def packed(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """`said` as JSON, zipped for who can unzip."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(content_type="application/json; charset=utf-8")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response.content = body
    return response


class ApiMiddleware:
    """Takes cookies off requests to the API, so that no session or log-in can matter there and no
    forged request can borrow one; lets no cache keep an answer; and turns what Django answers for
    it, such as 404, into a Problem."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # - Django's own switch
        response = self.get_response(request)
        is_json = response.get("Content-Type", "").startswith("application/json")
        if response.status_code >= 400 and not is_json:
            allowed = response.get("Allow")
            response = answer(of_status(response.status_code))
            if allowed:
                response["Allow"] = allowed
        response.cookies.clear()
        response.headers.pop("Vary", None)
        response["Cache-Control"] = "no-store"
        return response
