"""Writing the working text of a section: nothing is overwritten unseen, others see who writes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow, StaleEdit
from profile_workflow.markup import MAX_LENGTH
from profile_workflow.models import Draft, Profile, Revision, Section, WorkingCopy
from profile_workflow.models.people import User
from profile_workflow.queries.drafting import EDITING_LASTS
from profile_workflow.rules import OWN_SECTION, WRITER
from profile_workflow.services import copies, search_index
from profile_workflow.services.locking import locked
from profile_workflow.states import (
    EDITABLE_SECTION_STATES,
    WRITING_STATES,
    Occasion,
    SectionState,
)


@dataclass(frozen=True, slots=True)
class DraftText:
    """What the author has on the screen.

    ``nothing_found`` with ``searched`` is a valid, positive answer instead of text.
    """

    text: str = ""
    nothing_found: bool = False
    searched: str = ""

    @classmethod
    def of(cls, kept: Draft | WorkingCopy | Revision) -> Self:
        """Return what a text says that is stored, wherever that is."""
        return cls(kept.text, kept.nothing_found, kept.searched)


@transaction.atomic
def save_draft(
    section: Section,
    draft: DraftText,
    *,
    base_version: int,
    by: User,
    at: datetime,
    occasion: Occasion = Occasion.WRITING,
    holds_former: bool = False,
) -> int:
    """Save the working text if nobody has saved since ``base_version``; return the new version.

    Makes no revision, moves no state, sends no mail. Whoever saves counts as writing, unless
    somebody else does: who that is changes only by ``take_over``. A text that is replaced by
    another one stays in the trail of working copies.

    Args:
        section: The section.
        draft: The text to be saved.
        base_version: Version of the working text that it was made from.
        by: Who saves.
        at: When.
        occasion: Why the text that was there is replaced.
        holds_former: Whether what was new in the former text stands in this one too, whoever
            wrote it.

    Raises:
        NotAllowed: If the section is not the person's to write.
        NotNow: If the section or its profile is not in a state for writing.
        InvalidInput: If the text is too long or holds a NUL character.
        StaleEdit: If there is a newer version; it comes with the error, nothing is overwritten.
    """
    # Under the lock of every move, so that nothing is saved past a submission. The section is read
    # after the lock is held: in one query it would be as it was before a move that was waited for.
    profile = locked(section.profile_id, at)
    section = Section.objects.select_related("draft").get(pk=section.pk)
    section.profile = profile
    former = section.draft
    check_may_write(section, by=by)
    check_text(draft)
    saved = Draft.objects.filter(section=section, version=base_version).update(
        text=draft.text,
        nothing_found=draft.nothing_found,
        searched=draft.searched,
        version=F("version") + 1,
        saved_by=by,
        saved_at=at,
    )
    if not saved:
        raise StaleEdit(
            _("Somebody saved a newer version in the meantime. Nothing was overwritten."),
            current_text=former.text,
            current_version=former.version,
        )
    if DraftText.of(former) not in (draft, DraftText()):
        former.section = section
        copies.keep_former(former, by=by, occasion=occasion, is_held=holds_former)
    _count_as_writing(section, by=by, at=at)
    search_index.index_draft(section)
    return base_version + 1


@transaction.atomic
def rewrite_drafts(
    profile: Profile, rewritten: Callable[[str], str], *, by: User, at: datetime
) -> list[Section]:
    """Rewrite the working texts of a profile, all or none; return the sections that changed.

    Each is saved as whoever writes it would: on the version that was read, if he may write it, and
    not while somebody else does. The caller holds the lock on the profile.

    Raises:
        NotAllowed, NotNow: If one of the texts may not be written, or somebody else writes it.
        StaleEdit: If one was saved in the meantime.
    """
    changed = []
    for section, new in _rewritten(profile, rewritten):
        _save_rewritten(section, new, by=by, at=at)
        changed.append(section)
    return changed


@transaction.atomic
def rewrite_where_allowed(
    profile: Profile, rewritten: Callable[[str], str], *, by: User, at: datetime
) -> list[Section]:
    """Rewrite those working texts of a profile that a person may write; return those left.

    As ``rewrite_drafts``, but a text that he may not write now, or that somebody else writes,
    stays as it is.

    Raises:
        StaleEdit: If one was saved in the meantime.
    """
    left = []
    for section, new in _rewritten(profile, rewritten):
        try:
            _save_rewritten(section, new, by=by, at=at)
        except (NotAllowed, NotNow):
            left.append(section)
    return left


def _rewritten(
    profile: Profile, rewritten: Callable[[str], str]
) -> Iterator[tuple[Section, DraftText]]:
    """Yield each section whose working text changes, with the new one."""
    sections = profile.sections.select_related("draft", "template_section").order_by("position")
    for section in sections:
        former = DraftText.of(section.draft)
        new = replace(former, text=rewritten(former.text), searched=rewritten(former.searched))
        if new != former:
            section.profile = profile
            yield section, new


def _save_rewritten(section: Section, new: DraftText, *, by: User, at: datetime) -> None:
    check_may_write(section, by=by)
    draft = section.draft
    if _is_written_by_somebody_else(draft, by=by, at=at):
        raise NotNow(
            _("Somebody else is writing “%(section)s” just now. Try again in a few minutes.")
            % {"section": section}
        )
    occasion = Occasion.REWRITTEN
    save_draft(section, new, base_version=draft.version, by=by, at=at, occasion=occasion)


def _is_written_by_somebody_else(draft: Draft, *, by: User, at: datetime) -> bool:
    if draft.editor_id in {None, by.pk} or draft.edited_until is None:
        return False
    return draft.edited_until > at


def note_editing(section: Section, *, by: User, at: datetime) -> None:
    """Note that somebody has opened the text for writing, unless somebody else writes now.

    Raises:
        NotAllowed, NotNow: As ``check_may_write``.
    """
    check_may_write(section, by=by)
    _count_as_writing(section, by=by, at=at)


def take_over(section: Section, *, by: User, at: datetime) -> None:
    """Let somebody count as writing from now on, even if somebody else does.

    Whoever may write the text may take it over, at any time and without being asked why. It tells
    others and locks nobody out: the one who wrote before goes on saving, and hears of it then.

    Raises:
        NotAllowed, NotNow: As ``check_may_write``.
    """
    check_may_write(section, by=by)
    Draft.objects.filter(section=section).update(**_lease(by, at))


def _count_as_writing(section: Section, *, by: User, at: datetime) -> None:
    free = Q(editor=by) | Q(editor__isnull=True) | Q(edited_until__lte=at)
    Draft.objects.filter(free, section=section).update(**_lease(by, at))


def _lease(by: User, at: datetime) -> dict[str, Any]:
    """Return the fields that say who writes, since when, and for how long to believe it."""
    goes_on = When(editor=by, edited_since__lte=at, edited_until__gt=at, then=F("edited_since"))
    return {
        "editor": by,
        "edited_since": Case(goes_on, default=at),
        "edited_until": at + EDITING_LASTS,
    }


def may_write(section: Section, *, by: User) -> bool:
    """Whether a person could save the text of a section now."""
    try:
        check_may_write(section, by=by)
    except (NotAllowed, NotNow):
        return False
    return True


def is_writer(section: Section, *, by: User) -> bool:
    """Whether the text of a section is a person's to write, if not now then at another time."""
    return WRITER.refusal(by, section) is None


def check_is_writer(section: Section, *, by: User) -> None:
    """Refuse whoever has no part in the writing of a section.

    Raises:
        NotAllowed: If the section is not the person's to write.
    """
    if not is_writer(section, by=by):
        raise NotAllowed(OWN_SECTION.refusal)


def check_may_write(section: Section, *, by: User) -> None:
    """Refuse whoever could not save the text of a section now.

    Raises:
        NotAllowed: If the section is not the person's to write.
        NotNow: If the section or its profile is not in a state for writing.
    """
    check_is_writer(section, by=by)
    writable = (*EDITABLE_SECTION_STATES, SectionState.EMPTY)
    if section.state not in writable or section.profile.state not in WRITING_STATES:
        raise NotNow(
            _("The text cannot be changed while the section is in the state “%(state)s”.")
            % {"state": section.get_state_display()}
        )


def check_text(draft: DraftText) -> None:
    """Refuse what cannot be stored.

    Raises:
        InvalidInput: If the text is too long or holds a NUL character.
    """
    if len(draft.text) > MAX_LENGTH:
        raise InvalidInput(
            _("The section is too long: %(length)s characters, at most %(most)s.")
            % {"length": len(draft.text), "most": MAX_LENGTH}
        )
    if "\x00" in draft.text + draft.searched:
        raise InvalidInput(_("The text holds a character that cannot be saved (NUL)."))
