"""Requests for input: who asks, answers, hands on and sees what; deadlines and mails."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from profile_workflow import calendars
from profile_workflow.attachments import read_attachment
from profile_workflow.errors import InvalidInput, NotAllowed, NotComplete, NotNow
from profile_workflow.models import Assignment, Event, EventReason, InputRequest, RequestEntry
from profile_workflow.models.input_request import FOLDER
from profile_workflow.queries import requests as queries
from profile_workflow.queries.history import Wanted, events_of, lines, people_in
from profile_workflow.services import log, people, requests
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Attribution, ProfileState, RequestState, Role
from tests import factories
from workflows import deadlines, engine, invariants, letters
from workflows import queries as lists
from workflows.letters import MailKind
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
EXPERT, FOCAL_POINT, TEAM = Role.LOCAL_EXPERT, Role.FOCAL_POINT, Role.PROJECT_TEAM


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), S.DRAFTING)


def mails(kind):
    """Return who is sent mails of a kind."""
    jobs = OutboxJob.objects.filter(payload__kind=kind).order_by("pk")
    return [job.payload["user"] for job in jobs]


def rows(user, *, at=None):
    found = lists.inbox(user, at or timezone.now())
    return [row for row in (*found.overdue, *found.this_week, *found.later) if row.request]


# Asking


def test_whoever_is_asked_has_it_in_his_tasks_and_by_mail(made, profile):
    person = made[Role.STAKEHOLDER]
    request = factories.ask_for_input(profile)
    (row,) = rows(person)
    assert (row.request, row.section) == (request.pk, request.subject)
    assert rows(made[EXPERT]) == []
    assert mails(MailKind.REQUEST) == [person.pk]
    assert lists.inbox(person, timezone.now()).number == 1
    assert list(log.broken_links(profile)) == []
    assert invariants.violations(factories.fresh(profile)) == []


def test_the_day_is_ten_working_days_of_the_city_ahead(profile):
    request = factories.ask_for_input(profile)
    day = request.due_at.astimezone(ZoneInfo(profile.city.time_zone)).date()
    assert day == requests.first_day(profile, request.asked_at)
    assert calendars.is_working_day(day, profile.city)
    assert timedelta(days=11) < request.due_at - request.asked_at


@pytest.mark.parametrize("days", [-1, 400])
def test_a_day_that_is_over_or_far_away_is_refused(profile, days):
    with pytest.raises(InvalidInput):
        factories.ask_for_input(profile, due_on=timezone.localdate() + timedelta(days=days))


def test_a_day_without_work_is_refused_and_the_next_one_named(profile):
    today = timezone.localdate()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    with pytest.raises(InvalidInput, match="The next working day is Monday"):
        factories.ask_for_input(profile, due_on=saturday)


@pytest.mark.parametrize("subject", ["", "  ", "x" * 201, "a\x00b"])
def test_nothing_and_too_much_is_not_asked_for(profile, subject):
    with pytest.raises(InvalidInput):
        factories.ask_for_input(profile, subject=subject)


def test_a_second_click_asks_nothing_a_second_time(profile):
    factories.ask_for_input(profile)
    with pytest.raises(InvalidInput, match="already"):
        factories.ask_for_input(profile)


def test_only_authors_ask_and_only_while_the_text_can_change(made, profile):
    for role in (TEAM, FOCAL_POINT, Role.INTERNATIONAL_EXPERT, Role.STAKEHOLDER):
        with pytest.raises(NotAllowed):
            factories.ask_for_input(profile, by=made[role])
    assert factories.ask_for_input(profile, by=made[Role.CO_AUTHOR]).asked_by_id
    planned = factories.make_profile(made)
    with pytest.raises(NotNow):
        factories.ask_for_input(planned)


@pytest.mark.parametrize("role", [EXPERT, TEAM, Role.INTERNATIONAL_EXPERT, Role.OBSERVER])
def test_only_the_city_is_asked(made, profile, role):
    with pytest.raises(InvalidInput):
        factories.ask_for_input(profile, person=made[role], by=made[Role.CO_AUTHOR])


def test_members_of_the_group_are_known_by_their_organisation_not_by_name(made, profile):
    shown = dict(queries.people_to_ask(profile, viewer=made[EXPERT]))
    first, second = made.people[Role.STAKEHOLDER]
    assert first.full_name not in shown[first.pk]
    assert shown[first.pk] != shown[second.pk]
    assert made[FOCAL_POINT].full_name in shown[made[FOCAL_POINT].pk]
    profile.attribution = Attribution.NAMED
    assert first.full_name in dict(queries.people_to_ask(profile, viewer=made[EXPERT]))[first.pk]


# Answering


def test_an_answer_with_a_file_comes_back_to_whoever_asked(made, profile):
    request = factories.ask_for_input(profile)
    file = read_attachment("Totals.csv", b"a;b\n")
    request = factories.move(request, "give_answer", request.asked_of, attachment=file)
    assert request.state == RequestState.ANSWERED
    (row,) = rows(made[EXPERT])
    assert row.request == request.pk
    assert rows(made[Role.STAKEHOLDER]) == []
    assert mails(MailKind.REQUEST_ANSWERED) == [made[EXPERT].pk]
    entry = request.entries.get(move="give_answer")
    assert (entry.file_name, entry.file_kind, entry.file_size) == ("Totals.csv", "csv", 4)
    assert Path(entry.file.path).read_bytes() == b"a;b\n"
    assert "Totals" not in entry.file.name


@pytest.mark.parametrize(
    ("move", "code"),
    [("give_answer", "no_answer"), ("say_unavailable", "no_reason"), ("hand_on", "no_person")],
)
def test_an_empty_answer_is_not_complete(profile, move, code):
    request = factories.ask_for_input(profile)
    with pytest.raises(NotComplete) as refusal:
        factories.move(request, move, request.asked_of)
    assert [one.code for one in refusal.value.missing] == [code]
    assert request.entries.count() == 1


def test_a_refused_answer_keeps_no_file(made, profile):
    request = factories.ask_for_input(profile)
    file = read_attachment("x.txt", b"x")
    folder = Path(RequestEntry._meta.get_field("file").storage.path(FOLDER))
    before = sorted(folder.glob("*"))
    with pytest.raises(NotAllowed):
        factories.move(request, "give_answer", made[EXPERT], attachment=file)
    assert not request.entries.exclude(file="").exists()
    assert sorted(folder.glob("*")) == before


def test_asking_back_gives_the_turn_to_whoever_asked_and_the_reply_gives_it_back(made, profile):
    request = factories.ask_for_input(profile)
    request = factories.move(request, "ask_back", request.asked_of, reason="Which boundary?")
    assert [row.request for row in rows(made[EXPERT])] == [request.pk]
    day = requests.first_day(profile, timezone.now(), days=20)
    request = factories.move(
        request, "reply_to_question", made[EXPERT], reason="The municipality.", due_on=day
    )
    assert [row.request for row in rows(request.asked_of)] == [request.pk]
    assert request.due_at.date() == day
    said = queries.conversation(factories.fresh(request), viewer=made[EXPERT])
    assert [one.entry.text for one in said][1:] == ["Which boundary?", "The municipality."]
    assert said[1].by.name != request.asked_of.full_name


def test_what_is_not_available_is_recorded_with_the_words_that_are_printed(made, profile):
    request = factories.ask_for_input(profile)
    request = factories.move(request, "say_unavailable", request.asked_of, reason="I lost it.")
    request = factories.move(request, "record_absence", made[EXPERT], reason="Nobody counts it.")
    assert request.state == RequestState.UNAVAILABLE
    request = factories.move(request, "ask_again", made[EXPERT], reason="There is a new survey.")
    assert [row.request for row in rows(request.asked_of)] == [request.pk]


# Handing on


def test_handed_on_it_is_the_other_persons_and_whoever_asked_is_told(made, profile):
    request = factories.ask_for_input(profile)
    first = request.asked_of
    request = factories.move(request, "hand_on", first, person=made[FOCAL_POINT])
    assert request.asked_of == made[FOCAL_POINT]
    assert [row.request for row in rows(made[FOCAL_POINT])] == [request.pk]
    assert rows(first) == []
    assert mails(MailKind.REQUEST)[-1] == made[FOCAL_POINT].pk
    assert mails(MailKind.REQUEST_ANSWERED) == [made[EXPERT].pk]
    assert queries.handed_on(profile, request.pk, viewer=first)
    with pytest.raises(InputRequest.DoesNotExist):
        queries.request_of(profile, request.pk, viewer=first)


def test_it_is_handed_on_within_the_city_only_and_to_somebody_else(made, profile):
    request = factories.ask_for_input(profile)
    for person in (made[EXPERT], made.outsider, request.asked_of):
        with pytest.raises(InvalidInput):
            factories.move(request, "hand_on", request.asked_of, person=person)


# Substitutes, and parts that have ended


def test_a_substitute_sees_it_and_answers(made, profile):
    request = factories.ask_for_input(profile, person=made[FOCAL_POINT])
    part = Assignment.objects.get(profile=profile, user=made[FOCAL_POINT])
    stand_in = factories.make_person("stand-in")
    today = timezone.localdate()
    people.substitute(
        part,
        by_user=stand_in,
        starts_on=today,
        ends_on=today,
        by=made[FOCAL_POINT],
        at=timezone.now(),
    )
    (row,) = rows(stand_in)
    assert made[FOCAL_POINT].full_name in row.why
    assert queries.request_of(factories.fresh(profile), request.pk, viewer=stand_in)
    assert factories.move(request, "give_answer", stand_in, answer="Here.").state == "answered"


def end_part(user, profile):
    yesterday = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(profile=profile, user=user).update(ends_on=yesterday)


def test_whoever_has_no_part_any_more_cannot_answer_and_it_can_be_handed_on(made, profile):
    request = factories.ask_for_input(profile)
    person = request.asked_of
    end_part(person, profile)
    assert rows(person) == []
    with pytest.raises(NotAllowed):
        factories.move(request, "give_answer", person, answer="Late.")
    (line,) = queries.lines(
        [queries.request_of(profile, request.pk, viewer=made[EXPERT])],
        profile,
        viewer=made[EXPERT],
    )
    assert line.is_gone
    moved = factories.move(request, "hand_on", made[EXPERT], person=made[FOCAL_POINT])
    assert moved.asked_of == made[FOCAL_POINT]


def test_the_answer_to_an_author_who_has_left_waits_for_the_local_expert(made, profile):
    request = factories.ask_for_input(profile, by=made[Role.CO_AUTHOR])
    end_part(made[Role.CO_AUTHOR], profile)
    request = factories.move(request, "give_answer", request.asked_of, answer="Here.")
    assert [row.request for row in rows(made[EXPERT])] == [request.pk]
    assert mails(MailKind.REQUEST_ANSWERED) == [made[EXPERT].pk]


def test_a_co_author_decides_on_his_own_requests_only(made, profile):
    own = factories.ask_for_input(profile, by=made[Role.CO_AUTHOR])
    other = factories.ask_for_input(profile, subject="Another one")
    assert factories.move(own, "withdraw_request", made[Role.CO_AUTHOR], reason="Found.")
    with pytest.raises(NotAllowed):
        factories.move(other, "withdraw_request", made[Role.CO_AUTHOR], reason="Found.")


# Holding and ending the profile


def test_on_hold_nothing_is_answered_and_the_lost_time_is_given_back(made, profile):
    request = factories.ask_for_input(profile)
    at = timezone.now()
    factories.move(profile, "hold", made.team, reason="Elections.", at=at)
    with pytest.raises(NotNow):
        factories.move(request, "give_answer", request.asked_of, answer="Here.")
    assert lists.inbox(request.asked_of, at).paused[0].request == request.pk
    assert deadlines.sweep(at=request.due_at + timedelta(days=1)) == 0
    factories.move(profile, "resume", made.team, at=at + timedelta(days=9), reason="Done.")
    moved = factories.fresh(request).due_at - request.due_at
    assert timedelta(days=8) < moved < timedelta(days=10)


def test_a_cancelled_profile_asks_nobody_any_more(made, profile):
    request = factories.ask_for_input(profile)
    factories.move(profile, "hold", made.team, reason="No counterpart.")
    factories.move(profile, "cancel", made.team, reason="Withdrawn from the call.")
    assert rows(request.asked_of) == []
    assert lists.inbox(request.asked_of, timezone.now()).paused == []
    assert deadlines.sweep(at=request.due_at + timedelta(days=1)) == 0
    with pytest.raises(NotNow):
        factories.move(request, "give_answer", request.asked_of, answer="Here.")


# Reminders and mails


def swept(request, at):
    deadlines.sweep(at=at)
    return factories.fresh(request)


def test_whoever_is_asked_is_reminded_once_and_both_are_told_when_it_is_late(made, profile):
    request = factories.ask_for_input(profile)
    assert swept(request, request.due_at - timedelta(days=5)).reminded_at is None
    for _sweep in range(2):
        assert swept(request, request.due_at - timedelta(days=2)).reminded_at
    assert mails(MailKind.REQUEST_REMINDER) == [request.asked_of_id]
    for _sweep in range(2):
        swept(request, request.due_at + timedelta(hours=1))
    assert mails(MailKind.REQUEST_LATE) == [request.asked_of_id, made[EXPERT].pk]


def test_an_answered_request_reminds_nobody(profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "give_answer", request.asked_of, answer="Here.")
    swept(request, request.due_at + timedelta(hours=1))
    assert mails(MailKind.REQUEST_LATE) == mails(MailKind.REQUEST_REMINDER) == []


def composed(kind):
    job = OutboxJob.objects.filter(payload__kind=kind).latest("pk")
    return letters.compose(job.payload)


def test_the_mail_says_what_is_asked_and_leads_there(profile):
    request = factories.ask_for_input(profile)
    letter = composed(MailKind.REQUEST)
    for form in (letter.text, letter.html):
        assert request.subject in form
        assert f"/p/{profile.slug}/requests/{request.pk}/" in form
    assert request.subject not in letter.subject
    assert not mail.outbox


def test_a_mail_is_not_sent_that_has_become_pointless(made, profile):
    request = factories.ask_for_input(profile)
    person = request.asked_of
    factories.move(request, "hand_on", person, person=made[FOCAL_POINT])
    job = OutboxJob.objects.filter(payload__kind=MailKind.REQUEST).earliest("pk")
    assert letters.compose(job.payload) is None
    end_part(made[FOCAL_POINT], profile)
    assert composed(MailKind.REQUEST) is None


def test_a_reminder_can_be_turned_off(made, profile):
    request = factories.ask_for_input(profile)
    swept(request, request.due_at - timedelta(days=2))
    assert composed(MailKind.REQUEST_REMINDER) is not None
    type(made.team).objects.filter(pk=request.asked_of_id).update(
        muted_mails=[MailKind.REQUEST_REMINDER]
    )
    assert composed(MailKind.REQUEST_REMINDER) is None


# Who sees what


@pytest.mark.parametrize("role", list(Role))
def test_authors_team_and_whoever_is_asked_see_a_request_nobody_else(made, profile, role):
    request = factories.ask_for_input(profile)
    seen = queries.requests_seen_by(profile, made[role]).exists()
    assert seen is (role in {TEAM, EXPERT, Role.CO_AUTHOR, Role.STAKEHOLDER})
    other = made.people[Role.STAKEHOLDER][1]
    assert not queries.requests_seen_by(profile, other).exists()
    assert request.pk


@pytest.mark.parametrize(
    ("role", "is_told"),
    [(EXPERT, True), (TEAM, True), (Role.STAKEHOLDER, True), (FOCAL_POINT, False),
     (Role.INTERNATIONAL_EXPERT, False), (Role.OBSERVER, False)],
)  # fmt: skip
def test_the_history_tells_of_a_request_only_to_who_may_see_it(made, profile, role, is_told):
    request = factories.ask_for_input(profile)
    factories.move(request, "say_unavailable", request.asked_of, reason="It burned in 2019.")
    viewer = made[role]
    told = lines(profile, list(events_of(profile, Wanted(), viewer=viewer)), viewer=viewer)
    about = [line for line in told if line.event.document == f"input_request:{request.pk}"]
    assert len(about) == (2 if is_told else 0)
    assert any("burned" in line.reason for line in told) is is_told
    if is_told:
        assert request.subject in about[0].about
        assert about[0].section == "1"
    only = Wanted(kind="requests")
    assert len(events_of(profile, only, viewer=viewer)) == (2 if is_told else 0)


def test_who_answered_cannot_be_found_in_the_history_by_those_who_may_not_know(made, profile):
    request = factories.ask_for_input(profile, person=made[FOCAL_POINT], by=made[Role.CO_AUTHOR])
    factories.move(request, "give_answer", made[FOCAL_POINT], answer="Here.")
    assert made[Role.CO_AUTHOR] in people_in(profile, viewer=made.team)
    assert made[Role.CO_AUTHOR] not in people_in(profile, viewer=made[Role.OBSERVER])


def test_the_words_of_an_answer_are_not_in_the_log(profile):
    request = factories.ask_for_input(profile)
    factories.move(request, "give_answer", request.asked_of, answer="12,400 people.")
    assert not EventReason.objects.filter(text__contains="12,400").exists()
    assert Event.objects.filter(document=f"input_request:{request.pk}").count() == 2


def test_a_request_of_another_profile_is_out_of_reach(made, profile):
    foreign = factories.bring_to(factories.make_profile(), S.DRAFTING)
    request = factories.ask_for_input(foreign)
    with pytest.raises(NotAllowed):
        engine.perform(
            request, "withdraw_request", by=made[EXPERT], at=timezone.now(),
            details=Details(reason="Mine."),
        )  # fmt: skip
