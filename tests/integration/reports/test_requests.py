"""Data requests in the methodology: by institution, as they stood when its text was submitted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.models import Organisation, Section, User
from profile_workflow.states import ProfileState, Role
from reports.context import report_of
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    office = Organisation.objects.create(key="office", name="Office of Statistics", kind="ministry")
    User.objects.filter(pk=made[Role.STAKEHOLDER].pk).update(organisation=office)
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def printed(profile, *, chapter=0, drafts=True, language=""):
    return report_of(profile, drafts=drafts, language=language).chapters[chapter].html


def test_what_was_asked_of_which_institution_is_printed_without_names_or_answers(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "give_answer", request.asked_of, answer="12,400, says Ms Kallel.")
    html = printed(profile)
    assert 'id="data-requests"' in html
    assert request.subject in html
    assert "Office of Statistics" in html
    assert "answered, " in html
    assert request.asked_of.full_name not in html
    assert "12,400" not in html
    assert request.text not in html
    assert "data-requests" not in printed(profile, chapter=1)


def test_the_role_stands_for_an_institution_that_is_not_known(made, profile):
    factories.ask_for_input(profile, person=made[Role.FOCAL_POINT])
    assert "City focal point" in printed(profile)
    assert "no answer" in printed(profile)


def test_the_reason_is_printed_once_it_is_recorded_and_in_its_recorded_words(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "say_unavailable", request.asked_of, reason="Ahmed lost it.")
    assert "not available, " in printed(profile)
    assert "Ahmed" not in printed(profile)
    factories.move(request, "record_absence", request.asked_by, reason="Nobody counts it.")
    assert "Nobody counts it." in printed(profile)
    factories.move(request, "ask_again", request.asked_by, reason="Try again.")
    assert "Nobody counts it." not in printed(profile)
    assert "no answer" in printed(profile)


def test_what_was_withdrawn_is_not_printed_and_what_was_handed_on_by_its_new_holder(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "hand_on", request.asked_of, person=made[Role.FOCAL_POINT])
    assert "Office of Statistics" not in printed(profile)
    factories.move(request, "withdraw_request", request.asked_by, reason="Found it.")
    assert "data-requests" not in printed(profile)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Data requests"), ("fr", "Demandes de données"), ("ar", "طلبات البيانات")],
)
def test_it_is_printed_in_the_language_of_the_report(made, profile, language, words):
    factories.ask_for_input(profile)
    assert words in printed(profile, language=language)


def test_it_stands_as_it_was_when_the_text_of_the_methodology_was_submitted(made, profile):
    at = timezone.now() - timedelta(days=9)
    request = factories.ask_for_input(profile, at=at)
    first = factories.section(profile, "1")
    factories.write(first, "How it was done.")
    factories.move(first, "submit", made[Role.LOCAL_EXPERT], at=at + timedelta(days=1))
    before = printed(profile, drafts=False)
    assert "no answer" in before
    factories.move(request, "give_answer", request.asked_of, answer="Here.")
    factories.ask_for_input(profile, subject="Asked too late")
    assert printed(profile, drafts=False) == before
    assert "answered, " in printed(profile)
    assert "Asked too late" in printed(profile)


def test_without_a_submitted_methodology_nothing_is_told(profile):
    factories.ask_for_input(profile)
    assert not Section.objects.filter(profile=profile, revision__isnull=False).exists()
    assert "data-requests" not in printed(profile, drafts=False)


def test_the_cost_does_not_grow_with_the_requests(made, profile, django_assert_num_queries):
    factories.ask_for_input(profile)
    with CaptureQueriesContext(connection) as one:
        report_of(profile, drafts=True)
    for number in range(3):
        factories.ask_for_input(profile, subject=f"Budget {number}")
    with django_assert_num_queries(len(one)):
        report_of(profile, drafts=True)


def test_words_of_people_are_printed_as_words(made, profile):
    request = factories.ask_for_input(profile, subject="<script>alert(1)</script>")
    factories.move(request, "say_unavailable", request.asked_of, reason="x")
    factories.move(request, "record_absence", request.asked_by, reason="<img src=x>")
    html = printed(profile)
    assert "<script>" not in html
    assert "<img" not in html
