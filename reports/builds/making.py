"""Asks for builds and makes them; the same content is made once."""

import hashlib
import uuid
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from profile_workflow.models import Profile, User
from profile_workflow.services.locking import locked
from reports.builds.freezing import frozen_files
from reports.builds.lengths import lengths_of
from reports.builds.outputs import output_of
from reports.builds.pictures import with_pictures
from reports.context import Material, material_of, report_from
from reports.errors import BuildFailed
from reports.models import Build
from reports.pdf.isolation import Progress
from reports.pdf.isolation import build as build_pdf
from reports.sealing import certificate

#: Kinds that print the whole report, and those of them that are made to be commented on.
WHOLE_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION, Build.Kind.PUBLICATION)
NUMBERED_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION)
_LIVE = (Build.State.QUEUED, Build.State.RUNNING, Build.State.DONE)
#: A finished file for publication without what it is published with; none is made so any more.
_UNFIT = Q(kind=Build.Kind.PUBLICATION, state=Build.State.DONE, frozen=[])
_UNSEALED = Q(kind=Build.Kind.PUBLICATION, state=Build.State.DONE, seal={})


def material_for(profile: Profile, *, kind: str, language: str) -> Material:
    """Read what a build of this kind prints: the working text as preview, else the frozen one."""
    return material_of(
        profile,
        language=language,
        drafts=kind == Build.Kind.PREVIEW,
        as_public=kind == Build.Kind.PUBLICATION,
    )


def content_digest(profile: Profile, *, kind: str, language: str, numbered: bool = False) -> str:
    """Return the SHA-256 (hex) of everything that a build of this kind would print now.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed.
    """
    material = material_for(profile, kind=kind, language=language)
    return output_of(material, report_from(material), kind=kind, numbered=numbered).digest


def request_build(
    profile: Profile,
    *,
    kind: str,
    language: str,
    by: User | None,
    at: datetime,
    numbered: bool = False,
) -> Build:
    """Ask for a PDF; what was made of the same content is used again.

    Args:
        profile: The profile to print.
        kind: A ``Build.Kind``.
        language: Language of the printed labels.
        by: Who asks; ``None`` for the software itself.
        at: The moment.
        numbered: Whether lines are numbered; see ``NUMBERED_KINDS``.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed.

    Returns:
        A finished or waiting build of the same content, or a new one that waits for
        ``run_build``.
    """
    numbered = numbered and kind in NUMBERED_KINDS
    digest = content_digest(profile, kind=kind, language=language, numbered=numbered)
    with transaction.atomic():
        locked(profile.pk, at)
        same = Build.objects.filter(profile=profile, kind=kind, language=language, digest=digest)
        unfit = _UNFIT | _UNSEALED if certificate.is_set() else _UNFIT
        found = same.filter(state__in=_LIVE).exclude(unfit).order_by("-created_at").first()
        if found is not None:
            return _asked_again(found, at)
        return Build.objects.create(
            profile=profile,
            kind=kind,
            language=language,
            numbered=numbered,
            digest=digest,
            requested_by=by,
            created_at=at,
        )


def _asked_again(found: Build, at: datetime) -> Build:
    """Note of a file for publication that it is, at a moment, still what would be printed."""
    if found.kind == Build.Kind.PUBLICATION and at > found.created_at:
        found.created_at = at
        found.save(update_fields=["created_at"])
    return found


def run_build(build_id: int) -> Build:
    """Make the file of a build; a second call, or one after a crash, does no harm.

    The content is read when the build is made: if the text has changed since it was asked for,
    the digest is that of what is really printed.

    Returns:
        The finished build.

    Raises:
        BuildFailed: With a sentence for the person who asked; it is stored with the build too.
    """
    found = Build.objects.select_related("profile").get(pk=build_id)
    if found.state == Build.State.DONE:
        return found
    found.state, found.problem = Build.State.RUNNING, ""
    found.stage = Build.Stage.GATHERING
    found.save(update_fields=["state", "problem", "stage"])
    material = material_for(found.profile, kind=found.kind, language=found.language)
    report = report_from(material)
    try:
        job = output_of(material, report, kind=found.kind, numbered=found.numbered)
        full = with_pictures(job, found.profile)
        made = build_pdf(full, listener=lambda progress: _note(build_id, progress))
        content, found.seal = _sealed(made.content, found)
    except BuildFailed as problem:
        found.state, found.problem = Build.State.FAILED, str(problem)
        found.finished_at = timezone.now()
        found.save(update_fields=["state", "problem", "finished_at"])
        raise
    found.file.save(f"reports/{uuid.uuid4().hex}.pdf", ContentFile(content), save=False)
    if found.kind == Build.Kind.PUBLICATION:
        found.frozen = frozen_files(found.profile, material)
    found.digest = job.digest
    # Of the text that was printed: it may have changed while the file was made.
    found.text_digest = report.digest
    found.state, found.stage = Build.State.DONE, ""
    found.size = len(content)
    found.pages = made.pages
    found.lengths = lengths_of(report, made.lengths) if found.kind in WHOLE_KINDS else {}
    found.sha256 = hashlib.sha256(content).hexdigest()
    found.finished_at = timezone.now()
    found.save()
    return found


def _sealed(content: bytes, build: Build) -> tuple[bytes, dict[str, Any]]:
    """Put the seal on a file for publication, if there is one; the file in front of it stays."""
    if build.kind != Build.Kind.PUBLICATION or not certificate.is_set():
        return content, {}
    at = timezone.now()
    try:
        in_force = certificate.in_force(at)
        # Imported here: a server without the seal does not need its library.
        from reports.sealing.signing import sealed  # noqa: PLC0415

        with_seal, seal = sealed(content, with_=in_force, at=at, language=build.language)
    except certificate.Unusable as problem:
        raise BuildFailed("seal_unusable", reason=str(problem)) from None
    return with_seal, asdict(seal)


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


def latest_current_build(profile: Profile) -> Build | None:
    """Return the newest finished build whose content is still that of the profile, if any."""
    current: dict[tuple[str, str, bool], str | None] = {}
    for found in profile.builds.filter(state=Build.State.DONE).order_by("-finished_at"):
        wanted = (found.kind, found.language, found.numbered)
        if wanted not in current:
            current[wanted] = _digest_now(profile, found)
        if found.digest == current[wanted]:
            return found
    return None


def _digest_now(profile: Profile, made: Build) -> str | None:
    try:
        return content_digest(
            profile, kind=made.kind, language=made.language, numbered=made.numbered
        )
    except BuildFailed:
        return None
