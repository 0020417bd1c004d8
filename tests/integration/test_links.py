"""Personal links: made with a round, sent by mail, replaced, revoked, and written down nowhere."""

import io
import logging
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from smtplib import SMTPResponseException

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.log import DEFAULT_LOGGING

from profile_workflow.errors import NotAllowed, NotComplete, NotNow
from profile_workflow.masking import MaskingFormatter, masked
from profile_workflow.models import AnsweringLink, Assignment, Event, User
from profile_workflow.services import links
from profile_workflow.services.links import Standing
from profile_workflow.states import LinkEnd, LinkPurpose, ProfileState, Role
from tests import factories
from tests.engine.guarding import add_late
from tests.integration.workflows.mails import run_worker
from tests.links import link_of, token_of_mail
from workflows import deadlines, notifications, outbox
from workflows.executors import JobFailed, ServiceDown, TryLater
from workflows.models import JobKind, OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def everything_stored():
    """Return every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are our own
            yield from (str(value) for row in cursor.fetchall() for value in row)


def is_stored(token):
    return any(token in value for value in everything_stored())


def test_everybody_who_is_consulted_has_one_link_and_finds_it_in_his_mail(consulted):
    asked = factories.asked(consulted)
    assert [one.links.count() for one in asked] == [1] * len(asked)
    run_worker()
    tokens = {person: token_of_mail(person.email) for person in (one.person for one in asked)}
    assert len(set(tokens.values())) == len(asked) == 3
    for person, token in tokens.items():
        assert len(token) == 43
        found = links.find(token)
        assert found.signoff.person == person
        assert found.sent_at is not None
        assert found.used_at is None
        assert not is_stored(token)


def test_whoever_is_asked_later_has_a_link_of_that_moment(consulted):
    at = timezone.now() + timedelta(hours=2)
    added = add_late(consulted, at=at)
    asked = Event.objects.get(document=f"sign_off:{added.pk}", move="ask")
    assert [added.asked_at, link_of(added).issued_at, asked.at] == [at] * 3
    assert factories.asked(consulted)[0].asked_at == added.round.opened_at < at


def test_a_token_in_a_table_would_be_found(consulted):
    token = links.token_of(link_of(factories.asked(consulted)[0]))
    OutboxJob.objects.update(payload={"address": f"/v/{token}/"})
    assert is_stored(token)


def test_the_reminder_carries_the_same_link_and_asking_for_a_signature_one_of_its_own(consulted):
    run_worker()
    first = factories.asked(consulted)[0]
    before = token_of_mail(first.person.email)
    mail.outbox.clear()
    deadlines.sweep(at=first.round.closes_at - timedelta(days=1))
    run_worker()
    assert token_of_mail(first.person.email) == before
    factories.approve_all(consulted)
    mail.outbox.clear()
    signed = factories.advance(factories.fresh(consulted))
    assert signed.state == ProfileState.SIGNOFF
    run_worker()
    (asked,) = factories.asked(signed)
    token = token_of_mail(asked.person.email)
    found = links.find(token)
    assert (found.signoff, found.purpose) == (asked, LinkPurpose.SIGNOFF)
    # The others are told what became of what they said, each with his own link.
    assert len([one for one in mail.outbox if token in one.body]) == 1


def test_sending_again_ends_the_link_before(consulted):
    first, team = factories.asked(consulted)[0], factories.holder(consulted, Role.PROJECT_TEAM)
    old, at = link_of(first), timezone.now()
    new = links.issue_again(first, by=team, at=at)
    token = links.token_of(old)
    assert links.standing(links.find(token), at=at) is Standing.REPLACED
    assert links.standing(links.find(links.token_of(new)), at=at) is Standing.OPEN
    assert Event.objects.filter(document=f"sign_off:{first.pk}", move="issue_link").count() == 1
    focal_point = factories.holder(consulted, Role.FOCAL_POINT)
    for empty in ("", " \n"):
        with pytest.raises(NotComplete):
            links.revoke(first, reason=empty, by=focal_point, at=at)
    event = links.revoke(first, reason="Passed on.", by=focal_point, at=at)
    assert event.reason.text == "Passed on."
    assert links.standing(links.find(links.token_of(new)), at=at) is Standing.REVOKED
    with pytest.raises(NotNow):
        links.revoke(first, reason="Passed on.", by=team, at=at)
    assert set(first.links.values_list("end", flat=True)) == {LinkEnd.REPLACED, LinkEnd.REVOKED}
    call_command("verify_log")


@pytest.mark.parametrize("role", [Role.LOCAL_EXPERT, Role.STAKEHOLDER, Role.CITY_AUTHORITY])
def test_others_neither_send_nor_revoke_links(consulted, role):
    first, other = factories.asked(consulted)[0], factories.holder(consulted, role)
    for act in (links.issue_again, partial(links.revoke, reason="Passed on.")):
        with pytest.raises(NotAllowed):
            act(first, by=other, at=timezone.now())


def test_when_a_link_opens_nothing(consulted):
    """Closed by the day, by the round, by a hold, with the account, with the part."""
    first, at = factories.asked(consulted)[1], timezone.now()

    def stands(at=at):
        return links.standing(links.find(links.token_of(link_of(first))), at=at)

    def also(person, role, **more):
        programme = consulted.programme
        Assignment.objects.create(
            programme=programme, profile=consulted, user=person, role=role, **more
        )

    assert stands() is Standing.OPEN
    closes_at = first.round.closes_at
    assert stands(closes_at - timedelta(seconds=1)) is Standing.OPEN
    assert stands(closes_at) is Standing.CLOSED
    with factories.undone():
        User.objects.filter(pk=first.person_id).update(is_active=False)
        assert stands() is Standing.NOT_ASKED
    with factories.undone():
        yesterday = timezone.localdate() - timedelta(days=1)
        Assignment.objects.filter(user=first.person_id).update(ends_on=yesterday)
        assert stands() is Standing.NOT_ASKED
        # To stand in for another who is asked gives him no answer of his own.
        part = Assignment.objects.get(profile=consulted, role=Role.FOCAL_POINT)
        also(first.person, part.role, stands_in_for=part)
        assert factories.fresh(consulted).roles_of(first.person) == {Role.FOCAL_POINT}
        assert stands() is Standing.NOT_ASKED
    with factories.undone():
        also(first.person, Role.CO_AUTHOR)
        assert stands() is Standing.NOT_ASKED
    team = factories.holder(consulted, Role.PROJECT_TEAM)
    with factories.undone():
        factories.move(first, "waive", team, reason="Away.")
        assert stands() is Standing.WAIVED
    with factories.undone():
        factories.move(consulted, "hold", team, reason="Elections.")
        assert stands() is Standing.HELD
        with pytest.raises(NotNow):
            links.issue_again(first, by=team, at=at)
    factories.approve_all(consulted)
    factories.advance(factories.fresh(consulted))
    assert stands() is Standing.CLOSED


def test_another_key_replaces_the_link_with_the_next_mail(consulted):
    first, at = factories.asked(consulted)[0], timezone.now()
    token = links.token_of(link_of(first))
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["only-for-tests"]):
        assert links.to_send(first.round_id, first.person, at=at)[1] == token
    with override_settings(SECRET_KEY="another"):
        assert links.standing(links.find(token), at=at) is Standing.OPEN
        link, other = links.to_send(first.round_id, first.person, at=at)
        assert other != token
        assert links.find(other) == link
        assert links.standing(links.find(token), at=at) is Standing.REPLACED
    assert AnsweringLink.objects.filter(signoff=first, ended_at=None).count() == 1


def test_the_log_and_the_errors_of_the_outbox_hold_no_token():
    token = "x" * 43
    record = logging.LogRecord("a", 30, "b", 1, "Not Found: %s", (f"/v/{token}/s/1/",), None)
    assert MaskingFormatter().format(record) == "Not Found: /v/…/s/1/"
    assert token in logging.Formatter().format(record)
    message = EmailMessage(to=["a@example.org"])
    refusal = SMTPResponseException(550, f"no: https://example.org/v/{token}/".encode())
    said = str(notifications._refusal(refusal, message))
    assert "/v/…/" in said
    assert token not in said


@pytest.mark.parametrize("address", ["%2Fv%2F{}%2Fs", "%252Fv%252F{}%252F", "/v/a{}?next=/v/{}"])
def test_addresses_within_addresses_are_masked_too(address):
    token = "x%7E-_" * 7
    assert token not in masked(f"GET /sign-in/?next={address.format(token, token)}")
    assert masked("%2fv%2fabc%2fs%2f1") == "%2fv%2f…%2fs%2f1"


@pytest.mark.parametrize("error", [RuntimeError, JobFailed, TryLater, ServiceDown])
def test_whatever_breaks_a_job_off_is_kept_without_token(error):
    """Of the errors that nobody foresaw, too."""
    token, at = "x" * 43, timezone.now()

    def breaks_off(_payload):
        raise error(f"no: https://example.org/v/{token}/")

    OutboxJob.objects.create(kind=JobKind.MAIL, key="a", not_before=at)
    job = outbox.claim_next("w", at)
    outbox.run(job, {JobKind.MAIL: breaks_off})
    job.refresh_from_db()
    assert "https://example.org/v/…/" in job.last_error
    assert token not in job.last_error


def writers_of_the_log(config):
    """Return the formatters with which a configuration writes, of those that write at all."""
    handlers = [config["root"], *config["loggers"].values()]
    named = {name for one in handlers for name in one.get("handlers", [])}
    used = {config["handlers"][name].get("formatter", "") for name in named}
    return {config["formatters"].get(name, {}).get("()", "") for name in used}


MASKING = f"{MaskingFormatter.__module__}.{MaskingFormatter.__qualname__}"


def test_whatever_is_logged_goes_through_the_mask():
    assert writers_of_the_log(settings.LOGGING) == {MASKING}
    # What Django configures by itself is overruled: it would write addresses as they are.
    assert set(DEFAULT_LOGGING["loggers"]) <= set(settings.LOGGING["loggers"])


def test_a_writer_that_masks_nothing_is_seen():
    plain = {"class": "logging.StreamHandler"}
    handlers = {**settings.LOGGING["handlers"], "mail": plain}
    loggers = {"django.request": {"handlers": ["mail"]}}
    assert writers_of_the_log({**settings.LOGGING, "handlers": handlers, "loggers": loggers}) == {
        MASKING,
        "",
    }


def test_a_journey_and_its_errors_leave_no_token_in_the_log(consulted, client, monkeypatch):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter())
    unmasked = logging.StreamHandler(plain := io.StringIO())
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler, unmasked])
    token = links.token_of(link_of(factories.asked(consulted)[0]))
    monkeypatch.setattr(client, "raise_request_exception", False)
    address = reverse("link_check", args=[token])
    assert client.post(address).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with monkeypatch.context() as broken:
        broken.setattr(links, "standing", None)
        assert client.get(address).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert client.delete(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "Internal Server Error: /v/…/check/" in written.getvalue()
    assert token not in written.getvalue()
    assert token in plain.getvalue()
