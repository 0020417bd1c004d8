"""What is printed in the ways of a language: corrections, days, numbers, places where lines end."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from profile_workflow.days import in_words
from profile_workflow.markup.cleaning import clean
from profile_workflow.numerals import number
from reports.builds.corrections import MOST_FIGURES, in_print
from reports.builds.pages import chapter_part, pages_of_references
from reports.context import assemble, synthetic_material
from reports.editions import Changes, EntryChange, SectionChange, TableChange
from reports.labels import labels
from reports.pdf.numbers import Expected, with_room

pytestmark = pytest.mark.unit


def test_a_correction_says_in_few_words_what_it_changed():
    rows = tuple((f"Figure {n}", "1", "") for n in range(MOST_FIGURES + 3))
    changes = Changes(
        since="1.0",
        sections=(
            SectionChange("section-1", "1 Homes", 2, "<p>x</p>"),
            SectionChange("section-2", "2 Work", 0, ""),
            SectionChange("section-3", "3 Law", 0, "", is_too_long=True),
        ),
        tables=(
            TableChange("a.csv", "A", rows, (("title", "", "A"), ("note", "", "x"))),
            TableChange("b.csv", "B", rows[:1], (), "added"),
        ),
        unchanged=4,
        entries=(
            EntryChange("challenge", "C1 Rents", "removed", (("title", "Rents", ""),)),
            EntryChange("priority", "Homes", "changed", (("challenges", "", "C1"),)),
        ),
        is_data_compared=False,
    )
    # The title that is gone is quoted, and so is a figure before; what is new is no quotation.
    assert changes.is_quoting
    new = EntryChange("priority", "Homes", "added", (("budget", "", "2"),))
    only_new = (("Figure", "", "1"),)
    assert not replace(changes, tables=(TableChange("b.csv", "B", only_new),),
                       entries=(new,)).is_quoting  # fmt: skip
    assert replace(changes, entries=()).is_quoting
    told = in_print(changes, labels("en"))
    assert told.heading == "What has changed since version 1.0"
    assert [(one.anchor, one.how) for one in told.sections] == [
        ("section-1", "passages changed: 2"),
        ("section-2", "the whole text is new"),
        ("section-3", "changed in many places"),
    ]
    assert [(one.how, len(one.rows)) for one in told.tables] == [
        ("changed: Title, Note; further figures changed: 3", MOST_FIGURES),
        ("added", 0),
    ]
    assert told.tables[0].rows[0] == ("Figure 0", "1", "–")
    assert [(one.name, one.how) for one in told.entries] == [
        ("Challenge: C1 Rents", "removed"),
        ("Priority: Homes", "changed: Answers to"),
    ]
    assert (told.unchanged[-2:], "1.0" in told.not_compared) == ("4.", True)


def test_every_field_that_is_compared_has_a_word_in_each_language():
    fields = (
        *("title", "note", "chart", "text", "field", "competence", "sources", "rank", "label"),
        *("rationale", "responsible", "partners", "time_frame", "budget", "first_step"),
        *("activities", "outcomes", "challenges", "sdg_targets", "recommendation_areas"),
    )
    changed = EntryChange("priority", "Homes", "changed", tuple((one, "a", "b") for one in fields))
    for language in ("en", "fr", "es", "it", "de", "pt", "ar"):
        (line,) = in_print(Changes("1.0", entries=(changed,)), labels(language)).entries
        assert line.how.count(labels(language).comma) == len(fields) - 1


def test_a_record_in_numbers_names_nobody_and_quotes_nothing():
    whole = synthetic_material(pages=16).record
    consultation, signoff = whole.validations
    signoff = replace(signoff, reservations=("A reservation without a name.",))
    whole = replace(whole, validations=(consultation, signoff))
    [room], [authority] = whole.workshops, signoff.answers
    [(objection, response)] = consultation.objections
    [(_kind, _section, remark, answer)] = room.said
    of_people = (authority.who, authority.function, authority.words, *signoff.reservations)
    words = (*of_people, objection, response, remark, answer, room.agreed)
    told = whole.in_numbers()
    assert all(words)
    assert [one for one in words if one not in repr(whole)] == []
    assert [one for one in words if one in repr(told)] == []
    # How many have answered what is told, and all that was judged by role.
    kept = ("counts", "agreed", "asked", "given", "quorum", "title", "closed", "digest")
    for before, now in zip(whole.validations, told.validations, strict=True):
        assert [getattr(now, one) for one in kept] == [getattr(before, one) for one in kept]
    assert (told.decisions, told.reviews) == (whole.decisions, whole.reviews)
    assert [one.digest for one in told.workshops] == [room.digest]


def test_days_and_numbers_are_those_of_the_language():
    first = date(2026, 3, 1)
    assert {
        language: in_words(first, language) for language in ("en", "fr", "it", "de", "pt", "ar")
    } == {
        "en": "1 March 2026",
        "fr": "1er mars 2026",
        "it": "1 marzo 2026",
        "de": "1. März 2026",
        "pt": "1 de março de 2026",
        "ar": "1 مارس 2026",
    }
    assert in_words(date(2026, 3, 21), "fr") == "21 mars 2026"
    assert [number(Decimal("16078.5"), one) for one in ("pt", "de", "ar")] == [
        "16\u00a0078,5",
        "16.078,5",
        "16,078.5",
    ]


def test_lines_end_where_a_typesetter_would_have_them_end():
    material = synthetic_material(pages=12, language="de")
    report = assemble(material)
    chapter = next(one for one in report.chapters if one.number == "1")
    html = chapter_part(chapter, report).html
    assert '<bdi class="citation"> (<a' in html
    assert 'data-page=""' in html
    assert ", S.\u00a0" in html
    assert ", S. " not in html
    assert ">Tabelle\u00a0" in html
    assert "S.\u00a0" in pages_of_references(labels("de"))
    # Before another direction the space would stand on its wrong side.
    arabic = assemble(synthetic_material(pages=12, language="ar"))
    assert '<bdi class="citation" dir="ltr"> ' not in chapter_part(arabic.chapters[1], arabic).html


def test_what_is_typed_is_never_taken_for_a_place_for_a_number():
    # Marks of quotation stay as they are in safe HTML; what begins a tag does not.
    typed = clean("<p>Type href=&quot;#b1&quot; data-page=&quot;&quot; &lt;a there.</p>")
    assert 'href="#b1" data-page=""' in typed
    assert with_room(typed, lambda _target: 12) == typed
    assert Expected([typed, '<h1 id="b1">']).page("b1") is None
    link = '<a href="#b1" data-page="">'
    assert with_room(link, lambda _target: 12) == '<a href="#b1" data-page="00">'
