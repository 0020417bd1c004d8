"""Mail as a server receives it: the words and the envelope."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from profile_workflow.models import (
    Assignment,
    City,
    Event,
    EventReason,
    InputRequest,
    ProfileVersion,
    ReviewInvitation,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.states import InvitationState, RequestState, Role
from tests.integration.workflows.cast import NOON, a_person, a_profile, sections_of, tasks_for
from tests.integration.workflows.mails import SITE, payload, run_worker
from workflows import letters, notifications
from workflows.executors import get_executor
from workflows.flows import CityProfileFlow
from workflows.letters import MailKind
from workflows.models import ProfileProcess, Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.usefixtures("site"),
]


#: Kinds that go to somebody who has no part in the profile.
TO_INVITED = {"review_invitation", "review_reminder", "review_decided"}


def letter(kind, profile, person, **details):
    return letters.compose(payload(kind, profile, person, **details))


def a_reason(profile, text, *, seq=1):
    event = Event.objects.create(
        profile=profile, seq=seq, at=NOON, document="profile", move="x", previous_hash="", hash=""
    )
    EventReason.objects.create(event=event, text=text)
    return event.pk


def a_round(profile, **fields):
    version = ProfileVersion.objects.create(
        profile=profile, number=1, digest="d", content={}, created_at=NOON
    )
    given = {
        "kind": "consultation",
        "attribution": "chatham_house",
        "tacit_rule": True,
        "closes_at": datetime(2026, 4, 3, 22, 59, tzinfo=UTC),
        **fields,
    }
    return ValidationRound.objects.create(
        profile=profile, number=1, version=version, opened_at=NOON, **given
    )


def everything(kind, profile, person):
    """Compose a mail of any kind with all that it can carry."""
    return letter(
        kind,
        profile,
        person,
        tasks=[task.pk for task in tasks_for(profile, person, sections_of(profile, 2))],
        sections=["c1"],
        reason_event=a_reason(profile, "Sources are missing."),
        round=a_round(profile).pk,
        request=a_request(kind, profile, person).pk,
        part=a_substitution(profile, person).pk,
        invitation=an_invitation(kind, profile, person).pk,
    )


def a_request(kind, profile, person):
    """A request to a person, in the state in which a mail of a kind is sent."""
    Assignment.objects.create(
        programme=profile.programme, profile=profile, user=person, role=Role.FOCAL_POINT
    )
    state = RequestState.WITHDRAWN if kind == "request_withdrawn" else RequestState.ASKED
    return InputRequest.objects.create(
        profile=profile, subject="Residents", asked_by=person, asked_of=person,
        asked_role=Role.FOCAL_POINT, asked_at=NOON, due_at=NOON, state=state,
    )  # fmt: skip


def an_invitation(kind, profile, person):
    """An invitation to a person, who is of the team too, in the state in which mail is sent."""
    Assignment.objects.create(programme=profile.programme, user=person, role=Role.PROJECT_TEAM)
    state = InvitationState.WITHDRAWN if kind == "review_decided" else InvitationState.INVITED
    return ReviewInvitation.objects.create(
        profile=profile, person=person, invited_by=person, invited_at=NOON, answer_by=NOON,
        state=state,
    )  # fmt: skip


def a_substitution(profile, person):
    """Somebody, by himself if it must be, who stands in for the holder of a part."""
    part = Assignment.objects.get(profile=profile, user=person)
    return Assignment.objects.create(
        programme=profile.programme, profile=profile, user=person, role=part.role,
        stands_in_for=part, starts_on=NOON.date(), ends_on=(NOON + timedelta(days=9_000)).date(),
    )  # fmt: skip


# The words


def test_one_mail_lists_all_the_tasks_of_a_move(mail_server):
    profile, person = a_profile(), a_person()
    tasks = tasks_for(profile, person, sections_of(profile, 13))
    turns = notifications.whose_turn(tasks, profile=profile, on=NOON.date())
    with transaction.atomic():
        get_executor().enqueue(notifications.tasks_opened(7, turns, profile_id=profile.pk))
    run_worker()
    (mail,) = mail_server.received
    assert mail["Subject"] == "Sfax 2026: your turn, 13 tasks"
    text = mail.get_body(("plain",)).get_content()
    assert re.findall(r"^- Write the section: (\d+) Chapter \1", text, re.MULTILINE) == [
        str(number) for number in range(1, 14)
    ]
    html = mail.get_body(("html",)).get_content()
    assert html.count("<li>") == 13


def test_the_due_day_is_that_of_the_city():
    profile, person = a_profile(time_zone="Africa/Tunis"), a_person(time_zone="Asia/Tokyo")
    (task,) = tasks_for(profile, person, sections_of(profile, 1))
    written = letter("tasks_opened", profile, person, tasks=[task.pk])
    for form in (written.text, written.html):
        assert "due on Monday 16 March 2026, 23:30 (time in Sfax)" in " ".join(form.split())


def test_a_mail_is_in_the_language_of_its_reader():
    profile, person = a_profile(), a_person(language="fr")
    (task,) = tasks_for(profile, person, sections_of(profile, 1))
    written = letter("tasks_opened", profile, person, tasks=[task.pk])
    assert written.language == "fr"
    assert "1 Chapitre 1" in written.text
    assert "lundi 16 mars 2026" in written.text.lower()
    assert '<html lang="fr" dir="ltr">' in written.html


def test_a_mail_in_arabic_runs_from_right_to_left():
    written = everything("tasks_opened", a_profile(), a_person(language="ar"))
    assert '<html lang="ar" dir="rtl">' in written.html
    assert written.subject.startswith("صفاقس 2026")


@pytest.mark.parametrize("language", ["", "xx", "de"])
def test_a_language_that_there_is_not_falls_back_to_english(language):
    written = letter("held", a_profile(), a_person(language=language))
    assert (written.language, written.subject) == ("en", "Sfax 2026: put on hold")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("kind", MailKind.values)
def test_every_kind_has_a_subject_a_text_and_a_page_that_loads_nothing(kind, language):
    person = a_person(language=language)
    written = everything(kind, a_profile(), person)
    assert written.subject
    assert "\n" not in written.subject
    for form in (written.text, written.html):
        assert person.full_name in form
        # Who is only invited finds nothing under the address of the profile.
        assert (f"{SITE}/p/" in form) is (kind not in TO_INVITED)
        # A stakeholder without an account can read what everybody can.
        assert (f"{SITE}/published/" in form) is (kind == MailKind.PUBLISHED)
        assert (f"{SITE}/invitations/" in form) is (kind in TO_INVITED)
        assert ("Sources are missing." in form) is (kind != MailKind.OBJECTION_RECEIVED)
        assert "{{" not in form
        assert "{%" not in form
    assert loads(written.html) == []
    assert "<script" not in written.html
    assert "\n\n\n" not in written.text


def loads(html):
    """Return what a mail program would fetch to show a page."""
    return re.findall(r"<(?:img|link|script|iframe|style|object|video)\b|\bsrc=|url\(", html)


def test_the_check_sees_what_would_be_loaded():
    assert loads('<img src="https://tracker.example/x">') == ["<img", "src="]
    assert loads('<p style="background: url(x)">') == ["url("]


def test_all_links_lead_to_the_site():
    profile = a_profile()
    written = everything("reminder", profile, a_person())
    links = set(re.findall(r"https?://[^\s\"<]+", written.text + written.html))
    assert links == {f"{SITE}/p/{profile.slug}/", f"{SITE}/tasks/", f"{SITE}/me/"}


def test_a_return_quotes_the_reason_and_names_the_sections():
    profile, person = a_profile(), a_person()
    sections_of(profile, 3)
    reason = a_reason(profile, "Sources are missing.\nSee <b>table 2</b>.")
    written = letter("returned", profile, person, sections=["c2", "c1"], reason_event=reason)
    assert "- 1 Chapter 1\n- 2 Chapter 2\n" in written.text
    assert "> Sources are missing.\n> See <b>table 2</b>.\n" in written.text
    assert "See &lt;b&gt;table 2&lt;/b&gt;." in written.html


def test_a_very_long_reason_is_cut():
    profile = a_profile()
    reason = a_reason(profile, "word " * 2000)
    written = letter("returned", profile, a_person(), reason_event=reason)
    assert len(written.text) < 3000


def test_the_reason_of_another_profile_is_never_quoted():
    reason = a_reason(a_profile(), "Secret of another city.")
    written = letter("returned", a_profile(), a_person(), reason_event=reason)
    assert "Secret" not in written.text + written.html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tacit_rule": True}, "your silence is taken as agreement"),
        ({"tacit_rule": False}, "your silence is not taken as agreement"),
        ({"attribution": "chatham_house"}, "neither the name nor the organisation"),
        ({"attribution": "named"}, "with the name of the person"),
        ({}, "until Friday 3 April 2026, 23:59 (time in Sfax)"),
        ({"kind": "consultation"}, "You are asked for your view"),
        ({"kind": "signoff"}, "You are asked to sign off"),
    ],
)
def test_an_invitation_announces_the_rules_of_the_round(fields, sentence):
    profile = a_profile()
    opened = a_round(profile, **fields)
    written = letter("consultation_opened", profile, a_person(), round=opened.pk)
    for form in (written.text, written.html):
        assert sentence in " ".join(form.split())


def test_a_reminder_of_an_answer_announces_the_rules_again():
    profile, person = a_profile(), a_person()
    signoff = SignOff.objects.create(
        round=a_round(profile), person=person, role="stakeholder", digest="d", asked_at=NOON
    )
    process = ProfileProcess.objects.create(profile=profile, flow_class=CityProfileFlow)
    task = Task.objects.create(
        process=process,
        profile=profile,
        signoff=signoff,
        owner=person,
        flow_task=CityProfileFlow.consult,
    )
    written = letter("reminder", profile, person, tasks=[task.pk])
    assert "- Give your view on the text\n" in written.text
    assert "your silence is taken as agreement" in written.text


def test_a_section_that_came_back_is_to_be_revised():
    profile, person = a_profile(), a_person()
    sections = sections_of(profile, 1)
    type(sections[0]).objects.filter(pk=sections[0].pk).update(state="reopened")
    (task,) = tasks_for(profile, person, sections)
    written = letter("tasks_opened", profile, person, tasks=[task.pk])
    assert "- Revise the section: 1 Chapter 1" in written.text


def test_an_objection_is_told_without_naming_anybody():
    profile = a_profile()
    objector = a_person(full_name="Canary Objector", email="canary@example.org")
    opened = a_round(profile)
    SignOff.objects.create(
        round=opened, person=objector, role="stakeholder", category="academia",
        digest="d", asked_at=NOON, statement="Canary statement",
    )  # fmt: skip
    reason = a_reason(profile, "Canary statement")
    written = letter(
        "objection_received", profile, a_person(), round=opened.pk, reason_event=reason
    )
    whole = written.subject + written.text + written.html
    assert "canary" not in whole.lower()
    assert "academia" not in whole.lower()


# What has become pointless


def test_who_has_no_account_any_more_gets_nothing(mail_server):
    profile, person = a_profile(), a_person(is_active=False)
    notifications.send(payload("held", profile, person))
    assert mail_server.received == []


@pytest.mark.parametrize("kind", ["tasks_opened", "reminder", "overdue"])
def test_tasks_that_are_done_or_taken_by_others_are_not_listed(kind):
    profile, person = a_profile(), a_person()
    sections = sections_of(profile, 4)
    mine, done = tasks_for(profile, person, sections[:2])
    (queued,) = tasks_for(profile, None, sections[2:3])
    (others,) = tasks_for(profile, a_person(), sections[3:])
    Task.objects.filter(pk=done.pk).update(finished=NOON)
    listed = [task.pk for task in (mine, done, queued, others)]
    written = letter(kind, profile, person, tasks=listed)
    assert re.findall(r"^- \D*(\d)", written.text, re.MULTILINE) == ["1", "3"]
    assert letter(kind, profile, person, tasks=[done.pk, others.pk]) is None


@pytest.mark.parametrize(("kind", "told"), [("overdue", True), ("reminder", False)])
def test_the_project_team_is_told_of_what_others_owe(kind, told):
    profile, member = a_profile(), a_person()
    Assignment.objects.create(programme=profile.programme, user=member, role="project_team")
    (task,) = tasks_for(profile, a_person(), sections_of(profile, 1))
    assert (letter(kind, profile, member, tasks=[task.pk]) is not None) is told


def test_an_invitation_to_a_closed_round_is_not_sent():
    profile = a_profile()
    opened = a_round(profile, closed_at=NOON)
    assert letter("consultation_opened", profile, a_person(), round=opened.pk) is None


def test_an_invitation_that_was_answered_already_is_not_sent():
    profile, person = a_profile(), a_person()
    (task,) = tasks_for(profile, person, sections_of(profile, 1))
    Task.objects.filter(pk=task.pk).update(finished=NOON)
    opened = a_round(profile)
    details = {"round": opened.pk, "tasks": [task.pk]}
    assert letter("consultation_opened", profile, person, **details) is None


# Whose turn


def test_a_task_of_a_role_is_the_turn_of_all_who_hold_it(django_assert_num_queries):
    profile = a_profile()
    first, second, former, gone, owner = (a_person() for _number in range(5))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    yesterday = NOON.date() - timedelta(days=1)
    for person, ends_on in ((first, None), (second, None), (former, yesterday), (gone, None)):
        Assignment.objects.create(
            programme=profile.programme,
            profile=profile,
            user=person,
            role="local_expert",
            ends_on=ends_on,
        )
    sections = sections_of(profile, 3)
    queued = tasks_for(profile, None, sections[:2])
    owned = tasks_for(profile, owner, sections[2:])
    with django_assert_num_queries(1):
        turns = notifications.whose_turn([*queued, *owned], profile=profile, on=NOON.date())
    ids = [task.pk for task in queued]
    assert turns == {first.pk: ids, second.pk: ids, owner.pk: [owned[0].pk]}
    with django_assert_num_queries(0):
        notifications.whose_turn(owned, profile=profile, on=NOON.date())


# The envelope


def test_a_mail_says_that_a_machine_wrote_it_and_to_whom(mail_server, settings):
    settings.DEFAULT_FROM_EMAIL = "Profiles <noreply@example.org>"
    profile, person = a_profile(), a_person()
    told = payload("held", profile, person)
    notifications.send(told)
    (mail,) = mail_server.received
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Profiles <noreply@example.org>"
    assert mail["To"] == mail["X-Envelope-To"] == person.email
    assert mail["Message-ID"] == notifications.message_id(notifications.job_key(told))
    assert mail["Message-ID"].endswith("@profiles.example.org>")
    assert mail.get_content_type() == "multipart/alternative"


def test_a_mail_that_is_sent_twice_has_the_same_message_id(mail_server):
    told = payload("held", a_profile(), a_person())
    notifications.send(told)
    notifications.send(told)
    assert len(mail_server.message_ids) == 2
    assert len(set(mail_server.message_ids)) == 1


@hypothesis_settings(max_examples=60)
@given(name=st.text(max_size=100), person_name=st.text(min_size=1, max_size=100))
def test_no_name_becomes_a_header_or_a_link_of_the_subject(name, person_name):
    with transaction.atomic():
        profile, person = a_profile(), a_person()
        name = name.replace("\0", "") + "\r\nBcc: all@example.org https://canary.example/"
        City.objects.filter(pk=profile.city_id).update(name=name)
        User.objects.filter(pk=person.pk).update(full_name=person_name.replace("\0", ""))
        told = payload("held", profile, person)
        message = notifications._message(letters.compose(told), "key").message()
        assert message["Bcc"] is None
        assert message["To"] == person.email
        assert "canary.example" not in str(message["Subject"])
        transaction.set_rollback(True)
