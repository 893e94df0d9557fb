from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Composition")

    def ready(self) -> None:
        # The signal is sent app by app; with the last one, every content type and permission is
        # there.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(make_what_every_installation_has, sender=last)


NEEDED = {"cms.HomePage", "courses.LessonIndexPage", "outreach.Indicator"}


def make_what_every_installation_has(apps=None, **kwargs) -> None:
    """Make the skills, indicators, pages and rights that every installation has.

    After migrating rather than in a migration, so that the present models make them, and
    they are there again after a flush.
    """
    from cms.editors import permit_editors
    from cms.site_tree import plant_site_tree
    from courses.catalogue import load_catalogue
    from outreach.indicators import put_standard

    # A run may have stopped before our tables exist.
    models = {model._meta.label for model in apps.get_models()} if apps else None
    if models is None or models >= NEEDED:
        load_catalogue()
        put_standard()
        permit_editors(plant_site_tree())
