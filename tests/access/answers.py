"""What every address answers whom: one line for each, in words of what the roles are for.

The two answers of a line are those to reading and to sending the least that is taken, in the world
of these tests: a profile that is written, one that is with the city, one that gets its priorities.
Who does not come past the door of ``config.access`` is not in these lines.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from config.access import OPEN_TO_STRANGERS, RULES, Rule
from profile_workflow.states import Role
from tests.access.world import OUTSIDER, STRANGER, SUPERUSER, WHO

OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, GONE = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
NOT_TAKEN, NOT_NOW = HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT
NOT_COMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY

EVERYBODY = frozenset(WHO)
TEAM, EXPERT, CO_AUTHOR = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR
REVIEWER, FOCAL_POINT = Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT
AUTHORS = (EXPERT, CO_AUTHOR)
KEEPERS = (TEAM, *AUTHORS)
WORKERS = (*KEEPERS, FOCAL_POINT)
JUDGES = (*KEEPERS, REVIEWER)


@dataclass(frozen=True)
class Answer:
    """What somebody is answered: one thing some, whom ``but`` names another, and others a third."""

    status: HTTPStatus
    to: frozenset[str] = EVERYBODY
    others: HTTPStatus = FORBIDDEN
    but: Mapping[str, HTTPStatus] = field(default_factory=dict)

    def for_(self, who: str) -> HTTPStatus:
        """Return what somebody is answered."""
        return self.but.get(who, self.status if who in self.to else self.others)


def only(
    status: HTTPStatus,
    *to: str,
    others: HTTPStatus = FORBIDDEN,
    but: Mapping[str, HTTPStatus] | None = None,
) -> Answer:
    return Answer(status, frozenset(to), others, but or {})


@dataclass(frozen=True)
class Line:
    """The answers to reading and to sending, and who changes something by sending.

    Where ``counts_all`` is set, what is refused is counted too, so that nobody tries without end.
    """

    read: Answer
    sent: Answer
    writers: Collection[str] | None = None
    counts_all: bool = False

    def may_write(self, who: str, answered: HTTPStatus) -> bool:
        """Whether something may be stored when that was answered."""
        is_refused = answered >= HTTPStatus.BAD_REQUEST
        if is_refused:
            return self.counts_all
        return self.writers is None or who in self.writers


def page(*to: str, others: HTTPStatus = FORBIDDEN) -> Line:
    """A page or a file that is only read: by these roles; by all who come in if none is named."""
    return Line(Answer(OK, frozenset(to) or EVERYBODY, others), Answer(NOT_TAKEN))


def button(sent: Answer, writers: Collection[str] | None = None) -> Line:
    """An address that is there for a button alone."""
    return Line(Answer(NOT_TAKEN), sent, writers)


def form(
    sent: HTTPStatus,
    *to: str,
    others: HTTPStatus = FORBIDDEN,
    but: Mapping[str, HTTPStatus] | None = None,
) -> Line:
    """A page with a form, both for the same people."""
    return Line(only(OK, *to, others=others, but=but), only(sent, *to, others=others, but=but))


def note(sent: Answer, writers: Collection[str] | None = None) -> Line:
    """A page that all who come in read, with a form for some."""
    return Line(Answer(OK), sent, writers)


ANSWERS = {
    "favicon": Line(Answer(FOUND), Answer(NOT_TAKEN)),
    "healthz": page(),
    "readyz": page(),
    # Whoever is signed in already is sent on.
    "sign_in": Line(only(OK, STRANGER, others=FOUND), only(OK, STRANGER, others=FOUND)),
    "home": Line(only(OK, STRANGER, others=FOUND), Answer(NOT_TAKEN)),
    "language": button(Answer(FOUND), ()),
    "password_reset": note(Answer(NOT_COMPLETE)),
    "password_set": note(Answer(OK), ()),
    "sign_out": button(Answer(FOUND)),
    # Whoever holds the link answers, whoever else he may be; with all answers he may send them.
    "link": page(),
    "link_section": note(Answer(NOT_COMPLETE), ()),
    "link_check": note(Answer(NOT_COMPLETE), ()),
    # This consultation asks for no priorities.
    "link_priorities": Line(Answer(GONE), Answer(GONE)),
    "link_paper": page(),
    "link_pdf": page(),
    # A link for a consultation is none to sign with.
    "link_sign": Line(Answer(GONE), Answer(GONE)),
    "link_code": Line(Answer(GONE), Answer(GONE)),
    "link_code_new": Line(Answer(GONE), Answer(GONE)),
    "link_receipt": Line(Answer(FOUND), Answer(NOT_TAKEN)),
    "link_language": button(Answer(FOUND), ()),
    "link_nowhere": Line(Answer(GONE), Answer(GONE)),
    "link_picture": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "verify": Line(Answer(OK), Answer(NOT_COMPLETE), counts_all=True),
    "fingerprint": page(),
    "fingerprint_data": page(),
    "cities": page(),
    "cities_feed": page(),
    # What is asked for is not published.
    "published": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "published_version": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "published_part": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "published_file": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "published_citation": Line(Answer(GONE), Answer(NOT_TAKEN)),
    "help": page(),
    "help_for": page(),
    "me": note(Answer(NOT_COMPLETE)),
    "password": note(Answer(OK), ()),
    "profiles": page(),
    "search": page(),
    "tasks": page(),
    "task": note(only(FOUND, EXPERT)),
    "task_claim": button(only(FOUND, EXPERT)),
    "task_release": button(only(FOUND, EXPERT)),
    "task_delegate": form(NOT_COMPLETE, TEAM, EXPERT),
    "profile_new": note(Answer(NOT_COMPLETE)),
    "board": page(),
    "board_view_save": button(Answer(NOT_COMPLETE)),
    "board_view": note(Answer(OK), ()),
    "board_file": page(),
    "outbox": page(),
    "outbox_retry_all": note(Answer(FOUND)),
    "outbox_retry": button(Answer(FOUND)),
    "profile": page(),
    "profile_move": form(FOUND, TEAM),
    # The reviewer's to do, but not while the section is written.
    "section_move": Line(only(NOT_NOW, REVIEWER), only(NOT_NOW, REVIEWER)),
    "people": page(),
    "people_add": form(OK, TEAM),
    "people_invite": form(NOT_COMPLETE, TEAM),
    # It is the local expert's own part: he ends what he has lent of it.
    # Whoever else has a part does not learn from an answer that this one exists.
    "people_end": form(NOT_COMPLETE, TEAM, EXPERT, others=GONE),
    "people_substitute": form(NOT_COMPLETE, TEAM, EXPERT, others=GONE),
    # Everybody is led back to the people, and told what became of it.
    "people_ask": button(Answer(FOUND), (TEAM, FOCAL_POINT)),
    "deadlines": form(NOT_COMPLETE, TEAM),
    # Nothing of it is published.
    "version_withdraw": Line(only(GONE, TEAM), only(GONE, TEAM)),
    "invitations": page(TEAM),
    "invitation_new": form(NOT_COMPLETE, TEAM),
    "invitation": form(NOT_COMPLETE, TEAM),
    "invitation_suggested": button(only(FOUND, TEAM)),
    # The outsider is invited: this is all that he sees.
    "my_invitation": form(NOT_COMPLETE, OUTSIDER, others=GONE),
    "history": page(),
    "section": page(),
    "section_compare": page(),
    "section_copies": page(EXPERT),
    # There is no table in the text that could be taken out of it.
    "section_typed_tables": Line(only(OK, EXPERT), only(NOT_NOW, EXPERT)),
    "section_copy": form(FOUND, EXPERT),
    "section_review": note(only(NOT_NOW, REVIEWER)),
    # Kept for whoever judges, and only while it is his turn.
    "review_draft": button(only(NOT_NOW, REVIEWER)),
    "review_draft_whole": button(only(NOT_NOW, REVIEWER)),
    "section_printed": form(FOUND, *KEEPERS),
    "section_word": page(),
    "word_file": page(),
    "word_import": form(OK, EXPERT),
    # What was read from a file is its reader's alone.
    "word_check": form(FOUND, EXPERT, others=GONE),
    "word_mapping": form(OK, EXPERT, others=GONE),
    "word_changes": page(EXPERT, others=GONE),
    "round": page(),
    "attribution": form(NOT_COMPLETE, TEAM),
    "links": page(TEAM, FOCAL_POINT),
    "link_again": button(only(FOUND, TEAM, FOCAL_POINT)),
    "link_revoke": form(NOT_COMPLETE, TEAM, FOCAL_POINT),
    "objection": note(only(FOUND, TEAM, EXPERT)),
    # The first who is asked is the focal point: he answers himself.
    "paper": page(TEAM, FOCAL_POINT),
    "paper_room": page(TEAM, FOCAL_POINT),
    "paper_form": page(TEAM, FOCAL_POINT),
    "paper_enter": form(NOT_COMPLETE, TEAM),
    "workshops": page(),
    "workshops_file": page(),
    "workshop": page(),
    "workshop_new": form(NOT_COMPLETE, TEAM, FOCAL_POINT),
    "workshop_change": form(NOT_COMPLETE, TEAM, FOCAL_POINT),
    "workshop_said": form(NOT_COMPLETE, TEAM, FOCAL_POINT),
    "workshop_remark": note(only(FOUND, TEAM, EXPERT, FOCAL_POINT)),
    "workshop_unsaid": button(only(FOUND, TEAM, FOCAL_POINT)),
    # The checks are made in quality assurance, which is over or has not begun.
    "qa": note(only(NOT_NOW, TEAM)),
    "qa_waive": button(only(NOT_NOW, TEAM)),
    "qa_waiver_back": button(only(NOT_NOW, TEAM)),
    "responses": note(only(FOUND, EXPERT)),
    "responses_file": page(),
    "responses_annex": button(Answer(FOUND)),
    "section_edit": form(FOUND, EXPERT),
    "section_save": button(only(OK, EXPERT)),
    "section_guidance": form(NOT_COMPLETE, *JUDGES),
    "section_answers": button(only(OK, EXPERT)),
    "section_beside": page(EXPERT),
    "findings": page(*JUDGES),
    "requests": page(),
    "request_new": form(NOT_COMPLETE, *AUTHORS),
    # The focal point was asked; others of the city see what they were asked themselves.
    "request": Line(
        only(OK, *WORKERS, others=GONE),
        only(FOUND, FOCAL_POINT, others=GONE, but=dict.fromkeys(KEEPERS, FORBIDDEN)),
    ),
    "request_file": page(*WORKERS, others=GONE),
    "evidence": page(),
    "entry_add": form(NOT_COMPLETE, *KEEPERS),
    "entry": form(NOT_COMPLETE, *KEEPERS),
    "entry_remove": form(FOUND, *KEEPERS),
    "entry_shift": button(only(FOUND, *KEEPERS), ()),
    "sources": page(),
    "sources_import": form(NOT_COMPLETE, *KEEPERS),
    "sources_file": page(),
    "source_library": note(only(FOUND, *KEEPERS), ()),
    "library_withdraw": button(only(FOUND, TEAM)),
    "source_share": button(only(FOUND, TEAM)),
    "source_merge": form(FOUND, *KEEPERS),
    "tables": page(),
    # What is not submitted is there for those only who work on it.
    "table": page(*WORKERS, others=GONE),
    "table_file": page(*WORKERS, others=GONE),
    "pictures": page(),
    "picture_file": page(*WORKERS, others=GONE),
    "figure_add": form(NOT_COMPLETE, *KEEPERS),
    "table_paste": form(NOT_COMPLETE, *KEEPERS, others=GONE, but={FOCAL_POINT: FORBIDDEN}),
    "table_chart": form(FOUND, *KEEPERS, others=GONE, but={FOCAL_POINT: FORBIDDEN}),
    "figure": Line(
        only(OK, *WORKERS, others=GONE),
        only(FOUND, *AUTHORS, FOCAL_POINT, others=GONE, but={TEAM: FORBIDDEN}),
    ),
    "challenges": page(),
    "priorities": page(),
    "priority_add": form(NOT_COMPLETE, *WORKERS),
    "priority": form(NOT_COMPLETE, *WORKERS),
    "priority_shift": button(only(FOUND, *WORKERS)),
    "priority_remove": form(FOUND, *WORKERS),
    # Written in a correction, which is not open.
    "erratum": note(only(NOT_NOW, TEAM)),
    "pdf": note(only(FOUND, *KEEPERS, others=NOT_COMPLETE)),
    "pdf_file": page(*KEEPERS, others=GONE),
    "pdf_shown": page(*KEEPERS, others=GONE),
    "admin:": note(Answer(OK), ()),
}


def expected(name: str, who: str, method: str) -> HTTPStatus:
    """Return what somebody is answered who reads (``get``) or sends (``post``)."""
    line = ANSWERS[name]
    inside = (line.read if method == "get" else line.sent).for_(who)
    return refused_at_the_door(RULES[name], who) or inside


def refused_at_the_door(rule: Rule, who: str) -> HTTPStatus | None:
    """Return how somebody is kept out whom the rule of the address does not name."""
    if rule not in OPEN_TO_STRANGERS and who == STRANGER:
        return FOUND
    if rule is Rule.PROJECT_TEAM and who != TEAM:
        return FORBIDDEN
    if rule is Rule.ADMINISTRATOR and who != SUPERUSER:
        return FORBIDDEN
    if rule is Rule.INVITED and who != OUTSIDER:
        return GONE
    return GONE if rule is Rule.TAKES_PART and who in {OUTSIDER, SUPERUSER} else None
