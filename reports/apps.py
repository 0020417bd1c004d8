"""Application configuration of the reports."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """PDF, charts, exports and numbers."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Make the PDF a requirement of publishing."""
        from reports import publications  # noqa: PLC0415 - models must be loaded

        publications.register()
