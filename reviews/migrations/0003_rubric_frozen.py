from django.db import migrations

from reviews.freezing import freeze_rubrics, thaw_rubrics


def forwards(apps, schema_editor):
    freeze_rubrics(schema_editor)


def backwards(apps, schema_editor):
    thaw_rubrics(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_reviewing")]

    operations = [migrations.RunPython(forwards, backwards)]
