"""What is asked of a page in a browser: each check returns the problems that it found."""

import asyncio
import gzip
import itertools
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import axe_playwright_python
from django.conf import settings
from django.test import Client

from profile_workflow.models import User

PASSWORD = "correct-horse-battery"
#: Most that a page may weigh, with all that it loads, compressed; and one on which text is written.
BUDGET = 60 * 1024
WRITING_BUDGET = 210 * 1024
#: Longest wait for what a page should show, in milliseconds: long enough for a busy machine.
PATIENCE = 60_000
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}
AXE = next(pathlib.Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What depends on the language of a page, and on where its parts come to stand.
WORDS_AND_PLACES = [
    *("document-title", "html-has-lang", "html-lang-valid", "html-xml-lang-mismatch"),
    *("valid-lang", "target-size"),
]
#: What depends on the scheme of colours.
COLOURS = ["color-contrast", "link-in-text-block"]

#: Faults that the browser itself tells about on the page.
WATCH = """
window.breaches = [];
document.addEventListener(
    "securitypolicyviolation", event => window.breaches.push(event.violatedDirective)
);
"""

#: The choice to write in plain text, as the browser remembers it; before there is a page, none.
PLAIN = "try { localStorage.setItem('writing', 'plain'); } catch {}"

#: Goes to the top, and writes down where the focus comes to rest from now on. Returns what the Tab
#: key should stop at, each radio group once, marked with a number.
_MARK_STOPS = """() => {
    document.activeElement.blur();
    scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    if (!window.stopsMade) addEventListener("keyup", event => {
        if (event.key !== "Tab") return;
        const here = document.activeElement;
        if (!here || here === document.body) { window.stopsMade.push(null); return; }
        const isSeen = getComputedStyle(here).outlineStyle !== "none";
        const html = isSeen && here.dataset.stop ? "" : here.outerHTML.slice(0, 120);
        window.stopsMade.push([here.dataset.stop ?? html, isSeen, html]);
    }, true);
    window.stopsMade = [];
    const groups = new Set();
    const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
    const stops = [...document.querySelectorAll(wanted)].filter(one => {
        if (one.tabIndex < 0 || one.disabled || one.type === "hidden") return false;
        if (!one.checkVisibility({visibilityProperty: true})) return false;
        if (one.type !== "radio") return true;
        const group = [...document.getElementsByName(one.name)];
        if (groups.has(one.name)) return false;
        groups.add(one.name);
        for (const radio of group) radio.dataset.stop = one.name;
        return true;
    });
    stops.forEach((one, number) => { if (one.type !== "radio") one.dataset.stop = number; });
    return stops.map(one => one.dataset.stop);
}"""

#: Sends a form that the page itself need not have.
_SEND = """([address, fields]) => {
    const form = document.createElement("form");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of Object.entries({csrfmiddlewaretoken: token, ...fields})) {
        const field = document.createElement("textarea");
        Object.assign(field, {name, value});
        form.append(field);
    }
    Object.assign(form, {method: "post", action: address, hidden: true});
    document.body.append(form);
    form.submit();
}"""

#: How words on a page look: their colour, what is behind them, whether they are large, and how a
#: link stands out from the words around it. Whether they can be read depends on nothing else.
_COLOURS = """() => {
    const known = new Map();
    const behind = one => {
        if (!one) return {ground: "", faint: 1};
        if (!known.has(one)) {
            const style = getComputedStyle(one), around = behind(one.parentElement);
            const image = style.backgroundImage === "none" ? "" : style.backgroundImage;
            const own = style.backgroundColor, covers = own.startsWith("rgb(") && !image;
            const isClear = own === "rgba(0, 0, 0, 0)" && !image;
            const ground = isClear ? around.ground : covers ? own : around.ground + own + image;
            known.set(one, {ground, faint: around.faint * style.opacity});
        }
        return known.get(one);
    };
    const found = new Set();
    for (const one of document.body.querySelectorAll("*")) {
        const hasWords = [...one.childNodes].some(
            child => child.nodeType === Node.TEXT_NODE && child.data.trim()
        );
        if (!hasWords && !one.matches("input, select, textarea")) continue;
        if (!one.checkVisibility()) continue;
        const style = getComputedStyle(one), size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const {ground, faint} = behind(one), link = one.closest("a");
        const around = link ? getComputedStyle(link.parentElement).color : "";
        const line = link ? getComputedStyle(link).textDecorationLine : "";
        found.add([style.color, ground, faint, isLarge, around, line].join(" | "));
    }
    return [...found];
}"""

#: What axe finds by some rules, as the page stands from its top: what stays in view while one
#: scrolls covers other things then, which no rule is about. A page may also renew a part of itself
#: while it is being looked at: what is found in a part that is gone (it has no size, for example)
#: is no fault; the page is looked at anew.
_FAULTS = """async ([runOnly, without]) => {
    const rules = Object.fromEntries(without.map(rule => [rule, {enabled: false}]));
    const chosen = {
        runOnly, rules, resultTypes: ["violations"], preload: false, elementRef: true
    };
    const isGone = node => node.element && !node.element.isConnected;
    const top = scrollY, found = [];
    scrollTo({top: 0, behavior: "instant"});
    for (let times = 1; times <= 5; times++) {
        found.splice(0, Infinity, ...(await axe.run(document, chosen)).violations);
        if (!found.some(one => one.nodes.some(isGone))) break;
    }
    scrollTo({top, behavior: "instant"});
    return found.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""

#: Most stops that the Tab key makes within one field.
_MOST_PARTS = 5
#: Presses of the Tab key between two looks at where they led, beyond those that should do.
_PRESSES = 10
_TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
_sessions: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def let_in(user: Any, language: str = "en") -> None:
    """Give an account the password of all test accounts, and its pages a language."""
    kept = User.objects.get(pk=user.pk)
    # Set once: a password that is set again signs out every browser.
    if not kept.check_password(PASSWORD):
        kept.set_password(PASSWORD)
    kept.language = language
    kept.save(update_fields=["password", "language"])


def sign_in(page: Any, user: Any) -> None:
    """Sign in as people do; the account was let in before."""
    page.goto("/sign-in/")
    page.locator("#id_username").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def enter(context: Any, user: Any, address: str) -> None:
    """Let the pages of a browser be those of somebody who has signed in; he was let in before."""
    client, known = Client(), User.objects.get(pk=user.pk)
    client.force_login(known)
    cookies = {name: one.value for name, one in client.cookies.items()}
    cookies[settings.LANGUAGE_COOKIE_NAME] = known.language
    context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )


def violations(page: Any, rules: Sequence[str] = WCAG, *, without: Sequence[str] = ()) -> list[Any]:
    """Return what axe finds against WCAG 2.2 A and AA, or against some rules only."""
    # The whole page, and without movement: in the midst of a change of colour, as of a button on
    # which the mouse has come to rest, nothing has its contrast.
    page.wait_for_load_state()
    page.emulate_media(reduced_motion="reduce")
    # Evaluated through the browser's own console, so that the content policy does not stop it; and
    # as it stands, so that a browser that has read these half a million letters knows them again.
    if not page.evaluate("() => Boolean(window.axe)"):
        told = _session(page).send("Runtime.evaluate", {"expression": AXE})
        assert "exceptionDetails" not in told
    found: list[Any] = page.evaluate(_FAULTS, [list(rules), list(without)])
    return [(rule, [html[:200] for html in nodes]) for rule, nodes in found]


class Colours:
    """What was found to be readable already, by day and by night."""

    def __init__(self) -> None:
        self._fine: dict[str, set[str]] = {"light": set(), "dark": set()}

    def unknown(self, page: Any, scheme: str) -> set[str]:
        """Return how those words look that were not looked at in a scheme."""
        return set(page.evaluate(_COLOURS)) - self._fine[scheme]

    def remember(self, scheme: str, looks: set[str]) -> None:
        """Remember what no fault was found in."""
        self._fine[scheme] |= looks


def violations_in_both_schemes(page: Any, known: Colours | None = None) -> list[Any]:
    """Return what axe finds by day, and which words are too faint by night.

    Words that look like others, which were found to be readable before, are not measured again.
    """
    known = known or Colours()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    new = known.unknown(page, "light")
    found = violations(page, without=() if new else COLOURS)
    if not found:
        known.remember("light", new)
    page.emulate_media(color_scheme="dark")
    if new := known.unknown(page, "dark"):
        faint = violations(page, COLOURS)
        if not faint:
            known.remember("dark", new)
        found += [("dark", *one) for one in faint]
    page.emulate_media(color_scheme="light")
    return found


def overflowing(page: Any) -> int:
    """Return by how much the page is wider than a small phone; tables may scroll by themselves."""
    page.set_viewport_size(PHONE)
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    page.set_viewport_size(DESKTOP)
    return wider


def send(page: Any, address: str, fields: Mapping[str, Any]) -> Any:
    """Send fields from the page that is open to an address; return the answer."""
    with page.expect_navigation() as sent:
        page.evaluate(_SEND, [address, dict(fields)])
    return sent.value


def breaches(page: Any) -> list[str]:
    """Return what the content policy stopped."""
    found: list[str] = page.evaluate("window.breaches")
    return found


def _session(page: Any) -> Any:
    """Return the line to the browser's own tools for a page."""
    if page not in _sessions:
        _sessions[page] = page.context.new_cdp_session(page)
    return _sessions[page]


def _press_tab(page: Any, times: int) -> None:
    """Press the Tab key, without waiting for the browser from one press to the next."""
    session = _session(page)

    async def press() -> None:
        # Sent in this order, and answered in it.
        acts = [{"type": kind, **_TAB} for kind in ("rawKeyDown", "keyUp")] * times
        send = session._impl_obj.send
        await asyncio.gather(*(send("Input.dispatchKeyEvent", act, None) for act in acts))

    session._sync(press())


def _stops(page: Any, expected: int) -> Iterator[list[Any] | None]:
    """Press the Tab key on and on; yield where each press led, None for out of the page."""
    for times in itertools.chain([expected], itertools.repeat(_PRESSES)):
        _press_tab(page, times)
        made = page.evaluate("() => window.stopsMade.splice(0)")
        if not made:
            yield None
            return
        yield from made


def keyboard_problems(page: Any) -> list[str]:
    """Walk through the page with the Tab key: everything reached, nothing a trap, focus seen."""
    expected = page.evaluate(_MARK_STOPS)
    reached: list[str] = []
    problems: list[str] = []
    within = 0
    for here in itertools.islice(_stops(page, len(expected)), _MOST_PARTS * len(expected) + 5):
        # A field for a day is one stop with several parts: day, month, year, calendar.
        within = within + 1 if here and reached[-1:] == [here[0]] else 0
        if 0 < within < _MOST_PARTS:
            continue
        if within:
            problems.append("the Tab key does not leave the page")
            break
        if here is None or here[0] in reached:
            break
        reached.append(here[0])
        if not here[1]:
            problems.append(f"focus not seen: {here[2]}")
    else:
        problems.append("the Tab key does not leave the page")
    missed = [stop for stop in expected if stop not in reached]
    if missed:
        found = [page.locator(f'[data-stop="{stop}"]').first.evaluate("one => one.outerHTML")
                 for stop in missed]  # fmt: skip
        problems += [f"not reached: {html[:120]}" for html in found]
    return problems


class Scales:
    """Weighs pages; what several of them load is fetched once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def weight(self, page: Any, answer: Any) -> int:
        """Return the bytes of a page that was just opened, with all that it loaded, compressed."""
        page.wait_for_load_state()
        loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        return len(gzip.compress(answer.body())) + sum(
            self._weight_of(page, address) for address in {one.split("#")[0] for one in loaded}
        )

    def _weight_of(self, page: Any, address: str) -> int:
        if not address.startswith("http"):
            return 0
        if address not in self._known:
            self._known[address] = len(gzip.compress(page.request.get(address).body()))
        return self._known[address]
