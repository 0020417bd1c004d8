"""The abstract of an edition ends with a sentence where it can."""

import pytest

from reports.builds.web import MOST_ABSTRACT, shortened

LONG = "word " * 200


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("It is so. " * 40 + LONG, "It is so."),
        ("Eight came (see p. 4). " * 20 + LONG, "(see p. 4)."),
        ("هل هذا صحيح؟ " * 30 + LONG, "صحيح؟"),
        ("About 3. 5 per cent. Too early. " + LONG, "word…"),
        (LONG, "word…"),
    ],
)
def test_it_ends_with_a_sentence_or_a_word(text, end):
    found = shortened(text)

    assert found.endswith(end)
    assert MOST_ABSTRACT // 2 <= len(found) <= MOST_ABSTRACT
    assert text.startswith(found.removesuffix("…"))
