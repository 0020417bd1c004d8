"""Suggestions taken over into the text: the quoted words alone, by whoever writes it, or not."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import Draft, Event, Note
from profile_workflow.states import CommentState, Role
from tests import factories
from tests.integration.beside import TEXT, address, quoting, sent_back, text_of, under_review
from tests.integration.pages import signed_in
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

FOUND, FORBIDDEN, CONFLICT = HTTPStatus.FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return under_review(made)


@pytest.mark.parametrize(
    ("words", "instead", "block", "old", "new"),
    [
        ("The state", "The region", "b2", "The state", "The region"),
        ("first place. The state", "first", "b2", "first place. The state", "first"),
        ("beds", "", "b3", "beds", ""),
        ("many", "300 | 400", "b4", "many", r"300 \| 400"),
        # Over the end of a line, and with a quotation of its own.
        ("الاستقبال عبر إدارة", "في", "b5", "الاستقبال\nعبر إدارة", "في"),
        ("In 2024", "In 2024 [@office-2024]", "b1", "In 2024", "In 2024 [@office-2024]"),
    ],
)
def test_the_quoted_words_alone_are_replaced(made, profile, words, instead, block, old, new):
    section = factories.section(profile, "1")
    reviewer, expert = made[Role.INTERNATIONAL_EXPERT], made[Role.LOCAL_EXPERT]
    comment = quoting(section, words, reviewer, replacement=instead, block=block)
    sent_back(profile, made)
    engine.apply_suggestion(comment, by=expert, at=timezone.now())
    draft = Draft.objects.get(section=section)
    assert draft.text == TEXT.replace(old, new, 1)
    assert (draft.saved_by, draft.editor) == (expert, expert)
    event = Event.objects.get(document=f"comment:{comment.pk}", move="apply")
    assert (event.actor, event.role) == (expert.pseudonym, Role.LOCAL_EXPERT)


def working_on(profile, made, words, instead, now, block="b1"):
    """A suggestion on the first section, whose author has written something else meanwhile."""
    section = factories.section(profile, "1")
    comment = quoting(
        section, words, made[Role.INTERNATIONAL_EXPERT], replacement=instead, block=block
    )
    sent_back(profile, made)
    factories.write(section, now)
    return comment


@pytest.mark.parametrize(
    ("words", "instead", "now", "said"),
    [
        ("12,400 foreign citizens", "x", "Nobody lives here.", "not in the working text any more"),
        (
            "12,400 foreign citizens",
            "x",
            "About 12,400 foreign people.",
            "not in the working text any more",
        ),
        ("not available", "x", "not available\n\nnot available", "in several places"),
        ("the second place", "x", TEXT, "written with markup"),
        ("lived [@a]", "x", "They lived \\[@a] here. They lived [@a].", "several|markup"),
        ("In 2024", "### In 2024", TEXT, "change more than the quoted"),
        ("beds", "- beds", TEXT, "change more than the quoted"),
    ],
)
def test_what_cannot_be_taken_over_by_itself_is_refused_with_the_reason(
    made, profile, words, instead, now, said
):
    comment = working_on(profile, made, words, instead, now)
    expert = made[Role.LOCAL_EXPERT]
    client = signed_in(expert)
    page = text_of(client.get(address(profile)))
    assert "The suggestion cannot be taken over by itself:" in page
    with pytest.raises(NotNow, match=said):
        engine.apply_suggestion(comment, by=expert, at=timezone.now())
    given = {"apply": comment.pk, "new-kind": "note", "new-text": "Half a thought."}
    response = client.post(address(profile), given)
    assert response.status_code == CONFLICT
    assert Draft.objects.get(section__profile=profile, section__key="1").text == now
    comment = factories.fresh(comment)
    assert (comment.state, comment.applied_at) == (CommentState.OPEN, None)
    # What was typed beside it is saved all the same.
    assert Note.objects.get().text == "Half a thought."


def test_only_who_writes_the_section_takes_over_and_only_while_he_writes(made, profile):
    section = factories.section(profile, "1")
    comment = quoting(section, "In 2024", made[Role.INTERNATIONAL_EXPERT], replacement="In 2025")
    at = timezone.now()
    with pytest.raises(NotNow):
        engine.apply_suggestion(comment, by=made[Role.LOCAL_EXPERT], at=at)
    sent_back(profile, made)
    for role in (Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM, Role.STAKEHOLDER):
        with pytest.raises(NotAllowed):
            engine.apply_suggestion(comment, by=made[role], at=at)
        assert signed_in(made[role]).post(address(profile), {"apply": comment.pk}).status_code == (
            FORBIDDEN
        )
    engine.apply_suggestion(comment, by=made[Role.LOCAL_EXPERT], at=at)
    with pytest.raises(NotNow):
        engine.apply_suggestion(comment, by=made[Role.LOCAL_EXPERT], at=at)


def test_whoever_has_the_text_open_meanwhile_loses_nothing(made, profile):
    """Taking over counts as a save: an older text is refused, not written over it."""
    section = factories.section(profile, "1")
    comment = quoting(section, "In 2024", made[Role.INTERNATIONAL_EXPERT], replacement="In 2025")
    sent_back(profile, made)
    client = signed_in(made[Role.LOCAL_EXPERT])
    before = Draft.objects.get(section=section).version
    engine.apply_suggestion(comment, by=made[Role.LOCAL_EXPERT], at=timezone.now())
    given = {"text": "Mine.", "base_version": before, "base_text": TEXT, "searched": ""}
    response = client.post(reverse("section_save", args=[profile.slug, "1"]), given)
    assert (response.status_code, response.json()["stale"]) == (CONFLICT, True)


@pytest.mark.parametrize("number", [0, 4711, 2**60, "x"])
def test_a_suggestion_that_does_not_exist_is_not_found(made, profile, number):
    response = signed_in(made[Role.LOCAL_EXPERT]).post(address(profile), {"apply": number})
    assert response.status_code in {HTTPStatus.NOT_FOUND, FOUND}


def test_a_suggestion_of_another_section_is_not_found(made, profile):
    comment = quoting(
        factories.section(profile, "2"), "Nothing", made.team, replacement="Something"
    )
    client = signed_in(made[Role.LOCAL_EXPERT])
    response = client.post(address(profile), {"apply": comment.pk})
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert factories.fresh(comment).state == CommentState.OPEN
