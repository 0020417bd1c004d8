"""The text that a round asks about, as whoever is asked may take it away: the consultation version.

A link gives no more than this: one kind of file, made of exactly the text that it asks about.
"""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from profile_workflow.models import ValidationRound
from reports.models import Build
from workflows.models import JobKind, OutboxJob


@dataclass(frozen=True, slots=True)
class Printed:
    """What there is of the text on paper.

    Attributes:
        build: The file; ``None`` if there is none.
        is_awaited: Whether there is none, and one is being made.
    """

    build: Build | None
    is_awaited: bool = False


def printed(opened: ValidationRound, *, language: str) -> Printed:
    """Return what there is of the text of a round: one query, and a second if there is no file."""
    build = consultation_version(opened, language=language)
    return Printed(build, is_awaited=build is None and _is_being_made(opened, language))


def consultation_version(opened: ValidationRound, *, language: str) -> Build | None:
    """Return the newest finished consultation version of exactly the text of a round: one query.

    What the SHA-256 of the printed text says otherwise of, or does not say, is none; nor is what
    was made when the record of a consultation version still told names (``Build``).

    Args:
        opened: The round.
        language: Of headings and labels, if there is one; else that of the text. One with numbered
            lines is given only if there is none without in that language.
    """
    found = opened.profile.builds.exclude(material_digest="").filter(
        kind=Build.Kind.CONSULTATION,
        state=Build.State.DONE,
        text_digest=opened.version.digest,
        language__in=(language, opened.profile.language),
    )
    wanted = Case(When(language=language, then=Value(0)), default=1, output_field=IntegerField())
    order = (wanted, "numbered", "-finished_at", "-pk")
    newest: Build | None = found.select_related("profile").order_by(*order).first()
    return newest


def _is_being_made(opened: ValidationRound, language: str) -> bool:
    """Whether a job makes one: as long as the round is open, what is read for it is its text."""
    jobs = OutboxJob.objects.unfinished().filter(kind=JobKind.PDF, profile=opened.profile_id)
    tongues = (language, opened.profile.language)
    return jobs.filter(
        payload__kind=Build.Kind.CONSULTATION, payload__language__in=tongues
    ).exists()
