"""The PDF read back: text, addresses, numbers, structure, fonts, and the same bytes each time."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import page as validator
import pikepdf
import pytest
from pypdf import PdfReader

from reports.builds.pages import pages_of_references
from reports.labels import labels
from reports.pdf import isolation
from tests.integration.reports.conftest import LIMITS

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

BOTH = ("PDF_A_3A", "PDF_UA_1")


@pytest.fixture(params=["english", "arabic"])
def printed(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def reader(english):
    return PdfReader(io.BytesIO(english[1].content))


def words_of(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def text_of(reader):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


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


def test_the_text_of_every_chapter_can_be_read(english, reader):
    text = text_of(reader).replace("- ", "").replace("\xad", "").replace(" ", "")

    for part in english[0].parts:
        for sentence in re.findall(r"<li>([^<]{20,})</li>", part.html):
            assert unescape(sentence).replace(" ", "").replace("-", "") in text.replace("-", "")


def test_arabic_can_be_searched(arabic):
    wanted = set(re.findall(r"[\u0621-\u064a]{3,}", words_of(arabic[0].parts[0].html)))
    out = subprocess.run(
        ["pdftotext", "-", "-"], input=arabic[1].content, capture_output=True, check=True
    ).stdout.decode()

    found = {word for word in wanted if word in out}
    assert len(found) / len(wanted) > 0.8


def test_each_line_of_the_contents_leads_where_it_says(english, reader):
    front = english[1].front_pages
    anchors = dict.fromkeys(re.findall(r'href="#([^"]+)" data-page=""', english[0].front))
    destinations = reader.named_destinations
    printed_numbers = {}
    for sheet in reader.pages[:front]:
        for annotation in sheet.get("/Annots", []):
            target = annotation.get_object().get("/Dest")
            printed_numbers.setdefault(str(target), set()).add(sheet.page_number)

    assert anchors
    for anchor in anchors:
        assert anchor in printed_numbers
        real = reader.get_destination_page_number(destinations[anchor])
        assert real >= front
    html = _front_as_printed(english)
    for anchor, number in re.findall(r'href="#([^"]+)" data-page="(\d*)"', html):
        real = reader.get_destination_page_number(destinations[anchor])
        assert int(number) == real - front + 1
        assert reader.page_labels[real] == number


def _front_as_printed(english):
    """Ask a process for the front matter with its numbers, and see them on the pages."""
    job, file = english
    reader = PdfReader(io.BytesIO(file.content))
    pages = {
        name: reader.get_destination_page_number(target) - file.front_pages + 1
        for name, target in reader.named_destinations.items()
    }
    html = re.sub(
        r'href="#([^"]+)" data-page=""',
        lambda match: f'href="#{match[1]}" data-page="{pages[match[1]]}"',
        job.front,
    )
    contents = "".join(sheet.extract_text() for sheet in reader.pages[: file.front_pages])
    compact = re.sub(r"\s+", "", contents)
    for title, number in _lines(html):
        assert re.sub(r"\s+", "", f"{title}{number}") in compact
    return html


def _lines(html):
    for number, title in re.findall(r'data-page="(\d+)">(.*?)</a>', html):
        yield words_of(title), number


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
        # What pdftotext makes of a bracket between two directions is its own affair.
        printed_page = {"en": f"{words} (p. {page})", "ar": f"{page} ص"}[job.language]
        assert re.sub(r"\s+", "", printed_page) in shown
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


def test_bookmarks_name_chapters_and_subsections(english, reader):
    titles = [item.title for item in _flat(reader.outline)]
    headings = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", "".join(p.html for p in english[0].parts))

    assert [title for title in titles if title[0].isdigit()] == [
        words_of(heading) for heading in headings if words_of(heading)[0].isdigit()
    ]
    assert "Contents" in titles


def _flat(outline):
    for item in outline:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def test_page_labels_are_roman_then_arabic(english, reader):
    front = english[1].front_pages

    assert list(reader.page_labels[:3]) == ["i", "ii", "iii"]
    assert list(reader.page_labels[front : front + 2]) == ["1", "2"]
    assert len(reader.pages) == english[1].pages


def test_only_our_fonts_are_embedded(printed):
    names = set()
    with pikepdf.open(io.BytesIO(printed[1].content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                names.add(str(item.FontName).split("+")[1])
                assert "/FontFile2" in item or "/FontFile3" in item

    assert names
    assert all(name.startswith(("Noto-Sans", "Source-Serif-4", "Vazirmatn")) for name in names)


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
    environment = isolation._environment(tmp_path) | {
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Tokyo",
        "LANG": "C",
    }
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = subprocess.run(
        [sys.executable, "-m", "reports.pdf", str(LIMITS.memory_bytes), "60"],
        input=job.to_json().encode(),
        capture_output=True,
        check=True,
        cwd=elsewhere,
        env=environment,
    )

    assert hashlib.sha256(out.stdout).hexdigest() == hashlib.sha256(file.content).hexdigest()
    facts = json.loads(out.stderr.decode().strip().splitlines()[-1])
    assert facts == {"front": file.front_pages, "body": file.body_pages, "warnings": []}


def test_the_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "SECRET_KEY", "canary")

    environment = isolation._environment(Path(tmp_path))

    assert "canary" not in environment.values()
    assert environment["FONTCONFIG_FILE"].startswith(str(tmp_path))
