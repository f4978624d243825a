from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_reopening")]

    operations = [
        migrations.DeleteModel("Decision"),
        migrations.DeleteModel("Place"),
        migrations.DeleteModel("DecisionList"),
    ]
