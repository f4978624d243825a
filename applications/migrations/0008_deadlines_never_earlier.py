from django.db import migrations

from applications.neverearlier import keep_deadlines, let_deadlines_go


def forwards(apps, schema_editor):
    keep_deadlines(schema_editor)


def backwards(apps, schema_editor):
    let_deadlines_go(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("applications", "0007_deadlines")]

    operations = [migrations.RunPython(forwards, backwards)]
