"""Sending an answer through a personal link: what it makes, whom it tells, who sees to it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, Event, Reply, SectionAnswer, ValidationRound
from profile_workflow.services import comments, links, section_answers
from profile_workflow.states import Attribution, Role, SectionView, SignOffState
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import Holder, link_of, token_for, token_of_mail
from workflows import deadlines, engine
from workflows.models import JobKind, OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
#: To send an answer: its move, the comments, the line of the log, the receipt.
MOST_QUERIES = 30
AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS


def test_sending_twice_does_nothing_twice(consulted, signoff):
    holder = Holder(token_for(signoff))
    views = [(COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, "")]
    assert holder.answers(*views).status_code == FOUND
    before = (Event.objects.count(), Comment.objects.count())
    assert holder.answers(*views).status_code == FOUND
    assert (Event.objects.count(), Comment.objects.count()) == before


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


def test_a_comment_by_link_is_shown_as_its_page_has_promised(consulted, signoff):
    ValidationRound.objects.update(attribution=Attribution.CHATHAM_HOUSE)
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "More."), (AGREES, ""), (AGREES, ""))
    holder.answers((COMMENTS, "Much more."), (AGREES, ""), (AGREES, ""))
    comment = Comment.objects.get(author=signoff.person)
    assert consulted.attribution == Attribution.CATEGORY
    assert comment.attribution == Attribution.CHATHAM_HOUSE
    assert comment.replies.get().attribution == Attribution.CHATHAM_HOUSE


def test_a_comment_by_link_is_made_by_the_service_that_all_use(consulted, signoff, monkeypatch):
    """Without it there would be none."""
    seen = []
    real = comments.add_comments
    monkeypatch.setattr(comments, "add_comments", lambda *a, **k: seen.append(k) or real(*a, **k))
    Holder(token_for(signoff)).answers((COMMENTS, "More."), (AGREES, ""), (AGREES, ""))
    assert [one["by"] for one in seen] == [signoff.person]


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
    assert (
        factories.fresh(signoff).state
        == factories.fresh(comments_too).state
        == SignOffState.NO_ANSWER
    )
    assert factories.fresh(agrees).state == SignOffState.TACIT


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
    assert factories.fresh(signoff).state == SignOffState.NO_ANSWER
    assert factories.fresh(other).state == SignOffState.TACIT


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


def test_somebody_asked_before_there_were_links_can_be_sent_one(consulted, signoff, client):
    signoff.links.all().delete()
    client.force_login(factories.holder(consulted, Role.PROJECT_TEAM))
    page = client.get(reverse("links", args=[consulted.slug])).content.decode()
    assert "No link was made." in page
    client.post(reverse("link_again", args=[consulted.slug, signoff.pk]))
    assert Holder(token_for(signoff)).reads().status_code == OK
