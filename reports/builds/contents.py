"""What a build is made of: read once, known by its digest, made into a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils import timezone

from reports.builds.annex import annex_of
from reports.builds.changes import changes_told
from reports.builds.documents import DOCUMENT_KINDS, Document, document_of
from reports.builds.freezing import Kept, frozen_files
from reports.builds.outputs import chapter_of, output_of
from reports.builds.pictures import with_pictures
from reports.builds.reading import material_digest, material_for
from reports.context import Material, Report, report_from
from reports.editions import Changes
from reports.errors import BuildFailed
from reports.models import Build
from reports.pdf.isolation import Listener
from reports.pdf.isolation import build as build_pdf
from reports.pdf.job import Job
from reports.sealing import certificate, key


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made.

    Attributes:
        content: The bytes.
        digest: SHA-256 (hex) of everything that is in it.
        pages: Of a PDF: how many.
        lengths: Of a PDF: id of the title of a chapter → how many pages it fills.
        frozen: What a file for publication is published with (``Build.frozen``).
        seal: What is kept of the seal of the programme (``Build.seal``).
    """

    content: bytes
    digest: str
    pages: int = 0
    lengths: Mapping[str, float] = field(default_factory=dict)
    frozen: list[Kept] = field(default_factory=list)
    seal: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read for a build; nothing for an annex, which is made of no report.

    Attributes:
        changes: What the text changes in what was published; of a correction.
        material_digest: SHA-256 (hex) of everything that was read for a file for publication, or a
            consultation version; else empty. Taken before the file is made: a version that is
            withdrawn meanwhile may be quoted in it, and then the file must not pass for one of the
            present.
    """

    build: Build
    material: Material | None = None
    report: Report | None = None
    changes: Changes | None = None
    material_digest: str = ""

    @classmethod
    def of(cls, build: Build) -> Self:
        """Read what a build prints now."""
        if build.kind == Build.Kind.ANNEX:
            return cls(build)
        material = material_for(build.profile, kind=build.kind, language=build.language)
        digest = ""
        if build.kind in (Build.Kind.CONSULTATION, Build.Kind.PUBLICATION):
            digest = material_digest(build.profile, material)
        changes = changes_told(build.profile, material, kind=build.kind)
        return cls(build, material, report_from(material), changes, digest)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that is in the file.

        Raises:
            BuildFailed: If there is nothing of that kind to be made.
        """
        return (self._document() or self._job()).digest

    @property
    def text_digest(self) -> str:
        """SHA-256 (hex) of the text that is printed: of all of it, or of the one chapter."""
        if self.report is None:
            return ""
        if self.build.section is None:
            return self.report.digest
        key = self.build.section.key
        return next(one.sha256 for one in self.report.chapters if one.key == key)

    def make(self, listener: Listener) -> Made:
        """Make the file.

        Args:
            listener: Told about once a second how far a PDF has come.

        Raises:
            BuildFailed: If it cannot be made, or a picture cannot be read.
            PictureGone: If a picture was replaced since this was read.
        """
        document = self._document()
        if document is not None:
            return Made(document.make(), document.digest)
        build, job = self.build, self._job()
        made = build_pdf(
            with_pictures(job, build.profile), listener=listener, family=family_of(build)
        )
        if build.kind != Build.Kind.PUBLICATION or self.material is None:
            return Made(made.content, job.digest, made.pages, made.lengths)
        content, seal = _sealed(made.content, build)
        frozen = frozen_files(build.profile, self.material, self.changes)
        return Made(content, job.digest, made.pages, made.lengths, frozen, seal)

    def _document(self) -> Document | None:
        build = self.build
        if self.material is None or self.report is None or build.kind not in DOCUMENT_KINDS:
            return None
        return document_of(
            build.profile, self.material, self.report, kind=build.kind, changes=self.changes
        )

    def _job(self) -> Job:
        build = self.build
        if self.material is None or self.report is None:
            return annex_of(build)
        if build.section is not None:
            return chapter_of(self.report, build.section.key)
        return output_of(
            self.material,
            self.report,
            kind=build.kind,
            numbered=build.numbered,
            changes=self.changes,
        )


def family_of(build: Build) -> str:
    """Name the builds that may use the laid-out chapters of one another.

    Those of a profile in a language may. What was made for one reader is kept for nobody; and what
    is published is made by a process that has seen no text but the approved one.

    Returns:
        A name that such builds share; empty for one that shares with none.
    """
    is_alone = build.kind in (Build.Kind.ANNEX, Build.Kind.PUBLICATION)
    return "" if is_alone else f"{build.profile_id}-{build.language}"


def _sealed(content: bytes, build: Build) -> tuple[bytes, dict[str, Any]]:
    """Put the seal on a file for publication, if there is one; the file in front of it stays.

    Where the key is set and its certificate is not, a file is meant to be sealed and cannot be.
    """
    at = timezone.now()
    if not certificate.is_set() and (problem := key.complaint(at)):
        raise BuildFailed("seal_unusable", reason=problem)
    if not certificate.is_set():
        return content, {}
    try:
        in_force = certificate.in_force(at)
        # Imported here: a server without the seal does not need its library.
        from reports.sealing.signing import sealed  # noqa: PLC0415

        with_seal, seal = sealed(content, with_=in_force, at=at, language=build.language)
    except certificate.Unusable as problem:
        raise BuildFailed("seal_unusable", reason=str(problem)) from None
    return with_seal, asdict(seal)
