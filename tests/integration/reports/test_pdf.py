"""What is printed beside the text: pages of references, empty tables, lengths, the watermark."""

import io
import math
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports.builds.pages import pages_of_references
from reports.labels import labels
from reports.pdf import press

pytestmark = [pytest.mark.pdf, pytest.mark.slow]


@pytest.fixture(params=["english", "arabic"])
def printed(request):
    return request.getfixturevalue(request.param)


def _references(job):
    html = "".join(part.html for part in job.parts)
    return re.findall(
        r'class="reference"[^>]*> ?<a href="#([^"]+)" data-page=""[^>]*>([^<]+)</a>', html
    )


def test_each_reference_says_on_which_page_its_target_is(printed):
    job, file = printed
    reader = PdfReader(io.BytesIO(file.content))
    body = reader.pages[file.front_pages :]
    links = [str(one.get_object().get("/Dest")) for page in body for one in page.get("/Annots", [])]
    text = subprocess.run(
        ["pdftotext", "-f", str(file.front_pages + 1), "-", "-"],
        input=file.content,
        capture_output=True,
        check=True,
    ).stdout.decode()
    shown = re.sub(r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+", "", text)
    pages = set()

    assert len(_references(job)) == 8
    for anchor, words in _references(job):
        number = reader.get_destination_page_number(reader.named_destinations[anchor])
        page = number - file.front_pages + 1
        pages.add(page)
        if job.language == "en":
            assert re.sub(r"\s+", "", f"{words} (p. {page})") in shown
        else:
            # pdftotext turns brackets between two directions: it gives "ص ,(5" for "(ص 5),".
            assert re.search(rf"ص\W\({page}(?!\d)", shown)
        assert anchor in links
    assert len(pages) > 1


@pytest.mark.parametrize(
    ("language", "content"),
    [
        ("en", '" (p.\u00a0" attr(data-page) ")"'),
        ("fr", '" (p.\u00a0" attr(data-page) ")"'),
        ("ar", '" (ص\u00a0" attr(data-page) ")"'),
    ],
)
def test_the_page_is_named_in_the_language_of_the_report(language, content):
    style = pages_of_references(labels(language))
    assert style == f".reference a[data-page]::after {{ content: {content} }}"


def test_a_table_without_rows_is_printed_as_a_sentence(printed):
    job, _file = printed
    html = "".join(part.html for part in job.parts)

    assert labels(job.language).no_figures in html
    assert "A table without figures" in html
    assert not re.search(r"<tbody>\s*</tbody>", html)
    assert not re.search(r"</thead>\s*</table>", html)


def test_each_chapter_is_as_long_as_the_pages_that_it_fills(printed):
    job, file = printed
    titles = re.findall(r'<h1 id="([^"]+)"', "".join(part.html for part in job.parts))
    reader = PdfReader(io.BytesIO(file.content))
    begins = [
        reader.get_destination_page_number(reader.named_destinations[title]) for title in titles
    ]
    whole = [after - begun for begun, after in pairwise([*begins, len(reader.pages)])]

    assert list(file.lengths) == titles
    assert [math.ceil(one) for one in file.lengths.values()] == whole
    assert any(one != int(one) for one in file.lengths.values())


def test_the_watermark_is_on_each_page_until_publication(english, arabic):
    assert english[0].watermark == "Consultation version \u2013 not for citation"
    sheets = PdfReader(io.BytesIO(english[1].content)).pages
    texts = ["".join(re.findall(r"\S", sheet.extract_text())) for sheet in sheets]

    assert all("notforcitation" in text for text in texts)
    # It runs across the page, at 54 degrees, on all but the cover, which says it in words.
    across = [b"0.587785 -0.809017" in sheet.get_contents().get_data() for sheet in sheets]
    assert across == [False, *[True] * (len(sheets) - 1)]
    assert arabic[0].watermark == ""


def test_the_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "SECRET_KEY", "canary")

    environment = press.environment(Path(tmp_path))

    assert "canary" not in environment.values()
    assert environment["FONTCONFIG_FILE"].startswith(str(tmp_path))
