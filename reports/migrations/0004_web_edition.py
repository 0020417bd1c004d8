"""What is published beside the PDF: web edition, data and pictures; never changed either."""


import django.db.models.deletion
from django.db import migrations, models

from profile_workflow.models import triggers

TABLES = ("reports_publicationfile",)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0003_fingerprints'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='frozen',
            field=models.JSONField(blank=True, default=list, verbose_name='what is published with it'),
        ),
        migrations.CreateModel(
            name='PublicationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=120, verbose_name='name')),
                ('content_type', models.CharField(max_length=60, verbose_name='kind')),
                ('file', models.FileField(max_length=200, upload_to='', verbose_name='file')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.publication')),
            ],
            options={
                'verbose_name': 'file of a publication',
                'verbose_name_plural': 'files of publications',
                'indexes': [models.Index(fields=['sha256'], name='publication_file_by_hash')],
                'constraints': [models.UniqueConstraint(fields=('publication', 'path'), name='publication_file_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
