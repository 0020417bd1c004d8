"""The style sheets: icons that exist, states with a shape, no side that is left or right."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from profile_workflow.templatetags.words import TONES
from profile_workflow.web.navigation import PROFILE_PAGES, SITE_PAGES

pytestmark = pytest.mark.unit

STATIC = Path(settings.BASE_DIR) / "profile_workflow" / "static"
SHEETS = {path.name: path.read_text() for path in (STATIC / "profile_workflow").glob("*.css")}
#: All of them, for what may stand in any.
SHEET = "\n".join(SHEETS.values())
DRAWN = sorted((STATIC / "vendor" / "bootstrap-icons").glob("*.svg"))
#: Sides of the page instead of the beginning and the end of a line.
SIDES = (
    r"(?<![\w-])(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right):"
    r"|(?:text-align|float|clear):\s*(?:left|right)"
)


def templates():
    return [
        path.read_text()
        for package in ("profile_workflow", "workflows")
        for path in (Path(settings.BASE_DIR) / package / "templates").rglob("*.html")
    ]


@pytest.mark.parametrize(
    ("page", "number"),
    [
        ('<h1>{% translate "Compare" %}: {{ section }}</h1>', 1),
        ("<h1>{{ label }}{% colon %} {{ section }}</h1>", 0),
        ("{% blocktranslate %}{{ label }}: {{ section }}{% endblocktranslate %}", 0),
        ('<span class="visually-hidden">: {{ section }}</span>', 0),
    ],
)
def test_a_colon_of_english_is_found(page, number):
    assert len(english_colons(page)) == number


def test_no_label_in_a_page_ends_with_the_colon_of_english():
    assert [found for page in templates() for found in english_colons(page)] == []


def english_colons(page):
    """Return what stands before each visible colon that a translation cannot change."""
    own = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", page, flags=re.DOTALL)
    return re.findall(r"[^\n]{0,40}(?:[%}]\}|(?<!visually-hidden\")>): ", own)


def test_every_sheet_is_read_and_used():
    assert {"app.css", "draft.css", "editor.css", "remarks.css"} <= set(SHEETS)
    pages = "\n".join(templates())
    assert [name for name in SHEETS if f"profile_workflow/{name}" not in pages] == []


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda path: path.name)
def test_every_icon_that_is_drawn_is_there_and_none_is_there_for_nothing(drawn):
    wanted = re.findall(rf"{re.escape(drawn.name)}#([\w-]+)", SHEET)
    assert wanted
    assert set(wanted) == set(re.findall(r'<view id="([\w-]+)"', drawn.read_text()))


def test_every_sheet_of_icons_is_read():
    named = set(re.findall(r"bootstrap-icons/([\w.-]+)#", SHEET))
    assert named == {path.name for path in DRAWN}


def test_every_icon_that_a_page_names_is_known_to_the_sheet():
    known = set(re.findall(r"\.(icon-[\w-]+)", SHEET))
    in_pages = {
        name for text in templates() for name in re.findall(r'class="icon (icon-[\w-]+)', text)
    }
    in_pages |= {
        f"icon-{name}"
        for text in templates()
        for name in re.findall(r'_rich_button\.html" with name="([\w-]+)"', text)
    }
    in_rows = {page.icon for page in (*SITE_PAGES, *PROFILE_PAGES) if page.icon}
    assert in_pages | in_rows <= known
    assert known == in_pages | in_rows


@pytest.mark.parametrize("tone", sorted({*TONES.values(), "late", "soon", "later"}))
def test_every_tone_of_a_state_has_a_shape_of_its_own(tone):
    rules = re.findall(rf"\.tag-{tone}\s*\{{([^}}]*)\}}", SHEET)
    shapes = {name for rule in rules for name in re.findall(r"icons\.svg#([\w-]+)", rule)}
    grouped = re.search(rf"\.tag-{tone}, [^{{]*\{{[^}}]*icons\.svg", SHEET)
    assert shapes or grouped


def contrast(one, other):
    """Return the contrast of two colours, as WCAG 2.2 counts it."""

    def light(colour):
        digits = colour.lstrip("#")
        digits = "".join(sign * 2 for sign in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def colours():
    """Return the colours by day, and those by night."""
    day, night = SHEETS["app.css"].split("prefers-color-scheme: dark", 1)
    found = r"--([\w-]+): (#[0-9a-f]{3,6});"
    by_day = dict(re.findall(found, day))
    return by_day, {**by_day, **dict(re.findall(found, night))}


PAIRS = [
    ("ink", "ground"),
    ("ink", "panel"),
    ("ink-soft", "ground"),
    ("ink-soft", "panel"),
    ("accent", "ground"),
    ("accent", "panel"),
    ("bar-ink", "bar"),
    ("bad-ink", "ground"),
    *(
        (f"{tone}-ink", tone)
        for tone in ("idle", "work", "judged", "back", "done", "paused", "late")
    ),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(scheme, text, ground):
    chosen = colours()[scheme]
    assert contrast(chosen[text], chosen[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
def test_the_edge_of_a_field_can_be_seen(scheme):
    chosen = colours()[scheme]
    assert contrast(chosen["control"], chosen["ground"]) >= 3


def test_contrast_is_counted_as_the_standard_says():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_nothing_is_left_or_right(name):
    assert re.findall(SIDES, SHEETS[name]) == []


@pytest.mark.parametrize(
    "rule", ["margin-left: 0", "{ left: 0 }", "text-align: right", "float:left", "border-right: 0"]
)
def test_a_side_is_seen(rule):
    assert re.findall(SIDES, rule)
    assert not re.findall(SIDES, 'margin-inline-start: 0; url("x#text-indent-left"); left-over: 1')
