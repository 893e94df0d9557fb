"""Data points downwards only: cms → outreach → (volunteers | courses) → Wagtail and Django."""

from django.apps import apps
from django.db.models import Field
from django.test import SimpleTestCase

from tests.house.sources import APPS

MAY_POINT_TO = {
    "cms": {"cms", "outreach", "volunteers", "courses"},
    "outreach": {"outreach", "volunteers", "courses"},
    "volunteers": {"volunteers"},
    "courses": {"courses"},
}


def points_upward(source: str, target: str) -> bool:
    """Whether a model of app `source` may not point to one of app `target`."""
    return target in MAY_POINT_TO and target not in MAY_POINT_TO[source]


def pointers() -> list[tuple[Field, str, str]]:
    """Each foreign key, one-to-one and many-to-many of our models, with both apps' labels."""
    return [
        (field, label, field.related_model._meta.app_label)
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and field.related_model
    ]


class OurModels(SimpleTestCase):
    def test_point_only_downwards(self):
        self.assertTrue(pointers())
        upward = [
            str(field) for field, source, target in pointers() if points_upward(source, target)
        ]
        self.assertEqual([], upward)


class TheRule(SimpleTestCase):
    def test_forbids_what_lies_above_or_beside(self):
        for source, target in (
            ("volunteers", "outreach"),
            ("courses", "outreach"),
            ("outreach", "cms"),
            ("volunteers", "courses"),
            ("courses", "volunteers"),
        ):
            with self.subTest(source=source, target=target):
                self.assertTrue(points_upward(source, target))

    def test_allows_what_lies_below(self):
        for source, target in (("cms", "courses"), ("outreach", "volunteers"), ("courses", "auth")):
            with self.subTest(source=source, target=target):
                self.assertFalse(points_upward(source, target))
