"""What is promised of the attribution of answers: in words, before anybody answers."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profile_workflow.models import SignOff, ValidationRound
from profile_workflow.states import Attribution, ValidationKind

#: What others than the project team see of who has answered.
ATTRIBUTION_RULES: Mapping[str, "str | Promise"] = {
    Attribution.NAMED: gettext_lazy("Answers are shown with the name of the person who gave them."),
    Attribution.ORGANISATION: gettext_lazy(
        "Answers are shown with the name of the organisation only."
    ),
    Attribution.CATEGORY: gettext_lazy("Answers are shown with the category of stakeholder only."),
    Attribution.CHATHAM_HOUSE: gettext_lazy(
        "The Chatham House Rule applies: what is said may be used, but neither the name nor the "
        "organisation of whoever said it is shown."
    ),
}


def rule_of(opened: ValidationRound) -> str:
    """Return how the answers of a round are attributed, for whoever reads of the round."""
    rule = _act_of_office() if _is_act(opened) else str(ATTRIBUTION_RULES[opened.attribution])
    if not opened.is_secret:
        return f"{rule} {_team_sees_names()}"
    return " ".join((rule, _not_even_the_team(), _sealed()))


def promise_to(signoff: SignOff) -> str:
    """Return what becomes of the name of a person with his answer, in words for him.

    Two queries at most, one of them if the person comes without his organisation.
    """
    opened = signoff.round
    if opened.is_secret:
        return " ".join(
            (
                str(ATTRIBUTION_RULES[opened.attribution]),
                _not_even_the_team(),
                _sealed(),
                _seen_while_open(),
                *_too_few(opened.signoffs.count(), opened.smallest_group),
            )
        )
    return f"{_shown(signoff)} {_team_sees_names()}"


def _shown(signoff: SignOff) -> str:
    attribution, person = signoff.round.attribution, signoff.person
    if _is_act(signoff.round):
        return _act_of_office()
    if person is None or attribution == Attribution.CHATHAM_HOUSE:
        return str(ATTRIBUTION_RULES[attribution])
    if attribution == Attribution.NAMED:
        words = _("Your answer is shown and printed with your name: %(name)s.")
        return words % {"name": person.full_name}
    if attribution == Attribution.ORGANISATION and person.organisation is not None:
        words = _("Your answer is shown and printed as that of “%(organisation)s”, without a name.")
        return words % {"organisation": person.organisation}
    group = signoff.get_category_display() or signoff.get_role_display()
    words = _("Your answer is shown and printed as that of the group “%(group)s”, without a name.")
    return " ".join((words % {"group": group}, *_few_of_group(signoff)))


def _is_act(opened: ValidationRound) -> bool:
    return opened.kind == ValidationKind.SIGNOFF and opened.attribution == Attribution.NAMED


def _act_of_office() -> str:
    return _(
        "Whoever signs for the city acts in office: name, function, day and the words of a "
        "reservation are shown, and printed in the profile."
    )


def _few_of_group(signoff: SignOff) -> list[str]:
    opened = signoff.round
    same = opened.signoffs.filter(role=signoff.role, category=signoff.category).count()
    if same >= opened.smallest_group:
        return []
    words = ngettext(
        "You are the only one of this group who is asked, so that others may guess who it was.",
        "Only %(count)s people of this group are asked, so that others may guess who it was.",
        same,
    )
    return [words % {"count": same}]


def _team_sees_names() -> str:
    return _("The project team sees every name.")


def _not_even_the_team() -> str:
    return _("Nobody sees who has answered what, the project team included.")


def _sealed() -> str:
    return _(
        "Nothing of an answer is shown before the last day for answering is over, or the profile "
        "is cancelled; then what ties it to a person is erased, and the answers are shown without "
        "names, in no order."
    )


def _seen_while_open() -> str:
    """Say what the seal does not keep: a promise that is not quite true is none."""
    return _(
        "Until then the project team sees for whose answer it still waits, and whoever runs the "
        "server could find out more. Do not write in your answer who you are."
    )


def _too_few(asked: int, smallest: int) -> list[str]:
    if asked >= smallest:
        return []
    words = ngettext(
        "Only %(count)s person is asked, so that others may guess who it was.",
        "Only %(count)s people are asked, so that others may guess who it was.",
        asked,
    )
    return [words % {"count": asked}]
