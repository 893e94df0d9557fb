"""What the API answers when it does not do what was asked: one schema for all of it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

log = logging.getLogger(__name__)

BUSY_SECONDS = 5
MOST_DETAILS = 20


class Problem(Schema):
    """Why a request was refused."""

    code: str = Field(description="For programs; never changes its meaning.")
    message: str = Field(description="For developers, in English.")
    sentence: str | None = Field(
        None, description="For the person at the phone, in Vietnamese, to be shown as it is."
    )
    detail: Any = Field(None, description="For `invalid`: what is wrong where.")

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "code": "invalid",
                    "message": "The request does not have the expected form.",
                    "detail": [{"at": "device", "problem": "Field required"}],
                }
            ]
        }
    }


class ApiError(Exception):
    """Ends a request with a Problem. `retry_after` in seconds becomes the header."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        sentence: str | None = None,
        detail: Any = None,
        retry_after: int | None = None,
    ):
        super().__init__(code)
        self.status = status
        self.problem = Problem(code=code, message=message, sentence=sentence, detail=detail)
        self.retry_after = retry_after


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """For an operation's `response`: what it may answer besides success. Every operation may be
    busy (503)."""
    return dict.fromkeys((*statuses, 503), Problem)


def answer(error: ApiError) -> HttpResponse:
    response = JsonResponse(error.problem.model_dump(exclude_none=True), status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def unauthorised() -> ApiError:
    """One answer for a credential that is missing, misspelt, unknown or ended."""
    return ApiError(
        401,
        "unauthorised",
        "No valid credential of this kind came with the request.",
        _(
            "This phone may not do this (any more). What was not sent stays on the phone. Ask "
            "your team leader or the ward officer for a code."
        ),
    )


def invalid(details: Sequence[dict]) -> ApiError:
    return ApiError(
        400,
        "invalid",
        "The request does not have the expected form.",
        detail=list(details[:MOST_DETAILS]),
    )


def without_values(errors: Sequence[Any]) -> list[dict]:
    """Where and what, of pydantic's errors, and nothing of what was sent."""
    return [{"at": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in errors]


OF_STATUS = {
    400: ("bad_request", "The request cannot be understood."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not answer this method."),
}


def of_status(status: int) -> ApiError:
    """For answers that something else than the API gave, such as Django for an unknown address."""
    code, message = OF_STATUS.get(status, ("failed", "The server failed; try again later."))
    return ApiError(status, code, message)


def _busy(reason: Exception) -> ApiError:
    log.warning("answered 503: %s", type(reason).__name__)
    return ApiError(
        503,
        "busy",
        "The server cannot take this now; nothing was acknowledged. Try again.",
        _("The server is busy. The phone tries again by itself."),
        retry_after=BUSY_SECONDS,
    )


def add_handlers(api: NinjaAPI) -> None:
    """Let `api` answer each exception with a Problem. What is a mistake of ours stays one: Django
    logs it and answers 500."""

    def handle(exception: type[Exception], turn) -> None:
        def handler(request: HttpRequest, exc: Any) -> HttpResponse:
            return answer(turn(exc))

        api.add_exception_handler(exception, handler)

    handle(ApiError, lambda exc: exc)
    handle(AuthenticationError, lambda exc: unauthorised())
    handle(ValidationError, lambda exc: invalid(without_values(exc.errors)))
    handle(HttpError, lambda exc: of_status(exc.status_code))
    handle(Http404, lambda exc: of_status(404))
    for locked_or_away in (OperationalError, InterfaceError):
        handle(locked_or_away, _busy)
