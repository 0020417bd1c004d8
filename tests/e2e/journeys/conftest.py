"""A company of people at browsers, watched to the end."""

import pytest

from tests.browser import PATIENCE, PLAIN, WATCH
from tests.e2e.journeys.company import make_company


@pytest.fixture
def gather(browser, live_server):
    """Gather a company with certain habits; fail on any fault that a browser reports."""
    contexts, companies = [], []

    def open_browser(**wishes):
        context = browser.new_context(base_url=live_server.url, **wishes)
        context.add_init_script(WATCH)
        # They write what the page would say in Markdown; test_editor writes with formatting.
        context.add_init_script(PLAIN)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def make(habits):
        companies.append(make_company(habits, open_browser))
        return companies[-1]

    yield make
    for context in contexts:
        context.close()
    assert [one.faults() for one in companies if one.faults()] == []
