"""What an act does is said where it is done, before it is done; and the way back is offered."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from profile_workflow.calendars import day_of
from profile_workflow.models import Assignment, Event, Note
from profile_workflow.services import comments, people
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.integration.pages import page, signed_in
from workflows import engine
from workflows.models import Task
from workflows.views.acts import DOES

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
TEAM, EXPERT, REVIEWER = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT
STAKEHOLDER, FOCAL_POINT = Role.STAKEHOLDER, Role.FOCAL_POINT
NOT_COMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY


def submitted(made, profile):
    """Submit the first section."""
    first = factories.section(profile, "1")
    factories.write(first, "Text.")
    return factories.move(first, "submit", made[EXPERT])


#: Move → the state in which it is offered, and to whom.
OFFERED = {
    "profile.publish": (S.PRODUCTION, TEAM),
    "profile.publish_correction": (S.CORRECTION, TEAM),
    "profile.hold": (S.DRAFTING, TEAM),
    "profile.resume": (S.ON_HOLD, TEAM),
    "profile.cancel": (S.ON_HOLD, TEAM),
    "profile.withdraw": (S.PUBLISHED, TEAM),
    "profile.open_correction": (S.PUBLISHED, TEAM),
    "profile.declare_update_due": (S.PUBLISHED, TEAM),
    "profile.extend_consultation": (S.CONSULTATION, TEAM),
    "profile.report_defect": (S.PRODUCTION, TEAM),
    "section.take_back": (S.DRAFTING, EXPERT),
    "section.accept": (S.EXPERT_REVIEW, REVIEWER),
    "sign_off.waive": (S.CONSULTATION, TEAM),
}
#: Offered where several judge a section: tests/integration/test_several_reviewers.py.
OF_SEVERAL = {"section.take_back_decision", "section.settle_accept", "section.settle_minor"}


def where(profile, made, name):
    """Return the address at which a move is made."""
    kind, move = name.split(".")
    if name == "section.take_back":
        submitted(made, profile)
        return reverse("section_move", args=[profile.slug, "1", move])
    if name == "profile.publish_correction":
        factories.submit_sections(profile)
    if name == "profile.extend_consultation":
        factories.approve_all(profile)
    tasks = Task.objects.open().filter(profile=profile).order_by("pk")
    for task in tasks:
        if task.document.document_type == kind and move in task.flow_task.moves:
            return reverse("task", args=[task.pk])
    return reverse("profile_move", args=[profile.slug, move])


def test_every_sentence_is_tried():
    assert OFFERED.keys() | OF_SEVERAL == DOES.keys()


@pytest.mark.parametrize("name", OFFERED)
def test_what_an_act_does_is_said_where_it_is_done(made, name):
    state, role = OFFERED[name]
    profile = factories.bring_to(factories.make_profile(made), state)
    address = where(profile, made, name)
    text = signed_in(made[role]).get(address).content.decode()
    for sentence in DOES[name]:
        assert escape(str(sentence)) in text
    assert f'value="{name.split(".")[1]}"' in text


def test_who_judges_beside_the_text_reads_how_long_he_can_take_it_back(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    text = page(signed_in(made[REVIEWER]), "section_review", profile.slug, "1")
    assert "You can take your decision back" in text
    assert "You can take your decision back" not in page(
        signed_in(made[EXPERT]), "section_review", profile.slug, "1"
    )


# An answer that does not come


def test_the_round_leads_the_team_to_an_answer_to_go_on_without(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[0]
    task = reverse("task", args=[Task.objects.get(signoff=signoff).pk])
    client = signed_in(made.team)
    assert f'href="{task}#decision"' in page(client, "round", profile.slug)
    assert f"{task}#decision" not in page(signed_in(signoff.person), "round", profile.slug)
    text = client.get(task).content.decode()
    assert "Go on without this answer" in text
    assert "Give your answer" not in text
    own = signed_in(signoff.person).get(task).content.decode()
    assert "Give your answer" in own
    assert "Go on without this answer" not in own
    assert client.post(task, {"move": "waive", "reason": "She is abroad."}).status_code == 302
    assert factories.fresh(signoff).state == "waived"
    assert f"{task}#decision" not in page(client, "round", profile.slug)


# Asked once


def test_a_note_is_deleted_after_being_asked_once(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    section, reviewer = factories.section(profile, "1"), made[REVIEWER]
    note = comments.add_note(section, text="Look.", by=reviewer, at=timezone.now())
    text = page(signed_in(reviewer), "section_review", profile.slug, "1")
    question, _rest = text.split(f'name="drop" value="{note.pk}"')
    assert "no history keeps it" in question[question.rindex("<details>") :]
    assert Note.objects.filter(pk=note.pk).exists()


def test_a_request_says_that_withdrawing_it_is_final(made, drafted):
    asked = factories.ask_for_input(drafted, person=made[FOCAL_POINT])
    said = "This cannot be undone; the same can be asked for anew."
    assert said in page(signed_in(made[EXPERT]), "request", drafted.slug, asked.pk)
    assert said not in page(signed_in(made[FOCAL_POINT]), "request", drafted.slug, asked.pk)


# Resuming


def test_resuming_needs_a_reason_which_everybody_can_read(made, drafted):
    factories.move(drafted, "hold", made.team, reason="Elections.")
    client, address = signed_in(made.team), reverse("profile_move", args=[drafted.slug, "resume"])
    empty = client.post(address, {"move": "resume", "reason": " "})
    assert empty.status_code == NOT_COMPLETE
    assert "Give a reason; the receiver will see it." in empty.content.decode()
    assert factories.fresh(drafted).state == S.ON_HOLD
    client.post(address, {"move": "resume", "reason": "The elections are over."})
    assert factories.fresh(drafted).state == S.DRAFTING
    assert "The elections are over." in page(signed_in(made[EXPERT]), "history", drafted.slug)


# Taking back


def test_a_section_is_taken_back_from_its_page_and_from_the_overview(made, drafted):
    submitted(made, drafted)
    address = reverse("section_move", args=[drafted.slug, "1", "take_back"])
    other = reverse("section_move", args=[drafted.slug, "2", "take_back"])
    expert, observer = signed_in(made[EXPERT]), signed_in(made[Role.OBSERVER])
    for args in (("section", drafted.slug, "1"), ("profile", drafted.slug)):
        assert address in page(expert, *args)
        assert other not in page(expert, *args)
        assert address not in page(observer, *args)
    factories.submit_sections(drafted)
    factories.move(drafted, "submit_draft", made[EXPERT])
    for args in (("section", drafted.slug, "1"), ("profile", drafted.slug)):
        assert address not in page(expert, *args)


def test_what_is_offered_is_what_is_accepted(made, drafted):
    """A section that is in, while the whole is with somebody else, is offered to nobody."""
    first = submitted(made, drafted)
    assert engine.may_take_back(first, made[EXPERT])
    Task.objects.open().filter(profile=drafted).update(finished=timezone.now())
    assert first.state == SectionState.READY
    assert not engine.may_take_back(first, made[EXPERT])
    assert "take_back" not in [one.move for one in engine.offers(first, made[EXPERT])]


def test_who_works_on_a_closed_section_reads_how_it_is_opened_again(made):
    profile = factories.bring_to(factories.make_profile(made), S.PUBLISHED)
    said = "It is opened again only by returning it, with a reason"
    for role in (EXPERT, REVIEWER, TEAM):
        assert said in page(signed_in(made[role]), "section", profile.slug, "1")
    assert said not in page(signed_in(made[FOCAL_POINT]), "section", profile.slug, "1")
    open_one = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    assert said not in page(signed_in(made[EXPERT]), "section", open_one.slug, "1")


# What one has lent


def lent(made, profile, *, days=(0, 9)):
    held = profile.assignments.get(user=made[FOCAL_POINT], role=FOCAL_POINT)
    today = timezone.now().date()
    first, last = (today + timedelta(days=number) for number in days)
    stand_in = factories.make_person("stand_in")
    made_one = people.substitute(
        held, by_user=stand_in, starts_on=first, ends_on=last, by=made.team, at=timezone.now()
    )
    return held, made_one


def test_who_has_lent_a_part_sees_it_and_ends_it_himself(made, drafted):
    held, given = lent(made, drafted)
    client = signed_in(made[FOCAL_POINT])
    text = page(client, "people", drafted.slug)
    assert f"{given.user.full_name} stands in from" in text
    assert "(in 9 days)" in text
    address = reverse("people_end", args=[drafted.slug, held.pk])
    assert address in text
    asked = client.get(address).content.decode()
    assert "Whoever stands in for you in this part no longer does" in asked
    assert given.user.full_name not in asked
    assert client.post(address, {"reason": ""}).status_code == NOT_COMPLETE
    done = client.post(address, {"reason": "I am back."}, follow=True).content.decode()
    assert "Nobody stands in for you in this part any more." in done
    assert factories.fresh(given).ends_on < timezone.now().date()
    assert factories.fresh(held).ends_on is None
    assert factories.fresh(drafted).roles_of(made[FOCAL_POINT]) == {FOCAL_POINT}
    event = Event.objects.filter(profile=drafted, move="end_part").get()
    assert (event.actor, event.role) == (made[FOCAL_POINT].pseudonym, FOCAL_POINT)


def test_ending_what_was_never_lent_changes_nothing_and_says_the_same(made, drafted):
    held = drafted.assignments.get(user=made[FOCAL_POINT], role=FOCAL_POINT)
    address = reverse("people_end", args=[drafted.slug, held.pk])
    done = signed_in(made[FOCAL_POINT]).post(address, {"reason": "I stay."}, follow=True)
    assert "Nobody stands in for you in this part any more." in done.content.decode()
    assert not Event.objects.filter(profile=drafted, move="end_part").exists()
    assert Assignment.objects.get(pk=held.pk).ends_on is None


def test_a_substitute_who_comes_later_is_not_named_yet_but_ended_too(made, drafted):
    held, given = lent(made, drafted, days=(3, 9))
    client = signed_in(made[FOCAL_POINT])
    assert given.user.full_name not in page(client, "people", drafted.slug)
    address = reverse("people_end", args=[drafted.slug, held.pk])
    client.post(address, {"reason": "I stay."})
    assert factories.fresh(given).ends_on < timezone.now().date()


def test_nobody_ends_the_part_of_another_nor_one_that_he_was_lent(made, drafted):
    held, given = lent(made, drafted)
    refused, gone = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
    for by, part, status in ((made[EXPERT], held, gone), (given.user, given, refused)):
        address, client = reverse("people_end", args=[drafted.slug, part.pk]), signed_in(by)
        for answer in (client.get(address), client.post(address, {"reason": "Why."})):
            assert answer.status_code == status
    assert factories.fresh(given).ends_on > timezone.now().date()


# Where the board leads


def test_a_cell_of_the_board_leads_to_what_is_not_finished(made, drafted):
    submitted(made, drafted)
    client, shown = signed_in(made.team), reverse("profile", args=[drafted.slug])
    assert f'href="{shown}?sections=open#sections"' in page(client, "board")
    text = page(client, "profile", drafted.slug, sections="open")
    assert 'id="section-1"' not in text
    assert 'id="section-2"' in text
    assert "1 of 3 sections finished" in text
    assert 'id="section-1"' in page(client, "profile", drafted.slug, sections="nonsense")
    consulted = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    answers = reverse("round", args=[consulted.slug])
    assert f'href="{answers}"' in page(client, "board")


def test_the_day_of_publication_says_how_far_it_is_away(made):
    soon = day_of(timezone.now(), made.cities[0]) + timedelta(days=20)
    profile = factories.make_profile(made, due_on=soon)
    assert "in 20 days" in page(signed_in(made.team), "profile", profile.slug)
