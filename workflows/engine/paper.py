"""Answers on paper: entering one in the name of who wrote it, all of it or nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profile_workflow.errors import raise_if
from profile_workflow.models import Event, PaperAnswer, Profile, SignOff
from profile_workflow.models.people import User
from profile_workflow.services import links, paper, priority_answers, section_answers
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from workflows import effects
from workflows.engine.locking import refetched
from workflows.engine.moves import perform


@transaction.atomic
def enter_paper(signoff: SignOff, said: paper.Paper, *, by: User, at: datetime) -> PaperAnswer:
    """Enter what somebody has written on a form, and tell him by mail.

    It becomes his answer, by the same move as with an account, if he has not begun to answer
    himself and the form says something of each section. Otherwise it is kept beside what he says.

    Args:
        signoff: What he is asked for.
        said: What the form says.
        by: Who enters it; that is on record.
        at: When.

    Raises:
        NotAllowed, NotNow: As ``paper.refusal_to_enter``, and as the sign-off is refused.
        MadeAlready, InvalidInput: As ``paper.keep``.
    """
    profile = locked(signoff.round.profile_id, at)
    fresh = refetched(signoff, profile)
    raise_if(paper.refusal_to_enter(fresh, profile, by, at=at))
    row, can_be_sent = paper.keep(fresh, said, by=by, at=at)
    if can_be_sent:
        _send(fresh, row, at=at)
    event = _note(row, refetched(signoff, profile), profile, by=by, at=at)
    effects.paper_was_entered(event, row)
    return row


def _send(signoff: SignOff, row: PaperAnswer, *, at: datetime) -> None:
    """Send what stands on the form; what he has not sent himself, and it leaves open, stays so."""
    given = list(section_answers.answers_of(signoff).values())
    section_answers.pass_comments_on([one for one in given if one.waits_to_be_sent], signoff, at=at)
    waiting = priority_answers.waiting(signoff)
    ranked = [one for one in waiting if one.challenge.code in row.ranked]
    priority_answers.note_sent(ranked, at=at)
    assert signoff.person is not None
    move, details = section_answers.move_for(given), section_answers.said_with(given)
    perform(signoff, move, by=signoff.person, at=at, details=details)


def _note(row: PaperAnswer, signoff: SignOff, profile: Profile, *, by: User, at: datetime) -> Event:
    """Put on record who has entered which form; the words are in the language of the text."""
    with translation.override(profile.language):
        words = _("Form %(number)s, dated %(day)s.")
        told = words % {"number": row.number, "day": date_format(row.written_on)}
    entry = Entry(
        document_name(signoff), "enter_paper", signoff.state, signoff.state, signoff.digest, told
    )
    actor = Actor(by, links.keeping_role(profile, by))
    return record(profile, [entry], actor=actor, at=at)[0]
