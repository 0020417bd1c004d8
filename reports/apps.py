"""Application configuration of the reports."""

import ctypes
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - Django's name
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profile_workflow.charts import painting
from reports.errors import engine_warning
from reports.sealing import certificate, key

_FONTS = Path(__file__).resolve().parent / "static" / "reports" / "fonts"
_SUBSETTING = "libharfbuzz-subset.so.0"


def check_subsetting(**_options: Any) -> list[CheckMessage]:
    """Warn if the library is missing without which files are made slowly and never twice alike."""
    try:
        ctypes.CDLL(_SUBSETTING)
    except OSError:
        return [Warning(engine_warning("no_harfbuzz_subset"), id="reports.W001")]
    return []


def check_seal(**_options: Any) -> list[CheckMessage]:
    """Warn if published files are to be sealed and cannot be, or cannot be for long.

    The key is tried where it is set, which is where the workers are.
    """
    now = timezone.now()
    problem = key.complaint(now) if settings.SEAL_PKCS12 else certificate.warning(now)
    return [Warning(problem, id="reports.W002")] if problem else []


class ReportsConfig(AppConfig):
    """PDF, charts, exports and numbers."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Guard publications, make the PDF a requirement of publishing, lend the fonts, check."""
        from profile_workflow.models import triggers  # noqa: PLC0415 - models must be loaded
        from reports import publications  # noqa: PLC0415 - likewise

        triggers.protect("reports_publication")
        triggers.protect("reports_publicationfile")
        triggers.protect("reports_withdrawal")
        publications.register()
        painting.use_fonts(_FONTS)
        register(check_subsetting)
        register(check_seal)
