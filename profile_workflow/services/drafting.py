"""Saving the working text of a section, so that nothing is ever overwritten unseen."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow, StaleEdit
from profile_workflow.models import Draft, Profile, Section
from profile_workflow.models.people import User
from profile_workflow.rules import OWN_SECTION
from profile_workflow.services import search_index
from profile_workflow.states import (
    AUTHOR_ROLES,
    EDITABLE_SECTION_STATES,
    WRITING_STATES,
    SectionState,
)

#: Longest text of one section, in characters (about 150 pages).
MOST_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class DraftText:
    """What the author has on the screen.

    ``nothing_found`` with ``searched`` is a valid, positive answer instead of text.
    """

    text: str = ""
    nothing_found: bool = False
    searched: str = ""


@transaction.atomic
def save_draft(
    section: Section, draft: DraftText, *, base_version: int, by: User, at: datetime
) -> int:
    """Save the working text if nobody has saved since ``base_version``; return the new version.

    Makes no revision, moves no state, sends no mail.

    Raises:
        NotAllowed: If the section is not the person's to write.
        NotNow: If the section or its profile is not in a state for writing.
        InvalidInput: If the text is too long or holds a NUL character.
        StaleEdit: If there is a newer version; it comes with the error, nothing is overwritten.
    """
    # Under the lock of every move, so that nothing is saved past a submission. The section is read
    # after the lock is held: in one query it would be as it was before a move that was waited for.
    profile = Profile.objects.select_for_update().get(pk=section.profile_id)
    section = Section.objects.get(pk=section.pk)
    section.profile = profile
    _check_may_write(section, by)
    _check_text(draft)
    saved = Draft.objects.filter(section=section, version=base_version).update(
        text=draft.text,
        nothing_found=draft.nothing_found,
        searched=draft.searched,
        version=F("version") + 1,
        saved_by=by,
        saved_at=at,
    )
    if not saved:
        current = Draft.objects.get(section=section)
        raise StaleEdit(
            _("Somebody saved a newer version in the meantime. Nothing was overwritten."),
            current_text=current.text,
            current_version=current.version,
        )
    search_index.index_draft(section)
    return base_version + 1


def _check_may_write(section: Section, by: User) -> None:
    roles = section.profile.roles_of(by)
    if not roles.intersection(AUTHOR_ROLES) or not OWN_SECTION.holds(by, section):
        raise NotAllowed(OWN_SECTION.refusal)
    writable = (*EDITABLE_SECTION_STATES, SectionState.EMPTY)
    if section.state not in writable or section.profile.state not in WRITING_STATES:
        raise NotNow(
            _("The text cannot be changed while the section is in the state “%(state)s”.")
            % {"state": section.get_state_display()}
        )


def _check_text(draft: DraftText) -> None:
    if len(draft.text) > MOST_CHARACTERS:
        raise InvalidInput(
            _("The section is too long: %(length)s characters, at most %(most)s.")
            % {"length": len(draft.text), "most": MOST_CHARACTERS}
        )
    if "\x00" in draft.text + draft.searched:
        raise InvalidInput(_("The text holds a character that cannot be stored (NUL)."))
