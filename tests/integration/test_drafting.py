"""Writing a section: who may, what a save does and does not, two writers, what is missing."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import (
    Draft,
    Event,
    Revision,
    Section,
    Source,
    TemplateSection,
    TemplateSubsection,
)
from profile_workflow.queries import drafting as beside
from profile_workflow.services import drafting
from profile_workflow.states import ProfileState, Role, SectionState
from profile_workflow.web.sessions import RENEWED_EVERY
from tests import factories
from tests.integration.pages import signed_in
from workflows import engine
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
def shared(made, drafted):
    """A section handed to the co-author, which the local expert may write too."""
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    expert = made[Role.LOCAL_EXPERT]
    engine.delegate(task, to=made[Role.CO_AUTHOR], by=expert, at=timezone.now())
    return factories.section(drafted, "1")


def edit(profile, key="1") -> str:
    return reverse("section_edit", args=[profile.slug, key])


def save(profile, key="1") -> str:
    return reverse("section_save", args=[profile.slug, key])


def form(text="", version=0, base="", **more) -> dict[str, str]:
    return {"text": text, "base_version": str(version), "base_text": base, **more}


def draft_of(profile, key="1") -> Draft:
    return Draft.objects.get(section__profile=profile, section__key=key)


# Who writes now


def test_others_see_who_writes_and_since_when(made, drafted):
    one, expert = factories.section(drafted, "1"), made[Role.LOCAL_EXPERT]
    begun = timezone.now()

    def seen(at, viewer=made.team):
        return beside.somebody_else(beside.draft_of(one), viewer=viewer, at=at)

    assert seen(begun) is None
    drafting.note_editing(one, by=expert, at=begun)
    assert seen(begun) == beside.Writing(expert, begun)
    assert seen(begun, viewer=expert) is None
    drafting.note_editing(one, by=expert, at=begun + timedelta(minutes=8))
    assert seen(begun + timedelta(minutes=12)) == beside.Writing(expert, begun)
    assert seen(begun + timedelta(minutes=18)) is None
    late = begun + timedelta(minutes=30)
    drafting.note_editing(one, by=expert, at=late)
    assert seen(late).since == late


def test_neither_to_look_nor_to_save_takes_over(made, shared, drafted):
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    at = timezone.now()
    drafting.note_editing(shared, by=author, at=at)
    drafting.note_editing(shared, by=expert, at=at + timedelta(minutes=1))
    later = at + timedelta(minutes=2)
    drafting.save_draft(shared, drafting.DraftText("Mine."), base_version=0, by=expert, at=later)
    assert draft_of(drafted).editor == author
    # Who has not been heard of for ten minutes does not count any more.
    late = later + drafting.EDITING_LASTS
    drafting.save_draft(shared, drafting.DraftText("More."), base_version=1, by=expert, at=late)
    draft = draft_of(drafted)
    assert (draft.editor, draft.edited_since) == (expert, late)
    assert draft.edited_until == late + drafting.EDITING_LASTS


def test_a_clock_that_goes_back_breaks_nothing(made, drafted):
    one, expert, at = factories.section(drafted, "1"), made[Role.LOCAL_EXPERT], timezone.now()
    drafting.note_editing(one, by=expert, at=at)
    drafting.note_editing(one, by=expert, at=at - timedelta(hours=1))
    assert draft_of(drafted).edited_since == at - timedelta(hours=1)


def test_who_may_not_write_does_not_count_as_writing(made, drafted):
    one = factories.section(drafted, "1")
    with pytest.raises(NotAllowed):
        drafting.note_editing(one, by=made[Role.CO_AUTHOR], at=timezone.now())
    factories.submit_sections(drafted)
    with pytest.raises(NotNow):
        drafting.note_editing(
            factories.section(drafted, "1"), by=made[Role.LOCAL_EXPERT], at=timezone.now()
        )
    assert drafting.may_write(one, by=made[Role.OBSERVER]) is False


def test_a_writer_without_a_time_cannot_be_stored(made, drafted):
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(section__profile=drafted).update(editor=made.team)


# The page


def test_the_page_shows_what_helps_to_write(made, drafted):
    one = factories.section(drafted, "1")
    TemplateSection.objects.filter(pk=one.template_section_id).update(
        guiding_questions=["Who coordinates?"]
    )
    TemplateSubsection.objects.create(
        section=one.template_section,
        number="1.1",
        position=1,
        title="Stocks",
        guiding_questions=["How many?"],
    )
    figure = factories.give_figure(one)
    factories.write(one, "Text [@nowhere].")
    text = signed_in(made[Role.LOCAL_EXPERT]).get(edit(drafted)).content.decode()
    for words in (
        "Who coordinates?",
        "How many?",
        f"[@{figure.source.key}]",
        f"[[table:{figure.table.key}]]",
        "1 word, about 0 of 2 pages",
        "Estimated at 420 words a page",
        "Version 1",
        "1 thing is missing before you can submit",
        "The source “nowhere” is not in the bibliography.",
        'name="base_version" value="1"',
    ):
        assert words in text


def test_the_reason_of_the_return_and_the_comments_stand_beside_the_text(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    factories.comment_on(factories.section(profile, "1"), reviewer, text="Which year?")
    first, *others = factories.sections(profile)
    factories.move(first, "request_minor_changes", reviewer, reason="Add the years.")
    for one in others:
        factories.move(one, "accept", reviewer)
    factories.move(profile, "request_minor_revision", reviewer, reason="Almost.")
    text = signed_in(made[Role.LOCAL_EXPERT]).get(edit(profile)).content.decode()
    assert "Add the years." in text
    assert "Which year?" in text
    assert "1 comment waits for an answer." in text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LOCAL_EXPERT, OK),
        (Role.CO_AUTHOR, FORBIDDEN),
        (Role.PROJECT_TEAM, FORBIDDEN),
        (Role.INTERNATIONAL_EXPERT, FORBIDDEN),
        (Role.OBSERVER, FORBIDDEN),
    ],
)
def test_who_may_write(made, drafted, role, status):
    client = signed_in(made[role])
    assert client.get(edit(drafted)).status_code == status
    answer = client.post(save(drafted), form("Text."))
    assert answer.status_code == status
    assert (draft_of(drafted).text == "Text.") is (status == OK)
    reading = client.get(reverse("section", args=[drafted.slug, "1"])).content.decode()
    assert (edit(drafted) in reading) is (status == OK)
    overview = client.get(reverse("profile", args=[drafted.slug])).content.decode()
    assert (edit(drafted) in overview) is (status == OK)


def test_a_co_author_writes_his_section_and_no_other(made, drafted, shared):
    client = signed_in(made[Role.CO_AUTHOR])
    assert client.get(edit(drafted, "1")).status_code == OK
    assert client.get(edit(drafted, "2")).status_code == FORBIDDEN
    assert client.get(edit(drafted, "99")).status_code == HTTPStatus.NOT_FOUND


def test_the_review_is_linked_for_who_may_review(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    address = reverse("section", args=[profile.slug, "1"])
    reviewer = signed_in(made[Role.INTERNATIONAL_EXPERT])
    assert "Go to the review" in reviewer.get(address).content.decode()
    assert "Go to the review" not in signed_in(made.team).get(address).content.decode()


def test_a_submitted_section_is_closed_and_gives_back_what_was_typed(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    factories.submit_sections(drafted)
    assert client.get(edit(drafted)).status_code == CONFLICT
    answer = client.post(edit(drafted), form("Typed too late.", 1))
    assert answer.status_code == CONFLICT
    assert "Typed too late." in answer.content.decode()
    assert "This is not possible now" in answer.content.decode()
    told = client.post(save(drafted), form("Typed too late.", 1))
    assert told.status_code == CONFLICT
    assert "stale" not in told.json()
    assert Draft.objects.filter(text__contains="too late").count() == 0


# Saving


def test_a_save_makes_no_revision_moves_nothing_and_sends_nothing(made, drafted):
    def traces():
        return (
            Revision.objects.count(),
            Event.objects.count(),
            OutboxJob.objects.count(),
            list(Section.objects.order_by("pk").values_list("state", flat=True)),
        )

    before = traces()
    client = signed_in(made[Role.LOCAL_EXPERT])
    for version in range(3):
        answer = client.post(save(drafted), form(f"Text {version}.", version))
        assert answer.json()["version"] == version + 1
    assert traces() == before
    assert draft_of(drafted).text == "Text 2."
    assert answer.json()["message"].startswith("Saved at ")
    assert answer.json()["length"] == "2 words, about 0 of 2 pages"
    assert "no-store" in answer["Cache-Control"]


def test_saving_by_the_button_comes_back_to_the_text(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = form("A\r\n\r\nB", nothing_found="on", searched=" Here. ", action="save")
    answer = client.post(edit(drafted), given)
    assert (answer.status_code, answer["Location"]) == (FOUND, edit(drafted))
    draft = draft_of(drafted)
    assert (draft.text, draft.nothing_found, draft.searched) == ("A\n\nB", True, "Here.")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (form("a\x00b"), "Null characters are not allowed."),
        (form("x" * 300_001), "The section is too long: 300001 characters"),
        ({"text": "Kept.", "base_version": "one"}, "Enter a whole number."),
        ({"text": "Kept."}, "This field is required."),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words_and_stays_on_the_page(
    made, drafted, given, words
):
    client = signed_in(made[Role.LOCAL_EXPERT])
    page = client.post(edit(drafted), given)
    assert page.status_code == INCOMPLETE
    assert words in page.content.decode()
    assert given["text"][:1] in page.content.decode()
    assert "data-unsaved" in page.content.decode()
    told = client.post(save(drafted), given)
    assert told.status_code == INCOMPLETE
    assert words in told.json()["message"]
    assert draft_of(drafted).version == 0


def test_a_script_of_a_stranger_is_told_to_sign_in(drafted):
    answer = Client().post(save(drafted), form("Text."), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (
        HTTPStatus.UNAUTHORIZED,
        {"message": "You are signed out. Sign in again."},
    )
    assert draft_of(drafted).version == 0


def test_whoever_writes_stays_signed_in(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    renewed = [
        "sessionid" in client.post(save(drafted), form("Text.", version)).cookies
        for version in range(2)
    ]
    assert renewed == [True, False]
    session = client.session
    session["renewed"] -= RENEWED_EVERY
    session.save()
    assert "sessionid" in client.post(save(drafted), form("Text.", 2)).cookies
    assert "sessionid" not in client.get(edit(drafted)).cookies


def test_a_preview_shows_the_text_and_saves_nothing(made, drafted):
    Source.objects.create(profile=drafted, key="office", kind="law", authors="Office", title="T")
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = form("### Stocks\n\n**Many** [@office] came [@nobody].", action="preview")
    text = client.post(edit(drafted), given).content.decode()
    assert "<strong>Many</strong>" in text
    assert 'id="source-office"' in text
    assert "This will not print as you may think:" in text
    assert "**Many**" in text
    assert draft_of(drafted).version == 0


# Submitting


def test_submitting_saves_and_moves(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    answer = client.post(edit(drafted), form("Text.", action="submit"))
    assert (answer.status_code, answer["Location"]) == (FOUND, reverse("tasks"))
    one = factories.section(drafted, "1")
    assert (one.state, one.revision.text) == (SectionState.READY, "Text.")
    again = client.post(edit(drafted), form("Text.", action="submit"))
    assert again.status_code == CONFLICT
    assert one.revisions.count() == 1


def test_what_is_missing_is_told_at_once_and_the_text_is_saved(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = form("Seen [@nowhere].\n\n[[table:T9]]", action="submit")
    answer = client.post(edit(drafted), given)
    text = answer.content.decode()
    assert answer.status_code == INCOMPLETE
    assert "Something is missing" in text
    assert "The source “nowhere” is not in the bibliography." in text
    assert "There is no data table “T9”." in text
    assert f'href="{edit(drafted)}?at=6-14#id_text"' in text
    assert 'name="base_version" value="1"' in text
    assert draft_of(drafted).text.startswith("Seen")
    assert factories.section(drafted, "1").state == SectionState.DRAFTING


def test_the_lead_submits_the_section_of_a_co_author_in_his_own_right(made, shared, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    answer = client.post(edit(drafted), form("Text.", action="submit"))
    assert answer.status_code == FOUND
    assert factories.section(drafted, "1").state == SectionState.READY


# Two versions


def test_a_page_is_told_what_is_saved_so_that_it_knows_its_own_text(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    once = form("Its answer never came.", searched=" Archive. ")
    assert client.post(save(drafted), once).status_code == OK
    told = client.post(save(drafted), form("And more.")).json()
    saved = {"text": "Its answer never came.", "nothing": False, "searched": "Archive."}
    assert (told["stale"], told["version"], told["saved"]) == (True, 1, saved)


def test_what_somebody_else_wrote_is_saved_only_when_asked_again(made, shared, drafted):
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    client, typed = signed_in(author), form("Of the expert.", writer=str(expert.pk))
    told = client.post(save(drafted), typed)
    assert (told.status_code, told.json()["other"]) == (CONFLICT, True)
    page = client.post(edit(drafted), {**typed, "action": "save"})
    assert page.status_code == CONFLICT
    assert "Of the expert." in page.content.decode()
    assert f'name="writer" value="{author.pk}"' in page.content.decode()
    assert draft_of(drafted).version == 0
    assert client.post(save(drafted), {**typed, "writer": str(author.pk)}).status_code == OK


def test_who_submits_sees_both_texts_first_and_nothing_is_overwritten(made, shared, drafted):
    expert, author = signed_in(made[Role.LOCAL_EXPERT]), signed_in(made[Role.CO_AUTHOR])
    author.post(save(drafted), form("A\n\nB\n\nC"))
    author.post(save(drafted), form("A\n\nB\n\nC changed", 1))
    given = form("A changed\n\nB\n\nC", 1, "A\n\nB\n\nC")
    page = expert.post(edit(drafted), {**given, "action": "submit"})
    text = page.content.decode()
    assert page.status_code == CONFLICT
    assert made[Role.CO_AUTHOR].full_name in text
    assert "The two changed different paragraphs" in text
    assert "A changed\n\nB\n\nC changed" in text
    assert draft_of(drafted).text == "A\n\nB\n\nC changed"
    merged = form("A changed\n\nB\n\nC changed", 2, "A\n\nB\n\nC changed", action="settle")
    assert expert.post(edit(drafted), merged).status_code == FOUND
    assert draft_of(drafted).text == "A changed\n\nB\n\nC changed"


def test_a_paragraph_that_both_changed_is_kept_twice(made, shared, drafted):
    expert, author = signed_in(made[Role.LOCAL_EXPERT]), signed_in(made[Role.CO_AUTHOR])
    author.post(save(drafted), form("Theirs.", searched="The archive."))
    given = form("Mine.", nothing_found="on", searched="The office.", action="submit")
    page = expert.post(edit(drafted), given)
    text = page.content.decode()
    assert page.status_code == CONFLICT
    assert "In 1 place both changed the same paragraphs." in text
    assert "Mine.\n\nTheirs." in text
    assert "The office.\nThe archive." in text
    assert factories.section(drafted, "1").state == SectionState.DRAFTING


def test_two_tabs_of_one_person_are_told_apart(made, drafted):
    client = signed_in(made[Role.LOCAL_EXPERT])
    client.post(save(drafted), form("In one tab."))
    text = client.post(edit(drafted), form("In the other.", action="save")).content.decode()
    assert "in another tab or on another device" in text
    assert "In the other." in text
    assert "In one tab." in text


def test_who_else_writes_is_said_on_the_page(made, shared, drafted):
    signed_in(made[Role.CO_AUTHOR]).get(edit(drafted))
    text = signed_in(made[Role.LOCAL_EXPERT]).get(edit(drafted)).content.decode()
    assert f"<bdi>{made[Role.CO_AUTHOR].full_name}</bdi> is writing here too" in text
    alone = signed_in(made[Role.CO_AUTHOR]).get(edit(drafted)).content.decode()
    assert "is writing here too" not in alone
