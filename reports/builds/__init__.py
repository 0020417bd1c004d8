"""Making PDF files of profiles, and finding those that are made already."""

from reports.builds.making import latest_current_build, request_build, run_build

__all__ = ["latest_current_build", "request_build", "run_build"]
