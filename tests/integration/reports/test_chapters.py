"""Chapters laid out apart and kept: the same file as ever, whatever was on the shelf before."""

import base64
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import weasyprint
from PIL import Image
from pypdf import PdfReader

from reports.builds.outputs import chapter_of
from reports.builds.pages import job_of
from reports.context import assemble, synthetic_material
from reports.pdf import savings
from reports.pdf.chapters import Setting, Shelf, Text, digest
from reports.pdf.job import Picture
from reports.pdf.press import environment
from reports.pdf.render import prepare, render
from tests.integration.reports.conftest import plain_job

pytestmark = [
    pytest.mark.pdf,
    pytest.mark.any_database,
    # WeasyPrint leaves the file of its colour profile to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014.icc"),
]

STYLE = """
@page { size: A6; margin: 12mm; @top-left { content: string(document, first-except) }
  @top-right { content: string(watermark) } @bottom-left { content: string(footer); width: 70% }
  @bottom-right { content: counter(page) ' of ' counter(pages); width: 30% } }
body { string-set: footer attr(data-footer), watermark attr(data-watermark) }
h1 { string-set: document content() }
.note { float: footnote } a::after { content: attr(data-page) }
table { border-collapse: collapse } td { border: 1pt solid rgb(0 0 0 / 40%); padding: 1% }
.wide { letter-spacing: 1pt; word-spacing: 2pt } u { text-decoration: underline }
p { text-align: justify; hyphens: auto } .float { float: left; width: 30% }
"""
LINES = "@page { size: A6 } table { border-collapse: collapse } h1, td { border: 1pt solid red }"
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40" role="img"><title>T</title>'
    '<rect width="40" height="20" fill="#0f5a66" opacity="0.5"/><text y="30">Chart</text></svg>'
)


def picture(colour):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def chapter(number, paragraphs, *further):
    rows = "".join(f"<tr><th scope='row'>{n}</th><td>cell {n}</td></tr>" for n in range(9))
    table = f"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>{rows}</tbody></table>"
    words = "Some words of a chapter that is set in more than one line"
    text = f"<p>{words}, <u>quite</u> a <span class='wide'>few</span>.</p>"
    note = "<p>Noted<span class='note' role='doc-footnote'>A note</span>.</p>"
    see = f'<p>See <a href="#c{number % 3 + 1}" data-page="">there</a>.</p>'
    marks = "<ul><li>one</li></ul><ol><li>two</li></ol>"
    return (
        f"<h1 id='c{number}'>Title {number}</h1>{marks}{text * paragraphs}{note}{see}{table}"
        + "".join(further)
    )


SHOWN = "<div class='float'>aside</div><img src='cmp:mark' alt='Mark'>"
JOB = plain_job(
    chapter(1, 3),
    chapter(2, 2, CHART, "<p lang='ar' dir='rtl'>اللُّغةُ ثانية</p>"),
    chapter(3, 1, SHOWN),
    styles=(STYLE,),
    footer="Footer A",
    watermark="Draft",
    pictures=(Picture("mark", "image/png", picture("red")),),
)
LONGER, LONGEST = chapter(1, 24), chapter(1, 90)
NOTED = chapter(1, 3, "<p><span class='note'>Another</span></p>")


def with_first(html):
    return replace(JOB, parts=(replace(JOB.parts[0], html=html), *JOB.parts[1:]))


def pages_of(file):
    return [page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages]


@pytest.fixture(scope="module")
def first():
    """The file of the job, made alone, and the shelf on which it was left."""
    shelf = Shelf()
    return render(JOB, shelf=shelf), shelf


#: What is changed → the job, and how many chapters it makes to be laid out anew.
CHANGES = {
    "nothing": (JOB, 0),
    # The others say on which pages they begin: for the new numbers there is room.
    "longer, so that all later pages move": (with_first(LONGER), 1),
    # Not for longer ones: then the two that tell of others are laid out anew.
    "so long that a number of a page has two figures": (with_first(LONGEST), 3),
    "a note more, so that all later ones have another number": (with_first(NOTED), 3),
    "another picture": (
        replace(JOB, pictures=(Picture("mark", "image/png", picture("blue")),)), 1,
    ),
    "no picture": (replace(JOB, pictures=()), 1),
    "words in the margins": (replace(JOB, footer="Footer B", watermark="", title="New"), 0),
    "numbers of lines": (replace(JOB, numbered=True), 0),
    "other styles": (replace(JOB, styles=(STYLE, "p { margin: 0 }")), 4),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_is_the_same_whatever_was_kept(first, change):
    job, made = CHANGES[change]
    _file, shelf = first
    render(JOB, shelf=shelf)
    before = shelf.made

    # As between two jobs: fonts are put away and opened anew.
    shelf.rest()
    warm = render(job, shelf=shelf)

    assert warm.content == render(job).content
    assert shelf.made - before == made
    assert (warm.content == first[0].content) is (change == "nothing")


def test_states_are_noted_in_the_order_in_which_they_are_first_used():
    html = "<h1>A line</h1><table><tr><td></td></tr></table>"
    job = replace(plain_job(html, styles=(LINES,)), front="")
    shelf = Shelf()
    assert render(job, shelf=shelf).content == render(job, shelf=shelf).content


@pytest.mark.parametrize("html", [LONGER, LONGEST])
def test_the_number_beside_a_link_is_that_of_the_page_to_which_it_leads(html):
    pages = pages_of(render(with_first(html)))[1:]

    begins = [
        next(at for at, page in enumerate(pages, 1) if f"Title {number}" in page)
        for number in (2, 3, 1)
    ]
    told = [int(number) for page in pages for number in re.findall(r"See there(\d+)", page)]
    assert told == begins
    assert max(told) > (9 if html == LONGEST else 2)


def test_pages_are_numbered_through_all_chapters_and_heads_are_their_own(first):
    pages = pages_of(first[0])[1:]

    assert [re.search(r"(\d+) of (\d+)", page).groups() for page in pages] == [
        (str(number), str(len(pages))) for number in range(1, len(pages) + 1)
    ]
    # On the first page of a chapter its title stands in the text alone.
    assert [page.count("Title 2") for page in pages if "Title 2" in page][:2] == [1, 1]
    assert all("Footer A" in page and "Draft" in page for page in pages)


def test_chapters_that_say_the_same_have_pages_of_their_own():
    body = "<p>Twice</p>" * 80
    twice = render(plain_job(body, body, styles=(STYLE,)), shelf=Shelf())

    assert [page.count("Twice") for page in pages_of(twice)[1:]].count(0) == 0
    assert sum(page.count("Twice") for page in pages_of(twice)) == 160
    assert len(set(pages_of(twice))) == len(pages_of(twice))


def test_left_pages_are_told_from_right_ones_across_chapters():
    style = STYLE + "@page :left { @top-left { content: 'LEFT' } }"
    job = plain_job("<p>a</p>", "<p>b</p>", "<p>c</p>", styles=(style,), front="")

    assert ["LEFT" in page for page in pages_of(render(job))] == [False, True, False]


SETTING = Setting("en", "ltr", ("p { color: red }",), {"mark": (b"1", "image/png")})
TEXT = Text("<p><img src='cmp:mark' alt=''></p>", first=3)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (replace(SETTING, language="fr"), TEXT),
        (replace(SETTING, direction="rtl"), TEXT),
        (replace(SETTING, styles=("p { color: blue }",)), TEXT),
        (replace(SETTING, resources={"mark": (b"2", "image/png")}), TEXT),
        (replace(SETTING, resources={"mark": (b"1", "image/gif")}), TEXT),
        (replace(SETTING, resources={}), TEXT),
        (replace(SETTING, closer=("p { color: red }",)), TEXT),
        (replace(SETTING, closer=("p { content: url(cmp:mark) }",)), TEXT),
        (SETTING, replace(TEXT, html=TEXT.html + " ")),
        (SETTING, replace(TEXT, part="front")),
        (SETTING, replace(TEXT, notes=1)),
        (SETTING, replace(TEXT, twins=1)),
    ],
)
def test_the_digest_of_a_chapter_differs_with_what_its_pages_come_from(setting, text):
    assert digest(setting, text) != digest(SETTING, TEXT)


def test_the_digest_of_a_chapter_knows_sides_only_where_the_styles_do():
    sided = replace(SETTING, styles=("@page :left { margin: 0 }",))
    moved, further = replace(TEXT, first=4), replace(TEXT, first=5)

    assert digest(SETTING, moved) == digest(SETTING, TEXT)
    assert digest(sided, moved) != digest(sided, TEXT) == digest(sided, further)
    other = replace(SETTING, resources={**SETTING.resources, "unseen": (b"3", "image/png")})
    assert digest(other, TEXT) == digest(SETTING, TEXT)


def test_the_shelf_keeps_what_was_used_last_and_no_more(first, monkeypatch):
    monkeypatch.setattr("reports.pdf.chapters._MOST_PAGES", 8)
    shelf = Shelf()
    for number in range(12):
        shelf.chapter(SETTING, Text(f"<p>{number}</p>"))
    shelf.chapter(SETTING, Text("<p>4</p>"))
    shelf.tidy()

    kept = [digest(SETTING, Text(f"<p>{number}</p>")) in shelf.chapters for number in range(12)]
    assert kept == [False] * 4 + [True] * 8


# --- the last page -------------------------------------------------------------------------

#: Forty lines to a page; set closer, forty-two; closer still, forty-eight.
OF_FORTY = """
@page { size: 60mm 120mm; margin: 0 } body, p { margin: 0 }
html { font-size: 2mm; line-height: 3mm }
"""
CLOSER = ("html { line-height: 2.85mm }", "html { line-height: 2.5mm }")


#: Ten lines to a page; closer, eleven; closer still, twelve.
OF_TEN = OF_FORTY.replace("120mm", "30mm")
OF_TEN_CLOSER = ("html { line-height: 2.7mm }", "html { line-height: 2.5mm }")


def lines_of(number):
    return "".join(f"<p>Line {one}</p>" for one in range(number))


def pages_and_leading(lines, *, closer, style=OF_FORTY, further=""):
    setting = Setting("en", "ltr", (style,), {}, closer)
    pages = Shelf().chapter(setting, Text(lines_of(lines) + further)).pages
    boxes = [box for page in pages for box in page._page_box.descendants()]
    heights = {box.margin_height() / 96 * 25.4 for box in boxes if box.element_tag == "p"}
    return len(pages), {round(height, 2) for height in heights}


@pytest.mark.parametrize(
    ("lines", "pages", "leading"),
    [(40, 1, 3), (41, 1, 2.85), (44, 1, 2.5), (45, 2, 3), (80, 2, 3), (84, 2, 2.85), (85, 3, 3)],
)
def test_a_chapter_is_set_closer_to_save_a_page_of_a_few_lines(first, lines, pages, leading):
    assert pages_and_leading(lines, closer=CLOSER) == (pages, {leading})


def test_a_chapter_is_left_as_it_was_where_no_page_can_be_saved(first):
    assert pages_and_leading(44, closer=CLOSER[:1]) == (2, {3})
    assert pages_and_leading(41, closer=()) == (2, {3})


def test_a_page_that_is_saved_leaves_no_other_of_a_few_lines(first):
    ways = (OF_TEN_CLOSER[:1], OF_TEN_CLOSER)
    found = [pages_and_leading(111, style=OF_TEN, closer=one) for one in ways]
    assert found == [(12, {3}), (10, {2.5})]


def test_a_chapter_that_is_laid_out_again_is_told_on_its_last_page(first):
    setting, told = Setting("en", "ltr", (OF_FORTY,), {}, CLOSER), []
    Shelf().chapter(setting, Text(lines_of(84)), watch=told.append)
    assert told == [1, 2, 3, 3, 3]


def test_what_moves_in_no_way_is_laid_out_once_more_only(first):
    setting, told = Setting("en", "ltr", (OF_FORTY,), {}, ("b { color: red }",) * 2), []
    Shelf().chapter(setting, Text(lines_of(41)), watch=told.append)
    assert told == [1, 2, 2, 2]


def test_a_file_that_is_set_closer_is_the_same_from_the_shelf():
    job = plain_job(lines_of(84), lines_of(3), styles=(OF_FORTY,), closer=CLOSER)
    shelf = Shelf()
    files = [render(job, shelf=shelf), render(job, shelf=shelf), render(job)]
    assert [one.body_pages for one in files] == [3, 3, 3]
    assert len({one.content for one in files}) == 1
    assert render(replace(job, closer=())).body_pages == 4


def test_the_pages_before_the_body_are_never_set_closer():
    job = plain_job("<p>a</p>", front=lines_of(41), styles=(OF_FORTY,), closer=CLOSER)
    assert render(job).front_pages == 2


def test_the_report_and_the_preview_of_a_chapter_are_set_alike():
    report = assemble(synthetic_material(pages=12))
    whole, alone = job_of(report), chapter_of(report, report.chapters[0].key)
    assert whole.closer == alone.closer
    assert len(whole.closer) == 2


# --- savings -------------------------------------------------------------------------------

SAVINGS = (
    "look_up_plain_properties_directly", "copy_layouts_that_are_set_up",
    "place_lines_directly_without_floats", "take_lengths_directly", "turn_into_bytes_by_type",
    "compress_packed_objects_once", "write_objects_once", "measure_words_once",
    "describe_fonts_once", "look_for_characters_with_kept_patterns",
    "style_marks_only_where_they_are", "take_plain_lengths_at_once", "ask_once_where_a_box_is",
)  # fmt: skip
#: In ``lines``, what changes no byte either.
OF_LINES = ("measure_lines_where_they_are_found", "justify_without_pango")
#: Prints a job with each of the savings left out, in a copy of the process, and without all.
WITHOUT = """
import hashlib, json, os, sys
from reports.pdf import lines, savings
from reports.pdf.job import Job
from reports.pdf.render import render
*names, job = json.load(sys.stdin)
for name in [*names, "nothing", "all"]:
    if not os.fork():
        for one in names if name == "all" else [name]:
            setattr(savings if hasattr(savings, one) else lines, one, lambda *_: None)
        made = hashlib.sha256(render(Job.from_json(job)).content).hexdigest()
        print(name, made, flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The digest of the file without each of the savings."""
    out = subprocess.run(
        [sys.executable, "-c", WITHOUT], input=json.dumps([*SAVINGS, *OF_LINES, JOB.to_json()]),
        capture_output=True, text=True, check=True,
        env=environment(tmp_path_factory.mktemp("without")),
    )  # fmt: skip
    return dict(line.split() for line in out.stdout.splitlines())


def test_each_saving_is_looked_at():
    installed = {name for name in savings.install.__code__.co_names if hasattr(savings, name)}

    assert sorted(SAVINGS) == sorted(installed | {"write_objects_once"})


@pytest.mark.parametrize("saving", [*SAVINGS, *OF_LINES, "all"])
def test_a_saving_changes_no_byte(without, saving):
    assert without[saving] == without["nothing"]


def test_only_notes_and_entries_of_lists_have_styles_of_marks(caplog):
    def marks_of_all(sheet):
        return {pseudo for *_rule, pseudo, _payload in sheet.matcher.other_selectors if pseudo}

    prepare()
    savings.style_marks_only_where_they_are()
    (own,) = weasyprint.HTML(string="x")._ua_stylesheets()
    given = marks_of_all(weasyprint.html.UA_STYLESHEET)

    assert {"marker", "footnote-call", "note-callback"} <= given
    assert marks_of_all(own) == set()
    assert len(own.matcher.class_selectors["note"]) == len(given) - 1
    # The sheet is read once more without a complaint.
    assert caplog.messages == []


PLACES = (
    "weasyprint.css:ComputedStyle.__missing__",
    "weasyprint.text.line_break:Layout.setup",
    "weasyprint.layout.inline:avoid_collisions",
    "weasyprint.layout.percent:resolve_one_percentage",
    "weasyprint.layout.block:resolve_percentages",
    "weasyprint.layout.inline:resolve_percentages",
    "weasyprint.layout.table:resolve_percentages",
    "weasyprint.formatting_structure.boxes:Box.is_in_normal_flow",
    "pydyf:_to_bytes",
    "pydyf:Stream.data.fget",
    "weasyprint.layout:initialize_page_maker",
    "weasyprint.layout:make_margin_boxes",
    "weasyprint.layout.page:remake_page",
    "weasyprint.pdf.stream:Stream.add_font",
    "weasyprint.document:draw_page",
    "weasyprint.draw.text:draw_first_line",
    "weasyprint.layout.inline:add_word_spacing",
    "weasyprint.layout.preferred:split_first_line",
    "weasyprint.text.line_break:Layout.deactivate",
    "weasyprint.text.line_break:Layout.reactivate",
    "weasyprint.text.line_break:_font_style_cache_key",
    "weasyprint.text.line_break:first_line_metrics",
    "tinyhtml5.inputstream:HTMLUnicodeInputStream.chars_until",
)


@pytest.fixture(scope="module")
def called():
    """File and name of all functions that are called while a job is printed.

    Not their code, which the measuring of coverage puts new in place of the old.
    """
    seen = set()

    def watch(frame, event, _argument):
        if event == "call":
            seen.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        render(replace(JOB, pictures=()))
    finally:
        sys.setprofile(before)
    return seen


@pytest.mark.parametrize("place", PLACES)
def test_a_function_is_still_where_it_was_and_called_through_ours(called, place):
    module, _, names = place.partition(":")
    found = sys.modules[module]
    for name in names.split("."):
        found = getattr(found, name)

    assert found.__module__.startswith("reports.pdf.")
    assert (found.__code__.co_filename, found.__code__.co_qualname) in called
