"""Pages with nothing on them yet: each says what comes next, and who does it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.calendars import day_of
from profile_workflow.models import Profile
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState


@pytest.fixture
def made():
    return factories.make_programme(sections=1)


def test_where_nobody_has_commented_no_filter_is_blamed(made, drafted):
    client = signed_in(made.team)
    silent = page(client, "responses", drafted.slug)
    assert "Nobody has commented yet." in silent
    assert f'href="{reverse("profile", args=[drafted.slug])}#sections"' in silent
    assert "matches the filter" not in silent
    profile = factories.bring_to(drafted, S.EXPERT_REVIEW)
    factories.comment_on(factories.section(profile, "1"), made[Role.INTERNATIONAL_EXPERT])
    filtered = page(client, "responses", profile.slug, state="closed")
    assert "There is no comment that matches the filter." in filtered
    assert "Nobody has commented yet." not in filtered


@pytest.mark.parametrize("name", ["section", "section_review", "section_compare"])
def test_of_a_text_that_is_not_there_a_reader_learns_when_it_is(made, drafted, name):
    text = page(signed_in(made[Role.INTERNATIONAL_EXPERT]), name, drafted.slug, "1")
    assert "It can be read here as soon as its author submits it." in text


@pytest.mark.parametrize("name", ["section", "section_review"])
def test_its_author_is_led_to_where_it_is_written(made, drafted, name):
    text = page(signed_in(made[Role.LOCAL_EXPERT]), name, drafted.slug, "1")
    write = reverse("section_edit", args=[drafted.slug, "1"])
    assert f'<a href="{write}">Write the text</a></p>' in text


def test_without_challenges_a_reader_learns_who_adds_them_and_when(made, drafted):
    observer = signed_in(made[Role.OBSERVER])
    assert "while priorities are set, the focal point does too" in page(
        observer, "challenges", drafted.slug
    )
    assert "See where the profile stands now" in page(observer, "priorities", drafted.slug)
    author = page(signed_in(made[Role.LOCAL_EXPERT]), "challenges", drafted.slug)
    assert "the focal point does too" not in author
    assert reverse("entry_add", args=[drafted.slug, "challenge"]) in author


def test_a_priority_without_a_challenge_to_answer_leads_to_adding_one(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    client = signed_in(made[Role.FOCAL_POINT])
    add = f'href="{reverse("entry_add", args=[profile.slug, "challenge"])}" target="_blank"'
    assert add in page(client, "priority_add", profile.slug)
    factories.give_priority(profile)
    assert add not in page(client, "priority_add", profile.slug)


def test_no_publication_is_late_that_was_given_up(made, drafted):
    long_ago = day_of(timezone.now(), drafted.city) - timedelta(days=400)
    Profile.objects.filter(pk=drafted.pk).update(due_on=long_ago)
    client = signed_in(made.team)
    assert "400 days late" in page(client, "profile", drafted.slug)
    factories.bring_to(drafted, S.CANCELLED)
    assert "400 days late" not in page(client, "profile", drafted.slug)
