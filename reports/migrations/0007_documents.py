"""Files for Word, e-books and data are made and published too; the name of a kind may be longer."""

from django.db import migrations, models

from profile_workflow.models import triggers

TABLES = ("reports_publicationfile",)


def install(apps, schema_editor):
    """SQLite makes the table anew, without the triggers that keep its rows as they are."""
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0006_passing_builds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='build',
            name='kind',
            field=models.CharField(choices=[('preview', 'Preview of the working text'), ('consultation', 'Consultation version'), ('publication', 'Publication'), ('summary', 'Summary of four pages'), ('practices', 'Practice sheets'), ('record', 'Validation record'), ('docx', 'Word document'), ('epub', 'E-book (EPUB)'), ('json', 'All data (JSON)'), ('chapter', 'Preview of a chapter'), ('annex', 'Annex of comments and answers')], max_length=20, verbose_name='kind'),
        ),
        migrations.RunPython(remove, install),
        migrations.AlterField(
            model_name='publicationfile',
            name='content_type',
            field=models.CharField(max_length=100, verbose_name='kind'),
        ),
        migrations.RunPython(install, remove),
    ]
