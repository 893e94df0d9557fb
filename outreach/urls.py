"""Addresses of the outreach work."""

urlpatterns: list = []
