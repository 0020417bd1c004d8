from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0002_pictures_that_lack_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='picturefile',
            name='awaited_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='awaited by a form until'),
        ),
    ]
