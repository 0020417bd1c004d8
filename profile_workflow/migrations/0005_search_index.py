"""The index of the search, and what finds its entries quickly on each database."""

import django.db.models.deletion
from django.db import migrations, models

from profile_workflow.models import fulltext


def install(apps, schema_editor):
    fulltext.install(schema_editor.connection)


def remove(apps, schema_editor):
    fulltext.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0004_mails_turned_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('profile', 'Profiles'), ('section', 'Sections'), ('draft', 'Working texts'), ('source', 'Sources'), ('person', 'People'), ('city', 'Cities')], max_length=10, verbose_name='kind')),
                ('object_id', models.PositiveBigIntegerField(verbose_name='id')),
                ('place', models.CharField(blank=True, max_length=10, verbose_name='section')),
                ('title', models.TextField(verbose_name='title')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profile_workflow.profile')),
            ],
            options={
                'verbose_name': 'entry of the search',
                'verbose_name_plural': 'entries of the search',
                'indexes': [models.Index(fields=['profile', 'kind'], name='search_entry_by_profile')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='search_entry_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
