"""Who may: predicates on people and documents, combined into one permission for each move.

The names are ``<document>.<move>``. Nothing here asks whether somebody is a superuser, and a name
that is not in the table belongs to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.languages import listed
from profile_workflow.states import AUTHOR_ROLES, Role

Predicate = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Duty:
    """A condition beyond the role, with the sentence for whoever does not meet it."""

    holds: Predicate
    refusal: "str | Promise"


@dataclass(frozen=True, slots=True)
class Who:
    """Who may make a move: any of the roles (none: roles do not matter), and all duties met.

    ``acts_as`` is for somebody who has no part in the profile yet: the role that the record names.
    Then the duties alone say who it is.
    """

    roles: tuple[Role, ...] = ()
    duties: tuple[Duty, ...] = ()
    acts_as: Role | None = None

    def role_of(self, user: Any, document: Any) -> Role | None:
        """Return the role in which ``user`` makes the move, or None."""
        if self.acts_as is not None:
            return self.acts_as
        held = document.profile.roles_of(user)
        if self.roles:
            return next((role for role in self.roles if role in held), None)
        return next((role for role in Role if role in held), None)

    def refusal(self, user: Any, document: Any) -> "str | Promise | None":
        """Return why ``user`` may not make the move, or None if he may."""
        if self.role_of(user, document) is None:
            names = listed(role.label for role in self.roles)
            if not names:
                return _("You have no part in this profile.")
            return _("Only these roles may do this here: %(roles)s.") % {"roles": names}
        return next((duty.refusal for duty in self.duties if not duty.holds(user, document)), None)


def _has_not_written(user: Any, document: Any) -> bool:
    return not document.profile.has_written(user)


def _is_not_reviewer(user: Any, document: Any) -> bool:
    return Role.INTERNATIONAL_EXPERT not in document.profile.roles_of(user)


def _writes_section(user: Any, section: Any) -> bool:
    leads = Role.LOCAL_EXPERT in section.profile.roles_of(user)
    own = bool(section.author_id == user.pk)
    return leads or own or bool(section.profile.stands_in(user, section.author_id))


def _writes_commented_section(user: Any, comment: Any) -> bool:
    return _writes_section(user, comment.section)


def _made_comment(user: Any, comment: Any) -> bool:
    return bool(comment.author_id == user.pk)


def _is_person_asked(user: Any, signoff: Any) -> bool:
    own = bool(signoff.person_id == user.pk)
    return own or bool(signoff.profile.stands_in(user, signoff.person_id))


def _was_asked(user: Any, request: Any) -> bool:
    own = bool(request.asked_of_id == user.pk)
    return own or bool(request.profile.stands_in(user, request.asked_of_id))


def _keeps_request(user: Any, request: Any) -> bool:
    roles = request.profile.roles_of(user)
    if roles.intersection((Role.LOCAL_EXPERT, Role.PROJECT_TEAM)):
        return True
    return Role.CO_AUTHOR in roles and bool(request.asked_by_id == user.pk)


def _was_asked_or_keeps(user: Any, request: Any) -> bool:
    return _keeps_request(user, request) or _was_asked(user, request)


def _is_invited(user: Any, invitation: Any) -> bool:
    return bool(user.is_active and invitation.person_id == user.pk)


def _is_not_invited(user: Any, invitation: Any) -> bool:
    return bool(invitation.person_id != user.pk)


def _reviews_section(user: Any, section: Any) -> bool:
    limits = section.profile.reviews_only(user)
    return limits is None or section.pk in limits


def _is_not_first_of_two(user: Any, profile: Any) -> bool:
    return not profile.is_checked_by_two() or bool(profile.passed_first_by() != user.pk)


def _is_first_of_two(user: Any, profile: Any) -> bool:
    return bool(profile.passed_first_by() == user.pk)


NO_AUTHOR = Duty(
    _has_not_written,
    _("You are an author of this profile; somebody else must judge it."),
)
NO_REVIEWER = Duty(
    _is_not_reviewer,
    _("You review this profile as an international expert; somebody else must assure its quality."),
)
NOT_FIRST_OF_TWO = Duty(
    _is_not_first_of_two,
    _("You have passed this text already; somebody else has to pass it too."),
)
FIRST_OF_TWO = Duty(
    _is_first_of_two, _("Only the person who has passed the text takes the pass back.")
)
OWN_SECTION = Duty(_writes_section, _("This section is written by somebody else."))
OWN_SECTION_COMMENT = Duty(
    _writes_commented_section, _("The author of the section answers this comment.")
)
OWN_COMMENT = Duty(_made_comment, _("Only the person who made the comment may close or reopen it."))
OWN_ANSWER = Duty(
    _is_person_asked, _("Only the person who was asked, or a substitute, may answer.")
)

WAS_ASKED = Duty(_was_asked, _("Only the person who was asked, or a substitute, may answer."))
KEEPS_REQUEST = Duty(_keeps_request, _("Only who has asked, or the local expert, decides this."))
ASKED_OR_KEEPS = Duty(
    _was_asked_or_keeps, _("Only who was asked, or who has asked, hands a request on.")
)

INVITED_TO_SECTION = Duty(
    _reviews_section, _("You were invited to review other sections; somebody else judges this one.")
)
IS_INVITED = Duty(_is_invited, _("Only the person who was invited answers an invitation."))
NOT_INVITED = Duty(
    _is_not_invited, _("You are the one who was invited; somebody else of the team decides this.")
)

_TEAM = Who((Role.PROJECT_TEAM,))
_QA = Who((Role.PROJECT_TEAM,), (NO_AUTHOR, NO_REVIEWER))
_SECOND_QA = Who((Role.PROJECT_TEAM,), (*_QA.duties, NOT_FIRST_OF_TWO))
_EXPERT = Who((Role.LOCAL_EXPERT,))
_REVIEW = Who((Role.INTERNATIONAL_EXPERT,), (NO_AUTHOR,))
_REVIEW_OF_SECTION = Who((Role.INTERNATIONAL_EXPERT,), (NO_AUTHOR, INVITED_TO_SECTION))
_CITY_OR_TEAM = Who((Role.FOCAL_POINT, Role.PROJECT_TEAM), (NO_AUTHOR,))
_CITY = Who((Role.FOCAL_POINT,), (NO_AUTHOR,))
_AUTHORITY = Who((Role.CITY_AUTHORITY,), (NO_AUTHOR,))
_SECTION_AUTHOR = Who((Role.LOCAL_EXPERT, Role.CO_AUTHOR), (OWN_SECTION,))
#: Who writes the text of a section, and sees its working copies.
WRITER = _SECTION_AUTHOR
_COMMENT_ANSWER = Who((Role.LOCAL_EXPERT, Role.CO_AUTHOR), (OWN_SECTION_COMMENT,))
_COMMENTER = Who((), (OWN_COMMENT,))
_ASKED = Who((), (OWN_ANSWER, NO_AUTHOR))
_REQUESTED = Who((), (WAS_ASKED,))
_REQUESTER = Who(AUTHOR_ROLES, (KEEPS_REQUEST,))
_INVITED = Who((), (IS_INVITED, NO_AUTHOR), acts_as=Role.INTERNATIONAL_EXPERT)
_INVITER = Who((Role.PROJECT_TEAM,), (NOT_INVITED,))
_DATA = Who((Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.FOCAL_POINT))

#: The table of permissions: one line for each move that a person makes.
WHO: dict[str, Who] = {
    "profile.begin_inception": _TEAM,
    "profile.begin_drafting": Who((Role.LOCAL_EXPERT, Role.FOCAL_POINT, Role.PROJECT_TEAM)),
    "profile.submit_draft": _EXPERT,
    "profile.recommend_acceptance": _REVIEW,
    "profile.request_minor_revision": _REVIEW,
    "profile.request_major_revision": _REVIEW,
    "profile.recommend_declining": _REVIEW,
    "profile.submit_minor_revision": _EXPERT,
    "profile.submit_major_revision": _EXPERT,
    "profile.pass_as_first": _QA,
    "profile.pass_qa": _SECOND_QA,
    "profile.waive_second_pass": _QA,
    "profile.take_pass_back": Who(_QA.roles, (FIRST_OF_TWO,)),
    "profile.return_for_revision": _QA,
    "profile.return_to_review": _QA,
    "profile.submit_qa_revision": _EXPERT,
    "profile.conclude_consultation": _CITY_OR_TEAM,
    "profile.extend_consultation": _CITY_OR_TEAM,
    "profile.revise_after_consultation": _CITY_OR_TEAM,
    "profile.submit_validation_revision": _EXPERT,
    "profile.submit_new_evidence": _EXPERT,
    "profile.call_second_workshop": _EXPERT,
    "profile.agree_priorities": _CITY,
    "profile.dispute_finding": _CITY,
    "profile.adopt_priorities": _AUTHORITY,
    "profile.return_priorities": _AUTHORITY,
    "profile.publish": _TEAM,
    "profile.report_defect": _TEAM,
    "profile.open_correction": _TEAM,
    "profile.publish_correction": _QA,
    "profile.declare_update_due": _TEAM,
    "profile.hold": _TEAM,
    "profile.resume": _TEAM,
    "profile.cancel": _TEAM,
    "profile.withdraw": _TEAM,
    "section.submit": _SECTION_AUTHOR,
    "section.take_back": _SECTION_AUTHOR,
    "section.accept": _REVIEW_OF_SECTION,
    "section.request_minor_changes": _REVIEW_OF_SECTION,
    "section.request_major_changes": _REVIEW_OF_SECTION,
    "section.decline": _REVIEW_OF_SECTION,
    "section.take_back_decision": _REVIEW,
    "section.settle_accept": _QA,
    "section.settle_minor": _QA,
    "comment.accept": _COMMENT_ANSWER,
    "comment.accept_partly": _COMMENT_ANSWER,
    "comment.decline": _COMMENT_ANSWER,
    "comment.defer": _COMMENT_ANSWER,
    "comment.verify": _COMMENTER,
    "comment.reopen": _COMMENTER,
    "data_item.receive": _DATA,
    "data_item.dispute": Who((*_DATA.roles, Role.PROJECT_TEAM)),
    "data_item.confirm": _DATA,
    "data_item.reconcile": _DATA,
    "data_item.publish_as_range": _DATA,
    "data_item.mark_unavailable": _DATA,
    "data_item.expire": Who((*_DATA.roles, Role.PROJECT_TEAM)),
    "data_item.request_again": _DATA,
    "input_request.give_answer": _REQUESTED,
    "input_request.say_unavailable": _REQUESTED,
    "input_request.ask_back": _REQUESTED,
    "input_request.hand_on": Who((), (ASKED_OR_KEEPS,)),
    "input_request.reply_to_question": _REQUESTER,
    "input_request.accept_answer": _REQUESTER,
    "input_request.record_absence": _REQUESTER,
    "input_request.ask_again": _REQUESTER,
    "input_request.withdraw_request": Who((*AUTHOR_ROLES, Role.PROJECT_TEAM), (KEEPS_REQUEST,)),
    "invitation.accept_invitation": _INVITED,
    "invitation.declare_interest": _INVITED,
    "invitation.propose_date": _INVITED,
    "invitation.decline_invitation": Who((), (IS_INVITED,), acts_as=Role.INTERNATIONAL_EXPERT),
    "invitation.set_date": _INVITER,
    "invitation.clear_interest": _INVITER,
    "invitation.bar_interest": _INVITER,
    "invitation.withdraw_invitation": _INVITER,
    "sign_off.approve": _ASKED,
    "sign_off.reserve": _ASKED,
    "sign_off.object_to": _ASKED,
    "sign_off.waive": _TEAM,
}


def _predicate(name: str, who: Who) -> Any:
    def may(user: Any, document: Any) -> bool:
        return who.refusal(user, document) is None

    return rules.predicate(may, name)


for _name, _who in WHO.items():
    rules.add_perm(_name, _predicate(_name, _who))


def refusal(permission: str, user: Any, document: Any) -> "str | Promise | None":
    """Return the sentence that tells ``user`` why not, or None if the permission is given."""
    who = WHO.get(permission)
    if who is None:
        return _("This is done by the software alone.")
    if rules.has_perm(permission, user, document):
        return None
    return who.refusal(user, document)


def acting_role(permission: str, user: Any, document: Any) -> Role | None:
    """Return the role in which ``user`` makes the move, for the record."""
    who = WHO.get(permission)
    return who.role_of(user, document) if who else None


def _takes_part(user: Any, document: Any) -> bool:
    return bool(document.profile.roles_of(user))


def _is_team(user: Any, document: Any) -> bool:
    return Role.PROJECT_TEAM in document.profile.roles_of(user)


rules.add_perm("profile.view", rules.predicate(_takes_part, "takes_part"))
rules.add_perm("profile.assign", rules.predicate(_is_team, "is_team"))
