"""A forgotten password: the link, who gets one, how often, and that it is good once."""

import re
from http import HTTPStatus

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import FailedSignIn, User
from tests import factories
from workflows import notifications
from workflows.letters import AccountMail
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PASSWORD = "a-new-horse-battery"


@pytest.fixture
def member():
    return factories.make_person("member", language="en")


def ask(client, email):
    return client.post(reverse("password_reset"), {"email": email})


def link_in(text):
    return re.search(r"/reset-password/\S+/\S+/", text).group()


def test_a_link_sets_the_password_once(client, member):
    assert ask(client, member.email.upper()).status_code == HTTPStatus.FOUND
    job = OutboxJob.objects.get()
    assert (job.kind, job.payload) == ("account", {"kind": "password", "user": member.pk})
    notifications.send_account(job.payload)
    (letter,) = mail.outbox
    assert letter.to == [member.email]
    first = client.get(link_in(letter.body), follow=True)
    form_address = first.redirect_chain[-1][0]
    assert "set-password" in form_address
    short = client.post(form_address, {"new_password1": "x", "new_password2": "x"})
    assert "There is a problem" in short.content.decode()
    given = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    done = client.post(form_address, given)
    assert (done.status_code, done["Location"]) == (HTTPStatus.FOUND, reverse("sign_in"))
    assert User.objects.get(pk=member.pk).check_password(PASSWORD)
    again = Client().get(link_in(letter.body), follow=True).content.decode()
    assert "This link has been used already" in again


def test_no_answer_tells_whether_there_is_an_account(client, member):
    closed = factories.make_person("closed", is_active=False)
    answers = {
        (answer.status_code, answer["Location"])
        for answer in (
            ask(Client(), email) for email in (member.email, closed.email, "nobody@example.org")
        )
    }
    assert answers == {(HTTPStatus.FOUND, reverse("sign_in"))}
    assert OutboxJob.objects.count() == 1


def test_asking_ends_after_five_times_from_wherever(member):
    for number in range(5):
        answer = ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), member.email)
        assert answer.status_code == HTTPStatus.FOUND
    assert ask(Client(REMOTE_ADDR="192.0.2.9"), member.email).status_code == 429
    assert OutboxJob.objects.count() == 5
    other = factories.make_person("other")
    assert ask(Client(REMOTE_ADDR="192.0.2.9"), other.email).status_code == HTTPStatus.FOUND
    # Whoever asks for links does not close the account for signing in.
    assert not any(member.email in one.key for one in FailedSignIn.objects.all())
    sign_in = {"username": member.email, "password": "wrong"}
    assert Client().post(reverse("sign_in"), sign_in).status_code == HTTPStatus.OK


def test_what_is_no_address_is_marked(client):
    answer = ask(client, "nobody")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_email"' in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("kind", AccountMail.values)
def test_each_mail_about_an_account_can_be_written(member, kind, language):
    User.objects.filter(pk=member.pk).update(language=language)
    notifications.send_account({"kind": kind, "user": member.pk})
    (letter,) = mail.outbox
    assert letter.subject
    assert "\n" not in letter.subject
    html = letter.alternatives[0][0]
    for form in (letter.body, html):
        assert member.full_name in form
        assert link_in(form)
        assert "{%" not in form
    assert ('dir="rtl"' in html) is (language == "ar")


def test_a_closed_account_gets_no_mail_and_no_table_keeps_a_link(member):
    job = notifications.account_letter(member, AccountMail.INVITATION, at=timezone.now())
    assert set(job.payload) == {"kind", "user"}
    User.objects.filter(pk=member.pk).update(is_active=False)
    notifications.send_account(job.payload)
    assert mail.outbox == []
