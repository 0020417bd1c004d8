"""Triggers that refuse to change or delete a publication."""

from django.db import migrations

from profile_workflow.models import triggers

TABLES = ("reports_publication",)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("profile_workflow", "0002_append_only"),
    ]
    operations = [migrations.RunPython(install, remove)]
