"""Which moves people can make, by the machines, and which of them a journey need not make."""

from collections.abc import Iterable

from profile_workflow.models import Comment, Event, Profile, Section, SignOff, User
from profile_workflow.services.lifecycle import transitions_of

#: The documents that stand on the path; figures, requests for input and invitations have
#: paths of their own.
DOCUMENTS = (Profile, Section, Comment, SignOff)

_ANSWER = "given in the form with which the journey accepts: tests/integration/test_responses.py"
_REVIEWERS = "tests/integration/test_several_reviewers.py"
_BY_TWO = "made with the same form of the same page: tests/engine/test_two_checkers.py"
#: Moves that a journey leaves out, and why.
LEFT_OUT = {
    "comment.accept_partly": _ANSWER,
    "comment.decline": _ANSWER,
    "comment.defer": _ANSWER,
    "comment.reopen": "made in the form with which the journey closes: the same file",
    "section.decline": f"a decision as the others: {_REVIEWERS}",
    "section.take_back_decision": f"needs a round with several reviewers: {_REVIEWERS}",
    "section.settle_accept": f"needs reviewers who differ: {_REVIEWERS}",
    "section.settle_minor": f"needs reviewers who differ: {_REVIEWERS}",
    "profile.recommend_declining": f"a conclusion as the others: {_REVIEWERS}",
    "profile.pass_as_first": _BY_TWO,
    "profile.waive_second_pass": _BY_TWO,
    "profile.take_pass_back": _BY_TWO,
    "profile.withdraw": "ends what a journey leads to: tests/integration/test_published.py",
    "sign_off.waive": "goes on as an answer does: tests/integration/test_acts_told.py",
}


def of_people() -> set[str]:
    """Return ``<document>.<move>`` of every move that a person makes on the path."""
    return {
        f"{kind.document_type}.{move}"
        for kind in DOCUMENTS
        for move, ways in transitions_of(kind()).items()
        if not all(one.custom["system"] for one in ways)
    }


def not_walked(profiles: Iterable[Profile], people: Iterable[User]) -> set[str]:
    """Return what these people should have done and have not, by the record of the profiles.

    A move that is said to be left out, and was made, is among it.
    """
    made = Event.objects.filter(
        profile__in=profiles, actor__in=[one.pseudonym for one in people]
    ).values_list("document", "move")
    walked = {f"{document.split(':')[0]}.{move}" for document, move in made} & of_people()
    return walked ^ (of_people() - set(LEFT_OUT))
