"""One spelling for many: what is searched and what is searched for meet, whoever wrote it how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_workflow import spelling
from profile_workflow.spelling import fold, searchable, snippet, without_marks, words_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Été", "ete"),
        ("Straße", "STRASSE"),
        ("œuvre", "oeuvre"),
        ("İzmir", "izmir"),
        ("İzmir", "\u0131zm\u0131r"),
        ("أُسْرَة", "اسره"),
        ("إدارة", "ادارة"),
        ("آمال", "امال"),
        ("ٱلهجرة", "هجره"),
        ("مـــديـنة", "مدينة"),
        ("المدينة", "مدينة"),
        ("والمهاجرين", "مهاجرين"),
        ("للمهاجرين", "المهاجرين"),
        ("مستشفى", "مستشفي"),
        ("٢٠٢٤", "2024"),
        ("ﻻجئ", "لاجئ"),
    ],
)
def test_several_spellings_are_one(written, typed):
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(("one", "other"), [("سكن", "سكر"), ("الله", "له"), ("cote", "code")])
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


def test_words_are_letters_and_digits_only():
    assert words_of("L'immigration: 12 % [@ins-2021]; \x00 “a_b” \"OR\" NEAR(* x)") == [
        "l", "immigration", "12", "ins", "2021", "a", "b", "or", "near", "x",
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_whatever_is_typed_becomes_plain_words(text):
    words = words_of(text)
    assert all(word and word.isalnum() and len(word) <= 60 for word in words)
    assert words_of(searchable(text)) == words or not text.isascii()


def test_marks_of_the_dialect_are_not_words():
    text = (
        "### Housing\n\n**Rooms** are dear [@ins-2021, p. 4] [[table:T1]] [law](https://law.org)\n"
        "- one ^[a note]\n\n| City | Rooms |\n|---|---:|\n| Sfax | 12 |\n"
    )
    assert without_marks(text) == "Housing Rooms are dear law one a note City Rooms Sfax 12"


def test_a_snippet_shows_the_place_and_marks_the_words():
    text = "before " * 100 + "the Migrants, who came " + "after " * 100
    pieces = snippet(text, ["migrant"])
    assert [piece.text for piece in pieces if piece.is_found] == ["Migrants"]
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) < 240


def test_a_short_word_finds_itself_only():
    found = [piece.text for piece in spelling.marked("la lande l'an LA", ["la"]) if piece.is_found]
    assert found == ["la", "LA"]


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_pieces_are_the_text(text, words):
    pieces = spelling.marked(text, [one for word in words for one in words_of(word)])
    assert "".join(piece.text for piece in pieces) == text
