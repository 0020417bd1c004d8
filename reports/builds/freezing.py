"""Keeping what a version is published with: web edition, data and pictures, each with its hash."""

import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from profile_workflow.markup import Medium
from profile_workflow.models import Profile
from profile_workflow.word.files import DOCX
from reports.builds.data import RECORD_FILE, profile_data, record_data
from reports.builds.documents import book_of, document_of, ebook_file, with_files
from reports.builds.pictures import named, pictures_in
from reports.builds.web import edition_from
from reports.context import Material, report_from
from reports.documents.epub import EPUB
from reports.editions import EDITION, EPUB_FILE, WORD_FILE, Changes
from reports.models import Build

_JSON, _CSV = "application/json", "text/csv; charset=utf-8"
_SVG = "image/svg+xml"

#: A kept file as ``Build.frozen`` names it.
Kept = dict[str, Any]


def frozen_files(
    profile: Profile, material: Material, changes: Changes | None = None
) -> list[Kept]:
    """Make and store all that a version is published with beside its PDF.

    Args:
        profile: The profile.
        material: What was read of it for its PDF: both are made of the same.
        changes: What changed since the version before, of a correction.

    Returns:
        The stored files as ``{"path", "content_type", "file", "sha256", "size"}``.
    """
    report = report_from(material, medium=Medium.WEB)
    pictures = _pictures(profile, material)
    data = profile_data(material, report)
    names = {one["sha256"]: one["path"] for one in pictures}
    edition = edition_from(material, report, pictures=names, changes=changes)
    book = with_files(book_of(report, edition), profile, material)
    paper = document_of(
        profile, material, report_from(material), kind=Build.Kind.WORD, changes=changes
    )
    contents = [
        (EDITION, _JSON, edition.to_json()),
        ("profile.json", _JSON, data),
        (RECORD_FILE, _JSON, record_data(report)),
        *((one.name, _CSV, one.content) for one in report.data_files),
        *((name, _SVG, content) for name, content in report.drawings),
    ]
    documents = ((WORD_FILE, DOCX, paper.make()), (EPUB_FILE, EPUB, ebook_file(book)))
    texts = ((name, kind, text.encode()) for name, kind, text in contents)
    return [*(_kept(*one) for one in (*texts, *documents)), *pictures]


def _kept(name: str, kind: str, content: bytes) -> Kept:
    ending = name.rpartition(".")[2]
    stored = default_storage.save(f"reports/{uuid.uuid4().hex}.{ending}", ContentFile(content))
    sha256 = hashlib.sha256(content).hexdigest()
    return {
        "path": name,
        "content_type": kind,
        "file": stored,
        "sha256": sha256,
        "size": len(content),
    }


def _pictures(profile: Profile, material: Material) -> list[Kept]:
    """Return the files of the pictures; they are stored already, and never written again."""
    return [
        {
            "path": named(one),
            "content_type": f"image/{one.kind}",
            "file": one.full.name,
            "sha256": one.sha256,
            "size": one.size,
        }
        for one in pictures_in(profile, material)
    ]
