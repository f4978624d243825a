from django.db import migrations

from applications.appendonly import lift_append_only, make_append_only

TABLE = "applications_seal"


def forwards(apps, schema_editor):
    make_append_only(schema_editor, TABLE)


def backwards(apps, schema_editor):
    lift_append_only(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("applications", "0013_seals")]

    operations = [migrations.RunPython(forwards, backwards)]
