"""Asks for builds and makes them; the same content is made once."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from profile_workflow.models import Profile, Section, User
from profile_workflow.services.locking import locked
from reports.builds.contents import Contents, Made
from reports.builds.lengths import lengths_of
from reports.builds.passing import PASSING
from reports.builds.pictures import PictureGone
from reports.builds.troubles import trouble_of
from reports.context import Report
from reports.errors import BuildFailed, NotAllCanBeMade
from reports.models import PASSING_KINDS, Build
from reports.pdf.isolation import Progress
from reports.sealing import certificate

#: Kinds that print the whole report, and those of them that are made to be commented on.
WHOLE_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION, Build.Kind.PUBLICATION)
NUMBERED_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION)
_LIVE = (Build.State.QUEUED, Build.State.RUNNING, Build.State.DONE)
#: How often what is printed is read, if a picture is replaced while it is.
_ATTEMPTS = 3
#: Finished files that are made so no more: for publication, without what it is published with; for
#: consultation, of the time when its record still told names.
_UNFIT = Q(kind=Build.Kind.PUBLICATION, state=Build.State.DONE, frozen=[]) | Q(
    kind=Build.Kind.CONSULTATION, state=Build.State.DONE, material_digest=""
)


def digest_now(build: Build) -> str:
    """Return the SHA-256 (hex) of everything that a build would print if it was made now.

    An annex is read as ``requested_by`` may read it now, and bears the day on which it was asked
    for.

    Raises:
        BuildFailed: If there is nothing to be printed any more.
    """
    return Contents.of(build).digest


def request_build(profile: Profile, *, language: str, **wanted: Any) -> Build:
    """Ask for one file: ``read_builds`` and ``keep_builds`` in one go, of one language."""
    [build] = keep_builds(read_builds(profile, languages=[language], **wanted))
    return build


def read_builds(
    profile: Profile,
    *,
    kind: str,
    languages: Sequence[str],
    by: User | None,
    at: datetime,
    numbered: bool = False,
    section: Section | None = None,
    scope: Mapping[str, Any] | None = None,
) -> list[Build]:
    """Read what files in some languages would print; nothing is asked for before all are read.

    It takes its time, and is done outside the transaction that keeps them.

    Args:
        profile: The profile to print.
        kind: A ``Build.Kind``.
        languages: Languages of the printed labels, each once.
        by: Who asks; ``None`` for the software itself.
        at: The moment.
        numbered: Whether lines are numbered; see ``NUMBERED_KINDS``.
        section: Of a preview of one chapter: which.
        scope: Of an annex: what it is to hold.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed, whatever the language.
        NotAllCanBeMade: If there is nothing of that kind in some of several languages.

    Returns:
        For each language a build that is not stored, for ``keep_builds``.
    """
    several = [
        Build(
            profile=profile,
            kind=kind,
            language=language,
            numbered=numbered and kind in NUMBERED_KINDS,
            section=section,
            scope=dict(scope or {}),
            requested_by=by,
            created_at=at,
        )
        for language in languages
    ]
    refused: dict[str, BuildFailed] = {}
    for one in several:
        try:
            read = Contents.of(one)
            one.digest, one.material_digest = read.digest, read.material_digest
        except BuildFailed as problem:
            refused[one.language] = problem
    _refuse(refused, len(several))
    return several


def _refuse(refused: Mapping[str, BuildFailed], asked: int) -> None:
    reasons = {str(problem): problem for problem in refused.values()}
    if len(reasons) == 1 and len(refused) == asked:
        raise next(iter(reasons.values()))
    if refused:
        raise NotAllCanBeMade(refused)


def keep_builds(several: Sequence[Build]) -> list[Build]:
    """Ask for files of one profile that were read: for all of them, or for none.

    What was made of the same content is used again.

    Args:
        several: Builds of ``read_builds``, at least one.

    Returns:
        For each a finished or waiting build of the same content, or itself, which waits for
        ``run_build``.
    """
    with transaction.atomic():
        locked(several[0].profile_id, several[0].created_at)
        return [_same(one) or _stored(one) for one in several]


def _stored(wanted: Build) -> Build:
    wanted.save(force_insert=True)
    return wanted


def _same(wanted: Build) -> Build | None:
    """Return a build that is, or will be, what is wanted."""
    others = Build.objects.filter(
        profile=wanted.profile, kind=wanted.kind, language=wanted.language, section=wanted.section
    ).order_by("-created_at")
    if wanted.kind == Build.Kind.ANNEX:
        others = others.filter(requested_by=wanted.requested_by)
    if wanted.kind == Build.Kind.PUBLICATION:
        others = others.filter(material_digest=wanted.material_digest)
        if certificate.is_set():
            sealed = Q(seal__certificate=certificate.fingerprint())
            others = others.filter(sealed | ~Q(state=Build.State.DONE))
    same = others.filter(state__in=_LIVE, digest=wanted.digest).exclude(_UNFIT).first()
    if same is None and wanted.kind == Build.Kind.CHAPTER:
        # What has not begun reads the text when it does.
        return others.filter(state=Build.State.QUEUED).first()
    return same


def run_build(build_id: int) -> Build:
    """Make the file of a build; a second call, or one after a crash, does no harm.

    The content is read when the build is made, once more if a picture is replaced in between: if
    the text has changed since it was asked for, the digest is that of what is really printed.

    Returns:
        The finished build.

    Raises:
        Build.DoesNotExist: If it was forgotten before it was made.
        BuildFailed: With a sentence for the person who asked; it is stored with the build too.
    """
    found = Build.objects.select_related("profile", "section", "requested_by").get(pk=build_id)
    if found.state == Build.State.DONE:
        return found
    found.state, found.problem, found.trouble = Build.State.RUNNING, "", {}
    found.stage = Build.Stage.GATHERING
    found.save(update_fields=["state", "problem", "trouble", "stage"])
    report: Report | None = None
    try:
        for _attempt in range(_ATTEMPTS):
            read = Contents.of(found)
            report = read.report
            with suppress(PictureGone):
                return _keep(read, read.make(lambda progress: _note(build_id, progress)))
        _give_up()
    except BuildFailed as problem:
        found.state, found.problem = Build.State.FAILED, str(problem)
        found.trouble = trouble_of(problem, report)
        found.finished_at = timezone.now()
        if not Build.objects.filter(pk=found.pk, state=Build.State.DONE).exists():
            # Not over what another worker has made, to which the job was given meanwhile.
            found.save(update_fields=["state", "problem", "trouble", "finished_at"])
        raise


def _give_up() -> NoReturn:
    raise BuildFailed("pictures_change")


def _keep(read: Contents, made: Made) -> Build:
    """Store the file of a build, and what is known of it."""
    done = read.build
    passing = PASSING if done.kind in PASSING_KINDS else ""
    name = f"reports/{passing}{uuid.uuid4().hex}.{done.ending}"
    done.file.save(name, ContentFile(made.content), save=False)
    done.digest, done.material_digest = made.digest, read.material_digest
    # Of the text that was printed: it may have changed while the file was made.
    done.text_digest = read.text_digest
    done.frozen, done.seal = made.frozen, made.seal
    done.state, done.stage = Build.State.DONE, ""
    done.size = len(made.content)
    done.pages = made.pages
    if done.kind in WHOLE_KINDS and read.report is not None:
        done.lengths = lengths_of(read.report, made.lengths)
    done.sha256 = hashlib.sha256(made.content).hexdigest()
    done.finished_at = timezone.now()
    # What was forgotten meanwhile does not come back.
    done.save(force_update=True)
    return done


def _note(build_id: int, progress: Progress) -> None:
    """Keep how far a build has come; that it could not be kept is no reason to stop."""
    if not progress.stage:
        return
    with suppress(OperationalError, InterfaceError):
        Build.objects.filter(pk=build_id).update(
            stage=progress.stage,
            chapter=progress.chapter,
            chapters=progress.chapters,
            page=progress.page,
        )
