"""Version 1 of the API, as it is mounted at /api/v1/."""

from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from outreach.api import assignments, enrolment, sync, targets
from outreach.api.credentials import PullCredential, PushCredential
from outreach.api.described import event_forms
from outreach.api.errors import add_handlers


class Version1(NinjaAPI):
    def get_openapi_schema(self, **where) -> OpenAPISchema:
        """With both credentials, wherever an operation names them, and the forms of events."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["securitySchemes"] = {
            type(credential).__name__: credential.openapi_security_schema
            for credential in (PushCredential(), PullCredential())
        }
        schema["components"]["schemas"] |= event_forms()
        return schema


api = Version1(
    title="Ngõ Số",
    version="1",
    description=(
        "How phones enrol, hand in what they recorded, and learn what changed. Bodies are JSON in "
        "UTF-8, plain or gzip (`Content-Encoding: gzip`), at most 1,048,576 bytes inflated and 32 "
        "levels deep. Credentials travel as `Authorization: Bearer`; cookies mean nothing. "
        "Whatever is refused is answered with a Problem; any other answer without JSON comes from "
        "something between: treat it like no answer."
    ),
    docs_url=None,
    docs_decorator=require_safe,
    urls_namespace="api",
)
add_handlers(api)
api.add_router("/devices", enrolment.router)
api.add_router("/sync", sync.router)
api.add_router("/assignments", assignments.router)
api.add_router("/targets", targets.router)
