"""A phone that speaks HTTP, in tests."""

import gzip
import json

from django.test import Client

ENROL = "/api/v1/devices/enrol"


def caller() -> Client:
    """Without cookies, and as strict about forged requests as a real server."""
    return Client(enforce_csrf_checks=True)


def post(path: str, body, token: str = "", client: Client | None = None, **headers):
    """Post `body`, JSON unless it is bytes; `headers` as Content_Encoding="gzip"."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        named["Authorization"] = f"Bearer {token}"
    return (client or caller()).post(
        path, data, content_type=named.pop("Content-Type", "application/json"), headers=named
    )


def zipped(body) -> bytes:
    return gzip.compress(body if isinstance(body, bytes) else json.dumps(body).encode())
