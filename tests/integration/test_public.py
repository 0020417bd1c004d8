"""What strangers see: the cities, what is published, help; and nothing that is not published."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import translation

from profile_workflow.models import City, Profile
from profile_workflow.queries.public import networks
from profile_workflow.states import ProfileState, Role
from profile_workflow.web import guides
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState


@pytest.fixture
def made():
    made = factories.make_programme(cities=2)
    City.objects.filter(pk=made.cities[0].pk).update(name="Sfax", name_ar="صفاقس")
    City.objects.filter(pk=made.cities[1].pk).update(name="Amman")
    return made


def editions(made):
    """Return city → the years that strangers are told."""
    (network,) = [one for one in networks() if one.name == made.programme.name]
    return {
        place.city.name: [edition.year for edition in place.editions]
        for place in (*network.places, *network.others)
    }


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        (S.PLANNED, False),
        (S.DRAFTING, False),
        (S.SIGNOFF, False),
        (S.PRODUCTION, False),
        (S.ON_HOLD, False),
        (S.CANCELLED, False),
        (S.PUBLISHED, True),
        (S.CORRECTION, True),
        (S.UPDATE_DUE, True),
        (S.SUPERSEDED, True),
    ],
)
def test_a_profile_is_named_once_it_is_published(made, state, is_told):
    profile = factories.bring_to(factories.make_profile(made), state)
    assert (profile.edition in editions(made)["Sfax"]) is is_told
    assert editions(made)["Amman"] == []


def test_what_was_published_and_cancelled_is_named_no_more(made):
    profile = factories.bring_to(factories.make_profile(made), S.CORRECTION)
    factories.move(profile, "hold", made.team, reason="Doubts.")
    assert editions(made)["Sfax"] == [profile.edition]
    factories.move(profile, "cancel", made.team, reason="Withdrawn.")
    assert editions(made)["Sfax"] == []


def landing(client):
    """Return the landing page without the token against forgery, which changes each time."""
    page = client.get(reverse("home")).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_landing_page_is_the_same_with_and_without_an_unpublished_profile(client, made):
    before = landing(client)
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    assert landing(client) == before
    for state in (S.SIGNOFF, S.PRODUCTION):
        profile = factories.bring_to(profile, state)
        assert landing(client) == before
    factories.bring_to(profile, S.PUBLISHED)
    assert landing(client) != before


def test_the_landing_page_of_a_published_profile(client, made):
    profile = factories.bring_to(factories.make_profile(made, title="Secret title"), S.PUBLISHED)
    page = client.get(reverse("home")).content.decode()
    assert f"Edition {profile.edition}" in page
    assert "Secret title" not in page
    assert made[Role.LOCAL_EXPERT].full_name not in page
    assert reverse("sign_in") in page
    arabic = client.get(reverse("home"), headers={"accept-language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "صفاقس" in arabic


def test_whoever_is_signed_in_goes_to_work(client, made):
    client.force_login(made.team)
    assert client.get(reverse("home"))["Location"] == reverse("board")
    client.force_login(made[Role.LOCAL_EXPERT])
    assert client.get(reverse("home"))["Location"] == reverse("tasks")


def test_help_puts_ones_own_roles_first(client, made):
    page = client.get(reverse("help")).content.decode()
    assert "Your roles" not in page
    factories.make_profile(made)
    client.force_login(made[Role.INTERNATIONAL_EXPERT])
    page = client.get(reverse("help")).content.decode()
    mine, others = page.split("The other roles")
    assert reverse("help_for", args=["international_expert"]) in mine.split("Your roles")[1]
    assert reverse("help_for", args=["local_expert"]) in others


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_its_page_of_help_in_every_language(client, role, language):
    client.cookies["django_language"] = language
    page = client.get(reverse("help_for", args=[role])).content.decode()
    with translation.override(language):
        guide = next(one for one in guides.guides() if one.role == role)
        assert str(guide.role.label) in page
    assert guide.summary in page
    assert all(line in page for line in (*guide.waits, *guide.how, *guide.then, *guide.seen))


def test_there_is_no_help_for_a_role_that_is_none(client):
    assert client.get(reverse("help_for", args=["mayor"])).status_code == 404


def shape(language):
    """Return how many sentences each part of each guide has, and how many words are explained."""
    parts = [
        (one.role, len(one.waits), len(one.how), len(one.then), len(one.seen))
        for one in guides.guides(language)
    ]
    return parts, len(guides.glossary(language))


def test_the_guides_say_as_much_in_every_language():
    assert shape("fr") == shape("en")
    assert shape("ar") == shape("en")
    english, arabic = guides.guides("en"), guides.guides("ar")
    assert not {one.summary for one in english} & {one.summary for one in arabic}


def test_help_stands_at_the_foot_of_every_page(client, made):
    client.force_login(made.team)
    for name in ("board", "tasks", "profiles", "outbox", "me"):
        foot = client.get(reverse(name)).content.decode().split("<footer")[1]
        assert f'href="{reverse("help")}"' in foot


def test_a_published_day_is_given_in_words(client, made):
    profile = factories.bring_to(factories.make_profile(made), S.PUBLISHED)
    Profile.objects.filter(pk=profile.pk).update(published_at=datetime(2026, 3, 14, 12, tzinfo=UTC))
    assert "14 March 2026" in client.get(reverse("home")).content.decode()
