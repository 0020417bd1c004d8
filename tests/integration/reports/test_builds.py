"""Builds: asked for once, made once, found again, and honest about failure."""

import datetime
import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from profile_workflow.models import ProfileVersion
from reports.apps import check_subsetting
from reports.builds import annex, digest_now, paper_of, request_build, run_build
from reports.builds.pages import job_of
from reports.context import report_of
from reports.errors import BuildFailed
from reports.models import Build, Publication, PublicationIsFinal
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]

AT = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)


@pytest.fixture
def asked(profile, people, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return request_build(profile, kind="consultation", language="en", by=people[0], at=AT)


def test_a_build_is_made_once_and_found_again(profile, people, asked):
    assert (asked.state, asked.requested_by, asked.created_at) == ("queued", people[0], AT)

    made = run_build(asked.pk)
    with made.file.open("rb") as file:
        content = file.read()
    assert content.startswith(b"%PDF")
    assert (made.state, made.size) == ("done", len(content))
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert made.pages > 5
    assert "sfax" not in made.file.name

    name = made.file.name
    assert run_build(asked.pk).file.name == name
    assert request_build(profile, kind="consultation", language="en", by=None, at=AT) == made
    assert digest_now(made) == made.digest
    assert made.material_digest

    assert made.text_digest == profile.text_digest()

    # Of the text that was printed: "The summary of the city", and a heading with it.
    assert list(made.lengths) == ["ES", "1", "2"]
    assert made.lengths["ES"]["words"] == 5
    assert 0 < made.lengths["ES"]["pages"] < 0.5
    paper = paper_of(profile, kinds=["consultation"])
    assert (paper.pages, paper.made_at) == (made.pages, made.finished_at)
    assert paper.sections["ES"].pages == made.lengths["ES"]["pages"]
    assert paper_of(profile, kinds=["preview"]).made_at is None

    # A list prints what the report uses, and that is the name of the city at least.
    profile.acronyms.create(short="Sfax", long="City of Sfax")
    assert digest_now(Build.objects.get(pk=made.pk)) != made.digest
    again = request_build(profile, kind="consultation", language="en", by=None, at=AT)
    assert again.pk != made.pk

    # What was made before its record told numbers alone is made once more.
    profile.acronyms.get(short="Sfax").delete()
    assert request_build(profile, kind="consultation", language="en", by=None, at=AT) == made
    Build.objects.filter(pk=made.pk).update(material_digest="")
    assert request_build(profile, kind="consultation", language="en", by=None, at=AT) != made


def test_days_in_print_are_those_of_the_city_whoever_asks(profile, asked, judged):
    """What a reader chose for his screens makes no other file, nor an old one of a present one."""
    profile.city.time_zone = "Africa/Tunis"
    profile.city.save()
    late = datetime.datetime(2026, 3, 31, 23, 30, tzinfo=datetime.UTC)
    section = profile.sections.get(key="1")
    section.revision = section.revisions.create(
        number=2, text="Late.", sha256="0" * 64, author=section.author, created_at=late
    )
    section.save()
    judged("category")
    printed = set()
    for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        with timezone.override(zone):
            printed.add((digest_now(asked), factories.printed_now(profile)))
            assert "1er avril 2026" in annex.made_on(late, profile.city, "fr")
    assert len(printed) == 1
    days = {one.key: one.submitted_on for one in report_of(profile).chapters}
    assert days["1"] == "1 April 2026"


def test_waiting_builds_are_shared_and_languages_are_not(profile, asked):
    same = request_build(profile, kind="consultation", language="en", by=None, at=AT)
    other = request_build(profile, kind="consultation", language="fr", by=None, at=AT)

    assert same == asked
    assert other != asked


def test_a_preview_prints_the_working_text(profile):
    preview = request_build(profile, kind="preview", language="en", by=None, at=AT)
    frozen = request_build(profile, kind="consultation", language="en", by=None, at=AT)

    assert preview.digest != frozen.digest


def test_a_failure_is_kept_with_its_sentence(profile, asked):
    section = profile.sections.get(key="2")
    section.revision = section.revisions.create(
        number=2, text="A \u25cf dot.", sha256="0" * 64, author=section.author, created_at=AT
    )
    section.save()

    with pytest.raises(BuildFailed, match="Chapter number 2"):
        run_build(asked.pk)

    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "\u25cf" in asked.problem
    assert asked.finished_at is not None
    retried = request_build(profile, kind="consultation", language="en", by=None, at=AT)
    assert retried != asked


def test_arabic_is_set_from_the_right(profile):
    job = job_of(report_of(profile, language="ar"))

    assert (job.direction, job.language) == ("rtl", "ar")
    assert "المحتويات" in job.front


def test_a_publication_stands(profile):
    version = ProfileVersion.objects.create(
        profile=profile, number=1, digest="d" * 64, content={}, created_at=AT
    )
    publication = Publication.objects.create(
        profile=profile, profile_version=version, version="1.0", language="en",
        pdf="reports/x.pdf", pdf_sha256="0" * 64, published_at=AT,
    )  # fmt: skip

    publication.version = "2.0"
    with pytest.raises(PublicationIsFinal):
        publication.save()
    with pytest.raises(PublicationIsFinal):
        publication.delete()
    with pytest.raises(PublicationIsFinal):
        Publication.objects.update(version="2.0")
    with pytest.raises(PublicationIsFinal):
        Publication.objects.all().delete()


def test_the_command_writes_a_file(profile, tmp_path, capsys, settings):
    out = tmp_path / "profile.pdf"
    call_command("render_profile", profile.slug, language="en", output=out)

    assert out.read_bytes().startswith(b"%PDF")
    assert "pages" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no profile"):
        call_command("render_profile", "nowhere", output=out)
    settings.PDF_WALL_SECONDS = 0
    for kind in (Build.Kind.CONSULTATION, Build.Kind.WORD):
        with pytest.raises(CommandError, match="0 seconds"):
            call_command("render_profile", profile.slug, kind=kind, output=out)


def test_texts_of_a_build(profile):
    assert str(Build(profile=profile, kind="preview", language="en")) == f"{profile.pk} preview en"


def test_a_machine_without_the_subsetting_library_is_warned_of(monkeypatch):
    assert check_subsetting() == []

    monkeypatch.setattr("reports.apps._SUBSETTING", "libnothing.so.0")
    assert "libharfbuzz-subset0" in check_subsetting()[0].msg
