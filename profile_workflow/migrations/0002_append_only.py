"""Triggers that refuse to change or delete events, revisions and frozen versions."""

from django.db import migrations

from profile_workflow.models import triggers

TABLES = (
    "profile_workflow_event",
    "profile_workflow_revision",
    "profile_workflow_profileversion",
)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("profile_workflow", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
