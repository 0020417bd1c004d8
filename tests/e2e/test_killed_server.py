"""Typing while the server is killed again and again: what it confirmed is there, all of it."""

import random
import socket
import tempfile

import pytest
from django.urls import reverse

from profile_workflow.models import Draft
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import let_in, sign_in
from tests.robustness.subprocesses import Nursery, wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.long(30),
    pytest.mark.django_db(transaction=True),
]

EDITS = 210
KILLS = 8

#: Writes down every save that the server confirmed: version and text.
RECORD = """
window.confirmed = [];
const ask = window.fetch;
window.fetch = async (address, how) => {
  const answer = await ask(address, how);
  if (answer.ok && String(address).endsWith("/save/")) {
    const told = await answer.clone().json();
    window.confirmed.push([told.version, how.body.get("text")]);
  }
  return answer;
};
"""

#: Changes the text as somebody does who goes back and forth in it, with formatting or without;
#: returns what is to be saved then.
EDIT = """([where, gone, words]) => {
  const { editor, field, isRich } = document.querySelector("[data-rich]").writing;
  if (!isRich) {
    const at = Math.floor(where * field.value.length);
    field.setRangeText(words, at, Math.min(at + gone, field.value.length), "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return field.value;
  }
  const { doc, selection, tr } = editor.state;
  const at = Math.floor(where * doc.content.size);
  if (words.includes("\\n")) {
    editor.view.dispatch(tr.setSelection(selection.constructor.near(doc.resolve(at))));
    editor.commands.splitBlock();
  } else {
    editor.view.dispatch(tr.insertText(words, at, Math.min(at + gone, doc.content.size)));
  }
  return field.value;
}"""
WORDS = ["people ", "came ", "2024, ", "\n\n", "### Stocks\n\n", "بلدية ", "é’", "12 400 ", ". "]
#: A little longer than the pause after which the page saves, and than that after which it keeps.
SAVES_MS = 1600
KEEPS_MS = 400


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Server:
    """The application in a process of its own, on the database under test."""

    def __init__(self, nursery):
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._nursery = nursery
        self._child = None

    def start(self):
        # Insecure: it serves the scripts too.
        address = f"127.0.0.1:{self._port}"
        options = ("--noreload", "--insecure", "--skip-checks", address)
        self._child = self._nursery.start("manage.py", "runserver", *options)
        wait_until(self._answers, what=f"the server: {self._child.output}")

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=5).close()
        except OSError:
            return False
        return True

    def kill(self):
        self._child.kill()
        self._child.end()


@pytest.fixture
def server():
    with tempfile.TemporaryDirectory() as folder:
        variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATA_DIR": folder}
        with Nursery("config.wsgi", variables=variables) as nursery:
            running = Server(nursery)
            running.start()
            yield running
            running.kill()


@pytest.fixture
def writing(browser, server):
    """A page on which the first section is written with formatting, and the section.

    Its clock is put forward by the test: what is saved is saved by the pauses of the page.
    """
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    expert = made[Role.LOCAL_EXPERT]
    let_in(expert)
    context = browser.new_context(base_url=server.url)
    context.add_init_script(RECORD)
    page = context.new_page()
    page.clock.install()
    # The browser asks before a text is left that is not saved.
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, expert)
    page.goto(reverse("section_edit", args=[profile.slug, "1"]))
    yield page, factories.section(profile, "1")
    context.close()


def check_confirmed(page, section):
    """See in the database what the page was told is saved; return how often it was told."""
    confirmed = page.evaluate("() => window.confirmed.splice(0)")
    if confirmed:
        version, text = confirmed[-1]
        kept = Draft.objects.get(section=section)
        assert kept.version >= version
        assert kept.version > version or kept.text == text
    return len(confirmed)


def check_offered(page, text):
    """Load the page anew: what was never confirmed is offered, unless the server has it."""
    page.clock.fast_forward(KEEPS_MS)
    page.reload()
    field = page.locator("#id_text")
    is_offered = page.locator("#found").is_visible()
    assert is_offered or field.input_value() == text
    if is_offered:
        page.locator("#found-use").click()
        assert field.input_value() == text
        assert not page.locator("#found").is_visible()
    return is_offered


def test_nothing_that_was_written_is_lost(server, writing):
    """Edits at random places, saved by the pauses between them; the server dies while it saves."""
    page, section = writing
    chance = random.Random(20261122)  # noqa: S311 - edits and moments, not secrets
    deaths = sorted(chance.sample(range(5, EDITS), KILLS))
    told, offered, text = 0, 0, ""
    for number in range(EDITS):
        if number == EDITS // 2:
            page.locator("[data-switch]").click()
        words = "".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        gone = chance.choice((0, 0, 0, 1, 5, 30))
        text = page.evaluate(EDIT, [chance.random(), gone, words])
        page.clock.fast_forward(SAVES_MS)
        if number in deaths:
            page.wait_for_timeout(chance.uniform(0, 60))
            server.kill()
            told += check_confirmed(page, section)
            text = page.evaluate(EDIT, [chance.random(), 0, "after the end "])
            server.start()
            if deaths.index(number) % 2:
                offered += check_offered(page, text)
        elif chance.random() < 0.3:
            page.wait_for_timeout(chance.uniform(0, 120))
        told += check_confirmed(page, section)

    def is_saved():
        page.clock.fast_forward(SAVES_MS)
        page.wait_for_timeout(100)
        return Draft.objects.get(section=section).text == text

    wait_until(is_saved, what="the whole text")
    page.wait_for_function("() => document.getElementById('save-trouble').hidden")
    told += check_confirmed(page, section)
    assert told > KILLS
    assert offered
    assert page.locator("#id_text").input_value() == text
    assert page.url.endswith(reverse("section_edit", args=[section.profile.slug, "1"]))
