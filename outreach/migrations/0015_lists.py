from django.db import migrations, models

from outreach.models.households import name_search_text

AT_ONCE = 2000


def forget_tallies(apps, _editor):
    """Those that are kept do not say why nobody was met."""
    apps.get_model("outreach", "Tally").objects.all().delete()


def make_people_findable(apps, _editor):
    residents = apps.get_model("outreach", "Resident").objects
    changed = []
    for one in residents.only("name").order_by().iterator(chunk_size=AT_ONCE):
        one.search_text = name_search_text(one.name)
        changed.append(one)
        if len(changed) == AT_ONCE:
            residents.bulk_update(changed, ["search_text"])
            changed = []
    residents.bulk_update(changed, ["search_text"])


class Migration(migrations.Migration):

    dependencies = [("outreach", "0014_report_forms")]

    operations = [
        migrations.AddField("tally", "unmet", models.JSONField(default=dict)),
        migrations.AddField(
            "resident", "search_text", models.TextField(default="", editable=False)
        ),
        migrations.AddIndex(
            "household",
            models.Index(fields=["ward", "walking_order", "id"], name="household_walk"),
        ),
        migrations.AddIndex(
            "resident",
            models.Index(fields=["ward", "name_sort_key", "id"], name="resident_name"),
        ),
        migrations.RunPython(forget_tallies, migrations.RunPython.noop),
        migrations.RunPython(make_people_findable, migrations.RunPython.noop),
    ]
