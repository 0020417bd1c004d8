"""Beside a text: words quoted, replies, suggestions taken over, notes that nobody else sees."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.anchors import Quote
from profile_workflow.errors import InvalidInput, NotAllowed
from profile_workflow.models import Comment, Draft, Event, Note, Reply
from profile_workflow.queries.profiles import open_remarks, sections_of
from profile_workflow.queries.rounds import open_comments_by_section
from profile_workflow.services import comments, log
from profile_workflow.states import CommentKind, CommentState, ProfileState, Role, SectionState
from tests import factories
from tests.integration.beside import TEXT, address, quoting, sent_back, text_of, under_review
from tests.integration.pages import signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return under_review(made)


# Quoting words


def test_every_paragraph_has_a_link_that_opens_the_form_with_its_words(made, profile):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    for page in (address(profile), address(profile, name="section")):
        assert f"{address(profile)}?view=text&amp;block=b2#new" in text_of(client.get(page))
    opened = text_of(client.get(address(profile), {"view": "text", "block": "b2"}))
    assert "The city pays for the first place. The state pays for the second place.</textarea>" in (
        opened
    )


@pytest.mark.parametrize("block", ["b99", "x", "", "<b>"])
def test_a_paragraph_that_does_not_exist_opens_an_empty_form(made, profile, block):
    response = signed_in(made.team).get(address(profile), {"block": block})
    assert response.status_code == OK
    assert "<b>" not in text_of(response)


def test_the_whole_way_without_scripts(made, profile):
    """Quote, suggest, reply, return, take over, close: with forms and links alone."""
    reviewer, expert = made[Role.INTERNATIONAL_EXPERT], made[Role.LOCAL_EXPERT]
    judge, author = signed_in(reviewer), signed_in(expert)
    given = {
        "new-quote": "12,400\r\nforeign citizens",
        "new-block": "b1",
        "new-kind": "suggestion",
        "new-text": "The census has another number.",
        "new-replacement": "13,100 foreign citizens",
        "act": "save",
    }
    assert judge.post(address(profile), given).status_code == FOUND
    comment = Comment.objects.get()
    assert (comment.quote, comment.quote_block) == ("12,400 foreign citizens", "b1")
    assert (comment.quote_before, comment.quote_after) == ("In 2024, ", " lived in the city.")
    page = text_of(judge.get(address(profile)))
    assert f'<mark class="quoted" aria-details="comment-{comment.pk}">12,400 foreign' in page
    assert f'<a href="#quote-comment-{comment.pk}"><bdi>12,400 foreign citizens</bdi></a>' in page
    assert f'<li id="comment-{comment.pk}"' in page
    assert "13,100" in page
    assert "Take the suggested words over" not in text_of(author.get(address(profile)))

    section = sent_back(profile, made)
    words = {f"c{comment.pk}-move": "reply", f"c{comment.pk}-words": "Which census?"}
    author.post(address(profile), words)
    assert "Which census?" in text_of(judge.get(address(profile)))
    page = text_of(author.get(address(profile)))
    assert "Take the suggested words over" in page
    assert author.post(address(profile), {"apply": comment.pk}).status_code == FOUND
    assert Draft.objects.get(section=section).text == TEXT.replace("12,400", "13,100")
    comment = factories.fresh(comment)
    assert (comment.state, comment.answered_by) == (CommentState.ACCEPTED, expert)
    assert comment.applied_at is not None
    assert "The suggested words are in the working text now" in text_of(
        author.get(address(profile))
    )
    factories.move(section, "submit", expert)
    factories.move(profile, "submit_major_revision", expert)
    # The words are found again, though they are others now.
    page = text_of(judge.get(address(profile), {"view": "text"}))
    assert "13,100 foreign citizens</mark>" in page
    factories.move(comment, "verify", reviewer)
    page = text_of(judge.get(address(profile), {"view": "text"}))
    assert "<mark" not in page
    assert list(log.broken_links(factories.fresh(profile))) == []


def test_words_that_are_gone_never_stop_a_comment_and_stand_first(made, profile):
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    section = factories.section(profile, "1")
    factories.comment_on(section, reviewer, text="About the whole.")
    client = signed_in(reviewer)
    given = {"new-quote": "never written there", "new-kind": "question", "new-text": "Where?"}
    assert client.post(address(profile), given).status_code == FOUND
    page = text_of(client.get(address(profile)))
    assert "These words are no longer in the text:" in page
    assert page.index("Where?</div>") < page.index("About the whole.</div>")


def test_comments_stand_in_the_order_of_the_text(made, profile):
    reviewer, section = made[Role.INTERNATIONAL_EXPERT], factories.section(profile, "1")
    quoting(section, "خدمات الاستقبال", reviewer)
    quoting(section, "beds", reviewer)
    quoting(section, "The city pays", reviewer)
    factories.comment_on(section, reviewer, text="The whole.")
    for name in ("section_review", "section"):
        page = text_of(signed_in(made.team).get(address(profile, name=name)))
        said = ["The whole.", "About The city pays.", "About beds.", "About خدمات الاستقبال."]
        assert said == sorted(said, key=lambda words: page.index(f">{words}<"))
        assert 'aria-label="1 comment here">1</a>' in page


def test_a_quote_is_never_markup(made, profile):
    reviewer, section = made[Role.INTERNATIONAL_EXPERT], factories.section(profile, "1")
    evil = '<script>alert("x")</script>'
    quoting(section, evil, reviewer, replacement=evil + "!")
    for name in ("section_review", "section"):
        assert "<script>alert" not in text_of(signed_in(made.team).get(address(profile, name=name)))
    table = text_of(signed_in(made.team).get(reverse("responses", args=[profile.slug])))
    assert "<script>alert" not in table


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"new-kind": "suggestion", "new-replacement": "x"}, "Quote the words that yours are"),
        ({"new-kind": "note", "new-quote": "In", "new-leave_out": "on"}, "suggests nothing to"),
        ({"new-kind": "praise", "new-quote": "In", "new-replacement": "x"}, "Praise suggests no"),
        ({"new-kind": "suggestion", "new-quote": "In", "new-replacement": "In"}, "there already"),
        ({"new-quote": "In", "new-replacement": "x"}, "Choose one of these."),
    ],
)
def test_a_suggestion_that_makes_no_sense_is_refused_and_kept(made, profile, given, said):
    response = signed_in(made[Role.INTERNATIONAL_EXPERT]).post(address(profile), given)
    assert response.status_code == INCOMPLETE
    page = text_of(response)
    assert said in page
    assert given.get("new-replacement", "") in page
    assert not Comment.objects.exists()


def test_the_pages_cost_the_same_for_one_comment_and_for_many(made, profile):
    reviewer, section = made[Role.INTERNATIONAL_EXPERT], factories.section(profile, "1")
    expert = made[Role.LOCAL_EXPERT]

    def add(words, block):
        one = quoting(section, words, reviewer, replacement=f"{words}!", block=block)
        comments.reply_to(one, text=f"On {words}.", by=expert, at=timezone.now())
        note = {"text": f"{words}?", "by": expert, "at": timezone.now()}
        comments.add_note(factories.fresh(section), quote=Quote(words, block=block), **note)

    def costs():
        client = signed_in(expert)
        found = []
        for name in ("section_review", "section"):
            client.get(address(profile, name=name))
            with CaptureQueriesContext(connection) as counted:
                assert client.get(address(profile, name=name)).status_code == OK
            found.append(len(counted))
        return found

    add("foreign citizens", "b1")
    sent_back(profile, made)
    factories.move(Comment.objects.get(), "accept", expert)
    factories.move(Comment.objects.get(), "reopen", reviewer, reason="No.")
    first = costs()
    Comment.objects.update(stage=S.EXPERT_REVIEW)
    one = Comment.objects.get()
    for number, words in enumerate(["The city pays", "beds", "meals", "women", "gone"]):
        Comment.objects.filter(pk=one.pk).values()
        copied = Comment.objects.get(pk=one.pk)
        copied.pk, copied.quote, copied.text = None, words, f"More {number}."
        copied.save(force_insert=True)
        Reply.objects.create(
            comment=copied, role=one.role, author=made.team, attribution=one.attribution,
            text="Yes.", created_at=timezone.now(),
        )  # fmt: skip
        Note.objects.create(
            section=section, author=expert, text="Me.", quote=words, created_at=timezone.now()
        )
    assert costs() == first


# Praise


def test_praise_waits_for_nobody(made, profile):
    section = factories.section(profile, "1")
    for kind in CommentKind:
        quoting(section, f"The {kind}", made[Role.INTERNATIONAL_EXPERT], kind=kind)
    assert open_comments_by_section(profile, viewer=made.team) == {section.pk: 3}
    assert sections_of(profile)[0].open_comments == 3
    kinds = [one.comment.kind for one in open_remarks(profile, viewer=made.team)]
    assert CommentKind.PRAISE not in kinds
    for one in Comment.objects.exclude(kind=CommentKind.PRAISE):
        factories.move(one, "accept", made[Role.LOCAL_EXPERT])
    assert requirements.missing_for("section.submit", sent_back(profile, made)) == ()


# Threads


def test_who_takes_part_in_a_thread(made, profile):
    section, at = factories.section(profile, "1"), timezone.now()
    comment = factories.comment_on(section, made[Role.INTERNATIONAL_EXPERT])
    for role in (Role.INTERNATIONAL_EXPERT, Role.LOCAL_EXPERT, Role.PROJECT_TEAM):
        assert comments.may_reply(comment, made[role])
        comments.reply_to(comment, text=f"As {role}.", by=made[role], at=at)
    for role in (Role.STAKEHOLDER, Role.OBSERVER):
        assert not comments.may_reply(comment, made[role])
        with pytest.raises(NotAllowed):
            comments.reply_to(comment, text="Me too.", by=made[role], at=at)
    assert factories.fresh(comment).state == CommentState.OPEN
    page = text_of(signed_in(made[Role.OBSERVER]).get(address(profile)))
    assert page.index("As international_expert.") < page.index("As project_team.")
    moves = Event.objects.filter(document=f"comment:{comment.pk}").order_by("seq")
    assert list(moves.values_list("move", flat=True)) == ["make", "reply", "reply", "reply"]
    assert list(log.broken_links(factories.fresh(profile))) == []


@pytest.mark.parametrize("words", ["", "   ", "x" * 20_001, "a\x00b"])
def test_a_reply_that_cannot_be_kept_is_refused(made, profile, words):
    comment = factories.comment_on(factories.section(profile, "1"), made.team)
    with pytest.raises(InvalidInput):
        comments.reply_to(comment, text=words, by=made.team, at=timezone.now())


def test_a_second_click_says_nothing_twice(made, profile):
    comment = factories.comment_on(factories.section(profile, "1"), made.team)
    comments.reply_to(comment, text="Well?", by=made.team, at=timezone.now())
    client = signed_in(made.team)
    words = {f"c{comment.pk}-move": "reply", f"c{comment.pk}-words": "Well?"}
    response = client.post(address(profile), words)
    assert response.status_code == FOUND
    assert comment.replies.count() == 1


def test_a_closed_comment_takes_no_reply_and_gives_the_words_back(made, profile):
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    comment = factories.comment_on(factories.section(profile, "1"), reviewer)
    factories.move(comment, "accept", made[Role.LOCAL_EXPERT])
    factories.move(comment, "verify", reviewer)
    words = {f"c{comment.pk}-move": "reply", f"c{comment.pk}-words": "One thing more."}
    response = signed_in(reviewer).post(address(profile), words)
    assert response.status_code == CONFLICT
    assert "One thing more." in text_of(response)


# Notes to oneself


def test_a_note_is_seen_by_its_writer_alone_and_deleted_by_him(made, profile):
    observer = signed_in(made[Role.OBSERVER])
    given = {"new-kind": "note", "new-quote": "In 2024", "new-text": "Canary note."}
    assert observer.post(address(profile), given).status_code == FOUND
    note = Note.objects.get()
    mine = text_of(observer.get(address(profile)))
    assert "Canary note." in mine
    assert f'href="#note-{note.pk}"' in mine
    assert "Canary note." in text_of(observer.get(address(profile, name="section")))
    for role in (Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT):
        client = signed_in(made[role])
        assert client.post(address(profile), {"drop": note.pk}).status_code == FOUND
        assert Note.objects.exists()
        for name in ("section_review", "section"):
            page = text_of(client.get(address(profile, name=name)))
            assert "Canary note." not in page
            assert f"note-{note.pk}" not in page
    assert observer.post(address(profile), {"drop": note.pk}).status_code == FOUND
    assert not Note.objects.exists()


def test_a_note_leaves_no_trace(made, profile):
    events = Event.objects.count()
    section = factories.section(profile, "1")
    given = {"text": "Canary note.", "by": made.team, "at": timezone.now()}
    comments.add_note(section, quote=Quote("In 2024", block="b1"), **given)
    with pytest.raises(InvalidInput):
        comments.add_note(section, quote=Quote("In 2024", block="b1"), **given)
    assert Event.objects.count() == events
    client = signed_in(made.team)
    for name, args in (
        ("responses", []), ("history", []), ("round", []), ("responses_file", ["csv"]),
    ):  # fmt: skip
        answer = client.get(reverse(name, args=[profile.slug, *args]))
        assert "Canary" not in text_of(answer)
    assert "Canary note." not in text_of(client.get(reverse("search"), {"q": "Canary"}))


def test_a_note_of_a_stranger_is_refused(made, profile):
    stranger = factories.make_programme(sections=1).team
    section = factories.section(profile, "1")
    with pytest.raises(NotAllowed):
        comments.add_note(section, text="Mine.", by=stranger, at=timezone.now())
    note = comments.add_note(section, text="Mine.", by=made.team, at=timezone.now())
    with pytest.raises(NotAllowed):
        comments.delete_note(note, by=made[Role.LOCAL_EXPERT])


def test_the_author_can_make_notes_while_he_writes(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    client = signed_in(made[Role.LOCAL_EXPERT])
    page = text_of(client.get(address(profile)))
    assert "Note to myself" in page
    client.post(address(profile), {"new-kind": "note", "new-text": "Ask the office."})
    assert Note.objects.get().revision is None
    assert factories.section(profile, "1").state == SectionState.DRAFTING
