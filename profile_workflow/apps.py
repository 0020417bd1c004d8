"""Application configuration of the profile, its laws and its screens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfileWorkflowConfig(AppConfig):
    """Registers the rules at start-up."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "profile_workflow"
    verbose_name = _("Profiles")

    def ready(self) -> None:
        """Load the table of permissions."""
        from profile_workflow import rules  # noqa: F401, PLC0415 - registers on import
