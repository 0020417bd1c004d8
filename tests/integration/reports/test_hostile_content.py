"""Hostile content: whatever is written or sent, nothing is fetched, read or carried along.

Everything that names an address or a file is written into every field of a profile, sent as a
file, and, in case a fence should fail, put into the HTML of the layout itself.
"""

import subprocess
import sys
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from profile_workflow.models import Partner, WordReading
from profile_workflow.states import ProfileState, Role
from reports.builds.data import attachments_of
from reports.builds.outputs import practices_of, summary_of
from reports.builds.pages import job_of
from reports.builds.pictures import with_pictures
from reports.context import material_of
from reports.context.gather import report_from
from reports.pdf.isolation import build
from tests import factories, hostile
from tests.canary import SECRET, Canary, canary, dangers
from tests.docx import docx, link, p, r
from tests.integration.pages import signed_in
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf, pytest.mark.slow]


@pytest.fixture
def bird(tmp_path):
    with canary(tmp_path) as found:
        yield found


def html_of(bird: Canary) -> str:
    return "".join(bird.vectors())


# Straight into the layout, behind all fences


def test_the_layout_fetches_nothing_and_carries_nothing(bird):
    file = build(plain_job(html_of(bird), front=html_of(bird)), limits=LIMITS)

    assert bird.hits == []
    assert dangers(file.content, set()) == []


def test_a_style_sheet_fetches_nothing(bird):
    styles = tuple(
        one.removeprefix("<style>").partition("</style>")[0]
        for one in bird.vectors()
        if one.startswith("<style>")
    )
    assert len(styles) > 3
    file = build(plain_job("<p class='c d'>x</p>", styles=styles), limits=LIMITS)
    assert bird.hits == []
    assert dangers(file.content, set()) == []


#: WeasyPrint as it comes, in a process in which nothing of it was replaced.
_AS_IT_COMES = """
import sys, weasyprint
html = weasyprint.HTML(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(html.write_pdf())
"""


def test_the_trap_works(bird):
    """The fetcher that WeasyPrint uses by default falls into it, in many ways."""
    html = f"<html lang=en><body>{html_of(bird)}</body></html>".encode()
    command = [sys.executable, "-c", _AS_IT_COMES]
    leaking = subprocess.run(command, input=html, capture_output=True, check=True).stdout

    assert {"/img", "/css", "/import", "/font", "/bg", "/content", "/svg-image"} <= set(bird.hits)
    found = dangers(leaking, set())
    assert "the secret" in found
    assert any(one.startswith("file ") for one in found)
    assert any(one.startswith("link to javascript:") for one in found)


# Into every field


@pytest.fixture
def poisoned(db, bird, monkeypatch):
    """A profile that was judged, with whatever a profile has, and vectors in all of it."""
    profile = factories.bring_to(factories.make_profile(), ProfileState.REVISION_VALIDATION)
    factories.give_figure(factories.section(profile, "1"))
    factories.give_source(profile)
    factories.give_picture(profile, "p1")
    factories.give_guidance(factories.section(profile, "1"))
    factories.give_priority(profile)
    Partner.objects.create(programme=profile.programme, part="donor", name="Fund", printed=True)
    boxed = f":::practice Try\n{chr(10).join(bird.vectors())}\n:::"
    monkeypatch.setattr(hostile, "HOSTILE", (*bird.vectors(), boxed))
    monkeypatch.setattr(hostile, "SHORT", (f"<img src={bird.address}/short>",))
    monkeypatch.setattr(hostile, "ADDRESS", f"{bird.address}/source")
    assert hostile.poison() > 80
    return profile


def test_no_field_leads_anywhere(poisoned, bird):
    material = material_of(poisoned, language="en", drafts=False, as_public=True)
    report = report_from(material)
    whole = job_of(report, files=attachments_of(material, report))
    jobs = [whole, practices_of(report)]
    jobs += [summary_of(report)] if any(one.is_summary for one in report.chapters) else []
    assert sum(part.html.count("127.0.0.1") for part in whole.parts) > 50
    for job in jobs:
        file = build(with_pictures(job, poisoned), limits=LIMITS)
        assert dangers(file.content, {one.name for one in job.attachments}) == []
    assert bird.hits == []


# As a file


@pytest.mark.django_db
def test_no_file_that_is_sent_leads_anywhere(made, bird):
    """Word, pictures and logos that name others: what they name is neither read nor asked for."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    expert = signed_in(made[Role.LOCAL_EXPERT])
    for number, file in enumerate(word_files(bird)):
        sent = expert.post(
            reverse("word_import", args=[profile.slug]),
            {"file": SimpleUploadedFile("x.docx", file), "section": "1"},
        )
        assert sent.status_code in (HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY), number
    for reading in WordReading.objects.all():
        page = expert.get(reverse("word_check", args=[profile.slug, reading.pk]))
        assert SECRET not in page.content
        assert SECRET.decode() not in str(reading.parts)
    said = {"caption": "c", "alt": "a", "credit": "b", "key": "p1"}
    for picture in svgs(bird):
        refused = expert.post(
            reverse("entry_add", args=[profile.slug, "picture"]),
            said | {"file": SimpleUploadedFile("x.png", picture, content_type="image/png")},
        )
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not profile.pictures.exists()
    assert bird.hits == []


def word_files(bird):
    outside = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{bird.file.as_uri()}">'
    outside += f'<!ENTITY % y SYSTEM "{bird.address}/dtd"> %y;]>'
    linked = p(raw=f'<w:hyperlink r:id="a">{r("there")}</w:hyperlink>')
    shown = p(raw='<w:r><w:drawing><a:blip r:link="b"/></w:drawing></w:r>')
    included = p(raw=r(f'<w:instrText>INCLUDEPICTURE "{bird.address}/field"</w:instrText>'))
    links = link("a", f"{bird.address}/word-link") + link("b", f"{bird.address}/word-picture")
    links += link("c", bird.file.as_uri())
    body = linked + shown + included + p("".join(f"&lt;{one}&gt;" for one in ("img", "x")))
    yield docx(body, links=links).getvalue()
    yield docx(document=f"{outside}<w:document>&x;</w:document>").getvalue()


def svgs(bird):
    for one in bird.vectors():
        if one.startswith("<svg"):
            yield one.encode()
    yield f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "{bird.file.as_uri()}">]>'.encode()
