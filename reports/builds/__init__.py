"""Making PDF files of profiles, and finding those that are made already."""

from reports.builds.annex import scope_of
from reports.builds.lengths import paper_of
from reports.builds.making import digest_now, latest_current_build, request_build, run_build
from reports.builds.passing import forget_passing

__all__ = [
    "digest_now",
    "forget_passing",
    "latest_current_build",
    "paper_of",
    "request_build",
    "run_build",
    "scope_of",
]
