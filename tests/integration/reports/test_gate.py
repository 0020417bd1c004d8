"""The gate: no report leaves that is not valid, tagged, searchable, complete and reproducible.

Sixteen pages in three languages, each made twice; 75 in Arabic, where tables, notes and headings
are joined over page ends against the direction of Latin; 220 in French, whose lists and numbers
have three digits. The demonstration, in the same three languages, passes it in ``test_demo``.
"""

import hashlib
import io
from dataclasses import replace

import pikepdf
import pytest

from reports.context import synthetic_material
from reports.pdf.isolation import build
from tests import pdf_gate
from tests.integration.reports.conftest import LIMITS, job_of_synthetic
from tests.pdf_gate import Printed, faults_of, made_elsewhere

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

LENGTHS = {("en", 16): 0.2, ("fr", 16): 0.2, ("ar", 16): 0.2, ("ar", 75): 0.15, ("fr", 220): 0.1}
#: Reports that are made a second time, elsewhere.
TWICE = 16


@pytest.mark.long(30)
@pytest.mark.parametrize(("language", "pages"), LENGTHS, ids=str)
def test_a_report_passes_the_gate(language, pages, tmp_path):
    material = synthetic_material(pages=pages, language=language)
    job = job_of_synthetic(material)
    file = build(job, limits=replace(LIMITS, cpu_seconds=150, wall_seconds=400))
    printed = Printed(material, job, file)

    assert abs(file.pages - pages) <= pages * LENGTHS[language, pages]
    assert faults_of(printed) == {}
    assert len(printed.job.attachments) > 2
    if pages > TWICE:
        return
    again = made_elsewhere(job, tmp_path)
    assert hashlib.sha256(again.content).hexdigest() == hashlib.sha256(file.content).hexdigest()
    assert (again.asked, again.opened) == ([], [])
    assert again.facts == {
        "front": file.front_pages,
        "body": file.body_pages,
        "lengths": file.lengths,
        "warnings": [],
    }


# Faults


@pytest.fixture(scope="module")
def english_printed(english, english_material):
    return Printed(english_material, *english)


@pytest.fixture(scope="module")
def arabic_printed(arabic, arabic_material):
    return Printed(arabic_material, *arabic)


def pieces(pdf, kind):
    return [
        one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == kind
    ]


def no_structure(pdf):
    del pdf.Root.StructTreeRoot
    del pdf.Root.MarkInfo


def a_head_that_is_a_cell(pdf):
    pieces(pdf, "/TH")[0].S = pikepdf.Name.TD


def a_paragraph_in_two(pdf):
    pieces(pdf, "/Span")[0].S = pikepdf.Name.P


def another_language(pdf):
    pdf.Root.Lang = pikepdf.String("de")


def another_title(pdf):
    pdf.docinfo["/Title"] = "Untitled"


def a_bookmark_in_other_words(pdf):
    pdf.Root.Outlines.First.Title = pikepdf.String("Chapter")


def a_chart_without_words(pdf):
    del pieces(pdf, "/Figure")[0].Alt


def a_file_less(pdf):
    del pdf.attachments["profile.json"]


def a_file_of_no_kind(pdf):
    pdf.Root.AF[0].AFRelationship = pikepdf.Name.Unspecified


def a_sign_without_a_letter(pdf):
    page = pdf.pages[-1]
    drawn = pikepdf.parse_content_stream(page)
    shown = next(one for one in drawn if str(one.operator) == "TJ")
    drawn[drawn.index(shown)] = pikepdf.ContentStreamInstruction(
        [pikepdf.Array([pikepdf.String(b"\0\0")])], pikepdf.Operator("TJ")
    )
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(drawn))


FAULTS = {
    no_structure: "conformance",
    a_head_that_is_a_cell: "structure",
    a_paragraph_in_two: "structure",
    another_language: "identity",
    another_title: "identity",
    a_bookmark_in_other_words: "outline",
    a_chart_without_words: "pictures",
    a_file_less: "attachments",
    a_file_of_no_kind: "attachments",
    a_sign_without_a_letter: "glyphs",
}


def changed(printed, fault):
    copy = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed.file.content)) as pdf:
        fault(pdf)
        pdf.save(copy)
    return replace(printed, file=replace(printed.file, content=copy.getvalue()))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
def test_a_fault_does_not_pass_the_gate(english_printed, fault):
    rule = getattr(pdf_gate, f"faults_of_{FAULTS[fault]}")
    assert rule(english_printed) == []
    assert rule(changed(english_printed, fault)) != []


def test_a_file_that_ends_too_early_does_not_pass(english_printed):
    content = english_printed.file.content
    torn = replace(english_printed.file, content=content[: len(content) // 2])
    assert pdf_gate.faults_of_syntax(replace(english_printed, file=torn)) != []


def test_arabic_that_cannot_be_searched_does_not_pass(arabic_printed):
    def unreadable(pdf):
        for page in pdf.pages:
            for font in page.resources.get("/Font", {}).values():
                if "/ToUnicode" in font:
                    del font.ToUnicode

    assert pdf_gate.faults_of_searching(arabic_printed) == []
    assert pdf_gate.faults_of_searching(changed(arabic_printed, unreadable)) != []


def test_whatever_the_layout_asks_for_is_seen(english, tmp_path):
    """A process in place of ours that reads a file of the machine, and looks for an address."""
    planted = tmp_path / "planted" / "reports" / "pdf"
    planted.mkdir(parents=True)
    (planted / "job.py").write_text(
        "class Job:\n    @staticmethod\n    def from_json(_text):\n        return None\n"
    )
    (planted / "render.py").write_text(
        "import socket\nfrom types import SimpleNamespace\n\ndef render(_job):\n"
        "    open('/etc/hostname').close()\n    socket.getaddrinfo('127.0.0.1', 9)\n"
        "    return SimpleNamespace(\n"
        "        content=b'', front_pages=0, body_pages=0, lengths={}, warnings=()\n    )\n"
    )
    again = made_elsewhere(english[0], tmp_path, root=tmp_path / "planted")
    assert [event for event, _given in again.asked] == ["socket.getaddrinfo"]
    assert again.opened == ["/etc/hostname"]
