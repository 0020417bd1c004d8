"""Signing for a city by personal link: from the mail to the receipt, and what becomes of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import (
    Assignment,
    Event,
    SigningAnswer,
    SignOff,
)
from profile_workflow.services import signing
from profile_workflow.states import (
    ProfileState,
    Role,
    Signature,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of, token_of_mail
from tests.signing import (
    FOUND,
    GONE,
    MOST_QUERIES,
    NOT_COMPLETE,
    NOT_NOW,
    OK,
    WORDS,
    Holder,
    fresh,
    profile_of_two,
    wrong,
)
from workflows import deadlines

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def two():
    return profile_of_two()


def test_the_way_from_the_mail_to_the_signature(two):
    signed, signoff = two, factories.asked(two)[0]
    run_worker()
    holder = Holder(signoff)
    assert token_of_mail(signoff.person.email) == holder.token
    page = holder.reads().content.decode()
    assert "your signature is asked for" in page
    assert "a code that comes in a mail of its own" in page
    assert 'name="view"' not in holder.reads("link_section", "1").content.decode()
    assert (
        f'href="{holder.address("link_sign")}"'
        in holder.reads("link_section", "3").content.decode()
    )
    assert holder.reads("link_code")["Location"] == holder.address("link_sign")

    unfinished = holder.answers(Signature.OBJECT, text=" ", function="")
    assert unfinished.status_code == NOT_COMPLETE
    said = unfinished.content.decode()
    assert "Name the sections to which you object." in said
    assert "or why you object" in said
    assert 'value="Amal Ben Salah"' in said
    assert holder.answers(Signature.RESERVE, text=WORDS)["Location"] == holder.address("link_code")
    page = holder.reads("link_code").content.decode()
    assert WORDS in page
    assert "Deputy mayor" in page
    assert 'name="code"' not in page
    assert "has not been sent yet" in holder.reads().content.decode()
    assert fresh(signoff).state == SignOffState.ASKED

    mail.outbox.clear()
    code = holder.gets_code()
    (sent,) = mail.outbox
    assert sent.to == [signoff.person.email]
    assert "Approve with reservation" in sent.body
    for part in (sent.subject, sent.body, sent.alternatives[0][0]):
        assert "/v/" not in part
        assert holder.token not in part
    assert code not in sent.subject.replace(" ", "")
    page = holder.reads("link_code").content.decode()
    assert 'name="code"' in page
    assert "A code is on its way by mail" in page
    assert fresh(signoff).state == SignOffState.ASKED

    mail.outbox.clear()
    # In the numerals of his keyboard, and as the mail groups them.
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    with CaptureQueriesContext(connection) as asked:
        answer = holder.types(f" {arabic[:4]} {arabic[4:]}")
    assert answer["Location"] == holder.address("link_receipt")
    assert len(asked) <= MOST_QUERIES
    given = fresh(signoff)
    assert (given.state, given.statement) == (SignOffState.RESERVATION, WORDS)
    assert (given.signatory, given.function) == ("Amal Ben Salah", "Deputy mayor")
    assert given.digest == signed.text_digest()
    moves = Event.objects.filter(document=f"sign_off:{signoff.pk}").order_by("seq")
    assert list(moves.values_list("move", flat=True)) == ["ask", "reserve", "sign_by_link"]
    page = holder.reads("link_receipt").content.decode()
    assert "Deputy mayor" in page
    run_worker()
    receipt = next(one for one in mail.outbox if "receipt" in one.subject)
    assert "Amal Ben Salah, Deputy mayor" in receipt.body
    assert WORDS in receipt.body
    assert signoff.digest in receipt.body
    assert holder.token not in receipt.body
    call_command("verify_log")
    # Sent again, it does nothing again.
    before = Event.objects.count()
    assert holder.types(code).status_code == FOUND
    assert Event.objects.count() == before


def test_the_last_signature_shows_its_receipt_though_the_round_is_over(two):
    for one in factories.asked(two):
        holder = Holder(one)
        holder.answers()
        assert holder.types(holder.gets_code()).status_code == FOUND
    assert factories.fresh(two).state == ProfileState.PRIORITY_SETTING
    page = holder.reads("link_receipt")
    assert page.status_code == OK
    assert "the sign-off is over" in page.content.decode()
    assert holder.reads().status_code == GONE
    assert "The sign-off is over" in holder.reads().content.decode()
    with factories.undone():
        SignOff.objects.update(answered_at=timezone.now() - timedelta(hours=2))
        assert holder.reads("link_receipt").status_code == GONE
    with factories.undone():
        Assignment.objects.filter(user=one.person_id).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
        assert holder.reads("link_receipt").status_code == GONE
    assert Holder(one).reads("link_code").status_code == GONE


def test_an_objection_goes_back(two):
    first, second = factories.asked(two)
    factories.move(first, "approve", first.person)
    holder = Holder(second)
    holder.answers(Signature.OBJECT, text="Not so.", sections=["2"])
    holder.types(holder.gets_code())
    assert factories.fresh(two).state == ProfileState.REVISION_VALIDATION
    objected = fresh(second)
    assert [one.key for one in objected.sections.all()] == ["2"]
    assert objected.statement == "Not so."
    assert fresh(first).signatory == ""


def test_an_answer_that_was_replaced_with_the_account_is_not_said_to_have_arrived(two):
    signoff = factories.asked(two)[0]
    holder = Holder(signoff)
    holder.answers()
    code = holder.gets_code()
    holder.types(code)
    assert signing.shows_receipt(link_of(fresh(signoff)), at=timezone.now())
    first = factories.section(two, "1")
    factories.move(fresh(signoff), "object_to", signoff.person, reason="No.", sections=[first])
    # What was sent is on record no more: neither its code nor another one says that it is.
    for typed in (code, wrong(code)):
        assert holder.types(typed).status_code == NOT_COMPLETE
    page = holder.reads("link_code").content.decode()
    assert "replaced by another one since" in page
    assert "This answer has been sent." not in page
    assert not signing.shows_receipt(link_of(fresh(signoff)), at=timezone.now())
    # The same words again are an answer of their own, for which a code is sent.
    assert holder.answers()["Location"] == holder.address("link_code")
    assert holder.types(wrong(code)).status_code == NOT_COMPLETE
    assert fresh(signoff).state == SignOffState.OBJECTED
    second = holder.gets_code()
    assert holder.types(wrong(second)).status_code == NOT_COMPLETE
    for _click in range(2):
        assert holder.types(second)["Location"] == holder.address("link_receipt")
        assert fresh(signoff).state == SignOffState.APPROVED


@pytest.mark.any_database
def test_an_old_tab_overwrites_no_answer_for_the_city(two):
    holder = Holder(factories.asked(two)[0])
    nothing = holder.seen()
    holder.answers(Signature.OBJECT, text=WORDS, sections=["2"])
    for old in (nothing, "0" * 64):
        both = holder.answers(base=old)
        assert both.status_code == NOT_NOW
        assert SigningAnswer.objects.get().statement == WORDS
    page = both.content.decode()
    assert "Another answer has been saved since this page was opened." in page
    assert WORDS in page
    told = {one.label: (one.yours, one.theirs) for one in both.context["conflict"]}
    assert told["Your answer for the city"] == ("Approve", "Object")
    assert "<bdi>2" in told["Sections to which you object"][1]
    # The second click of a double one says the same as the first, and is done.
    again = holder.answers(Signature.OBJECT, text=WORDS, sections=["2"], base=nothing)
    assert again.status_code == FOUND
    # Who has seen both decides.
    assert holder.answers(base=both.context["form"]["base"].value()).status_code == FOUND
    assert SigningAnswer.objects.get().statement == ""


def test_the_team_sees_that_a_signature_waits_for_its_code(two, client):
    signed, signoff = two, factories.asked(two)[0]
    client.force_login(factories.holder(signed, Role.PROJECT_TEAM))
    address = reverse("links", args=[signed.slug])
    assert "A signature is prepared" not in client.get(address).content.decode()
    holder = Holder(signoff)
    holder.answers(Signature.RESERVE, text=WORDS)
    page = client.get(address).content.decode()
    assert page.count("A signature is prepared, and not confirmed yet.") == 1
    assert WORDS not in page
    run_worker()
    mail.outbox.clear()
    deadlines.sweep(at=signoff.round.closes_at - timedelta(days=1))
    run_worker()
    (reminder,) = [one for one in mail.outbox if one.to == [signoff.person.email]]
    assert "has not been sent yet" in reminder.body
    holder.types(holder.gets_code())
    assert "The answer came through a link." in client.get(address).content.decode()
