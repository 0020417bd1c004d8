"""Lines are written from the glyphs they were laid out with, and end where they should."""

import re
from pathlib import Path

import pytest
from weasyprint.draw import text as drawing
from weasyprint.formatting_structure.boxes import LineBox, TextBox

import reports
from reports.pdf.chapters import Setting, Shelf, Text
from reports.pdf.render import prepare

pytestmark = [pytest.mark.pdf]

STYLE = """
@page { size: 100mm 140mm; margin: 12mm }
html { font: 11pt/1.5 'Source Serif 4', 'Vazirmatn' } p { text-align: justify; hyphens: auto }
table { border-collapse: collapse } .wide { letter-spacing: 1pt } .far { word-spacing: 3pt }
u { text-decoration: underline } pre { white-space: pre-wrap }
"""
ENGLISH = (
    "Registered migrants and their organisations were heard in twelve neighbourhoods; what they "
    "said about housing, schools and (not least) administrative responsibilities is told in "
    "chapter\u00a04. AVATAR To \u201cAway\u201d \u2013 1,117 people, e\u0301te\u0301. "
)
ARABIC = "اللُّغةُ ثانية في Amman والمدينة. " * 9
BODY = (
    f"<h1 id='x'>Title</h1><p>{ENGLISH * 3}</p><p dir='rtl' lang='ar'>{ARABIC}</p>"
    f"<p><u>Under</u> <b>bold</b> <i>{ENGLISH}</i> <span class='wide'>{ENGLISH}</span></p>"
    f"<p lang='fr'>{'prééminé' * 9} {'été éduqué ' * 20}</p>"
    f"<p class='far'>{ENGLISH}</p><pre>a\tb\nc</pre><p>Adminis\u00adtra\u00adtion {ENGLISH}</p>"
    f"<table><tr><th>One two</th><td>{ENGLISH}</td></tr></table>"
)
_SHOWN = re.compile(r"<([0-9a-f]+)>|(-?[\d.]+)")


class Page:
    """Takes what is written, and counts how far each line goes."""

    def __init__(self):
        self._fonts, self._tags, self.advance = {}, {}, 0.0

    def set_text_matrix(self, *_matrix):
        self.advance = 0.0

    def set_font_size(self, name, size):
        self.font = next(font for font in self._fonts.values() if font.hash == name)
        self.size = size

    def set_text_rise(self, _rise):
        pass

    def show_text(self, array):
        for glyphs, back in _SHOWN.findall(array):
            numbers = [int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4)]
            width = sum(self.font.widths[number] for number in numbers) - float(back or 0)
            self.advance += width / 1000 * self.size


@pytest.fixture(scope="module")
def lines():
    """All pieces of lines of a chapter, and the shelf whose fonts they are of."""
    prepare()
    shelf = Shelf()
    shelf.wake()
    chapter = shelf.chapter(Setting("en", "ltr", (STYLE,), {}), Text(BODY))
    boxes = [
        box for page in chapter.pages for box in page._page_box.descendants()
        if isinstance(box, TextBox) and box.text.strip()
    ]  # fmt: skip
    return shelf, boxes


def test_every_line_ends_where_it_was_laid_out_to_end(lines):
    _shelf, boxes = lines
    page, justified = Page(), 0
    for box in boxes:
        assert box.pango_layout.runs, box.text
        drawing.draw_first_line(page, box, "clip", "none", drawing.Matrix())
        # A space at the end of a paragraph is written, but has no room.
        if box.text == box.pango_layout.text:
            # WeasyPrint takes the last letter of spaced ones to be spaced twice.
            twice = box.style["letter_spacing"]
            width = box.width - (0 if twice == "normal" else twice)
            assert page.advance == pytest.approx(width, abs=0.03), box.text
        justified += box.justification_spacing > 0

    assert len(boxes) > 60
    assert justified > 30


def _begin_with_a_number(style):
    """Return how many lines begin with the number of a note, of words of many widths."""
    body = "".join(
        f"<p>{'i' * width} is in one drawer.<span class='note'>A note.</span> And so on.</p>"
        for width in range(1, 40)
    )
    shelf = Shelf()
    shelf.wake()
    chapter = shelf.chapter(Setting("en", "ltr", (style,), {}), Text(body))
    lines = [
        [box.text for box in line.descendants() if isinstance(box, TextBox)]
        for page in chapter.pages
        for line in page._page_box.descendants()
        if isinstance(line, LineBox)
    ]
    assert len(lines) > 39
    return sum(line[0].lstrip("\u2060").isdigit() for line in lines if line)


def test_no_line_begins_with_the_number_of_a_note():
    prepare()
    sheet = (Path(reports.__file__).parent / "static/reports/report.css").read_text()
    of_notes = "\n".join(line for line in sheet.splitlines() if line.startswith(".note"))
    assert _begin_with_a_number(f"{STYLE} {of_notes}") == 0
    apart = of_notes.replace(r'content: "\2060" counter(footnote); ', "")
    assert _begin_with_a_number(f"{STYLE} {apart}") > 0
