"""Writes the PDF of a profile, or its text for another program, to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profile_workflow.models import Profile
from reports.builds.changes import changes_told
from reports.builds.documents import DOCUMENT_KINDS, document_of
from reports.builds.outputs import output_of
from reports.builds.pictures import with_pictures
from reports.context import material_of, report_from
from reports.errors import BuildFailed
from reports.labels import LANGUAGES
from reports.models import Build
from reports.pdf.isolation import build


class Command(BaseCommand):
    """``render_profile SLUG --language en --output FILE [--drafts] [--kind summary]``."""

    help = "Write the PDF of a profile, or its text for another program, to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the arguments."""
        parser.add_argument("slug", help="short name of the profile")
        parser.add_argument(
            "--language", choices=LANGUAGES, help="language of the labels; the profile's by default"
        )
        parser.add_argument("--output", type=Path, required=True, help="file to write")
        parser.add_argument(
            "--drafts", action="store_true", help="print the working text, not the submitted one"
        )

        parser.add_argument(
            "--kind",
            choices=Build.Kind.values,
            default=Build.Kind.CONSULTATION,
            help="what to print",
        )
        parser.add_argument("--numbered", action="store_true", help="number every fifth line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the file.

        Raises:
            CommandError: If there is no such profile or the file cannot be made.
        """
        profile = Profile.objects.filter(slug=options["slug"]).first()
        if profile is None:
            raise CommandError(f"There is no profile {options['slug']!r}.")
        material = material_of(
            profile, language=options["language"] or "", drafts=options["drafts"]
        )
        report = report_from(material)
        for where, problem in report.problems:
            self.stderr.write(f"{where}: {problem.code} {problem.detail}")
        kind, changes = options["kind"], None
        if not options["drafts"]:
            changes = changes_told(profile, material, kind=kind)
        try:
            if kind in DOCUMENT_KINDS:
                content = document_of(profile, material, report, kind=kind, changes=changes).make()
                self._keep(content, "", options["output"])
            else:
                numbered = options["numbered"]
                job = output_of(material, report, kind=kind, numbered=numbered, changes=changes)
                made = build(with_pictures(job, profile))
                for warning in made.warnings:
                    self.stderr.write(warning)
                self._keep(made.content, f"{made.pages} pages, ", options["output"])
        except BuildFailed as problem:
            raise CommandError(str(problem)) from problem

    def _keep(self, content: bytes, length: str, output: Path) -> None:
        output.write_bytes(content)
        self.stdout.write(f"{output}: {length}{len(content)} bytes")
