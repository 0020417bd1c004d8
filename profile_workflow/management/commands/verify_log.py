"""``manage.py verify_log``: check the chain of events of every profile."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profile_workflow.models import Event, Profile
from profile_workflow.services.log import broken_links, head_of


class Command(BaseCommand):
    """Says where a log was changed, cut or forged; keeps and compares anchors."""

    help = (
        "Verify the hash chain of events of every profile. A log that was cut at its end together "
        "with the state of its documents shows only against an anchor kept elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
        parser.add_argument("--write-anchor", type=Path, help="write the heads of all chains here")
        parser.add_argument("--against", type=Path, help="compare with an anchor written earlier")

    def handle(self, **options: Any) -> None:
        """Verify, then write or compare anchors.

        Raises:
            CommandError: If anything does not hold; the exit code is 1.
        """
        problems = [line for one in Profile.objects.order_by("slug") for line in broken_links(one)]
        if options["against"]:
            problems += _differences(json.loads(options["against"].read_text()))
        for line in problems:
            self.stderr.write(line)
        if problems:
            raise CommandError(f"{len(problems)} problems in the event log.")
        if options["write_anchor"]:
            options["write_anchor"].write_text(json.dumps(_heads(), indent=1, sort_keys=True))
        self.stdout.write(
            f"{Event.objects.count()} events of {Profile.objects.count()} profiles hold."
        )


def _heads() -> dict[str, list[Any]]:
    return {one.slug: list(head_of(one)) for one in Profile.objects.all()}


def _differences(anchor: dict[str, list[Any]]) -> list[str]:
    """Return a sentence for each anchored event that is not there any more as it was."""
    problems = []
    for slug, (seq, digest) in sorted(anchor.items()):
        kept = Event.objects.filter(profile__slug=slug, seq=seq, hash=digest).exists()
        if seq and not kept:
            problems.append(f"{slug}: event {seq} of the anchor is missing or changed")
    return problems
