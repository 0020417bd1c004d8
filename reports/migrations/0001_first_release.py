"""Builds and publications as of the first release; a publication is never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from profile_workflow.models import triggers

TABLES = ("reports_publication",)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    initial = True

    # One step for what was built in several before the first release.
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_append_only"),
        ("reports", "0003_build_progress"),
    ]

    dependencies = [
        ('profile_workflow', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Build',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='builds', to='profile_workflow.profile')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('kind', models.CharField(choices=[('preview', 'Preview of the working text'), ('consultation', 'Consultation version'), ('publication', 'Publication')], max_length=20, verbose_name='kind')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256 of the content')),
                ('text_digest', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the text')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Being made'), ('done', 'Ready'), ('failed', 'Failed')], default='queued', max_length=10, verbose_name='state')),
                ('stage', models.CharField(blank=True, choices=[('gathering', 'Gathering texts, figures and sources'), ('layout', 'Laying out the pages'), ('contents', 'Laying out the title pages and the contents'), ('writing', 'Writing the file')], max_length=10, verbose_name='stage')),
                ('chapter', models.PositiveSmallIntegerField(default=0, verbose_name='chapter being laid out')),
                ('chapters', models.PositiveSmallIntegerField(default=0, verbose_name='chapters')),
                ('page', models.PositiveIntegerField(default=0, verbose_name='page being laid out')),
                ('file', models.FileField(blank=True, max_length=200, upload_to='', verbose_name='file')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the file')),
                ('problem', models.TextField(blank=True, verbose_name='problem')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='requested at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
            ],
            options={
                'verbose_name': 'build',
                'verbose_name_plural': 'builds',
                'indexes': [models.Index(fields=['profile', 'digest'], name='build_by_digest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='build_done_has_a_file'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='build_failed_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='profile_workflow.profile')),
                ('profile_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='profile_workflow.profileversion')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('pdf', models.FileField(max_length=200, upload_to='', verbose_name='file')),
                ('pdf_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('published_at', models.DateTimeField(verbose_name='published at')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'constraints': [models.UniqueConstraint(fields=('profile', 'version', 'language'), name='publication_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
