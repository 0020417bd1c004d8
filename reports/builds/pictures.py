"""Puts the files of the pictures into a job, just before its document is made."""

import base64
import hashlib
import re
from dataclasses import replace

from django.db.models.fields.files import FieldFile

from profile_workflow.models import Partner, Profile
from reports.errors import BuildFailed
from reports.pdf.job import Job, Picture


class PictureGone(Exception):
    """A picture, or the logo of an organisation, was replaced after the report was read."""


_SHOWN = re.compile(r'<img src="cmp:([0-9a-f]{64})"')


def with_pictures(job: Job, profile: Profile) -> Job:
    """Return a job that carries the pictures it shows.

    Args:
        job: What to print.
        profile: The profile whose pictures it shows.

    Raises:
        PictureGone: If a picture has another file by now, so that the job is no longer right.
        BuildFailed: If the file of a picture is missing or damaged.
    """
    wanted = {sha256 for part in job.parts for sha256 in _SHOWN.findall(part.html)}
    wanted.update(_SHOWN.findall(job.front))
    if not wanted:
        return job
    found = profile.picture_files.filter(sha256__in=wanted)
    carried = {one.sha256: _carried(one.sha256, one.kind, one.full) for one in found}
    logos = Partner.objects.filter(programme=profile.programme_id, logo_sha256__in=wanted)
    carried |= {one.logo_sha256: _carried(one.logo_sha256, "png", one.logo) for one in logos}
    if wanted - carried.keys():
        raise PictureGone
    return replace(job, pictures=tuple(carried[key] for key in sorted(carried)))


def _carried(sha256: str, kind: str, file: FieldFile) -> Picture:
    try:
        with file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        raise BuildFailed("damaged_picture", name=str(file.name)) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BuildFailed("damaged_picture", name=str(file.name))
    encoded = base64.b64encode(content).decode()
    return Picture(sha256, f"image/{kind}", encoded)
