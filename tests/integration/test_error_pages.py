"""Pages that say no: each tells what happened, what to do, and a way on."""

from http import HTTPStatus

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from profile_workflow.states import Role
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def made():
    made = factories.make_programme()
    factories.make_profile(made)
    return made


def test_not_you_names_the_role_and_who_gives_it(client, made):
    client.force_login(made[Role.LOCAL_EXPERT])
    response = client.get(reverse("board"))
    page = response.content.decode()
    assert response.status_code == 403
    assert "The role needed: Project team." in page
    assert made.team.full_name in page


def test_who_has_no_part_is_told_no_names(client, made):
    client.force_login(made.outsider)
    page = client.get(reverse("board")).content.decode()
    assert "The role needed: Project team." in page
    assert made.team.full_name not in page
    assert "write to them" in page


def test_the_team_of_another_programme_is_not_named(client, made):
    other = factories.make_programme()
    factories.make_profile(other)
    client.force_login(made[Role.LOCAL_EXPERT])
    page = client.get(reverse("board")).content.decode()
    assert other.team.full_name not in page


@pytest.mark.parametrize("name", ["language", "sign_out"])
def test_an_address_for_buttons_only_says_so(client, made, name):
    client.force_login(made.team)
    response = client.get(reverse(name))
    assert response.status_code == 405
    assert "POST" in response["Allow"]
    assert "This address is not one to open" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_page_that_does_not_exist_gives_a_way_on(client, made):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "To the start page" in response.content.decode()


def test_a_request_that_cannot_be_read(client, made):
    client.raise_request_exception = False
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "This request cannot be read" in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "413.html", "500.html", "503.html"])
def test_pages_for_bad_moments_need_no_database_and_speak_three_languages(
    name, django_assert_num_queries
):
    with django_assert_num_queries(0), translation.override("ar"):
        page = render_to_string(name)
    assert '<html lang="en">' in page
    assert page.count('lang="fr"') == page.count('lang="ar" dir="rtl"') == 2
    assert 'href="/"' in page


@override_settings(MAINTENANCE=True)
def test_during_maintenance_every_page_says_when_to_come_back(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(reverse("board"))
    assert response.status_code == 503
    assert response["Retry-After"] == "600"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "Back soon" in response.content.decode()
    assert client.get(reverse("healthz")).status_code == 200


def test_without_maintenance_nothing_is_held_up(client):
    assert client.get(reverse("sign_in")).status_code == 200


def test_a_form_sent_after_the_session_has_ended_comes_back_with_all_that_was_typed(client):
    sent = {"csrfmiddlewaretoken": "secret-token", "reason": "Two <weeks> of work", "move": " "}
    answer = client.post(reverse("profile_move", args=["sfax-2026", "hold"]), sent)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    text = answer.content.decode()
    assert "Two &lt;weeks&gt; of work</textarea>" in text
    assert "secret-token" not in text
    assert text.count("<textarea") == 1


def test_of_a_section_that_was_written_only_the_words_come_back(client):
    sent = {
        "text": "Many came.", "searched": "Archive.", "base_text": "Few came.", "base_version": "3",
        "action": "save", "writer": "7", "q-0.0-seen": "0f", "q-0.0-note": "No data.",
    }  # fmt: skip
    answer = client.post(reverse("section_edit", args=["sfax-2026", "1"]), sent)
    text = answer.content.decode()
    assert text.count("<textarea") == 3
    assert all(words in text for words in ("Many came.", "Archive.", "No data."))


def test_a_form_whose_token_is_too_old_comes_back_with_all_that_was_typed():
    client = Client(enforce_csrf_checks=True)
    sent = {"username": "a@example.org", "password": "secret", "reason": "Two <weeks> of work"}
    answer = client.post(reverse("sign_in"), sent)
    text = answer.content.decode()
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Two &lt;weeks&gt; of work</textarea>" in text
    assert "secret" not in text
    assert "This page was open too long" in text


def test_a_button_pressed_after_the_session_has_ended_leads_to_signing_in(client):
    answer = client.post(reverse("profile_move", args=["sfax-2026", "hold"]), {"move": ""})
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, reverse("sign_in"))
