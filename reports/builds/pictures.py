"""Puts the files of the pictures into a job, just before its document is made."""

import base64
import re
from dataclasses import replace

from profile_workflow.models import PictureFile, Profile
from reports.pdf.job import Job, Picture

_SHOWN = re.compile(r'<img src="cmp:([0-9a-f]{64})"')


def with_pictures(job: Job, profile: Profile) -> Job:
    """Return a job that carries the pictures it shows.

    Args:
        job: What to print.
        profile: The profile whose pictures it shows.
    """
    wanted = {sha256 for part in job.parts for sha256 in _SHOWN.findall(part.html)}
    found = profile.picture_files.filter(sha256__in=wanted).order_by("sha256") if wanted else ()
    return replace(job, pictures=tuple(map(_carried, found)))


def _carried(file: PictureFile) -> Picture:
    with file.full.open("rb") as content:
        encoded = base64.b64encode(content.read()).decode()
    return Picture(file.sha256, f"image/{file.kind}", encoded)
