"""The pages of requests for input: what they show, refuse and never lose; files only for some."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from profile_workflow.attachments import MOST_BYTES, read_attachment
from profile_workflow.models import InputRequest
from profile_workflow.services import requests
from profile_workflow.states import ProfileState, RequestState, Role
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

EXPERT, FOCAL_POINT, STAKEHOLDER = Role.LOCAL_EXPERT, Role.FOCAL_POINT, Role.STAKEHOLDER


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def post(user, request, move, **given):
    address = reverse("request", args=[request.profile.slug, request.pk])
    data = {f"{move}-{name}": value for name, value in {"move": move, **given}.items()}
    return signed_in(user).post(address, data)


def asked(made, profile, **wishes):
    given = {
        "person": made[FOCAL_POINT].pk,
        "subject": "Residents by citizenship, 2024",
        "text": "By sex.",
        "place": "section:2",
        "due_on": requests.first_day(profile, timezone.now()).isoformat(),
    }
    address = reverse("request_new", args=[profile.slug])
    return signed_in(made[EXPERT]).post(address, {**given, **wishes})


# Asking


def test_the_form_comes_with_a_day_and_the_section_one_came_from(made, profile):
    shown = page(signed_in(made[EXPERT]), "request_new", profile.slug, section="2")
    assert f'value="{requests.first_day(profile, timezone.now()).isoformat()}"' in shown
    assert '<option value="section:2" selected>' in shown


@pytest.mark.parametrize("place", ["", "section:2", "table"])
def test_a_request_is_sent_for_the_place_that_was_chosen(made, profile, place):
    table = factories.give_figure(factories.section(profile, "1")).table
    answer = asked(made, profile, place=f"table:{table.pk}" if place == "table" else place)
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("requests", args=[profile.slug]),
    )
    found = InputRequest.objects.get()
    wanted = {"": (None, None), "section:2": ("2", None), "table": ("1", table.pk)}[place]
    assert (found.section.key if found.section else None, found.table_id) == wanted


def test_a_guiding_question_can_be_what_it_is_for(made, profile):
    template = factories.section(profile, "1").template_section
    type(template).objects.filter(pk=template.pk).update(guiding_questions=["Who counts?"])
    asked(made, profile, place="question:1:0.0")
    found = InputRequest.objects.get()
    assert (found.section.key, found.question) == ("1", "0.0")
    assert "Who counts?" in page(signed_in(made[EXPERT]), "request", profile.slug, found.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"person": ""},
        {"person": "999999"},
        {"due_on": "2001-01-01"},
        {"due_on": "soon"},
        {"place": "section:99"},
        {"place": "table:1"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(made, profile, wrong):
    answer = asked(made, profile, **wrong)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'id="error-summary"' in shown
    assert "By sex." in shown
    assert not InputRequest.objects.exists()


def test_others_are_told_that_asking_is_not_theirs(made, profile):
    client = signed_in(made[STAKEHOLDER])
    answer = client.get(reverse("request_new", args=[profile.slug]))
    assert answer.status_code == 403
    assert b"Only the authors ask" in answer.content


def test_what_was_typed_while_the_profile_was_put_on_hold_is_given_back(made, profile):
    factories.move(profile, "hold", made.team, reason="Elections.")
    answer = asked(made, profile)
    assert answer.status_code == 409
    assert "By sex." in answer.content.decode()
    address = reverse("request_new", args=[profile.slug])
    assert signed_in(made[EXPERT]).get(address).status_code == 409


def test_without_anybody_of_the_city_the_page_says_what_to_do(made, profile):
    profile.assignments.filter(role__in=["focal_point", "stakeholder", "city_authority"]).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    shown = page(signed_in(made[EXPERT]), "request_new", profile.slug)
    assert "Nobody of the city has a part" in shown


# The list


def test_the_list_says_in_words_what_is_late_and_can_be_narrowed(made, profile):
    late = factories.ask_for_input(profile, at=timezone.now() - timedelta(days=40))
    answered = factories.ask_for_input(profile, subject="Budget, 2024")
    factories.move(answered, "give_answer", answered.asked_of, answer="Here.")
    client = signed_in(made[EXPERT])
    everything = page(client, "requests", profile.slug)
    assert "days late" in everything
    assert "Budget, 2024" in everything
    only = page(client, "requests", profile.slug, state="late")
    assert late.subject in only
    assert "Budget, 2024" not in only
    assert "no request that matches" in page(client, "requests", profile.slug, state="settled")
    assert late.subject in page(client, "requests", profile.slug, state="nonsense")


def test_each_sees_his_own_and_an_empty_list_says_why(made, profile):
    factories.ask_for_input(profile)
    assert "1 request for input" in page(signed_in(made[STAKEHOLDER]), "requests", profile.slug)
    empty = page(signed_in(made[FOCAL_POINT]), "requests", profile.slug)
    assert "Nothing has been asked of you." in empty


# Answering


def test_an_answer_with_words_and_a_file(made, profile):
    request = factories.ask_for_input(profile)
    file = SimpleUploadedFile("../Totals 2024.csv", b"a;b\n1;2\n")
    answer = post(request.asked_of, request, "give_answer", words="Totals only.", file=file)
    assert answer.status_code == 302
    shown = page(signed_in(made[EXPERT]), "request", profile.slug, request.pk)
    assert "Totals only." in shown
    assert "Totals 2024.csv" in shown
    assert request.asked_of.full_name not in shown
    assert "Accept the answer" in shown


def test_an_answer_stands_beside_the_text_of_its_section(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "give_answer", request.asked_of, answer="12,400 in all.")
    client = signed_in(made[EXPERT])
    assert "12,400 in all." in page(client, "section_edit", profile.slug, "1")
    assert "12,400 in all." not in page(client, "section_edit", profile.slug, "2")


@pytest.mark.parametrize("move", ["give_answer", "say_unavailable", "ask_back", "hand_on"])
def test_an_empty_form_is_refused_beside_its_field(profile, move):
    request = factories.ask_for_input(profile)
    answer = post(request.asked_of, request, move)
    assert answer.status_code == 422
    assert f'href="#id_{move}-' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("numbers.pdf", b"<html><script>alert(1)</script>"),
        ("numbers.pdf", b"MZ\x00\x00"),
        ("empty.csv", b""),
        ("large.csv", b"1" * (MOST_BYTES + 1)),
    ],
)
def test_a_file_that_is_not_taken_is_refused_and_the_words_stay(profile, name, content):
    request = factories.ask_for_input(profile)
    file = SimpleUploadedFile(name, content)
    answer = post(request.asked_of, request, "give_answer", words="See the file.", file=file)
    assert answer.status_code == 422
    assert "See the file." in answer.content.decode()
    assert factories.fresh(request).state == RequestState.ASKED


def test_while_the_profile_stands_still_the_page_says_so_and_keeps_the_words(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(profile, "hold", made.team, reason="Elections.")
    shown = page(signed_in(request.asked_of), "request", profile.slug, request.pk)
    assert "stands still" in shown
    assert '<form method="post" novalidate' not in shown
    answer = post(
        request.asked_of, request, "give_answer", words="I typed this.",
        file=SimpleUploadedFile("a.csv", b"a"),
    )  # fmt: skip
    assert answer.status_code == 409
    assert "I typed this." in answer.content.decode()
    assert "Choose the file again" in answer.content.decode()


def test_what_was_typed_for_a_request_handed_on_meanwhile_is_given_back(made, profile):
    request = factories.ask_for_input(profile)
    first = request.asked_of
    factories.move(request, "hand_on", made[EXPERT], person=made[FOCAL_POINT])
    answer = post(first, request, "give_answer", words="I typed this.")
    assert answer.status_code == 409
    assert "I typed this." in answer.content.decode()
    address = reverse("request", args=[profile.slug, request.pk])
    assert signed_in(first).get(address).status_code == 404


def test_handing_on_leads_back_to_the_tasks(made, profile):
    request = factories.ask_for_input(profile)
    answer = post(request.asked_of, request, "hand_on", person=made[FOCAL_POINT].pk)
    assert (answer.status_code, answer["Location"]) == (302, reverse("tasks"))


def test_a_second_answer_finds_that_there_is_one(profile):
    request = factories.ask_for_input(profile)
    post(request.asked_of, request, "give_answer", words="First.")
    answer = post(request.asked_of, request, "give_answer", words="Second.")
    assert answer.status_code == 409
    assert "Second." in answer.content.decode()


@pytest.mark.parametrize("move", ["", "publish", "delete", "give_answer-move"])
def test_a_move_that_there_is_not_is_not_found(profile, move):
    request = factories.ask_for_input(profile)
    assert post(request.asked_of, request, move).status_code == 404


def test_a_person_without_a_part_is_said_to_be_gone(made, profile):
    request = factories.ask_for_input(profile)
    yesterday = timezone.localdate() - timedelta(days=1)
    profile.assignments.filter(user=request.asked_of).update(ends_on=yesterday)
    shown = page(signed_in(made[EXPERT]), "request", profile.slug, request.pk)
    assert "has no part in this profile any more" in shown
    assert "Hand it on to somebody else" in shown


def test_what_is_printed_begins_with_what_was_said(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "say_unavailable", request.asked_of, reason="Nobody counts it.")
    shown = page(signed_in(made[EXPERT]), "request", profile.slug, request.pk)
    assert 'name="record_absence-words"' in shown
    assert shown.count("Nobody counts it.") == 2


# Files


@pytest.fixture
def sent(profile):
    request = factories.ask_for_input(profile)
    file = read_attachment("ميزانية <b>.csv", b"<script>alert(1)</script>"[8:])
    factories.move(request, "give_answer", request.asked_of, attachment=file)
    return request.entries.get(move="give_answer")


def address_of(entry):
    request = entry.request
    return reverse("request_file", args=[request.profile.slug, request.pk, entry.pk])


def test_a_file_is_saved_and_never_shown(made, sent):
    answer = signed_in(made[EXPERT]).get(address_of(sent))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "text/csv"
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "'self'" not in policy
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == Path(sent.file.path).read_bytes()
    answer.close()


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.PROJECT_TEAM, 200), (Role.CO_AUTHOR, 200), (STAKEHOLDER, 200),
     (FOCAL_POINT, 404), (Role.INTERNATIONAL_EXPERT, 404), (Role.OBSERVER, 404)],
)  # fmt: skip
def test_a_file_is_only_for_those_who_see_the_request(made, sent, role, status):
    answer = signed_in(made[role]).get(address_of(sent))
    answer.close()
    assert answer.status_code == status


def test_a_file_is_not_reached_through_another_request_or_profile(made, profile, sent):
    other = factories.ask_for_input(profile, subject="Another")
    client = signed_in(made[EXPERT])
    through = reverse("request_file", args=[profile.slug, other.pk, sent.pk])
    assert client.get(through).status_code == 404
    second = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    elsewhere = reverse("request_file", args=[second.slug, sent.request_id, sent.pk])
    assert client.get(elsewhere).status_code == 404
    without = reverse("request_file", args=[profile.slug, other.pk, other.entries.get().pk])
    assert client.get(without).status_code == 404
    assert client.get(f"/files/{sent.file.name}").status_code == 404
