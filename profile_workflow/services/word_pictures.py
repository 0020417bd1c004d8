"""Pictures that a Word file brings: taken while it is read, kept until they are brought in.

Each goes through the one door for pictures, ``pictures.pixels``; what comes through is kept like a
picture whose form was not sent to its end, and is an entry of the register only once a text with it
is written.
"""

import io
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput
from profile_workflow.markup import rename_pictures
from profile_workflow.models import Picture, Profile, User, WordReading
from profile_workflow.pictures.pixels import Pixels, read_picture
from profile_workflow.pictures.shown import free_keys
from profile_workflow.queries.word import placed_by
from profile_workflow.services import pictures
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.word.chapters import Part
from profile_workflow.word.pictures import Taken

#: Most pictures of one file that are looked at, and longest time for all of them, in seconds.
MOST_PICTURES = 40
MOST_SECONDS = 8.0


class PictureTaker:
    """Takes the pictures of one file; one that the profile has already is used again.

    Attributes:
        pixels: Key by which the text will place a new picture → the picture.
    """

    def __init__(
        self, profile: Profile, *, by: User, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._refusal = refusal_to_register(profile, by, kind=Picture)
        found = list(profile.pictures.select_related("file"))
        self._known = {one.file.sha256: one for one in found}
        self._new: dict[str, str] = {}
        self._free = free_keys({one.key for one in found})
        self._clock = clock
        self._looked_at, self._spent = 0, 0.0
        self.pixels: dict[str, Pixels] = {}

    def __call__(self, content: bytes) -> Taken:
        """Take a picture.

        Raises:
            InvalidInput: If it cannot be taken; with a sentence why.
        """
        self._check()
        began = self._clock()
        try:
            pixels = read_picture(io.BytesIO(content))
        finally:
            self._looked_at += 1
            self._spent += self._clock() - began
        return self._taken(pixels)

    def _taken(self, pixels: Pixels) -> Taken:
        sha256 = pixels.sha256
        if known := self._known.get(sha256):
            return Taken(known.key, sha256, False, known.caption, known.credit)
        if sha256 in self._new:
            return Taken(self._new[sha256], sha256, is_new=False)
        key = self._new[sha256] = next(self._free)
        self.pixels[key] = pixels
        return Taken(key, sha256)

    def _check(self) -> None:
        if self._refusal is not None:
            raise InvalidInput(str(self._refusal))
        if self._looked_at >= MOST_PICTURES:
            raise InvalidInput(
                _("At most %(most)s pictures are taken of a file. Bring in one chapter at a time.")
                % {"most": MOST_PICTURES}
            )
        if self._spent > MOST_SECONDS:
            raise InvalidInput(
                _("Reading the pictures of this file takes too long. Bring in fewer at a time.")
            )


def keep(
    profile: Profile, parts: Sequence[Part], pixels: Mapping[str, Pixels], *, by: User, at: datetime
) -> None:
    """Keep the files of the new pictures that parts of a file place.

    Raises:
        NotAllowed, NotNow: As for every entry of the register.
    """
    placed = {one.key for part in parts for one in part.pictures if one.is_new}
    for key in sorted(placed.intersection(pixels)):
        pictures.keep_file(profile, pixels[key], by=by, at=at)


def forget(readings: Iterable[WordReading], *, at: datetime) -> None:
    """Delete the files of readings that are no more, unless something else shows or awaits them."""
    for reading in readings:
        hashes = {one["sha256"] for one in placed_by(reading.parts)}
        if hashes:
            pictures.forget_files(reading.profile, hashes, at=at)


def register(reading: WordReading, section: str, *, by: User, at: datetime) -> int:
    """Register the pictures that go to a section and are not in the register yet.

    If somebody has taken a key in the meantime, the text places the picture by another one.

    Args:
        reading: What was read; its text and pictures get the keys that hold now.
        section: Code of the section.
        by: Who brings it in.
        at: The moment.

    Returns:
        How many were added.

    Raises:
        NotAllowed, NotNow: As for every entry of the register.
        InvalidInput: If the file of a picture is no longer kept.
    """
    profile = reading.profile
    wanted = {one["sha256"]: one for one in placed_by(reading.parts, section)}
    if not wanted:
        return 0
    keys = {one.file.sha256: one.key for one in profile.pictures.select_related("file")}
    new = [one for one in wanted.values() if one["sha256"] not in keys]
    planned = {one["key"] for one in placed_by(reading.parts)}
    for one in new:
        is_free = one["key"] not in keys.values()
        # Neither a key of the register nor one by which another part places another picture.
        free = free_keys({*keys.values(), *planned})
        key = keys[one["sha256"]] = one["key"] if is_free else next(free)
        _add(profile, {**one, "key": key}, by=by, at=at)
    _rename(reading, {one["key"]: keys[sha256] for sha256, one in wanted.items()})
    return len(new)


def _add(profile: Profile, one: Mapping[str, Any], *, by: User, at: datetime) -> None:
    file = profile.picture_files.filter(sha256=one["sha256"]).first()
    if file is None:
        raise InvalidInput(_("Its pictures are no longer kept. Bring the file in again."))
    said = {name: one[name] for name in ("key", "caption", "alt", "credit")}
    pictures.add_picture(profile, file=file, by=by, at=at, **said)


def _rename(reading: WordReading, keys: Mapping[str, str]) -> None:
    """Let a reading place its pictures by other keys."""
    if all(old == new for old, new in keys.items()):
        return
    for part in reading.parts:
        if part.get("pictures"):
            part["text"] = rename_pictures(part["text"], keys)
        for one in part.get("pictures", ()):
            one["key"] = keys.get(one["key"], one["key"])
