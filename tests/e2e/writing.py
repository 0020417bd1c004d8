"""Writing a text on its page, with formatting or without, in any language."""

import json

from django.urls import reverse

from profile_workflow.models import Draft
from tests.browser import breaches, overflowing, violations

RICH, PLAIN_FIELD = "#id_text_rich", "#id_text"
COPIES = "Object.keys(localStorage).filter(name => name.startsWith('draft:')).length"


def edit(profile, key="1"):
    return reverse("section_edit", args=[profile.slug, key])


def stored(profile, key="1"):
    return Draft.objects.get(section__profile=profile, section__key=key).text


def written_on(page):
    """Return the text that stands on a page, as it is saved."""
    return page.locator(PLAIN_FIELD).input_value()


def where_one_writes(page):
    rich = page.locator(RICH)
    return rich if rich.is_visible() else page.locator(PLAIN_FIELD)


def type_text(page, text):
    """Write a text in the place of what stands there."""
    field = where_one_writes(page)
    if not page.locator(RICH).is_visible():
        field.fill(text)
        return
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.type(paragraph)


def saved(page, version=1):
    """Wait until a page knows that a version of the text is saved."""
    # While another page is coming it has no such field yet.
    field = f"document.querySelector('[name=base_version]')?.value === '{version}'"
    page.wait_for_function(f"() => {field}")


def trouble(page):
    page.locator("#save-trouble").wait_for()
    return page.locator("#save-trouble-text").inner_text()


def button(page, value):
    """Press one of the buttons below the text, whatever it is called."""
    page.locator(f"button[name=action][value={value}]").click()


def problems(page):
    """Return what is wrong with a page: for everybody, on a phone, against the policy."""
    found = violations(page) + breaches(page)
    wider = overflowing(page)
    return found + ([f"{wider} pixels too wide"] if wider else [])


def leave_copy(page, address, text, person=None):
    """Leave a text in the browser as a page does whose text could not be saved."""
    of = person or page.evaluate("document.querySelector('form[data-person]').dataset.person")
    written = {"text": text, "nothing": False, "searched": ""}
    kept = {"written": written, "madeFrom": {**written, "text": ""}, "version": "0", "at": 0}
    page.evaluate(
        "([name, value]) => localStorage.setItem(name, value)",
        [f"draft:{of}:{address}:1", json.dumps(kept)],
    )
