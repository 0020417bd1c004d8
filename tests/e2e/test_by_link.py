"""Answering by personal link in a browser: on a phone, in Arabic, without scripts and traces."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from profile_workflow.models import Comment, SignOff
from profile_workflow.states import ProfileState, Role, SignOffState
from tests import factories
from tests.browser import PHONE
from tests.links import token_for
from workflows.views.by_link import opening

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signoff():
    """What a stakeholder is asked for."""
    profile = factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)
    return next(one for one in factories.asked(profile) if one.role == Role.STAKEHOLDER)


def save(page, view, words=""):
    page.locator(f"input[name=view][value={view}]").check()
    page.locator("#id_text").fill(words)
    page.locator("#answer button").click()


def test_a_stakeholder_answers_on_a_phone_in_arabic_without_scripts(browse, signoff):
    page = browse("ar", scripts=False)
    page.set_viewport_size(PHONE)
    page.goto(reverse("link", args=[token_for(signoff)]))
    assert page.locator("html").get_attribute("dir") == "ltr"
    # One press, in sight as soon as the page is open.
    arabic = page.get_by_role("button", name="العربيّة")
    box = arabic.bounding_box()
    assert box["y"] + box["height"] < PHONE["height"] / 2
    arabic.click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("main .btn-primary").click()
    save(page, "agrees")
    # An objection without a reason comes back with what was chosen.
    save(page, "objects")
    assert page.locator("#error-summary").is_visible()
    assert page.locator("input[value=objects]").is_checked()
    save(page, "objects", "هذا الرقم قديم.")
    save(page, "comments", "أضيفوا مصدراً.")
    shown = page.locator("main").inner_text()
    assert "هذا الرقم قديم." in shown
    assert "أضيفوا مصدراً." in shown
    page.locator("main form button").click()
    page.wait_for_url("**/sent/")
    given = SignOff.objects.get(pk=signoff.pk)
    assert (given.state, given.statement) == (SignOffState.OBJECTED, "هذا الرقم قديم.")
    assert Comment.objects.get(author=signoff.person).text == "أضيفوا مصدراً."
    # Until closing the answer can be changed.
    page.locator("main p a").last.click()
    page.locator("main ol a").nth(1).click()
    assert page.locator("#id_text").input_value() == "هذا الرقم قديم."
    save(page, "agrees")
    page.goto(reverse("link_check", args=[token_for(signoff)]))
    page.locator("main form button").click()
    page.wait_for_url("**/sent/")
    assert SignOff.objects.get(pk=signoff.pk).state == SignOffState.APPROVED
    assert page.context.cookies() == []


@contextmanager
def foreign_site() -> Iterator[tuple[str, list[str]]]:
    """Run another site; yield its address and the addresses that browsers come from."""
    came_from: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            came_from.append(self.headers.get("Referer", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>Elsewhere</h1>")

        def log_message(self, *_said):
            """Say nothing."""

    # A browser may open a line and say nothing on it: nobody else waits for that.
    server = ThreadingHTTPServer(("127.0.0.2", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.2:{server.server_port}/", came_from
    finally:
        server.shutdown()
        server.server_close()


def leave_for(page, address, elsewhere):
    """Follow a link from one of the pages to another site."""
    page.goto(address)
    page.evaluate(
        """where => {
            const link = document.createElement("a");
            link.href = where;
            link.id = "leave";
            link.textContent = "Source";
            document.querySelector("main").append(link);
        }""",
        elsewhere,
    )
    page.locator("#leave").click()
    page.wait_for_url(elsewhere)


def test_another_site_does_not_learn_the_address(browser, live_server, signoff, monkeypatch):
    token = token_for(signoff)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    with foreign_site() as (elsewhere, came_from):
        for name, more in (("link", []), ("link_section", ["1"]), ("link_check", [])):
            leave_for(page, reverse(name, args=[token, *more]), f"{elsewhere}{name}")
        page.goto(live_server.url + reverse("link", args=["unknown"]))
        assert came_from
        assert not [one for one in came_from if one]
        # A page that says nothing of it gives its address away.
        monkeypatch.setitem(opening._HEADERS, "Referrer-Policy", "unsafe-url")
        leave_for(page, reverse("link", args=[token]), f"{elsewhere}hole")
        assert [one for one in came_from if token in one]
    context.close()
