"""The pages of ``tests.pages`` in further states: every kind of task, at rest, empty, refused."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from profile_workflow.models import AnsweringLink, SignOff
from profile_workflow.services import links
from profile_workflow.states import ProfileState as S
from profile_workflow.states import Role
from tests import factories
from tests.browser import WRITING_BUDGET
from tests.links import link_of, token_for
from tests.pages import (
    EXPERT,
    FOCAL_POINT,
    PAGES,
    REVIEWER,
    STRANGER,
    TEAM,
    Page,
    World,
    asked_for,
    by_link,
    entry,
    figure_table,
    kept_links,
    kept_view,
    link_to_revoke,
    objected,
    objection,
    part,
    prepare_signature,
    section_by_link,
    sent_by_link,
    signoff_by_link,
    slug,
    to_rank,
    to_sign,
    with_files,
)

CITY_AUTHORITY, STAKEHOLDER = Role.CITY_AUTHORITY, Role.STAKEHOLDER
Arguments = Callable[[World], Sequence[Any]]


def step(kind: str) -> Arguments:
    """An open task of a kind."""
    return lambda world: [world.step(kind)]


def a_profile(state: S, *more: str) -> Arguments:
    """A profile in a state."""
    return lambda world: [world.profile_in(state).slug, *more]


def of_objected(world: World) -> Sequence[Any]:
    return [objected(world).slug]


def withdrawn(world: World) -> Sequence[Any]:
    """A version of a profile that was published, and is public no more."""
    profile = world.profile_in(S.PUBLISHED, "withdrawn")
    if factories.fresh(profile).state == S.PUBLISHED:
        why = "It named people who had not agreed."
        factories.move(profile, "withdraw", world.made.team, reason=why)
    return [profile.slug, "1.0"]


def done_task(world: World) -> Sequence[Any]:
    """A task that somebody has finished."""
    found = world.profile.tasks.filter(section__key="1").exclude(finished=None)
    return [found.order_by("pk")[0].pk]


def written_twice(world: World) -> Sequence[Any]:
    """A section that was saved since another page of it was opened."""
    section = factories.section(world.drafted, "3")
    if section.draft.version < 2:
        for text in ("In 2024, many came.", "In 2024, many came, and few left."):
            factories.write(section, text)
    return [world.drafted.slug, "3"]


#: What somebody sends who opened that section before.
OVERTAKEN = {
    "text": "In 2024, nobody came.",
    "searched": "",
    "base_version": "1",
    "base_text": "In 2024, many came.",
    "base_searched": "",
    "action": "save",
}


def replaced_link(world: World) -> Sequence[Any]:
    """A link after which another one was sent."""
    profile = signoff_by_link(world).round.profile
    signoff = SignOff.objects.filter(round__profile=profile).order_by("-pk")[0]
    if signoff.links.count() == 1:
        links.issue_again(signoff, by=world.made.team, at=timezone.now())
    return [links.token_of(signoff.links.order_by("pk")[0])]


def signature_to_prepare(world: World) -> Sequence[Any]:
    """The link of an authority who has not begun to answer."""
    profile = world.profile_in(S.SIGNOFF, "links unused")
    return [token_for(SignOff.objects.get(round__profile=profile, role=Role.CITY_AUTHORITY))]


def signature_to_confirm(world: World) -> Sequence[Any]:
    """The link of an authority who has prepared a signature, and asked for no code."""
    profile = world.profile_in(S.SIGNOFF, "links prepared")
    signoff = SignOff.objects.get(round__profile=profile, role=Role.CITY_AUTHORITY)
    prepare_signature(link_of(signoff))
    return [token_for(signoff)]


def closed_link(world: World) -> Sequence[Any]:
    """A link of a consultation after which the city has signed."""
    profile = world.profile_in(S.PRIORITY_SETTING)
    found = AnsweringLink.objects.filter(signoff__round__profile=profile)
    return [links.token_of(found.order_by("pk")[0])]


def task_page(kind: str, purpose: str, who: str) -> Page:
    return Page("task", purpose, [who], step(kind), variant=kind, for_all=False)


def refused(
    name: str, purpose: str, who: str, arguments: Arguments = lambda _world: [], **more: Any
) -> Page:
    """What a page says to whoever sends its form without what it needs."""
    given = {"sent": {}, "status": 422, "variant": "refused", "is_pictured": False, **more}
    return Page(name, purpose, [who], arguments, **given)


def empty(name: str, purpose: str, who: str, **more: Any) -> Page:
    """A page of a profile that was just nominated, or a list, with nothing on it yet."""
    given = {"arguments": a_profile(S.PLANNED), "variant": "empty", **more}
    return Page(name, purpose, [who], is_pictured=False, for_all=False, **given)


def nothing_found(query: str) -> dict[str, Any]:
    """Of a list that nothing on it answers."""
    return {"arguments": lambda _world: [], "query": query, "variant": "nothing"}


TASKS = (
    task_page("plan", "Begin: everybody is there, and knows by when.", TEAM),
    task_page("incept", "Settle the territory and the words, then begin to write.", EXPERT),
    task_page("draft", "Write a section and submit it.", EXPERT),
    task_page("submit", "Submit the whole text, or read all that is missing.", EXPERT),
    task_page("close_round", "Say what the review of all sections comes to.", REVIEWER),
    task_page("qa", "Assure the quality of the whole.", TEAM),
    task_page("consult", "Read the text and answer, as a person who was asked.", STAKEHOLDER),
    task_page("conclude", "Count the answers of the consultation and go on.", FOCAL_POINT),
    task_page("sign", "Sign the text for the city.", CITY_AUTHORITY),
    task_page("prioritise", "Agree on the priorities.", FOCAL_POINT),
    task_page("adopt", "Adopt the priorities for the city.", CITY_AUTHORITY),
    task_page("produce", "Publish, after the last checks.", TEAM),
    task_page("correct", "Publish a correction.", TEAM),
    Page("task", "A task that is done: by whom, when, and how.", [REVIEWER], done_task,
         variant="done"),
)  # fmt: skip

AT_REST = (
    Page("profile", "A profile while the city is consulted.", [FOCAL_POINT, STAKEHOLDER],
         a_profile(S.CONSULTATION), variant="consultation"),
    Page("profile", "A profile that is published.", [CITY_AUTHORITY, TEAM],
         a_profile(S.PUBLISHED), variant="published"),
    Page("profile", "A profile that was put on hold.", [TEAM, EXPERT],
         a_profile(S.ON_HOLD), variant="held"),
    Page("profile", "A profile that was cancelled.", [TEAM], a_profile(S.CANCELLED),
         variant="cancelled"),
    Page("published_version", "A published profile that was withdrawn.", [STRANGER], withdrawn,
         variant="withdrawn", status=410),
    Page("round", "A consultation in which somebody objects.", [FOCAL_POINT, EXPERT], of_objected,
         variant="consultation"),
    Page("qa", "Quality assurance, once it is over.", [TEAM], of_objected, variant="over",
         is_pictured=False),
    Page("responses", "Nobody has commented in this consultation.", [EXPERT], of_objected,
         variant="none", is_pictured=False),
    Page("profile_move", "Resume a profile that was put on hold.", [TEAM],
         a_profile(S.ON_HOLD, "resume"), variant="resume", is_pictured=False),
    Page("section", "A section that nobody has submitted.", [REVIEWER],
         a_profile(S.INCEPTION, "1"), variant="unsubmitted", is_pictured=False),
    Page("section_edit", "A section that cannot be written now.", [EXPERT],
         a_profile(S.PROJECT_QA, "1"), variant="closed", status=409, is_pictured=False,
         most_bytes=WRITING_BUDGET),
)  # fmt: skip

BY_LINK = (
    Page("link", "Answered by personal link, and changed since.", [STRANGER], sent_by_link,
         variant="answered", is_pictured=False, for_all=False),
    Page("link_section", "A section of the answer that was sent.", [STRANGER],
         lambda world: [*sent_by_link(world), "2"], variant="answered", is_pictured=False,
         for_all=False),
    Page("link_check", "An answer that objects, to be sent again.", [STRANGER], sent_by_link,
         variant="objects", is_pictured=False, for_all=False),
    Page("link_check", "Sections and priorities before they are sent.", [STRANGER], to_rank,
         variant="priorities", is_pictured=False, for_all=False),
    Page("link", "Asked to sign by personal link.", [STRANGER], to_sign, variant="sign",
         is_pictured=False, for_all=False),
    Page("link_section", "A section to read before signing.", [STRANGER],
         lambda world: [*to_sign(world), "1"], variant="sign", is_pictured=False, for_all=False),
    Page("link_code", "A signature before its code is asked for.", [STRANGER],
         signature_to_confirm, variant="prepared", is_pictured=False, for_all=False),
    Page("link", "A personal link that is none.", [STRANGER], lambda _world: ["no-such-link"],
         variant="unknown", status=404, is_pictured=False, for_all=False),
    Page("link", "A personal link that was replaced.", [STRANGER], replaced_link,
         variant="replaced", status=410, is_pictured=False, for_all=False),
    Page("link", "A personal link whose consultation is over.", [STRANGER], closed_link,
         variant="closed", status=410, is_pictured=False, for_all=False),
)  # fmt: skip

EMPTY = (
    empty("profile", "A profile that was just nominated.", TEAM),
    empty("requests", "Nothing was asked of the city.", EXPERT),
    empty("evidence", "Nothing is registered.", EXPERT),
    empty("sources", "No source.", EXPERT),
    empty("source_library", "Nothing is shared.", EXPERT),
    empty("tables", "No data table.", EXPERT),
    empty("pictures", "No picture.", EXPERT),
    empty("challenges", "No challenge.", EXPERT),
    empty("priorities", "No priority.", FOCAL_POINT),
    empty("findings", "Nothing to look at.", EXPERT),
    empty("responses", "No comment.", EXPERT),
    empty("round", "No round yet.", TEAM),
    empty("qa", "Nothing to check yet.", TEAM),
    empty("pdf", "No PDF.", TEAM),
    empty("search", "Nothing has such words.", EXPERT, **nothing_found("q=nowhereatall")),
    empty("outbox", "Nothing has failed.", TEAM, **nothing_found("state=failed")),
    empty("board", "No profile is as the filter wants.", TEAM,
          **nothing_found("search=nowhereatall")),
)  # fmt: skip

FILES = (
    Page("pdf", "Outputs of texts of now and of before, one that failed.", [TEAM], with_files,
         variant="files", is_pictured=False, for_all=False),
)  # fmt: skip

REFUSED = (
    Page("section_edit", "Two versions of a text, to be joined.", [EXPERT], written_twice,
         variant="conflict", sent=OVERTAKEN, status=409, most_bytes=WRITING_BUDGET),
    Page("link_section", "Two answers to a section, to choose from.", [STRANGER], section_by_link,
         variant="conflict", sent={"view": "objects", "text": "Not so."}, status=409,
         is_pictured=False),
    refused("link_section", "No answer to a section.", STRANGER, section_by_link),
    refused("link_revoke", "A link that is revoked without a reason.", TEAM, link_to_revoke),
    refused("link_sign", "No answer for the city.", STRANGER, signature_to_prepare),
    refused("link_code", "No code.", STRANGER, to_sign),
    refused("attribution", "No rule and no reason.", TEAM, kept_links),
    refused("link_check", "Sections without an answer.", STRANGER, by_link),
    refused("sign_in", "No name and no password.", STRANGER, status=200),
    refused("verify", "No file.", STRANGER),
    refused("password_reset", "No address.", STRANGER),
    refused("password", "No password.", EXPERT, status=200),
    refused("profile_new", "A profile of nobody.", TEAM),
    refused("people_invite", "An invitation without a name.", TEAM, slug),
    refused("people_substitute", "Nobody stands in.", TEAM, part),
    refused("people_end", "A part that ends without a reason.", TEAM, part),
    refused("deadlines", "No reason why deadlines change.", TEAM, slug),
    refused("task_delegate", "Handed over to nobody.", TEAM, step("draft")),
    refused("board_view", "A view without a name.", TEAM, kept_view),
    refused("request_new", "A request for nothing.", EXPERT,
            lambda world: [world.drafted.slug]),
    refused("request", "An answer without words.", FOCAL_POINT, asked_for,
            sent={"give_answer-move": "give_answer"}),
    refused("entry_add", "A source without a title.", EXPERT,
            lambda world: [world.drafted.slug, "source"]),
    refused("entry", "A figure without a value.", EXPERT, entry),
    refused("figure_add", "A figure that is none.", EXPERT, figure_table),
    refused("table_paste", "An empty table.", EXPERT, figure_table),
    refused("sources_import", "No file.", EXPERT, lambda world: [world.drafted.slug]),
    refused("word_import", "No file.", EXPERT, lambda world: [world.drafted.slug]),
    refused("priority_add", "A priority without a name.", EXPERT, a_profile(S.PRIORITY_SETTING)),
    refused("task", "No decision on a section.", REVIEWER,
            lambda world: [world.task(section__key=world.waiting)]),
    refused("section_move", "No reason for changes.", REVIEWER,
            lambda world: [world.profile.slug, world.waiting, "request_minor_changes"]),
    refused("profile_move", "No reason for a hold.", TEAM,
            lambda world: [world.profile.slug, "hold"]),
    refused("objection", "An answer without words.", TEAM, objection),
)  # fmt: skip


def no(name: str, status: int, variant: str, purpose: str, who: str, **more: Any) -> Page:
    """A page that says no."""
    return Page(name, purpose, [who], variant=variant, status=status, for_all=False, **more)


NOES = (
    no("board", 403, "not_you", "Not you: whose page it is, and who gives that role.", STAKEHOLDER),
    no("profile_move", 409, "not_now", "Not now: what has to come before.", TEAM,
       arguments=lambda world: [world.profile.slug, "publish"]),
    no("profile", 404, "not_there", "Nothing is here, or nothing for you.", STAKEHOLDER,
       arguments=lambda _world: ["no-such-profile"]),
    no("language", 405, "no_page", "An address that only takes what a button sends.", TEAM),
    no("profile_move", 401, "signed_out", "Signed out meanwhile: what was typed comes back.",
       STRANGER, arguments=lambda world: [world.profile.slug, "hold"],
       sent={"reason": "The elections of the municipal council are in two months."}),
    no("sign_in", 403, "too_old", "The page was open too long.", STRANGER,
       sent={"csrfmiddlewaretoken": "old", "reason": "What somebody has typed."}),
)  # fmt: skip

#: Pages that are shown where no other can be made: name of the template → purpose.
BAD_MOMENTS = {
    "400": "A request that cannot be read.",
    "413": "A form that is too large.",
    "500": "A fault of the software.",
    "503": "While the site is looked after.",
}

#: Every page in every state in which it is looked at.
EVERY_PAGE = (*PAGES, *FILES, *REFUSED, *TASKS, *AT_REST, *BY_LINK, *EMPTY, *NOES)
