"""What is kept of the seal of a file; publications are still written once."""

from django.db import migrations, models

from profile_workflow.models import triggers

TABLES = ("reports_publication",)


def install(apps, schema_editor):
    """Put the triggers back: SQLite makes the table anew for a column, and they go with the old."""
    triggers.remove(schema_editor.connection, TABLES)
    triggers.install(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0008_withdrawn_versions'),
    ]

    operations = [
        # Backwards the last one runs last, when the column is away.
        migrations.RunPython(migrations.RunPython.noop, install),
        migrations.AddField(
            model_name='build',
            name='seal',
            field=models.JSONField(blank=True, default=dict, verbose_name='seal'),
        ),
        migrations.AddField(
            model_name='publication',
            name='seal',
            field=models.JSONField(blank=True, default=dict, verbose_name='seal'),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
