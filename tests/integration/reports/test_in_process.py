"""The layout run in the tests' own process: the same report there, and measured like other code."""

import io

import pypdf
import pytest

from reports.pdf.fetcher import MemoryFetcher
from reports.pdf.render import MissingGlyph, render
from tests.integration.reports.conftest import plain_job

pytestmark = [
    pytest.mark.pdf,
    # WeasyPrint leaves the file of its colour profile to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*sRGB2014.icc"),
]


def bookmarks_of(content):
    """Return the titles of all bookmarks in order, a list within the list for each level."""

    def titles(level):
        return [titles(one) if isinstance(one, list) else one.title for one in level]

    return titles(pypdf.PdfReader(io.BytesIO(content)).outline)


@pytest.mark.parametrize("report", ["english", "arabic"])
def test_the_report_is_the_same_in_either_process(report, request):
    job, built = request.getfixturevalue(report)

    file = render(job)

    assert bookmarks_of(file.content) == bookmarks_of(built.content) != []
    # Here the text is set in the fonts of the machine, which are wider or narrower than ours.
    assert file.front_pages == built.front_pages


def test_a_character_that_no_font_has_is_named_with_its_part():
    with pytest.raises(MissingGlyph) as refused:
        render(plain_job("<p>Plain</p>", "<p>\U00013000</p>"))
    assert (refused.value.character, refused.value.where) == ("\U00013000", "Part 2")


def test_the_fetcher_gives_what_the_job_brought_and_nothing_else():
    fetcher = MemoryFetcher({"map": (b"<svg/>", "image/svg+xml")})

    assert fetcher.fetch("cmp:map").read() == b"<svg/>"

    for address in ("cmp:other", "file:///etc/passwd", "https://example.org/x.png"):
        with pytest.raises(ValueError, match="nothing from outside"):
            fetcher.fetch(address)
    assert fetcher.refused == ["cmp:other", "file:///etc/passwd", "https://example.org/x.png"]
