"""Forms with very many fields or very much text: taken, or refused with what was typed."""

from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.test import override_settings
from django.urls import reverse

from profile_workflow.models import CheckAnswer, TemplateCheck
from profile_workflow.queries.quality import checklist
from profile_workflow.services.quality import mark_of
from profile_workflow.states import ProfileState
from tests import factories
from tests.integration.pages import signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

FORM = "application/x-www-form-urlencoded"
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def send(client, sent, *, parts=False):
    """Send a form as a browser does: as one line, or in parts as where there is a file."""
    client.raise_request_exception = False
    if parts:
        return client.post(reverse("sign_in"), sent)
    return client.post(reverse("sign_in"), urlencode(sent), content_type=FORM)


def test_hundreds_of_checks_are_sent_in_one_form():
    made = factories.make_programme(sections=1)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PROJECT_QA)
    TemplateCheck.objects.bulk_create(
        TemplateCheck(template=made.template, key=f"c{n}", position=n, title="Is it right?")
        for n in range(210)
    )
    sent = {}
    for one in checklist(profile):
        names = ("base", "note", "initial-note", "verdict", "initial-verdict")
        sent |= {f"{one.question.key}-{name}": "" for name in names}
        sent[f"{one.question.key}-base"] = mark_of(one)
    sent |= {"c209-verdict": "no", "c209-note": "It is wrong."}
    assert len(sent) > 1000
    address = reverse("qa", args=[profile.slug])
    assert signed_in(made.team).post(address, sent).status_code == HTTPStatus.FOUND
    assert CheckAnswer.objects.get(profile=profile).note == "It is wrong."


def test_a_long_text_in_arabic_is_not_too_large(client):
    # As long as an import may be; each letter takes six bytes on its way.
    assert send(client, {"reason": "ع" * 500_000}).status_code == HTTPStatus.OK


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=4)
def test_a_form_with_too_many_fields_comes_back_with_what_was_typed(client):
    sent = {"password": "secret", "reason": "Two <weeks> of work", **dict.fromkeys("abc", "x")}
    answer = send(client, sent)
    text = answer.content.decode()
    assert answer.status_code == TOO_LARGE
    assert "What you typed stands below" in text
    assert "Two &lt;weeks&gt; of work</textarea>" in text
    assert "secret" not in text
    assert send(client, sent, parts=True).status_code == TOO_LARGE


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
@pytest.mark.parametrize("parts", [False, True])
def test_a_form_too_large_to_be_read_says_what_to_do(client, parts):
    answer = send(client, {"reason": "x" * 101}, parts=parts)
    assert answer.status_code == TOO_LARGE
    assert "send them in several parts" in answer.content.decode()
