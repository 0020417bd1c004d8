"""``manage.py verify_publications``: check that every published file is still the one it was."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models.fields.files import FieldFile

from reports.models import Publication, PublicationFile

_STEP = 1024 * 1024


class Command(BaseCommand):
    """Says which published file is missing, or is not the one that was published."""

    help = "Compare every published file with the fingerprint that was kept when it was published."

    def handle(self, **_options: Any) -> None:
        """Compare.

        Raises:
            CommandError: If a file is missing or changed; the exit code is 1.
        """
        problems = list(_problems())
        for line in problems:
            self.stderr.write(line)
        if problems:
            raise CommandError(f"{len(problems)} published files are missing or changed.")
        number = Publication.objects.count() + PublicationFile.objects.count()
        self.stdout.write(f"{number} published files are as they were published.")


def _problems() -> Iterator[str]:
    for one in Publication.objects.select_related("profile").order_by("pk").iterator():
        yield from _compared(f"{one.profile.slug} {one.version} PDF", one.pdf, one.pdf_sha256)
    files = PublicationFile.objects.select_related("publication__profile").order_by("pk")
    for kept in files.iterator():
        version = f"{kept.publication.profile.slug} {kept.publication.version}"
        yield from _compared(f"{version} {kept.path}", kept.file, kept.sha256)


def _compared(name: str, file: FieldFile, sha256: str) -> Iterator[str]:
    found = hashlib.sha256()
    try:
        with file.open("rb") as content:
            for piece in content.chunks(_STEP):
                found.update(piece)
    except FileNotFoundError:
        yield f"{name}: the file is missing"
        return
    if found.hexdigest() != sha256:
        yield f"{name}: the file has been changed"
