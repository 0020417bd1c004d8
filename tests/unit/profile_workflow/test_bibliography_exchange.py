"""BibTeX, RIS and CSL-JSON: what is read and told, that nothing crashes and nothing is lost."""

import time
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_workflow.bibliography.exchange import (
    FORMATS,
    MOST_SOURCES,
    format_of,
    read,
    text_of_file,
)
from profile_workflow.bibliography.identifiers import (
    Known,
    apart,
    clean_address,
    clean_doi,
    look_the_same,
)
from profile_workflow.bibliography.keys import free_key, key_for
from profile_workflow.bibliography.latex import decoded, encoded
from profile_workflow.bibliography.record import Name, Reference, joined, lines, names_of, one_line
from profile_workflow.states import SourceKind

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


BIBTEX = r"""
Some words before the first entry, as JabRef writes them.
@string{icmpd = {International Centre for Migration Policy Development}}
@comment{ignored}
@techreport{Natter_2018,
  author = {Natter, Katharina and {Ministry of Interior, Tunisia} and H{\'e}l{\`e}ne Thiollet},
  title = "{Migration} policy in {T}unisia: \'etat des lieux -- a \& b",
  institution = icmpd # ", Vienna",
  year = 2018, number = 3, volume = {12},
  pages = {3--14},
  doi = {https://doi.org/10.1000/ABC_12},
  url = {https://example.org/a_b},
  urldate = {2024-05-03},
}
@article{k2, author={Ben Ali, S.}, title={One}, journal={Revue}, year={2019}} @book{k3,
 author={IOM}, title={Two}}
"""


def only(text: str) -> Reference:
    reading = read(text)
    assert [one.message for one in reading.faults] == []
    (found,) = reading.sources
    return found.reference


def test_bibtex_of_other_programs_is_read():
    reading = read(BIBTEX)
    assert (reading.faults, reading.format) == ([], FORMATS["bib"])
    first, second, third = (one.reference for one in reading.sources)
    assert [one.line for one in reading.sources] == [5, 15, 15]
    assert first == Reference(
        key="Natter_2018",
        kind=SourceKind.REPORT,
        authors="Natter, Katharina; Ministry of Interior, Tunisia; Thiollet, Hélène",
        year="2018",
        title="Migration policy in Tunisia: état des lieux – a & b",
        volume="12(3)",
        pages="3–14",
        publisher="International Centre for Migration Policy Development, Vienna",
        doi="10.1000/abc_12",
        url="https://example.org/a_b",
        accessed_on=date(2024, 5, 3),
    )
    assert (second.kind, second.container, second.year) == (SourceKind.ARTICLE, "Revue", "2019")
    assert (third.kind, third.authors, third.title) == (SourceKind.BOOK, "IOM", "Two")


def test_ris_is_read_with_its_continued_lines_and_page_ranges():
    found = only(
        "TY  - JOUR\r\nAU  - Natter, K.\r\nAU  - IOM\r\nTI  - A long\r\n title\r\nJO  - Revue\r\n"
        "VL  - 3\r\nIS  - 2\r\nSP  - 1\r\nEP  - 9\r\nPY  - 2019/05/01/\r\nDO  - 10.1000/x\r\n"
        "UR  - https://doi.org/10.1000/x\r\nY2  - 2024/05/03\r\nN1  - one\r\n"
        "N1  - two\r\nER  - \r\n"
    )
    assert found == Reference(
        kind=SourceKind.ARTICLE,
        authors="Natter, K.; IOM",
        year="2019",
        title="A long title",
        container="Revue",
        volume="3(2)",
        pages="1–9",
        doi="10.1000/x",
        accessed_on=date(2024, 5, 3),
        note="one\ntwo",
    )


def test_csl_json_is_read():
    found = only(
        '[{"id": "x", "type": "legislation", "title": "Loi 2004-6", "author": [{"literal":'
        ' "Tunisie"}, {"family": "Ali", "given": "S.", "non-dropping-particle": "Ben"}],'
        ' "issued": {"date-parts": [["2004", 2]]}, "accessed": {"date-parts": [[2024, 5, 3]]}}]'
    )
    assert (found.kind, found.authors) == (SourceKind.LAW, "Tunisie; Ben Ali, S.")
    assert (found.year, found.accessed_on) == ("2004", date(2024, 5, 3))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("@book{a, title={One}", [(1, "The entry has no end: a brace is not closed.")]),
        ("\n\n@book{a, author={B}}", [(3, "It has no title.")]),
        ("@book{a, title={T}}", [(1, "It has neither an author nor a publisher.")]),
        ("@book{a, title={T}, author=}", [(1, "A field has no value.")]),
        ("@book{a, title={T} oops}", [(1, "This is no field: oops")]),
        ("hello", [(1, "This is neither BibTeX nor RIS nor CSL-JSON.")]),
        ("TI  - T\nTY  - BOOK\nAU  - A\nTI  - T\nER  -", [(1, "This line belongs to no source.")]),
        (
            '[{"title": "T", "author": [{"literal": "A"}]},\n {"ti',
            [(2, "From here on this is no JSON.")],
        ),
        ("[1]", [(1, "This is no source.")]),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, faults):
    assert [(one.line, one.message) for one in read(text).faults] == faults


def test_one_broken_entry_does_not_spoil_the_others():
    reading = read("@book{a, title={One\n@book{b, title={Two}, author={B}}\n")
    assert [one.reference.key for one in reading.sources] == ["b"]
    assert [one.line for one in reading.faults] == [1]


def test_what_does_not_fit_its_field_goes_into_the_note():
    found = only("@misc{a, title={T}, author={A}, doi={none}, url={javascript:alert(1)}, note={N}}")
    assert (found.doi, found.url) == ("", "")
    assert found.note == "N\nDOI: none\nURL: javascript:alert(1)"


# Hostile input

HOSTILE = [
    "@a{" * 100_000,
    "@a{x,\n" * 50_000,
    "@a{x, t = " + "{" * 300_000,
    "@a{x, t = " + "{" * 100_000 + "}" * 100_000 + "}",
    "@a{x," + " " * 900_000,
    "@string{a = {xxxxxxxxxx}}" + "".join("@string{a = a # a}" for _n in range(60)),
    "@a{x, author = {" + " and ".join("B" * 40_000) + "}}",
    "@a{x, title = {" + "\\" * 300_000 + "}}",
    "@a{x, title = {" + "\\'{" * 100_000 + "}}",
    "TY  - BOOK\n" + "AU  - A\n" * 100_000,
    "TY  - BOOK\nTI  - x\n" + " more\n" * 150_000,
    "[" * 500_000,
    '{"a":' * 100_000,
    '[{"volume": ' + "9" * 5000 + "}]",
    '[{"author": [[[{}]]], "issued": {"date-parts": [[[]]]}, "title": {"a": 1}}]',
    '[{"title": NaN, "issued": {"date-parts": [[1e999]]}, "accessed": 7}]',
    "@book{a, title={\x00\x01\ud800\u202e=cmd|' /C calc'!A0}, author={=1+1}}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_quickly_and_never_crashes(text):
    begun = time.process_time()
    reading = read(text)
    assert time.process_time() - begun < 4
    assert reading.sources or reading.faults
    for one in reading.sources:
        assert "\x00" not in one.reference.title + one.reference.authors


def test_there_is_a_limit_to_how_many_are_read():
    text = "".join(f"@book{{k{n}, title={{T {n}}}, author={{A}}}}\n" for n in range(600))
    reading = read(text)
    assert len(reading.sources) == MOST_SOURCES
    assert "500" in reading.faults[0].message


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("@{}\"=,#\\' \nabTYEROAU-[]:1&"), max_size=200),
    st.sampled_from(["", "@book{", "TY  - BOOK\n", "[{"]),
)
def test_reading_never_crashes(text, start):
    with translation.override("en"):
        read(start + text)


@pytest.mark.parametrize(
    ("content", "text", "guessed"),
    [
        ("é".encode(), "é", False),
        ("\ufeffé".encode(), "é", False),
        ("é".encode("utf-16"), "é", False),
        ("é".encode("cp1252"), "é", True),
    ],
)
def test_encodings(content, text, guessed):
    assert text_of_file(content)[0].lstrip("\ufeff") == text
    assert text_of_file(content)[1] is guessed


@pytest.mark.parametrize("content", [b"\x00\x01binary", b"a" * 1_000_001])
def test_what_is_no_text_or_too_large_is_refused(content):
    with pytest.raises(ValueError, match=r"not a text|larger"):
        text_of_file(content)


def test_the_format_is_recognised():
    assert format_of("\ufeff [{}]") is FORMATS["json"]
    assert format_of("Provider: x\nTY  - BOOK") is FORMATS["ris"]
    assert format_of("% @book\n@book{a,}") is FORMATS["bib"]
    assert format_of("nothing") is None


# Out and back

_WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcXYZ 019.,:;-–'`\"{}[]()\\&%$#_~^@=|/<>!?éçœßالهجرة،"),
        st.characters(exclude_categories=["C", "Z"]),
    ),
    max_size=40,
).map(one_line)
_NAMES = st.lists(
    st.sampled_from(
        ["Natter, Katharina", "IOM", "ICMPD, UCLG and UN-Habitat", "Ben Ali, S. M.", "OECD & EU",
         "العروي، عبد الله", "بلدية صفاقس", "Ministère de l'Intérieur, Tunisie", "Land and Sea",
         "{Braces} and #", "de la Cruz, J.-P."]
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip
SOURCES = st.builds(
    Reference,
    key=st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
    kind=st.sampled_from(SourceKind.values),
    authors=_NAMES.map("; ".join),
    year=st.sampled_from(["", "2019", "0987", "2019–2020", "forthcoming"]),
    title=_WORDS.filter(bool),
    container=_WORDS,
    volume=st.sampled_from(["", "12", "12(3)", "A-1"]),
    pages=st.sampled_from(["", "3", "3–14", "e12", "3-4, 9"]),
    publisher=_WORDS,
    language=st.sampled_from(["", "fr", "ar", "en-GB"]),
    doi=st.sampled_from(["", "10.1000/abc_1.2(3)", "10.12345/a%b{c}"]),
    url=st.sampled_from(
        ["", "https://example.org/a_b?c=d&e=%C3%A9#f", "http://example.org/~x/{y}"]
    ),
    accessed_on=st.sampled_from([None, date(2024, 5, 3)]),
    note=st.lists(_WORDS, max_size=3).map(lambda several: lines("\n".join(several))),
)


@pytest.mark.parametrize("ending", list(FORMATS))
@settings(max_examples=200, deadline=None)
@given(sources=st.lists(SOURCES, min_size=1, max_size=3))
def test_out_and_back_loses_nothing(ending, sources):
    with translation.override("en"):
        reading = read(FORMATS[ending].write(sources))
        assert reading.format is FORMATS[ending]
        assert reading.faults == []
        assert [one.reference for one in reading.sources] == sources


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=60))
def test_tex_gives_back_what_was_made_safe_for_it(text):
    assert decoded(encoded(text)) == text


# Names, keys, identity


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Natter, Katharina; IOM", (Name("Natter", "Katharina"), Name("IOM"))),
        ("ICMPD, UCLG and UN-Habitat", (Name("ICMPD, UCLG and UN-Habitat"),)),
        ("ICMPD, UNHCR", (Name("ICMPD, UNHCR"),)),
        ("Sfax, Municipality of", (Name("Sfax, Municipality of"),)),
        ("العروي، عبد الله", (Name("العروي", "عبد الله"),)),
        ("Ben Ali, J.-P.", (Name("Ben Ali", "J.-P."),)),
    ],
)
def test_persons_and_bodies(authors, names):
    assert names_of(authors) == names
    assert joined(names) == authors


def test_keys_can_be_cited_and_are_free():
    assert key_for("Natter, Katharina; IOM", "2018", []) == "natter-2018"
    assert key_for("OECD and European Union", "2019", ["oecd-2019"]) == "oecd-2019-2"
    assert key_for("بلدية صفاقس", "2023", []).endswith("-2023")
    assert free_key("DBLP:conf/x+y", {"DBLP-conf-x-y"}) == "DBLP-conf-x-y-2"
    assert free_key("هجرة", set()) == ""


@pytest.mark.parametrize(
    "text", ["10.1000/ABC", "doi:10.1000/abc", "https://doi.org/10.1000/abc", "DOI: 10.1000/abc."]
)
def test_a_doi_is_kept_bare(text):
    assert clean_doi(text) == "10.1000/abc"
    assert apart("", "http://dx.doi.org/10.1000/abc") == ("10.1000/abc", "")


@pytest.mark.parametrize(
    "text", ["11.1000/a", "10.1/a", "https://example.org/10.1000/a", "10.1000/"]
)
def test_what_is_no_doi_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        clean_doi(text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "ftp://a.b/c", "http://[", "a b.c", "x" * 600]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        clean_address(text)


def test_the_same_source_is_known_again():
    law = Reference("a", title="Loi n° 2004-6 du 3 février", year="2004", authors="Tunisie")
    page = Reference("b", title="Migration", url="https://www.iom.int/x/?utm_source=mail")
    known = Known([law, page])
    assert known.same_as(Reference(title="LOI N° 2004-6 du 3 fevrier", year="2004")).by == "title"
    assert known.same_as(Reference(title="Z", url="http://iom.int/x#top")).row is page
    assert known.same_as(Reference("a", title="Other thing")).by == "key"
    assert known.same_as(Reference("c", title="Loi n° 2004-6 du 3 février", year="2005")) is None
    # The front page of a site tells nothing.
    assert (
        Known([Reference(url="https://iom.int/")]).same_as(Reference(url="https://iom.int")) is None
    )
    twin = Reference("d", title="Loi n° 2004-6 du 3 février", year="2004")
    assert look_the_same([law, page, twin]) == [(law, twin, "title")]
