"""The report for other programs: files for Word and e-books, looked into piece by piece."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from lxml import etree

from profile_workflow.charts.canvas import WIDTH
from profile_workflow.markup import Medium
from profile_workflow.pictures.shown import Shown
from profile_workflow.word.package import tag
from reports.builds.columns import with_all_columns
from reports.builds.documents import book_of, ebook_file, word_file, word_job_of
from reports.builds.pages import job_of
from reports.builds.web import edition_from
from reports.context import assemble, synthetic_material
from reports.documents.docx import docx_of
from reports.documents.epub import epub_of
from reports.errors import BuildFailed
from reports.labels import labels
from reports.pdf.isolation import Limits, make
from reports.pdf.job import Part, Picture
from tests.documents import (
    book_faults,
    count_in,
    files_in,
    packed,
    paragraphs_in,
    word_faults,
)
from tests.hostile import HOSTILE
from tests.integration.reports.conftest import CHANGES
from tests.pictures import harbour

pytestmark = [pytest.mark.any_database]

ROOT = Path(__file__).resolve().parents[3]
PICTURE = harbour()
SHA256 = hashlib.sha256(PICTURE).hexdigest()
FORMS = """### Forms

- a
- b

  more of b
  1. c
  2. d

7. seven

> Quoted.

:::box Plain
- In a box^[With a [link](https://example.org/a?b=c&d).].

Table: Within

| a | b |
|---|--:|
| 1 | 2 |
:::

:::practice Tried
**Bold** and *italic* [@source-1, p. 3].
:::

:::warning Beware
See [#section:1] and https://example.org/b.
:::

[[image:p1]]
"""
ARABIC = "### أشكال\n\n:::practice ممارسة\nنص **غامق** (MC2CM) منذ 2019.^[حاشية.]\n:::\n"


def material_in(language, text=FORMS, **fields):
    """A summary, a chapter with every form, and one with tables and a chart."""
    material = synthetic_material(pages=1, language=language)
    picture = Shown("p1", SHA256, "png", 640, 400, "The harbour", "A boat", credit="A. Drawer")
    last = material.sections[0]
    if language == "ar":
        text += ARABIC
    sections = (
        replace(last, key="ES", number="", title="Summary & more", is_summary=True, text="Short."),
        replace(last, key="1", number="1", title="Forms <of> text", text=text, pictures=(picture,)),
        replace(last, key="2", number="2", title=last.title),
    )
    tables = tuple(replace(one, section="2") for one in material.tables)
    fields = {"brand": replace(material.brand, here=None), **fields}
    return replace(material, sections=sections, tables=tables, **fields)


def word_of(material):
    report = assemble(material)
    picture = Picture(SHA256, "image/png", base64.b64encode(PICTURE).decode())
    job = replace(word_job_of(report), pictures=(picture,))
    return job, docx_of(job, report.brand.tones)


def book_of_material(material, changes=None):
    report = assemble(material, medium=Medium.WEB)
    name = f"picture-{SHA256}.png"
    edition = edition_from(material, report, pictures={SHA256: name}, changes=changes)
    return replace(book_of(report, edition), pictures={name: (PICTURE, "image/png")})


def book_in(material):
    book = book_of_material(material)
    return book.edition, epub_of(book)


def plain(html):
    words = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html, flags=re.DOTALL)
    for sign, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#x27;", "'"), ("&amp;", "&")):
        words = words.replace(sign, letter)
    return " ".join(words.split())


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_file_for_word_holds_what_the_pdf_does(language):
    is_rtl = language == "ar"
    job, content = word_of(material_in(language))
    assert word_faults(content, is_rtl=is_rtl) == []
    pages = "".join(part.html for part in job.parts)
    headings = re.findall(r"<h([123])\b[^>]*>(.*?)</h\1>", pages, re.DOTALL)
    assert len(headings) > 6
    for level in "123":
        wanted = [plain(words) for kind, words in headings if kind == level]
        assert paragraphs_in(content, f"Heading{level}") == wanted
    assert len(paragraphs_in(content, "TOC1", "TOC2")) == len(
        re.findall(r'<li class="level-', job.front)
    )
    notes = len(re.findall('class="note"', pages))
    assert notes >= 1
    assert count_in(content, "w:footnoteReference") == notes
    everything = job.front + pages
    tables, boxes = everything.count("<table"), everything.count("<aside")
    assert boxes == 4 + is_rtl
    assert count_in(content, "w:tbl") == tables + boxes
    assert count_in(content, "w:tblHeader") == everything.count("<thead")
    latin = len(re.findall(r'<(?:table|aside)[^>]* dir="ltr"', everything))
    assert count_in(content, "w:bidiVisual") == (tables + boxes - latin if is_rtl else 0)
    drawn = everything.count("<svg") + everything.count("<img")
    assert count_in(content, "w:drawing") == drawn >= 3
    captions = paragraphs_in(content, "Caption")
    assert captions == [
        plain(words)
        for words in re.findall(r"<(?:fig)?caption>(.*?)</(?:fig)?caption>", pages, re.DOTALL)
    ]
    assert count_in(content, "w:fldSimple") == len(captions)
    body = files_in(content)["word/document.xml"].decode()
    assert body.count('w:instr=" SEQ Figure') == 2
    assert 'descr="A boat"' in body
    for kind in ("PWBoxFrame", "PWPracticeSheetFrame", "PWWarningFrame", "Quote"):
        assert f'w:val="{kind}"' in body


def test_a_file_for_word_says_what_it_is():
    material = material_in("fr", keywords=("logement", "<écoles>"), is_public=False)
    job, content = word_of(material)
    files = {name: data.decode() for name, data in files_in(content).items() if "xml" in name}
    core = files["docProps/core.xml"]
    for name, value in (("dc:creator", "; ".join(job.authors)), ("dc:language", "fr-FR"),
                        ("cp:keywords", "logement; &lt;écoles&gt;")):  # fmt: skip
        assert f"<{name}>{value}</{name}>" in core
    assert "Version de consultation" in core
    warning = labels("fr").watermark
    for name in ("header1", "header2"):
        assert warning in files[f"word/{name}.xml"]
    assert 'w:lang w:val="fr-FR"' in files["word/styles.xml"]
    assert "var(--" not in files["word/styles.xml"]
    for name in re.findall(r'w:ascii="([^"]+)"', files["word/styles.xml"]):
        assert name in files["word/fontTable.xml"] or "Mono" in name
    _job, public = word_of(replace(material, is_public=True))
    assert all(warning.encode() not in data for data in files_in(public).values())
    assert job.watermark == warning


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_e_book_holds_what_the_web_edition_does(language):
    edition, content = book_in(material_in(language, is_public=False))
    assert book_faults(content, is_rtl=language == "ar") == []
    files = files_in(content)
    assert [one.key for one in edition.parts] == re.findall(
        r'<li><a href="([\w-]+)\.xhtml">', files["EPUB/nav.xhtml"].decode()
    )[1:]
    listed = re.findall(
        r"<section class=\"listed\"><h2>(.*?)</h2><ol>(.*?)</ol></section>",
        files["EPUB/nav.xhtml"].decode(),
    )
    [(title, boxes)] = listed
    assert title == labels(language).list_of_boxes
    assert re.findall(r">([^<]+)</a>", boxes)[:3] == ["Plain", "Tried", "Beware"]
    warning = labels(language).watermark
    for one in edition.parts:
        page = files[f"EPUB/{one.key}.xhtml"].decode()
        assert page.count("<svg") == one.html.count("<svg")
        assert page.count("<table") == one.html.count("<table")
        assert page.count(warning) == 1
    chapter = files["EPUB/section-1.xhtml"].decode()
    assert 'epub:type="noteref"' in chapter
    assert f'src="pictures/picture-{SHA256}.png"' in chapter
    assert files[f"EPUB/pictures/picture-{SHA256}.png"] == PICTURE
    assert files["EPUB/cover.png"].startswith(b"\x89PNG")
    fonts = [name for name in files if name.endswith(".ttf")]
    assert len(fonts) == (2 if language == "ar" else 0)
    _edition, public = book_in(material_in(language))
    assert all(warning.encode() not in data for data in files_in(public).values())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_e_book_of_a_correction_says_of_itself_what_the_pdf_does(language):
    material = material_in(language, erratum=f"Too many.\n\nOf 1, {HOSTILE[0]}")
    sections = tuple(
        replace(one, part=part)
        for one, part in zip(CHANGES.sections, ("section-1", "gone"), strict=True)
    )
    changes = replace(CHANGES, sections=sections)
    content = epub_of(book_of_material(material, changes))
    assert book_faults(content, is_rtl=language == "ar") == []
    files = files_in(content)
    page = files["EPUB/erratum.xhtml"].decode()
    front = job_of(assemble(material), changes=changes).front
    printed = re.search(r'<section class="erratum".*?</section>', front, re.DOTALL)[0]
    [body] = re.findall(r"<body>(.*)</body>", page, re.DOTALL)
    assert plain(body) == plain(printed)
    # Where there is no page there is no number of one, and what is not there is not led to.
    assert re.findall(r'href="([^"]+)"', page) == ["style.css", "section-1.xhtml"]
    assert "data-page" in printed
    assert "data-page" not in page
    assert '<li><a href="erratum.xhtml">' in files["EPUB/nav.xhtml"].decode()
    assert "Too many." not in files["EPUB/imprint.xhtml"].decode()
    assert "EPUB/erratum.xhtml" not in files_in(epub_of(book_of_material(material_in(language))))


#: What somebody who could write HTML would try; our renderer lets nobody.
TRIED = """
<section class="chapter text"><h1 id="x">X</h1>
<p><img src="file:///etc/passwd" alt="a"><img src="http://evil.example/a.png" alt="b">
<img src="data:image/png;base64,AAAA" alt="c"><a href="javascript:alert(1)">run</a>
<a href="file:///etc/passwd">read</a> <a href="../files/table.csv">table</a></p>
<script>alert(1)</script><iframe src="http://evil.example/"></iframe>
<object data="file:///etc/passwd"></object><p onclick="alert(1)">on</p>
<p>&lt;xi:include href="file:///etc/passwd"/&gt; &amp;xxe; \x0b\ufffe end</p></section>
"""


def test_what_is_hostile_reaches_neither():
    text = "\n\n".join(f"Before.\n\n{one}\n\nAfter." for one in HOSTILE)
    material = material_in("en", text=f"{FORMS}\n\n{text}", title=f"Title: {HOSTILE[0]}")
    _job, word = word_of(material)
    assert word_faults(word) == []
    _edition, book = book_in(material)
    assert book_faults(book) == []
    job, _content = word_of(material_in("en"))
    tried = replace(job, front="", parts=(Part("X", TRIED),))
    made = docx_of(tried, assemble(material).brand.tones)
    assert word_faults(made) == []
    assert not [name for name in files_in(made) if "media" in name]
    everything = b"".join(files_in(made).values())
    assert b"evil.example" not in everything
    assert b"root:" not in everything
    assert b"javascript:" not in everything


def test_those_who_look_see_what_is_planted():
    _job, word = word_of(material_in("ar"))
    files = files_in(word)

    def planted(name, old, new):
        changed = files[name].decode().replace(old, new, 1)
        assert changed.encode() != files[name]
        return word_faults(packed({**files, name: changed.encode()}), is_rtl=True)

    body, links = "word/document.xml", "word/_rels/document.xml.rels"
    inner = 'Target="media/picture1.png"'
    assert planted(links, inner, f'{inner.replace("media", "http://evil.example")} '
                   'TargetMode="External"')  # fmt: skip
    assert planted(body, 'w:anchor="_pw1"', 'w:anchor="nowhere"')
    assert planted(body, 'descr="A boat"', 'descr=""')
    assert planted(body, '"Caption"/><w:bidi/>', '"Caption"/>')
    assert planted(body, "<w:rtl/>", "")
    assert planted(body, 'w:val="Heading1"', 'w:val="Heading9"')
    assert planted("word/footnotes.xml", 'w:id="1"', 'w:id="99"')
    assert word_faults(word, is_rtl=False) == ["the page runs the wrong way"]
    _edition, book = book_in(material_in("en"))
    kept = files_in(book)

    def spoiled(name, old, new):
        changed = kept[name].decode().replace(old, new, 1)
        assert changed.encode() != kept[name]
        return book_faults(packed({**kept, name: changed.encode()}))

    assert book_faults(packed(kept)) == []
    chapter = "EPUB/section-1.xhtml"
    assert spoiled(chapter, 'href="#', 'href="#no')
    assert spoiled(chapter, 'src="pictures/', 'src="http://evil.example/')
    assert spoiled(chapter, "</h1>", "</h1><script>1</script>")
    assert spoiled(chapter, "</h1>", "</h1><p>")
    assert spoiled(chapter, "</figcaption>", "</figcaption><p>Source</p>")
    assert spoiled("EPUB/package.opf", 'properties="nav"', "")
    assert spoiled("EPUB/package.opf", '"schema:accessibilityHazard"', '"x"')
    assert book_faults(packed({k: v for k, v in kept.items() if k != "EPUB/style.css"}))


def test_they_are_the_same_bytes_elsewhere(tmp_path, monkeypatch):
    material = material_in("ar")
    job, word = word_of(material)
    _edition, book = book_in(material)
    assert word_file(job, assemble(material)) == word
    assert ebook_file(book_of_material(material)) == book
    monkeypatch.chdir(tmp_path)
    with time_machine.travel("2031-05-06 07:08:09+00:00"):
        assert book_in(material)[1] == book
    other = material_in("ar", title="Another: title")
    assert word_of(other)[1] != word
    assert book_in(other)[1] != book


def test_a_bomb_ends_within_its_limits_and_the_next_document_is_made():
    material = material_in("en")
    job, book = word_job_of(assemble(material)), book_of_material(material)
    tight = Limits(memory_bytes=1024**3, cpu_seconds=1, wall_seconds=30)
    rows = "<table>" + "<tr><td>x</td><td>y</td></tr>" * 40_000 + "</table>"

    def failure(what, told):
        with pytest.raises(BuildFailed) as failed:
            make(what, told, limits=tight)
        return failed.value

    def word_told(html):
        tried = replace(job, front="", parts=(Part("X", html),))
        return json.dumps({"job": tried.to_json(), "tones": dict(material.brand.tones)})

    assert "not finished within 1 seconds" in str(failure("word", word_told(rows)))
    assert failure("word", word_told("<div>" * 3000 + "x")).code == "too_deep"
    several = tuple(replace(one, html=rows) for one in book.edition.parts)
    bomb = replace(book, edition=replace(book.edition, parts=several))
    assert failure("ebook", bomb.to_json()).code == "too_long"
    assert word_file(job, assemble(material)).startswith(b"PK")


def test_every_table_says_how_wide_its_columns_are():
    row = "<tr><th>No.</th><td>{}</td></tr>".format("many words " * 20)
    spanning = '<tr class="remark"><td colspan="2">x</td></tr>'
    table = f'<table class="figures"><caption>c</caption>{row}{spanning}</table>'
    first, second = re.findall(r"width: ([\d.]+)%", with_all_columns(table))
    assert float(first) < 15 < 80 < float(second)
    uneven = f"<table>{row}<tr><td>x</td></tr></table>"
    assert with_all_columns(uneven) == uneven
    assert with_all_columns(with_all_columns(table)) == with_all_columns(table)


def test_a_chart_fills_the_line_and_a_code_does_not():
    brand = synthetic_material(pages=1).brand
    _job, content = word_of(material_in("en", verify_at="https://example.org/verify/", brand=brand))
    assert word_faults(content) == []
    root = etree.fromstring(files_in(content)["word/document.xml"])
    widths = [int(one.get("cx")) / 635 for one in root.iter(tag("wp:extent"))]
    assert WIDTH == 640
    assert sum(9_290 < one < 9_310 for one in widths) == 2
    assert min(widths) < 2_000


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Let LibreOffice open a file and print it; returns the words of each page."""
    folder = tmp_path_factory.mktemp("office")

    def printed(content):
        (folder / "report.docx").write_bytes(content)
        command = [
            shutil.which("soffice"), f"-env:UserInstallation=file://{folder}/user", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder), str(folder / "report.docx"),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        told = subprocess.run(
            ["pdftotext", "-layout", str(folder / "report.pdf"), "-"],
            check=True, capture_output=True,
        )  # fmt: skip
        return told.stdout.decode().split("\f")[:-1]

    return printed


#: What EPUBCheck 4, which Debian has, does not know of SVG 2; EPUBCheck 5 does.
NEW_TO_IT = 'value of attribute "unicode-bidi"'


@pytest.fixture
def epubcheck(tmp_path):
    """Let EPUBCheck judge a book; returns what it finds."""
    program = Path(shutil.which("epubcheck")).resolve()
    # Debian's is an archive of Java, which some systems do not start by its name.
    start = ["java", "-Duser.language=en", "-jar"] if program.suffix == ".jar" else []

    def judged(content):
        book = tmp_path / "report.epub"
        book.write_bytes(content)
        told = subprocess.run(
            [*start, str(program), str(book)],
            check=False, capture_output=True, text=True, timeout=180,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert "EPUBCheck completed" in told.stdout + told.stderr
        found = re.findall(r"^(?:FATAL|ERROR|WARNING)\(.*", told.stdout + told.stderr, re.MULTILINE)
        return [one for one in found if NEW_TO_IT not in one]

    return judged


@pytest.mark.slow
@pytest.mark.epubcheck
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_epubcheck_finds_nothing_wrong(epubcheck, language):
    material = material_in(language, erratum=f"Too many.\n\nOf 1, {HOSTILE[0]}")
    content = epub_of(book_of_material(material, CHANGES))
    assert epubcheck(content) == []
    # What it must find: a link that leads nowhere.
    files, name = files_in(content), "EPUB/nav.xhtml"
    files[name] = files[name].replace(b"imprint.xhtml", b"nowhere.xhtml")
    assert any("nowhere.xhtml" in one for one in epubcheck(packed(files)))


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_libreoffice_prints_it(office, language):
    job, content = word_of(material_in(language, is_public=False))
    pages = office(content)
    chapters = [part.title for part in job.parts]
    assert len(pages) >= len(chapters) + 3
    # Letters of Arabic are drawn in another order than they are read.
    if language != "ar":
        assert all(labels(language).watermark in page for page in pages)
        for title in chapters:
            words = title.split()[-1]
            assert any(words in page for page in pages), title
    assert any("A. Drawer" in page for page in pages)
