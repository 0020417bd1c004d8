"""The annex of comments: made by the worker for one person, as he may read them when he gets it."""

from datetime import timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Assignment, Comment
from profile_workflow.states import ProfileState, Role
from reports.builds import run_build
from reports.models import Build
from tests import factories
from tests.integration.pages import signed_in
from tests.pdf_reading import Reading
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HOSTILE = '<script>alert(1)</script> [[table:none]] | "*q*" \u202e'


@pytest.fixture
def profile(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    factories.comment_on(factories.section(profile, "1"), made.team, text="Not in my street.")
    factories.comment_on(factories.section(profile, "2"), made.team, text=HOSTILE)
    return profile


def ordered(client, profile, query=""):
    """Ask for an annex twice, as somebody who clicks twice; return it."""
    for _twice in range(2):
        answer = client.post(reverse("responses_annex", args=[profile.slug]) + query)
        assert answer["Location"] == reverse("pdf", args=[profile.slug]) + "#annex"
    return Build.objects.filter(kind="annex").latest("pk")


def file_of(client, profile, build, name="pdf_file"):
    return client.get(reverse(name, args=[profile.slug, build.pk]))


def words_in(response):
    texts = Reading(BytesIO(b"".join(response))).texts
    return " ".join(" ".join(one.values()) for one in texts)


def page_of(client, profile):
    return " ".join(client.get(reverse("pdf", args=[profile.slug])).content.decode().split())


@pytest.mark.pdf
def test_an_annex_is_for_who_asked_for_it_as_he_may_read_it_now(made, profile):
    expert, team = made[Role.LOCAL_EXPERT], signed_in(made.team)
    client = signed_in(expert)
    build = ordered(client, profile)
    assert (build.requested_by, build.language, build.state) == (expert, "en", "queued")
    assert OutboxJob.objects.get(kind="pdf").payload["build"] == build.pk
    made_of_it = run_build(build.pk)
    assert made_of_it.text_digest == ""
    assert made_of_it.file.name.startswith("reports/passing-")
    got = file_of(client, profile, build)
    assert got["Content-Disposition"].startswith("attachment")
    text = words_in(got)
    assert "Not in my street." in text
    assert "<script>alert(1)</script>" in text
    shown = file_of(client, profile, build, "pdf_shown")
    assert words_in(shown) == text
    # Nobody else knows of it: not by its number, not on a page, not by its hash.
    for name in ("pdf_file", "pdf_shown"):
        assert file_of(team, profile, build, name).status_code == HTTPStatus.NOT_FOUND
    history = team.get(reverse("history", args=[profile.slug])).content.decode()
    for page in (page_of(team, profile), history):
        assert made_of_it.sha256[:8] not in page
    found = team.get(reverse("fingerprint", args=[made_of_it.sha256])).content.decode()
    assert "nnex of comments" not in found
    address = reverse("pdf_file", args=[profile.slug, build.pk])
    assert f'href="{address}"' in page_of(client, profile)
    # The project team asks for the same: it is another file.
    assert ordered(team, profile) != build
    # What it holds changes: it is not given any more, and says why.
    comment = Comment.objects.get(text="Not in my street.")
    Comment.objects.filter(pk=comment.pk).update(text="Not in any street.")
    refused = file_of(client, profile, build)
    assert refused["Location"] == reverse("pdf", args=[profile.slug])
    assert "This annex is not given any more" in page_of(client, profile)
    assert file_of(client, profile, build, "pdf_shown").status_code == HTTPStatus.CONFLICT
    assert "<object" not in client.get(refused["Location"], {"show": build.pk}).content.decode()
    Comment.objects.filter(pk=comment.pk).update(text="Not in my street.")
    assert words_in(file_of(client, profile, build)) == text
    # So do the rights of its reader: names that he may not read any more.
    hidden = made[Role.STAKEHOLDER]
    Comment.objects.filter(pk=comment.pk).update(author=hidden, role=Role.STAKEHOLDER)
    named = ordered(team, profile)
    run_build(named.pk)
    assert hidden.full_name in words_in(file_of(team, profile, named))
    Assignment.objects.filter(user=made.team).update(role=Role.OBSERVER, profile=profile)
    assert file_of(team, profile, named).status_code == HTTPStatus.FOUND
    # And who has no part any more does not even know of the profile.
    profile.assignments.filter(user=expert).delete()
    assert file_of(client, profile, build).status_code == HTTPStatus.NOT_FOUND


def test_an_annex_is_filtered_as_its_table_and_of_nothing_there_is_none(made, profile):
    client = signed_in(made[Role.LOCAL_EXPERT])
    whole = ordered(client, profile)
    part = ordered(client, profile, "?section=2&order=newest")
    assert part != whole
    assert part.scope["section"] == "2"
    page = page_of(client, profile)
    assert "a part of the table" in page
    # A failed one is asked for again as it was.
    Build.objects.filter(pk=part.pk).update(state="failed", problem="It broke.")
    OutboxJob.objects.filter(kind="pdf").delete()
    again = reverse("responses_annex", args=[profile.slug]) + "?order=newest&amp;section=2"
    assert f'action="{again}"' in page_of(client, profile)
    empty = client.post(reverse("responses_annex", args=[profile.slug]) + "?kind=praise&mine=on")
    assert empty["Location"] == reverse("responses", args=[profile.slug])
    told = client.get(empty["Location"]).content.decode()
    assert "There is no comment that could be printed." in told
    assert Build.objects.count() == 2
    gone = client.get(reverse("responses_file", args=[profile.slug, "pdf"]))
    assert gone.status_code == HTTPStatus.NOT_FOUND


def test_nobody_fills_the_queue_or_the_disk_with_annexes(made, profile):
    expert = made[Role.LOCAL_EXPERT]
    others = factories.give_build(profile, made.team, kind="annex", state="done")
    old = timezone.now() - timedelta(hours=3)
    fields = {"kind": "annex", "created_at": old}
    running = factories.give_build(profile, expert, state="running", **fields)
    ready = factories.give_build(profile, expert, state="done", finished_at=old, **fields)
    waiting = factories.give_build(profile, expert, **fields)
    factories.give_job(waiting)
    storage, name = ready.file.storage, ready.file.name
    for number in range(5):
        at = old + timedelta(minutes=number + 1)
        factories.give_build(profile, expert, kind="annex", state="done", created_at=at)
    client, own = signed_in(expert), Build.objects.filter(requested_by=expert, kind="annex")
    ordered(client, profile)
    assert own.count() == 9
    assert "no longer kept" not in page_of(client, profile)
    for query in ("?section=1", "?section=2"):
        client.post(reverse("responses_annex", args=[profile.slug]) + query)
        assert "each person keeps the 8 newest" in page_of(client, profile)
    # One that is being made is not taken from under the hands of who makes it.
    assert own.count() == 9
    assert set(own) >= {running}
    assert not own.filter(pk__in=[ready.pk, waiting.pk]).exists()
    assert not storage.exists(name)
    assert OutboxJob.objects.filter(kind="pdf").count() == 3
    assert Build.objects.filter(pk=others.pk).exists()
