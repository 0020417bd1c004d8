"""Looking at a page in a browser, as all who may open it, and at nothing twice.

A page is asked for as everybody, by Django's client. It is opened in a browser for whom it is made,
and again for each role that is shown anything else: an element in a line of elements that was not
looked at yet (``tests.shapes``). So a role that sees less than another, or the same, adds nothing,
and a button, a state or a form that only one role has is looked at in any language.

Everything is asked of the first page with something new on it: axe by day and by night, the walk
with the Tab key. Where all its elements are known, as in the other language, only what depends on
words and direction is asked again: width, weight, content policy, console, and some rules of axe.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profile_workflow.models import AnsweringLink, User
from profile_workflow.states import Role
from tests import browser as checks
from tests.pages import STRANGER, Page, World
from tests.shapes import parts_of

DIRECTIONS = {"en": "ltr", "ar": "rtl"}
#: A page that is made without the software has none: it speaks three languages.
_DIRECTION = re.compile(r'<html[^>]* dir="([a-z]+)"')
#: Somebody with an account, and no part in anything yet.
NEWCOMER = "newcomer"
EVERYBODY = (STRANGER, NEWCOMER, *Role.values)
#: Most questions to the database that a page may ask in any state, whoever opens it; in the state
#: of its line it has a budget of its own.
MOST_QUERIES = 50
_WITH_A_PAGE = {200, 403, 404, 405, 409}


@dataclass
class Memory:
    """What was looked at in one process, and need not be looked at again."""

    scales: checks.Scales = field(default_factory=checks.Scales)
    colours: checks.Colours = field(default_factory=checks.Colours)
    parts: set[int] = field(default_factory=set)


class Looker:
    """Looks at pages of one world, with one window for each language.

    Args:
        windows: A page of a browser for each language.
        url: Where the site is.
        world: What the pages are about.
        memory: What was looked at before.
    """

    def __init__(self, windows: dict[str, Any], url: str, world: World, memory: Memory) -> None:
        self._windows = windows
        self._url = url
        self._world = world
        self._memory = memory
        self._clients: dict[int | None, Client] = {}

    def problems(self, page: Page) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        """Yield what is wrong with a page: who, in which language, saw what."""
        address = page.address(self._world)
        reader = self._world.reader_of(page, address)
        for language in DIRECTIONS:
            found = self._look(page, address, reader, language, page.status)
            yield (page.key, page.who[0], language), found
        if page.sent is not None:
            return
        for who in EVERYBODY if page.for_all else page.who:
            user = reader if who == page.who[0] else self._person(who)
            answer, queries = self._ask(user, address)
            told = _told_by_the_client(page, who, answer.status_code, queries)
            if answer.status_code in _WITH_A_PAGE and self._is_new(answer.content.decode()):
                for language in DIRECTIONS:
                    found = self._look(page, address, user, language, answer.status_code)
                    yield (page.key, who, language), found
            yield (page.key, who, ""), told

    def _person(self, who: str) -> User | None:
        return self._world.made.outsider if who == NEWCOMER else self._world.person(who)

    def _client(self, user: User | None) -> Client:
        key = user.pk if user else None
        if key not in self._clients:
            self._clients[key] = Client()
            if user:
                self._clients[key].force_login(user)
        return self._clients[key]

    def _ask(self, user: User | None, address: str) -> tuple[Any, int]:
        client = self._client(user)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address, headers={"accept-language": "en"})
        return answer, len(asked)

    def _is_new(self, html: str) -> bool:
        return not parts_of(html) <= self._memory.parts

    def _sit_down(self, window: Any, user: User | None) -> None:
        """Let somebody else use a window."""
        name = settings.SESSION_COOKIE_NAME
        window.context.clear_cookies(name=name)
        if user is not None:
            session = self._client(user).cookies[name].value
            window.context.add_cookies([{"name": name, "value": session, "url": self._url}])

    def _look(
        self, page: Page, address: str, user: User | None, language: str, status: int
    ) -> dict[str, Any]:
        window = self._windows[language]
        self._sit_down(window, user)
        # Whoever has a link reads it in his own language, whatever his browser asks for.
        AnsweringLink.objects.update(language=language)
        answer = visit(window, page, address)
        weight = self._memory.scales.weight(window, answer)
        html = answer.text()
        found = {
            "status": [] if answer.status == status else [answer.status],
            "direction": set(_DIRECTION.findall(html)) - {page.direction or DIRECTIONS[language]},
            "bytes too heavy": max(0, weight - page.most_bytes),
            "content policy": checks.breaches(window),
        }
        if self._is_new(html):
            found["axe"] = checks.violations_in_both_schemes(window, self._memory.colours)
            found["keyboard"] = checks.keyboard_problems(window)
            self._memory.parts |= parts_of(html)
        else:
            found["axe"] = checks.violations(window, checks.WORDS_AND_PLACES)
        found["wider than a phone by"] = checks.overflowing(window)
        return {kind: problem for kind, problem in found.items() if problem}


def visit(window: Any, page: Page, address: str) -> Any:
    """Open a page, or send to it what makes it; return the answer."""
    if page.sent is None:
        return window.goto(address)
    # To a stranger only this page has a form.
    window.goto(reverse("sign_in") if page.who[0] == STRANGER else address)
    return checks.send(window, address, page.sent)


def show_bad_moment(window: Any, name: str) -> Any:
    """Show a page that is made without the software, as a server in trouble sends it."""
    shown, address = render_to_string(f"{name}.html"), "/bad-moment/"
    window.route(
        f"**{address}",
        lambda asked: asked.fulfill(status=int(name), body=shown, content_type="text/html"),
    )
    return window.goto(address)


def _told_by_the_client(page: Page, who: str, status: int, queries: int) -> dict[str, Any]:
    found = {
        "status": [status] if who in page.who and status != page.status else [],
        "queries too many": max(0, queries - MOST_QUERIES),
    }
    return {kind: problem for kind, problem in found.items() if problem}
