"""The overview of a profile as a list of tasks, and where each missing thing is mended."""

from http import HTTPStatus

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import Missing
from profile_workflow.queries.profiles import people_of, visible_profile
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role, SectionState
from profile_workflow.templatetags.places import place_of
from tests import factories
from tests.integration.pages import signed_in
from workflows import queries
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState


def overview(profile, user) -> str:
    answer = signed_in(user).get(reverse("profile", args=[profile.slug]))
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def standings(profile, viewer):
    profile = visible_profile(viewer, profile.slug)
    people = people_of(profile, viewer=viewer, on=timezone.localdate())
    waiting = queries.waiting_of(profile, viewer=viewer)
    return queries.standings_of(profile, viewer=viewer, people=people, waiting=waiting)


def statuses(profile, viewer):
    return [one.label for one in standings(profile, viewer)]


def test_every_section_has_one_status(made):
    expert, reviewer = made[Role.LOCAL_EXPERT], made[Role.INTERNATIONAL_EXPERT]
    profile = factories.make_profile(made)
    assert statuses(profile, expert) == ["Cannot start yet"] * 3
    assert {one.reason for one in standings(profile, expert)} == {
        "Writing opens when the project team starts the inception."
    }
    profile = factories.bring_to(profile, S.INCEPTION)
    assert statuses(profile, expert) == ["Not started"] * 3
    profile = factories.bring_to(profile, S.DRAFTING)
    factories.write(factories.section(profile, "2"), "Begun.")
    factories.write(factories.section(profile, "3"), "Done.")
    factories.move(factories.section(profile, "3"), "submit", expert)
    assert statuses(profile, expert) == ["Not started", "In progress", "Ready"]
    profile = factories.bring_to(profile, S.EXPERT_REVIEW)
    first, second, _third = factories.sections(profile)
    factories.move(first, "request_minor_changes", reviewer, reason="Years.")
    factories.move(second, "accept", reviewer)
    found = standings(profile, expert)
    assert [one.label for one in found] == ["Changes requested", "Accepted", "In review"]
    assert found[0].reason == "It can be revised when the review of the whole is concluded."
    assert not found[0].may_write
    assert [one.who for one in found] == [expert.full_name, "", reviewer.full_name]
    assert "1 of 3 sections finished" in overview(profile, expert)


def test_a_reopened_a_locked_and_a_halted_section(made):
    expert = made[Role.LOCAL_EXPERT]
    profile = factories.bring_to(factories.make_profile(made), S.REVISION_QA)
    assert statuses(profile, expert) == ["Changes requested", "Accepted", "Accepted"]
    assert standings(profile, expert)[0].may_write
    factories.move(profile, "hold", made.team, reason="Elections.")
    found = standings(profile, expert)
    assert [one.reason for one in found] == ["The profile is on hold.", "", ""]
    assert not found[0].may_write
    published = factories.bring_to(factories.make_profile(made), S.PUBLISHED)
    assert statuses(published, expert) == ["Locked"] * 3
    for one in (profile, published):
        public = reverse("published", args=[one.slug])
        assert (public in overview(one, expert)) is (one == published)


def test_only_the_one_word_of_a_section_is_shown_and_it_is_tied_to_its_link(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    text = overview(profile, made[Role.LOCAL_EXPERT])
    assert '<progress class="progress-wide" max="3" value="0"' in text
    for key in "123":
        assert text.count(f'aria-describedby="status-{key}"') == 1
        assert text.count(f'id="status-{key}"') == 1
    assert text.count(str(SectionState.EMPTY.label)) == 3


def test_equal_tasks_of_one_person_are_one_line(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    text = overview(profile, made.team)
    assert "Write the section: 3 sections" in text
    assert "Next deadline" in text


def test_what_is_asked_of_people_stays_one_line_each(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    waiting = queries.waiting_of(profile, viewer=made.team)
    assert len(waiting) == 3
    assert [turn.number for turn in queries.grouped(waiting)] == [1, 1, 1]


def test_the_whole_can_always_be_sent_and_that_leads_to_what_is_missing(made):
    expert = made[Role.LOCAL_EXPERT]
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    address = reverse("profile_move", args=[profile.slug, "submit_draft"])
    assert address in overview(profile, expert)
    assert "3 things are missing; see which" in overview(profile, expert)
    assert address not in overview(profile, made.team)
    client = signed_in(expert)
    listed = client.get(address).content.decode()
    for key in "123":
        assert f'href="{reverse("section", args=[profile.slug, key])}"' in listed
    # With it all that its sections lack, each with its place.
    assert listed.count("has neither text nor") == 3
    first = factories.sections(profile)[0]
    factories.write(first, "They are illegal migrants [@nowhere].")
    few = client.get(address).content.decode()
    assert few.count("has neither text nor") == 2
    assert "The source “nowhere” is not in the bibliography." in few
    assert "illegal migrants" in few
    assert f'href="{reverse("section_edit", args=[profile.slug, first.key])}' in few
    refused = client.post(address, {"move": "submit_draft"})
    assert refused.status_code == 422
    assert "The source “nowhere” is not in the bibliography." in refused.content.decode()
    factories.write(first, "They are migrants.")
    factories.submit_sections(profile)
    assert address in overview(profile, expert)
    assert client.post(address, {"move": "submit_draft"}).status_code == HTTPStatus.FOUND
    assert factories.fresh(profile).state == S.EXPERT_REVIEW


def test_the_end_of_a_profile_is_offered_last(made):
    profile = factories.bring_to(factories.make_profile(made), S.ON_HOLD)
    page = overview(profile, made.team)
    moves = [reverse("profile_move", args=[profile.slug, move]) for move in ("resume", "cancel")]
    assert 0 < page.index(moves[0]) < page.index(moves[1])


def test_whoever_reviews_a_section_is_led_to_its_review(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    address = reverse("section_review", args=[profile.slug, "2"])
    assert f'href="{address}" aria-describedby="status-2"' in overview(
        profile, made[Role.INTERNATIONAL_EXPERT]
    )
    reading = reverse("section", args=[profile.slug, "2"])
    assert f'href="{reading}" aria-describedby="status-2"' in overview(profile, made.team)


# Where it is mended


def all_missing():
    """Return one requirement of each code that any check can yield, with the section it names."""
    profile = factories.bring_to(factories.make_profile(), S.DRAFTING)
    found: dict[str, Missing] = {}
    documents = {"profile": profile, "section": factories.section(profile, "1")}
    for permission in requirements.REQUIREMENTS:
        document = documents.get(permission.partition(".")[0])
        if document is not None:
            for one in requirements.missing_for(permission, document):
                found.setdefault(one.code, one)
    return profile, found


def test_each_missing_thing_leads_to_a_page_that_there_is():
    profile, found = all_missing()
    assert {"section_empty", "section_unfinished", "no_priority", "no_pdf"} <= set(found)
    for one in found.values():
        place = place_of(one, profile)
        assert resolve(place.address.partition("#")[0]).kwargs["slug"] == profile.slug
        assert "%" not in place.label


@pytest.mark.parametrize(
    ("missing", "name", "fragment", "label"),
    [
        (Missing("section_empty", "", "1"), "section_edit", "#id_text", "text of section 1"),
        (Missing("comment_open", "", "1"), "section_review", "#comments", "comments on section 1"),
        (Missing("role_vacant", ""), "people", "", "See the people"),
        (Missing("unheard_of", "", "1"), "section", "", "Go to section 1"),
        (Missing("unheard_of", ""), "profile", "", "Go to the profile"),
        (Missing("section_empty", ""), "profile", "", "Go to the profile"),
    ],
)
def test_the_table_of_places(made, missing, name, fragment, label):
    profile = factories.make_profile(made)
    place = place_of(missing, profile)
    address, mark, found = place.address.partition("#")
    assert (resolve(address).view_name, mark + found) == (name, fragment)
    assert label in place.label


def test_a_task_that_waits_for_a_role_is_taken_from_the_overview(made):
    """Nobody has to look for it in his list first."""
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    claim = f'action="{reverse("task_claim", args=[task.pk])}"'
    assert claim in overview(profile, made.team)
    assert claim in overview(profile, colleague)
    assert claim not in overview(profile, made[Role.LOCAL_EXPERT])
    signed_in(made.team).post(reverse("task_claim", args=[task.pk]))
    assert claim not in overview(profile, made.team)
