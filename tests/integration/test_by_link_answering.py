"""Answering through a personal link: page after page, changing, and what stays of it."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, Event, SectionAnswer, User
from profile_workflow.services import links, section_answers
from profile_workflow.states import (
    CommentKind,
    CommentState,
    ProfileState,
    Role,
    SectionView,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import Holder, link_of, token_for, token_of_mail
from workflows import deadlines, engine
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS


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
    early = holder.sends_all()
    assert early.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    refusal = early.content.decode()
    assert "has no answer yet" in refusal
    assert refusal.count('role="alert"') == refusal.count("autofocus") == 1
    assert refusal.index("<h1") < refusal.index("<h2")
    assert holder.says("3", AGREES)["Location"] == holder.address("link_check")
    assert "you agree" in holder.reads("link_check").content.decode()
    assert factories.fresh(signoff).state == SignOffState.ASKED

    assert holder.sends_all()["Location"] == holder.address("link_receipt")
    arrived = holder.reads("link_receipt").content.decode()
    assert "Approved" in arrived
    assert "A receipt is on its way" in arrived
    given = factories.fresh(signoff)
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


def test_two_tabs_lose_nothing(consulted, signoff):
    """An old page overwrites no newer answer and sends none that it does not show."""
    holder = Holder(token_for(signoff))
    nothing, address = holder.seen("link_section", "1"), holder.address("link_section", "1")
    ours = {"view": OBJECTS, "text": "Typed in the old tab."}
    assert holder.says("1", COMMENTS, "Saved in the new tab.").status_code == FOUND

    def saved():
        kept = SectionAnswer.objects.get(signoff=signoff, section__key="1")
        return kept.view, kept.text

    for old in (nothing, "0" * 64, None):
        form = ours if old is None else {**ours, "base": old}
        both = holder.client.post(address, form)
        assert both.status_code == HTTPStatus.CONFLICT
        assert saved() == (COMMENTS, "Saved in the new tab.")
    page = both.content.decode()
    assert "Another answer has been saved since this page was opened." in page
    assert [(one.yours, one.theirs) for one in both.context["conflict"]] == [
        ("I object", "I agree, with a comment"),
        (ours["text"], "Saved in the new tab."),
    ]
    # The form holds what was typed; who has seen both decides.
    again = both.context["form"]
    assert (again["view"].value(), again["text"].value()) == tuple(ours.values())
    assert holder.client.post(address, {**ours, "base": again["base"].value()}).status_code == FOUND
    assert saved() == (OBJECTS, "Typed in the old tab.")
    # The second click of a double one says the same as the first, and is done.
    assert holder.client.post(address, {**ours, "base": nothing}).status_code == FOUND

    for key in ("2", "3"):
        holder.says(key, AGREES)
    old = holder.seen("link_check")
    holder.says("3", OBJECTS, "Saved in the other tab.")
    refusal = holder.sends("link_check", base=old)
    assert refusal.status_code == HTTPStatus.CONFLICT
    assert "Saved in the other tab." in refusal.content.decode()
    assert factories.fresh(signoff).state == SignOffState.ASKED
    seen = refusal.context["form"]["base"].value()
    for _click in range(2):
        assert holder.sends("link_check", base=seen).status_code == FOUND
    assert "Saved in the other tab." in factories.fresh(signoff).statement


def test_an_answer_changes_until_closing(consulted, signoff):
    holder = Holder(token_for(signoff))
    holder.answers((COMMENTS, "More."), (OBJECTS, "Not so."), (OBJECTS, "Nor this."))
    objected = factories.fresh(signoff)
    assert objected.state == SignOffState.OBJECTED
    assert {one.key for one in objected.sections.all()} == {"2", "3"}
    assert "Not so." in objected.statement
    assert "Nor this." in objected.statement

    holder.answers((COMMENTS, "Much more."), (OBJECTS, "Not at all."), (AGREES, ""))
    changed = factories.fresh(signoff)
    assert (changed.state, changed.statement) == (SignOffState.OBJECTED, "Not at all.")
    assert {one.key for one in changed.sections.all()} == {"2"}
    comment = Comment.objects.get(author=signoff.person)
    assert (comment.text, comment.replies.get().text) == ("More.", "Much more.")

    holder.says("2", AGREES)
    assert "has not been sent yet" in holder.reads().content.decode()
    assert factories.fresh(signoff).state == SignOffState.OBJECTED
    holder.sends_all()
    assert factories.fresh(signoff).state == SignOffState.APPROVED
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
    assert holder.sends_all().status_code == FOUND
    assert factories.fresh(again[signoff.person_id]).state == SignOffState.OBJECTED
    comment = Comment.objects.get(author=signoff.person)
    assert not comment.replies.exists()
    assert old.reads().status_code == GONE


def test_what_was_saved_before_another_link_is_there_after_it(consulted, signoff):
    team = factories.holder(consulted, Role.PROJECT_TEAM)
    Holder(token_for(signoff)).says("1", COMMENTS, "More.")
    links.issue_again(signoff, by=team, at=timezone.now())
    assert "More." in Holder(token_for(signoff)).reads("link_check").content.decode()


def test_somebody_with_an_account_answers_as_ever(consulted, signoff):
    """And what he has answered there stands on the page of his link."""
    factories.move(signoff, "reserve", signoff.person, reason="Only the figures.")
    holder = Holder(token_for(signoff))
    assert "Approved with reservation" in holder.reads().content.decode()
    assert "A receipt is on its way" not in holder.reads("link_receipt").content.decode()
    assert not Event.objects.filter(move="send_by_link").exists()


def test_the_language_is_the_persons_own_until_another_is_chosen_for_the_link(consulted, signoff):
    holder = Holder(token_for(signoff))

    def speaks(asked_for):
        page = holder.client.get(holder.address(), headers={"accept-language": asked_for})
        (pressed,) = re.findall(
            r'value="(\w+)" lang="\w+" aria-pressed="true"', page.content.decode()
        )
        assert pressed == page["Content-Language"]
        return pressed

    def is_to_read(language):
        User.objects.filter(pk=signoff.person_id).update(language=language)

    is_to_read("ar")
    assert [speaks("en"), speaks("fr,en;q=0.5"), speaks("de"), speaks("")] == ["ar"] * 4
    assert 'dir="rtl"' in holder.reads().content.decode()
    # A language that the site has no more says nothing.
    is_to_read("xx")
    assert [speaks("de,en;q=0.5"), speaks("fr"), speaks("de")] == ["en", "fr", "en"]
    is_to_read("ar")
    holder.sends("link_language", language="fr")
    assert [speaks("en"), speaks("ar")] == ["fr", "fr"]
    assert holder.sends("link_language", language="xx").status_code == FOUND
    assert speaks("en") == "fr"
    signoff.person.refresh_from_db()
    assert signoff.person.language == "ar"


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
