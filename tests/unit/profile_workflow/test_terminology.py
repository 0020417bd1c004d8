"""Words that a profile must not use, in three languages, outside the words of others."""

import pytest

from profile_workflow.terminology import blocked_wordings

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The illegal migrants of the port.", ["illegal migrants"]),
        ("Illegal immigration is a matter of the State.", ["Illegal immigration"]),
        ("They count irregular asylum seekers.", ["irregular asylum seekers"]),
        ("Les migrants clandestins du port.", ["migrants clandestins"]),
        ("ظاهرة هجرة غير شرعية في المدينة", ["هجرة غير شرعية"]),
        ("Irregular migration and people in an irregular situation.", []),
        ("Migrants en situation irrégulière.", []),
        ("هجرة غير نظامية", []),
    ],
)
def test_a_blocked_wording_is_found_in_the_authors_own_words(text, found):
    assert [one.found for one in blocked_wordings(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "> They spoke of illegal migrants.",
        "The law “on illegal immigration” of 2004.",
        "La loi « sur les migrants clandestins ».",
        'A headline read "illegal migrants arrive".',
    ],
)
def test_the_words_of_others_are_left_alone(text):
    assert blocked_wordings(text) == []


def test_a_finding_says_what_to_write_instead_and_why():
    (finding,) = blocked_wordings("illegal migration")
    assert "irregular migration" in finding.instead
    assert finding.because
