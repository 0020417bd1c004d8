"""Pages compared with the pictures that were signed off: the design does not change unseen.

``WRITE_REFERENCE_PAGES=1 pytest tests/integration/reports/test_look_of_pages.py`` draws them anew;
look at each before you keep it.
"""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from reports.builds.outputs import practices_of
from reports.builds.pages import annexes_of
from reports.context import assemble
from reports.context.synthetic.annexes import priorities
from reports.context.synthetic.texts import Writer
from reports.context.synthetic.words import words_in
from reports.labels import labels
from reports.pdf.isolation import build
from reports.pdf.job import Part
from tests import pdf_gate
from tests.integration.reports.conftest import LIMITS
from tests.pdf_gate import Printed

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

FOLDER = Path(__file__).with_name("pages")
#: Report → name of a picture → page of the file, counted from 1.
PAGES = {
    "english": {
        "cover": 1, "imprint": 2, "erratum": 3, "contents": 4, "lists": 5, "opener": 6, "table": 7,
        "figure": 8, "box": 9, "text": 10, "record": 12,
    },
    "arabic": {
        "cover": 1, "contents": 3, "opener": 5, "table": 6, "bibliography": 10,
    },
    "sheets": {
        "practice": 1, "action": 2,
    },
}  # fmt: skip
#: To an inch: what stands where can be seen, the edges of letters cannot.
_RESOLUTION = 30
#: Mean difference of a page, and of its worst spot, of 255 tones of grey.
_MOST, _MOST_OF_A_SPOT = 1.0, 12


def drawn(content, page):
    """Return a page as a PNG."""
    only = ("-f", str(page), "-l", str(page), "-r", str(_RESOLUTION))
    made = subprocess.run(
        ["pdftoppm", "-png", "-gray", *only, "-"], input=content, capture_output=True, check=True
    )
    return made.stdout


def differs(one, other):
    """Return how much two pages differ: on the whole, and where they do most."""
    if one.size != other.size:
        return 255.0, 255.0
    soft = ImageChops.difference(one, other).filter(ImageFilter.BoxBlur(2))
    return ImageStat.Stat(soft).mean[0], float(soft.getextrema()[1])


@pytest.fixture
def sheets(arabic_material):
    """An Arabic sheet of a practice, and behind it the one of a priority."""
    words = words_in("ar")
    first = replace(arabic_material.sections[0], text=Writer(words).practice())
    material = replace(
        arabic_material, sections=(first,), tables=(), priorities=tuple(priorities(words))[:1]
    )
    report = assemble(material)
    job = practices_of(report)
    (action,) = (one for one in annexes_of(report, labels("ar")) if one.anchor == "priorities")
    job = replace(job, parts=(*job.parts, Part(action.title, action.html)))
    file = build(job, limits=LIMITS)
    assert pdf_gate.faults_of_conformance(Printed(material, job, file)) == []
    assert pdf_gate.faults_of_structure(Printed(material, job, file)) == []
    return job, file


@pytest.mark.parametrize("report", PAGES)
def test_the_pages_look_as_they_were_signed_off(report, request, tmp_path):
    content = request.getfixturevalue(report)[1].content
    far = {}
    for name, number in PAGES[report].items():
        fresh = tmp_path / f"{name}.png"
        fresh.write_bytes(drawn(content, number))
        kept = FOLDER / f"{report}-{name}.png"
        if os.environ.get("WRITE_REFERENCE_PAGES"):
            FOLDER.mkdir(exist_ok=True)
            Image.open(fresh).convert("L").save(kept, optimize=True)
        with Image.open(fresh) as one, Image.open(kept) as other:
            mean, spot = differs(one.convert("L"), other.convert("L"))
        if mean > _MOST or spot > _MOST_OF_A_SPOT:
            far[name] = (round(mean, 2), round(spot))
    assert far == {}, "If that is meant, see the head of this file."


@pytest.mark.unit
def test_a_page_without_a_line_of_its_words_is_seen():
    with Image.open(FOLDER / "english-text.png") as kept:
        page = kept.convert("L")
    changed = page.copy()
    changed.paste(255, (80, 72, 200, 78))
    assert differs(page, page) == (0, 0)
    assert differs(page, changed)[1] > _MOST_OF_A_SPOT
    assert differs(page, page.resize((10, 10)))[0] > _MOST
