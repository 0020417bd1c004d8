"""Making PDF files of profiles, and finding those that are made already."""

from reports.builds.lengths import paper_of
from reports.builds.making import latest_current_build, request_build, run_build

__all__ = ["latest_current_build", "paper_of", "request_build", "run_build"]
