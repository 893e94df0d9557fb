from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Composition")

    def ready(self) -> None:
        post_migrate.connect(plant_after_migrating, sender=self)


def plant_after_migrating(apps=None, **kwargs) -> None:
    """Make the pages and rights that every installation has.

    After migrating rather than in a migration, so that the pages' present models make them, and
    they are there again after a flush.
    """
    from django.contrib.contenttypes.models import ContentType

    from cms.editors import permit_editors
    from cms.site_tree import plant_site_tree

    # A run may have stopped before our tables exist.
    models = {model._meta.label for model in apps.get_models()} if apps else None
    if models is None or {"cms.HomePage", "courses.LessonIndexPage"} <= models:
        # A flush took the rows that the cache still names.
        ContentType.objects.clear_cache()
        permit_editors(plant_site_tree())
