"""The PDF read back: text, addresses, numbers, structure, fonts, and the same bytes each time."""

import hashlib
import io
import json
import math
import os
import re
import subprocess
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path

import page as validator
import pikepdf
import pytest
from pypdf import PdfReader

from reports.builds.pages import pages_of_references
from reports.labels import labels
from reports.pdf import press

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

#: Prints a job in a process that was not warm.
PRINT = """
import json, sys
from reports.pdf.job import Job
from reports.pdf.render import render
made = render(Job.from_json(sys.stdin.read()))
sys.stdout.buffer.write(made.content)
json.dump([made.front_pages, made.body_pages, made.lengths, made.warnings], sys.stderr)
"""
BOTH = ("PDF_A_3A", "PDF_UA_1")


@pytest.fixture(params=["english", "arabic"])
def printed(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def reader(english):
    return PdfReader(io.BytesIO(english[1].content))


def words_of(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


@pytest.mark.parametrize("profile_name", BOTH)
def test_it_is_valid_as_archive_and_accessible_document(printed, profile_name):
    report = validator.validate_pdf_bytes(
        printed[1].content, profile=getattr(validator.ValidationProfile, profile_name)
    )

    assert not [(failure.rule_id, failure.message) for failure in report.failures]
    assert report.is_compliant


def test_the_validator_would_find_a_fault(english):
    with pikepdf.open(io.BytesIO(english[1].content)) as pdf:
        del pdf.Root.StructTreeRoot
        del pdf.Root.MarkInfo
        out = io.BytesIO()
        pdf.save(out)

    for name in BOTH:
        wanted = getattr(validator.ValidationProfile, name)
        assert not validator.validate_pdf_bytes(out.getvalue(), profile=wanted).is_compliant


def test_arabic_can_be_searched(arabic):
    wanted = set(re.findall(r"[\u0621-\u064a]{3,}", words_of(arabic[0].parts[0].html)))
    out = subprocess.run(
        ["pdftotext", "-", "-"], input=arabic[1].content, capture_output=True, check=True
    ).stdout.decode()

    found = {word for word in wanted if word in out}
    assert len(found) / len(wanted) > 0.8


def _references(job):
    html = "".join(part.html for part in job.parts)
    return re.findall(
        r'class="reference"[^>]*><a href="#([^"]+)" data-page=""[^>]*>([^<]+)</a>', html
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


def _structure(content):
    counts = {}
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem":
                counts[str(item.S)] = counts.get(str(item.S), 0) + 1
    return counts


def test_the_structure_has_one_element_for_each_of_the_html(printed):
    job, file = printed
    html = job.front + "".join(part.html for part in job.parts)
    counts = _structure(file.content)

    expected = {"/Table": "<table", "/Figure": "<svg", "/H1": "<h1", "/H2": "<h2", "/L": "<ul"}
    expected |= {"/Caption": "<caption", "/TR": "<tr", "/Note": 'class="note"'}
    for structure, markup in expected.items():
        wanted = html.count(markup) + (html.count("<figcaption") if markup == "<caption" else 0)
        assert (structure, counts.get(structure, 0)) == (structure, wanted)
    assert counts["/TH"] == len(re.findall(r"<th[ >]", html))


def test_the_figures_travel_with_the_file(english, reader):
    assert sorted(reader.attachments) == sorted(item.name for item in english[0].attachments)
    name = english[0].attachments[0].name
    assert reader.attachments[name] == [english[0].attachments[0].content.encode()]


def test_the_watermark_is_on_each_page_until_publication(english, arabic):
    assert english[0].watermark == "Consultation version \u2013 not for citation"
    sheets = PdfReader(io.BytesIO(english[1].content)).pages
    texts = ["".join(re.findall(r"\S", sheet.extract_text())) for sheet in sheets]

    assert all("notforcitation" in text for text in texts)
    assert arabic[0].watermark == ""


def test_the_same_job_gives_the_same_bytes_anywhere(english, tmp_path):
    job, file = english
    further = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LANG": "C"}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = subprocess.run(
        [sys.executable, "-c", PRINT],
        input=job.to_json().encode(),
        capture_output=True,
        check=True,
        cwd=elsewhere,
        env=press.environment(tmp_path) | further,
    )

    assert hashlib.sha256(out.stdout).hexdigest() == hashlib.sha256(file.content).hexdigest()
    facts = json.loads(out.stderr)
    assert facts == [file.front_pages, file.body_pages, file.lengths, []]


def test_the_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "SECRET_KEY", "canary")

    environment = press.environment(Path(tmp_path))

    assert "canary" not in environment.values()
    assert environment["FONTCONFIG_FILE"].startswith(str(tmp_path))
