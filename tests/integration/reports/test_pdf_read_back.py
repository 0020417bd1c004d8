"""A report read back from its PDF, in two languages, and faults planted in copies of the file."""

import io

import pikepdf
import pytest

from tests import pdf_reading
from tests.pdf_reading import Reading

pytestmark = [pytest.mark.pdf, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(english, english_material):
    return pdf_reading.told(english_material, english[0])


@pytest.fixture(scope="module")
def reading(english):
    return Reading(io.BytesIO(english[1].content))


@pytest.fixture(scope="module")
def arabic_reading(arabic):
    return Reading(io.BytesIO(arabic[1].content))


def test_nothing_is_lost_and_every_number_is_right(reading, told):
    assert pdf_reading.problems(reading, told) == {}
    assert all(len(one.pieces()) > 8 for one in told.chapters)
    assert any("householdspersons" in cells for cells in told.tables())
    assert len(reading.bookmarks) > 10
    assert len(reading.contents) > 10


def test_arabic_is_read_word_by_word(arabic_reading, arabic, arabic_material):
    told = pdf_reading.told(arabic_material, arabic[0])
    assert pdf_reading.lost_arabic(arabic_reading, told) == []
    assert pdf_reading.wrong_fonts(arabic_reading) == []
    assert pdf_reading.wrong_lists(arabic_reading) == []
    headings = [one for one in arabic_reading.headings if one.kind in ("H1", "H2")]
    assert [(one.level, one.leads_to) for one in arabic_reading.bookmarks] == [
        (int(one.kind[1]), one.page) for one in headings
    ]
    assert pdf_reading.dead_links(arabic_reading) == []
    other = pdf_reading.Told([pdf_reading.Chapter("", "كلمات لم تُكتب")], "")
    assert pdf_reading.lost_arabic(arabic_reading, other) == ["تُكتب", "كلمات"]


# Faults


def no_outline(pdf):
    del pdf.Root.Outlines


def a_bookmark_less(pdf):
    first = pdf.Root.Outlines.First.Next
    pdf.Root.Outlines.First.Next = first.Next


def bookmarks_in_another_order(pdf):
    first, second = pdf.Root.Outlines.First, pdf.Root.Outlines.First.Next
    first.Title, second.Title = second.Title, first.Title


def a_bookmark_that_leads_elsewhere(pdf):
    pdf.Root.Outlines.First.Next.Dest = pdf.Root.Outlines.First.Dest


def links_in(pdf, number):
    return [one for one in pdf.pages[number].Annots if "/Dest" in one]


def contents_of(pdf):
    """The first page with links but for those to the two sections that were corrected."""
    pages = enumerate(pdf.pages)
    return next(number for number, page in pages if len(page.get("/Annots", ())) > 4)


def a_line_that_leads_elsewhere(pdf):
    links = links_in(pdf, contents_of(pdf))
    links[0].Dest = links[-1].Dest


def a_chapter_that_begins_later(pdf):
    names = pikepdf.NameTree(pdf.Root.Names.Dests)
    where = names["section-1"]
    names["section-1"] = pikepdf.Array([pdf.pages[-1].obj, *list(where)[1:]])


def a_link_to_nowhere(pdf):
    links_in(pdf, contents_of(pdf))[0].Dest = pikepdf.String("nowhere")


def an_empty_page(pdf):
    """The first page of the body, with text, and the next one, with a table."""
    first = contents_of(pdf) + 2
    for page in (pdf.pages[first], pdf.pages[first + 1]):
        page.Contents = pdf.make_stream(b"")


def a_chapter_that_is_left_out(pdf):
    """The structure without the piece that begins where the body does."""
    document = pdf.Root.StructTreeRoot.K
    document = document[0] if isinstance(document, pikepdf.Array) else document
    first = pdf.pages[pdf.Root.PageLabels.Nums[2]].objgen
    document.K = pikepdf.Array([one for one in document.K if page_of(one) != first])


def page_of(node):
    """Return the page on which a piece of the structure begins."""
    while "/Pg" not in node and isinstance(node.K, pikepdf.Array):
        node = node.K[0]
    return node.Pg.objgen if "/Pg" in node else None


def no_labels(pdf):
    del pdf.Root.PageLabels


def labels_from_another_page(pdf):
    pdf.Root.PageLabels.Nums[2] = pdf.Root.PageLabels.Nums[2] + 1


def fonts_of(pdf):
    return [one for page in pdf.pages for one in page.resources.get("/Font", {}).values()]


def a_font_that_is_not_carried(pdf):
    described = fonts_of(pdf)[0].DescendantFonts[0].FontDescriptor
    for key in ("/FontFile2", "/FontFile3"):
        if key in described:
            del described[key]


def a_font_that_is_not_cut_down(pdf):
    font = fonts_of(pdf)[0]
    font.BaseFont = pikepdf.Name("/" + str(font.BaseFont)[8:])


def a_font_of_others(pdf):
    font = fonts_of(pdf)[0]
    font.BaseFont = pikepdf.Name("/ABCDEF+Helvetica")


def a_font_that_cannot_be_read(pdf):
    del fonts_of(pdf)[-1].ToUnicode


FAULTS = {
    no_outline: "bookmarks",
    a_bookmark_less: "bookmarks",
    bookmarks_in_another_order: "bookmarks",
    a_bookmark_that_leads_elsewhere: "bookmarks",
    a_line_that_leads_elsewhere: "contents",
    a_chapter_that_begins_later: "contents",
    a_link_to_nowhere: "links",
    an_empty_page: "words",
    a_chapter_that_is_left_out: "words",
    no_labels: "numbers",
    labels_from_another_page: "numbers",
    a_font_that_is_not_carried: "fonts",
    a_font_that_is_not_cut_down: "fonts",
    a_font_of_others: "fonts",
    a_font_that_cannot_be_read: "fonts",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
def test_a_fault_is_seen(english, told, fault):
    copy = io.BytesIO()
    with pikepdf.open(io.BytesIO(english[1].content)) as pdf:
        fault(pdf)
        pdf.save(copy)
    found = pdf_reading.problems(Reading(copy), told)
    assert FAULTS[fault] in found
    assert fault is not an_empty_page or "cells" in found
    assert fault is not a_chapter_that_is_left_out or {"headings", "cells"} <= set(found)


def test_a_cell_that_is_not_there_is_seen(reading, told):
    changed = pdf_reading.Told(told.chapters, told.html.replace("Naturalisations", "Births"))
    assert pdf_reading.lost_cells(reading, changed) != []
