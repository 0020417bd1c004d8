"""What somebody who is consulted says of each section: saved at each step, then made comments."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from profile_workflow.errors import Missing, NotNow, StaleEntry
from profile_workflow.models import (
    AnsweringLink,
    PriorityAnswer,
    Profile,
    Section,
    SectionAnswer,
    SignOff,
)
from profile_workflow.services import comments, links
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.log import journal
from profile_workflow.services.written import written
from profile_workflow.states import Attribution, LinkPurpose, SectionView, ValidationKind

#: Most characters of a comment or a reason, so that those of all sections fit one statement.
MOST_CHARACTERS = 5_000


@transaction.atomic
def save_answer(
    link: AnsweringLink,
    section: Section,
    *,
    view: SectionView,
    text: str,
    at: datetime,
    base: str | None = None,
) -> SectionAnswer:
    """Keep what somebody thinks of a section until he sends his answer; the last word counts.

    To say the same twice is no conflict.

    Args:
        link: The link through which he answers.
        section: A section of the version that he is asked about.
        view: What he thinks.
        text: His comment or reason; left out where he simply agrees.
        at: When.
        base: ``mark_of`` what was saved when the page was opened; None for whatever it is.

    Raises:
        NotNow: If the link takes no answers, or the text is another one than that of the round.
        StaleEntry: If something else was saved since ``base``, e.g. in another tab.
        InvalidInput: If the words are missing, too long, or cannot be stored.
    """
    link = links.locked_with_profile(link, at=at)
    check_purpose(link)
    text = "" if view == SectionView.AGREES else written(text, most=MOST_CHARACTERS)
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
        check_seen(base, mark_of(found), current=found)
        for name, value in kept.items():
            setattr(found, name, value)
        found.saved_at, found.sent_at = at, None
        found.save(update_fields=[*kept, "saved_at", "sent_at"])
    return found


def mark_of(answer: SectionAnswer | None) -> str:
    """Return what tells whether an answer is still the one that somebody has looked at."""
    return "" if answer is None else mark_of_all([answer])


def mark_of_all(answers: Iterable[SectionAnswer], ranked: Iterable[PriorityAnswer] = ()) -> str:
    """Return the same of several answers, with the labels of challenges: a SHA-256 (hex)."""
    said = sorted((one.section_id, one.view, one.text) for one in answers)
    chosen = sorted((one.challenge_id, one.label) for one in ranked if one.label)
    return fingerprint_of_text(json.dumps([*said, *chosen]))


def check_seen(base: str | None, mark: str, *, current: object = None) -> None:
    """Refuse what is based on another answer than the one that is saved now.

    Raises:
        StaleEntry: If the marks differ; a ``base`` of None is none.
    """
    if base is not None and base != mark:
        message = _("Another answer has been saved since this page was opened.")
        raise StaleEntry(message, current=current)


def check_purpose(link: AnsweringLink) -> None:
    """Refuse to answer in a consultation with a link that is for something else.

    Raises:
        NotNow: If it is.
    """
    if link.purpose != LinkPurpose.CONSULTATION:
        raise NotNow(_("This link is not for a consultation."))


def carry_over(asked: Sequence[SignOff], profile: Profile) -> None:
    """Give people who are asked again what they had said of sections with the same text, as unsent.

    So they look again at what has changed, and at nothing else: an answer holds for the very text
    that it was given for.

    Args:
        asked: Sign-offs of one round that has just been opened; nothing is said in them yet.
        profile: Their profile.

    Costs one query to find what was said, and one to write it where something was.
    """
    now = {one.person_id: one for one in asked if one.person_id is not None}
    earlier = SectionAnswer.objects.filter(
        signoff__round__profile=profile,
        signoff__round__kind=ValidationKind.CONSULTATION,
        signoff__person__in=now,
    ).exclude(signoff__in=asked)
    last: dict[tuple[int, int], SectionAnswer] = {
        (one.signoff.person_id or 0, one.section_id): one
        for one in earlier.select_related("signoff", "section").order_by("signoff_id")
    }
    kept = []
    for one in last.values():
        signoff = now[one.signoff.person_id or 0]
        text = signoff.round.version.content.get(one.section.key)
        if text is not None and text["sha256"] == one.digest:
            one.signoff, one.revision_id = signoff, text["revision"]
            one.pk, one.sent_at, one.sent_view, one.sent_text = None, None, "", ""
            kept.append(one)
    SectionAnswer.objects.bulk_create(kept)


def _asked_about(signoff: SignOff, section: Section) -> dict[str, Any]:
    """Return id and hash of the text of a section in the version of the round.

    Raises:
        NotNow: If the version lacks the section, or it has been submitted with another text since.
    """
    asked: dict[str, Any] | None = signoff.round.version.content.get(section.key)
    if asked is None or not _is_still(section, asked):
        raise NotNow(_("This section is not what you are asked about."))
    return asked


def _is_still(section: Section, asked: dict[str, Any]) -> bool:
    """Whether a section has the text asked about, if only because it was submitted unchanged."""
    if section.revision_id == asked["revision"]:
        return True
    return section.revision is not None and section.revision.sha256 == asked["sha256"]


def answers_of(signoff: SignOff) -> dict[str, SectionAnswer]:
    """Return section key → answer: one query."""
    found = signoff.section_answers.select_related(
        "section__template_section", "section__revision", "comment__section"
    )
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


def _words_of_withdrawal(profile: Profile) -> str:
    """Return what a comment is told that its author says no more, in the language of the text."""
    with translation.override(profile.language):
        return _("Withdrawn by its author.")


def pass_comments_on(answers: Sequence[SectionAnswer], signoff: SignOff, *, at: datetime) -> None:
    """Make comments of the words of some answers, and note that the answers were sent.

    In a secret round they become comments when it is unsealed.

    A comment that was made before and is said otherwise now gets the new words as a reply, so
    that its author answers it once; one that is not said any more gets a reply that says so. The
    caller holds the lock of the profile. Costs the same for one answer and for many.

    Raises:
        NotNow, NotAllowed, InvalidInput: As ``comments.add_comments``.
    """
    if not signoff.round.is_secret:
        _make_comments(answers, signoff, at=at)
    for one in answers:
        one.sent_at, one.sent_view, one.sent_text = at, one.view, one.text
    SectionAnswer.objects.bulk_update(answers, ["comment", "sent_at", "sent_view", "sent_text"])


def _make_comments(answers: Sequence[SectionAnswer], signoff: SignOff, *, at: datetime) -> None:
    profile, by = signoff.round.profile, signoff.person
    assert by is not None
    said = [one for one in answers if one.view == SectionView.COMMENTS]
    with journal(profile):
        withdrawn = _words_of_withdrawal(profile)
        again = {
            one.comment: one.text if one.view == SectionView.COMMENTS else withdrawn
            for one in answers
            if one.comment is not None
        }
        followed = comments.follow_up(again, profile=profile, by=by, at=at)
        new = {one.section: one.text for one in said if one.comment_id not in followed}
        promised = Attribution(signoff.round.attribution)
        made = comments.add_comments(new, profile=profile, by=by, at=at, attribution=promised)
    for one in said:
        one.comment = made.get(one.section_id, one.comment)
