"""A person at a browser: finds things by their names, acts by hand, reads what the page says."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.db.models import Model
from django.utils import translation
from django.utils.text import capfirst
from playwright.sync_api import Locator, Page, expect

from profile_workflow.models import Profile, Section, User
from profile_workflow.queries.history import move_label
from tests.browser import PASSWORD
from workflows import turns

#: Whether what is touched leads to a page.
_LEADS = "one => one.matches('a[href], button:not([type=button])')"
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_REFUSED = "Failed to load resource: the server responded with a status of {status}"


def _is_sent_form(response: Any) -> bool:
    return response.request.is_navigation_request() and response.request.method == "POST"


class Actor:
    """One person, signed in at a browser of his own.

    Every word is looked up in the language of the pages, so that the same steps run in each.
    """

    def __init__(self, page: Page, user: User, language: str, *, touch: bool = False) -> None:
        self.page = page
        self.user = user
        self.language = language
        self._faults: list[str] = []
        self._refusals: list[str] = []
        self._touch = touch
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._faults.append(str(error)))

    # What the browser reports

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self._faults.append(f"{message.text} {message.location.get('url', '')}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """Expect what is done within to be refused with a status, which the browser tells of."""
        with self.page.expect_response(_is_sent_form) as answer:
            yield
        assert answer.value.status == status
        self.page.wait_for_load_state()
        self._refusals.append(_REFUSED.format(status=status))

    @property
    def faults(self) -> list[str]:
        """What the browser complained about, and pages that were too wide."""
        left = list(self._faults)
        for told in self._refusals:
            mine = next((one for one in left if one.startswith(told)), None)
            if mine is not None:
                left.remove(mine)
        return left

    # Words

    def words(self, message: Any, **values: Any) -> str:
        """Return words of the interface, or a lazy label, as this person reads them."""
        with translation.override(self.language):
            text = translation.gettext(message) if isinstance(message, str) else str(message)
        return text % values if values else text

    def move(self, name: str, kind: str = "profile") -> str:
        """Return a move as it stands on buttons."""
        with translation.override(self.language):
            return move_label(kind, name)

    def task(self, node: str, section: Section | None = None, *, again: bool = False) -> str:
        """Return a task as it stands in lists."""
        label = self.words(turns.REVISE if again else turns.LABELS[node])
        return f"{label}: {self.words_of(section)}" if section else label

    def label(self, model: type[Model], field: str) -> str:
        """Return the label of a field of a model, as forms show it."""
        with translation.override(self.language):
            return capfirst(str(model._meta.get_field(field).verbose_name))

    def words_for_count(self, message: str, number: int) -> str:
        """Return words that change with a number, without the number itself."""
        with translation.override(self.language):
            return translation.ngettext(message, message, number) % {"number": number}

    def words_of(self, thing: Any) -> str:
        """Return how a thing is called."""
        with translation.override(self.language):
            return str(thing)

    # Acting

    def sign_in(self) -> None:
        """Ask for one's tasks, as a letter does, and sign in on the way."""
        self.page.goto("/tasks/")
        self.page.get_by_role("textbox").first.fill(self.user.email)
        self.field("Password").fill(PASSWORD)
        self.press("Sign in")
        expect(self.button("Sign out")).to_be_visible()

    def sign_out(self) -> None:
        self.press("Sign out")
        expect(self.button("Sign in")).to_be_visible()

    def tap(self, thing: Locator) -> None:
        """Click, or touch where there is no mouse, having looked at the page on which it is."""
        thing.wait_for()
        self._look()
        if not self._touch:
            thing.click()
        elif thing.evaluate(_LEADS):
            # A click lasts until the next page has come, a touch only until the finger is lifted.
            with self.page.expect_navigation():
                thing.tap()
        else:
            thing.tap()

    def _look(self) -> None:
        """See whether the page fits the screen."""
        wider = self.page.evaluate(_TOO_WIDE)
        if wider > 0:
            self._faults.append(f"{self.page.url} is {wider} px wider than the screen")

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=self.words(name), exact=True).first

    def link_about(self, name: str, thing: Any) -> Locator:
        """Return the link that says to a screen reader, after its name, what it is about."""
        said = re.compile(rf"^{re.escape(name)}\s*:\s*{re.escape(self.words_of(thing))}$")
        return self.page.get_by_role("link", name=said).first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.words(name), exact=True).first

    def follow(self, name: str) -> None:
        self.tap(self.link(name))

    def press(self, name: str) -> None:
        self.tap(self.button(name))

    def field(self, label: str, within: Locator | Page | None = None) -> Locator:
        """Return the field with a label that is shown, whether or not it is called optional."""
        said = re.escape(self.words(label))
        optional = re.escape(self.words("(optional)"))
        label_of_it = re.compile(rf"^\s*{said}\s*({optional})?\s*$")
        return (within or self.page).get_by_label(label_of_it).filter(visible=True)

    def tick(self, label: str) -> None:
        """Choose one of several, or mark a box."""
        found = self.field(label)
        if self._touch:
            found.tap()
            expect(found).to_be_checked()
        else:
            found.check()

    def choose(self, label: str, option: Any) -> None:
        """Choose an option of a list."""
        self.field(label).select_option(label=self.words(option))

    # Reading

    def reads(self, words: str) -> None:
        """Wait until words stand on the page."""
        expect(self.page.get_by_role("main").get_by_text(words).first).to_be_visible()

    def is_told(self, words: str) -> None:
        """Wait until the page answers with words."""
        expect(self.page.get_by_role("main").get_by_role("status").first).to_contain_text(words)

    def is_told_done(self, what: str) -> None:
        self.is_told(self.words("Done: %(task)s.", task=what))

    # The ways that everybody goes

    def see_tasks(self) -> None:
        self.follow("My tasks")

    def follow_letter(self) -> None:
        """Follow the first link in the newest mail that one got, as somebody with an account."""
        mine = [one for one in mail.outbox if self.user.email in one.to]
        address = re.search(r"https?://[^/\s]+(/(?!v/)\S*)", mine[-1].body)
        assert address is not None
        self.page.goto(address.group(1))

    def has_nothing_to_do(self) -> None:
        self.see_tasks()
        self.reads(self.words("Nothing needs you now."))

    def open_task(self, node: str, section: Section | None = None, *, again: bool = False) -> None:
        """Find a task among one's own, which may be in sight, and open it."""
        here = urlsplit(self.page.url).path
        if here != "/tasks/" or not self.link(self.task(node, section, again=again)).is_visible():
            self.see_tasks()
        self.follow(self.task(node, section, again=again))
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            self.task(node, section, again=again)
        )

    def take_task(self, node: str) -> None:
        """Find a task in the queue of one's role, open it, make it one's own."""
        self.open_task(node)
        self.press("Take it")
        self.is_told(self.words("The task is yours now."))

    def decide(
        self,
        move: str,
        *,
        kind: str = "profile",
        reason: str = "",
        sections: Sequence[Section] = (),
    ) -> None:
        """Fill the form of the moves that are offered, and send it."""
        label = self.move(move, kind)
        choice = self.page.get_by_role("radio", name=label, exact=True)
        if choice.count():
            self.tick(label)
        for section in sections:
            self.tick(self.words_of(section))
        if reason:
            self.field("Reason").fill(reason)
        self.press("Send the decision" if choice.count() else label)

    def do_task(
        self,
        node: str,
        move: str,
        section: Section | None = None,
        *,
        kind: str = "profile",
        reason: str = "",
        sections: Sequence[Section] = (),
    ) -> None:
        """Open a task, decide, read that it is done."""
        self.open_task(node, section)
        self.decide(move, kind=kind, reason=reason, sections=sections)
        self.is_told_done(self.task(node, section).replace(": ", " – ", 1))

    def open_profile(self, profile: Profile) -> None:
        """Go to a profile by the list of profiles, unless one is there."""
        if urlsplit(self.page.url).path == profile.get_absolute_url():
            return
        self.follow("Profiles")
        called = f"{self.words_of(profile.city)} {profile.edition}"
        self.tap(self.page.get_by_role("main").get_by_role("link", name=called).first)

    def make_move(
        self, profile: Profile, move: str, *, reason: str, sections: Sequence[Section] = ()
    ) -> None:
        """Make one of the moves that belong to no task."""
        self.open_profile(profile)
        self.follow(self.move(move))
        self.decide(move, reason=reason, sections=sections)
        self.is_told_done(self.move(move))
