"""Hostile text in every field that a page shows: no script runs, nothing foreign is asked for."""

from itertools import cycle
from urllib.parse import urlsplit

import pytest

from tests.browser import WATCH
from tests.hostile import HOSTILE, MARK, WRITTEN, poison
from tests.pages import PAGES

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: What must not be on a page: elements and links that the text brought, and what ran.
BROUGHT = """mark => [
  ...document.querySelectorAll(`#${mark}, base, [onerror], [onload], [onfocus], [onclick]`),
  ...document.querySelectorAll("iframe, [href^='javascript:' i], [href^='data:' i]"),
  ...document.querySelectorAll("[href^='vbscript:' i], main style, main script:not([src])"),
].map(one => one.outerHTML.slice(0, 200)).concat(window.hit ? ["a script ran"] : [])"""


@pytest.fixture
def foreign():
    """Addresses asked for outside this site."""
    return []


def watch(page, foreign):
    """Note dialogs, and what is asked of other sites unless the content policy stops it."""

    def note(asked):
        is_ours = urlsplit(asked.url).hostname in {"localhost", "127.0.0.1", None}
        if not is_ours and asked.failure != "csp":
            foreign.append(asked.url)

    page.on("requestfinished", note)
    page.on("requestfailed", note)
    page.on("dialog", lambda dialog: (foreign.append("a dialog"), dialog.dismiss()))
    return page


def brought(page):
    return page.evaluate(BROUGHT, MARK) + page.evaluate("window.breaches")


@pytest.mark.long(40)
def test_no_page_runs_or_fetches_what_a_text_says(browse, world, foreign):
    # A Word file that was brought in cannot be mapped any more: its pages are looked at before.
    looked_at = [one for one in PAGES if one.variant != "done"]
    # Each page in one of the two languages, in turn: their sentences carry the same words.
    turns = zip(looked_at, cycle(("en", "ar")), strict=False)
    addresses = [(one.key, (language, one.who[0]), one.address(world)) for one, language in turns]
    pages = {}
    for _key, reader, _address in addresses:
        if reader not in pages:
            language, who = reader
            pages[reader] = watch(browse(language, world.person(who)), foreign)
    assert poison() > len(WRITTEN)
    found, shown = {}, 0
    for key, reader, address in addresses:
        page = pages[reader]
        answer = page.goto(address.replace("q=text", f"q={MARK}"))
        shown += MARK in page.content()
        problems = brought(page) + ([] if answer.ok else [f"status {answer.status}"])
        if problems:
            found[key] = problems
    assert found == {}
    assert foreign == []
    assert shown > len(addresses) * 0.8


def test_what_a_text_brings_is_seen(browser, live_server, foreign):
    context = browser.new_context(base_url=live_server.url)
    context.add_init_script(WATCH)
    page = watch(context.new_page(), foreign)
    page.goto("/sign-in/")
    assert brought(page) == []
    for one in HOSTILE[:1] + HOSTILE[5:6]:
        page.evaluate("html => { document.querySelector('main').innerHTML = html; }", one)
        assert brought(page) != []
    assert page.evaluate("window.hit === undefined")
    # The content policy stops what is brought before it leaves the machine.
    assert foreign == []
    context.close()
