"""Each page of help fits on one sheet, in every language."""

import re

import pytest
from django.urls import reverse

from profile_workflow.states import Role

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sheets(page):
    """Return how many sheets of A4 a page takes when it is printed."""
    printed = page.pdf(
        format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    )
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_guide_takes_one_sheet(browse, language):
    page = browse(language)
    taken = {}
    for role in Role.values:
        page.goto(reverse("help_for", args=[role]))
        taken[role] = sheets(page)
    assert taken == dict.fromkeys(Role.values, 1)


def test_a_longer_guide_would_be_noticed(browse):
    page = browse("en")
    page.goto(reverse("help_for", args=["local_expert"]))
    page.evaluate("document.querySelector('main').append(...[...Array(60)].map(() => {"
                  "const line = document.createElement('p'); line.textContent = 'More.';"
                  "return line; }))")  # fmt: skip
    assert sheets(page) > 1
