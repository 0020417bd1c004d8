"""What people must have checked, answered or signed before a move."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profile_workflow.errors import Missing
from profile_workflow.models import Comment, Profile, Section, SignOff, ValidationRound
from profile_workflow.queries.quality import Checked, checklist
from profile_workflow.queries.validation import (
    counting_answers,
    is_under_seal,
    keep_counted,
    signatures,
    unanswered_objections,
)
from profile_workflow.requirements.known import known
from profile_workflow.states import COUNTING_SIGNOFF_STATES, SignOffState, ValidationKind


def checks_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every check of quality assurance is answered “yes”, for the text as it is."""
    for checked in checklist(profile):
        if checked.answer is None:
            yield _unanswered(checked)
        elif checked.has_failed:
            said = _("“%(check)s” is answered “no”: %(note)s")
            values = {"check": checked.question, "note": checked.answer.note}
            yield Missing("check_failed", said % values, fragment=checked.anchor)


def _unanswered(checked: Checked) -> Missing:
    said = _("“%(check)s” is not answered yet.")
    if checked.is_outdated:
        said = _("“%(check)s” was answered for another text; look at it again.")
    return Missing("check_open", said % {"check": checked.question}, fragment=checked.anchor)


def quorum_is_reached(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """As many have answered as the quorum asks for."""
    current = known(profile).round
    if current is None:
        return
    answers = counting_answers(current)
    keep_counted(profile, current, answers)
    yield from _lacking_quorum(current, answers)


def _lacking_quorum(current: ValidationRound, answers: Sequence[SignOff]) -> Iterator[Missing]:
    asked = [answer for answer in answers if answer.state != SignOffState.WAIVED]
    given = [answer for answer in asked if answer.state in COUNTING_SIGNOFF_STATES]
    if asked and len(given) * 100 < current.quorum * len(asked):
        yield Missing(
            "quorum",
            _("%(given)s of %(asked)s have answered; the quorum is %(quorum)s per cent.")
            % {"given": len(given), "asked": len(asked), "quorum": current.quorum},
        )


def answers_are_unsealed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Nothing is decided on answers that nobody may read before the last day is over."""
    current = known(profile).round
    if current is not None and current.is_sealed and current.signoffs.exists():
        yield Missing(
            "answers_sealed",
            _(
                "The Chatham House Rule keeps the answers sealed until the last day for answering "
                "is over."
            ),
        )


def commenter_is_not_under_seal(
    comment: Comment, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Who is asked in a secret round does nothing on record that would tell what he thinks."""
    if is_under_seal(comment.profile, comment.role):
        yield Missing(
            "answers_sealed",
            _(
                "While answers under the Chatham House Rule are sealed, closing a comment or "
                "opening it again would tell who has read the answer, and when. Say what you think "
                "with your answer, or wait until the last day for answering is over."
            ),
        )


def objections_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every objection has a written answer."""
    count = unanswered_objections(profile).count()
    if count:
        words = ngettext(
            "%(count)s objection has no written answer yet.",
            "%(count)s objections have no written answer yet.",
            count,
        )
        yield Missing("objection", words % {"count": count})


def all_have_agreed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Everybody who was asked to sign has signed."""
    agreed, silent = signatures(profile)
    if silent:
        words = ngettext(
            "%(count)s signature is still missing.",
            "%(count)s signatures are still missing.",
            len(silent),
        )
        yield Missing("signature", words % {"count": len(silent)})
    elif not agreed:
        yield Missing("signature", _("Nobody has signed for the city."))


def text_is_as_signed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """The text is the one that was signed off."""
    signed = (
        profile.validation_rounds.filter(kind=ValidationKind.SIGNOFF)
        .select_related("version")
        .order_by("-pk")
        .first()
    )
    if signed is None or signed.version.digest != profile.text_digest():
        yield Missing("text_changed", _("The text is not the one that was signed off."))
