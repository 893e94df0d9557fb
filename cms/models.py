"""The home page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import LessonIndexPage
from courses.models.pages import CoursePage, PublicPage


class HomePage(PublicPage):
    """The first page, `/`: what this is, and the way to every course."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.LessonIndexPage"]
    template = "cms/home.html"
    page_description = _("The first page of the site. There is one.")

    welcome = models.CharField(_("welcome"), max_length=200)

    content_panels = [*PublicPage.content_panels, "welcome"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        index = LessonIndexPage.objects.child_of(self).live().first()
        courses = CoursePage.objects.child_of(index).live() if index else []
        return super().get_context(request, *args, **kwargs) | {"courses": courses}
