from django.db import migrations

from courses.catalogue import load_catalogue


def load(apps, schema_editor):
    load_catalogue(version=1, model=apps.get_model("courses", "Skill"))


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
