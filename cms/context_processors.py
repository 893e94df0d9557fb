"""What every template knows."""

from django.conf import settings


def product(request) -> dict:
    """`demo`: whether the demo banner shows."""
    return {"demo": settings.DEMO}
