"""``manage.py rebuild_search``: make the index of the search anew, or compare it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profile_workflow.models import SearchEntry
from profile_workflow.services import search_index


class Command(BaseCommand):
    """Makes the index from the tables that it follows; with ``--check`` only compares."""

    help = (
        "Make the index of the search anew. It follows every change by itself; this is for rows "
        "that were written past the application."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
        parser.add_argument("--check", action="store_true", help="change nothing, only compare")

    def handle(self, **options: Any) -> None:
        """Rebuild or compare.

        Raises:
            CommandError: If the index is not as the tables are; the exit code is 1.
        """
        if not options["check"]:
            self.stdout.write(f"{search_index.rebuild()} entries.")
            return
        problems = list(search_index.differences())
        for line in problems:
            self.stderr.write(line)
        if problems:
            raise CommandError(f"{len(problems)} problems; run rebuild_search.")
        self.stdout.write(f"{SearchEntry.objects.count()} entries are as the tables are.")
