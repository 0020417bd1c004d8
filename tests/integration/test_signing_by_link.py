"""Signing for a city by personal link: the answer, the code in a mail of its own, closed doors."""

import io
import logging
import re
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPDataError

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import CodeRefused, MadeAlready, NotNow
from profile_workflow.models import (
    Assignment,
    Event,
    Section,
    SigningAnswer,
    SigningCode,
    SignOff,
    ValidationRound,
)
from profile_workflow.services import links, section_answers, signing
from profile_workflow.services.people import Part
from profile_workflow.states import (
    CodeEnd,
    ProfileState,
    Role,
    SectionView,
    Signature,
    SignOffState,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of, token_for, token_of_mail
from workflows import deadlines, engine, notifications, outbox
from workflows.executors import TryLater
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
NOT_NOW, NOT_COMPLETE = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY
MOST_QUERIES = 60
_CODE = re.compile(r"^\s+(\d{4}) (\d{4})$", re.MULTILINE)
WORDS = "The budget is not yet adopted."


@pytest.fixture
def signed():
    """A profile that one authority is asked to sign."""
    return factories.bring_to(factories.make_profile(), ProfileState.SIGNOFF)


@pytest.fixture
def signoff(signed):
    return factories.asked(signed)[0]


@pytest.fixture
def two():
    """A profile that two authorities are asked to sign: the round outlives a signature."""
    made = factories.make_programme()
    second = Part(factories.make_person("second_authority"), Role.CITY_AUTHORITY)
    profile = factories.make_profile(made, people=[*made.parts(), second])
    return factories.bring_to(profile, ProfileState.SIGNOFF)


class Holder:
    """Somebody with a link, and a browser that knows nothing of him."""

    def __init__(self, signoff):
        self.signoff, self.token = signoff, token_for(signoff)
        self.client = Client(enforce_csrf_checks=True)

    def address(self, name="link", *more):
        return reverse(name, args=[self.token, *more])

    def reads(self, name="link", *more):
        return self.client.get(self.address(name, *more))

    def seen(self):
        """The mark of what is saved, which the form carries; none if there is no form."""
        form = self.reads("link_sign").context.get("form")
        return (form["base"].value() or "") if form else ""

    def answers(self, move=Signature.APPROVE, **more):
        given = {"signatory": "Amal Ben Salah", "function": "Deputy mayor", "move": move, **more}
        given.setdefault("base", self.seen())
        return self.client.post(self.address("link_sign"), given)

    def asks_for_code(self):
        seen = signing.newest_code(links.find(self.token))
        return self.client.post(self.address("link_code_new"), {"seen": seen.pk if seen else ""})

    def types(self, code):
        return self.client.post(self.address("link_code"), {"code": code})

    def gets_code(self):
        """Ask for a code and read it in the mail."""
        assert self.asks_for_code().status_code == FOUND
        run_worker()
        return code_of_mail(self.signoff.person.email)


def code_of_mail(address):
    sent = [one for one in mail.outbox if one.to == [address] and "code" in one.subject]
    return "".join(_CODE.search(sent[-1].body).groups())


def wrong(code):
    """Return another code of the same form."""
    return str((int(code) + 1) % 10**8).zfill(8)


def fresh(signoff):
    return SignOff.objects.get(pk=signoff.pk)


def everything_stored():
    """Return every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are our own
            yield from (str(value) for row in cursor.fetchall() for value in row)


def is_stored(words):
    return any(words in value for value in everything_stored())


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


# The code is written down nowhere


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


# Planted holes


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
