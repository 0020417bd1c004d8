from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_first_release'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='lengths',
            field=models.JSONField(blank=True, default=dict, verbose_name='length of the sections'),
        ),
    ]
