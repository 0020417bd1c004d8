"""The one door: every move of every document goes through here.

Lock the profile, fetch the document again, check, move, record, route the task, note the effects:
one transaction, all or nothing.
"""

from workflows.engine.asking import ask
from workflows.engine.attributing import make_attribution_stricter
from workflows.engine.branches import add_stakeholder, may_take_back, take_back, to_take_back
from workflows.engine.by_link import revoke_link, send_answer, send_link_again
from workflows.engine.days import change_deadlines, changeable_deadlines
from workflows.engine.handing import (
    claim,
    clear_up_after,
    delegate,
    end_part,
    release,
    substitutions_to_clear_up,
    takers,
    why_not_handed_over,
)
from workflows.engine.inviting import Invitee, invite, invite_suggested
from workflows.engine.lending import ask_for_substitute, substitute
from workflows.engine.locking import Document
from workflows.engine.moves import (
    apply_suggestion,
    lapse,
    nominate,
    nominate_next_edition,
    offers,
    perform,
)
from workflows.engine.paper import enter_paper
from workflows.engine.signing import ask_for_code, sign_by_link
from workflows.engine.unsealing import rounds_to_unseal, unseal
from workflows.engine.withdrawing import withdraw_version

__all__ = [
    "Document",
    "Invitee",
    "add_stakeholder",
    "apply_suggestion",
    "ask",
    "ask_for_code",
    "ask_for_substitute",
    "change_deadlines",
    "changeable_deadlines",
    "claim",
    "clear_up_after",
    "delegate",
    "end_part",
    "enter_paper",
    "invite",
    "invite_suggested",
    "lapse",
    "make_attribution_stricter",
    "may_take_back",
    "nominate",
    "nominate_next_edition",
    "offers",
    "perform",
    "release",
    "revoke_link",
    "rounds_to_unseal",
    "send_answer",
    "send_link_again",
    "sign_by_link",
    "substitute",
    "substitutions_to_clear_up",
    "take_back",
    "takers",
    "to_take_back",
    "unseal",
    "why_not_handed_over",
    "withdraw_version",
]
