"""Notes to guiding questions: none is thrown away, and nobody writes over another unseen."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.forms.guidance import QuestionsForm
from profile_workflow.models import QuestionAnswer, Section, TemplateSection
from profile_workflow.queries.guidance import coverage_of, questions_of
from profile_workflow.services import guidance
from profile_workflow.services.guidance import Mark
from profile_workflow.states import Outcome, ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY
EXPERT, CO_AUTHOR = Role.LOCAL_EXPERT, Role.CO_AUTHOR


@pytest.fixture
def drafted(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    template = factories.section(profile, "1").template_section
    TemplateSection.objects.filter(pk=template.pk).update(
        guiding_questions=["Who coordinates?", "Who pays?", "Who counts?"]
    )
    Section.objects.filter(profile=profile, key="1").update(author=made[CO_AUTHOR])
    return profile


def first(profile) -> Section:
    found = Section.objects.select_related("profile", "template_section", "draft", "revision")
    return found.get(profile=profile, key="1")


def address(profile, name) -> str:
    return reverse(name, args=[profile.slug, "1"])


def sent(profile, **fields) -> dict[str, str]:
    """Return what the page for writing sends, as it is now."""
    asked = QuestionsForm(groups=questions_of(first(profile), "en"))
    given = {asked[name].html_name: asked[name].initial for name in asked.fields}
    draft = first(profile).draft
    given |= {"text": draft.text, "searched": "", "base_version": draft.version, "base_text": ""}
    return {**given, **{name.replace("_", "-"): value for name, value in fields.items()}}


def stored() -> dict[str, tuple[str, str]]:
    return {one.question: (one.outcome, one.note) for one in QuestionAnswer.objects.all()}


@pytest.mark.parametrize("name", ["section_answers", "section_edit"])
def test_a_note_is_kept_before_an_outcome_is_chosen(made, drafted, name):
    given = sent(drafted, **{"q-0.0-note": "Ask the archive.", "action": "save"})
    signed_in(made[EXPERT]).post(address(drafted, name), given)
    assert stored() == {"0.0": ("", "Ask the archive.")}
    assert coverage_of(drafted)[first(drafted).pk].done == 0
    text = page(signed_in(made[EXPERT]), "section_edit", drafted.slug, "1")
    assert 'value="Ask the archive."' in text
    assert "0 of 3 questions answered" in text
    told = page(signed_in(made.team), "section_guidance", drafted.slug, "1")
    assert "Ask the archive." in told


def test_an_outcome_that_is_taken_back_leaves_the_note(made, drafted):
    note = "Municipal archives, 3 May."
    by, at = made[EXPERT], timezone.now()
    marks = {"0.0": Mark(Outcome.NOTHING_FOUND, note)}
    guidance.mark_questions(first(drafted), marks, by=by, at=at)
    given = sent(drafted, **{"q-0.0-outcome": ""})
    answer = signed_in(by).post(address(drafted, "section_answers"), given)
    assert (answer.status_code, answer.json()["done"]) == (OK, 0)
    assert stored() == {"0.0": ("", note)}
    guidance.mark_questions(first(drafted), {"0.0": Mark(None)}, by=by, at=at)
    assert stored() == {}


def test_one_missing_reason_does_not_hold_up_the_others(made, drafted):
    given = sent(
        drafted,
        **{"q-0.0-outcome": "nothing_found", "q-0.1-outcome": "answered", "q-0.2-note": "Later."},
    )
    answer = signed_in(made[EXPERT]).post(address(drafted, "section_answers"), given)
    assert answer.status_code == INCOMPLETE
    told = answer.json()
    assert set(told["seen"]) == {"q-0.1-seen", "q-0.2-seen"}
    assert set(told["problems"]) == {"q-0.0-note"}
    assert stored() == {"0.1": ("answered", ""), "0.2": ("", "Later.")}


def test_two_who_note_the_same_see_both_and_neither_is_lost(made, drafted):
    mine = sent(drafted, **{"q-0.0-outcome": "nothing_found", "q-0.0-note": "Archives."})
    theirs = {"0.0": Mark(Outcome.NOTHING_FOUND, "Register office.")}
    guidance.mark_questions(first(drafted), theirs, by=made[CO_AUTHOR], at=timezone.now())
    client = signed_in(made[EXPERT])
    answer = client.post(address(drafted, "section_answers"), mine)
    assert answer.status_code == INCOMPLETE
    problem = answer.json()["problems"]["q-0.0-note"]
    assert "Register office." in problem
    assert made[CO_AUTHOR].full_name in problem
    assert stored() == {"0.0": ("nothing_found", "Register office.")}
    # Whoever has seen it may join the two, or put his in its place.
    again = {**mine, **answer.json()["seen"], "q-0.0-note": "Register office; archives."}
    assert client.post(address(drafted, "section_answers"), again).status_code == OK
    assert stored() == {"0.0": ("nothing_found", "Register office; archives.")}


def test_the_page_shows_both_notes_too(made, drafted):
    mine = sent(
        drafted, **{"q-0.0-outcome": "answered", "q-0.0-note": "Mine.", "action": "answers"}
    )
    theirs = {"0.0": Mark(Outcome.NOT_APPLICABLE, "Theirs.")}
    guidance.mark_questions(first(drafted), theirs, by=made[CO_AUTHOR], at=timezone.now())
    client = signed_in(made[EXPERT])
    answer = client.post(address(drafted, "section_edit"), mine)
    assert answer.status_code == INCOMPLETE
    text = answer.content.decode()
    assert 'value="Mine."' in text
    assert "Theirs." in text
    seen = Mark(Outcome.NOT_APPLICABLE, "Theirs.").digest
    assert f'value="{seen}"' in text
    again = {**sent(drafted), **{k: v for k, v in mine.items() if k.startswith("q-")}}
    again |= {"q-0.0-seen": seen, "action": "answers"}
    assert client.post(address(drafted, "section_edit"), again).status_code == FOUND
    assert stored() == {"0.0": ("answered", "Mine.")}


def test_what_loses_nothing_is_saved_whoever_was_first(made, drafted):
    mine = sent(drafted, **{"q-0.0-outcome": "answered", "q-0.0-note": "Page 4."})
    theirs = {"0.0": Mark(Outcome.ANSWERED)}
    guidance.mark_questions(first(drafted), theirs, by=made[CO_AUTHOR], at=timezone.now())
    answer = signed_in(made[EXPERT]).post(address(drafted, "section_answers"), mine)
    assert answer.status_code == OK
    assert stored() == {"0.0": ("answered", "Page 4.")}


def test_nothing_is_told_as_seen_if_nothing_could_be_saved(made, drafted):
    """The template lost a question after the page was asked what it says."""
    section, given = first(drafted), sent(drafted, **{"q-0.2-outcome": "answered"})
    form = QuestionsForm(given, groups=questions_of(section, "en"))
    template = TemplateSection.objects.filter(pk=section.template_section_id)
    template.update(guiding_questions=["Who coordinates?"])
    assert not form.save(first(drafted), by=made[EXPERT], at=timezone.now())
    assert form.non_field_errors()
    assert form.seen_now is None
    assert stored() == {}


def test_what_is_not_asked_any_more_is_not_told_as_seen_and_the_rest_is(made, drafted):
    given = sent(drafted, **{"q-9.9-outcome": "answered", "q-0.0-outcome": "answered"})
    answer = signed_in(made[EXPERT]).post(address(drafted, "section_answers"), given)
    assert answer.status_code == OK
    assert set(answer.json()["seen"]) == {"q-0.0-seen", "q-0.1-seen", "q-0.2-seen"}


def test_nobody_meets_what_he_said_himself(made, drafted):
    """The answer to a first save was lost on its way, and he went on writing."""
    client, where = signed_in(made[EXPERT]), address(drafted, "section_answers")
    given = sent(drafted, **{"q-0.0-outcome": "answered", "q-0.0-note": "Archives."})
    client.post(where, {**given, "q-0.0-note": "Archiv"})
    answer = client.post(where, {**given, "q-0.0-note": "Register."})
    assert answer.status_code == OK
    assert stored() == {"0.0": ("answered", "Register.")}


def test_an_old_copy_does_not_erase_what_the_same_person_said_later(made, drafted):
    """It was typed without a connection on one device, then the question was marked on another."""
    client, where = signed_in(made[EXPERT]), address(drafted, "section_answers")
    given = sent(drafted, **{"q-0.0-outcome": "answered", "q-0.0-note": "Old."})
    typed = int(timezone.now().timestamp() * 1000)
    client.post(where, {**given, "q-0.0-note": "New."})
    old = {**given, "q-0.0-seen": f"{given['q-0.0-seen']}@{typed - 60_000}"}
    answer = client.post(where, old)
    assert answer.status_code == INCOMPLETE
    problem = answer.json()["problems"]["q-0.0-note"]
    assert "since then you said: “" in problem
    assert "New.”" in problem
    assert stored() == {"0.0": ("answered", "New.")}
    # Whoever has seen both decides; and what was typed after the last save is no old copy.
    assert client.post(where, {**old, **answer.json()["seen"]}).status_code == OK
    assert stored() == {"0.0": ("answered", "Old.")}
    later = {**given, "q-0.0-note": "Later.", "q-0.0-seen": f"x@{typed + 60_000}"}
    assert client.post(where, later).status_code == OK
    for unreadable in ("x@", "x@y", "x@" + "9" * 30):
        assert client.post(where, {**later, "q-0.0-seen": unreadable}).status_code == OK


def test_notes_are_not_saved_under_the_name_of_somebody_else(made, drafted):
    """The session ended, and somebody else signed in on the same device."""
    client, where = signed_in(made[EXPERT]), address(drafted, "section_answers")
    given = sent(drafted, **{"q-0.0-note": "Ask the archive."})
    for writer in (made[CO_AUTHOR].pk, "unreadable"):
        answer = client.post(where, {**given, "writer": writer})
        assert answer.status_code == HTTPStatus.CONFLICT
        assert made[EXPERT].full_name in answer.json()["message"]
    assert stored() == {}
    assert client.post(where, {**given, "writer": made[EXPERT].pk}).status_code == OK


def test_whoever_does_not_write_the_section_is_told_nothing_of_its_marks(made, drafted):
    answer = signed_in(made[Role.STAKEHOLDER]).post(address(drafted, "section_answers"), {})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "coverage" not in answer.json()
