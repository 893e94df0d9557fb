from django.db import migrations, models


def keep_the_last(apps, schema_editor):
    known = apps.get_model("outreach", "ServerState").objects.exclude(restored_at=None)
    for state in known.exclude(lost_since=None):
        apps.get_model("outreach", "Restoration").objects.create(
            lost_since=state.lost_since, restored_at=state.restored_at
        )


class Migration(migrations.Migration):
    dependencies = [("outreach", "0012_exports")]

    operations = [
        migrations.CreateModel(
            name="Restoration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lost_since", models.DateTimeField()),
                ("restored_at", models.DateTimeField()),
            ],
            options={"ordering": ["-restored_at"]},
        ),
        migrations.RunPython(keep_the_last, migrations.RunPython.noop),
        migrations.RemoveField(model_name="serverstate", name="lost_since"),
        migrations.RemoveField(model_name="serverstate", name="restored_at"),
    ]
