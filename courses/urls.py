"""Addresses of lessons that are not pages of the tree."""

urlpatterns: list = []
