"""Addresses of lessons that are not pages of the tree."""

from django.urls import path

from courses import views

urlpatterns = [
    path("tim/", views.lesson_search, name="lesson_search"),
    # Printed in QR codes, so as short as can be: no slash at the end, though one does no harm.
    path("hoc/<str:numbers>", views.chosen_lessons, name="chosen_lessons"),
    path("hoc/<str:numbers>/", views.chosen_lessons),
    path("giao-dien/<slug:digest>.css", views.stylesheet_view, name="stylesheet"),
]
