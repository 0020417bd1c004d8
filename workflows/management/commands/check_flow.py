"""``manage.py check_flow``: do all stored processes and machines agree?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profile_workflow.models import Profile
from workflows.invariants import unresolved_nodes, violations


class Command(BaseCommand):
    """Names every process that disagrees with its documents, and every node that is gone."""

    help = "Exit with 1 when a stored process and the state of its documents disagree."

    def handle(self, **_options: Any) -> None:
        """Check every profile.

        Raises:
            CommandError: If anything disagrees; the exit code is 1.
        """
        problems = unresolved_nodes()
        profiles = Profile.objects.order_by("slug")
        for profile in profiles.iterator():
            problems += violations(profile)
        for line in problems:
            self.stderr.write(line)
        if problems:
            raise CommandError(f"{len(problems)} disagreements between processes and documents.")
        self.stdout.write(f"{profiles.count()} profiles: processes and documents agree.")
