"""Each place where WeasyPrint is put right: with the hook it is right, without it is wrong.

An upgrade that mends the fault makes the "without" half fail: then the hook can go. One that
moves the function makes the "with" half fail.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pydyf
import pytest
import weasyprint

from reports.builds.pages import style_sheet
from reports.labels import LANGUAGES, Labels, labels
from reports.pdf import fonts
from reports.pdf.isolation import build
from reports.pdf.press import environment
from reports.pdf.render import prepare
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf]

ROWS = "".join(f"<tr><th scope='row'>r{n}</th><td>{n}</td></tr>" for n in range(120))
TABLE = (
    "<table><caption>C</caption><thead><tr><th scope='col'>A</th><th scope='col'>B</th></tr>"
    f"</thead><tbody>{ROWS}</tbody></table>"
)
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40" role="img"><title>Title</title>'
    '<desc>Described</desc><text x="10" y="20" font-family="Vazirmatn" font-size="12">'
    "السكان</text></svg>"
)
BODY = (
    f"<h1 id='x'>X</h1><p>Text<span class='note' role='doc-footnote'>A note</span> "
    f"<span lang='ar' dir='rtl'>اللُّغةُ</span> x\u0323\u0307 "
    "<a href='https://a.org'>a <b>bold</b></a></p>"
    "<h2><span class='kicker'>Sheet</span> Title</h2><aside><p>A box</p></aside>"
    f"{TABLE}{CHART}"
)
STYLE = (
    ".note{float:footnote} .kicker{display:block} @page{size:A5;@top-left{content:'HEAD'}}"
    "html{font-family:'Noto Sans','Vazirmatn'}"
)


@pytest.fixture(scope="module")
def hooked():
    return build(plain_job(BODY, styles=(STYLE,)), limits=LIMITS).content


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """The same body from WeasyPrint as it comes, with our fonts."""
    folder = tmp_path_factory.mktemp("stock")
    out = folder / "stock.pdf"
    code = (
        "import sys, weasyprint; weasyprint.HTML(string=sys.stdin.read())"
        f".write_pdf({str(out)!r}, pdf_variant='pdf/a-3a')"
    )
    html = f"<html lang='en'><style>{STYLE}</style><title>T</title><body>{BODY}</body></html>"
    subprocess.run(
        [sys.executable, "-c", code], input=html.encode(), check=True, env=environment(folder),
        capture_output=True,
    )  # fmt: skip
    return out.read_bytes()


def elements(content, kind):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == "/StructElem"
            and kind == item.S
        ]
        return [{key: str(value) for key, value in item.items() if key != "/P"} for item in found]


def test_a_heading_with_a_block_in_it_is_one_and_a_box_is_a_part(hooked, stock):
    assert (len(elements(hooked, "/H2")), len(elements(stock, "/H2"))) == (1, 2)
    assert (len(elements(hooked, "/Sect")), len(elements(stock, "/Sect"))) == (1, 0)


def test_a_table_over_pages_is_one_table_with_one_head(hooked, stock):
    assert len(elements(hooked, "/Table")) == 1
    assert len(elements(hooked, "/TH")) == 122
    assert len(elements(stock, "/Table")) > 1


def test_header_cells_have_a_scope(hooked, stock):
    scopes = [re.search(r"/Scope\W+/(\w+)", item["/A"]) for item in elements(hooked, "/TH")]
    assert sorted({match[1] for match in scopes}) == ["Column", "Row"]
    assert "/Scope" not in elements(stock, "/TH")[0]["/A"]


def test_footnotes_are_notes_with_an_identifier(hooked, stock):
    assert [item["/ID"][:5] for item in elements(hooked, "/Note")] == ["note-"]
    assert elements(stock, "/Note") == []


def test_the_description_of_a_picture_is_in_its_alternative(hooked, stock):
    assert elements(hooked, "/Figure")[0]["/Alt"] == "Title. Described"
    assert elements(stock, "/Figure")[0]["/Alt"] == "Title"


def test_the_language_of_a_run_is_kept(hooked, stock):
    assert "ar" in {item.get("/Lang") for item in elements(hooked, "/Span")}
    assert "ar" not in {item.get("/Lang") for item in elements(stock, "/Span")}


def _with_annotations(content):
    """The types of elements that hold what can be pressed."""
    found = set()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem":
                kids = item.get("/K", [])
                kids = kids if isinstance(kids, pikepdf.Array) else [kids]
                if any(
                    isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"
                    for kid in kids
                ):
                    found.add(str(item.S))
    return found


def test_bold_words_in_a_link_stay_in_the_link(hooked, stock):
    assert _with_annotations(hooked) == {"/Link"}
    assert _with_annotations(stock) > {"/Link"}


def _running_head(content):
    """The instruction that opens the marked content of the first running head."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[-1]
        return page.Contents.read_bytes().count(b"/Artifact")


def test_running_heads_are_pagination(hooked, stock):
    assert _running_head(hooked) > _running_head(stock)


def _to_unicode(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            item.ToUnicode.read_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item
        ]


def test_no_glyph_is_without_a_character(hooked, stock):
    """The first of several that stand for one letter with its marks would be."""
    empty = re.compile(rb"<[0-9a-fA-F]+>\s*<>")
    assert _to_unicode(hooked)
    assert not any(empty.search(cmap) for cmap in _to_unicode(hooked))
    assert any(empty.search(cmap) for cmap in _to_unicode(stock))


def _pieces_of_text(content, page=-1):
    """How many text objects are drawn on a page, charts included."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [pdf.pages[page].Contents.read_bytes()]
        streams += [
            item.read_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
        ]
    return sum(len(re.findall(rb"\bT[jJ]\b", stream)) for stream in streams)


def test_arabic_in_a_chart_is_one_shaped_line():
    """Drawn letter by letter each of the 120 letters would be a piece of its own."""
    words = "السكان " * 20
    chart = CHART.replace("السكان", words.strip())

    with_chart = build(plain_job(chart, styles=(STYLE,)), limits=LIMITS).content
    without = build(plain_job("<p>x</p>", styles=(STYLE,)), limits=LIMITS).content

    assert _pieces_of_text(with_chart) < _pieces_of_text(without) + 25


def test_stock_draws_a_chart_letter_by_letter(stock, hooked):
    assert _pieces_of_text(stock) > _pieces_of_text(hooked)


def test_both_conformances_are_claimed_in_plain_sight(hooked, stock):
    for claim in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert claim in hooked
    assert b"pdfuaid" not in stock


def test_no_stream_ends_in_a_line_end(hooked):
    with pikepdf.open(io.BytesIO(hooked)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Type") != "/Metadata":
                assert item.read_raw_bytes()[-1:] not in (b"\r", b"\n")


# --- fonts and words -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["/ObjStm", "/XRef"])
def test_nor_does_one_that_is_made_while_the_file_is_written(kind):
    prepare()
    for number in range(1000):
        stream = pydyf.Stream([number.to_bytes(3), b"\0"], {"Type": kind}, compress=True)
        raw = b"\n".join(stream.stream)
        if zlib.compress(raw, 9)[-1:] in b"\r\n":
            break

    written = stream.data.partition(b"stream\n")[2].removesuffix(b"\nendstream")

    assert written[-1:] not in b"\r\n"
    if kind == "/XRef":
        assert written == raw
    else:
        assert zlib.decompress(written).rstrip(b" \n") == raw


def test_the_fonts_are_those_of_the_manifest():
    entries = fonts.manifest()
    files = {path.name for path in fonts.FOLDER.glob("*.ttf")}

    assert files == {entry["file"] for entry in entries}
    for entry in entries:
        content = (fonts.FOLDER / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        licence = (fonts.FOLDER / entry["licence_file"]).read_text()
        assert entry["licence"] == "OFL-1.1"
        assert "SIL Open Font License, Version 1.1" in licence
        assert entry["copyright"] in licence


def test_the_coverage_is_that_of_the_fonts():
    ranges = fonts.read_coverage()

    assert fonts.covered() == {point for first, last in ranges for point in range(first, last + 1)}


def test_missing_characters_are_found_and_invisible_ones_pass():
    assert fonts.missing_characters("<p>a\u25cf b &#x1F600; \u200d\u00ad\ufe0f</p>") == ["●", "😀"]
    assert fonts.missing_characters("<p title='\u25cf'>a</p>") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_has_words_that_the_fonts_can_draw(language):
    words = labels(language)

    for name in Labels.__dataclass_fields__:
        text = getattr(words, name)
        assert text
        assert not fonts.missing_characters(text)
        assert set(re.findall(r"%\(\w+\)s", text)) == set(
            re.findall(r"%\(\w+\)s", getattr(labels("en"), name))
        )


def test_a_machine_without_the_subsetting_library_is_told(tmp_path):
    code = (
        "import weasyprint.pdf.fonts as f; f.harfbuzz_subset = None\n"
        "from reports.pdf.render import engine_warnings; print(engine_warnings())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path,
        env=environment(Path(tmp_path)) | {"PATH": os.defpath},
    )  # fmt: skip

    assert out.stdout.decode().strip() == "('no_harfbuzz_subset',)"


def test_a_note_is_on_the_page_of_its_mark():
    """Where no room is left for it, the line with the mark goes to the next page too."""
    policy = re.search(r"\.note \{[^}]*(footnote-policy: \w+)", style_sheet("report.css"))[1]
    lines = "".join(f"<p>line {number}</p>" for number in range(4))
    note = f"<p>last<span class='note'>{'a note of some length ' * 3}</span></p>"
    body = f"<section>{lines}{note}</section><section><h1>Next</h1></section>"
    style = (
        "@page{size:80mm 50mm;margin:5mm} p{margin:0;orphans:1;widows:1} "
        "section{break-before:page} .note{float:footnote;%s}"
    )

    def pages(rule):
        html = f"<html lang=en><style>{style % rule}</style><body>{body}</body></html>"
        laid_out = weasyprint.HTML(string=html).render().pages
        return [
            "".join(box.text for box in page._page_box.descendants() if hasattr(box, "text"))
            for page in laid_out
        ]

    assert [("last" in one, "a note" in one) for one in pages("")][-2:] == [
        (True, False),
        (False, True),
    ]
    assert [("last" in one, "a note" in one) for one in pages(policy)][-2:] == [
        (True, True),
        (False, False),
    ]
