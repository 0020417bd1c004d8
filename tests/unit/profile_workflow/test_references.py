"""References of a text to tables, figures and sections: how they are read, and how they look."""

import pytest

from profile_workflow import markup
from profile_workflow.markup import Exhibits, Problem, Reference, Target
from profile_workflow.proofreading.passages import reading_of

pytestmark = pytest.mark.unit

TEXT = "### 1.4 Who  lives here?\n\nSee [#table:1-A].\n\n[[table:1-A]]\n\n[[figure:1-A]]"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("[#table:1-A]", Reference("table", "1-A")),
        ("[#figure:2.B]", Reference("figure", "2.B")),
        ("[#section:ES]", Reference("section", "ES")),
        ("[#table:3, People by year]", Reference("table", "3", "People by year")),
        ("[#section:3,Who lives here?]", Reference("section", "3", "Who lives here?")),
        ("[#section:3,  الأعداد ]", Reference("section", "3", "الأعداد")),
    ],
)
def test_what_is_a_reference(typed, found):
    assert markup.references(f"See {typed}, *{typed}*^[and {typed}].") == (found,)
    assert markup.references(str(found)) == (found,)


@pytest.mark.parametrize(
    "typed",
    [
        *("[#]", "[#table]", "[#table:]", "[#other:x]", "[#table:a b]", "[#figure:a, b]"),
        *("\\[#table:a]", "[#table:a](https://e.org)", "[#section:1, [x]]", "[#section:1, ]"),
        "[#section:123456789012345678901]",
    ],
)
def test_what_is_none(typed):
    assert markup.references(typed) == ()


def test_a_caption_may_hold_one():
    assert markup.references("Table: As [#table:1]\n\n| a |\n|---|\n| 1 |") == (
        Reference("table", "1"),
    )


def html(text, refer):
    return markup.render(text, citations={}, exhibits=Exhibits(refer=refer))


def test_it_is_a_link_with_the_words_that_it_is_given():
    found = html("See [#table:1-A].", lambda _one: Target("Table <3>", "/p/?a=1&b#b2"))
    assert found.html == (
        '<p id="b1" dir="auto">See <bdi class="reference" dir="auto">'
        '<a href="/p/?a=1&amp;b#b2" rel="noopener noreferrer">Table &lt;3&gt;</a></bdi>.</p>\n'
    )
    without = html("See [#table:1-A].", lambda _one: Target("Table 3"))
    assert "<a" not in without.html
    assert without.problems == []


def test_one_that_leads_nowhere_is_shown_as_such_and_told_once():
    found = html("[#section:3, <b>] [#section:3, <b>]", lambda _one: None)
    assert '<span class="problem">[#section:3, &lt;b&gt;]</span>' in found.html
    assert found.problems == [Problem("unknown_reference", "[#section:3, <b>]")]


def test_an_address_that_is_no_page_is_not_a_link():
    found = html("[#table:1]", lambda _one: Target("x", "javascript:alert(1)"))
    assert "javascript" not in found.html


def test_headings_are_found_by_their_words_whatever_their_number():
    outline = markup.outline(TEXT, "1")
    for words in ("Who lives here?", "who LIVES here?", "1.4 Who lives here?"):
        assert outline.heading(words).number == "1.1"
    assert outline.heading("Who lives") is None
    assert outline.exhibit("table", "1-A").id == "b3"
    assert outline.exhibit("figure", "1-A").id == "b4"
    assert outline.exhibit("figure", "1-B") is None


def test_a_typed_table_is_found_by_its_caption():
    outline = markup.outline("Table: People, *by year* [@ins]\n\n| a |\n|---|\n| 1 |")
    assert outline.typed_table("people,  by year").id == "b1"
    assert outline.typed_table("People") is None


def test_it_is_no_word_and_a_table_is_a_source():
    assert markup.word_count("See [#table:1-A] and [#section:2, Who].") == 2
    figure, section = reading_of("12,400 came [#table:1-A].\n\n12,400 [#section:2].").passages
    assert (figure.text, bool(figure.sources)) == ("12,400 came.", True)
    assert not section.sources
