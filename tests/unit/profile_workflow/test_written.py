"""What people write is trimmed and kept, or refused in words that say what to do."""

import pytest

from profile_workflow.errors import InvalidInput
from profile_workflow.services.written import fits, written

pytestmark = pytest.mark.unit


def test_what_fits_is_kept_without_spaces_around_it():
    assert written("  نعم \n", most=3) == "نعم"
    assert written("  ", most=3, may_be_empty=True) == ""
    assert fits("", most=0)


@pytest.mark.parametrize(
    ("text", "may_be_empty", "said"),
    [
        ("  ", False, "between 1 and 3"),
        ("four", False, "between 1 and 3"),
        ("a\x00b", False, "can be stored"),
        ("four", True, "at most 3"),
        ("\x00", True, "can be stored"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(text, may_be_empty, said):
    with pytest.raises(InvalidInput, match=said):
        written(text, most=3, may_be_empty=may_be_empty)
