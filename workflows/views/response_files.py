"""The response table as a document to be sent along: for Word, and as a PDF annex."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import locks
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from profile_workflow.models import Profile
from profile_workflow.queries.responses import Response
from profile_workflow.web.spreadsheets import attachment
from profile_workflow.word.files import DOCX, make_docx
from profile_workflow.word.writing import WordDocument, WordSection, WordTable
from reports.builds.pages import style_sheet
from reports.errors import BuildFailed
from reports.pdf.isolation import Limits, build
from reports.pdf.job import Job, Part

#: Seconds that the annex may take while somebody waits for it.
_PATIENCE = 45.0


def docx_annex(profile: Profile, remarks: Sequence[Response], at: datetime) -> HttpResponse:
    """Return the table as a file for Word, to be saved."""
    table = WordTable(
        title=_("Comments and responses"), head=_head(), rows=[_cells(one) for one in remarks]
    )
    document = WordDocument(
        title=_title(profile),
        introduction=[_made(at)],
        language=get_language() or "en",
        origin=profile.slug,
        sections=[WordSection("matrix", _("Comments and responses"), "[[table:matrix]]")],
        tables={"matrix": table},
    )
    response = attachment(f"{profile.slug}-responses.docx", DOCX)
    response.write(make_docx(document))
    return response


def pdf_annex(profile: Profile, remarks: Sequence[Response], at: datetime) -> HttpResponse:
    """Return the table as a PDF, to be saved.

    Raises:
        BuildFailed: If it cannot be printed, with a sentence for whoever asked.
    """
    language = get_language() or "en"
    title = _title(profile)
    table = {
        "heading": _("Comments and responses"),
        "made": _made(at),
        "head": _head(),
        "rows": [_cells(one) for one in remarks],
    }
    job = Job(
        language=language,
        direction="rtl" if get_language_bidi() else "ltr",
        title=title,
        authors=(),
        description=title,
        keywords=(),
        moment=at.replace(hour=0, minute=0, second=0, microsecond=0).isoformat(),
        front=render_to_string("reports/matrix_front.html", {"title": title, **table}),
        parts=(Part(_("Comments and responses"), render_to_string("reports/matrix.html", table)),),
        styles=(
            style_sheet("report.css"),
            *((style_sheet("report-rtl.css"),) if get_language_bidi() else ()),
        ),
    )
    limits = Limits.from_settings()
    limits = replace(limits, wall_seconds=min(limits.wall_seconds, _PATIENCE))
    with _one_at_a_time():
        made = build(job, limits=limits)
    response = attachment(f"{profile.slug}-responses.pdf", "application/pdf")
    response.write(made.content)
    return response


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let no more than one such file be made at once, whoever asks for it in whatever process.

    Raises:
        BuildFailed: If one is being made.
    """
    with (Path(settings.DATA_DIR) / "annex.lock").open("ab") as held:
        if not locks.lock(held, locks.LOCK_EX | locks.LOCK_NB):
            raise BuildFailed("busy")
        yield


def _title(profile: Profile) -> str:
    return f"{profile.title} {profile.edition}"


def _made(at: datetime) -> str:
    day = date_format(timezone.localtime(at).date(), "DATE_FORMAT")
    return _("Comments and responses, as they stood on %(day)s.") % {"day": day}


def _head() -> list[str]:
    return [_("Number"), _("Section"), _("Comment"), _("Decision"), _("Answer"), _("State")]


def _cells(remark: Response) -> list[str]:
    """Return a comment in few columns; by whom it is as its reader may know."""
    one = remark.comment
    said = [f"{one.get_kind_display()} – {remark.by.name}"]
    if one.quote:
        said.append(f"“{one.quote}”")
    if one.replaces:
        said.append(f"→ {one.replacement or _('(leave out)')}")
    said.append(one.text)
    said += [f"{each.by.name}: {each.reply.text}" for each in remark.replies]
    return [
        str(one.pk),
        str(one.section),
        "\n".join(part for part in said if part),
        remark.verdict,
        one.answer,
        one.get_state_display(),
    ]
