"""``manage.py demo``: fill the demonstration programme and drive one profile to its PDF."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from profile_workflow.models import Profile
from reports import publications
from reports.models import Publication
from workflows.demo.people import PASSWORD, address
from workflows.demo.programme import FULL_PROFILE, Demonstration

#: One account of each role, to begin with.
_ACCOUNTS = (
    ("Project team", "andreas-holm"),
    ("Local expert, Sfax", "leila-trabelsi"),
    ("International expert", "ingrid-solberg"),
    ("City focal point, Sousse", "walid-chebbi"),
    ("City authority, Lyon", "odile-vernay"),
    ("Stakeholder, Sfax", "aissatou-bamba"),
    ("Observer", "corinne-baumgartner"),
    ("Administrator", "frida-lindqvist"),
)


class Command(BaseCommand):
    """Idempotent: what is there already stays as it is."""

    help = "Fill the demonstration programme: a network, invented people, a profile in each state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
        parser.add_argument("--output", type=Path, help="where to put the PDF of the full profile")

    def handle(self, **options: Any) -> None:
        """Fill the programme, then say how to enter it."""
        began = time.monotonic()
        with translation.override("en"):
            Demonstration(
                now=timezone.now(), say=lambda line: self.stdout.write(f"  {line}")
            ).fill()
            self.stdout.write(f"  done in {time.monotonic() - began:.0f} seconds")
            self._say_how_to_enter(options["output"])

    def _say_how_to_enter(self, output: Path | None) -> None:
        profile = Profile.objects.get(slug=FULL_PROFILE)
        path = output or Path(settings.DATA_DIR) / f"{FULL_PROFILE}.pdf"
        self.stdout.write("")
        if _write_pdf(profile, path):
            self.stdout.write(f"The PDF of {profile}: {path}")
        self.stdout.write(f"Accounts (password of all: {PASSWORD}):")
        for role, key in _ACCOUNTS:
            self.stdout.write(f"  {role:26} {address(key)}")
        self.stdout.write(f"Address: {settings.SITE_URL}")


def _write_pdf(profile: Profile, path: Path) -> bool:
    """Put the published file where a person finds it; return False if nothing is published."""
    try:
        publication = publications.latest(profile)
    except Publication.DoesNotExist:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with publication.pdf.open("rb") as stored:
        path.write_bytes(stored.read())
    return True
