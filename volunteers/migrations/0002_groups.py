from django.db import migrations

GROUPS = ("Staff", "Lesson editors")


def create_groups(apps, schema_editor):
    """Both groups may enter the admin; what they find there is scoped elsewhere."""
    group_model = apps.get_model("auth", "Group")
    access_admin = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    for name in GROUPS:
        group_model.objects.get_or_create(name=name)[0].permissions.add(access_admin)


def delete_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0001_initial"),
        # It makes the permission.
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [migrations.RunPython(create_groups, delete_groups)]
