"""Hostile text in every field that a page shows: no script runs, nothing foreign is asked for."""

import itertools
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from profile_workflow.models import triggers
from tests.pages import PAGES

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Stands in each of them, so that it can be seen whether a page shows one at all.
MARK = "zxq"
SHORT = (
    f"<b id={MARK}>",
    f"'\"><b id={MARK}>",
)
HOSTILE = (
    f"<script>window.hit='{MARK}'</script>",
    f"<img src=x id={MARK} onerror=window.hit=1>",
    f'"><svg id={MARK} onload=window.hit=1>',
    f"' id={MARK} autofocus onfocus=window.hit=1 x='",
    f"</textarea><script>window.hit='{MARK}'</script>",
    f"</title></style><img id={MARK} src=https://evil.example/a.png>",
    f"<iframe id={MARK} srcdoc='<script>parent.hit=1</script>'></iframe>",
    f"<base href=https://evil.example/ id={MARK}>",
    f"<form id={MARK} action=https://evil.example/><button>Sign in</button></form>",
    f"<meta id={MARK} http-equiv=refresh content='0;url=https://evil.example/'>",
    f"<style id={MARK}>@import 'https://evil.example/a.css';</style>",
    f"<link id={MARK} rel=stylesheet href=https://evil.example/a.css>",
    f"<svg></p><style><a id='</style><img id={MARK} src=1 onerror=window.hit=1>'>",
    f"<math><mtext><table><mglyph><style><img id={MARK} src=1 onerror=window.hit=1>",
    f"<a id={MARK} href='javascript:window.hit=1'>here</a>",
    f"[{MARK}](javascript:window.hit=1)",
    f"[{MARK}](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"[{MARK}](vbscript:window.hit=1) <javascript:window.hit=1>",
    f"![{MARK}](https://evil.example/a.png)",
    f'![{MARK}](x"onerror="window.hit=1)',
    f"[{MARK}]: javascript:window.hit=1\n\n[{MARK}]",
    f'[@"><img id={MARK} src=x onerror=window.hit=1>]',
    f'[[table:"><img id={MARK} src=x onerror=window.hit=1>]]',
    f"{{{{ {MARK} }}}}{{% debug %}}<!--{MARK}--><![CDATA[{MARK}",
    f"\u202e{MARK}\u202c<b\x0bid={MARK} onclick=window.hit=1>",
)
#: Addresses that a page makes a link of.
ADDRESS = f"javascript:window.hit='{MARK}'"
#: Fields whose words people write, in whatever model.
WRITTEN = {
    "answer", "authors", "budget", "container", "doi", "erratum", "field", "first_step",
    "full_name", "hint", "hint_ar", "hint_fr", "label", "last_error", "long", "name", "name_ar",
    "name_fr", "note", "origin", "outcome", "page", "pages", "period", "problem", "publisher",
    "quote", "quote_after", "quote_before", "rationale", "reason", "remark", "replacement",
    "response", "responsible", "searched", "short", "statement", "term", "text", "time_frame",
    "title", "title_ar", "title_fr", "unit", "url", "volume", "year",
}  # fmt: skip
OURS = {"profile_workflow", "workflows", "reports"}

#: What must not be on a page: elements and links that the text brought, and what ran.
BROUGHT = """mark => [
  ...document.querySelectorAll(`#${mark}, base, [onerror], [onload], [onfocus], [onclick]`),
  ...document.querySelectorAll("iframe, [href^='javascript:' i], [href^='data:' i]"),
  ...document.querySelectorAll("[href^='vbscript:' i], main style, main script:not([src])"),
].map(one => one.outerHTML.slice(0, 200)).concat(window.hit ? ["a script ran"] : [])"""


def hostile_for(field, turn):
    """Return what is put into a field: all of it where there is room, else one after the other."""
    if field.name == "url":
        return ADDRESS
    if field.max_length is None:
        return "\n\n".join(HOSTILE)
    fitting = [one for one in HOSTILE + SHORT if len(one) <= field.max_length] or [MARK]
    return fitting[turn % len(fitting)][: field.max_length]


def poison():
    """Put hostile text into every field, past all checks; return how many fields got some."""
    triggers.remove(connection)
    poisoned, turn = 0, itertools.count()
    for model in apps.get_models():
        if model._meta.app_label not in OURS or not model._default_manager.exists():
            continue
        fields = [
            one
            for one in model._meta.concrete_fields
            if one.name in WRITTEN and isinstance(one, models.CharField | models.TextField)
        ]
        given = {one.name: hostile_for(one, next(turn)) for one in fields if not one.choices}
        if given:
            model._default_manager.update(**given)
            poisoned += len(given)
    triggers.install(connection)
    call_command("rebuild_search", verbosity=0)
    return poisoned


@pytest.fixture
def foreign():
    """Addresses asked for outside this site."""
    return []


@pytest.fixture
def watched(browse, foreign):
    def open_watched(language, user):
        page = browse(language, user)
        page.on("dialog", lambda dialog: (foreign.append("a dialog"), dialog.dismiss()))
        page.on(
            "request",
            lambda asked: (
                foreign.append(asked.url)
                if urlsplit(asked.url).hostname not in {"localhost", "127.0.0.1", None}
                else None
            ),
        )
        return page

    return open_watched


def brought(page):
    return page.evaluate(BROUGHT, MARK) + page.evaluate("window.breaches")


def test_no_page_runs_or_fetches_what_a_text_says(watched, world, foreign):
    addresses = [(one.key, one.who[0], one.address(world)) for one in PAGES]
    pages = {}
    for _key, who, _address in addresses:
        if who not in pages:
            pages[who] = watched("en", world.person(who))
    assert poison() > len(WRITTEN)
    found, shown = {}, 0
    for key, who, address in addresses:
        page = pages[who]
        answer = page.goto(address.replace("q=chapter", f"q={MARK}"))
        shown += MARK in page.content()
        problems = brought(page) + ([] if answer.ok else [f"status {answer.status}"])
        if problems:
            found[key] = problems
    assert found == {}
    assert foreign == []
    assert shown > len(addresses) * 0.8


def test_what_a_text_brings_is_seen(watched, foreign):
    page = watched("en", None)
    page.goto("/sign-in/")
    assert brought(page) == []
    for one in HOSTILE[:1] + HOSTILE[5:6]:
        page.evaluate("html => { document.querySelector('main').innerHTML = html; }", one)
        assert brought(page) != []
    assert page.evaluate("window.hit === undefined")
    # The content policy stops what is brought before it leaves the machine.
    assert foreign == []
