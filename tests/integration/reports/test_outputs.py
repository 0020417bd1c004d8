"""The family of outputs: seven languages, line numbers, the summary, practice sheets, files."""

import io
import json
import re
import subprocess
from dataclasses import replace

import page as validator
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw
from pypdf import PdfReader

from profile_workflow.models import Partner, Programme, User
from profile_workflow.services import logos
from reports.builds.columns import with_columns
from reports.builds.outputs import output_of, practices_of, summary_of
from reports.builds.pages import job_of
from reports.builds.pictures import PictureGone, with_pictures
from reports.context import assemble, report_of, synthetic_material
from reports.errors import BuildFailed
from reports.labels import LANGUAGES, labels
from reports.models import Build
from reports.pdf.isolation import build
from tests import factories
from tests.integration.reports.conftest import LIMITS

pytestmark = [pytest.mark.pdf]

PRACTICE = ":::practice A <first> try\nWho [@source-1] did what.\n:::\n\n:::box Plain\nNo.\n:::"


def faults_of(content):
    found = []
    for name in ("PDF_A_3A", "PDF_UA_1"):
        profile = getattr(validator.ValidationProfile, name)
        report = validator.validate_pdf_bytes(content, profile=profile)
        found += [(name, one.rule_id, one.message) for one in report.failures]
    return found


def said_by(content):
    out = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return out.stdout.decode()


def material_in(language):
    material = synthetic_material(pages=1, language=language)
    summary = replace(
        material.sections[0], key="ES", number="", title="Summary", is_summary=True,
        text="### Overview\n\nOf the city [@source-1].\n\n"
        "Table: At a glance\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    )  # fmt: skip
    chapter = replace(material.sections[0], text=f"{PRACTICE}\n\nMore of the text.")
    return replace(material, sections=(summary, chapter), is_public=False)


@pytest.mark.unit
def test_each_language_says_everything_with_the_same_blanks():
    blanks = {
        language: {
            name: sorted(re.findall(r"%\(\w+\)s|%%", getattr(labels(language), name)))
            for name in labels("en").__slots__
        }
        for language in LANGUAGES
    }
    assert {language: blanks[language] == blanks["en"] for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, True
    )
    assert len({labels(language).kind for language in LANGUAGES}) == len(LANGUAGES)
    assert labels("pt-BR") == labels("pt")
    assert labels("xx") == labels("en")


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en", "ar"}))
def test_the_report_is_valid_in_each_language(language):
    """English and Arabic are held to it in test_pdf; here the lines are numbered too."""
    material = material_in(language)
    report = assemble(material)
    job = output_of(material, report, kind=Build.Kind.CONSULTATION, numbered=True)
    made = build(job, limits=LIMITS)

    assert faults_of(made.content) == []
    words = re.sub(r"\s+", " ", said_by(made.content))
    for name in ("contents", "bibliography", "validation_record", "funded_by"):
        assert getattr(labels(language), name) in words
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        assert str(pdf.Root.Lang) == language
        kinds = {
            str(one.F): str(one.AFRelationship)
            for one in pdf.Root.AF
        }  # fmt: skip
        files = {name: one.get_file().read_bytes() for name, one in pdf.attachments.items()}
    assert kinds["profile.json"] == "/Source"
    assert kinds["record.json"] == "/Supplement"
    assert {one for name, one in kinds.items() if name.endswith(".csv")} == {"/Data"}
    profile = json.loads(files["profile.json"])
    assert [one["key"] for one in profile["sections"]] == ["ES", "1"]
    assert profile["sections"][1]["text"].startswith(":::practice")
    assert json.loads(files["record.json"])["text_sha256"] == profile["text_sha256"]


@pytest.mark.slow
def test_line_numbers_stand_beside_the_text_and_are_none_of_it():
    """Every fifth line, from the top of each page; a reader aloud does not hear them."""
    report = assemble(replace(synthetic_material(pages=1), is_public=True))
    plain, numbered = (
        build(job_of(report, numbered=wanted), limits=LIMITS) for wanted in (False, True)
    )
    assert (plain.front_pages, plain.body_pages) == (numbered.front_pages, numbered.body_pages)

    def numbers_in(made):
        sheet = PdfReader(io.BytesIO(made.content)).pages[made.front_pages]
        margin = []
        sheet.extract_text(
            visitor_text=lambda text, _cm, tm, _font, _size: margin.append((tm[4], text.strip()))
        )
        return [text for _x, text in margin if text in ("5", "10", "15")]

    assert numbers_in(numbered) == ["5", "10", "15"]
    assert numbers_in(plain) != ["5", "10", "15"]

    def elements(made):
        with pikepdf.open(io.BytesIO(made.content)) as pdf:
            found = [
                str(one.S)
                for one in pdf.objects
                if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem"
            ]
        return sorted(found)

    assert elements(plain) == elements(numbered)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_summary_has_four_pages_and_leads_nowhere_else(language):
    material = material_in(language)
    more = ("\n\n" + "Words that go on and on. " * 12) * 46
    long = replace(material.sections[0], text=material.sections[0].text + more)
    report = assemble(replace(material, sections=(long, material.sections[1]), is_public=True))
    made = build(summary_of(report), limits=LIMITS)

    assert made.front_pages == 0
    assert made.pages == 4
    loose = replace(summary_of(report), most_pages=99)
    assert build(loose, limits=LIMITS).pages > 4
    assert faults_of(made.content) == []
    reader = PdfReader(io.BytesIO(made.content))
    assert list(reader.page_labels)[:2] == ["1", "2"]
    dead = [
        one.get_object()["/Dest"]
        for sheet in reader.pages
        for one in sheet.get("/Annots", [])
        if "/Dest" in one.get_object()
        and one.get_object()["/Dest"] not in reader.named_destinations
    ]
    assert dead == []
    assert labels(language).summary in material_words(made)


def material_words(made):
    return re.sub(r"\s+", " ", said_by(made.content))


@pytest.mark.slow
def test_each_practice_is_a_sheet():
    report = assemble(material_in("en"))
    assert [(one.title, one.number) for one in report.practices] == [("A <first> try", "1")]
    made = build(practices_of(report), limits=LIMITS)

    words = material_words(made)
    assert made.pages == 1
    assert faults_of(made.content) == []
    assert "A <first> try" in words
    assert "Who (Family1 2009) did what" in words
    assert "Plain" not in words
    pieces = PdfReader(io.BytesIO(made.content)).pages[0].extract_text()
    assert "notforcitation" in "".join(pieces.split())


def test_the_validation_record_is_a_paper_of_its_own_and_carries_itself_as_data():
    material = replace(synthetic_material(pages=3), is_public=False)
    report = assemble(material)
    job = output_of(material, report, kind=Build.Kind.RECORD)
    made = build(job, limits=LIMITS)
    assert faults_of(made.content) == []
    file = PdfReader(io.BytesIO(made.content))
    words = " ".join(" ".join(page.extract_text() for page in file.pages).split())
    assert report.title in words
    assert labels("en").validation_record in words
    assert all(one.sha256 in words.replace(" ", "") for one in report.chapters)
    assert list(file.attachments) == ["record.json"]
    assert 'href="#' not in job.parts[0].html


def test_what_is_not_there_is_not_printed_but_said():
    material = synthetic_material(pages=1)
    bare = assemble(material)
    for kind, words in (
        (Build.Kind.SUMMARY, "no executive summary"),
        (Build.Kind.PRACTICES, "box"),
    ):
        with pytest.raises(BuildFailed, match=words):
            output_of(material, bare, kind=kind)


@pytest.mark.unit
def test_a_day_has_room_in_its_column():
    def width_of_the_first(classes):
        cells = f"<td>{'many words ' * 20}</td>" * 4
        row = f"<tr><th{classes}>29 September 2026</th>{cells}</tr>"
        return float(re.findall(r"width: ([\d.]+)%", with_columns(f"<table>{row}</table>"))[0])

    assert width_of_the_first("") < 17 < width_of_the_first(' class="day"')


@pytest.mark.unit
def test_columns_are_as_wide_as_their_words_ask_for():
    rows = "<tr><th>No.</th><td>{}</td></tr>".format("many words " * 20)
    first, second = re.findall(r"width: ([\d.]+)%", with_columns(f"<table id='x'>{rows}</table>"))
    assert float(first) < 15 < 80 < float(second)
    for left in (
        f'<table class="figures">{rows}</table>',
        f"<table>{rows}<tr><td colspan=2>x</td></tr></table>",
        f"<table>{rows}<tr><td>x</td></tr></table>",
    ):
        assert with_columns(left) == left


def picture(kind="PNG"):
    image = Image.new("RGB", (600, 300), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 499, 199), fill="#a02020")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def a_logo_that_is_replaced_is_not_left_out(profile, partner):
    """What was read before is not printed with a hole, nor with what is not the same any more."""
    read_before = job_of(report_of(profile))
    with factories.undone():
        logos.keep(partner, Image.new("RGB", (10, 10), "red"))
        partner.save()
        with pytest.raises(PictureGone):
            with_pictures(read_before, profile)
        assert with_pictures(job_of(report_of(profile)), profile).pictures
        with partner.logo.storage.open(partner.logo.name, "wb") as file:
            file.write(b"Something else.")
        with pytest.raises(BuildFailed, match="missing or damaged"):
            with_pictures(job_of(report_of(profile)), profile)
        partner.logo.storage.delete(partner.logo.name)
        with pytest.raises(BuildFailed, match="missing or damaged"):
            with_pictures(job_of(report_of(profile)), profile)
    partner.refresh_from_db()


@pytest.mark.integration
def test_an_administrator_names_a_donor_whose_logo_is_then_on_the_cover(client, profile):
    client.force_login(User.objects.create_user("k@example.org", "Keeper", is_staff=True))
    add = reverse("admin:profile_workflow_partner_add")
    given = {
        "programme": profile.programme_id, "part": "donor", "name": "A <fund>", "position": 0,
        "printed": "on",
    }  # fmt: skip
    for wrong in (b"<svg onload=x/>", picture()[:400]):
        refused = client.post(add, given | {"file": SimpleUploadedFile("a.png", wrong)})
        assert "file" in refused.context["adminform"].form.errors
    client.post(add, given | {"file": SimpleUploadedFile("a.png", picture())})
    partner = Partner.objects.get()
    with partner.logo.open("rb") as file, Image.open(file) as kept:
        # The white around it is gone.
        assert kept.size == (400, 100)

    job = with_pictures(job_of(report_of(profile)), profile)
    assert [one.sha256 for one in job.pictures] == [partner.logo_sha256]
    assert f'<img src="cmp:{partner.logo_sha256}" alt="A &lt;fund&gt;">' in job.front
    assert faults_of(build(job, limits=LIMITS).content) == []

    a_logo_that_is_replaced_is_not_left_out(profile, partner)
    colours = {"code": "p", "name": "Programme", "attribution": "category", "smallest_group": 3}
    address = reverse("admin:profile_workflow_programme_change", args=[profile.programme_id])
    pale = client.post(address, colours | {"colour": "#c8963e", "accent": "#c8963e"})
    assert "colour" in pale.context["adminform"].form.errors
    client.post(address, colours | {"colour": "#4a1223", "accent": "#3ec896"})
    assert "#4a1223" in job_of(report_of(profile)).styles[0]
    # Written into the table by hand: it could end the rule in which it stands, or hide all words.
    for unfit in ("red;}*{", "#ffffff"):
        Programme.objects.update(colour=unfit, accent="x")
        assert "#123f4a" in job_of(report_of(profile)).styles[0]
    partner.printed = False
    partner.save()
    assert "A &lt;fund&gt;" not in job_of(report_of(profile)).front


@pytest.mark.integration
def test_the_words_that_pages_lend_are_in_the_language_of_the_report(profile, judged, reviewed):
    judged("category")
    printed = {
        language: job_of(report_of(profile, language=language)).parts[-1].html
        for language in ("de", "es", "it", "pt")
    }
    for language, words in {
        "de": (
            "Internationale Fachperson",
            "Angenommen",
            "Konsultation 1",
            "Mit Vorbehalt zugestimmt",
        ),
        "es": ("Experto internacional", "Aceptar", "Consulta 1", "Aprobado con reserva"),
        "it": ("Esperto internazionale", "Accettare", "Consultazione 1", "Approvato con riserva"),
        "pt": ("Perito internacional", "Aceitar", "Consulta 1", "Aprovado com reserva"),
    }.items():
        assert [one for one in words if one not in printed[language]] == []
        assert "International expert" not in printed[language]
