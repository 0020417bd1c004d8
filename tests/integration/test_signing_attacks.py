"""Signing by personal link: what somebody else could try, and what must not be found."""

import io
import logging
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPDataError

import pytest
from django.core import mail
from django.utils import timezone

from profile_workflow.errors import CodeRefused, NotNow
from profile_workflow.models import (
    Assignment,
    SigningAnswer,
    SigningCode,
    ValidationRound,
)
from profile_workflow.services import links, section_answers, signing
from profile_workflow.states import (
    ProfileState,
    Role,
    SectionView,
    Signature,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of
from tests.signing import (
    FOUND,
    GONE,
    NOT_COMPLETE,
    NOT_NOW,
    WORDS,
    Holder,
    code_of_mail,
    fresh,
    is_stored,
    profile_of_two,
    wrong,
)
from workflows import deadlines, engine, notifications
from workflows.executors import TryLater
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def signed():
    """A profile that one authority is asked to sign."""
    return factories.bring_to(factories.make_profile(), ProfileState.SIGNOFF)


@pytest.fixture
def signoff(signed):
    return factories.asked(signed)[0]


@pytest.fixture
def two():
    return profile_of_two()


def test_a_code_of_another_is_of_no_use(two):
    first, second = (Holder(one) for one in factories.asked(two))
    for one in (first, second):
        one.answers()
    code = first.gets_code()
    second.gets_code()
    assert second.types(code).status_code == NOT_COMPLETE
    assert fresh(second.signoff).state == SignOffState.ASKED
    with pytest.raises(CodeRefused):
        engine.sign_by_link(link_of(second.signoff), code, at=timezone.now())


def test_closed_doors_between_asking_and_typing(two):
    signed, signoff = two, factories.asked(two)[0]
    holder, at = Holder(signoff), timezone.now()
    holder.answers(Signature.RESERVE, text=WORDS)
    code = holder.gets_code()
    team = factories.holder(signed, Role.PROJECT_TEAM)

    def refused(status, sentence):
        for answer in (holder.types(code), holder.asks_for_code(), holder.reads("link_code")):
            assert answer.status_code == status
            assert sentence in answer.content.decode()
            assert answer["Referrer-Policy"] == "no-referrer"
        typed = holder.answers(Signature.RESERVE, text="My words.")
        assert "My words." in typed.content.decode()
        assert fresh(signoff).state != SignOffState.RESERVATION
        assert SigningAnswer.objects.get().statement == WORDS

    with factories.undone():
        ValidationRound.objects.update(closes_at=at)
        refused(GONE, "The sign-off is over")
    with factories.undone():
        deadlines.sweep(at=signoff.round.closes_at + timedelta(minutes=1))
        assert holder.types(code).status_code == GONE
        # Who was silent is asked again, and what he had saved waits for him there.
        again = factories.asked(factories.fresh(signed))
        mine = next(one for one in again if one.person_id == signoff.person_id)
        assert mine.pk != signoff.pk
        page = Holder(mine).reads("link_code").content.decode()
        assert WORDS in page
        assert 'name="code"' not in page
    with factories.undone():
        factories.move(signed, "hold", team, reason="Elections.")
        refused(NOT_NOW, "has been stopped for now")
    with factories.undone():
        links.revoke(signoff, reason="Passed on.", by=team, at=at)
        refused(GONE, "does not work any more")
    with factories.undone():
        links.issue_again(signoff, by=team, at=at)
        for answer in (holder.types(code), holder.reads("link_code")):
            assert answer.status_code == GONE
            assert "There is a newer link" in answer.content.decode()
        assert WORDS in Holder(signoff).reads("link_code").content.decode()
        assert Holder(signoff).types(code).status_code == NOT_COMPLETE
    with factories.undone():
        factories.move(signoff, "waive", team, reason="Away.")
        refused(GONE, "is not waited for any more")
    with factories.undone():
        yesterday = timezone.localdate() - timedelta(days=1)
        Assignment.objects.filter(user=signoff.person, role=signoff.role).update(ends_on=yesterday)
        refused(GONE, "You are not asked any more")
    assert holder.types(code).status_code == FOUND


def test_a_link_is_for_its_purpose_alone(signed, signoff):
    """The pages of one kind are not there for the other, and its services refuse it."""
    consulted = factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)
    other, signs = Holder(factories.asked(consulted)[1]), Holder(signoff)
    for name in ("link_sign", "link_code"):
        assert other.reads(name).status_code == HTTPStatus.NOT_FOUND
    assert other.answers().status_code == HTTPStatus.NOT_FOUND
    assert other.client.post(other.address("link_code_new")).status_code == HTTPStatus.NOT_FOUND
    assert signs.reads("link_check").status_code == HTTPStatus.NOT_FOUND
    assert signs.client.post(signs.address("link_check")).status_code == HTTPStatus.NOT_FOUND
    said = {"view": "objects", "text": "My words."}
    astray = signs.client.post(signs.address("link_section", "1"), said)
    assert astray.status_code == HTTPStatus.NOT_FOUND
    assert "My words." in astray.content.decode()
    at, first = timezone.now(), factories.section(signed, "1")
    given = signing.Signing(Signature.APPROVE, "", [], "A", "B")
    acts = (
        lambda: signing.save_answer(link_of(other.signoff), given, at=at),
        lambda: engine.ask_for_code(link_of(other.signoff), seen=None, at=at),
        lambda: engine.sign_by_link(link_of(other.signoff), "1" * 8, at=at),
        lambda: engine.send_answer(link_of(signoff), at=at),
        lambda: section_answers.save_answer(
            link_of(signoff), first, view=SectionView.AGREES, text="", at=at
        ),
    )
    for act in acts:
        with pytest.raises(NotNow):
            act()
    assert not SigningAnswer.objects.exists()


def test_reading_sends_no_code_and_signs_nothing(signoff):
    holder = Holder(signoff)
    holder.answers()
    code, jobs = holder.gets_code(), OutboxJob.objects.count()
    for name in ("link", "link_sign", "link_code", "link_code_new", "link_receipt"):
        for method in ("get", "head", "options"):
            answer = getattr(holder.client, method)(f"{holder.address(name)}?code={code}")
            assert answer["Referrer-Policy"] == "no-referrer"
            assert "no-store" in answer["Cache-Control"]
    assert (fresh(signoff).state, OutboxJob.objects.count()) == (SignOffState.ASKED, jobs)
    assert SigningCode.objects.get().tries == 0
    assert not holder.client.cookies


def test_a_code_is_neither_stored_nor_logged(signoff, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(written)])
    holder = Holder(signoff)
    holder.answers()
    holder.asks_for_code()
    (row,) = SigningCode.objects.all()
    digits = signing.to_send(row.pk, at=timezone.now())[1]
    assert not is_stored(digits)
    run_worker()
    assert code_of_mail(signoff.person.email) == digits
    row.refresh_from_db()
    assert (row.salt, len(row.digest)) == ("", 64)
    assert row.sent_at is not None
    # What is left says nothing of it, not even with the key; a job that is run again sends none.
    assert signing.to_send(row.pk, at=timezone.now()) is None
    mail.outbox.clear()
    OutboxJob.objects.filter(payload__code=row.pk).update(state="waiting", finished_at=None)
    run_worker()
    assert mail.outbox == []
    holder.types(wrong(digits))
    monkeypatch.setattr(holder.client, "raise_request_exception", False)
    with monkeypatch.context() as broken:
        broken.setattr(signing, "redeem", None)
        assert holder.types(digits).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    holder.types(digits)
    assert fresh(signoff).state == SignOffState.APPROVED
    assert not is_stored(digits)
    assert "Internal Server Error" in written.getvalue()
    assert digits not in written.getvalue().replace(" ", "")
    OutboxJob.objects.update(last_error=f"said {digits}")
    assert is_stored(digits)


def test_a_server_that_quotes_the_mail_gives_no_code_away(signoff, monkeypatch):
    holder = Holder(signoff)
    holder.answers()
    run_worker()
    holder.asks_for_code()
    job = OutboxJob.objects.get(key__startswith="mail:signing_code:")
    digits = signing.to_send(job.payload["code"], at=timezone.now())[1]
    grouped = f"{digits[:4]} {digits[4:]}"

    def quotes(*_about):
        raise SMTPDataError(451, f"try later: {grouped}".encode())

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", quotes)
    with pytest.raises(TryLater) as told:
        notifications.send(job.payload)
    assert str(told.value) == "The mail server did not take the mail."
    run_worker()
    job.refresh_from_db()
    assert job.last_error == str(told.value)
    # It is sent when the server takes it.
    assert signing.to_send(job.payload["code"], at=timezone.now())[1] == digits


def test_a_code_that_ends_by_nothing_would_be_seen(signoff, monkeypatch):
    monkeypatch.setattr(signing, "_end", lambda *_codes, **_at: None)
    holder = Holder(signoff)
    holder.answers()
    code = holder.gets_code()
    for _try in range(signing.MOST_TRIES):
        holder.types(wrong(code))
    assert holder.types(code).status_code == FOUND


def test_a_wrong_code_that_is_counted_by_nobody_would_be_seen(signoff, monkeypatch):
    """As it would be if the refusal took its count back with it."""
    holder = Holder(signoff)
    holder.answers()
    code = holder.gets_code()
    real = signing.redeem

    def takes_back(*about, **at):
        with factories.undone():
            return real(*about, **at)

    monkeypatch.setattr(signing, "redeem", takes_back)
    for _try in range(signing.MOST_TRIES + 1):
        assert "This is not the code" in holder.types(wrong(code)).content.decode()
