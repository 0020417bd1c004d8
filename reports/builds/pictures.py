"""The files of the pictures that a report shows, and putting them into a job at the last moment."""

import base64
import hashlib
import re
from dataclasses import replace

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from profile_workflow.models import Partner, PictureFile, Profile
from reports.context import Material
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


def pictures_in(profile: Profile, material: Material) -> QuerySet[PictureFile]:
    """Return the files of the pictures that a text shows: one query, or none."""
    wanted = {one.sha256 for section in material.sections for one in section.pictures}
    if not wanted:
        return PictureFile.objects.none()
    return PictureFile.objects.filter(profile=profile, sha256__in=wanted).order_by("sha256")


def named(picture: PictureFile) -> str:
    """Return the name of the file of a picture, where it is given out."""
    return f"picture-{picture.sha256}.{picture.kind}"


def content_of(sha256: str, file: FieldFile) -> bytes:
    """Return the bytes of a picture.

    Args:
        sha256: What they were (hex) when it was taken.
        file: Where they are kept.

    Raises:
        BuildFailed: If it is missing or damaged.
    """
    try:
        with file.open("rb") as opened:
            content: bytes = opened.read()
    except FileNotFoundError:
        raise BuildFailed("damaged_picture", name=str(file.name)) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BuildFailed("damaged_picture", name=str(file.name))
    return content


def _carried(sha256: str, kind: str, file: FieldFile) -> Picture:
    encoded = base64.b64encode(content_of(sha256, file)).decode()
    return Picture(sha256, f"image/{kind}", encoded)
