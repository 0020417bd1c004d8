"""Pictures on paper: carried by the job, tagged, listed, and those of the day of submission."""

import io

import page as validator
import pikepdf
import pytest
from django.utils import timezone
from pypdf import PdfReader

from profile_workflow.services import pictures
from profile_workflow.services.contents import fingerprint
from profile_workflow.states import ProfileState, Role
from reports.builds import request_build, run_build
from reports.builds.making import digest_now
from reports.builds.pages import job_of
from reports.builds.pictures import with_pictures
from reports.context import report_of
from reports.models import Build
from tests import factories
from tests.pictures import photograph

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture
def profile():
    """A profile whose first section shows two pictures, one of them from a source."""
    found = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    source = factories.give_source(found)
    factories.give_picture(
        found, "p1", content=photograph(6), caption="The port", source=source, page="12"
    )
    factories.give_picture(found, "p2", caption="ميناء", credit="صورة: ليلى")
    one = factories.section(found, "1")
    factories.write(one, "Before.\n\n[[image:p1]]\n\n[[image:p2]]\n\nAfter.")
    factories.move(one, "submit", factories.holder(found, Role.LOCAL_EXPERT))
    return found


def test_pictures_are_numbered_listed_and_named_by_their_hash(profile):
    report = report_of(profile)
    assert [(one.label, one.title) for one in report.figures] == [
        ("Figure 1", "The port"),
        ("Figure 2", "ميناء"),
    ]
    chapter = next(one for one in report.chapters if one.key == "1")
    for picture in profile.pictures.all():
        assert f'<img src="cmp:{picture.file.sha256}" alt="Boats at a quay">' in chapter.html
    assert [one.key for one in report.bibliography] == [profile.pictures.get(key="p1").source.key]
    assert not report.problems
    job = job_of(report)
    full = with_pictures(job, profile)
    assert len(full.pictures) == 2
    assert full.digest == job.digest
    assert type(full).from_json(full.to_json()) == full


def test_the_file_holds_them_tagged_and_is_valid(profile):
    asked = request_build(profile, kind="consultation", language="en", by=None, at=timezone.now())
    made = run_build(asked.pk)
    with made.file.open("rb") as file:
        content = file.read()
    reader = PdfReader(io.BytesIO(content))
    sizes = {image.image.size for page in reader.pages for image in page.images}
    assert (300, 400) in sizes
    assert len(sizes) == 2
    with pikepdf.open(io.BytesIO(content)) as pdf:
        told = [
            str(item.get("/Alt"))
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
    assert told == ["Boats at a quay"] * 2
    for name in ("PDF_A_3A", "PDF_UA_1"):
        found = validator.validate_pdf_bytes(
            content, profile=getattr(validator.ValidationProfile, name)
        )
        assert not [(one.rule_id, one.message) for one in found.failures]


def test_a_picture_that_is_replaced_changes_nothing_that_was_submitted(profile):
    before = digest_now(Build(profile=profile, kind="consultation", language="en"))
    draft = digest_now(Build(profile=profile, kind="preview", language="en"))
    picture = profile.pictures.select_related("profile").get(key="p1")
    pictures.change_picture(
        picture,
        {"caption": "Another port"},
        base=fingerprint(picture),
        by=factories.holder(profile, Role.LOCAL_EXPERT),
        at=timezone.now(),
    )
    assert digest_now(Build(profile=profile, kind="consultation", language="en")) == before
    assert digest_now(Build(profile=profile, kind="preview", language="en")) != draft
