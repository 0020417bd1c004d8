"""Quoted words found again: exactly, by what surrounds them, by likeness, or not at all."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_workflow import anchors
from profile_workflow.anchors import Block, How, Quote, Text, find, quote_at, quoted

pytestmark = pytest.mark.unit

ENGLISH = "In 2024, 12,400 foreign citizens lived in the municipality, one resident in 32."
FRENCH = "La commune emploie douze agents à l'accueil, dont « deux » parlent le bambara."
ARABIC = "تقدم البلدية خدمات الاستقبال عبر إدارة الشؤون الاجتماعية في المدينة العتيقة."


def text(*blocks) -> Text:
    return Text([Block(f"b{number}", one) for number, one in enumerate(blocks, 1)])


def quote(blocks, words) -> Quote:
    """Return words that stand once in some blocks, as a quote."""
    for block in text(*blocks).blocks:
        if words in block.text:
            start = block.text.index(words)
            return quote_at(block, start, start + len(words))
    raise AssertionError(words)


def words_at(place, *blocks) -> str:
    return blocks[place.number][place.start : place.end]


# By hand: what people do to a text


@pytest.mark.parametrize("block", [ENGLISH, FRENCH, ARABIC])
def test_words_are_found_after_paragraphs_were_put_before_them(block):
    words = block[10:40].strip()
    found = find(quote([block], words), text("A new beginning.", "Another one.", block))
    assert (found.number, found.how, found.is_sure) == (2, How.EXACT, True)


def test_of_the_same_words_those_are_meant_that_stand_between_the_same_words():
    old = ["The city pays. The state pays. The region pays."]
    said = Quote("pays", before="The city pays. The state ", after=". The region pays.", block="b1")
    found = find(said, text("The state pays.", *old))
    assert (found.number, found.how, found.is_sure) == (1, How.CONTEXT, True)
    assert found.start == old[0].index("pays", old[0].index("state"))


def test_of_quite_the_same_words_the_nearest_are_taken_and_nothing_is_sure():
    same = "Not available yet."
    found = find(Quote(same, block="b3"), text(same, "Something.", same, same))
    assert (found.number, found.is_sure) == (2, False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12,400 foreign citizens lived in the municipality", ENGLISH.replace("12,400", "13,100")),
        ("emploie douze agents à l'accueil", FRENCH.replace("douze", "treize")),
        (
            "خدمات الاستقبال عبر إدارة الشؤون الاجتماعية",
            ARABIC.replace("الاستقبال", "الإيواء"),
        ),
    ],
)
def test_words_that_were_changed_a_little_are_found_by_likeness(old, new):
    source = next(one for one in (ENGLISH, FRENCH, ARABIC) if old in one)
    found = find(quote([source], old), text("Quite another paragraph.", new))
    assert (found.number, found.how, found.is_sure) == (1, How.LIKENESS, False)
    # Whole words, never parts of them.
    words = re.findall(r"\w+", words_at(found, "", new))
    assert set(words) <= set(re.findall(r"\w+", new))


@pytest.mark.parametrize("block", [ENGLISH, FRENCH, ARABIC])
def test_words_that_were_deleted_are_an_orphan(block):
    said = quote([block], block[5:45].strip())
    assert find(said, text("Health care is free for children.", "التعليم مجاني للجميع.")) is None
    assert find(said, text()) is None


def test_a_few_characters_are_found_only_where_their_surroundings_are():
    said = quote(["There are 12 staff in the office."], "12")
    assert find(said, text("Now there are 12 staff in the office.")) is not None
    assert find(said, text("On page 12 the law is quoted.")) is None


def test_a_short_paragraph_is_not_taken_for_a_long_quote_that_holds_it():
    said = Quote("The municipality has no service of its own, and says so. Yes.", block="b1")
    assert find(said, text("Yes.", "No service.")) is None


def test_nothing_quoted_is_nowhere():
    assert find(Quote(""), text(ENGLISH)) is None


# Quoting


def test_words_are_quoted_as_the_text_has_them_whatever_spaces_the_browser_tells():
    block = "| 2024 | a third \u202fof all"
    said = quoted("2024  |\n a\tthird", text(ENGLISH, block), block="b2")
    assert (said.exact, said.block, said.before) == ("2024 | a third", "b2", "| ")


def test_of_repeated_words_those_are_quoted_before_which_the_selection_began():
    block = "yes no yes no yes no"
    said = quoted("no", text(block), block="b1", before="yes no yes")
    assert (len(said.before), said.after) == (11, " yes no")


def test_words_that_nobody_finds_are_kept_as_they_were_typed():
    assert quoted("not  there", text(ENGLISH), block="b1") == Quote("not there")
    assert quoted("  ", text(ENGLISH)).exact == ""


def test_a_long_quote_is_cut_between_words_and_still_found():
    long = " ".join(f"word{number}" for number in range(2_000))
    said = quoted(long, text(long))
    assert len(said.exact) <= anchors.MOST_QUOTED
    assert said.exact.split()[-1] in long.split()
    assert find(said, text("Before.", long)).number == 1


# By property

WORDS = st.sampled_from(
    ["city", "pays", "municipality", "residents", "خدمات", "البلدية", "المدينة", "12", "l'accueil"]
)
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
PARAGRAPHS = st.lists(PARAGRAPH, min_size=1, max_size=6)


@st.composite
def quotes(draw):
    """A text, and some words of it."""
    blocks = draw(PARAGRAPHS)
    number = draw(st.integers(0, len(blocks) - 1))
    words = blocks[number].split()
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, len(words) - 1))
    start = len(" ".join(words[:first])) + (first > 0)
    end = start + len(" ".join(words[first : last + 1]))
    return blocks, number, start, end


@settings(max_examples=150)
@given(quotes())
def test_in_the_same_text_the_same_words_are_found(given_quote):
    blocks, number, start, end = given_quote
    said = quote_at(text(*blocks).blocks[number], start, end)
    found = find(said, text(*blocks))
    assert words_at(found, *blocks) == said.exact
    if found.is_sure:
        assert (found.number, found.start) == (number, start)


@settings(max_examples=100)
@given(quotes(), PARAGRAPHS)
def test_what_is_found_lies_within_the_text_whatever_became_of_it(given_quote, other):
    blocks, number, start, end = given_quote
    found = find(quote_at(text(*blocks).blocks[number], start, end), text(*other))
    if found is not None:
        assert 0 <= found.start < found.end <= len(other[found.number])
        assert found.how is How.LIKENESS or words_at(found, *other) in blocks[number]


@settings(max_examples=100)
@given(quotes())
def test_what_a_browser_selects_is_quoted_as_it_stands(given_quote):
    blocks, number, start, end = given_quote
    block = blocks[number]
    home = f"b{number + 1}"
    typed = "\n".join(block[start:end].split())
    said = quoted(typed, text(*blocks), block=home, before=block[:start][-40:])
    assert (said.exact, said.block) == (block[start:end], home)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_any_words_at_all_are_looked_for_without_a_fault(one, other, before):
    said = quoted(one, text(other), block="b9", before=before)
    assert find(said, text(other, one)) is None or said.exact


# Time


def test_a_pathological_text_costs_little():
    block = ("ab " * 2_000).strip()
    said = [Quote(("ab " * 300 + f"x{number} " + "ba " * 20).strip()) for number in range(100)]
    blocks = text(*[block] * 20)
    begun = time.monotonic()
    for one in said:
        find(one, blocks)
    assert time.monotonic() - begun < 5
    assert blocks.pairs_left < anchors.MOST_PAIRS


def test_beyond_the_budget_there_are_orphans_only():
    changed = ENGLISH.replace("foreign", "other")
    blocks = text(changed)
    said = quote([ENGLISH], ENGLISH)
    assert find(said, blocks).how is How.LIKENESS
    blocks.pairs_left = 10
    assert find(said, blocks) is None
    assert find(quote([changed], changed), blocks).how is How.EXACT
