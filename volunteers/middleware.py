"""A one-time password opens only the page that replaces it."""

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.urls import reverse


class PasswordChangeMiddleware:
    """Treats a person with a one-time password as a stranger until they chose their own.

    So nothing opens for them, whatever pages are added later, while public pages still do; and the
    log-in page, where strangers are sent, sends them on to choose.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            choose = reverse("account_change_password")
            if request.path == reverse("account_login"):
                return redirect(choose)
            if request.path not in (choose, reverse("account_logout")):
                request.user = AnonymousUser()
        return self.get_response(request)
