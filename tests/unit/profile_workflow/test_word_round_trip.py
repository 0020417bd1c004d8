"""To Word and back: what the dialect holds comes back, in three languages; LibreOffice too."""

import html
import io
import pathlib
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from profile_workflow import markup
from profile_workflow.word.chapters import MARK, TITLE, Chapter, parts_of
from profile_workflow.word.document import WordDocument, WordImage, WordSection, WordTable
from profile_workflow.word.elements import by_direction
from profile_workflow.word.files import make_docx
from profile_workflow.word.inline import Piece, to_markdown
from profile_workflow.word.package import tag
from tests.pictures import plain_png

pytestmark = pytest.mark.unit

CHAPTERS = [Chapter("ES", "", ["Executive summary"]), Chapter("2-a", "2", ["The city", "المدينة"])]

FOLDER = pathlib.Path(__file__).parents[2] / "corpora"
#: Language → samples of the dialect, apart by a line of signs.
CORPUS = {
    language: (FOLDER / f"word.{language}.txt").read_text(encoding="utf-8")[:-1].split("\n=====\n")
    for language in ("en", "fr", "ar")
}
LONG = "A very long paragraph. " * 400
EVERY = [("en", LONG), *((one, text) for one, texts in CORPUS.items() for text in texts)]


def document(*texts, language="en"):
    sections = [
        WordSection(one.key, f"{one.number} {one.titles[0]}".strip(), text, 3, 12, "Revision 3")
        for one, text in zip(CHAPTERS, texts, strict=False)
    ]
    tables = {"2-A": WordTable("Residents", ["What", "How many"], [["all", "1,000"]], "A note")}
    return WordDocument(
        "City", ["Hello."], language, "sfax", sections, tables, "Sources", "Printed"
    )


def rendered(text):
    found = markup.render(text, citations={"k": "INS 2021", "j": "UN 2020"}).html
    # A line end in a paragraph is a space, on every page.
    return " ".join(found.split())


def read(data, language="en"):
    return parts_of(io.BytesIO(data), CHAPTERS, language=language, origin="sfax")


def test_what_xml_cannot_hold_is_left_out():
    sign = "\x02\x0b\x0c\ufffe"
    made = document(f"Te{sign}xt")
    table = WordTable(f"Resi{sign}dents", [f"Wh{sign}at"], [[f"a{sign}ll"]], f"no{sign}te")
    made = replace(made, title=f"Ci{sign}ty", introduction=[f"Hel{sign}lo."], tables={"2-A": table})
    with zipfile.ZipFile(io.BytesIO(make_docx(made))) as archive:
        for name in archive.namelist():
            etree.fromstring(archive.read(name))
        assert "<dc:title>City<" in archive.read("docProps/core.xml").decode()


def texts_of(data, language="en"):
    return {part.key: part.text for part in read(data, language)}


@pytest.mark.parametrize(("language", "text"), EVERY)
def test_what_the_dialect_holds_comes_back(language, text):
    (part,) = read(make_docx(document(text, language=language)), language)
    assert rendered(part.text) == rendered(text), part.text
    assert (part.key, part.how, part.version, part.left_out) == ("ES", MARK, 12, [])


def test_a_second_journey_changes_nothing():
    for language, texts in CORPUS.items():
        once = texts_of(make_docx(document("\n\n".join(texts), language=language)), language)["ES"]
        again = texts_of(make_docx(document(once, language=language)), language)["ES"]
        assert again == once


def test_the_check_sees_a_lost_word():
    assert rendered("- a\n- b") != rendered("- a\n\n- b") != rendered("a\n\nb")
    assert rendered("*a* b") != rendered("a b")


def test_each_section_finds_its_way_back():
    data = make_docx(document("Summary.", "City.\n\n### Executive summary\n\nMore."))
    assert texts_of(data) == {"ES": "Summary.", "2-a": "City.\n\n### Executive summary\n\nMore."}


def test_what_is_printed_from_the_registers_does_not_come_back():
    section = WordSection("ES", "Summary", "[[table:2-A]]\n\nText", sources=["INS 2021"])
    data = make_docx(replace(document(), sections=[section]))
    assert b"INS 2021" in parts_in(data)["word/document.xml"]
    assert texts_of(data) == {"ES": "[[table:2-A]]\n\nText"}


def with_chart():
    image = WordImage(plain_png(), "png", 400, 300, "People. 2020: 30")
    table = WordTable("Residents", ["What"], [["all"]], chart=image)
    text = "[[figure:2-A]]\n\nText\n\n[[table:2-A]]\n\n[[figure:2-A]]\n\nSource: INS."
    section = WordSection("ES", "Summary", text)
    return text, make_docx(replace(document(), sections=[section], tables={"2-A": table}))


def test_a_chart_comes_along_with_its_table_and_nothing_of_it_comes_back():
    text, data = with_chart()
    parts = parts_in(data)
    body = etree.fromstring(parts["word/document.xml"])
    drawn = list(body.iter(tag("wp:docPr")))
    assert [one.get("descr") for one in drawn] == ["People. 2020: 30"] * 2
    assert len({one.get("id") for one in drawn}) == 2
    assert [name for name in parts if "media" in name] == ["word/media/picture1.png"]
    assert len(list(body.iter(tag("w:tbl")))) == 3
    (part,) = read(data)
    assert (part.text, part.left_out) == (text, [])


def test_a_file_of_another_profile_does_not_say_which_version_it_was():
    data = make_docx(document("Text"))
    (part,) = parts_of(io.BytesIO(data), CHAPTERS, language="en", origin="tunis")
    assert (part.key, part.how, part.version) == ("ES", MARK, None)


@given(
    st.lists(
        st.builds(
            Piece,
            st.text(alphabet="ab .,*_[]()\\^@#|>-1&;:ع\u00a0\n", max_size=12),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["", "", "https://a.org"]),
        ),
        max_size=6,
    )
)
def test_no_word_is_lost_whatever_was_typed(pieces):
    text = to_markdown(pieces)
    tokens = markup.parse(text).tokens
    assert [token.type for token in tokens] in (
        [],
        ["paragraph_open", "inline", "paragraph_close"],
    )
    shown = html.unescape(re.sub(r"<[^>]+>", "", markup.render(text, citations={}).html))
    words = re.findall(r"[ab1ع]+", "".join(one.text for one in pieces))
    assert re.findall(r"[ab1ع]+", shown) == words or "^[" in text or "[@" in text


def parts_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_file_names_nobody_and_is_the_same_each_time():
    data = make_docx(document("Text"))
    assert data == make_docx(document("Text"))
    properties = etree.fromstring(parts_in(data)["docProps/core.xml"])
    assert {etree.QName(one).localname: one.text for one in properties} == {
        "title": "City",
        "language": "en-GB",
    }


def test_arabic_runs_from_right_to_left():
    parts = parts_in(make_docx(document("نص **مع** UNHCR.\n\nEnglish", language="ar")))
    body = etree.fromstring(parts["word/document.xml"]).find(tag("w:body"))
    arabic, english = list(body.iter(tag("w:p")))[-2:]
    assert arabic.find(f"{tag('w:pPr')}/{tag('w:bidi')}") is not None
    assert english.find(f"{tag('w:pPr')}/{tag('w:bidi')}") is None
    runs = {
        "".join(run.itertext()): {etree.QName(one).localname for one in run.iter()}
        for run in arabic.iter(tag("w:r"))
    }
    assert "rtl" in runs["نص "]
    assert "rtl" not in runs["UNHCR"]
    assert {"bCs", "b", "rtl"} <= runs["مع"]
    assert b'w:bidi="ar-SA"' in parts["word/styles.xml"]
    assert body.find(f"{tag('w:sectPr')}/{tag('w:bidi')}") is not None


def test_signs_between_two_directions_belong_to_the_paragraph():
    found = list(by_direction("قال UNHCR (2020): «نعم».", is_rtl=True))
    assert found == [("قال ", True), ("UNHCR (2020", False), ("): «نعم».", True)]
    assert "".join(text for text, _rtl in found) == "قال UNHCR (2020): «نعم»."


class Counted(str):
    """Words that count the characters which are copied when they are cut or joined."""

    __slots__ = ()
    copied = 0

    def __getitem__(self, place):
        return self._made(super().__getitem__(place))

    def __add__(self, other):
        return self._made(super().__add__(other))

    def __iter__(self):
        return map(Counted, super().__iter__())

    @staticmethod
    def _made(words):
        Counted.copied += len(words)
        return Counted(words)


@pytest.mark.parametrize("words", ["كلمة", "words", "نص, text. "])
def test_cutting_by_direction_copies_each_sign_a_few_times_however_long_the_text(words):
    for times in (10, 1_000):
        Counted.copied = 0
        found = list(by_direction(Counted(words * times), is_rtl=True))
        assert "".join(text for text, _rtl in found) == words * times
        assert 0 < Counted.copied <= 5 * len(words) * times


#: Order in which Word insists on what a paragraph, a run, a table says of itself (ISO 29500-1).
ORDER = {
    "pPr": ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "numPr", "pBdr", "shd", "bidi",
            "spacing", "ind", "contextualSpacing", "jc", "outlineLvl"],
    "rPr": ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "vertAlign",
            "rtl", "lang"],
    "tblPr": ["tblStyle", "bidiVisual", "tblW", "tblInd", "tblBorders", "tblCellMar", "tblLook"],
    "lvl": ["start", "numFmt", "lvlText", "lvlJc", "pPr"],
    "style": ["name", "basedOn", "next", "qFormat", "pPr", "rPr", "tblPr", "tblStylePr"],
    "sectPr": ["pgSz", "pgMar", "bidi"],
}  # fmt: skip


def test_elements_stand_in_the_order_on_which_word_insists():
    everything = "\n\n".join(text for _language, text in EVERY)
    seen = set()
    for name, content in parts_in(make_docx(document(everything, language="ar"))).items():
        for element in etree.fromstring(content).iter():
            kind = etree.QName(element).localname
            names = [etree.QName(one).localname for one in element]
            if kind in ORDER:
                seen.add(kind)
                assert names == sorted(names, key=ORDER[kind].index), (name, kind)
    assert seen == set(ORDER)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Let LibreOffice open a file and save it again."""
    folder = tmp_path_factory.mktemp("office")

    def convert(data, ending="docx"):
        source = folder / "source.docx"
        source.write_bytes(data)
        target = folder / ending
        command = [
            shutil.which("soffice"),
            f"-env:UserInstallation=file://{folder}/user",
            *("--headless", "--convert-to", ending, "--outdir", str(target), str(source)),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return (target / f"source.{ending}").read_bytes()

    return convert


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.parametrize("language", list(CORPUS))
def test_libreoffice_opens_it_and_what_it_saves_comes_back(office, language):
    whole = "\n\n".join(CORPUS[language])
    saved = office(make_docx(document("Summary.", whole, language=language)))
    assert saved != b""
    parts = {part.key: part for part in read(saved, language)}
    assert {key: part.how for key, part in parts.items()} == {"ES": MARK, "2-a": MARK}
    assert parts["2-a"].version == 12
    assert parts["ES"].text == "Summary."
    old, new = rendered(whole), rendered(parts["2-a"].text)
    assert re.findall(r"\w+", re.sub(r"<[^>]+>", " ", new)) == re.findall(
        r"\w+", re.sub(r"<[^>]+>", " ", old)
    )
    assert new == old


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_keeps_a_chart_and_what_it_says(office):
    text, data = with_chart()
    saved = office(data)
    assert any(name.startswith("word/media/") for name in parts_in(saved))
    assert b"People. 2020: 30" in parts_in(saved)["word/document.xml"]
    (part,) = read(saved)
    assert (part.text, part.left_out) == (text, [])


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_reads_arabic(office):
    whole = "\n\n".join(CORPUS["ar"])
    words = office(make_docx(document("x", whole, language="ar")), "txt").decode()
    for wanted in ("المدينة والولاية", "نساء", "ممارسة جيدة", "[@k, p. 4]", "بند أول"):
        assert wanted in words


def test_titles_are_found_where_marks_were_lost():
    data = make_docx(document("Summary.", "City."))
    parts = parts_in(data)
    body = re.sub(rb"<w:bookmark[^>]*/>", b"", parts["word/document.xml"])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in {**parts, "word/document.xml": body}.items():
            archive.writestr(name, part)
    found = read(content.getvalue())
    assert [(part.key, part.how) for part in found] == [("ES", TITLE), ("2-a", TITLE)]
