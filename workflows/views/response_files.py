"""The response table as a document to be sent along, for Word."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from profile_workflow.models import Profile
from profile_workflow.queries.responses import Response
from profile_workflow.web.spreadsheets import attachment
from profile_workflow.word.document import WordDocument, WordSection, WordTable
from profile_workflow.word.files import DOCX, make_docx
from reports.builds import annex


def docx_annex(profile: Profile, remarks: Sequence[Response], at: datetime) -> HttpResponse:
    """Return the table as a file for Word, to be saved: as the PDF holds it."""
    language = get_language() or "en"
    table = WordTable(
        title=_("Comments and responses"),
        head=annex.head(),
        rows=[annex.cells(one) for one in remarks],
    )
    document = WordDocument(
        title=annex.title_of(profile),
        introduction=[annex.made_on(at, profile.city, language)],
        language=language,
        origin=profile.slug,
        sections=[WordSection("matrix", _("Comments and responses"), "[[table:matrix]]")],
        tables={"matrix": table},
    )
    response = attachment(f"{profile.slug}-responses.docx", DOCX)
    response.write(make_docx(document))
    return response
