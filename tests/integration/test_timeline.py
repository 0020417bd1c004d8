"""The timeline of a profile, and what it and other pages tell of other people's answers."""

from uuid import uuid4

import pytest
from django.urls import reverse

from profile_workflow.models import Event, Organisation, User
from profile_workflow.queries import history
from profile_workflow.states import Attribution, ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.models import Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

S = ProfileState


@pytest.fixture
def answered(made):
    """A consultation in which a stakeholder has commented and objected."""

    def make(attribution):
        profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
        profile = factories.promise_unsealed(profile, attribution)
        author = made[Role.STAKEHOLDER]
        organisation = Organisation.objects.create(key=f"o{profile.pk}", name="Canary House")
        User.objects.filter(pk=author.pk).update(
            full_name="Canary Stakeholder", organisation=organisation
        )
        factories.comment_on(factories.section(profile, "1"), author, text="Not so in my street.")
        signoff = next(one for one in factories.asked(profile) if one.person_id == author.pk)
        factories.move(
            signoff,
            "object_to",
            User.objects.get(pk=author.pk),
            reason="The figures are wrong.",
            sections=[factories.section(profile, "1")],
        )
        return profile

    return make


PAGES = ["profile", "history"]


OTHERS = [Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT, Role.OBSERVER]


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("attribution", [Attribution.CATEGORY, Attribution.CHATHAM_HOUSE])
def test_who_answered_is_the_project_teams_to_know(made, answered, attribution):
    profile = answered(attribution)
    canaries = ("Canary Stakeholder", "Canary House", made[Role.STAKEHOLDER].email)
    addresses = [
        *(reverse(name, args=[profile.slug]) for name in PAGES),
        reverse("section", args=[profile.slug, "1"]),
        *(
            f"{reverse('history', args=[profile.slug])}?{query}"
            for query in ("kind=comment", "kind=sign_off", "section=1", "kind=people", "output=csv")
        ),
        *(reverse("task", args=[pk]) for pk in Task.objects.values_list("pk", flat=True)),
    ]
    for role in [*OTHERS, Role.CITY_AUTHORITY, Role.TRANSLATOR]:
        client = signed_in(made[role])
        for address in addresses:
            text = client.get(address).content.decode()
            assert [one for one in canaries if one in text] == [], (role, address)
    # The team sees the name, so the search above would have found it.
    team = signed_in(made.team)
    assert "Canary Stakeholder" in team.get(addresses[0]).content.decode()
    assert "Canary Stakeholder" in team.get(addresses[1]).content.decode()
    assert "Canary Stakeholder" in page(signed_in(made[Role.STAKEHOLDER]), "history", profile.slug)


def test_a_filter_does_not_tell_who_answered(made, answered):
    profile = answered(Attribution.CATEGORY)
    author = made[Role.STAKEHOLDER]
    wanted = history.Wanted(person=author.pk)
    others = made[Role.LOCAL_EXPERT]
    assert list(history.events_of(profile, wanted, viewer=others)) == []
    assert author.pk not in {one.pk for one in history.people_in(profile, viewer=others)}
    for viewer in (made.team, author):
        assert history.events_of(profile, wanted, viewer=viewer).count() == 2


def test_an_answer_without_a_name_has_no_time_of_day(made, answered):
    profile = answered(Attribution.CHATHAM_HOUSE)
    number = Event.objects.get(profile=profile, move="object_to").seq
    (line,) = history.lines(profile, [number], viewer=made[Role.LOCAL_EXPERT])
    assert (line.who, line.role, line.exact) == ("A participant", "", False)
    (line,) = history.lines(profile, [number], viewer=made.team)
    assert (line.who, line.exact) == ("Canary Stakeholder", True)


@pytest.mark.parametrize(
    ("attribution", "shown"),
    [
        (Attribution.NAMED, "Canary Stakeholder"),
        (Attribution.ORGANISATION, "Canary House"),
        (Attribution.CATEGORY, "Public service"),
        (Attribution.CHATHAM_HOUSE, "A participant"),
    ],
)
def test_each_attribution_shows_what_it_promises(made, answered, attribution, shown):
    profile = answered(attribution)
    number = Event.objects.get(profile=profile, move="object_to").seq
    (line,) = history.lines(profile, [number], viewer=made[Role.LOCAL_EXPERT])
    assert line.who == shown


def test_the_timeline_says_who_what_from_to_why_and_when(made):
    profile = factories.bring_to(factories.make_profile(made), S.REVISION_EXPERT)
    text = page(signed_in(made[Role.OBSERVER]), "history", profile.slug)
    event = Event.objects.get(profile=profile, move="request_minor_revision")
    for words in (
        made[Role.INTERNATIONAL_EXPERT].full_name,
        "Ask for a minor revision",
        "Expert review",
        "Revision after expert review",
        "Almost there.",
        event.hash[:10],
    ):
        assert words in text
    only = page(signed_in(made.team), "history", profile.slug, kind="comment")
    assert "Nothing has happened that matches the filter." in only


def test_a_name_that_was_erased_leaves_the_timeline_whole(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    User.objects.filter(pk=expert.pk).update(pseudonym=uuid4())
    text = page(signed_in(made.team), "history", drafted.slug)
    assert "A person whose name was erased" in text


def test_long_timelines_have_pages_that_keep_the_filter(made):
    made = factories.make_programme(sections=13)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    text = page(signed_in(made.team), "history", profile.slug, kind="moves")
    assert "?kind=moves&amp;page=2" in text
    second = page(signed_in(made.team), "history", profile.slug, kind="moves", page="2")
    assert 'rel="prev"' in second
    assert 'rel="next"' in page(signed_in(made.team), "history", profile.slug, page="0")
