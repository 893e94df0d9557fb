"""What strangers can write into a request, and no page of ours ever sends."""

from django.http import Http404


class Utf8Middleware:
    """Reads every request as UTF-8, whatever encoding its header names: some would let half
    characters through, which no database stores and no page shows, some are no text at all."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.encoding = "utf-8"
        return self.get_response(request)


class NullCharacterMiddleware:
    """Answers 404 before any view can carry a null character of the address into a query, where
    PostgreSQL refuses it."""

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
