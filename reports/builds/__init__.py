"""Making PDF files of profiles, and finding those that are made already."""

from reports.builds.annex import scope_of
from reports.builds.lengths import paper_of
from reports.builds.making import digest_now, keep_builds, read_builds, request_build, run_build
from reports.builds.passing import MOST_ANNEXES, forget_oldest_annexes, forget_passing

__all__ = [
    "MOST_ANNEXES",
    "digest_now",
    "forget_oldest_annexes",
    "forget_passing",
    "keep_builds",
    "paper_of",
    "read_builds",
    "request_build",
    "run_build",
    "scope_of",
]
