"""Signing in, languages, and what the site says about its own health."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import health
from profile_workflow.errors import InvalidInput
from profile_workflow.models import FailedSignIn, User
from profile_workflow.services import accounts
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PASSWORD = "correct-horse-battery"


@pytest.fixture
def member():
    return factories.make_person("member", password=PASSWORD, language="fr")


def sign_in(client, email, password=PASSWORD, **extra):
    given = {"username": email, "password": password, **extra}
    return client.post(reverse("sign_in"), given)


def test_signing_in_changes_the_session_and_speaks_the_persons_language(client, member):
    client.get(reverse("sign_in"))
    answer = sign_in(client, member.email.upper(), next="/profiles/")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/profiles/")
    assert answer.cookies["django_language"].value == "fr"
    before = client.session.session_key
    client.post(reverse("sign_out"))
    assert not Session.objects.filter(session_key=before).exists()


def test_a_browser_forgets_only_when_somebody_signs_out_who_left_nothing(client, member):
    """What could not be saved is in the browser alone; the page says that there is nothing."""
    told = "Clear-Site-Data"
    client.force_login(member)
    assert told not in client.get(reverse("sign_out"), {"forget": "on"})
    assert told not in client.post(reverse("sign_out"), {"forget": ""})
    client.force_login(member)
    assert client.post(reverse("sign_out"), {"forget": "on"})[told] == '"storage"'


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil.example", "/\\evil.example", "https://evil.example/"],
)
def test_nobody_is_sent_to_another_site(client, member, target):
    assert sign_in(client, member.email, next=target)["Location"] == reverse("home")
    changed = client.post(reverse("language"), {"language": "ar", "next": target})
    assert changed["Location"] in {"/", reverse("home")}


def test_guessing_ends_after_five_attempts_for_that_account_and_place(client, member, settings):
    for _ in range(5):
        assert sign_in(client, member.email, "wrong").status_code == HTTPStatus.OK
    closed = sign_in(client, member.email)
    assert closed.status_code == HTTPStatus.TOO_MANY_REQUESTS
    other = factories.make_person("other", password=PASSWORD)
    assert sign_in(Client(), other.email).status_code == HTTPStatus.FOUND
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, member.email).status_code == HTTPStatus.FOUND
    settings.TRUSTED_PROXIES = 1
    behind_a_proxy = Client(headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert sign_in(behind_a_proxy, member.email).status_code == HTTPStatus.FOUND
    FailedSignIn.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, member.email).status_code == HTTPStatus.FOUND


def test_no_answer_tells_whether_there_is_an_account(client, member):
    for email in (member.email, "nobody@example.org"):
        answers = [sign_in(Client(), email, "wrong") for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]
    known, unknown = (
        sign_in(Client(), email, "wrong").content.decode().count("problem")
        for email in (member.email, "nobody@example.org")
    )
    assert known == unknown
    stored = FailedSignIn.objects.values_list("key", flat=True)
    assert not any(member.email in key for key in stored)


def test_a_language_is_remembered_for_the_person(client, member):
    client.force_login(member)
    client.post(reverse("language"), {"language": "ar", "next": "/profiles/"})
    assert User.objects.get(pk=member.pk).language == "ar"
    assert '<html lang="ar" dir="rtl">' in page(client, "profiles")
    client.post(reverse("language"), {"language": "tlh"})
    assert User.objects.get(pk=member.pk).language == "ar"


def test_health_says_little_to_strangers_and_more_to_the_team(client, made):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    OutboxJob.objects.create(
        kind="mail", key="old", not_before=timezone.now() - timedelta(minutes=11)
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert "outbox" in signed_in(made.team).get("/readyz").json()["problems"]


def test_a_form_without_its_token_is_refused_in_words(made):
    client = Client(enforce_csrf_checks=True)
    client.force_login(made.team)
    answer = client.post(reverse("sign_out"))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This page was open too long" in answer.content.decode()


def test_health_names_a_database_that_does_not_answer(client, monkeypatch):
    def away(_at):
        raise OperationalError

    monkeypatch.setitem(health.CHECKS, "migrations", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})


def test_a_language_that_does_not_exist_is_refused(member):
    with pytest.raises(InvalidInput):
        accounts.choose_language(member, "tlh")


def test_a_language_chosen_before_signing_in_stays(client, member):
    client.post(reverse("language"), {"language": "ar"})
    assert sign_in(client, member.email).cookies.get("django_language") is None
