"""What is published is found by everybody; the index is made anew afterwards, as its name asks for."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0008_signing_and_priorities_by_link'),
    ]

    operations = [
        migrations.AlterField(
            model_name='searchentry',
            name='kind',
            field=models.CharField(choices=[('profile', 'Profiles'), ('section', 'Sections'), ('draft', 'Working texts'), ('source', 'Sources'), ('person', 'People'), ('city', 'Cities'), ('published', 'Published sections')], max_length=10, verbose_name='kind'),
        ),
    ]
