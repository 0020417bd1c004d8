from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0016_pictures_in_the_text'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='picture',
            name='picture_has_a_source',
        ),
        migrations.AlterField(
            model_name='picture',
            name='alt',
            field=models.TextField(blank=True, max_length=1000, verbose_name='what it shows'),
        ),
        migrations.AlterField(
            model_name='picture',
            name='caption',
            field=models.CharField(blank=True, max_length=300, verbose_name='caption'),
        ),
    ]
