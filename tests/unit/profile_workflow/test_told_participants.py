"""How much of the numbers of a workshop is told: never a group that is too small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_workflow.queries.workshops import CATEGORIES, SEXES, told

pytestmark = pytest.mark.unit

KEYS = st.tuples(st.sampled_from(list(CATEGORIES)), st.sampled_from(list(SEXES)))


@given(st.dictionaries(KEYS, st.integers(0, 9), min_size=1), st.integers(2, 5))
def test_no_number_that_is_told_or_follows_is_smaller_than_allowed(counts, smallest):
    total = sum(counts.values())
    found = told(counts, total, smallest)
    cells = [number for _label, row in found.rows for number in row if number]
    groups = [number for _label, number in (*found.categories, *found.sexes)]
    assert all(number >= smallest for number in (*cells, *groups))
    # What is left out of a list would follow from the total: so nothing is, or all of it.
    for told_groups in (found.categories, found.sexes):
        assert sum(number for _label, number in told_groups) in (0, total)
    assert sum(cells) in (0, total)


def test_a_table_of_large_groups_is_told_whole():
    counts = {("academia", "women"): 3, ("academia", "men"): 4, ("", "unsaid"): 5}
    found = told(counts, 12, 3)
    assert [numbers for _label, numbers in found.rows] == [(3, 4, 0), (0, 0, 5)]
    assert not found.is_cut


def test_one_small_group_is_put_together_with_another():
    counts = {("academia", "women"): 1, ("civil_society", "women"): 6, ("", "unsaid"): 9}
    found = told(counts, 16, 3)
    assert found.rows == []
    assert [number for _label, number in found.categories] == [9, 7]
    assert found.is_cut
