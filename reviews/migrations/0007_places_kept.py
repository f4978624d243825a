from django.db import migrations

from applications.appendonly import lift_append_only, make_append_only
from reviews.placekeeping import keep_places, lift_places

LEDGERS = ("reviews_decisionchange", "reviews_placemove")


def forwards(apps, schema_editor):
    keep_places(schema_editor)
    for table in LEDGERS:
        make_append_only(schema_editor, table)


def backwards(apps, schema_editor):
    for table in LEDGERS:
        lift_append_only(schema_editor, table)
    lift_places(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_deciding")]

    operations = [migrations.RunPython(forwards, backwards)]
