"""Starting a profile in the browser: form, check, refusals, two clicks, lengths of the steps."""

from datetime import date
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow import calendars
from profile_workflow.forms.people import PeopleField
from profile_workflow.models import Profile, User
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.flows import human_tasks
from workflows.models import Task
from workflows.timetable import STEPS, timetable, usual_days

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def made():
    return factories.make_programme(cities=2)


def answers(made, **change):
    given = {
        "city": made.cities[0].pk,
        "edition": 2030,
        "template": made.template.pk,
        "language": "fr",
        "title": "",
        "local_expert": made[Role.LOCAL_EXPERT].email,
        "international_expert": made[Role.INTERNATIONAL_EXPERT].full_name,
        "focal_point": made[Role.FOCAL_POINT].email,
        "city_authority": made[Role.CITY_AUTHORITY].email,
        "co_authors": "",
        "translators": made[Role.TRANSLATOR].email,
        "quorum": 60,
        "tacit_rule": "on",
        "asks_priorities": "on",
        "attribution": "named",
        **{f"days_{name}": days for name, days in usual_days().items()},
    }
    return {**given, **change}


def post(made, step, **change):
    return signed_in(made.team).post(
        reverse("profile_new"), {**answers(made, **change), "step": step}
    )


def test_people_are_found_by_address_or_name_with_one_query(made, django_assert_num_queries):
    translator, expert = made[Role.TRANSLATOR], made[Role.LOCAL_EXPERT]
    User.objects.filter(pk=expert.pk).update(full_name="Élodie Ben Salah")
    for number in range(2):
        User.objects.filter(pk=made.people[Role.STAKEHOLDER][number].pk).update(full_name="Twin")
    lines = [f" {translator.email.upper()}", "Élodie Ben Salah", translator.full_name.lower()]
    with django_assert_num_queries(1):
        found = PeopleField(required=False).clean("\n".join(lines))
    assert {one.pk for one in found} == {translator.pk, expert.pk}
    with django_assert_num_queries(1), pytest.raises(ValidationError) as refused:
        PeopleField(required=False).clean("\n".join([*lines, "Twin", "Nobody"]))
    assert [one.code for one in refused.value.error_list] == ["ambiguous", "unknown"]


def test_answers_are_checked_before_the_profile_is_started(made):
    checked = post(made, "check", days_plan=10)
    text = checked.content.decode()
    assert checked.status_code == HTTPStatus.OK
    assert made[Role.FOCAL_POINT].full_name in text
    steps = timetable(timezone.localdate(), made.cities[0], {"plan": 10})
    assert str(steps[-1].ends_on.year) in text
    assert not Profile.objects.exists()
    # "Change the answers" shows the form with everything that was typed.
    again = post(made, "edit", days_plan=10).content.decode()
    assert 'name="days_plan" value="10"' in again
    assert made[Role.LOCAL_EXPERT].email in again


def test_two_clicks_start_one_profile(made):
    first, second = post(made, "start", language="en"), post(made, "start", language="en")
    profile = Profile.objects.get()
    assert first["Location"] == second["Location"] == reverse("people", args=[profile.slug])
    assert profile.title == f"City Migration Profile: {made.cities[0].name}"
    assert (profile.language, profile.quorum, profile.tacit_rule) == ("en", 60, True)
    assert profile.asks_priorities
    assert profile.due_on == timetable(timezone.localdate(), made.cities[0], {})[-1].ends_on
    roles = set(profile.assignments.values_list("role", flat=True))
    assert roles == {
        "local_expert",
        "international_expert",
        "focal_point",
        "city_authority",
        "translator",
    }
    assert Task.objects.open().get(profile=profile).flow_task.name == "plan"


def test_an_edition_of_somebody_else_is_refused_not_shown(made):
    factories.make_profile(made, edition=2030)
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    refused = signed_in(colleague).post(reverse("profile_new"), {**answers(made), "step": "start"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is already an edition 2030" in refused.content.decode()
    assert 'href="#id_edition"' in refused.content.decode()
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"city": ""}, "city", "This field is required."),
        ({"edition": "next"}, "edition", "Enter a whole number."),
        ({"edition": 1066}, "edition", "greater than or equal to 2000"),
        ({"focal_point": "nobody@example.org"}, "focal_point", "has an account"),
        ({"co_authors": "x@example.org\ny@example.org"}, "co_authors", "y@example.org"),
        ({"days_draft": 0}, "days_draft", "greater than or equal to 1"),
        ({"quorum": 101}, "quorum", "less than or equal to 100"),
        ({"due_on": "soon"}, "due_on", "Enter a valid date."),
    ],
)
def test_every_refusal_stands_beside_its_field(made, change, field, said):
    for step in ("check", "start"):
        answer = post(made, step, **change)
        text = answer.content.decode()
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert f'href="#id_{field}"' in text
        assert said in text
    assert not Profile.objects.exists()


def test_who_writes_cannot_judge_from_the_beginning(made):
    expert = made[Role.LOCAL_EXPERT].email
    answer = post(made, "start", international_expert=expert)
    text = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "cannot judge it too" in text
    assert not Profile.objects.exists()


def test_a_city_of_another_programme_cannot_be_chosen(made):
    foreign = factories.make_programme()
    answer = post(made, "start", city=foreign.cities[0].pk)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert foreign.cities[0].name not in page(signed_in(made.team), "profile_new")


def test_the_next_edition_carries_text_and_stakeholders_over(made):
    before = factories.bring_to(factories.make_profile(made, edition=2020), ProfileState.UPDATE_DUE)
    assert "2020, whose update is due, is carried over" in post(made, "check").content.decode()
    post(made, "start")
    after = Profile.objects.get(edition=2030)
    assert after.previous_edition == before
    assert after.sections.get(key="1").draft.text == before.sections.get(key="1").revision.text
    assert after.assignments.filter(role=Role.STAKEHOLDER).count() == 2


def test_an_edition_that_was_cancelled_makes_room_for_another(made):
    before = factories.bring_to(factories.make_profile(made, edition=2020), ProfileState.UPDATE_DUE)
    leads_on = f"{reverse('profile_new')}?city={made.cities[0].pk}"
    overviews = [signed_in(one) for one in (made.team, made[Role.LOCAL_EXPERT])]
    assert [leads_on in page(one, "profile", before.slug) for one in overviews] == [True, False]
    after = factories.start_next_edition(before)
    assert leads_on not in page(overviews[0], "profile", before.slug)
    assert "is carried over" not in post(made, "check").content.decode()
    factories.move(after, "cancel", made.team, reason="The mayor has changed.")
    assert leads_on in page(overviews[0], "profile", before.slug)
    post(made, "start")
    assert Profile.objects.get(edition=2030).previous_edition == before


def test_lengths_of_the_steps_are_the_deadlines_of_the_tasks(made):
    post(made, "start", days_plan=7, days_consult=9, focal_point=made[Role.FOCAL_POINT].email)
    profile = Profile.objects.get()
    assert profile.stage_days == {"plan": 7, "consult": 9}
    task = Task.objects.open().get(profile=profile)
    assert task.due_at == calendars.deadline(task.created, 7, made.cities[0])
    people.assign(
        profile,
        [one for one in made.parts() if one.role == Role.STAKEHOLDER],
        by=made.team,
        at=timezone.now(),
    )
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    opened = profile.validation_rounds.get()
    assert opened.closes_at == calendars.deadline(opened.opened_at, 9, made.cities[0])


def test_the_usual_lengths_make_forty_five_weeks():
    assert set(STEPS) < set(human_tasks())
    assert sum(usual_days().values()) == 223
    with translation.override("en"):
        city = factories.make_programme().cities[0]
        ends = [step.ends_on for step in timetable(date(2026, 1, 5), city, {})]
    assert ends == sorted(ends)


def test_who_leads_single_profiles_only_is_told_who_starts_one(made):
    profile = factories.make_profile(made)
    person = factories.make_person("lead")
    part = factories.Part(person, Role.PROJECT_TEAM)
    people.assign(profile, [part], by=made.team, at=timezone.now())
    text = page(signed_in(person), "profile_new")
    assert "Somebody in the team of the whole programme" in text


def test_starting_leads_to_naming_who_takes_part(made):
    started = post(made, "start")
    profile = Profile.objects.get()
    assert started.url == reverse("people", args=[profile.slug])
    client = signed_in(made.team)
    text = page(client, "people", profile.slug)
    assert "Next: name who takes part" in text
    add = reverse("people_add", args=[profile.slug])
    assert f'href="{add}?role=stakeholder"' in text
    assert f'href="{add}?role=observer"' in text
    person = made.people[Role.STAKEHOLDER][0]
    found = page(client, "people_add", profile.slug, role="stakeholder", q=person.email)
    assert f'href="?person={person.pk}&amp;role=stakeholder"' in found
    form = client.get(add, {"person": person.pk, "role": "stakeholder"}).context["form"]
    assert form["role"].value() == "stakeholder"
    client.post(f"{add}?person={person.pk}", {"role": "stakeholder", "category": "academia"})
    assert "1 person" in page(client, "people", profile.slug)
    assert "Next: name" not in page(signed_in(person), "people", profile.slug)
    factories.bring_to(factories.make_profile(made, edition=2033), ProfileState.INCEPTION)
    later = Profile.objects.get(edition=2033)
    assert "Next: name" not in page(client, "people", later.slug)
