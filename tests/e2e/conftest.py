"""A browser on the site, and what there is to be seen."""

import re

import pytest
from django.utils import translation

from tests import pages
from tests.browser import PASSWORD, WATCH, sign_in


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    """A profile under review, and accounts whose password is ``PASSWORD``."""
    world = pages.make_world()
    for user in {one for people in world.made.people.values() for one in people}:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return world


@pytest.fixture
def browse(browser, live_server):
    """Open the site in a language, signed in or not; fail on any fault the browser reports."""
    faults: list[str] = []
    contexts = []

    def told(message):
        # A form that is sent back with what it lacks, or beside a newer text, is no fault.
        refused = re.search("status of (409|422)", message.text)
        if message.type in {"error", "warning"} and not refused:
            faults.append(f"{message.text} {message.location.get('url', '')}")

    def open_browser(language="en", user=None, *, scripts=True):
        context = browser.new_context(
            locale=language, base_url=live_server.url, java_script_enabled=scripts
        )
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
        page.on("console", told)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(20_000)
        if user is not None:
            sign_in(page, user)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert faults == []
