"""Keeping pictures: their files, made anew by ``pictures.pixels``, and their entries.

A file is written once and found by its hash; it goes when neither the register nor any submitted
text shows it, and no form that is to be sent again and no reading of a Word file awaits it.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, raise_if
from profile_workflow.models import Picture, PictureFile, Profile, User
from profile_workflow.pictures.pixels import Pixels
from profile_workflow.queries.evidence import submitted_pictures
from profile_workflow.queries.word import pictures_in_readings
from profile_workflow.services import evidence
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.services.locking import locked

#: How long a file is kept whose form was never sent to its end.
KEPT_UNUSED = timedelta(days=1)


@transaction.atomic
def keep_file(
    profile: Profile, pixels: Pixels, *, by: User, at: datetime, for_form: bool = False
) -> PictureFile:
    """Keep the file of a picture; one with the same content is used again.

    Args:
        profile: The profile.
        pixels: The picture.
        by: Who sent it.
        at: The moment.
        for_form: Whether a form awaits it that has to be sent again.

    Raises:
        NotAllowed, NotNow: As for every entry of the register.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_register(profile, by))
    awaited_until = at + KEPT_UNUSED if for_form else None
    same: PictureFile | None = profile.picture_files.filter(sha256=pixels.sha256).first()
    if same is not None:
        # From now on it is kept as long as one that comes in now.
        same.kept_at, same.awaited_until = at, awaited_until or same.awaited_until
        same.save(update_fields=["kept_at", "awaited_until"])
        return same
    _forget(profile.picture_files.filter(kept_at__lt=at - KEPT_UNUSED), at=at)
    ending = "jpg" if pixels.kind == "jpeg" else pixels.kind
    full = _written(ending, pixels.full)
    is_small = pixels.small == pixels.full
    return PictureFile.objects.create(
        profile=profile,
        sha256=pixels.sha256,
        kind=pixels.kind,
        width=pixels.width,
        height=pixels.height,
        size=len(pixels.full),
        full=full,
        small=full if is_small else _written(ending, pixels.small),
        kept_at=at,
        awaited_until=awaited_until,
    )


def copy_file(file: PictureFile, profile: Profile, *, at: datetime) -> PictureFile:
    """Keep the content of a file for another profile too; one that is there already is used again.

    The profiles have a file each, so that neither takes the content from the other.
    """
    same: PictureFile | None = profile.picture_files.filter(sha256=file.sha256).first()
    if same is not None:
        return same
    names = {name: _copied(name) for name in {str(file.full.name), str(file.small.name)}}
    return PictureFile.objects.create(
        profile=profile,
        sha256=file.sha256,
        kind=file.kind,
        width=file.width,
        height=file.height,
        size=file.size,
        full=names[str(file.full.name)],
        small=names[str(file.small.name)],
        kept_at=at,
    )


def _written(ending: str, content: bytes) -> str:
    """Write a file under a name of its own, so that deleting another one never takes it away."""
    name = f"pictures/{uuid.uuid4().hex}.{ending}"
    return str(default_storage.save(name, ContentFile(content)))


def _copied(name: str) -> str:
    with default_storage.open(name) as content:
        return _written(name.rpartition(".")[2], content.read())


@transaction.atomic
def add_picture(
    profile: Profile, *, file: Pixels | PictureFile, by: User, at: datetime, **fields: Any
) -> Picture:
    """Register a picture.

    Args:
        profile: The profile.
        file: What was sent, or a file that is kept already.
        by: Who adds it.
        at: The moment.
        fields: The other fields of ``Picture``.

    Raises:
        NotAllowed, NotNow: As for every entry of the register.
        InvalidInput: If a value cannot be stored, or the same picture is registered already.
        MadeAlready: If it is, with the same words.
    """
    kept = _kept(profile, file, by=by, at=at)
    made = evidence.add_picture(profile, by=by, at=at, file=kept, **fields)
    _check_new(profile, kept, but=made)
    return made


@transaction.atomic
def change_picture(
    picture: Picture, fields: Mapping[str, Any], *, base: str, by: User, at: datetime
) -> Picture:
    """Change what is said of a picture, or put another file in its place.

    Submitted texts go on to show what was submitted.

    Raises:
        NotAllowed, NotNow, StaleEntry, InvalidInput: As ``evidence.change_entry``.
    """
    given = dict(fields)
    if "file" in given:
        given["file"] = _kept(picture.profile, given["file"], by=by, at=at)
        _check_new(picture.profile, given["file"], but=picture)
    before = picture.file_id
    changed = evidence.change_entry(picture, given, base=base, by=by, at=at)
    _forget(changed.profile.picture_files.filter(pk=before), at=at)
    return changed


@transaction.atomic
def remove_picture(picture: Picture, *, by: User, at: datetime) -> None:
    """Remove a picture that no text places, and its file if no submitted text ever showed it.

    Raises:
        NotAllowed, NotNow, StaleEntry: As ``evidence.remove_entry``.
    """
    profile, file = picture.profile, picture.file_id
    evidence.remove_entry(picture, by=by, at=at)
    _forget(profile.picture_files.filter(pk=file), at=at)


def _kept(profile: Profile, file: Pixels | PictureFile, *, by: User, at: datetime) -> PictureFile:
    if isinstance(file, Pixels):
        return keep_file(profile, file, by=by, at=at)
    if file.awaited_until is not None:
        # The form that awaited it has come.
        file.awaited_until = None
        file.save(update_fields=["awaited_until"])
    return file


def _check_new(profile: Profile, file: PictureFile, *, but: Picture) -> None:
    same = profile.pictures.filter(file=file).exclude(pk=but.pk).first()
    if same is not None:
        raise InvalidInput(
            _("This picture is there already: “%(picture)s”. The text places it with %(typed)s.")
            % {"picture": same, "typed": f"[[image:{same.key}]]"}
        )


def forget_files(profile: Profile, hashes: Collection[str], *, at: datetime) -> None:
    """Delete files that nothing shows or awaits, of those with these hashes."""
    _forget(profile.picture_files.filter(sha256__in=hashes), at=at)


def _forget(files: "QuerySet[PictureFile]", *, at: datetime) -> None:
    """Delete those of the files of a profile that nothing shows or awaits."""
    unused = files.filter(pictures__isnull=True).exclude(awaited_until__gt=at)
    for file in unused.select_related("profile"):
        profile = file.profile
        if file.sha256 in submitted_pictures(profile) | pictures_in_readings(profile):
            continue
        names = {str(file.full.name), str(file.small.name)}
        file.delete()
        transaction.on_commit(partial(_delete, names))


def _delete(names: set[str]) -> None:
    for name in names:
        default_storage.delete(name)
