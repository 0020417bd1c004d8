"""A browser on the site, and what there is to be seen."""

import functools
import re

import pytest
from django.utils import translation
from playwright.sync_api import Locator, expect

from tests import pages
from tests.browser import DESKTOP, PATIENCE, WATCH, enter, let_in

expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True, scope="session")
def _a_click_ends_when_the_page_is_there():
    """Let a click last until the page it leads to is loaded; by itself it ends at the first byte.

    What is asked next, without waiting, is then asked of the whole page. Where a script leads to
    it, the click does not know of it: so nothing is taken for seen, or clicked, before its page is
    loaded and its scripts have run.
    """
    click, wait_for = Locator.click, Locator.wait_for

    @functools.wraps(wait_for)
    def wait_for_all(self, *args, **kwargs):
        wait_for(self, *args, **kwargs)
        self.page.wait_for_load_state()

    @functools.wraps(click)
    def click_and_wait(self, *args, **kwargs):
        wait_for_all(self)
        click(self, *args, **kwargs)
        self.page.wait_for_load_state()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", click_and_wait)
        patch.setattr(Locator, "wait_for", wait_for_all)
        yield


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    """A profile under review."""
    return pages.make_world()


@pytest.fixture
def browse(browser, live_server):
    """Open the site in a language, signed in or not; fail on any fault the browser reports.

    Where a test itself breaks the line or the session, ``line_breaks`` says that answers may fail;
    where it opens what is refused, ``refuses`` says that pages may, but nothing that they load.
    """
    faults: list[str] = []
    contexts = []

    def listen(message, foreseen):
        told = f"{message.text} {message.location.get('url', '')}"
        if message.type in {"error", "warning"} and not re.search(foreseen, told):
            faults.append(told)

    def open_browser(language="en", user=None, *, scripts=True, line_breaks=False, refuses=False):
        context = browser.new_context(
            locale=language, base_url=live_server.url, java_script_enabled=scripts, viewport=DESKTOP
        )
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
        # A form that is sent back with what it lacks, or beside a newer text, is no fault.
        foreseen = "Failed to load resource" if line_breaks else "status of (409|422)"
        foreseen = r"status of [45]\d\d .*//[^/]+/(?!static/)" if refuses else foreseen
        page.on("console", lambda message: listen(message, foreseen))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(PATIENCE)
        if user is not None:
            let_in(user, language)
            enter(context, user, live_server.url)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert faults == []
