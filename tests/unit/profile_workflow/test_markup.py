"""The text dialect: what it reads, what it refuses, and what it costs."""

import re
import time

import pytest

from profile_workflow import markup
from profile_workflow.markup import Exhibit, Exhibits, Heading, Medium, Problem

CITATIONS = {"ins-2021": "INS 2021", "onfp": "ONFP 2020"}
DRAWN = Exhibits(
    table=lambda key, block: f'<table id="{block}"></table>' if key == "2-A" else None,
    figure=lambda key, block: f'<svg id="{block}"></svg>' if key == "2-A" else None,
    label=lambda caption, block: "Table 1.",
    image=lambda key, block: f'<figure id="{block}"></figure>' if key == "p1" else None,
)


def html(text, **options):
    return markup.render(text, citations=CITATIONS, exhibits=DRAWN, **options).html


def test_headings_of_two_levels_are_headings_and_others_are_text():
    assert html("### Three\n\n#### Four") == (
        '<h3 id="b1" dir="auto">Three</h3>\n<h4 id="b2" dir="auto">Four</h4>\n'
    )
    for marks in ("#", "##", "#####", "######"):
        assert html(f"{marks} Title") == f'<p id="b1" dir="auto">{marks} Title</p>\n'


def test_a_chapter_numbers_its_headings_and_drops_the_number_typed_before_one():
    result = markup.render("### 4.7 One\n\n### Two\n\n#### Deep", citations={}, chapter="4")

    assert result.headings == [
        Heading(3, "4.1", "One", "b1"),
        Heading(3, "4.2", "Two", "b2"),
        Heading(4, "", "Deep", "b3"),
    ]
    assert '<span class="number">4.1</span> One' in result.html


def test_emphasis_lists_quotes_and_hard_breaks():
    assert html("**a** *b* c\\\nd") == (
        '<p id="b1" dir="auto"><strong>a</strong> <em>b</em> c<br>\nd</p>\n'
    )
    assert "<li>a</li>" in html("- a\n- b")
    assert '<ol id="b1" dir="auto" start="3">' in html("3. a").replace(
        'start="3" id="b1" dir="auto"', 'id="b1" dir="auto" start="3"'
    )
    assert "<blockquote" in html("> q")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<b>x</b>",
        "![a](/a.png)",
        "`code`",
        "***",
        "```\nx\n```",
        "<https://x.org>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "[x](file:///etc/passwd)",
        "[x](//host/path)",
        "[x](/path)",
        "&lt;img src=x onerror=1&gt;",
    ],
)
def test_anything_else_is_text(source):
    result = html(source)

    assert result.startswith('<p id="b1" dir="auto">')
    for tag in ("<script", "<b>", "<img", "<code", "<pre", "<hr", "<a "):
        assert tag not in result


@pytest.mark.parametrize("address", ["https://a.org/x", "http://a.org", "mailto:a@b.org"])
def test_links_of_three_schemes(address):
    assert f'<a href="{address}" rel="noopener noreferrer">x</a>' in html(f"[x]({address})")


def test_citations_are_author_and_year_with_the_page():
    result = markup.render("A [@ins-2021, p. 4] B [@onfp; @ins-2021]", citations=CITATIONS)

    assert result.citations == ["ins-2021", "onfp"]
    assert (
        '(<a href="#source-ins-2021" rel="noopener noreferrer">INS 2021</a>, p. 4)' in result.html
    )
    assert 'ONFP 2020</a>; <a href="#source-ins-2021"' in result.html


def test_an_unknown_source_is_reported_once_and_shown_as_a_problem():
    result = markup.render("[@nobody] [@nobody]", citations=CITATIONS)

    assert result.problems == [Problem("unknown_source", "nobody")]
    assert '<span class="problem">@nobody</span>' in result.html


def test_notes_stand_at_the_end_on_the_web_and_in_place_on_paper():
    web = markup.render("Text^[a *note*] more.", citations={}, id_prefix="s4-")
    paper = markup.render("Text^[a *note*] more.", citations={}, medium=Medium.PRINT)

    assert web.notes == ["a <em>note</em>"]
    assert '<sup class="note-mark" id="s4-n1-mark"><a href="#s4-n1"' in web.html
    assert '<li id="s4-n1" dir="auto">a <em>note</em>' in web.html
    assert '<span class="note" role="doc-footnote">a <em>note</em></span>' in paper.html
    assert "<ol" not in paper.html


def test_boxes():
    result = html(":::practice One stop\nText\n:::\n\nAfter")

    assert (
        '<aside id="b1" class="practice" dir="auto">\n<p class="box-title">One stop</p>' in result
    )
    assert '<p id="b2" dir="auto">After</p>' in result
    assert "<aside" not in html(":::script x\nText\n:::")


def test_a_caption_before_a_table_and_a_source_after_it():
    result = markup.render(
        "Table: People [@onfp]\n\n| A | B |\n|---|--:|\n| 1 | 2 |\n\nSource: INS",
        citations=CITATIONS,
        exhibits=DRAWN,
    )

    assert result.tables == [Exhibit("table", "", "People", "b1")]
    assert '<caption><span class="label">Table 1.</span> People ' in result.html
    assert '<th scope="col">A</th>' in result.html
    assert '<td class="numeric">2</td>' in result.html
    assert '<p class="source" id="b2" dir="auto">Source: INS</p>' in result.html
    assert "style=" not in result.html


def test_placed_tables_and_figures_are_drawn_by_the_caller():
    result = markup.render(
        "[[table:2-A]]\n\n[[figure:2-A]]\n\n[[table:9-Z]]\n\nnot [[table:2-A]] alone",
        citations={},
        exhibits=DRAWN,
    )

    assert '<table id="b1"></table>' in result.html
    assert '<svg id="b2"></svg>' in result.html
    assert result.problems == [Problem("unknown_table", "9-Z")]
    assert "not [[table:2-A]] alone" in result.html


def test_the_marks_that_keep_a_place_cannot_be_typed():
    assert "\ue000" not in html("\ue0000\ue001")


def test_paper_writes_a_direction_only_where_it_differs():
    arabic = "تنسق البلدية"
    assert 'dir="rtl"' in html(arabic, medium=Medium.PRINT)
    assert "dir=" not in html(arabic, medium=Medium.PRINT, direction="rtl")
    assert 'dir="ltr"' in html("Latin", medium=Medium.PRINT, direction="rtl")


def test_what_a_text_uses():
    text = (
        "The MC2CM of ICMPD [@b; @a, p. 2]^[see [@c] EU]\n\n"
        "Table: x [@d]\n\n|a|\n|-|\n\n[[table:2-A]]"
    )

    assert markup.cited_keys(text) == ["b", "a", "c", "d"]
    assert markup.placed_tables(text) == ["2-A"]
    assert markup.mentions(text).acronyms == ("MC2CM", "ICMPD", "EU")
    assert markup.word_count("**Two** words [@a, p. 4]^[and three more]") == 5
    assert markup.word_count("") == 0


def test_an_address_in_arabic_says_in_print_how_it_runs():
    """Each of its lines is set by itself; a browser sets the paragraph as a whole."""
    text = "انظر [a.org/b](https://a.org/b) أو [الموقع](https://a.org)"
    paper, web = (
        markup.render(text, citations={}, medium=medium, direction="rtl").html
        for medium in (markup.Medium.PRINT, markup.Medium.WEB)
    )
    assert paper.count("<a ") == 2
    assert paper.count('dir="ltr"') == 1
    assert re.search(r'<a [^>]*dir="ltr"[^>]*>a\.org/b</a>', paper)
    assert 'dir="ltr"' not in web


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("word " * 200_000, "too_long"),
        (">" * 1000, "too_deep"),
        ("\n".join(f"{'  ' * depth}- x" for depth in range(300)), "too_deep"),
        ("[" * 7000, "paragraph_too_long"),
        ("x" * 290_000, "paragraph_too_long"),
        ("a" + "\u0301" * 290_000, "paragraph_too_long"),
        ("word^[note] " * 24_000, "paragraph_too_long"),
        ("|a|b|\n|-|-|\n" + "|x|y|\n" * 1000, "table_too_large"),
        ("|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n", "table_too_large"),
    ],
)
def test_monsters_are_cut_and_reported(source, code):
    result = markup.render(source, citations={})

    assert code in {problem.code for problem in result.problems}


@pytest.mark.repeats
@pytest.mark.parametrize(
    "source",
    [
        ("[" * 5900 + "\n\n") * 10,
        ("^[" * 2900 + "\n\n") * 10,
        "*a " * 100000,
        ":::box\n" * 20000,
        "\n".join(">" * n for n in range(700)),
        "[a](<b " * 40000,
    ],
)
def test_reading_stays_bounded(source):
    started = time.process_time()

    markup.render(source, citations={})

    assert time.process_time() - started < 30  # what is not bounded takes minutes


def test_a_picture_is_placed_by_its_key_and_an_unknown_one_is_a_problem():
    text = "[[image:p1]]\n\nSource: own\n\n[[image:p2]]\n\n[[table:2-A]]\n\nsee [[image:p3]]"
    result = markup.render(text, citations={}, exhibits=DRAWN)

    assert '<figure id="b1"></figure>' in result.html
    assert '<p class="source" id="b2" dir="auto">' in result.html
    assert '<p id="b3" class="problem">[[image:p2]]</p>' in result.html
    assert result.problems == [Problem("unknown_image", "p2")]
    assert result.figures == [Exhibit("image", "p1", "", "b1")]
    assert markup.placed_pictures(text) == ["p1", "p2"]
    assert markup.placed_tables(text) == ["2-A"]
