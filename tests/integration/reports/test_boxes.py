"""The list of boxes: in the front matter, where there are any, and in the web edition."""

import json
from dataclasses import replace

import pytest

from reports.builds.pages import job_of
from reports.builds.web import edition_from
from reports.context import assemble, synthetic_material
from reports.editions import Edition
from reports.labels import LANGUAGES, labels

pytestmark = [pytest.mark.unit]

TEXT = (
    ":::box Rents & <b>wages</b>\nA.\n:::\n\n:::practice One stop\nB.\n:::\n\n"
    ":::warning Not the same year\nC.\n:::\n\n:::box\nWithout a title.\n:::"
)


def report_with(text, language="en"):
    material = synthetic_material(pages=7, language=language)
    sections = tuple(replace(one, text=text) for one in material.sections[:1])
    return assemble(replace(material, sections=sections))


def edition_of(report):
    return edition_from(synthetic_material(pages=7), report, pictures={}, changes=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes_with_a_title_are_listed_with_their_pages(language):
    report = report_with(TEXT, language)
    titles = [one.title for one in report.boxes]
    assert titles == ["Rents & <b>wages</b>", "One stop", "Not the same year"]
    front = job_of(report).front
    assert f'<h1 id="list-of-boxes" data-title="{report.title}">' in front
    assert f">{labels(language).list_of_boxes}</h1>" in front
    for one in report.boxes:
        assert f'<aside id="{one.anchor}"' in report.chapters[0].html
        # Where the page of the target is filled in when the pages are laid out.
        assert f'<a href="#{one.anchor}" data-page="">' in front
    assert "Rents &amp; &lt;b&gt;wages" in front


def test_a_report_without_boxes_has_no_list_of_them():
    report = report_with("Words.")
    assert report.boxes == ()
    assert "list-of-boxes" not in job_of(report).front


def test_the_web_edition_lists_them_and_older_ones_can_still_be_read():
    edition = edition_of(report_with(TEXT))
    assert [one.name for one in edition.boxes] == [
        "Rents & <b>wages</b>", "One stop", "Not the same year",
    ]  # fmt: skip
    assert Edition.from_json(edition.to_json()) == edition
    older = json.loads(edition.to_json())
    del older["boxes"]
    assert Edition.from_json(json.dumps(older)).boxes == ()
