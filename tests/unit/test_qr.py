"""The QR code: what it needs to be read, and nothing that could run."""

import re

import pytest

from reports.qr import qr_code

pytestmark = pytest.mark.unit

ADDRESS = f"https://example.org/verify/{'ab' * 32}/"


def test_it_is_a_picture_with_words_for_those_who_do_not_see_it():
    drawn = qr_code(ADDRESS, title='Code & "<b>"')
    assert drawn.startswith("<svg")
    assert '<title>Code &amp; "&lt;b&gt;"</title>' in drawn
    assert drawn == qr_code(ADDRESS, title='Code & "<b>"')
    assert drawn != qr_code(f"{ADDRESS}?", title='Code & "<b>"')


def test_it_is_drawn_with_an_empty_margin_on_white():
    drawn = qr_code(ADDRESS, title="Code")
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', drawn)[1])
    assert f'fill="#fff" d="M0 0h{side}v{side}h-{side}z"' in drawn
    # The first line begins with the seven modules of a mark in the corner, four from the edge.
    assert 'd="M4 4.5h7' in drawn
