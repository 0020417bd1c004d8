"""Citations and bibliography by author and date, in the three languages and both directions."""

from datetime import date

import pytest

from profile_workflow.bibliography import formatting
from profile_workflow.bibliography.citing import recited
from profile_workflow.bibliography.record import Reference
from profile_workflow.states import SourceKind

pytestmark = pytest.mark.unit


def source(key="k", **fields):
    return Reference(key, **{"authors": "INS", "year": "2021", "title": "Census", **fields})


def text_of(one, language="en"):
    return formatting.entry(one, language).text


@pytest.mark.parametrize(
    ("authors", "language", "cited"),
    [
        ("INS", "en", "INS 2021"),
        ("ICMPD, UCLG and UN-Habitat", "en", "ICMPD, UCLG and UN-Habitat 2021"),
        ("Natter, Katharina", "en", "Natter 2021"),
        ("Natter, Katharina; Thiollet, H.", "en", "Natter and Thiollet 2021"),
        ("Natter, Katharina; Thiollet, H.", "fr", "Natter et Thiollet 2021"),
        ("العروي، علي; بنعلي، سمية", "ar", "العروي وبنعلي 2021"),
        ("Natter, K.; Thiollet, H.; IOM", "en", "Natter et al. 2021"),
        ("Natter, K.; Thiollet, H.; IOM", "fr", "Natter et al. 2021"),
        ("العروي، علي; بنعلي، سمية; المنظمة", "ar", "العروي وآخرون 2021"),
    ],
)
def test_citations(authors, language, cited):
    assert formatting.citation(source(authors=authors), language) == cited


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [("en", "INS n.d.-a", "INS n.d.-b"), ("fr", "INS s. d.-a", "INS s. d.-b"),
     ("ar", "INS د. ت.-a", "INS د. ت.-b")],
)  # fmt: skip
def test_works_of_one_year_are_told_apart(language, first, second):
    several = [source("b", year="", title="Zulu"), source("a", year="", title="Alpha")]
    assert formatting.citations(several, language) == {"a": first, "b": second}
    several = [source("b", title="Zulu"), source("a", title="Alpha"), source("c", year="2020")]
    words = formatting.citations(several, language)
    assert words == {"a": "INS 2021a", "b": "INS 2021b", "c": "INS 2020"}


ARTICLE = source(
    kind=SourceKind.ARTICLE,
    authors="Natter, Katharina; Thiollet, H.",
    title="Rethinking migration.",
    container="Third World Quarterly",
    volume="43(7)",
    pages="1515-1532",
    doi="10.1080/x",
    url="https://example.org",
)


def test_an_article():
    assert text_of(ARTICLE) == (
        "Natter, Katharina; Thiollet, H. (2021). Rethinking migration. Third World Quarterly "
        "43(7), pp. 1515–1532. https://doi.org/10.1080/x."
    )
    assert "<em>Third World Quarterly</em> 43(7)" in formatting.entry(ARTICLE, "en").html
    assert 'href="https://doi.org/10.1080/x"' in formatting.entry(ARTICLE, "en").html


def test_a_report_a_chapter_and_a_page_in_three_languages():
    report = source(publisher="INS", title="Recensement.")
    assert formatting.entry(report, "fr").html == "INS (2021). <em>Recensement</em>. INS."
    chapter = source(kind=SourceKind.CHAPTER, container="Cities", pages="3")
    assert text_of(chapter) == "INS (2021). Census. In Cities, p. 3."
    assert text_of(chapter, "fr") == "INS (2021). Census. Dans Cities, p. 3."
    page = source(kind=SourceKind.WEB, url="https://ins.tn/x", accessed_on=date(2024, 5, 3))
    assert "(accessed on 3 May 2024)." in text_of(page)
    assert "(consulté le 3 mai 2024)." in text_of(page, "fr")
    # As all days in print, not as those on a screen: "03 Maggio", "3 de Maio".
    assert "3 maggio 2024" in text_of(page, "it")
    assert "3 de maio de 2024" in text_of(page, "pt")
    assert "(اطُّلع عليه في" in text_of(page, "ar")


def test_arabic_reads_from_right_to_left_with_its_own_marks():
    arabic = source(authors="العروي, علي; بلدية صفاقس", title="الهجرة")
    entry = formatting.entry(arabic, "ar")
    assert entry.direction == "rtl"
    assert entry.text == "العروي، علي؛ بلدية صفاقس (2021). الهجرة."
    assert formatting.entry(source(), "ar").direction == "ltr"


@pytest.mark.parametrize("field", ["authors", "title", "publisher", "container", "volume", "pages"])
@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", 'a" onclick="x', "&lt;b&gt; & <i>", "\ue000x\ue001"]
)
def test_everything_is_escaped(field, words):
    html = formatting.entry(source(kind="chapter", **{field: words}), "en").html
    assert html.replace("<em>", "").replace("</em>", "").count("<") == 0
    assert "\ue000" not in html
    assert "&lt;b&gt;" not in html


def test_the_order_is_that_of_the_language():
    several = [
        source("z", authors="Zürich"),
        source("e", authors="Écoles"),
        source("i", authors="INS", year=""),
        source("i2", authors="INS", year="1999"),
        source("b", authors="البلدية"),
        source("a", authors="أحمد"),
    ]
    order = [one.key for one in formatting.in_order(several, "fr")]
    assert order == ["e", "i2", "i", "z", "a", "b"]
    assert [one.key for one in formatting.in_order(several, "ar")][:2] == ["a", "b"]
    assert [one.key for one in formatting.bibliography(several, "fr")] == order


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("As [@old, p. 4] says.", "As [@new, p. 4] says."),
        ("[@old; @older; @old-2]", "[@new; @older; @old-2]"),
        ("[@new; @old]", "[@new]"),
        ("No @old citation.", "No @old citation."),
        ("[@other] old", "[@other] old"),
    ],
)
def test_citations_are_rewritten_and_nothing_else(text, said):
    assert recited(text, "old", "new") == said
