"""Marks in rendered HTML: on the quoted words, without breaking a tag, whatever the text holds."""

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from profile_workflow import annotations, markup
from profile_workflow.anchors import How, Place, Quote, find, quoted
from profile_workflow.annotations import Mark, annotated, read

pytestmark = pytest.mark.unit

SAMPLE = """### Living in the city

In **2024**, 12,400 foreign citizens & others lived here [@office-2024, p. 12].^[A note.]

- first item with *stress*
- second item

Table: Residents

| Group | Number |
|---|---|
| women | 5 |
| men | 7 |

:::box A box
Inside the box.
:::

تقدم البلدية خدمات الاستقبال عبر إدارة الشؤون الاجتماعية.
"""


def rendered(text=SAMPLE) -> str:
    return str(markup.render(text, citations={"office-2024": "Office 2024"}, chapter="3").html)


def words_of(source: str) -> str:
    return lxml_html.fragment_fromstring(source, create_parent="div").text_content()


def mark(source: str, words: str, name="comment-1", block="") -> Mark:
    place = find(quoted(words, read(source), block=block), read(source))
    return Mark(place, name, name.partition("-")[2], f"Comment {name}")


def marked_words(source: str) -> list[str]:
    tree = lxml_html.fragment_fromstring(source, create_parent="div")
    return [one.text_content() for one in tree.iter("mark")]


def without_marks(source: str) -> str:
    """Return what is left if everything is taken away that marking puts in."""
    source = re.sub(r'<sup class="quote-number">.*?</sup>', "", source)
    source = re.sub(r'<span class="quote-start"[^>]*></span>', "", source)
    return re.sub(r"</?mark[^>]*>", "", source)


def well_formed(source: str) -> bool:
    """Whether reading and writing the HTML by the rules of browsers leaves it as it is."""
    attributes = {
        "*": {"id", "dir", "class", "scope", "role", "aria-label", "aria-details", "href"}
    }
    again = nh3.clean(
        source,
        tags=markup.ALLOWED_TAGS | {"mark"},
        attributes=attributes,
        link_rel=None,
    )
    plain = re.compile(r'\s(?:rel|href)="[^"]*"')
    return plain.sub("", again) == plain.sub("", source)


def test_the_words_are_read_block_by_block_without_the_numbers_of_notes():
    blocks = {one.id: one.text for one in read(rendered()).blocks}
    assert blocks["b1"] == "3.1 Living in the city"
    assert blocks["b2"] == (
        "In 2024, 12,400 foreign citizens & others lived here (Office 2024, p. 12)."
    )
    assert blocks["b3"] == "first item with stress second item"
    assert blocks["b4"] == "Residents Group Number women 5 men 7"
    assert "Inside the box." in blocks["b5"]


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("Living in", ["Living in"]),
        ("3.1 Living", ["3.1", " Living"]),
        ("In 2024, 12,400", ["In ", "2024", ", 12,400"]),
        ("citizens & others", ["citizens & others"]),
        ("lived here (Office 2024, p. 12).", ["lived here ", "(", "Office 2024", ", p. 12)", "."]),
        ("with stress second", ["with ", "stress", "second"]),
        ("women 5 men", ["women", "5", "men"]),
        ("البلدية خدمات الاستقبال", ["البلدية خدمات الاستقبال"]),
    ],
)
def test_every_piece_of_the_words_is_marked_and_nothing_else_is_changed(words, pieces):
    source = rendered()
    found = annotated(source, [mark(source, words)])
    assert [one.strip() for one in marked_words(found)] == [one.strip() for one in pieces]
    assert without_marks(found) == source
    assert well_formed(found)
    assert 'id="quote-comment-1"' in found
    assert '<a href="#comment-1" aria-label="Comment comment-1">1</a>' in found


def test_a_number_never_stands_within_a_link():
    source = rendered()
    found = annotated(source, [mark(source, "here (Office 20")])
    tree = lxml_html.fragment_fromstring(found, create_parent="div")
    assert [
        one for one in tree.iter("a") if any(parent.tag == "a" for parent in one.iterancestors())
    ] == []
    assert well_formed(found)


def test_words_that_several_quote_are_marked_once_and_name_all():
    source = rendered()
    marks = [
        mark(source, "12,400 foreign citizens", "comment-1"),
        mark(source, "foreign citizens & others", "comment-2"),
        mark(source, "foreign", "comment-3"),
    ]
    found = annotated(source, marks)
    tree = lxml_html.fragment_fromstring(found, create_parent="div")
    named = {one.text_content(): one.get("aria-details") for one in tree.iter("mark")}
    assert named == {
        "12,400 ": "comment-1",
        "foreign": "comment-1 comment-2 comment-3",
        " citizens": "comment-1 comment-2",
        " & others": "comment-2",
    }
    assert without_marks(found) == source
    assert well_formed(found)
    for name in ("comment-1", "comment-2", "comment-3"):
        assert found.count(f'id="quote-{name}"') == found.count(f'href="#{name}"') == 1


def test_tools_stand_before_their_blocks():
    source = rendered()
    tools = {number: annotations.SafeString(f"<i>{number}</i>") for number in range(2)}
    found = annotated(source, [], tools=tools)
    assert found.startswith('<i>0</i><h3 id="b1"')
    assert '<i>1</i><p id="b2"' in found


def test_what_a_mark_says_is_never_markup():
    source = rendered()
    evil = Mark(Place(0, 0, 3, How.EXACT, is_sure=True), 'x"><script>', "<b>", '"><script>')
    assert "<script>" not in annotated(source, [evil])


PIECES = st.sampled_from(
    ["one", "two **three** four", "a & b < c > d", '"quoted"', "[@office-2024, p. 3]", "^[a note]",
     "[link](https://example.org/?a=1&b=2)", "خدمات *البلدية*", "`code`", "<b>x</b>", "\u00a0",
     "é\u0301"]
)  # fmt: skip
LINES = st.lists(PIECES, min_size=1, max_size=6).map(" ".join)
BLOCK = st.one_of(
    LINES,
    LINES.map(lambda line: f"### {line}"),
    st.lists(LINES, min_size=1, max_size=3).map(lambda lines: "\n".join(f"- {x}" for x in lines)),
    LINES.map(lambda line: f"> {line}"),
    st.tuples(PIECES, PIECES).map(
        lambda cells: f"| a | b |\n|---|---|\n| {cells[0]} | {cells[1]} |"
    ),
    LINES.map(lambda line: f":::box Title\n{line}\n:::"),
)
TEXTS = st.lists(BLOCK, min_size=1, max_size=5).map("\n\n".join)


@settings(max_examples=120, deadline=None)
@given(TEXTS, st.data())
def test_any_words_of_any_text_can_be_marked(text, data):
    source = rendered(text)
    blocks = read(source).blocks
    marks = []
    for name in range(data.draw(st.integers(0, 4))):
        number = data.draw(st.integers(0, len(blocks) - 1))
        length = len(blocks[number].text)
        if length == 0:
            continue
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        place = Place(number, start, end, How.EXACT, is_sure=True)
        marks.append(Mark(place, f"comment-{name}", str(name), "Comment"))
    found = annotated(source, marks)
    assert without_marks(found) == source
    assert well_formed(found)
    squeezed = "".join(words_of(without_marks(found)).split())
    assert squeezed == "".join(words_of(source).split())
    for one in marks:
        words = blocks[one.place.number].text[one.place.start : one.place.end]
        if words.strip():
            assert f'id="quote-{one.name}"' in found


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_each_block_has_its_place_in_the_source(text):
    places = markup.source_of_blocks(text)
    ids = [one.id for one in read(rendered(text)).blocks]
    assert set(places) <= set(ids)
    for start, end in places.values():
        assert 0 <= start < end <= len(text)


def test_the_source_of_a_block_is_what_was_written():
    places = markup.source_of_blocks(SAMPLE)
    written = {name: SAMPLE[slice(*place)].strip() for name, place in places.items()}
    assert written["b1"] == "### Living in the city"
    assert written["b4"].startswith("Table: Residents")
    assert written["b4"].endswith("| men | 7 |")
    assert written["b6"].startswith("تقدم")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_they_like(ending):
    text = f"One.{ending}{ending}Two words{ending}and more.{ending}"
    places = markup.source_of_blocks(text)
    assert text[slice(*places["b2"])].strip() == f"Two words{ending}and more."


def test_a_quote_without_words_has_no_place():
    assert find(Quote(""), read(rendered())) is None


def test_what_a_picture_says_is_not_among_the_words_and_ends_nothing():
    chart = (
        '<svg role="img"><title>Not this</title><rect x="1"/><text x="2">12</text>'
        '<polyline points="1,1 2,2"/></svg>'
    )
    source = (
        f'<div><figure id="b1"><figcaption>Residents</figcaption>{chart}'
        '<details><summary>Figures</summary>women 5</details></figure></div><p id="b2">After.</p>'
    )
    text = read(source)

    assert [(one.id, one.text) for one in text.blocks] == [
        ("b1", "Residents Figures women 5"),
        ("b2", "After."),
    ]
    place = find(Quote("women"), text)
    marked = annotated(source, [Mark(place, "comment-1", "1", "Comment 1")])
    assert chart in marked
    assert "<mark" in marked.partition("</svg>")[2]
