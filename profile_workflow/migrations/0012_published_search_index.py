"""What is published is found by everybody; the index is made anew afterwards, as its name asks for."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0011_workshops_and_paper'),
    ]

    operations = [
        migrations.AlterField(
            model_name='searchentry',
            name='kind',
            field=models.CharField(choices=[('profile', 'Profiles'), ('section', 'Sections'), ('draft', 'Working texts'), ('source', 'Sources'), ('person', 'People'), ('city', 'Cities'), ('published', 'Published sections')], max_length=10, verbose_name='kind'),
        ),
    ]
