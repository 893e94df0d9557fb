"""A one-time password opens only the page that replaces it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


class PasswordChangeMiddleware:
    """Sends a person with a one-time password to choose their own before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = (reverse("account_change_password"), reverse("account_logout"))
            if request.path not in allowed and not request.path.startswith("/static/"):
                messages.info(request, _("Please choose a password of your own first."))
                return redirect("account_change_password")
        return self.get_response(request)
