"""A text that met a newer one: joined with it where that is plain, put aside where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from profile_workflow.errors import StaleEdit
from profile_workflow.markup import MAX_LENGTH
from profile_workflow.merging import Splice, merge, spliced, splices
from profile_workflow.models import Draft, Section, WorkingCopy
from profile_workflow.models.people import User
from profile_workflow.queries.drafting import draft_of
from profile_workflow.services import copies
from profile_workflow.services.drafting import (
    DraftText,
    check_may_write,
    check_text,
    save_draft,
)
from profile_workflow.states import Occasion

#: How often it is tried to join a text with one that changes again while it is being joined.
MOST_ATTEMPTS = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Saved:
    """A text that was saved.

    Attributes:
        version: Version of the working text.
        text: What it says.
        changes: What had to be put into the text that was sent; nothing if it was saved as it was.
        joined_with: Who saved the text with which it was joined; None if it was not.
    """

    version: int
    text: DraftText
    changes: tuple[Splice, ...] = ()
    joined_with: User | None = None


class Kept(StaleEdit):
    """A text was put aside, because two people changed the same passage.

    Attributes:
        copy: The working copy that holds it; None if it says what is saved, or nothing.
        other: Who saved the newer text.
    """

    def __init__(self, refused: StaleEdit, theirs: Draft, copy: WorkingCopy | None) -> None:
        super().__init__(refused.message, current_text=theirs.text, current_version=theirs.version)
        self.copy = copy
        self.other = theirs.saved_by


def save_or_join(
    section: Section,
    draft: DraftText,
    *,
    base: DraftText | None,
    base_version: int,
    aside: int | None = None,
    by: User,
    at: datetime,
) -> Saved:
    """Save a text; if somebody has saved meanwhile, join the two, or else put this one aside.

    The texts are compared without a lock on the profile, so that nobody waits for it; whether the
    newer one is still the newest is asked again when the joined one is saved.

    Args:
        section: The section.
        draft: The text to be saved.
        base: The text that it was made from; None if that is not known, then nothing is joined.
        base_version: Version of the working text that it was made from.
        aside: Key of the working copy in which this text was put aside before.
        by: Who saves.
        at: When.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``save_draft``.
        StaleEdit: If there is a newer version and ``base`` is not known.
        Kept: If both changed the same passage. What was sent is in the trail of working copies.
    """
    try:
        version = save_draft(section, draft, base_version=base_version, by=by, at=at)
    except StaleEdit as error:
        if base is None:
            raise
        refused = error
    else:
        return Saved(version, draft)
    for theirs in _newest(section):
        joined = _joined(base, draft, theirs)
        if joined is None:
            break
        text, changes = joined
        try:
            version = save_draft(
                section, text, base_version=theirs.version, by=by, at=at, holds_former=True
            )
        except StaleEdit:
            continue
        return Saved(version, text, changes, theirs.saved_by)
    copy = put_aside(section, draft, instead_of=aside, by=by, at=at)
    raise Kept(refused, draft_of(section), copy)


def _newest(section: Section) -> Iterator[Draft]:
    for _attempt in range(MOST_ATTEMPTS):
        yield draft_of(section)


def _joined(
    base: DraftText, mine: DraftText, theirs: Draft
) -> tuple[DraftText, tuple[Splice, ...]] | None:
    """Return two texts joined, and what that changes in the first; None if it takes a person."""
    found = merge(base.text, mine.text, theirs.text)
    nothing = _agreed(base.nothing_found, mine.nothing_found, theirs.nothing_found)
    searched = _agreed(base.searched, mine.searched, theirs.searched)
    if found.conflicts or nothing is None or searched is None:
        return None
    changes = splices(mine.text, found)
    text = spliced(mine.text, changes)
    if len(text) > MAX_LENGTH:
        return None
    return DraftText(text=text, nothing_found=nothing, searched=searched), changes


def _agreed(base: T, mine: T, theirs: T) -> T | None:
    """Return what one of the two changed, or nobody; None if both did, and differently."""
    if mine == base:
        return theirs
    return mine if theirs in (base, mine) else None


@transaction.atomic
def put_aside(
    section: Section,
    draft: DraftText,
    *,
    instead_of: int | None = None,
    by: User,
    at: datetime,
) -> WorkingCopy | None:
    """Keep a text in the trail that could not be saved, because somebody had saved a newer one.

    The same text of the same person is kept once; what says nothing new is not kept.

    Args:
        section: The section.
        draft: The text.
        instead_of: Key of the working copy that this person has kept of it before, if there is one.
        by: Whose text it is.
        at: When.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``save_draft``.
    """
    check_may_write(section, by=by)
    check_text(draft)
    current = Draft.objects.get(section=section)
    if draft in (DraftText(), DraftText.of(current)):
        return None
    content = {
        "text": draft.text,
        "nothing_found": draft.nothing_found,
        "searched": draft.searched,
    }
    mine = section.copies.filter(occasion=Occasion.ASIDE, saved_by=by)
    kept = mine.filter(**content).first()
    if kept is not None:
        return kept
    former = mine.filter(pk=instead_of).first() if instead_of else None
    return copies.keep_aside(current, content, instead_of=former, by=by, at=at)
