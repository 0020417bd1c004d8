"""What every page asks the database: as much for one row as for many, and never too much."""

from dataclasses import dataclass
from http import HTTPStatus

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profile_workflow.states import ProfileState, Role
from tests import factories, growing
from tests.pages import EXPERT, FOCAL_POINT, PAGES, STRANGER, TEAM, Page, World, make_world, slug

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

#: What begins and ends a transaction is no query.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")

#: Pages that list nothing, or no more than a fixed number, and why.
NO_LIST = {
    "sign_in": "a form",
    "attribution": "a form",
    "board_view": "one view",
    "people_add": "twenty people at most, however many there are",
    "people_invite": "a form",
    "invitation": "one invitation",
    "invitation-interest": "one invitation",
    "my_invitation": "one invitation",
    "people_end": "one part, and the number of its tasks",
    "outbox_retry_all": "a number and a button",
    "password_reset": "a form",
    "password_set": "a form",
    "sources_import": "a form",
    "table_paste": "a form",
    "figure": "one figure",
    "entry_add": "a form",
    "entry_remove": "one entry",
    "priority_remove": "one priority",
    "erratum": "what one correction has changed",
    "section_copy": "one text",
    "section_compare": "two texts",
    "section_move": "a form",
    "objection": "one objection",
    "workshop_remark": "one remark",
    "link_receipt": "one answer",
    "link_revoke": "one link",
    "link_section": "one section",
    "link_priorities": "a form",
    "link_code": "one answer",
    "section_printed": "the pages of one chapter",
    "version_withdraw": "one version",
    "profile_move": "a form",
    "published_part": "one section",
    "published_part-changes": "what one correction has changed",
    "me": "a form",
    "password": "a form",
    "verify": "two forms",
    "help": "a list that is part of the product",
    "help_for": "one text",
}


def in_consultation(world: World) -> list[str]:
    return [world.profile_in(ProfileState.CONSULTATION).slug]


#: Lists in another state than the one in which ``PAGES`` shows them.
MORE = (
    Page("tasks", "What was asked of the city.", [FOCAL_POINT], variant="city"),
    Page("profile", "With what was asked.", [EXPERT, FOCAL_POINT],
         lambda world: [world.drafted.slug], variant="drafting"),
    Page("round", "Who has objected.", [TEAM, Role.STAKEHOLDER], in_consultation,
         variant="consultation"),
    Page("responses", "With objections.", [TEAM, Role.STAKEHOLDER], in_consultation,
         variant="consultation"),
    Page("pictures", "As others see them.", [FOCAL_POINT],
         lambda world: [world.drafted.slug], variant="city"),
    Page("evidence", "As others see it.", [Role.STAKEHOLDER], slug, variant="city",
         most_queries=32),
    Page("sources", "As others see them.", [Role.STAKEHOLDER], slug, variant="city"),
    Page("tables", "As others see them.", [Role.STAKEHOLDER], slug, variant="city"),
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What one look at a page cost, and how long the page was."""

    queries: int
    length: int


def look(client: Client, address: str) -> Look:
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, address
    asked = [one for one in counted if not one["sql"].startswith(FRAME)]
    return Look(len(asked), len(answer.content))


def signed_in(world: World, who: str) -> Client:
    client = Client()
    if who != STRANGER:
        client.force_login(world.person(who))
        # The first page of a day is written down, which costs more than the others.
        client.get(reverse("help"))
    return client


#: A page and who looks → what that cost.
Looks = dict[tuple[str, str], Look]


def looks(world: World, rows: int) -> Looks:
    """Return what each page costs each of those who open it, with so many rows in every list."""
    pages = (*PAGES, *MORE)
    growing.grow(world, rows)
    for page in pages:
        page.address(world)
    growing.grow_texts(world, rows)
    everybody = {who for page in pages for who in page.who}
    clients = {who: signed_in(world, who) for who in everybody}
    found = {}
    for page in pages:
        address = page.address(world)
        found |= {(page.key, who): look(clients[who], address) for who in page.who}
    return found


def dearer(few: Looks, many: Looks) -> dict[tuple[str, str], str]:
    """Return the pages that ask more for more rows."""
    return {
        key: f"{one.queries}, then {many[key].queries}"
        for key, one in few.items()
        if many[key].queries > one.queries
    }


def too_dear(many: Looks, pages) -> dict[tuple[str, str], int]:
    """Return the pages that ask more than they may."""
    most = {page.key: page.most_queries for page in pages}
    return {key: one.queries for key, one in many.items() if one.queries > most[key[0]]}


#: How much longer a page may be by names that are longer, in bytes.
SAME = 50


def unsaid(few: Looks, many: Looks, no_list) -> set[str]:
    """Return the pages with more rows though they list nothing, and those with no row more."""
    names = {key for key, _who in few}
    grown = {key for key, who in few if many[key, who].length - few[key, who].length > SAME}
    return (names - set(no_list)) ^ grown | set(no_list) - names


@pytest.mark.slow
@pytest.mark.long(100)
@pytest.mark.repeats
@pytest.mark.any_database
def test_no_page_asks_more_for_more_rows_nor_too_much():
    # One test, for the two worlds take longer to make than all pages to look at.
    few = looks(make_world(sections=3), 1)
    many = looks(make_world(sections=5), 3)
    assert dearer(few, many) == {}
    assert too_dear(many, (*PAGES, *MORE)) == {}
    assert unsaid(few, many, NO_LIST) == set()


# What the test above must catch


@pytest.fixture
def tables():
    """Costs of the page of tables with one figure and with four."""
    made = factories.make_programme(sections=1)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    client = Client()
    client.force_login(made[EXPERT])

    def measure() -> tuple[Looks, Looks]:
        found = []
        for rows in (1, 3):
            for _one in range(rows):
                factories.give_figure(factories.section(profile, "1"))
            address = reverse("evidence", args=[profile.slug])
            found.append({("evidence", EXPERT): look(client, address)})
        return found[0], found[1]

    return measure


def test_a_question_for_each_row_is_seen(tables, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_related", lambda rows, *_names: rows)
    monkeypatch.setattr(QuerySet, "prefetch_related", lambda rows, *_names: rows)
    few, many = tables()
    assert list(dearer(few, many)) == [("evidence", EXPERT)]


def test_a_page_that_asks_too_much_is_seen(tables):
    _few, many = tables()
    page = Page("evidence", "", [EXPERT], most_queries=3)
    assert list(too_dear(many, [page])) == [("evidence", EXPERT)]


@pytest.mark.unit
def test_a_page_of_which_nobody_said_what_it_lists_is_seen():
    few = {("new", TEAM): Look(5, 1000), ("list", TEAM): Look(5, 1000)}
    many = {("new", TEAM): Look(5, 1010), ("list", TEAM): Look(5, 9000)}
    assert unsaid(few, many, {"new": "a form"}) == set()
    assert unsaid(few, many, {}) == {"new"}
    assert unsaid(few, many, {"new": "a form", "list": "a form"}) == {"list"}
    assert unsaid(few, many, {"new": "a form", "gone": "a form"}) == {"gone"}
