"""Every address of the product."""

from allauth.account.views import logout
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import views
from cms.desk import AccountSettingsView, DeskView
from outreach.api.answers import nothing_here
from outreach.api.version_1 import api

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing_here),
    path("tai-khoan/", include("volunteers.urls")),
    path("sau-dang-nhap/", views.after_login, name="after_login"),
    path("phuong/<str:code>/", views.ward, name="ward"),
    # Wagtail has two log-ins and a log-out of its own; there is one door only.
    path("admin/logout/", logout, name="wagtailadmin_logout"),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", DeskView.as_view(), name="wagtailadmin_home"),
    path("admin/account/", AccountSettingsView.as_view(), name="wagtailadmin_account"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("outreach.urls")),
    path("", include("courses.urls")),
    path("", include(wagtail_urls)),
]
