"""Opens the page for writing in Chromium: what it weighs, and when the first character stands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.conf import settings
from playwright.sync_api import sync_playwright

from benchmarks.results import Result
from benchmarks.writing.writers import Writer
from tests import machine
from tests.browser import DESKTOP, PLAIN, WRITING_BUDGET, Scales

_FORMATTED, _PLAIN = "#id_text_rich", "#id_text"
#: A character that no invented text holds.
_CHARACTER = "Q"
#: Looks at each frame that is painted whether the character stands, and notes when.
_WATCH = """(([selector, character]) => {
    const look = () => {
        const place = document.querySelector(selector);
        const text = place && !place.hidden ? place.value ?? place.textContent : "";
        if (text.includes(character)) window.stoodAt = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})(%s);"""


def measure(address: str, writer: Writer, rounds: int) -> list[Result]:
    """Return weight and time, each time from an empty cache; nothing where there is no Chromium."""
    if machine.chromium() is None:
        print("    the page for writing is left out, because there is no Chromium here.")
        return []
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=machine.chromium(), args=machine.CHROMIUM_FLAGS
        )
        opened = Opened(browser, address, writer)
        opened.first_character(_FORMATTED)  # the server reads its templates
        weight = opened.weight()
        turns = [
            (opened.first_character(_FORMATTED), opened.first_character(_PLAIN))
            for _round in range(rounds)
        ]
        browser.close()
    formatted, plain = (median(times) for times in zip(*turns, strict=True))
    name = "page for writing"
    return [
        Result(f"{name}: weight", weight / 1024, "KiB", target=f"≤ {WRITING_BUDGET / 1024:g}"),
        Result(f"{name}: first character, beside plain text", formatted, "ms", plain),
    ]


class Opened:
    """The page of one writer, opened again and again by somebody who was never here before."""

    def __init__(self, browser: Any, address: str, writer: Writer) -> None:
        self.browser = browser
        self.address = address
        self.writer = writer

    @contextmanager
    def _page(self) -> Iterator[Any]:
        context = self.browser.new_context(
            viewport=DESKTOP,
            base_url=self.address,
            extra_http_headers={"X-Forwarded-Proto": "https"},
        )
        cookies = {
            settings.SESSION_COOKIE_NAME: self.writer.session,
            settings.CSRF_COOKIE_NAME: self.writer.token,
        }
        context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def weight(self) -> int:
        """Return the bytes of the page with all that it loads, compressed."""
        with self._page() as page:
            answer = page.goto(self.writer.page)
            page.locator(_FORMATTED).wait_for()
            return Scales().weight(page, answer)

    def first_character(self, selector: str) -> float:
        """Return the milliseconds from the navigation until a character stands in a field."""
        with self._page() as page:
            if selector == _PLAIN:
                page.add_init_script(PLAIN)
            page.add_init_script(_WATCH % json.dumps([selector, _CHARACTER]))
            page.goto(self.writer.page, wait_until="commit")
            page.locator(selector).wait_for()
            page.locator(selector).focus()
            page.keyboard.press(_CHARACTER)
            page.wait_for_function("window.stoodAt")
            milliseconds: float = page.evaluate("window.stoodAt")
        return milliseconds
