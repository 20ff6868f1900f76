from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the index is made while downloads are written

    dependencies = [
        ('releases', '0004_fixes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='download',
            index=models.Index(condition=models.Q(('started_at', None)), fields=['tenant', 'asked_at'], name='download_never_begun'),
        ),
    ]
