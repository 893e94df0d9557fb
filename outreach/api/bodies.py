"""Reading the body of a request in constant memory, whatever it claims to be."""

import json
import math
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from outreach.api.errors import ApiError, invalid, without_values

MAX_BYTES = 1_048_576
# Stored blocks make gzip a little longer than what it holds; empty ones could make it endless.
MAX_COMPRESSED = MAX_BYTES + 65_536
CHUNK = 65_536
MAX_DEPTH = 32

Model = TypeVar("Model", bound=BaseModel)


def unreadable(message: str) -> ApiError:
    return ApiError(400, "unreadable", message)


def _too_large() -> ApiError:
    return ApiError(413, "too_large", f"A body has at most {MAX_BYTES} bytes, inflated.")


def read_body(request: HttpRequest) -> bytes:
    """The body, inflated if it is gzip; at most MAX_BYTES of it, however long it claims to be.

    It reads the stream itself, so nobody must have asked for `request.body` or `request.POST`.
    Raises ApiError: 413 too_large, 415 unknown_encoding, 400 unreadable (broken off, not gzip).
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return b"".join(chunks(request, MAX_BYTES))
    if encoding in ("gzip", "x-gzip"):
        return inflate(chunks(request, MAX_COMPRESSED))
    raise ApiError(415, "unknown_encoding", "Content-Encoding is gzip, identity or absent.")


def chunks(stream: Any, most: int) -> Iterator[bytes]:
    """What `stream` holds, piece by piece; ApiError 413 after `most` bytes."""
    total = 0
    while True:
        try:
            chunk = stream.read(CHUNK)
        except OSError as broken:
            raise unreadable("The body broke off.") from broken
        if not chunk:
            return
        total += len(chunk)
        if total > most:
            raise _too_large()
        yield chunk


def inflate(compressed: Iterable[bytes]) -> bytes:
    """What one gzip member holds; ApiError 413 as soon as it is more than MAX_BYTES, 400 when it
    is damaged, cut off, or followed by anything."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    size = 0
    for chunk in compressed:
        waiting = chunk
        while waiting:
            part, waiting = _step(inflater, waiting)
            size += len(part)
            if size > MAX_BYTES:
                raise _too_large()
            parts.append(part)
    if not inflater.eof:
        raise unreadable("The gzip body is cut off.")
    return b"".join(parts)


def _step(inflater: Any, waiting: bytes) -> tuple[bytes, bytes]:
    """At most CHUNK bytes more, and what of `waiting` was not needed for them."""
    if inflater.eof:
        raise unreadable("Something follows the gzip body.")
    try:
        part = inflater.decompress(waiting, CHUNK)
    except zlib.error as damaged:
        raise unreadable("The body is not gzip, or damaged.") from damaged
    if inflater.unused_data:
        raise unreadable("Something follows the gzip body.")
    return part, inflater.unconsumed_tail


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number too large")
    return value


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def parse_json(body: bytes) -> Any:
    """The JSON of `body`: UTF-8, nested at most MAX_DEPTH deep, without NaN and infinities. Of a
    key that comes twice the last counts; lone surrogates and null characters are let through.

    Raises ApiError 400 unreadable.
    """
    try:
        data = json.loads(body.decode("utf-8"), parse_float=_number, parse_constant=_no_constant)
    except UnicodeDecodeError as wrong:
        raise unreadable("The body is not UTF-8.") from wrong
    except RecursionError as deep:
        raise unreadable(f"The JSON is nested more than {MAX_DEPTH} deep.") from deep
    except ValueError as wrong:
        raise unreadable("The body is not JSON.") from wrong
    if _deeper_than(data, MAX_DEPTH):
        raise unreadable(f"The JSON is nested more than {MAX_DEPTH} deep.")
    return data


def _deeper_than(data: Any, depth: int) -> bool:
    layer = [data]
    for _level in range(depth):
        layer = [
            value
            for holder in layer
            if isinstance(holder, dict | list)
            for value in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(value, dict | list)
        ]
        if not layer:
            return False
    return True


def parsed(body: bytes, form: type[Model]) -> Model:
    """The JSON of `body` in this form; ApiError 400 unreadable or invalid."""
    try:
        return form.model_validate(parse_json(body))
    except ValidationError as wrong:
        raise invalid(without_values(wrong.errors(include_url=False))) from wrong
