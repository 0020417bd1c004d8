"""Every kind of chart on paper: valid, tagged as one picture with its words, in both directions."""

import io
from decimal import Decimal

import page as validator
import pikepdf
import pytest
from pypdf import PdfReader

from profile_workflow.charts.kinds import draw
from profile_workflow.charts.rows import Datum
from profile_workflow.states import ChartKind
from reports.builds.pages import style_sheet
from reports.pdf.isolation import build
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf, pytest.mark.slow]

LABELS = {"en": ("Residents", "Foreign citizens"), "ar": ("السكان", "الأجانب")}
AGES = [Datum(f"{age}–{age + 9}", unit="%", women=Decimal(9), men=Decimal(8)) for age in (0, 10)]


def rows_for(kind, language):
    if kind is ChartKind.PYRAMID:
        return AGES
    return [
        Datum(label, Decimal(number * year), unit="%", year=year, when=str(year))
        for number, label in enumerate(LABELS[language], 1)
        for year in (2014, 2024)
    ]


@pytest.fixture(scope="module", params=["en", "ar"])
def printed(request):
    language = request.param
    several = [
        draw(kind, rows_for(kind, language), name=f"c-{kind}", title=kind, language=language)
        for kind in ChartKind
    ]
    body = "".join(f"<figure><figcaption>C</figcaption>{one.picture}</figure>" for one in several)
    direction = "rtl" if language == "ar" else "ltr"
    job = plain_job(
        f"<h1>Charts</h1>{body}",
        language=language,
        direction=direction,
        styles=(style_sheet("report.css"),),
    )
    return build(job, limits=LIMITS).content


@pytest.mark.parametrize("wanted", ["PDF_A_3A", "PDF_UA_1"])
def test_they_are_valid(printed, wanted):
    report = validator.validate_pdf_bytes(
        printed, profile=getattr(validator.ValidationProfile, wanted)
    )

    assert not [(failure.rule_id, failure.message) for failure in report.failures]


def test_each_is_one_picture_that_says_what_it_shows(printed):
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        said = [
            str(item.Alt)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
            and "/Alt" in item
        ]  # fmt: skip

    assert len(said) == len(ChartKind)
    assert all("2014" in one or "0–9" in one for one in said)


def test_the_words_of_a_chart_can_be_found(printed):
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)

    assert {"2014", "2024", "0–9"} <= set(text.split())
