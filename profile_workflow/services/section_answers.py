"""What somebody who is consulted says of each section: saved at each step, then made comments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, MadeAlready, Missing, NotNow
from profile_workflow.models import (
    AnsweringLink,
    Comment,
    Reply,
    Section,
    SectionAnswer,
    SignOff,
)
from profile_workflow.services import comments, links
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Attribution, CommentKind, SectionView

#: Most characters of a comment or a reason, so that those of all sections fit one statement.
MOST_CHARACTERS = 5_000


@transaction.atomic
def save_answer(
    link: AnsweringLink, section: Section, *, view: SectionView, text: str, at: datetime
) -> SectionAnswer:
    """Keep what somebody thinks of a section until he sends his answer; the last word counts.

    Args:
        link: The link through which he answers.
        section: A section of the version that he is asked about.
        view: What he thinks.
        text: His comment or reason; left out where he simply agrees.
        at: When.

    Raises:
        NotNow: If the link takes no answers, or the text is another one than that of the round.
        InvalidInput: If the words are missing, too long, or cannot be stored.
    """
    link = links.locked_with_profile(link, at=at)
    text = "" if view == SectionView.AGREES else _checked(text)
    asked = _asked_about(link.signoff, section)
    kept = {"revision_id": asked["revision"], "digest": asked["sha256"], "view": view, "text": text}
    links.note_use(link, at=at)
    found = SectionAnswer.objects.filter(signoff=link.signoff, section=section).first()
    if found is None:
        made: SectionAnswer = SectionAnswer.objects.create(
            signoff=link.signoff, section=section, saved_at=at, **kept
        )
        return made
    if any(getattr(found, name) != value for name, value in kept.items()):
        for name, value in kept.items():
            setattr(found, name, value)
        found.saved_at = at
        found.save(update_fields=[*kept, "saved_at"])
    return found


def _checked(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= MOST_CHARACTERS or "\x00" in text:
        raise InvalidInput(
            _("Write between 1 and %(most)s characters.") % {"most": MOST_CHARACTERS}
        )
    return text


def _asked_about(signoff: SignOff, section: Section) -> dict[str, Any]:
    """Return id and hash of the text of a section in the version of the round.

    Raises:
        NotNow: If the version lacks the section, or it has been submitted with another text since.
    """
    asked: dict[str, Any] | None = signoff.round.version.content.get(section.key)
    if asked is None or section.revision_id != asked["revision"]:
        raise NotNow(_("This section is not what you are asked about."))
    return asked


def answers_of(signoff: SignOff) -> dict[str, SectionAnswer]:
    """Return section key → answer: one query."""
    found = signoff.section_answers.select_related("section__template_section", "comment")
    return {one.section.key: one for one in found.order_by("section__position")}


def lacking(sections: Iterable[Section], answers: dict[str, SectionAnswer]) -> tuple[Missing, ...]:
    """Return the sections that have no answer yet."""
    words = _("“%(section)s” has no answer yet.")
    return tuple(
        Missing("section_unanswered", words % {"section": one}, section=one.key)
        for one in sections
        if one.key not in answers
    )


def move_for(answers: Iterable[SectionAnswer]) -> str:
    """Return the move of the sign-off that answers come to: one objection objects to the whole."""
    views = {one.view for one in answers}
    return "object_to" if SectionView.OBJECTS in views else "approve"


def said_with(answers: Iterable[SectionAnswer]) -> Details:
    """Return what is said with that move: the sections objected to, and why."""
    objections = [one for one in answers if one.view == SectionView.OBJECTS]
    several = len(objections) > 1
    reasons = (f"{one.section}: {one.text}" if several else one.text for one in objections)
    return Details(reason="\n\n".join(reasons), sections=[one.section for one in objections])


def pass_comments_on(answers: Sequence[SectionAnswer], signoff: SignOff, *, at: datetime) -> None:
    """Make comments of the words of some answers, and note that the answers were sent.

    A comment that was made before and is said otherwise now gets the new words as a reply, so
    that its author answers it once.

    Raises:
        NotNow, NotAllowed, InvalidInput: As ``comments.add_comment``.
    """
    for one in answers:
        if one.view == SectionView.COMMENTS:
            one.comment = _comment(one, signoff, at=at)
        one.sent_at = at
        one.save(update_fields=["comment", "sent_at"])


def _comment(answer: SectionAnswer, signoff: SignOff, *, at: datetime) -> Comment:
    by = signoff.person
    before: Comment | None = answer.comment
    if before is not None:
        before.section = answer.section
    try:
        if before is not None and comments.may_reply(before, by):
            comments.reply_to(before, text=answer.text, by=by, at=at)
            return before
        made: Comment = comments.add_comment(
            answer.section,
            kind=CommentKind.SUGGESTION,
            text=answer.text,
            by=by,
            at=at,
            attribution=Attribution(signoff.round.attribution),
        )
    except MadeAlready as error:
        same = error.made.comment if isinstance(error.made, Reply) else error.made
        made = cast("Comment", same)
    return made
