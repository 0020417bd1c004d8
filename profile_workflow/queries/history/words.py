"""The words of the event log: what an event is about, what was done, which state it led to."""

from functools import cache

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from profile_workflow.models import (
    Comment,
    DataItem,
    InputRequest,
    LibrarySource,
    Priority,
    Profile,
    ReviewInvitation,
    Section,
    SignOff,
)
from profile_workflow.queries.evidence import ENTRIES
from profile_workflow.states import (
    Attribution,
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    Role,
    SectionState,
    SignOffState,
    Verdict,
)


class Kind(TextChoices):
    """What an event is about, as the first word of its document."""

    PROFILE = "profile", gettext_lazy("Profile")
    SECTION = "section", gettext_lazy("Section")
    COMMENT = "comment", gettext_lazy("Comment")
    SIGN_OFF = "sign_off", gettext_lazy("Sign-off")
    DATA_ITEM = "data_item", gettext_lazy("Figure")
    INPUT_REQUEST = "input_request", gettext_lazy("Request for input")
    INVITATION = "invitation", gettext_lazy("Invitation to review")
    EVIDENCE = "evidence", gettext_lazy("Evidence and priorities")
    REVIEW_ROUND = "review_round", gettext_lazy("Round of expert review")
    VALIDATION_ROUND = "validation_round", gettext_lazy("Round of validation")
    TASK = "task", gettext_lazy("Task")
    ASSIGNMENT = "assignment", gettext_lazy("Assignment")
    CHECK = "check", gettext_lazy("Check of quality")
    GUIDANCE = "guidance", gettext_lazy("Guidance")
    WORKSHOP = "workshop", gettext_lazy("Workshop")
    VERSION = "version", gettext_lazy("Published version")


#: Which machine the states of a document belong to.
_STATES: dict[str, type[TextChoices]] = {
    Kind.PROFILE: ProfileState,
    Kind.SECTION: SectionState,
    Kind.COMMENT: CommentState,
    Kind.SIGN_OFF: SignOffState,
    Kind.DATA_ITEM: DataItemState,
    Kind.INPUT_REQUEST: RequestState,
    Kind.INVITATION: InvitationState,
    Kind.ASSIGNMENT: Role,
    Kind.CHECK: Verdict,
    Kind.VALIDATION_ROUND: Attribution,
}

#: What happens beside the machines.
_OTHER_MOVES: dict[str, "str | Promise"] = {
    "nominate": gettext_lazy("Nominate"),
    "assign": gettext_lazy("Give a part in the profile"),
    "substitute": gettext_lazy("Name a substitute"),
    "ask_for_substitute": gettext_lazy("Name a substitute"),
    "end_substitution": gettext_lazy("End the substitution"),
    "ask": gettext_lazy("Ask for an answer"),
    "invite": gettext_lazy("Invite to review"),
    "make": gettext_lazy("Comment"),
    "reply": gettext_lazy("Reply to the comment"),
    "apply": gettext_lazy("Apply the suggestion to the text"),
    "open_round": gettext_lazy("Open the round"),
    "promise": gettext_lazy("Announce how answers are attributed"),
    "unseal": gettext_lazy("Unseal the answer, without a name"),
    "claim": gettext_lazy("Take the task"),
    "release": gettext_lazy("Give the task back"),
    "delegate": gettext_lazy("Hand the task over"),
    "register": gettext_lazy("Enter into the register"),
    "change": gettext_lazy("Change"),
    "remove": gettext_lazy("Remove"),
    "merge": gettext_lazy("Merge into one"),
    "share": gettext_lazy("Put into the library"),
    "withdraw": gettext_lazy("Withdraw from the library"),
    "withdraw_version": gettext_lazy("Withdraw the version"),
    "change_deadline": gettext_lazy("Change the deadline"),
    "mark_questions": gettext_lazy("Mark guiding questions"),
    "allow_finding": gettext_lazy("Allow a finding in the text"),
    "take_back_allowance": gettext_lazy("Take back that a finding is allowed"),
    "end_part": gettext_lazy("Take the part back"),
    "answer_objection": gettext_lazy("Answer the objection in writing"),
    "answer_check": gettext_lazy("Answer a check"),
    "waive_advice": gettext_lazy("Waive an advice"),
    "take_waiver_back": gettext_lazy("Take the waiver back"),
    "shift": gettext_lazy("Change the order"),
    "issue_link": gettext_lazy("Send a personal link again"),
    "revoke_link": gettext_lazy("Revoke the personal link"),
    "send_by_link": gettext_lazy("Send the answer by personal link, without signing in"),
    "sign_by_link": gettext_lazy("Confirm the signature by personal link, with a code"),
    "enter_paper": gettext_lazy("Enter the answer from a paper form"),
    "record": gettext_lazy("Write down the workshop"),
    "correct": gettext_lazy("Correct the record"),
    "add_remark": gettext_lazy("Write down what the room said"),
    "remove_remark": gettext_lazy("Take out of the record"),
    "answer_remark": gettext_lazy("Answer the room in writing"),
    "carry_over": gettext_lazy("Take over from the edition before"),
}

#: What an event about the evidence names, as its second word.
_EVIDENCE: dict[str, "str | Promise"] = {
    **{one._meta.model_name or "": one._meta.verbose_name or "" for one in ENTRIES},  # noqa: SLF001 - Django's own API
    "librarysource": LibrarySource._meta.verbose_name or "",  # noqa: SLF001 - Django's own API
    "priorities": Priority._meta.verbose_name_plural or "",  # noqa: SLF001 - Django's own API
    "erratum": gettext_lazy("erratum"),
    "edition": gettext_lazy("what the text rests on"),
}


@cache
def _machine_moves() -> dict[tuple[str, str], "str | Promise"]:
    machines = (Profile, Section, Comment, SignOff, DataItem, InputRequest, ReviewInvitation)
    return {
        (machine.document_type, move.name): move.custom["label"]
        for machine in machines
        for move in machine().get_all_state_transitions()
    }


def move_label(kind: str, move: str) -> str:
    """Return a move in words, in the language in force."""
    label = _machine_moves().get((kind, move)) or _OTHER_MOVES.get(move)
    return str(label) if label else move.replace("_", " ").capitalize()


def evidence_label(name: str) -> str:
    """Return what an event about the evidence names, in words; empty if it is not known."""
    return capfirst(str(_EVIDENCE.get(name, "")))


def role_label(role: str) -> str:
    """Return a role in words; empty for none."""
    return str(Role(role).label) if role else ""


def state_label(kind: str, state: str) -> str:
    """Return a state of a document of a kind in words; empty if there is none."""
    states = _STATES.get(kind)
    return str(states(state).label) if states and state in states.values else ""
