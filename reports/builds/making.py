"""Asks for builds and makes them; the same content is made once."""

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from profile_workflow.models import Profile, User
from profile_workflow.services.locking import locked
from reports.builds.documents import DOCUMENT_KINDS, document_of
from reports.builds.freezing import Kept, frozen_files
from reports.builds.lengths import lengths_of
from reports.builds.outputs import output_of
from reports.builds.pictures import PictureGone, with_pictures
from reports.builds.reading import material_digest, material_for
from reports.context import Material, Report, report_from
from reports.errors import BuildFailed
from reports.models import Build
from reports.pdf.isolation import Progress
from reports.pdf.isolation import build as build_pdf

#: Kinds that print the whole report, and those of them that are made to be commented on.
WHOLE_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION, Build.Kind.PUBLICATION)
NUMBERED_KINDS = (Build.Kind.PREVIEW, Build.Kind.CONSULTATION)
_LIVE = (Build.State.QUEUED, Build.State.RUNNING, Build.State.DONE)
#: How often what is printed is read, if a picture is replaced while it is.
_ATTEMPTS = 3
#: A finished file for publication without what it is published with; none is made so any more.
_UNFIT = Q(kind=Build.Kind.PUBLICATION, state=Build.State.DONE, frozen=[])


def content_digest(profile: Profile, *, kind: str, language: str, numbered: bool = False) -> str:
    """Return the SHA-256 (hex) of everything that a build of this kind would print now.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed.
    """
    material = material_for(profile, kind=kind, language=language)
    return _digest_of(profile, material, kind=kind, numbered=numbered)


def _digest_of(profile: Profile, material: Material, *, kind: str, numbered: bool) -> str:
    report = report_from(material)
    if kind in DOCUMENT_KINDS:
        return document_of(profile, material, report, kind=kind).digest
    return output_of(material, report, kind=kind, numbered=numbered).digest


def request_build(
    profile: Profile,
    *,
    kind: str,
    language: str,
    by: User | None,
    at: datetime,
    numbered: bool = False,
) -> Build:
    """Ask for a file; what was made of the same content is used again.

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
    material = material_for(profile, kind=kind, language=language)
    digest = _digest_of(profile, material, kind=kind, numbered=numbered)
    wanted = {"profile": profile, "kind": kind, "language": language, "digest": digest}
    if kind == Build.Kind.PUBLICATION:
        wanted["material_digest"] = material_digest(profile, material)
    with transaction.atomic():
        locked(profile.pk, at)
        same = Build.objects.filter(**wanted, state__in=_LIVE).exclude(_UNFIT)
        found = same.order_by("-created_at").first()
        if found is not None:
            return found
        return Build.objects.create(**wanted, numbered=numbered, requested_by=by, created_at=at)


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
    try:
        material, report, made = _read_and_made(found)
    except BuildFailed as problem:
        found.state, found.problem = Build.State.FAILED, str(problem)
        found.finished_at = timezone.now()
        found.save(update_fields=["state", "problem", "finished_at"])
        raise
    name = f"reports/{uuid.uuid4().hex}.{found.ending}"
    found.file.save(name, ContentFile(made.content), save=False)
    if found.kind == Build.Kind.PUBLICATION:
        found.material_digest = material_digest(found.profile, material)
        found.frozen = made.frozen
    found.digest = made.digest
    # Of the text that was printed: it may have changed while the file was made.
    found.text_digest = report.digest
    found.state, found.stage = Build.State.DONE, ""
    found.size = len(made.content)
    found.pages = made.pages
    found.lengths = lengths_of(report, made.lengths) if found.kind in WHOLE_KINDS else {}
    found.sha256 = hashlib.sha256(made.content).hexdigest()
    found.finished_at = timezone.now()
    found.save()
    return found


def family_of(profile: Profile, language: str) -> str:
    """Name the builds that may use the laid-out chapters of one another."""
    return f"{profile.pk}-{language}"


@dataclass(frozen=True, slots=True)
class _Made:
    """A file that was made, and the digest of what is in it; pages are those of a PDF."""

    content: bytes
    digest: str
    pages: int = 0
    lengths: Mapping[str, float] = field(default_factory=dict)
    frozen: list[Kept] = field(default_factory=list)


def _read_and_made(wanted: Build) -> tuple[Material, Report, _Made]:
    """Read what is printed and make the file; once more if a picture was replaced in between.

    Raises:
        BuildFailed: If it cannot be made, or a picture cannot be read.
    """
    for _attempt in range(_ATTEMPTS):
        material = material_for(wanted.profile, kind=wanted.kind, language=wanted.language)
        report = report_from(material)
        with suppress(PictureGone):
            made = _make(wanted, material, report)
            if wanted.kind == Build.Kind.PUBLICATION:
                made = replace(made, frozen=frozen_files(wanted.profile, material))
            return material, report, made
    raise BuildFailed("pictures_change")


def _make(wanted: Build, material: Material, report: Report) -> _Made:
    if wanted.kind in DOCUMENT_KINDS:
        document = document_of(wanted.profile, material, report, kind=wanted.kind)
        return _Made(document.make(), document.digest)
    job = output_of(material, report, kind=wanted.kind, numbered=wanted.numbered)
    made = build_pdf(
        with_pictures(job, wanted.profile),
        listener=lambda progress: _note(wanted.pk, progress),
        family=family_of(wanted.profile, wanted.language),
    )
    return _Made(made.content, job.digest, made.pages, made.lengths)


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
