"""Application configuration of the process."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """The process that moves profiles, its tasks and its outbox."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "workflows"
    verbose_name = _("Process")
