"""What may only be one of a few values, the database too refuses otherwise."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import CheckConstraint, Field, Model, Q
from django.test import SimpleTestCase

from tests.house.sources import APPS

OPEN = {
    # What a newer phone says is stored, whether this server knows it or not.
    "outreach.LedgerEvent.type",
    # A drawing is a file of the product; forms offer those that are there.
    "courses.LessonPage.drawing",
}


def fields_with_choices() -> Iterator[Field]:
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.local_fields:
                if field.choices and str(field) not in OPEN:
                    yield field


def listed(condition: Q, name: str) -> set:
    """The values that the condition lists for the field."""
    found = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= listed(child, name)
        elif child[0] == f"{name}__in":
            found |= set(child[1])
    return found


def permitted(model: type[Model], name: str) -> set:
    """The values that the database's constraints list for the field."""
    found = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            found |= listed(constraint.condition, name)
    return found


class ClosedSets(SimpleTestCase):
    def test_are_closed_in_the_database(self):
        fields = list(fields_with_choices())
        self.assertGreater(len(fields), 10)
        for field in fields:
            with self.subTest(str(field)):
                known = {value for value, _label in field.choices}
                self.assertEqual(
                    permitted(field.model, field.name), known | ({""} if field.blank else set())
                )

    def test_name_only_open_ones_that_exist(self):
        for path in OPEN:
            label, name = path.rsplit(".", 1)
            self.assertTrue(apps.get_model(label)._meta.get_field(name).choices, path)
