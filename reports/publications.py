"""Publishing: what is published is the very file that was made of the approved text."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext as _

from profile_workflow import requirements
from profile_workflow.errors import DomainError, Missing, NotAllowed, NotNow
from profile_workflow.models import Event, Profile, ProfileVersion, Section, User
from profile_workflow.services import search_index
from profile_workflow.services.revisions import freeze_profile
from profile_workflow.states import PUBLISHED_STATES, ProfileState, Role
from reports.builds import request_build, run_build
from reports.builds.reading import material_digest, material_for
from reports.editions import NotKept, edition_of
from reports.models import Build, Publication, PublicationFile, Withdrawal
from reports.sealing import certificate

#: What has been published stays so also while it is corrected, or while a correction is on hold.
STILL_PUBLIC = (*PUBLISHED_STATES, ProfileState.ON_HOLD)
#: Where the answer is kept with a profile until it is fetched anew.
_READY = "_ready_builds"


def build(profile: Profile, *, language: str, by: User | None, at: datetime) -> Build:
    """Make the file for publication at once, or return it if it is made.

    Raises:
        BuildFailed: With a sentence that says why not.
    """
    wanted = request_build(profile, kind=Build.Kind.PUBLICATION, language=language, by=by, at=at)
    return run_build(wanted.pk)


def ready_builds(profile: Profile) -> list[Build]:
    """Return the newest file for publication in each language that is what would be printed now.

    Each with the web edition and the data made of the same reading. A text can stand unchanged
    beside other figures, sources, approvals or words of the programme: so all that is printed is
    read again and compared. Where published files are sealed, one without the present seal is none
    for publication. The answer is kept with the instance: fetch the profile anew to see later
    changes. The move that publishes asks before the profile has its new state and version.
    """
    kept: list[Build] | None = profile.__dict__.get(_READY)
    if kept is None:
        kept = profile.__dict__[_READY] = list(_present(profile))
    return kept


def _made(profile: Profile) -> dict[str, list[Build]]:
    """Return language → files made of the present text, newest first."""
    found = profile.builds.exclude(frozen=[]).filter(
        kind=Build.Kind.PUBLICATION,
        state=Build.State.DONE,
        text_digest=profile.text_digest(),
        finished_at__isnull=False,
    )
    if certificate.is_set():
        # One of a certificate that was replaced is none either: its key may be in wrong hands.
        found = found.filter(seal__certificate=certificate.fingerprint())
    made: dict[str, list[Build]] = {}
    for one in found.order_by("-created_at", "-pk"):
        made.setdefault(one.language, []).append(one)
    return made


def _present(profile: Profile) -> Iterator[Build]:
    for language, several in _made(profile).items():
        material = material_for(profile, kind=Build.Kind.PUBLICATION, language=language)
        now = material_digest(profile, material)
        yield from [one for one in several if one.material_digest == now][:1]


def pdf_is_made(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Ask for the PDF in the language of the text before a profile is published."""
    if any(one.language == profile.language for one in ready_builds(profile)):
        return
    if profile.language in _made(profile):
        yield Missing(
            "no_pdf",
            _(
                "Since the PDF was made, something else that it prints has changed: a figure, a "
                "source, an approval or words of the programme. Ask for it again."
            ),
        )
    else:
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


def standing_versions(profile: Profile) -> list[str]:
    """Return the numbers of the versions that everybody can read, newest first: one query."""
    if profile.published_at is None or profile.state not in STILL_PUBLIC:
        return []
    found = Publication.objects.standing().filter(profile=profile).order_by("-published_at", "-pk")
    return list(dict.fromkeys(found.values_list("version", flat=True)))


def refusal_to_withdraw(profile: Profile, version: str, by: User) -> DomainError | None:
    """Return why a person may not withdraw a version by itself now, or None if he may."""
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return NotAllowed(_("Only the project team withdraws a version."))
    standing = standing_versions(profile)
    if version not in standing:
        return NotNow(_("This version is not public any more."))
    if standing == [version]:
        return NotNow(
            _("This is the only version that is public: withdraw the profile, or correct it.")
        )
    return None


def versions_to_withdraw(profile: Profile, by: User) -> list[str]:
    """Return the numbers of the versions that a person may withdraw by themselves, newest first."""
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return []
    standing = standing_versions(profile)
    return standing if len(standing) > 1 else []


def versions_that_quote(profile: Profile, version: str) -> list[str]:
    """Return the public versions whose files print figures or titles of another one."""
    found = Publication.objects.standing().filter(profile=profile).exclude(version=version)
    quoting = []
    for one in found.order_by("-published_at", "-pk"):
        with suppress(NotKept):
            changes = edition_of(one).changes
            if changes is not None and changes.since == version and changes.is_quoting:
                quoting.append(one.version)
    return list(dict.fromkeys(quoting))


def withdraw(profile: Profile, version: str, event: Event) -> None:
    """Take a version out of what everybody can read; its rows and files stay as they are.

    Args:
        profile: The profile, locked.
        version: Number of the version.
        event: What the log says of it.
    """
    Withdrawal.objects.create(profile=profile, version=version, event=event)
    search_index.index_published(profile, latest(profile).profile_version)


def published_texts() -> Iterator[ProfileVersion]:
    """Yield the text of the newest version of each published profile; what was withdrawn not."""
    newest: dict[int, Publication] = {}
    found = Publication.objects.standing().filter(profile__state__in=STILL_PUBLIC)
    for one in found.select_related("profile_version").order_by("published_at", "pk"):
        newest[one.profile_id] = one
    for one in newest.values():
        yield one.profile_version


def latest(profile: Profile, language: str = "") -> Publication:
    """Return the newest publication of a profile in a language, by default that of its text.

    Versions that were withdrawn by themselves are left out.

    Raises:
        Publication.DoesNotExist: If nothing has been published.
    """
    published = Publication.objects.standing().filter(profile=profile)
    found = published.filter(language=language or profile.language)
    newest: Publication = found.latest("published_at", "pk")
    return newest
