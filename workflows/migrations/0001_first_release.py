"""Processes, tasks and the outbox as of the first release."""

import django.db.models.deletion
import django.utils.timezone
import viewflow.workflow.fields
import viewflow.workflow.token
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # One step for what was built in several before the first release.
    replaces = [
        ("workflows", "0001_initial"),
        ("workflows", "0002_open_tasks_by_deadline"),
        ("workflows", "0003_mails_about_accounts"),
    ]

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('profile_workflow', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutboxJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mail', 'Mail'), ('pdf', 'PDF'), ('account', 'Mail about an account')], max_length=20, verbose_name='kind')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='key')),
                ('payload', models.JSONField(default=dict, verbose_name='payload')),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outbox_jobs', to='profile_workflow.profile', verbose_name='profile')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='leased until')),
                ('leased_by', models.CharField(blank=True, max_length=100, verbose_name='leased by')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'indexes': [models.Index(fields=['state', 'not_before'], name='job_to_pick')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='job_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'running'), models.Q(('leased_by', ''), _negated=True)), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', True), ('leased_by', '')), _connector='OR'), name='job_lease_is_for_running'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed'))), models.Q(models.Q(('state__in', ('done', 'failed')), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='job_finish_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='ProfileProcess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow_class', viewflow.workflow.fields.FlowReferenceField(max_length=250, verbose_name='Flow')),
                ('status', models.CharField(choices=[('CANCELED', 'Canceled'), ('DONE', 'Done'), ('NEW', 'New')], default='NEW', max_length=50, verbose_name='Status')),
                ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Created')),
                ('finished', models.DateTimeField(blank=True, null=True, verbose_name='Finished')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='processes', to='profile_workflow.profile')),
            ],
            options={
                'verbose_name': 'process',
                'verbose_name_plural': 'processes',
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'NEW')), fields=('profile',), name='one_live_process')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow_task', viewflow.workflow.fields.TaskReferenceField(max_length=255, verbose_name='Task')),
                ('flow_task_type', models.CharField(max_length=50, verbose_name='Type')),
                ('status', models.CharField(choices=[('ASSIGNED', 'Assigned'), ('CANCELED', 'Canceled'), ('DONE', 'Done'), ('ERROR', 'Error'), ('NEW', 'New'), ('REVIVED', 'Revived'), ('SCHEDULED', 'Scheduled'), ('STARTED', 'Started')], db_index=True, default='NEW', max_length=50, verbose_name='Status')),
                ('created', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='Created')),
                ('assigned', models.DateTimeField(blank=True, null=True, verbose_name='Assigned')),
                ('started', models.DateTimeField(blank=True, null=True, verbose_name='Started')),
                ('finished', models.DateTimeField(blank=True, null=True, verbose_name='Finished')),
                ('token', viewflow.workflow.fields.TokenField(default=viewflow.workflow.token.Token('start'), max_length=150, verbose_name='Token')),
                ('owner_permission_obj_pk', models.CharField(blank=True, max_length=255, null=True)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='workflows.profileprocess')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='profile_workflow.profile')),
                ('section', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='profile_workflow.section')),
                ('signoff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='profile_workflow.signoff')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('role', models.CharField(blank=True, choices=[('project_team', 'Project team'), ('local_expert', 'Local expert'), ('co_author', 'Co-author'), ('international_expert', 'International expert'), ('focal_point', 'City focal point'), ('city_authority', 'City authority'), ('stakeholder', 'Stakeholder'), ('observer', 'Observer'), ('translator', 'Translator'), ('administrator', 'Administrator')], max_length=30, verbose_name='role')),
                ('move', models.CharField(blank=True, max_length=40, verbose_name='move that finished it')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded at')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='reported as overdue at')),
                ('owner_permission_content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('previous', models.ManyToManyField(related_name='leading', to='workflows.task', verbose_name='Previous')),
            ],
            options={
                'verbose_name': 'task',
                'verbose_name_plural': 'tasks',
                'indexes': [models.Index(condition=models.Q(('finished__isnull', True), ('flow_task_type', 'HUMAN')), fields=['owner', 'due_at'], name='task_inbox'), models.Index(condition=models.Q(('finished__isnull', True), ('flow_task_type', 'HUMAN')), fields=['profile', 'due_at'], name='task_next'), models.Index(condition=models.Q(('finished__isnull', True), ('flow_task_type', 'HUMAN')), fields=['due_at'], name='task_deadlines'), models.Index(fields=['process', 'status'], name='task_by_process')],
                'constraints': [models.CheckConstraint(condition=models.Q(('section__isnull', True), ('signoff__isnull', True), _connector='OR'), name='task_is_about_one_document')],
            },
        ),
    ]
