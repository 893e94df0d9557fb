"""Addresses of lessons that are not pages of the tree."""

from django.urls import path

from courses import views

urlpatterns = [
    path("giao-dien/<slug:digest>.css", views.stylesheet_view, name="stylesheet"),
]
