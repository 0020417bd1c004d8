"""The rich editor in a browser: opening it with a text, pressing its buttons, what is saved."""

from contextlib import suppress
from typing import Any

from django.urls import reverse
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from profile_workflow.models import Profile, User
from tests import factories

TEXT = "#id_text_rich"
#: Copy HTML and plain text, as another program does: what is written now stays as it is.
_COPY = """([html, text]) => {
    const give = event => {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (html) event.clipboardData.setData("text/html", html);
        event.clipboardData.setData("text/plain", text);
    };
    window.addEventListener("copy", give, {capture: true, once: true});
    if (!document.execCommand("copy")) throw new Error("nothing was copied");
}"""


def open_editor(
    browse: Any, writer: User, profile: Profile, text: str, language: str, **how: Any
) -> Any:
    """Open the page for writing the first section, with a text on it, in a language.

    ``how`` tells ``browse`` more of it.
    """
    User.objects.update(language=language)
    if text:
        factories.write(factories.section(profile, "1"), text, by=writer)
    page = browse(language, writer, **how)
    page.goto(address(profile))
    page.locator("[data-rich]").wait_for()
    return page


def double_click(page: Any, inside: str) -> None:
    """Press twice on something in the text, until its dialog is there.

    To the editor two presses with half a second between them are one and one, and a busy machine
    takes that long.
    """
    dialog = page.get_by_role("dialog")
    for _attempt in range(5):
        page.locator(f"{TEXT} {inside}").last.dblclick()
        with suppress(PlaywrightTimeoutError):
            dialog.wait_for(timeout=2_000)
            return
    dialog.wait_for()


def select_piece(page: Any, chip: str) -> None:
    """Click on the first piece of a kind that stands in the text, and see it chosen.

    Coming from elsewhere: two clicks at one place within half a second are a double click.
    """
    page.locator(f"{TEXT} p").last.click()
    page.locator(f"{TEXT} {chip}").first.click()
    expect(page.locator(f"{TEXT} .ProseMirror-selectednode")).to_have_count(1)


def address(profile: Profile) -> str:
    """Return the address of that page."""
    return reverse("section_edit", args=[profile.slug, "1"])


def field(page: Any) -> str:
    """Return the text as it is saved."""
    saved: str = page.locator("#id_text").input_value()
    return saved


def press(page: Any, name: str) -> None:
    """Press a button of the editor."""
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def paste(page: Any, html: str = "", text: str = "") -> None:
    """Paste where the text is clicked."""
    page.locator(TEXT).click()
    paste_here(page, html, text)


def paste_here(page: Any, html: str = "", text: str = "") -> None:
    """Copy something elsewhere and paste it where one writes, by the key."""
    page.evaluate(_COPY, [html, text])
    page.keyboard.press("ControlOrMeta+v")
