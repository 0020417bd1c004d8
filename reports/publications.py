"""Publishing: what is published is the very file that was made of the approved text."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from profile_workflow import requirements
from profile_workflow.errors import Missing
from profile_workflow.models import Event, Profile, ProfileVersion, Section, User
from profile_workflow.services import search_index
from profile_workflow.services.revisions import freeze_profile
from profile_workflow.states import PUBLISHED_STATES, ProfileState
from reports.builds import request_build, run_build
from reports.models import Build, Publication, PublicationFile
from reports.sealing import certificate

#: What has been published stays so also while it is corrected, or while a correction is on hold.
STILL_PUBLIC = (*PUBLISHED_STATES, ProfileState.ON_HOLD)
#: What makes a file for publication old: its text may be the same, not all that is printed with it.
_MADE_OLD = Q(move="submit") | Q(
    document="profile", to_state__in=(ProfileState.PRODUCTION, ProfileState.CORRECTION)
)


def build(profile: Profile, *, language: str, by: User | None, at: datetime) -> Build:
    """Make the file for publication at once, or return it if it is made.

    Raises:
        BuildFailed: With a sentence that says why not.
    """
    wanted = request_build(profile, kind=Build.Kind.PUBLICATION, language=language, by=by, at=at)
    return run_build(wanted.pk)


def ready_builds(profile: Profile) -> list[Build]:
    """Return the newest file for publication in each language, made of the present text.

    Each with the web edition and the data made of the same text. A file that was asked for before
    the profile came to where it is published, or before a section was submitted again, tells of
    figures, approvals and a version that are no longer right, though its text may be the same.
    Where published files are sealed, one without a seal is none for publication.
    """
    since = Event.objects.filter(
        _MADE_OLD, profile=OuterRef("profile"), at__gt=OuterRef("created_at")
    )
    found = profile.builds.exclude(frozen=[]).filter(
        ~Exists(since),
        kind=Build.Kind.PUBLICATION,
        state=Build.State.DONE,
        text_digest=profile.text_digest(),
        finished_at__isnull=False,
    )
    if certificate.is_set():
        found = found.exclude(seal={})
    return list({one.language: one for one in found.order_by("created_at", "pk")}.values())


def pdf_is_made(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Ask for the PDF in the language of the text before a profile is published."""
    if not any(one.language == profile.language for one in ready_builds(profile)):
        yield Missing("no_pdf", _("The PDF of this text has not been made yet."))


def register() -> None:
    """Make the PDF a requirement of both ways to publish; tell the search what is published."""
    requirements.register("profile.publish", pdf_is_made)
    requirements.register("profile.publish_correction", pdf_is_made)
    search_index.follow_published(published_texts)


def record(profile: Profile, *, at: datetime) -> list[Publication]:
    """Keep the files made of the present text as publications; called by the move that publishes.

    The profile carries its new state and version already.
    """
    version = freeze_profile(profile, at=at)
    builds = ready_builds(profile)
    made = [
        Publication(
            profile=profile,
            profile_version=version,
            version=profile.version,
            language=one.language,
            pdf=one.file.name,
            pdf_sha256=one.sha256,
            seal=one.seal,
            published_at=at,
        )
        for one in builds
    ]
    stored = Publication.objects.bulk_create(made)
    PublicationFile.objects.bulk_create(
        PublicationFile(publication=publication, **kept)
        for publication, build in zip(stored, builds, strict=True)
        for kept in build.frozen
    )
    search_index.index_published(profile, version)
    return stored


def forget(profile: Profile) -> None:
    """Let nobody find any more what has been withdrawn; the files stay, but are not given out."""
    search_index.forget_published(profile)


def published_texts() -> Iterator[ProfileVersion]:
    """Yield the text of the newest version of each published profile; what was withdrawn not."""
    newest: dict[int, Publication] = {}
    found = Publication.objects.filter(profile__state__in=STILL_PUBLIC)
    for one in found.select_related("profile_version").order_by("published_at", "pk"):
        newest[one.profile_id] = one
    for one in newest.values():
        yield one.profile_version


def latest(profile: Profile, language: str = "") -> Publication:
    """Return the newest publication of a profile in a language, by default that of its text.

    Raises:
        Publication.DoesNotExist: If nothing has been published.
    """
    found = profile.publications.filter(language=language or profile.language)
    newest: Publication = found.latest("published_at", "pk")
    return newest
