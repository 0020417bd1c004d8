"""The web edition as browsers print it: tables begin where their heading stands."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_ROW = '<tr><th scope="row" class="day">6 May 2026</th><td>International expert</td></tr>'
_RECORD = (
    f'<article class="prose edition"><h1>Record</h1>{"<p>Words.</p>" * 9}'
    "<h2>Decisions</h2><table><caption>Table 1</caption>"
    f"<thead><tr><th>Date</th><th>Role</th></tr></thead><tbody>{_ROW * 24}</tbody></table>"
    '<p><a download href="x.csv">Figures</a></p></article>'
)


def test_a_table_begins_below_its_heading_and_repeats_its_head(browse):
    def printed():
        sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
        return [one.extract_text() for one in sheets]

    page = browse("en")
    page.goto(reverse("verify"))
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
                  _RECORD)  # fmt: skip
    first, second = printed()[:2]
    assert first.index("Decisions") < first.index("Table 1") < first.index("6 May 2026")
    assert "Role" in second
    assert "Figures" not in second
    # The page that the record was put on has forms, which are not printed, nor their headings.
    assert "With a fingerprint" not in first
    # What rows of days had in common with the headings of the history.
    page.evaluate("const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet];"
                  "sheet.replaceSync('.day { break-after: avoid }')")  # fmt: skip
    assert "6 May 2026" not in printed()[0]
