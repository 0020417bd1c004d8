"""Answering through a personal link: page after page, sending, changing, and every closed door."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import access, middleware
from profile_workflow.models import (
    Assignment,
    Comment,
    Event,
    Reply,
    SectionAnswer,
    SignOff,
    ValidationRound,
)
from profile_workflow.services import comments, links, section_answers
from profile_workflow.states import (
    Attribution,
    CommentKind,
    CommentState,
    ProfileState,
    Role,
    SectionView,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of, token_for, token_of_mail
from workflows import deadlines, engine
from workflows.models import JobKind, OutboxJob, Task
from workflows.views.by_link import opening

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
#: To send an answer: its move, the comments, the line of the log, the receipt.
MOST_QUERIES = 30
AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS


@pytest.fixture
def consulted():
    return factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)


@pytest.fixture
def signoff(consulted):
    """What a stakeholder is asked for."""
    return next(one for one in factories.asked(consulted) if one.role == Role.STAKEHOLDER)


class Holder:
    """Somebody with a link, and a browser that knows nothing of him."""

    def __init__(self, token):
        self.token = token
        self.client = Client(enforce_csrf_checks=True)

    def address(self, name="link", *more):
        return reverse(name, args=[self.token, *more])

    def reads(self, name="link", *more):
        return self.client.get(self.address(name, *more))

    def sends(self, name, *more, **form):
        return self.client.post(self.address(name, *more), form)

    def says(self, key, view, text=""):
        return self.sends("link_section", key, view=view, text=text)

    def answers(self, *views):
        """Say something of each section, in order, and send it."""
        for key, (view, text) in enumerate(views, start=1):
            assert self.says(str(key), view, text).status_code == FOUND
        return self.sends("link_check")


def fresh(signoff):
    return SignOff.objects.get(pk=signoff.pk)


def test_the_way_from_the_mail_to_the_receipt(consulted, signoff):
    run_worker()
    holder = Holder(token_of_mail(signoff.person.email))
    page = holder.reads().content.decode()
    assert signoff.person.full_name in page
    assert "about 3 minutes" in page
    assert "as that of the group “Public service”, without a name" in page
    assert page.count("Not answered yet") == 3

    assert "Section 1 of 3" in holder.reads("link_section", "1").content.decode()
    answer = holder.says("1", AGREES, "left over")
    assert answer["Location"] == holder.address("link_section", "2")
    unfinished = holder.says("2", OBJECTS)
    assert unfinished.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    refusal = unfinished.content.decode()
    assert "why you object" in refusal
    assert refusal.count('role="alert"') == refusal.count("autofocus") == 1
    assert refusal.index("<h1") < refusal.index("<h2")
    assert holder.says("2", COMMENTS, "Say more of housing.").status_code == FOUND
    early = holder.sends("link_check")
    assert early.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    refusal = early.content.decode()
    assert "has no answer yet" in refusal
    assert refusal.count('role="alert"') == refusal.count("autofocus") == 1
    assert refusal.index("<h1") < refusal.index("<h2")
    assert holder.says("3", AGREES)["Location"] == holder.address("link_check")
    assert "you agree" in holder.reads("link_check").content.decode()
    assert fresh(signoff).state == SignOffState.ASKED

    assert holder.sends("link_check")["Location"] == holder.address("link_receipt")
    arrived = holder.reads("link_receipt").content.decode()
    assert "Approved" in arrived
    assert "A receipt is on its way" in arrived
    given = fresh(signoff)
    assert (given.state, given.digest) == (SignOffState.APPROVED, signoff.round.version.digest)
    comment = Comment.objects.get(author=signoff.person)
    section = factories.section(consulted, "2")
    assert (comment.text, comment.kind) == ("Say more of housing.", CommentKind.SUGGESTION)
    assert (comment.section, comment.revision) == (section, section.revision)
    kept = SectionAnswer.objects.get(signoff=signoff, section=section)
    assert (kept.digest, kept.comment) == (section.revision.sha256, comment)
    assert not Task.objects.open().filter(signoff=signoff).exists()
    moves = Event.objects.filter(document=f"sign_off:{signoff.pk}").order_by("seq")
    assert list(moves.values_list("move", flat=True)) == ["ask", "approve", "send_by_link"]
    assert moves.last().actor == signoff.person.pseudonym
    call_command("verify_log")

    mail.outbox.clear()
    run_worker()
    (receipt,) = [one for one in mail.outbox if one.to == [signoff.person.email]]
    assert "Say more of housing." in receipt.body
    assert signoff.digest in receipt.body
    assert "You can change your answer" in receipt.body
    assert holder.token not in receipt.body
    assert "your silence" not in receipt.body
    assert not Session.objects.exists()
    assert not holder.client.cookies


def test_sending_twice_does_nothing_twice(consulted, signoff):
    holder = Holder(token_for(signoff))
    views = [(COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, "")]
    assert holder.answers(*views).status_code == FOUND
    before = (Event.objects.count(), Comment.objects.count())
    assert holder.answers(*views).status_code == FOUND
    assert (Event.objects.count(), Comment.objects.count()) == before


def test_an_answer_changes_until_closing(consulted, signoff):
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "More."), (OBJECTS, "Not so."), (OBJECTS, "Nor this."))
    objected = fresh(signoff)
    assert objected.state == SignOffState.OBJECTED
    assert {one.key for one in objected.sections.all()} == {"2", "3"}
    assert "Not so." in objected.statement
    assert "Nor this." in objected.statement

    holder.answers((COMMENTS, "Much more."), (OBJECTS, "Not at all."), (AGREES, ""))
    changed = fresh(signoff)
    assert (changed.state, changed.statement) == (SignOffState.OBJECTED, "Not at all.")
    assert {one.key for one in changed.sections.all()} == {"2"}
    comment = Comment.objects.get(author=signoff.person)
    assert (comment.text, comment.replies.get().text) == ("More.", "Much more.")

    holder.says("2", AGREES)
    assert "has not been sent yet" in holder.reads().content.decode()
    assert fresh(signoff).state == SignOffState.OBJECTED
    holder.sends("link_check")
    assert fresh(signoff).state == SignOffState.APPROVED
    assert Comment.objects.get(pk=comment.pk).state == CommentState.OPEN
    call_command("verify_log")


def test_what_was_saved_after_sending_waits_whatever_the_clock_says(consulted, signoff):
    """The moment is taken before the lock is: who saves later may have looked at it earlier."""
    Holder(token_for(signoff)).answers((AGREES, ""), (AGREES, ""), (AGREES, ""))
    link, sent_at = link_of(signoff), SectionAnswer.objects.first().sent_at
    earlier, section = sent_at - timedelta(seconds=1), factories.section(consulted, "3")
    section_answers.save_answer(link, section, view=COMMENTS, text="Late.", at=earlier)
    (waiting,) = [one for one in SectionAnswer.objects.all() if one.waits_to_be_sent]
    assert waiting.section == section
    assert engine.send_answer(link, at=sent_at + timedelta(seconds=1)) is not None
    assert Comment.objects.get(author=signoff.person).text == "Late."


def test_the_receipt_quotes_what_was_sent_and_nothing_else(consulted, signoff):
    run_worker()
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "What was sent."), (AGREES, ""), (AGREES, ""))
    holder.says("1", OBJECTS, "What waits.")
    mail.outbox.clear()
    run_worker()
    (receipt,) = [one for one in mail.outbox if one.to == [signoff.person.email]]
    html, _type = receipt.alternatives[0]
    for body in (receipt.body, html):
        assert "What was sent." in body
        assert "I agree, with a comment" in body
        assert "What waits." not in body
        assert "I object" not in body
    kept = SectionAnswer.objects.get(signoff=signoff, section__key="1")
    assert (kept.sent_view, kept.sent_text) == (COMMENTS, "What was sent.")
    assert (kept.view, kept.text) == (OBJECTS, "What waits.")


def test_an_extension_keeps_what_was_said(consulted, signoff):
    """The old link leads to the newest mail; what was sent makes no second comment."""
    half = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    Holder(token_for(half)).says("1", OBJECTS, "Wrong.")
    old = Holder(token_for(signoff))
    old.answers((COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, ""))
    deadlines.sweep(at=signoff.round.closes_at + timedelta(minutes=1))
    factories.answer_objections(consulted)
    extender = factories.holder(consulted, Role.FOCAL_POINT)
    factories.move(consulted, "extend_consultation", extender, reason="More time.")
    again = {one.person_id: one for one in factories.asked(factories.fresh(consulted))}
    assert old.reads().status_code == GONE
    assert "There is a newer link" in old.reads().content.decode()
    assert again[half.person_id].section_answers.get().text == "Wrong."
    holder = Holder(token_for(again[signoff.person_id]))
    page = holder.reads("link_check").content.decode()
    assert "More." in page
    assert "Not so." in page
    assert {one.sent_at for one in again[signoff.person_id].section_answers.all()} == {None}
    assert SectionAnswer.objects.filter(signoff=signoff, sent_at=None).count() == 0
    assert holder.sends("link_check").status_code == FOUND
    assert fresh(again[signoff.person_id]).state == SignOffState.OBJECTED
    comment = Comment.objects.get(author=signoff.person)
    assert not comment.replies.exists()
    assert old.reads().status_code == GONE


def test_sending_costs_the_same_for_one_comment_and_for_all(consulted, signoff):
    """While it is sent, nobody else does anything in the profile."""
    link, at = link_of(signoff), timezone.now()

    def cost(*words):
        for key, text in enumerate(words, start=1):
            view = COMMENTS if text else AGREES
            section = factories.section(consulted, str(key))
            section_answers.save_answer(link, section, view=view, text=text, at=at)
        with CaptureQueriesContext(connection) as asked:
            engine.send_answer(link, at=at)
        return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in asked)

    with factories.undone():
        one = cost("More.", "", "")
    assert cost("More.", "And.", "Else.") == one
    assert one <= MOST_QUERIES
    with factories.undone():
        changed = cost("Less.", "And.", "Else.")
    assert cost("Less.", "Or.", "So.") == changed <= MOST_QUERIES
    assert [one.text for one in Reply.objects.order_by("pk")] == ["Less.", "Or.", "So."]
    call_command("verify_log")


def test_a_comment_that_is_not_said_any_more_says_so_once(consulted, signoff):
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "More."), (COMMENTS, "And."), (AGREES, ""))
    holder.answers((AGREES, ""), (OBJECTS, "Not so."), (AGREES, ""))
    holder.answers((OBJECTS, "No."), (OBJECTS, "Not at all."), (AGREES, ""))
    holder.answers((COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, ""))
    first, second = Comment.objects.filter(author=signoff.person).order_by("section__position")
    gone = "Withdrawn by its author."
    assert list(first.replies.order_by("pk").values_list("text", flat=True)) == [gone, "More."]
    assert [one.text for one in second.replies.all()] == [gone]
    call_command("verify_log")


def test_somebody_with_an_account_answers_as_ever(consulted, signoff):
    """And what he has answered there stands on the page of his link."""
    factories.move(signoff, "reserve", signoff.person, reason="Only the figures.")
    holder = Holder(token_for(signoff))
    assert "Approved with reservation" in holder.reads().content.decode()
    assert "A receipt is on its way" not in holder.reads("link_receipt").content.decode()
    assert not Event.objects.filter(move="send_by_link").exists()


def test_what_was_saved_and_not_sent_is_no_silent_agreement(consulted, signoff):
    """And whoever forgets to send it is told, on the page and in the reminder."""
    ValidationRound.objects.update(tacit_rule=True)
    comments_too, agrees = [one for one in factories.asked(consulted) if one.pk != signoff.pk]
    holder = Holder(token_for(signoff))
    unsent = "What you have saved has not been sent yet."
    assert unsent not in holder.reads().content.decode()
    holder.says("1", OBJECTS, "Wrong.")
    assert unsent in holder.reads().content.decode()
    Holder(token_for(comments_too)).says("2", COMMENTS, "More.")
    Holder(token_for(agrees)).says("1", AGREES)
    closes_at = signoff.round.closes_at
    run_worker()
    mail.outbox.clear()
    deadlines.sweep(at=closes_at - timedelta(days=1))
    run_worker()
    (reminder,) = [one for one in mail.outbox if one.to == [signoff.person.email]]
    assert unsent in reminder.body
    assert unsent in reminder.alternatives[0].content
    deadlines.sweep(at=closes_at + timedelta(minutes=1))
    assert fresh(signoff).state == fresh(comments_too).state == SignOffState.NO_ANSWER
    assert fresh(agrees).state == SignOffState.TACIT


def test_whose_link_was_revoked_has_not_agreed_by_silence(consulted, signoff):
    """Unless he was sent another one."""
    ValidationRound.objects.update(tacit_rule=True)
    focal_point = factories.holder(consulted, Role.FOCAL_POINT)
    other = next(
        one for one in factories.asked(consulted) if one.person not in (signoff.person, focal_point)
    )
    for one in (signoff, other):
        links.revoke(one, reason="Passed on.", by=focal_point, at=timezone.now())
    links.issue_again(other, by=focal_point, at=timezone.now())
    deadlines.sweep(at=signoff.round.closes_at - timedelta(days=1))
    deadlines.sweep(at=signoff.round.closes_at + timedelta(minutes=1))
    assert fresh(signoff).state == SignOffState.NO_ANSWER
    assert fresh(other).state == SignOffState.TACIT


def test_who_says_it_again_and_again_fills_no_mailbox(consulted, signoff):
    """One mail at once, and one for all that came within the hour, with the last word."""
    holder = Holder(token_for(signoff))
    run_worker()
    mail.outbox.clear()
    team = factories.holder(consulted, Role.PROJECT_TEAM)

    def sent():
        run_worker()
        found = [
            [one.body for one in mail.outbox if one.to == [person.email]]
            for person in (signoff.person, team)
        ]
        mail.outbox.clear()
        return found

    for words in ("First words.", "Second words.", "Third words.", "Last words."):
        assert holder.answers((OBJECTS, words), (AGREES, ""), (AGREES, "")).status_code == FOUND
    assert Event.objects.filter(move="object_to").count() == 4
    assert [len(bodies) for bodies in sent()] == [1, 1]
    waiting = OutboxJob.objects.filter(kind=JobKind.MAIL).unfinished()
    assert timezone.now() < waiting.latest("not_before").not_before
    assert waiting.latest("not_before").not_before <= timezone.now() + timedelta(hours=1)
    waiting.update(not_before=timezone.now())
    receipts, told = sent()
    assert (len(receipts), len(told)) == (1, 1)
    assert "Last words." in receipts[0]
    # When an hour has passed, a mail goes out at once again.
    holder.says("1", OBJECTS, "Later words.")
    engine.send_answer(link_of(signoff), at=timezone.now() + timedelta(minutes=61))
    assert [len(bodies) for bodies in sent()] == [1, 1]


# Reading


def test_reading_and_probing_changes_nothing_and_signs_nobody_in(consulted, signoff):
    holder = Holder(token_for(signoff))
    other = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    signed_in = Holder(holder.token)
    signed_in.client.force_login(other.person)
    for one in (holder, signed_in):
        for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ())):
            for method in ("get", "head", "options"):
                response = getattr(one.client, method)(one.address(name, *more))
                assert response.status_code in (OK, HTTPStatus.METHOD_NOT_ALLOWED)
                assert response["Referrer-Policy"] == "no-referrer"
                assert "no-store" in response["Cache-Control"]
                assert "noindex" in response["X-Robots-Tag"]
    assert link_of(signoff).used_at is None
    assert fresh(signoff).state == SignOffState.ASKED
    # Nobody came in through the door of the accounts.
    assert holder.client.get(reverse("tasks")).status_code == FOUND
    # The link decides whose answer it is, not who is signed in.
    signed_in.answers((AGREES, ""), (AGREES, ""), (AGREES, ""))
    assert fresh(signoff).state == SignOffState.APPROVED
    assert fresh(other).state == SignOffState.ASKED


def test_a_link_used_by_reading_would_be_seen(consulted, signoff, monkeypatch):
    real = links.find

    def used(link):
        links.note_use(link, at=timezone.now())
        return link

    monkeypatch.setattr(opening.links, "find", lambda token: used(real(token)))
    Holder(token_for(signoff)).reads()
    assert link_of(signoff).used_at is not None


def test_the_language_is_chosen_for_the_link_alone(consulted, signoff):
    holder = Holder(token_for(signoff))
    holder.sends("link_language", language="ar")
    page = holder.reads()
    assert page["Content-Language"] == "ar"
    assert 'dir="rtl"' in page.content.decode()
    assert holder.sends("link_language", language="xx").status_code == FOUND
    assert holder.reads()["Content-Language"] == "ar"
    signoff.person.refresh_from_db()
    assert signoff.person.language == "en"


# Closed doors


def test_closed_doors_say_why_and_give_back_what_was_typed(consulted, signoff):
    team, at = factories.holder(consulted, Role.PROJECT_TEAM), timezone.now()
    token = token_for(signoff)
    holder = Holder(token)

    def refused(status, sentence):
        for answer in (
            holder.reads(),
            holder.says("1", OBJECTS, "My words."),
            holder.sends("link_check"),
        ):
            assert answer.status_code == status
            assert sentence in answer.content.decode()
            assert answer["Referrer-Policy"] == "no-referrer"
            assert signoff.person.full_name not in answer.content.decode()
        assert "My words." in holder.says("1", OBJECTS, "My words.").content.decode()
        assert not SectionAnswer.objects.exists()

    with factories.undone():
        ValidationRound.objects.update(closes_at=at - timedelta(seconds=1))
        refused(GONE, "The consultation is over")
    with factories.undone():
        factories.move(consulted, "hold", team, reason="Elections.")
        refused(HTTPStatus.CONFLICT, "has been stopped for now")
    with factories.undone():
        links.revoke(signoff, reason="Passed on.", by=team, at=at)
        refused(GONE, "does not work any more")
    with factories.undone():
        factories.move(signoff, "waive", team, reason="Away.")
        refused(GONE, "is not waited for any more")
    with factories.undone():
        Assignment.objects.filter(user=signoff.person).update(role=Role.CO_AUTHOR, category="")
        refused(GONE, "You are not asked any more")
    with factories.undone():
        links.issue_again(signoff, by=team, at=at)
        refused(GONE, "There is a newer link")
    assert holder.reads().status_code == OK


def test_a_round_that_is_never_over_would_be_seen(consulted, signoff, monkeypatch):
    monkeypatch.setattr(links, "_takes_answers", lambda *_: True)
    ValidationRound.objects.update(closes_at=timezone.now() - timedelta(days=1))
    assert Holder(token_for(signoff)).reads().status_code == OK


def test_what_was_saved_before_another_link_is_there_after_it(consulted, signoff):
    team = factories.holder(consulted, Role.PROJECT_TEAM)
    Holder(token_for(signoff)).says("1", COMMENTS, "More.")
    links.issue_again(signoff, by=team, at=timezone.now())
    assert "More." in Holder(token_for(signoff)).reads("link_check").content.decode()


def test_wrong_tokens_and_sections_find_nothing(consulted, signoff):
    holder = Holder(token_for(signoff))
    for key in ("9", "es", "sources"):
        assert holder.reads("link_section", key).status_code == HTTPStatus.NOT_FOUND
        assert holder.says(key, AGREES).status_code == HTTPStatus.NOT_FOUND
    assert holder.reads("link_picture", "0" * 64).status_code == HTTPStatus.NOT_FOUND
    for name, more in (("link_nowhere", ("s",)), ("link_language", ())):
        page = holder.reads(name, *more)
        assert page.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
        assert "There is no such page" in page.content.decode()
        assert f'href="{holder.address()}"' in page.content.decode()
        assert page["Referrer-Policy"] == "no-referrer"
        assert reverse("sign_in") not in page.content.decode()
    astray = holder.sends("link_nowhere", "s/1/more", text="My words.")
    assert astray.status_code == HTTPStatus.NOT_FOUND
    assert "My words." in astray.content.decode()
    assert holder.client.get(f"/v/{holder.token}/check").status_code == 301
    # No stranger puts words on a page of ours.
    assert "Canary." not in Holder("guess").says("1", OBJECTS, "Canary.").content.decode()
    with CaptureQueriesContext(connection) as asked:
        wrong = [Holder(f"{holder.token[:-1]}~").reads() for _ in range(6)]
    # As often as somebody guesses, it costs one question and writes nothing.
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert len(asked) == len(wrong)
    assert {one.status_code for one in wrong} == {HTTPStatus.NOT_FOUND}
    assert {one["Referrer-Policy"] for one in wrong} == {"no-referrer"}
    assert signoff.person.full_name not in wrong[0].content.decode()
    assert holder.reads().status_code == OK


def test_one_person_sees_nothing_of_another(consulted, signoff):
    other = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    Holder(token_for(other)).answers((OBJECTS, "Canary."), (AGREES, ""), (AGREES, ""))
    holder = Holder(token_for(signoff))
    pages = [
        holder.reads(name, *more).content.decode()
        for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ()))
    ]
    for canary in ("Canary.", other.person.full_name, other.person.email):
        assert not [page for page in pages if canary in page]
    own = Holder(token_for(other)).reads("link_check").content.decode()
    assert "Canary." in own


def test_the_text_shown_is_the_frozen_one(consulted, signoff):
    section = factories.section(consulted, "1")
    type(section.draft).objects.filter(section=section).update(text="Another working text.")
    page = Holder(token_for(signoff)).reads("link_section", "1").content.decode()
    assert "Another working text." not in page
    assert section.revision.text.split(".")[0] in page


def test_pictures_and_other_sections_are_found_by_the_link_alone():
    drafted = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    picture, unplaced = factories.give_picture(drafted), factories.give_picture(drafted)
    first, expert = factories.section(drafted, "1"), factories.holder(drafted, Role.LOCAL_EXPERT)
    factories.write(first, f"See [#section:2].\n\n[[image:{picture.key}]]")
    factories.move(first, "submit", expert)
    consulted = factories.bring_to(drafted, ProfileState.CONSULTATION)
    holder = Holder(token_for(factories.asked(consulted)[0]))
    page = holder.reads("link_section", "1").content.decode()
    assert f'href="{holder.address("link_section", "2")}"' in page
    address = holder.address("link_picture", picture.file.sha256)
    assert f'src="{address}"' in page
    assert f"/p/{consulted.slug}/" not in page
    sent = holder.client.get(address)
    assert (sent.status_code, sent["Content-Type"]) == (OK, f"image/{picture.file.kind}")
    assert "no-store" in sent["Cache-Control"]
    assert b"".join(sent.streaming_content)
    assert holder.reads("link_picture", unplaced.file.sha256).status_code == 404
    # With an account the same text leads to the pages of the profile.
    client = Client()
    client.force_login(factories.holder(consulted, Role.PROJECT_TEAM))
    page = client.get(reverse("section", args=[consulted.slug, "1"])).content.decode()
    assert reverse("picture_file", args=[consulted.slug, picture.file.sha256, "small"]) in page


def test_somebody_asked_before_there_were_links_can_be_sent_one(consulted, signoff, client):
    signoff.links.all().delete()
    client.force_login(factories.holder(consulted, Role.PROJECT_TEAM))
    page = client.get(reverse("links", args=[consulted.slug])).content.decode()
    assert "No link was made." in page
    client.post(reverse("link_again", args=[consulted.slug, signoff.pk]))
    assert Holder(token_for(signoff)).reads().status_code == OK


def test_a_door_that_asks_for_no_link_would_be_seen(consulted, signoff, client):
    """The rule lets strangers come as far as the page; the page asks for the link."""
    assert access.RULES["link"] is access.Rule.HOLDS_LINK
    assert access.Rule.HOLDS_LINK in middleware.access.OPEN_TO_STRANGERS
    answer = client.get(reverse("link_check", args=["guess"]))
    assert answer.status_code == HTTPStatus.NOT_FOUND


# Those who look after the links


def test_the_team_sees_who_used_his_link_and_sends_another(consulted, signoff, client):
    team = factories.holder(consulted, Role.PROJECT_TEAM)
    client.force_login(team)
    address = reverse("links", args=[consulted.slug])
    run_worker()
    page = client.get(address).content.decode()
    assert page.count("The link was sent.") == 3
    assert page.count("Not used yet.") == 3
    holder = Holder(token_for(signoff))
    holder.reads("link_section", "1")
    assert client.get(address).content.decode().count("Not used yet.") == 3
    holder.says("1", AGREES)
    assert "1 section is answered, and not sent yet." in client.get(address).content.decode()
    holder.answers((AGREES, ""), (AGREES, ""), (AGREES, ""))
    page = client.get(address).content.decode()
    assert "came through a link" in page
    assert "not sent yet" not in page
    holder.says("2", COMMENTS, "More.")
    page = client.get(address).content.decode()
    assert "came through a link" in page
    assert "1 section is answered, and not sent yet." in page

    mail.outbox.clear()
    form = {"seen": link_of(signoff).pk}
    for _click in range(2):
        client.post(reverse("link_again", args=[consulted.slug, signoff.pk]), form)
    run_worker()
    assert len([one for one in mail.outbox if "the consultation is open" in one.subject]) == 1
    again = token_of_mail(signoff.person.email)
    assert again != holder.token
    assert holder.reads().status_code == GONE
    assert Holder(again).reads().status_code == OK
    revoked = reverse("link_revoke", args=[consulted.slug, signoff.pk])
    assert signoff.person.full_name in client.get(revoked).content.decode()
    assert client.post(revoked).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Holder(again).reads().status_code == OK
    mail.outbox.clear()
    client.post(revoked, {"reason": "Passed on to others."})
    run_worker()
    (told,) = mail.outbox
    assert told.to == [signoff.person.email]
    assert "Passed on to others." in told.body
    assert "/v/" not in told.body
    twice = client.post(revoked, {"reason": "Passed on to others."})
    assert twice.status_code == HTTPStatus.CONFLICT
    assert "Passed on to others." in twice.content.decode()
    assert Holder(again).reads().status_code == GONE
    assert "The link was revoked." in client.get(address).content.decode()


@pytest.mark.parametrize("attribution", [*Attribution])
def test_the_focal_point_sees_the_links_of_those_whose_names_are_shown(
    consulted, signoff, client, attribution
):
    """Else the order and the numbers of the lines would tell whose category is whose answer."""
    ValidationRound.objects.update(attribution=attribution)
    focal_point = factories.holder(consulted, Role.FOCAL_POINT)
    own = next(one for one in factories.asked(consulted) if one.person == focal_point)
    client.force_login(focal_point)
    page = client.get(reverse("links", args=[consulted.slug])).content.decode()
    again = client.post(reverse("link_again", args=[consulted.slug, signoff.pk]))
    is_shown = attribution == Attribution.NAMED
    assert (signoff.person.full_name in page) == is_shown
    for name in ("link_again", "link_revoke"):
        assert (reverse(name, args=[consulted.slug, signoff.pk]) in page) == is_shown
        assert reverse(name, args=[consulted.slug, own.pk]) in page
    assert ("2 other people have a link" in page) != is_shown
    assert again.status_code == (FOUND if is_shown else HTTPStatus.NOT_FOUND)


def test_the_history_ties_no_comments_to_an_objection(consulted, signoff, client):
    """What came together in one answer is the project team's to know."""
    Holder(token_for(signoff)).answers((COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, ""))
    seen = {}
    for role in (Role.PROJECT_TEAM, Role.FOCAL_POINT, Role.LOCAL_EXPERT):
        client.force_login(factories.holder(consulted, role))
        page = client.get(reverse("history", args=[consulted.slug])).content.decode()
        seen[role] = ("Object" in page, "by personal link" in page)
    assert seen.pop(Role.PROJECT_TEAM) == (True, True)
    assert set(seen.values()) == {(True, False)}


def test_a_comment_by_link_is_shown_as_its_page_has_promised(consulted, signoff):
    ValidationRound.objects.update(attribution=Attribution.CHATHAM_HOUSE)
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "More."), (AGREES, ""), (AGREES, ""))
    holder.answers((COMMENTS, "Much more."), (AGREES, ""), (AGREES, ""))
    comment = Comment.objects.get(author=signoff.person)
    assert consulted.attribution == Attribution.CATEGORY
    assert comment.attribution == Attribution.CHATHAM_HOUSE
    assert comment.replies.get().attribution == Attribution.CHATHAM_HOUSE


@pytest.mark.parametrize("role", [Role.LOCAL_EXPERT, Role.STAKEHOLDER, Role.CITY_AUTHORITY])
def test_the_links_are_nobody_elses_to_see(consulted, client, role):
    client.force_login(factories.holder(consulted, role))
    address = reverse("links", args=[consulted.slug])
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN


def test_a_comment_by_link_is_made_by_the_service_that_all_use(consulted, signoff, monkeypatch):
    """Without it there would be none."""
    seen = []
    real = comments.add_comments
    monkeypatch.setattr(comments, "add_comments", lambda *a, **k: seen.append(k) or real(*a, **k))
    Holder(token_for(signoff)).answers((COMMENTS, "More."), (AGREES, ""), (AGREES, ""))
    assert [one["by"] for one in seen] == [signoff.person]
