"""Two texts compared: nothing lost, nothing invented, nothing dangerous, and not for ever."""

import random
import re
import time

import pytest
from django.core.cache import cache
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from profile_workflow import markup
from profile_workflow.web.redline import ADDED, CHANGED, REMOVED, SAME, redline
from profile_workflow.web.redline import comparing as module

pytestmark = pytest.mark.unit


def html(text):
    return markup.render(text, citations={"ins": "INS 2021"}).html


def tree(text):
    root = lxml_html.fragment_fromstring(text or "<p></p>", create_parent="div")
    for span in root.xpath("//bdi[@class='visually-hidden']"):
        span.drop_tree()
    return root


def words(root):
    return re.sub(r"\s+", "", root.text_content())


def without(text, tag):
    root = tree(text)
    for mark in list(root.iter(tag)):
        mark.drop_tree()
    return words(root)


def whole(found, part="html"):
    return "".join(getattr(block, part) for block in found.blocks)


def kinds(found):
    return [block.kind for block in found.blocks]


WORDS = [
    "city",
    "of",
    "Sfax",
    "صفاقس",
    "مدينة",
    "5 %",
    "2024",
    "<b>",
    "&amp;",
    "*much*",
    "**more**",
]
LINE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
BLOCK = st.one_of(
    LINE,
    LINE.map("### {}".format),
    st.lists(LINE, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {i}" for i in items)),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda rows: "| a | b |\n|---|--:|\n" + "\n".join(f"| {r} | 1 |" for r in rows)
    ),
    LINE.map("> {}".format),
    LINE.map(":::box Title\n{}\n:::".format),
    LINE.map("{} [@ins, p. 4] ^[a note]".format),
)
TEXT = st.lists(BLOCK, max_size=6)


@settings(max_examples=150)
@given(TEXT, TEXT)
def test_accepting_gives_the_new_text_and_rejecting_the_old(old, new):
    before, after = html("\n\n".join(old)), html("\n\n".join(new))
    found = redline(before, after)
    assert without(whole(found), "del") == words(tree(after))
    assert without(whole(found), "ins") == words(tree(before))
    assert words(tree(whole(found, "old"))) == words(tree(before))
    assert words(tree(whole(found, "new"))) == words(tree(after))


@settings(max_examples=60)
@given(TEXT, st.data())
def test_one_insertion_marks_one_block_only(blocks, data):
    place = data.draw(st.integers(0, len(blocks)))
    # Within a list it would make two lists of one.
    around = [one[:2] for one in blocks[place - 1 : place + 1]] if place else []
    assume(len(around) < 2 or around[0] not in {"- ", "1."} or around[0] != around[1])
    more = [*blocks[:place], "Wholly unlike anything before", *blocks[place:]]
    before, after = html("\n\n".join(blocks)), html("\n\n".join(more))
    found = redline(before, after)
    assert sum(kind != SAME for kind in kinds(found)) <= 1 + before.count('class="notes"')


def test_one_insertion_among_equal_blocks_is_one_change():
    found = redline(html("A.\n\nA.\n\nA."), html("A.\n\nUnlike.\n\nA.\n\nA."))
    assert kinds(found) == [SAME, ADDED, SAME, SAME]


@given(TEXT)
def test_the_same_text_has_no_change(blocks):
    text = html("\n\n".join(blocks))
    assert redline(text, text).changes == 0


def test_blocks_are_told_apart():
    old = "Stays.\n\nOne two three four.\n\nGoes away for good, this."
    new = "Stays.\n\nOne two five four.\n\n- Comes\n- new"
    assert kinds(redline(html(old), html(new))) == [SAME, CHANGED, REMOVED, ADDED]


def test_changes_are_lines_and_words_not_only_colour():
    with translation.override("en"):
        found = redline(html("One two three."), html("One two four."))
    assert found.blocks[0].html == (
        '<p dir="auto">One two <del><bdi class="visually-hidden">[removed: </bdi>three.'
        '<bdi class="visually-hidden"> ]</bdi></del> <ins><bdi class="visually-hidden">'
        '[added: </bdi>four.<bdi class="visually-hidden"> ]</bdi></ins> </p>'
    )


def test_a_word_that_became_bold_is_a_change():
    block = redline(html("One two three."), html("One **two** three.")).blocks[0]
    assert [mark.text_content() for mark in tree(block.html).iter("ins", "del")] == ["two", "two"]


def test_marks_speak_the_language_of_the_reader():
    pair = html("One two three."), html("One two four.")
    with translation.override("en"):
        english = whole(redline(*pair))
    with translation.override("fr"):
        other = whole(redline(*pair))
    assert "[added:" in english
    assert tree(english).text_content() == tree(other).text_content()


def test_a_table_keeps_its_columns():
    old = html("| a | b |\n|---|--:|\n| x | 1 |\n| y | 2 |")
    new = html("| a | b |\n|---|--:|\n| x | 1 |\n| y | 3 |\n| z | 4 |")
    block = redline(old, new).blocks[0]
    for part in (block.html, block.old, block.new):
        root = tree(part)
        assert {len(row) for row in root.iter("tr")} == {2}
        assert not root.xpath("//tr/ins | //tr/del | //table/ins | //tbody/ins | //tbody/del")
    assert 'class="numeric"' in block.html


def test_a_changed_address_of_a_link_is_shown():
    old, new = (
        html("See [the law](https://old.example/)."),
        html("See [the law](https://new.example/)."),
    )
    shown = tree(whole(redline(old, new))).text_content()
    assert "(https://old.example/)" in shown
    assert "(https://new.example/)" in shown
    assert "Link:" not in shown


def test_nothing_has_an_address_so_that_a_page_can_hold_the_text_too():
    found = redline(html("A [@ins] ^[n].\n\n### H"), html("B [@ins] ^[n].\n\n### H"))
    assert " id=" not in whole(found)
    assert 'href="#' not in whole(found)


@pytest.mark.parametrize(
    "evil",
    [
        "<img src=x onerror=alert(1)>",
        "<p onclick=alert(1)>x</p>",
        "<p>x</p><script>alert(1)</script>",
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<p style="color:red" class="evil">x</p>',
        "<svg><p><style><!--</style><img src=x onerror=alert(1)>--></svg>",
    ],
)
def test_the_result_is_cleaned_again(evil):
    for pair in ((evil, "<p>y</p>"), ("<p>y</p>", evil), (evil, evil)):
        out = whole(redline(*pair))
        for sign in ("onerror=", "<script", '"javascript:', "onclick", "style=", "evil", "<img"):
            assert sign not in out.replace("&lt;", "")


def test_typed_markup_stays_text():
    out = whole(redline(html("<ins>a</ins>"), html("<del>a</del> <script>")))
    assert "&lt;script&gt;" in out
    assert "<script" not in out


def test_the_result_is_kept(monkeypatch):
    cache.clear()
    pair = html("One."), html("Two.")
    first = redline(*pair)
    monkeypatch.setattr(module, "_compared", None)
    assert redline(*pair) == first


@pytest.mark.slow
def test_long_texts_take_seconds_not_minutes():
    cache.clear()
    old = "\n\n".join(f"Word {'abc ' * 60} {n} end." for n in range(400))
    started = time.monotonic()
    found = redline(html(old), html(old.replace("end", "done")))
    assert time.monotonic() - started < 20
    assert {CHANGED} <= set(kinds(found))


def short_lines(number, seed):
    """Return lines from a small stock, and between any two of them the same one."""
    lines = random.Random(seed).choices(["Yes.", "No.", "In part.", f"Seen {seed}."], k=number)  # noqa: S311
    return "\n".join(f"- {line}\n- See above." for line in lines)


@pytest.mark.repeats
@pytest.mark.slow
def test_the_same_line_between_any_two_takes_seconds_not_minutes():
    cache.clear()
    old = html("\n\n".join(f"Was {number}.\n\nSee above." for number in range(1_400)))
    started = time.process_time()
    assert redline(old, old.replace("Was", "Is")).changes == 1_400
    assert time.process_time() - started < 10


@pytest.mark.parametrize("steps", [0, 30, 300, 3_000])
def test_who_stops_looking_loses_nothing(steps, monkeypatch):
    cache.clear()
    monkeypatch.setattr(module, "MOST_STEPS", steps)
    shared = "### Title\n\n| a | b |\n|---|--:|\n| x | 1 |\n\nLast of all words."
    before, after = (
        html(f"One of {seed} words.\n\n{short_lines(20, seed)}\n\n{shared}") for seed in (1, 2)
    )
    found = redline(before, after)
    assert without(whole(found), "del") == words(tree(after))
    assert without(whole(found), "ins") == words(tree(before))


def test_what_is_too_long_is_not_compared():
    assert redline("<p>x</p>" * (module.MOST_BLOCKS + 1), "<p>y</p>").too_long
    assert redline("x" * (module.MOST_CHARACTERS + 1), "").too_long


def test_a_monster_of_a_block_is_removed_and_added_as_a_whole():
    before, after = (" ".join(f"{letter}{n} x" for n in range(1_200)) for letter in "ab")
    block = redline(f"<p>{before}</p>", f"<p>{after}</p>").blocks[0]
    assert [len(list(tree(block.html).iter(tag))) for tag in ("del", "ins")] == [1, 1]


def test_stretches_count_what_stayed():
    old = "A a a.\n\nB b b.\n\nC c c.\n\nD d d."
    found = redline(html(old), html(old.replace("C c c", "C c x")))
    assert [(one.same, one.block is not None) for one in found.stretches] == [
        (2, False),
        (0, True),
        (1, False),
    ]
