"""Bringing in what was read from a Word file: kept for a while, mapped, written section by section.

Nothing is written before the person has seen what would change, nothing that was saved since is
overwritten, and the text that was there before stays in the trail of working copies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, InvalidInput, NotAllowed, NotNow, StaleEdit
from profile_workflow.models import Draft, Profile, Section, User, WordReading
from profile_workflow.pictures.pixels import Pixels
from profile_workflow.rules import OWN_SECTION
from profile_workflow.services import word_pictures
from profile_workflow.services.drafting import DraftText, check_may_write, save_draft
from profile_workflow.services.locking import locked
from profile_workflow.states import Occasion
from profile_workflow.word.chapters import Part

#: How long a reading is kept, brought in or not.
KEPT_FOR = timedelta(hours=24)

WRITTEN, SAME, STALE, REFUSED = "written", "same", "stale", "refused"


def check_may_bring_in(sections: Iterable[Section], *, by: User) -> None:
    """Refuse whoever could write none of the sections now.

    Raises:
        NotAllowed: If none of them is the person's to write.
        NotNow: If some are, but none in a state for writing.
    """
    refused: DomainError = NotAllowed(OWN_SECTION.refusal)
    for section in sections:
        try:
            check_may_write(section, by=by)
        except NotNow as error:
            refused = error
        except NotAllowed:
            continue
        else:
            return
    raise refused


@transaction.atomic
def keep_reading(
    profile: Profile,
    parts: Sequence[Part],
    *,
    by: User,
    at: datetime,
    pixels: Mapping[str, Pixels] | None = None,
) -> WordReading:
    """Keep what was read from a file; what the same person read before and left undone is dropped.

    Args:
        profile: The profile.
        parts: What was read.
        by: Who reads.
        at: When.
        pixels: Key → new picture that a part places.

    Raises:
        InvalidInput: If there is no text in the file.
    """
    if not any(part.text for part in parts):
        raise InvalidInput(_("There is no text in this file that could be brought in."))
    word_pictures.keep(profile, parts, pixels or {}, by=by, at=at)
    former = list(WordReading.objects.filter(profile=profile, reader=by, done_at=None))
    made = WordReading.objects.create(
        profile=profile,
        reader=by,
        parts=[asdict(part) for part in parts],
        read_at=at,
        expires_at=at + KEPT_FOR,
    )
    _forget(former, at=at)
    return made


def map_parts(reading: WordReading, keys: Sequence[str]) -> None:
    """Say to which section each part goes; an empty key leaves the part out."""
    for part, key in zip(reading.parts, keys, strict=True):
        part["key"] = key
    reading.save(update_fields=["parts"])


def text_for(reading: WordReading, key: str) -> str:
    """Return the text that goes to a section: its parts in the order of the file."""
    parts = (part["text"] for part in reading.parts if part["key"] == key and part["text"])
    return "\n\n".join(parts)


@transaction.atomic
def bring_in(reading: WordReading, wanted: Mapping[str, int], *, by: User, at: datetime) -> None:
    """Write the chosen sections, each if its working text is still the one that was compared.

    What became of each stands in ``outcome`` afterwards.

    Args:
        reading: What was read.
        wanted: Key of a section → version of the working text that the person saw compared.
        by: Who brings it in.
        at: When.

    Raises:
        NotNow: If it was brought in already.
    """
    locked(reading.profile_id, at)
    reading = WordReading.objects.select_for_update().get(pk=reading.pk)
    if reading.done_at is not None:
        raise NotNow(_("This file has been brought in already."))
    drafts = Draft.objects.filter(section__profile=reading.profile, section__key__in=wanted)
    found = drafts.select_related("section__profile").order_by("section__position")
    for draft in found:
        key = draft.section.key
        reading.outcome[key] = _write(reading, draft, wanted[key], by=by, at=at)
    reading.done_at = at
    reading.expires_at = at + KEPT_FOR
    reading.save(update_fields=["parts", "outcome", "done_at", "expires_at"])


def _write(
    reading: WordReading, draft: Draft, version: int, *, by: User, at: datetime
) -> dict[str, object]:
    section = draft.section
    if text_for(reading, section.key) == draft.text:
        return {"result": SAME}
    try:
        with transaction.atomic():
            added = word_pictures.register(reading, section.key, by=by, at=at)
            # "Nothing was found" is an answer of its own, which a file cannot hold.
            text = text_for(reading, section.key)
            given = DraftText(text, draft.nothing_found, draft.searched)
            saved = save_draft(
                section, given, base_version=version, by=by, at=at, occasion=Occasion.WORD_FILE
            )
    except StaleEdit:
        # The text is joined by hand, and places the pictures then.
        added = word_pictures.register(reading, section.key, by=by, at=at)
        return {"result": STALE, "compared": version, "pictures": added}
    except DomainError as error:
        return {"result": REFUSED, "message": str(error)}
    return {"result": WRITTEN, "before": version, "version": saved, "pictures": added}


@transaction.atomic
def throw_away(reading: WordReading, *, at: datetime) -> None:
    """Forget what was read."""
    _forget([reading], at=at)


def _forget(readings: Sequence[WordReading], *, at: datetime) -> None:
    WordReading.objects.filter(pk__in=[one.pk for one in readings]).delete()
    word_pictures.forget(readings, at=at)


def forget_expired(*, at: datetime) -> int:
    """Forget every reading whose time is over; return how many."""
    over = list(WordReading.objects.filter(expires_at__lte=at).select_related("profile"))
    _forget(over, at=at)
    return len(over)
