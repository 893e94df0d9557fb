"""Addresses of the outreach work."""

from django.urls import path

from outreach.views import cards, visits

urlpatterns = [
    path("field/", visits.field, name="field"),
    path("phieu/", visits.find_household, name="find_household"),
    path("phieu/ho/<uuid:pk>/", visits.household, name="household"),
    path("phieu/luot/<uuid:pk>/", visits.visit, name="visit"),
    path("phieu/luot/<uuid:pk>/huy/", visits.void_visit, name="void_visit"),
    path("phieu/nguoi/<uuid:pk>/rut-dong-y/", visits.withdraw_consent, name="withdraw_consent"),
    path("phieu/the/", cards.card_areas, name="card_areas"),
    path("phieu/the/<str:area>/", cards.card_sheet, name="card_sheet"),
    path("h/<str:code>", cards.card, name="card"),
]
