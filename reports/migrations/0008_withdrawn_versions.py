"""Versions withdrawn by themselves; and by what a file is known to be what would be printed now."""

import django.db.models.deletion
from django.db import migrations, models

from profile_workflow.models import triggers

TABLES = ("reports_withdrawal",)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('profile_workflow', '0013_branding'),
        ('reports', '0007_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='material_digest',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of what was read'),
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profile_workflow.event')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='profile_workflow.profile')),
            ],
            options={
                'verbose_name': 'withdrawal of a version',
                'verbose_name_plural': 'withdrawals of versions',
                'constraints': [models.UniqueConstraint(fields=('profile', 'version'), name='withdrawal_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
