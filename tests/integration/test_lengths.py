"""How long a text is against its pages: estimated, measured in the latest PDF, seen by whom."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.states import ProfileState, Role
from reports.models import Build
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

#: 300 words; they were 200 in the PDF, of 3.5 pages with a chart.
TEXT = "word " * 300


@pytest.fixture(scope="module")
def made_at():
    return timezone.now()


@pytest.fixture
def made():
    return factories.make_programme()


def give_pdf(profile, at, *, kind=Build.Kind.PREVIEW, **lengths):
    return Build.objects.create(
        profile=profile,
        language="en",
        kind=kind,
        digest="d",
        state=Build.State.DONE,
        file="x.pdf",
        sha256="s",
        pages=61,
        lengths=lengths,
        created_at=at,
        finished_at=at,
    )


def shown(user, profile, page="profile", *args) -> str:
    client = Client()
    client.force_login(user)
    text = client.get(reverse(page, args=[profile.slug, *args])).content.decode()
    return " ".join(text.split())


def test_a_text_is_measured_by_the_latest_pdf_and_what_was_written_since(made, made_at):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    expert, city = made[Role.LOCAL_EXPERT], made[Role.FOCAL_POINT]
    first = factories.sections(profile)[0]
    factories.write(first, TEXT)

    assert "300 words, about 0.7 of 2 pages" in shown(expert, profile, "section_edit", first.key)
    before = shown(expert, profile)
    assert "about 0.7 of 35 pages" in before
    assert "Estimated at 420 words a page" in before

    give_pdf(profile, made_at, **{first.key: {"words": 200, "pages": 3.5}})
    page = shown(expert, profile, "section_edit", first.key)
    # A page of this profile holds 57 words, as the chart takes so much of it.
    assert "300 words, about 5.3 of 2 pages" in page
    assert "Estimated by the latest PDF, with its tables and figures:" in page
    told = shown(expert, profile)
    assert "about 5.3 of 35 pages" in told
    assert "Its pages: chapters 4, executive summary 0, the whole file 61." in told
    assert "too long" not in told

    # Who does not see the working text sees neither its length nor the PDF of it.
    assert "about 0 of 35 pages" in shown(city, profile)
    assert "the whole file 61" not in shown(city, profile)

    give_pdf(profile, made_at, **{first.key: {"words": 200, "pages": 36.0}})
    assert 'of 35 pages <span class="tag tag-late">too long</span>' in shown(expert, profile)


def test_quality_assurance_advises_by_the_same_pages(made, made_at):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PROJECT_QA)
    first, second = factories.sections(profile)[:2]
    words, advice = len(first.revision.text.split()), "fills about"

    page = shown(made.team, profile, "qa")
    assert advice not in page
    assert "Estimated at" not in page

    # Few words, but a table that fills pages; the other is as long as it may be.
    printed = {first.key: {"words": words, "pages": 2.6}, second.key: {"words": 9, "pages": 2.0}}
    give_pdf(profile, made_at, **printed)
    page = shown(made.team, profile, "qa")
    assert f"“{first}” fills about 2.6 of 2 pages." in page
    assert page.count(advice) == 1
    assert "Estimated by the latest PDF, with its tables and figures:" in page
