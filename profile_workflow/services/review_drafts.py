"""What a reviewer has typed and not sent: kept for him alone, each save knowing the one before."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotNow
from profile_workflow.models import Profile, ReviewDraft, Section, User
from profile_workflow.services.judging import MOST_CHARACTERS, Assessment
from profile_workflow.services.locking import locked
from profile_workflow.services.written import fits
from profile_workflow.states import PROFILE_VERDICTS, SECTION_VERDICTS


def draft_of(document: Section | Profile, by: User) -> ReviewDraft | None:
    """Return what somebody has typed about a section or the whole; never that of anybody else."""
    section = document if isinstance(document, Section) else None
    profile = document.profile if section else document
    found = ReviewDraft.objects.filter(profile=profile.pk, section=section, author=by)
    return found.first()


@transaction.atomic
def save_draft(
    document: Section | Profile,
    answers: Assessment,
    *,
    move: str,
    reason: str,
    base: int,
    by: User,
    at: datetime,
) -> ReviewDraft | None:
    """Keep what somebody has typed about a section or the whole; None if that is nothing.

    Nothing is recorded and nobody is told: it is no decision, and no part of the profile.

    Args:
        document: What he judges.
        answers: Key of a criterion → rating and words.
        move: The decision that he has marked, if he has.
        reason: The words for it.
        base: Version of the draft that he had before him; 0 if there was none.
        by: Who types.
        at: When.

    Raises:
        NotNow: If he has decided meanwhile, or has saved something else in another window.
        InvalidInput: If it is too long to be kept, or cannot be stored.
    """
    section = document if isinstance(document, Section) else None
    profile = locked(section.profile_id if section else document.pk, at)
    if (section.pk if section else None) in profile.judged_by(by):
        raise NotNow(_("You have decided already; nothing is left to be saved."))
    verdicts = SECTION_VERDICTS if section else PROFILE_VERDICTS
    said = {
        key: {"rating": rating, "text": words}
        for key, (rating, words) in answers.items()
        if rating is not None or words
    }
    words = [reason, *(one for _rating, one in answers.values())]
    if not all(fits(one, most=MOST_CHARACTERS) for one in words):
        told = _("Write at most %(most)s characters, in letters that can be stored.")
        raise InvalidInput(told % {"most": MOST_CHARACTERS})
    draft = draft_of(section or profile, by) or ReviewDraft(
        profile=profile, section=section, author=by
    )
    given = (said, move if move in verdicts else "", reason)
    if given == (draft.answers, draft.move, draft.reason):
        return draft if draft.pk else None
    if draft.version != base:
        raise NotNow(
            _(
                "You have saved something else in another window. What you typed here is kept on "
                "the page; saving again replaces the other."
            )
        )
    draft.answers, draft.move, draft.reason = given
    draft.version, draft.saved_at = base + 1, at
    draft.save()
    return draft
