"""The stranger's phone without a network: it asks the product in the same process."""

import gzip
import json
from typing import Any

from django.test import Client

from tests.faults.stranger import Answer, Stranger, Unanswered


class NearStranger(Stranger):
    """`address` is not used. An answer of 5xx and one without JSON are as none."""

    def _ask(self, method: str, path: str, body: Any, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = b"" if body is None else json.dumps(body).encode()
        reply = Client(enforce_csrf_checks=True).generic(
            method, path, data, content_type="application/json", headers=headers
        )
        content = reply.content
        if reply.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        if reply.status_code >= 500:
            raise Unanswered
        return Answer(
            reply.status_code, json.loads(content), int(reply.headers.get("Retry-After", 0))
        )
