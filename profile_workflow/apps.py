"""Application configuration of the profile, its laws and its screens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfileWorkflowConfig(AppConfig):
    """Registers the rules and lets the search follow the tables at start-up."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "profile_workflow"
    verbose_name = _("Profiles")

    def ready(self) -> None:
        """Load the table of permissions; watch what is searched."""
        from profile_workflow import rules  # noqa: F401, PLC0415 - registers on import
        from profile_workflow.services import search_index  # noqa: PLC0415 - models must be loaded

        search_index.watch(self)
