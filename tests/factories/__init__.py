"""A programme, its people and profiles in any state, brought there by the moves that lead there.

Nothing here writes a state: a profile moves through the engine only, each move by somebody who
may make it. Programmes are apart from one another, so tests never meet.
"""

from profile_workflow.services.people import Part
from tests.factories.documents import asked, fresh, holder, holders, move, section, sections, undone
from tests.factories.given import (
    ask_for_input,
    comment_on,
    give_checks,
    give_erratum,
    give_figure,
    give_guidance,
    give_picture,
    give_priority,
    give_source,
    give_territory,
    invite,
    prepare_publication,
    promise_unsealed,
    read_word,
    write,
)
from tests.factories.meetings import FACTS, give_workshop
from tests.factories.programmes import Made, make_person, make_profile, make_programme, nomination
from tests.factories.way import (
    ASIDE,
    EDITABLE,
    FORWARD,
    RESTS,
    accept_sections,
    advance,
    answer_checks,
    answer_objections,
    approve_all,
    bring_to,
    next_edition,
    start_next_edition,
    submit_sections,
)

__all__ = [
    "ASIDE",
    "EDITABLE",
    "FACTS",
    "FORWARD",
    "RESTS",
    "Made",
    "Part",
    "accept_sections",
    "advance",
    "answer_checks",
    "answer_objections",
    "approve_all",
    "ask_for_input",
    "asked",
    "bring_to",
    "comment_on",
    "fresh",
    "give_checks",
    "give_erratum",
    "give_figure",
    "give_guidance",
    "give_picture",
    "give_priority",
    "give_source",
    "give_territory",
    "give_workshop",
    "holder",
    "holders",
    "invite",
    "make_person",
    "make_profile",
    "make_programme",
    "move",
    "next_edition",
    "nomination",
    "prepare_publication",
    "promise_unsealed",
    "read_word",
    "section",
    "sections",
    "start_next_edition",
    "submit_sections",
    "undone",
    "write",
]
