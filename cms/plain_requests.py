"""Addresses with a null character, which no page has and PostgreSQL refuses as text."""

from django.http import Http404


class NullCharacterMiddleware:
    """Answers 404 before any view can carry the character into a query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        values = [request.path]
        if request.path.startswith("/admin/"):
            # Wagtail's listings filter by whatever stands in the query.
            values += [value for _, many in request.GET.lists() for value in many]
        if any("\0" in value for value in values):
            raise Http404
