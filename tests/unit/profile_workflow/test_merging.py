"""Joining two versions of a text: nothing that either of them wrote is lost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_workflow import merging
from profile_workflow.merging import Change, blocks, merge, spliced, splices

pytestmark = pytest.mark.unit

#: Few words, so that versions share, repeat and move paragraphs.
PARAGRAPHS = st.lists(st.sampled_from("abcdefgh"), max_size=9)
ANY_TEXT = st.text(alphabet=st.sampled_from("ab \n\r\t#-\u0639"), max_size=60)


def text(paragraphs) -> str:
    return "\n\n".join(paragraphs)


def without_loss(joined, base, mine, theirs) -> bool:
    """Whether every paragraph that one of the versions added stands in the joined text as often."""
    found = Counter(blocks(joined.text))
    old = set(blocks(base)) if base is not None else set()
    return all(
        found[block] >= number
        for version in (mine, theirs)
        for block, number in Counter(blocks(version)).items()
        if block not in old
    )


@settings(max_examples=200)
@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_nothing_new_is_lost(base, mine, theirs):
    base, mine, theirs = text(base), text(mine), text(theirs)
    assert without_loss(merge(base, mine, theirs), base, mine, theirs)
    assert without_loss(merge(None, mine, theirs), None, mine, theirs)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_nothing_new_is_lost_of_any_text(base, mine, theirs):
    assert without_loss(merge(base, mine, theirs), base, mine, theirs)


@given(PARAGRAPHS, PARAGRAPHS)
def test_what_one_side_changed_is_taken_as_changed(base, changed):
    base, changed = text(base), text(changed)
    for joined in (merge(base, changed, base), merge(base, base, changed)):
        assert (joined.text, joined.conflicts) == (changed, 0)
    assert merge(base, changed, changed).text == changed


@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_the_passages_are_the_whole_of_each_version(base, mine, theirs):
    passages = merge(text(base), text(mine), text(theirs)).passages
    for name, version in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert [block for one in passages for block in getattr(one, name)] == version


@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_who_is_first_matters_only_where_both_changed(base, mine, theirs):
    one = merge(text(base), text(mine), text(theirs))
    other = merge(text(base), text(theirs), text(mine))
    assert one.conflicts == other.conflicts
    if not one.conflicts:
        assert one.text == other.text


def test_two_people_in_different_paragraphs():
    joined = merge("A\n\nB\n\nC", "A1\n\nB\n\nC", "A\n\nB\n\nC\n\nD")
    assert (joined.text, joined.conflicts) == ("A1\n\nB\n\nC\n\nD", 0)


def test_two_people_in_neighbouring_paragraphs():
    joined = merge("A\n\nB", "A1\n\nB", "A\n\nB1\n\nC")
    assert (joined.text, joined.conflicts) == ("A1\n\nB1\n\nC", 0)


def test_two_people_add_in_the_same_place():
    joined = merge("A\n\nB", "A\n\nX\n\nB", "A\n\nY\n\nB")
    assert (joined.text, joined.conflicts) == ("A\n\nX\n\nY\n\nB", 1)


def test_what_one_takes_away_and_the_other_changes_stays():
    joined = merge("A\n\nB\n\nC", "A\n\nC", "A\n\nB1\n\nC")
    assert (joined.text, joined.conflicts) == ("A\n\nB1\n\nC", 1)


def test_two_people_in_one_paragraph():
    joined = merge("A\n\nB\n\nC", "A\n\nB1\n\nC", "A\n\nB2\n\nC")
    assert (joined.text, joined.conflicts) == ("A\n\nB1\n\nB2\n\nC", 1)
    assert [one.change for one in joined.passages] == [Change.NONE, Change.CONFLICT, Change.NONE]


def test_without_the_base_what_stands_in_one_only_is_new():
    joined = merge(None, "A\n\nB\n\nC", "A\n\nC\n\nD")
    assert (joined.text, joined.conflicts) == ("A\n\nB\n\nC\n\nD", 0)


def test_a_text_of_very_many_paragraphs_is_not_compared_but_kept(monkeypatch):
    monkeypatch.setattr(merging, "MOST_BLOCKS", 3)
    joined = merge("A\n\nB\n\nC\n\nD", "A1\n\nB\n\nC\n\nD", "A\n\nB\n\nC\n\nD1")
    assert joined.conflicts == 1
    assert "A1" in joined.text
    assert "D1" in joined.text
    assert merge(None, "A\n\nB\n\nC\n\nD", "E").conflicts == 1


def test_what_repeats_itself_without_end_is_not_compared_but_kept():
    """Two versions of 500 paragraphs, all nearly alike, would take seconds."""
    half = ["a", "b"] * 250
    joined = merge(text(["a"] * 500), text(half), text(half[::-1]))
    assert [one.change for one in joined.passages] == [Change.CONFLICT]
    # As long, but as texts are.
    base = [str(number) for number in range(499)]
    joined = merge(text(base), text(["new", *base]), text([*base, "new"]))
    assert (joined.text, joined.conflicts) == (text(["new", *base, "new"]), 0)


# Put into the text of one who goes on writing


def check_splices(base, mine, theirs):
    joined = merge(base, mine, theirs)
    changes = splices(mine, joined)
    places = [place for one in changes for place in (one.start, one.end)]
    assert places == sorted(places)
    if not joined.conflicts:
        assert blocks(spliced(mine, changes)) == blocks(joined.text)


@settings(max_examples=200)
@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_what_is_put_in_makes_the_joined_text(base, mine, theirs):
    check_splices(text(base), text(mine), text(theirs))


@given(*[st.text(alphabet=st.sampled_from("ab \n\t#-\u0639"), max_size=60)] * 3)
def test_what_is_put_in_makes_the_joined_text_of_any_text(base, mine, theirs):
    check_splices(base, mine, theirs)


@pytest.mark.parametrize(
    ("mine", "theirs", "joined"),
    [
        ("A \n\n\nB ", "A\n\nB\n\nC", "A \n\n\nB \n\nC"),
        ("A\n\nB new \n", "A1\n\nB", "A1\n\nB new \n"),
        ("A\n\nB ", "B", "B "),
        ("A \n\nB", "A", "A \n\n"),
        ("A\n\nB!\n", "X\n\nA\n\nB", "X\n\nA\n\nB!\n"),
        ("A\n\nB\n\n", "A\n\nX\n\nB", "A\n\nX\n\nB\n\n"),
        ("", "A\n\nB", ""),
    ],
)
def test_the_rest_stays_as_it_was_typed(mine, theirs, joined):
    found = splices(mine, merge("A\n\nB", mine, theirs))
    assert spliced(mine, found) == joined


def test_line_ends_and_empty_lines_do_not_count():
    assert blocks("A\r\n\r\n \t\n\nB\rC\n") == ("A", "B\nC")


def test_a_join_that_takes_one_side_is_seen_to_lose():
    """The planted hole: the second version is thrown away."""
    lost = merge("A", "A1", "A1")
    assert not without_loss(lost, "A", "A1", "A2")
