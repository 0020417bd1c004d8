"""Reading Word files of others: lists, tables, notes, headings, what is left out, and attacks."""

import io
import time
import tracemalloc
import zipfile

import pytest

from profile_workflow.errors import InvalidInput
from profile_workflow.word import chapters, package
from profile_workflow.word.chapters import LIKE, NUMBER, TITLE, WHOLE, Chapter, parts_of
from profile_workflow.word.package import Patience
from tests.docx import MAIN, docx, link, p, r, tbl, zipped

pytestmark = pytest.mark.unit

ONE = [Chapter("2", "2", ["The city"])]
SEVERAL = [
    Chapter("ES", "", ["Executive summary", "Résumé exécutif", "الملخص التنفيذي"]),
    Chapter(
        "1", "1", ["About this publication", "À propos de cette publication", "حول هذا المنشور"]
    ),
    Chapter("2", "2", ["Context", "Contexte", "السياق"]),
    Chapter("3", "3", ["Migrant population", "Population migrante", "السكان المهاجرون"]),
]


def read(file, chapters=ONE, language="en", **more):
    only = chapters[0].key if chapters == ONE else ""
    return parts_of(file, chapters, language=language, origin="sfax", only=only, **more)


def text(body, **parts):
    (part,) = read(docx(body, **parts))
    assert part.how == WHOLE
    return part.text


def left_out(body, **parts):
    return [(one.code, one.detail) for part in read(docx(body, **parts)) for one in part.left_out]


def test_headings_of_a_single_section_become_those_of_the_dialect():
    found = text(
        p("Où vivent-ils", "Titre2") + p("Text") + p("Détail", "Titre3") + p("x", "Titre4")
    )
    assert found == "### Où vivent-ils\n\nText\n\n#### Détail\n\n#### x"


def test_looks_are_told_apart_from_words():
    runs = r("bold ", "<w:b/>") + r("not", '<w:b w:val="0"/>') + r(", both.", "<w:b/><w:i/>")
    assert text(p(raw=runs + r("then"))) == "**bold** not, ***both***.then"


def test_lists_are_nested_and_counted():
    found = text(
        p("a", list_id=1)
        + p("b", list_id=1, level=1)
        + p("c", list_id=1)
        + p("one", list_id=2)
        + p("two", list_id=2)
        + p("more of two", "Paragraphedeliste")
        + p("between")
        + p("three", list_id=2)
        + p("no list", list_id=0)
    )
    assert found == (
        "- a\n  - b\n- c\n\n1. one\n\n2. two\n\n   more of two\n\nbetween\n\n3. three\n\nno list"
    )


def test_tables_have_a_head_and_a_caption_and_no_merged_cells():
    numbers = '<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:t>5</w:t></w:r></w:p>'
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Total|all")}</w:tc>'
    table = tbl((p(raw=r("Sex", "<w:b/>")), p(raw=r("N", "<w:b/>"))), ("Men", numbers))
    table = table.replace("</w:tbl>", f"<w:tr>{wide}</w:tr></w:tbl>")
    body = table + p("Tableau 3 – Population", "Lgende")
    (part,) = read(docx(body), language="fr")
    assert part.text == (
        "Tableau : Population\n\n| Sex | N |\n| --- | ---: |\n| Men | 5 |\n| Total\\|all |  |"
    )
    assert left_out(body) == [("merged", "1")]


def test_one_cell_is_a_box_and_lists_in_cells_become_words():
    assert text(tbl((p("In a frame") + p("x", list_id=1),))) == ":::box\nIn a frame\n\n- x\n:::"
    body = tbl(("a", p("x", list_id=1) + p("y", list_id=1)), ("b", tbl(("deep", "er")) + p("")))
    assert text(body) == "| a | x y |\n| --- | --- |\n| b | deep er |"
    assert left_out(body) == [("list_in_table", "2"), ("table_in_table", "1")]


def test_notes_and_citations_survive():
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    end = '<w:r><w:endnoteReference w:id="1"/></w:r>'
    found = text(
        p(raw=r("Text") + note + r(" [@ins-2021, p. 4] typed^[as here]") + end),
        footnotes=f'<w:footnote w:id="2">{p("First")}{p(raw=r("second", "<w:i/>"))}</w:footnote>',
        endnotes=f'<w:endnote w:id="1">{p("End")}</w:endnote>',
    )
    assert found == "Text^[First *second*] [@ins-2021, p. 4] typed^[as here]^[End]"


def test_links_lead_outside_or_nowhere():
    body = p(
        raw='<w:hyperlink r:id="l1">' + r("good") + '</w:hyperlink><w:hyperlink r:id="l2">'
        + r(" bad") + "</w:hyperlink>" + '<w:hyperlink w:anchor="x">' + r(" within")
        + "</w:hyperlink>"
    )  # fmt: skip
    links = link("l1", "https://example.org/a b") + link("l2", "javascript:alert(1)")
    (part,) = read(docx(body, links=links))
    assert part.text == "[good](https://example.org/a%20b) bad within"
    assert [one.code for one in part.left_out] == ["link"]


def test_fields_show_their_result_and_a_table_of_contents_nothing():
    def field(instruction, result):
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    found = text(
        p(raw=field(' TOC \\o "1-3" ', "Contents 1"))
        + p("Chapter 1", "TM1")
        + p(raw=r("See ") + field(' HYPERLINK "https://a.org" ', "there") + field(" REF x ", ", 3"))
    )
    assert found == "See [there](https://a.org), 3"


def test_tracked_changes_count_as_accepted_and_are_told():
    body = p(
        raw=f"<w:ins>{r('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        + r(" kept")
    )
    assert text(body) == "new kept"
    assert left_out(body) == [("insertions", "1"), ("deletions", "1")]


def test_what_has_no_place_in_a_text_is_told_with_its_words():
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="A map"/></wp:inline>'
        "</w:drawing></w:r>"
    )
    box = f"<w:r><mc:AlternateContent><w:txbxContent>{p('Words in a box')}</w:txbxContent>"
    body = p(raw=r("a") + drawing + box + "</mc:AlternateContent></w:r>") + p(
        raw="<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>" + r("secret", "<w:vanish/>")
    )
    assert text(body) == "a"
    assert left_out(body) == [
        ("drawing", "A map"),
        ("text_box", "Words in a box"),
        ("formula", "x=2"),
        ("hidden", "secret"),
    ]
    assert left_out(p("a"), comments='<w:comment w:id="1"/>') == [("comments", "1")]


def test_raised_figures_stay_raised():
    body = p(raw=r("km") + r("2", '<w:vertAlign w:val="superscript"/>'))
    assert text(body) == "km²"


def test_arabic_has_switches_of_its_own():
    assert text(p(raw=r("غامق", "<w:bCs/><w:rtl/>") + r(" نص", "<w:b/><w:rtl/>"))) == "**غامق** نص"


# Which part is which


def test_chapters_are_found_by_number_by_title_and_by_likeness():
    body = (
        p("A preface")
        + p("1. À propos", "Titre1") + p("a")
        + p("السياقُ", "Titre1") + p("b")
        + p("La population migrante en 2024", "Titre1") + p("c") + p("Context", "Titre2") + p("d")
        + p("Bibliographie", "Titre1") + p("e")
    )  # fmt: skip
    found = read(docx(body), SEVERAL, "fr")
    assert [(one.heading, one.key, one.how, one.text) for one in found] == [
        ("", "", "", "A preface"),
        ("1. À propos", "1", NUMBER, "a"),
        ("السياقُ", "2", TITLE, "b"),
        ("La population migrante en 2024", "3", LIKE, "c\n\n### Context\n\nd"),
        ("Bibliographie", "", "", "e"),
    ]


def test_chapters_may_stand_on_the_second_level():
    body = p("City profile", "Titre1") + p("Context", "Titre2") + p("x", "Titre3") + p("y")
    found = {one.key: one.text for one in read(docx(body), SEVERAL)}
    assert found == {"": "", "2": "### x\n\ny"}


def test_a_file_for_one_section_is_cut_only_where_that_one_begins():
    body = p("Context", "Titre1") + p("x") + p("Migrant population", "Titre1") + p("y")

    def keys(only):
        found = parts_of(docx(body), SEVERAL, language="en", origin="sfax", only=only)
        return [(one.key, one.text) for one in found]

    assert keys("2") == [("2", "x"), ("", "y")]
    assert keys("ES") == [("ES", "### Context\n\nx\n\n### Migrant population\n\ny")]


def test_a_file_without_any_known_heading_is_all_one_part():
    found = read(docx(p("Just text")), SEVERAL)
    assert [(one.key, one.text) for one in found] == [("", "Just text")]


# Attacks


def refused(file, among=ONE):
    with pytest.raises(InvalidInput) as caught:
        read(file, among)
    return str(caught.value)


LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b""), "damaged"),
        (io.BytesIO(b"<html>not a file of Word</html>"), "damaged"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0" + b"\0" * 600), "older Word"),
        (zipped({"a.txt": "no Word"}), "damaged"),
        (docx(p("x"), main=MAIN.replace("word", "spreadsheet")), "not a Word document"),
        (docx(p("x"), main=MAIN.replace("main", "macroEnabled.main")), "macros"),
        (docx(document=LAUGHS), "damaged"),
        (docx(document=LAUGHS.replace('"lol"', 'SYSTEM "file:///etc/passwd"')), "damaged"),
        (docx(document=LAUGHS.encode("utf-16")), "damaged"),
        (docx(document="<w:document"), "damaged"),
        (docx("<w:p>" * 400 + "</w:p>" * 400), "damaged"),
    ],
)
def test_what_is_no_harmless_word_file_is_refused(file, said):
    assert said in refused(file)


def test_a_file_without_text_has_no_parts():
    assert read(docx()) == read(docx(p())) == []


def test_macros_are_seen_in_the_file_itself():
    file = docx(p("x"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    file.seek(0)
    assert "macros" in refused(file)


def test_nothing_is_expanded_fetched_or_unpacked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = docx(
        p("x", raw='<w:hyperlink r:id="e">' + r("x") + "</w:hyperlink>"),
        links=link("e", "file:///etc/passwd"),
    )
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("../../escaped.txt", "x")
        archive.writestr("/tmp/escaped.txt", "x")  # noqa: S108 - an attack
    file.seek(0)
    (part,) = read(file)
    assert part.text == "x"
    assert list(tmp_path.rglob("*")) == []


def test_a_bomb_is_refused_before_it_is_unpacked():
    zeros = "0" * (package.MOST_IN_PART + 10)
    many = {f"word/media/{number}": zeros for number in range(18)}
    bomb = zipped(many)
    single = docx(document=zeros)
    assert len(single.getvalue()) < 100_000
    tracemalloc.start()
    assert "unpacks to more" in refused(bomb)
    assert "unpacks to more" in refused(single)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * package.MOST_IN_PART


def test_too_many_entries_or_paragraphs_are_refused(monkeypatch):
    monkeypatch.setattr(package, "MOST_PARAGRAPHS", 3)
    assert "4 paragraphs" in refused(docx(p("x") * 4))
    monkeypatch.setattr(package, "MOST_ENTRIES", 3)
    assert "unpacks to more" in refused(docx(p("x")))


def test_a_file_that_takes_too_long_is_given_up():
    moments = iter(range(0, 1000, 5))
    with pytest.raises(InvalidInput, match="too long"):
        read(docx(p("x") * 50), patience=Patience(lambda: float(next(moments))))


def hurried(body, monkeypatch):
    """Read a file that is to be given up before it is read to its end; return how long it took."""
    monkeypatch.setattr(package, "MOST_SECONDS", 0.05)
    began = time.process_time()
    with pytest.raises(InvalidInput, match="too long"):
        read(docx(body))
    return time.process_time() - began


def test_a_single_paragraph_is_given_up_too(monkeypatch):
    assert hurried(p(raw=r("a ") * 100_000), monkeypatch) < 2
    assert hurried(p(raw="<w:r>" + "<w:t>a </w:t>" * 200_000 + "</w:r>"), monkeypatch) < 2


def cost_of_runs(times):
    """Return the seconds of a processor that runs and marks take, so many times of each."""
    alternating = r("a! ", "<w:b/>") + r("b, ", "<w:b/><w:i/>")
    body = p(raw=r("word ") * 20 * times) + p(raw=alternating * 10 * times) + p("!" * 200 * times)
    began = time.process_time()
    (part,) = read(docx(body), patience=Patience(lambda: 0.0))
    assert part.text.count("word") == 20 * times
    return time.process_time() - began


def test_runs_and_marks_cost_no_more_each_where_there_are_many():
    few = min(cost_of_runs(50) for _again in range(3))
    # Eight times as many: with the square of their number it would be 64 times the cost.
    assert cost_of_runs(400) < 24 * few


def test_fields_that_never_end_are_refused():
    begun = '<w:r><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="separate"/></w:r>'
    assert "damaged" in refused(docx(p(raw=begun * 100 + r("x"))))


def test_too_many_parts_are_refused(monkeypatch):
    monkeypatch.setattr(chapters, "MOST_PARTS", 3)
    assert "4 parts" in refused(docx(p("A", "Titre1") * 4), SEVERAL)


@pytest.mark.parametrize("value", ["²", "٣", "9" * 5_000, "-1", ""])
def test_numbers_that_word_does_not_write_are_none(value):
    numbered = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="{value}"><w:start w:val="{value}"/>'
        '<w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    item = (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{value}"/><w:numId w:val="1"/></w:numPr>'
        f'<w:outlineLvl w:val="{value}"/></w:pPr>{r("a")}</w:p>'
    )
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{value}"/></w:tcPr>{p("b")}</w:tc>'
    table = f"<w:tbl><w:tr>{cell}{cell}</w:tr><w:tr>{cell}{cell}</w:tr></w:tbl>"
    found = text(item + table, numbering=numbered)
    assert found.startswith("1. a")
    assert "| b | b |" in found


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_bytes_that_were_never_packed_are_refused(method):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "x" * 1_000)
    raw = bytearray(content.getvalue())
    began = 30 + len("[Content_Types].xml")
    raw[began : began + 12] = b"\xff" * 12
    assert "damaged" in refused(io.BytesIO(raw))


def test_boxes_too_deep_are_refused():
    body = p("x")
    for _level in range(8):
        body = tbl((body,))
    assert "too deep" in refused(docx(body))


@pytest.mark.slow
def test_a_whole_profile_is_read_within_two_seconds():
    paragraph = p(
        raw=r("Some words of a sentence that goes on, ") * 8 + r("bold", "<w:b/>") + r(".")
    )
    chapter = p("Context", "Titre1") + paragraph * 200 + tbl(*[("a", "1")] * 40)
    file = docx(chapter + p("Migrant population", "Titre1") + paragraph * 200)
    began = time.process_time()
    found = read(file, SEVERAL)
    assert sum(one.words for one in found) > 20_000
    assert time.process_time() - began < 2
