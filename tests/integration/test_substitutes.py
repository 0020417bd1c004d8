"""Who stands in for whom: naming a substitute, what he may do, and how it ends."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow.errors import NotNow
from profile_workflow.models import Assignment, User
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

REASON = "She has moved to another city."


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def drafted(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def address(name, profile, *args):
    return reverse(name, args=[profile.slug, *args])


def part_of(profile, user, role):
    return Assignment.objects.get(profile=profile, user=user, role=role)


# Naming


def test_a_substitute_is_named_by_the_team_and_by_the_person_himself(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    part = part_of(drafted, expert, Role.LOCAL_EXPERT)
    stand_in = factories.make_person("stand_in")
    today = timezone.localdate()
    given = {"person": stand_in.email, "starts_on": today, "ends_on": today + timedelta(days=9)}
    url = address("people_substitute", drafted, part.pk)
    assert signed_in(expert).post(url, given).status_code == HTTPStatus.FOUND
    made_one = Assignment.objects.get(user=stand_in)
    assert (made_one.stands_in_for_id, made_one.starts_on) == (part.pk, today)
    text = page(signed_in(made.team), "people", drafted.slug)
    assert f"{stand_in.full_name} stands in from" in text
    assert url in page(signed_in(expert), "people", drafted.slug)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person": "nobody@example.org"}, "has an account"),
        ({"ends_on": "2020-01-01"}, "The last day is before the first."),
        ({"ends_on": "soon"}, "Enter a valid date."),
    ],
)
def test_a_substitute_that_cannot_be_is_refused_beside_its_field(made, drafted, change, said):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    stand_in = factories.make_person("stand_in")
    given = {"person": stand_in.email, "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    url = address("people_substitute", drafted, part.pk)
    answer = signed_in(made.team).post(url, {**given, **change})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    judge = made[Role.INTERNATIONAL_EXPERT]
    refused = signed_in(made.team).post(url, {**given, "person": judge.full_name})
    assert "cannot judge it too" in refused.content.decode()
    assert not Assignment.objects.filter(stands_in_for=part).exists()


def test_two_people_of_one_name_are_told_apart_by_their_address(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    twins = [factories.make_person("twin") for _ in range(2)]
    User.objects.filter(pk__in=[one.pk for one in twins]).update(full_name="Sami Twin")
    given = {"person": "Sami Twin", "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    answer = signed_in(made.team).post(address("people_substitute", drafted, part.pk), given)
    assert "Several people are called" in answer.content.decode()


def given_until(days, person):
    today = timezone.now().date()
    return {
        "person": person.email,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=days)).isoformat(),
    }


def test_who_had_a_part_does_not_lend_it_to_himself_again(made, drafted):
    focal_point, now = made[Role.FOCAL_POINT], timezone.now()
    part = part_of(drafted, focal_point, Role.FOCAL_POINT)
    people.assign(drafted, [people.Part(focal_point, Role.OBSERVER)], by=made.team, at=now)
    url, client = address("people_substitute", drafted, part.pk), signed_in(focal_point)
    before = Assignment.objects.count()
    itself = client.post(url, given_until(9, focal_point))
    assert itself.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Nobody stands in for himself" in itself.content.decode()
    engine.end_part(part, by=made.team, at=now, reason=REASON)
    for somebody in (focal_point, factories.make_person()):
        for closed in (client.get(url), client.post(url, given_until(9, somebody))):
            assert closed.status_code == HTTPStatus.CONFLICT
            assert "This part has ended already." in closed.content.decode()
    assert Assignment.objects.count() == before
    assert factories.fresh(drafted).roles_of(focal_point) == {Role.OBSERVER}


def test_a_part_ended_while_the_page_was_open_is_not_lent(made, drafted):
    part = part_of(drafted, made[Role.FOCAL_POINT], Role.FOCAL_POINT)
    now = timezone.now()
    engine.end_part(part, by=made.team, at=now, reason=REASON)
    part.ends_on = None
    days = {"starts_on": now.date(), "ends_on": now.date()}
    with pytest.raises(NotNow):
        people.substitute(
            part, by_user=factories.make_person(), **days, by=made[Role.FOCAL_POINT], at=now
        )


def test_a_substitute_lends_nothing_on_and_is_seen_after_the_part_has_ended(made, drafted):
    part = part_of(drafted, made[Role.FOCAL_POINT], Role.FOCAL_POINT)
    stand_in = factories.make_person("stand_in")
    team = signed_in(made.team)
    team.post(address("people_substitute", drafted, part.pk), given_until(5, stand_in))
    lent = Assignment.objects.get(user=stand_in)
    url = address("people_substitute", drafted, lent.pk)
    for client in (signed_in(stand_in), team):
        closed = client.post(url, given_until(365, factories.make_person()))
        assert closed.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "A substitute has no substitute himself" in closed.content.decode()
    assert not Assignment.objects.filter(stands_in_for=lent).exists()
    assert url not in page(team, "people", drafted.slug)
    # As rows of before could be: the part is over, who stands in for it is still there.
    Assignment.objects.filter(pk=part.pk).update(ends_on="2026-01-01")
    text = page(team, "people", drafted.slug)
    assert address("people_end", drafted, lent.pk) in text
    assert url not in text


# The end


def test_a_substitution_ends_alone(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    today = timezone.localdate()
    lent = people.substitute(
        part,
        by_user=factories.make_person(),
        starts_on=today,
        ends_on=today + timedelta(days=9),
        by=made.team,
        at=timezone.now(),
    )
    assert engine.end_part(lent, by=made.team, at=timezone.now(), reason=REASON) == 0
    assert factories.fresh(lent).ends_on < today
    assert factories.fresh(part).ends_on is None
