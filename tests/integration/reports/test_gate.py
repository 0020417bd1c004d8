"""The gate: no report leaves that is not valid, tagged, searchable, complete and reproducible.

Sixteen pages in three languages, each made twice; 75 in Arabic, where tables, notes and headings
are joined over page ends against the direction of Latin; 220 in French, whose lists and numbers
have three digits. The demonstration, in the same three languages, passes it in ``test_demo``.
"""

import hashlib
from dataclasses import replace

import pytest

from reports.context import synthetic_material
from reports.pdf.isolation import build
from tests.integration.reports.conftest import LIMITS, job_of_synthetic
from tests.pdf_gate import Printed, faults_of, made_elsewhere

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

LENGTHS = {("en", 16): 0.2, ("fr", 16): 0.2, ("ar", 16): 0.2, ("ar", 75): 0.15, ("fr", 220): 0.1}
#: Reports that are made a second time, elsewhere.
TWICE = 16


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
    again = made_elsewhere(job, tmp_path, LIMITS)
    assert hashlib.sha256(again.content).hexdigest() == hashlib.sha256(file.content).hexdigest()
    assert (again.asked, again.opened) == ([], [])
    assert again.facts == {
        "front": file.front_pages,
        "body": file.body_pages,
        "lengths": file.lengths,
        "warnings": [],
    }
