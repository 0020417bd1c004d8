"""The code that confirms a signature by personal link: what it is good for, and how often."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from profile_workflow.errors import CodeRefused, MadeAlready, NotNow
from profile_workflow.models import (
    Section,
    SigningCode,
)
from profile_workflow.services import links, signing
from profile_workflow.states import (
    CodeEnd,
    ProfileState,
    Role,
    Signature,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of
from tests.signing import FOUND, NOT_COMPLETE, NOT_NOW, WORDS, Holder, fresh, profile_of_two, wrong
from workflows import engine, outbox
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


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


def test_a_code_is_for_one_answer_and_one_text_once(two):
    signed, signoff = two, factories.asked(two)[0]
    holder, at = Holder(signoff), timezone.now()
    holder.answers()
    code = holder.gets_code()
    # Another answer than the one for which it was sent: nothing of it is lost.
    holder.answers(Signature.RESERVE, text=WORDS)
    refused = holder.types(code)
    assert refused.status_code == NOT_COMPLETE
    assert "another answer than the one that stands here now" in refused.content.decode()
    assert WORDS in refused.content.decode()
    assert fresh(signoff).state == SignOffState.ASKED
    second = holder.gets_code()
    # The one before was replaced by it.
    assert code != second
    assert "another one was sent after it" in holder.types(code).content.decode()
    # The text is edited in between.
    with factories.undone():
        one, other = Section.objects.filter(profile=signed).order_by("position")[:2]
        Section.objects.filter(pk=one.pk).update(revision=other.revision_id)
        edited = holder.types(second)
        assert edited.status_code == NOT_NOW
        assert "The text is another one now" in edited.content.decode()
        assert WORDS in edited.content.decode()
        assert fresh(signoff).state == SignOffState.ASKED
        assert holder.asks_for_code().status_code == NOT_NOW
    # Somebody with an account, himself or a substitute, answers in between.
    with factories.undone():
        factories.move(signoff, "approve", signoff.person)
        assert holder.types(second).status_code == NOT_COMPLETE
        assert fresh(signoff).state == SignOffState.APPROVED
    assert holder.types(second).status_code == FOUND
    # It is used up: for what he changes afterwards it is good for nothing.
    holder.answers(Signature.OBJECT, text="No.", sections=["1"])
    assert holder.types(second).status_code == NOT_COMPLETE
    assert fresh(signoff).state == SignOffState.RESERVATION
    assert SigningCode.objects.get(end=CodeEnd.USED).ended_at >= at


@pytest.mark.any_database
def test_a_code_is_tried_a_few_times_and_good_for_some_minutes(signoff):
    holder = Holder(signoff)
    holder.answers()
    code = holder.gets_code()
    for unfinished in ("", "1234", f"{code}0", "ten digits", "x" * 41):
        assert holder.types(unfinished).status_code == NOT_COMPLETE
    assert signing.newest_code(link_of(signoff)).tries == 0
    with factories.undone():
        later = timezone.now() + signing.VALID_FOR
        with pytest.raises(CodeRefused, match="The time for this code is over"):
            engine.sign_by_link(link_of(signoff), code, at=later)
        before = later - timedelta(seconds=30)
        assert engine.sign_by_link(link_of(signoff), code, at=before) is not None
    for left in range(signing.MOST_TRIES - 1, -1, -1):
        refused = holder.types(wrong(code))
        assert refused.status_code == NOT_COMPLETE
        expected = "This is not the code" if left else "tried too often"
        assert expected in refused.content.decode()
    assert "tried too often" in holder.types(code).content.decode()
    assert fresh(signoff).state == SignOffState.ASKED
    # Another one is sent, and works; only so many within an hour.
    for _again in range(signing.MOST_CODES - 1):
        assert holder.asks_for_code().status_code == FOUND
    assert "No other code is sent within this hour" in holder.reads("link_code").content.decode()
    assert holder.asks_for_code().status_code == NOT_NOW
    # Whoever has used them up has not used up those of the link that takes the place of his.
    team, at = factories.holder(signoff.profile, Role.PROJECT_TEAM), timezone.now()
    for _link in range(signing.MOST_CODES_FOR_ALL_LINKS // signing.MOST_CODES - 1):
        another, seen = links.issue_again(signoff, by=team, at=at), None
        for _again in range(signing.MOST_CODES):
            seen = engine.ask_for_code(another, seen=seen, at=at).pk
    # There is an end to it for one person, whatever the link.
    another = links.issue_again(signoff, by=team, at=at)
    with pytest.raises(NotNow, match="Too many codes"):
        engine.ask_for_code(another, seen=None, at=at)
    later = at + timedelta(minutes=61)
    assert engine.ask_for_code(another, seen=None, at=later).expires_at > later


def test_a_second_click_sends_no_second_code(signoff):
    holder = Holder(signoff)
    holder.answers()
    link = link_of(signoff)
    first = engine.ask_for_code(link, seen=None, at=timezone.now())
    with pytest.raises(MadeAlready):
        engine.ask_for_code(link, seen=None, at=timezone.now())
    assert holder.client.post(holder.address("link_code_new")).status_code == FOUND
    assert SigningCode.objects.get() == first


def test_nobody_waits_for_a_code_that_would_be_refused(two):
    signoff = factories.asked(two)[0]
    holder = Holder(signoff)
    early = holder.asks_for_code()
    assert early.status_code == FOUND
    assert not SigningCode.objects.exists()
    factories.move(signoff, "reserve", signoff.person, reason="Before.")
    holder.answers(Signature.RESERVE, text=WORDS)
    refused = holder.asks_for_code()
    assert refused.status_code == NOT_NOW
    assert WORDS in refused.content.decode()
    assert not SigningCode.objects.exists()


def test_a_code_that_is_good_for_nothing_is_not_mailed(signed, signoff):
    holder = Holder(signoff)
    holder.answers()
    run_worker()
    mail.outbox.clear()
    team = factories.holder(signed, Role.PROJECT_TEAM)

    def is_mailed():
        run_worker()
        found = [one for one in mail.outbox if "code" in one.subject]
        mail.outbox.clear()
        return bool(found)

    holder.asks_for_code()
    with factories.undone():
        links.revoke(signoff, reason="Passed on.", by=team, at=timezone.now())
        assert not is_mailed()
    with factories.undone():
        SigningCode.objects.update(expires_at=timezone.now())
        assert not is_mailed()
    with factories.undone():
        factories.move(signed, "hold", team, reason="Elections.")
        assert not is_mailed()
    assert is_mailed()


def test_the_mail_with_a_code_goes_before_all_others(signed, signoff):
    waiting = OutboxJob.objects.unfinished().count()
    assert waiting > 1
    holder = Holder(signoff)
    holder.answers()
    holder.asks_for_code()
    job = outbox.claim_next("w", timezone.now())
    assert job.key.startswith("mail:signing_code:")
    assert not outbox.claim_next("w", timezone.now()).key.startswith("mail:signing_code:")


def test_a_code_outlives_a_change_of_the_key_that_is_announced(signoff):
    holder = Holder(signoff)
    holder.answers()
    link, at = link_of(signoff), timezone.now()
    row = engine.ask_for_code(link, seen=None, at=at)
    digits = signing.to_send(row.pk, at=at)[1]
    with override_settings(SECRET_KEY="another"):
        assert signing.to_send(row.pk, at=at) is None
        with factories.undone(), pytest.raises(CodeRefused):
            engine.sign_by_link(link, digits, at=at)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["only-for-tests"]):
        assert signing.to_send(row.pk, at=at)[1] == digits
        assert engine.sign_by_link(link, digits, at=at) is not None
