"""The files of the pictures that a report shows, and putting them into a job at the last moment."""

import base64
import re
from dataclasses import replace

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from profile_workflow.models import Partner, PictureFile, Profile
from reports.context import Material
from reports.pdf.job import Job, Picture

_SHOWN = re.compile(r'<img src="cmp:([0-9a-f]{64})"')


def with_pictures(job: Job, profile: Profile) -> Job:
    """Return a job that carries the pictures it shows.

    Args:
        job: What to print.
        profile: The profile whose pictures it shows.
    """
    wanted = {sha256 for part in job.parts for sha256 in _SHOWN.findall(part.html)}
    wanted.update(_SHOWN.findall(job.front))
    if not wanted:
        return job
    found = profile.picture_files.filter(sha256__in=wanted)
    carried = {one.sha256: _carried(one.sha256, one.kind, one.full) for one in found}
    logos = Partner.objects.filter(programme=profile.programme_id, logo_sha256__in=wanted)
    carried |= {one.logo_sha256: _carried(one.logo_sha256, "png", one.logo) for one in logos}
    return replace(job, pictures=tuple(carried[key] for key in sorted(carried)))


def pictures_in(profile: Profile, material: Material) -> QuerySet[PictureFile]:
    """Return the files of the pictures that a text shows: one query, or none."""
    wanted = {one.sha256 for section in material.sections for one in section.pictures}
    if not wanted:
        return PictureFile.objects.none()
    return PictureFile.objects.filter(profile=profile, sha256__in=wanted).order_by("sha256")


def named(picture: PictureFile) -> str:
    """Return the name of the file of a picture, where it is given out."""
    return f"picture-{picture.sha256}.{picture.kind}"


def _carried(sha256: str, kind: str, file: FieldFile) -> Picture:
    with file.open("rb") as content:
        encoded = base64.b64encode(content.read()).decode()
    return Picture(sha256, f"image/{kind}", encoded)
