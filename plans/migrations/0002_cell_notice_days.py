from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("plans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="cell",
            name="notice_days",
            field=models.PositiveSmallIntegerField(default=0, help_text="How long ahead a use must be asked for."),
        ),
    ]
