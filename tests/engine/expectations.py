"""Who makes which move, and what must be said with it: the process in the programme's words."""

from dataclasses import dataclass

from profile_workflow.states import ProfileState, Role

S = ProfileState
TEAM, EXPERT, CO_AUTHOR = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR
REVIEWER, FOCAL_POINT = Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT
AUTHORITY = Role.CITY_AUTHORITY
#: Whoever is invited to review, and holds no role yet.
INVITED = "invited"

#: Who of the project team has passed a text as the first of two.
FIRST_CHECKER = "first checker"
#: What the rest of the project team may do there, and he may not.
NOT_BY_FIRST_CHECKER = {"pass_qa"}

# Who acts, and what a move asks its maker for. Words: "because" is a reason that the receiver
# sees, "sections" are the sections sent back.
BECAUSE = {"reason"}
NAMING = {"reason", "sections"}


@dataclass(frozen=True)
class Rule:
    """Who makes a move, and what must be said with it."""

    who: frozenset[str]
    says: frozenset[str] = frozenset()


def by(*who: str, says: set[str] = frozenset()) -> Rule:
    return Rule(frozenset(who), frozenset(says))


PROFILE = {
    "begin_inception": by(TEAM),
    "begin_drafting": by(EXPERT, FOCAL_POINT, TEAM),
    "submit_draft": by(EXPERT),
    "recommend_acceptance": by(REVIEWER),
    "request_minor_revision": by(REVIEWER, says=BECAUSE),
    "request_major_revision": by(REVIEWER, says=BECAUSE),
    "recommend_declining": by(REVIEWER, says=BECAUSE),
    "go_on_without": by(),
    "submit_minor_revision": by(EXPERT),
    "submit_major_revision": by(EXPERT),
    "pass_as_first": by(TEAM),
    "pass_qa": by(TEAM),
    "waive_second_pass": by(TEAM, says=BECAUSE),
    "take_pass_back": by(FIRST_CHECKER, says=BECAUSE),
    "return_for_revision": by(TEAM, says=NAMING),
    "return_to_review": by(TEAM, says=NAMING),
    "submit_qa_revision": by(EXPERT),
    "conclude_consultation": by(FOCAL_POINT, TEAM),
    "extend_consultation": by(FOCAL_POINT, TEAM, says=BECAUSE),
    "revise_after_consultation": by(FOCAL_POINT, TEAM, says=NAMING),
    "submit_validation_revision": by(EXPERT),
    "submit_new_evidence": by(EXPERT),
    "call_second_workshop": by(EXPERT),
    "validate": by(),
    "return_after_objection": by(),
    "open_priority_setting": by(),
    "agree_priorities": by(FOCAL_POINT),
    "dispute_finding": by(FOCAL_POINT, says=NAMING),
    "adopt_priorities": by(AUTHORITY),
    "return_priorities": by(AUTHORITY, says=BECAUSE),
    "publish": by(TEAM),
    "report_defect": by(TEAM, says=BECAUSE),
    "open_correction": by(TEAM, says=NAMING),
    "publish_correction": by(TEAM, says=BECAUSE),
    "declare_update_due": by(TEAM, says=BECAUSE),
    "supersede": by(),
    "hold": by(TEAM, says=BECAUSE),
    "resume": by(TEAM, says=BECAUSE),
    "cancel": by(TEAM, says=BECAUSE),
    "withdraw": by(TEAM, says=BECAUSE),
}
#: Sections here are written by the local expert; the co-author has none.
SECTION = {
    "begin": by(),
    "submit": by(EXPERT),
    "take_back": by(EXPERT, says=BECAUSE),
    "open_review": by(),
    "accept": by(REVIEWER),
    "request_minor_changes": by(REVIEWER, says=BECAUSE),
    "request_major_changes": by(REVIEWER, says=BECAUSE),
    "decline": by(REVIEWER, says=BECAUSE),
    "go_on_without": by(),
    "take_back_decision": by(REVIEWER, says=BECAUSE),
    "settle_accept": by(TEAM, says=BECAUSE),
    "settle_minor": by(TEAM, says=BECAUSE),
    "accept_revision": by(),
    "reopen": by(),
    "recall": by(),
    "lock": by(),
}
#: The comment is the international expert's: he alone closes it or opens it again.
COMMENT = {
    "accept": by(EXPERT),
    "accept_partly": by(EXPERT, says=BECAUSE),
    "decline": by(EXPERT, says=BECAUSE),
    "defer": by(EXPERT, says=BECAUSE),
    "verify": by(REVIEWER),
    "reopen": by(REVIEWER, says=BECAUSE),
    "close_by_deadline": by(),
}
DATA_ITEM = {
    "receive": by(EXPERT, CO_AUTHOR, FOCAL_POINT),
    "dispute": by(EXPERT, CO_AUTHOR, FOCAL_POINT, TEAM, says=BECAUSE),
    "confirm": by(EXPERT, CO_AUTHOR, FOCAL_POINT),
    "reconcile": by(EXPERT, CO_AUTHOR, FOCAL_POINT, says=BECAUSE),
    "publish_as_range": by(EXPERT, CO_AUTHOR, FOCAL_POINT, says=BECAUSE),
    "mark_unavailable": by(EXPERT, CO_AUTHOR, FOCAL_POINT, says=BECAUSE),
    "expire": by(EXPERT, CO_AUTHOR, FOCAL_POINT, TEAM, says=BECAUSE),
    "request_again": by(EXPERT, CO_AUTHOR, FOCAL_POINT),
}
#: The local expert has asked the first stakeholder; the co-author has asked for nothing.
INPUT_REQUEST = {
    "give_answer": by(Role.STAKEHOLDER, says={"answer"}),
    "say_unavailable": by(Role.STAKEHOLDER, says=BECAUSE),
    "ask_back": by(Role.STAKEHOLDER, says=BECAUSE),
    "hand_on": by(Role.STAKEHOLDER, EXPERT, TEAM, says={"person"}),
    "reply_to_question": by(EXPERT, says=BECAUSE),
    "accept_answer": by(EXPERT),
    "record_absence": by(EXPERT, says=BECAUSE),
    "ask_again": by(EXPERT, says=BECAUSE),
    "withdraw_request": by(EXPERT, TEAM, says=BECAUSE),
}
#: An outsider is invited: he has no part in the profile.
INVITATION = {
    "accept_invitation": by(INVITED),
    "declare_interest": by(INVITED, says={"answer"}),
    "propose_date": by(INVITED, says={"date"}),
    "decline_invitation": by(INVITED, says={"answer"}),
    "set_date": by(TEAM, says={"date"}),
    "clear_interest": by(TEAM, says=BECAUSE),
    "bar_interest": by(TEAM, says=BECAUSE),
    "withdraw_invitation": by(TEAM, says=BECAUSE),
}
#: The first stakeholder is asked; the second one has a question of his own.
SIGN_OFF = {
    "approve": by(Role.STAKEHOLDER),
    "reserve": by(Role.STAKEHOLDER, says=BECAUSE),
    "object_to": by(Role.STAKEHOLDER, says=NAMING),
    "waive": by(TEAM, says=BECAUSE),
    "lapse": by(),
    "lapse_tacitly": by(),
}
RULES = {
    "profile": PROFILE,
    "section": SECTION,
    "comment": COMMENT,
    "data_item": DATA_ITEM,
    "input_request": INPUT_REQUEST,
    "invitation": INVITATION,
    "sign_off": SIGN_OFF,
}
