"""People of a profile: parts given, lent and taken back, tasks handed over, deadlines moved."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import InvalidInput, NotNow
from profile_workflow.models import Assignment, Event, User
from profile_workflow.queries import staffing
from profile_workflow.services import accounts, people
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import address, page, signed_in
from workflows import engine
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

REASON = "She has moved to another city."


def part_of(profile, user, role):
    return Assignment.objects.get(profile=profile, user=user, role=role)


# Who is there


def test_the_team_sees_everybody_with_what_they_have_to_do(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    late = Task.objects.open().filter(owner=expert).first()
    Task.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=2))
    text = page(signed_in(made.team), "people", drafted.slug)
    assert "3 open tasks" in text
    assert "1 late" in text
    assert made[Role.STAKEHOLDER].email in text


def test_others_see_neither_workload_nor_who_is_in_the_stakeholder_group(made, drafted):
    text = page(signed_in(made[Role.LOCAL_EXPERT]), "people", drafted.slug)
    assert made[Role.INTERNATIONAL_EXPERT].full_name in text
    assert made[Role.STAKEHOLDER].full_name not in text
    assert "open tasks" not in text
    assert made[Role.INTERNATIONAL_EXPERT].email not in text


# Giving a part


def test_whoever_is_found_is_shown_with_his_work_and_more_are_told_of(made, drafted, monkeypatch):
    expert = factories.holder(drafted, Role.LOCAL_EXPERT)
    number = Task.objects.open().filter(owner=expert).count()
    assert number > 1
    client = signed_in(made.team)
    found = page(client, "people_add", drafted.slug, q=expert.email)
    assert f"{number} open tasks" in found
    assert "people are shown" not in found
    monkeypatch.setattr(staffing, "MOST_FOUND", 1)
    assert "people are shown" not in page(client, "people_add", drafted.slug, q=expert.email)
    found = page(client, "people_add", drafted.slug, q="@")
    assert "Only the first 1 people are shown" in found
    assert found.count("?person=") == 1


def test_somebody_is_searched_chosen_and_given_a_part(made, drafted):
    person = factories.make_person("ouafa")
    User.objects.filter(pk=person.pk).update(full_name="Ouafa Bennani")
    closed = factories.make_person("ouafa", is_active=False)
    client = signed_in(made.team)
    found = page(client, "people_add", drafted.slug, q="bennani ouafa")
    assert f"?person={person.pk}" in found
    assert f"?person={closed.pk}" not in found
    assert "Invite somebody new" in page(client, "people_add", drafted.slug, q="nobody at all")
    chosen = f"{address('people_add', drafted)}?person={person.pk}"
    assert client.post(chosen, {"role": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = client.post(chosen, {"role": "co_author"})
    assert (done.status_code, done["Location"]) == (HTTPStatus.FOUND, address("people", drafted))
    assert part_of(drafted, person, Role.CO_AUTHOR)
    given = Event.objects.filter(profile=drafted, move="assign", to_state="co_author")
    event = given.latest("seq")
    assert event.actor == made.team.pseudonym
    number = given.count()
    again = client.post(chosen, {"role": "co_author"})
    assert (again.status_code, again["Location"]) == (HTTPStatus.FOUND, address("people", drafted))
    assert given.count() == number


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "international_expert"}, "writes this profile and cannot judge it too"),
        ({"role": "stakeholder"}, "Say which group the stakeholder belongs to."),
        ({"role": "translator", "category": "academia"}, "Only a stakeholder has a category."),
        ({"role": "administrator"}, "Select a valid choice"),
    ],
)
def test_a_part_that_cannot_be_given_is_refused_beside_its_field(made, drafted, given, said):
    expert = made[Role.LOCAL_EXPERT]
    before = Assignment.objects.count()
    chosen = f"{address('people_add', drafted)}?person={expert.pk}"
    answer = signed_in(made.team).post(chosen, given)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert "There is a problem" in answer.content.decode()
    assert Assignment.objects.count() == before


def test_only_the_team_gives_and_takes_parts(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    client = signed_in(made[Role.FOCAL_POINT])
    for url in (
        address("people_add", drafted),
        address("people_invite", drafted),
        address("deadlines", drafted),
    ):
        for answer in (client.get(url), client.post(url, {"reason": REASON})):
            assert answer.status_code == HTTPStatus.FORBIDDEN
            assert "This is not yours to do" in answer.content.decode()
    for name in ("people_end", "people_substitute"):
        answer = client.post(address(name, drafted, part.pk), {"reason": REASON})
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT).ends_on is None


def test_a_second_click_at_the_same_moment_opens_no_second_account(drafted, made):
    given = {"email": "New@Example.org", "full_name": "New", "language": "fr", "by": made.team}

    others = ["new@example.org"]

    def clicked_meanwhile(execute, sql, params, many, context):
        """Open the account just before it is opened."""
        if others and sql.startswith(f'INSERT INTO "{User._meta.db_table}"'):
            User.objects.create_user(others.pop(), "New")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(clicked_meanwhile), pytest.raises(InvalidInput) as refused:
        accounts.open_account(drafted, **given)
    assert "There is an account with this address already." in str(refused.value)


def test_somebody_new_is_invited_with_a_link_and_nothing_by_halves(made, drafted):
    client = signed_in(made.team)
    given = {
        "full_name": "Nadia Saïdi",
        "email": "Nadia@Example.org",
        "language": "fr",
        "role": "stakeholder",
        "category": "academia",
    }
    sent = client.post(address("people_invite", drafted), given, follow=True)
    assert "is on its way" in sent.content.decode()
    person = User.objects.get(email="nadia@example.org")
    assert (person.language, person.has_usable_password()) == ("fr", False)
    assert part_of(drafted, person, Role.STAKEHOLDER).category == "academia"
    job = OutboxJob.objects.get(kind="account")
    assert (job.payload, job.profile_id) == ({"kind": "invitation", "user": person.pk}, drafted.pk)
    again = client.post(address("people_invite", drafted), given, follow=True).content.decode()
    assert "Nadia Saïdi has this role already, and got no further mail." in again
    assert "is on its way" not in again
    assert OutboxJob.objects.filter(kind="account").count() == 1
    other = {**given, "role": "translator", "category": ""}
    refused = client.post(address("people_invite", drafted), other)
    assert "There is an account with this address already." in refused.content.decode()
    assert 'value="Nadia Saïdi"' in refused.content.decode()
    # The part is refused: there is no account either, and no mail.
    long = {**given, "email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.org"}
    refused = client.post(address("people_invite", drafted), long)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    wrong = {**given, "email": "b@example.org", "role": "stakeholder", "category": ""}
    client.post(address("people_invite", drafted), wrong)
    assert not User.objects.filter(email="b@example.org").exists()
    assert OutboxJob.objects.filter(kind="account").count() == 1


def test_a_stakeholder_who_comes_late_is_asked_in_the_open_consultation(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    client = signed_in(made.team)
    late, later = factories.make_person("late"), factories.make_person("later")
    given = {"role": "stakeholder", "category": "academia"}
    client.post(f"{address('people_add', profile)}?person={late.pk}", {**given, "ask_now": "on"})
    assert Task.objects.open().filter(owner=late, signoff__person=late).count() == 1
    client.post(f"{address('people_add', profile)}?person={later.pk}", given)
    part = part_of(profile, later, Role.STAKEHOLDER)
    ask = address("people_ask", profile, part.pk)
    assert ask in page(client, "people", profile.slug)
    client.post(ask)
    assert Task.objects.open().filter(owner=later).count() == 1
    assert ask not in page(client, "people", profile.slug)
    told = client.post(ask, follow=True).content.decode()
    assert "This person has been asked already." in told
    # A part that nobody is consulted in is not given when asking was wanted with it.
    other = factories.make_person("other")
    wrong = {"role": "translator", "ask_now": "on"}
    answer = client.post(f"{address('people_add', profile)}?person={other.pk}", wrong)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert not Assignment.objects.filter(user=other).exists()


# Taking a part back


def test_a_part_ends_its_tasks_wait_for_the_role_and_the_log_says_why(made, drafted):
    expert, client = made[Role.LOCAL_EXPERT], signed_in(made.team)
    one = factories.section(drafted, "1")
    task = Task.objects.open().get(section=one)
    engine.delegate(task, to=expert, by=made.team, at=timezone.now())
    part = part_of(drafted, expert, Role.LOCAL_EXPERT)
    stand_in = factories.make_person("stand_in")
    today = timezone.localdate()
    people.substitute(
        part, by_user=stand_in, starts_on=today, ends_on=today, by=made.team, at=timezone.now()
    )
    url = address("people_end", drafted, part.pk)
    assert client.post(url, {"reason": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    told = client.post(url, {"reason": REASON}, follow=True).content.decode()
    assert "3 tasks wait for the role again." in told
    assert not Task.objects.open().filter(profile=drafted, owner__isnull=False).exists()
    assert factories.section(drafted, "1").author is None
    for somebody in (expert, stand_in):
        gone = signed_in(somebody).get(address("profile", drafted))
        assert gone.status_code == HTTPStatus.NOT_FOUND
    assert Event.objects.filter(profile=drafted, move="end_part").count() == 2
    assert REASON in page(client, "history", drafted.slug)
    assert list(broken_links(factories.fresh(drafted))) == []
    assert client.post(url, {"reason": REASON}).status_code == HTTPStatus.CONFLICT
    # It is undone by giving the part again.
    client.post(f"{address('people_add', drafted)}?person={expert.pk}", {"role": "local_expert"})
    assert signed_in(expert).get(address("profile", drafted)).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("role", "move", "code"),
    [
        (Role.LOCAL_EXPERT, "begin_inception", "role_vacant"),
        (Role.CITY_AUTHORITY, "begin_inception", "role_vacant"),
        (Role.STAKEHOLDER, "pass_qa", "no_stakeholder"),
    ],
)
def test_a_role_is_vacant_when_its_last_part_has_ended(made, role, move, code):
    profile = factories.make_profile(made)

    def lacks():
        found = requirements.missing_for(f"profile.{move}", factories.fresh(profile))
        return code in {one.code for one in found}

    *others, last = profile.assignments.filter(role=role)
    for part in others:
        engine.end_part(part, by=made.team, at=timezone.now(), reason=REASON)
    assert not lacks()
    today = timezone.now().date()
    days = {"starts_on": today, "ends_on": today + timedelta(days=9)}
    stand_in = factories.make_person("stand_in")
    people.substitute(last, by_user=stand_in, **days, by=made.team, at=timezone.now())
    # The part itself, not who stands in for it, is what has to be there.
    Assignment.objects.filter(pk=last.pk).update(ends_on=today - timedelta(days=1))
    assert lacks()


def test_who_keeps_a_role_for_his_tasks_keeps_the_tasks(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    people.assign(drafted, [people.Part(expert, Role.CO_AUTHOR)], by=made.team, at=timezone.now())
    part = part_of(drafted, expert, Role.LOCAL_EXPERT)
    assert engine.end_part(part, by=made.team, at=timezone.now(), reason=REASON) == 0
    assert Task.objects.open().filter(profile=drafted, owner=expert).count() == 3


def test_a_part_of_another_profile_is_not_there(made, drafted):
    foreign = factories.make_profile()
    part = foreign.assignments.first()
    client = signed_in(made.team)
    for name in ("people_end", "people_substitute", "people_ask"):
        answer = client.post(address(name, drafted, part.pk), {"reason": REASON})
        assert answer.status_code == HTTPStatus.NOT_FOUND


# Handing a task over


def test_a_task_is_handed_to_somebody_who_holds_its_role(made, drafted):
    mate = factories.make_person("mate")
    people.assign(drafted, [people.Part(mate, Role.CO_AUTHOR)], by=made.team, at=timezone.now())
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    url = reverse("task_delegate", args=[task.pk])
    client = signed_in(made[Role.LOCAL_EXPERT])
    assert url in page(client, "task", task.pk)
    text = page(client, "task_delegate", task.pk)
    assert mate.full_name in text
    assert made[Role.INTERNATIONAL_EXPERT].full_name not in text
    wrong = client.post(url, {"person": made[Role.INTERNATIONAL_EXPERT].pk})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = client.post(url, {"person": mate.pk, "reason": "You know the subject."})
    assert done.status_code == HTTPStatus.FOUND
    assert factories.fresh(task).owner == mate
    mail = OutboxJob.objects.filter(payload__user=mate.pk, payload__kind="tasks_opened").latest(
        "pk"
    )
    assert mail.payload["reason_event"]


def test_a_task_that_is_not_ones_own_or_is_done_is_not_handed_over(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    url = reverse("task_delegate", args=[task.pk])
    assert url not in page(signed_in(made[Role.OBSERVER]), "task", task.pk)
    assert signed_in(made[Role.OBSERVER]).get(url).status_code == HTTPStatus.FORBIDDEN
    alone = Task.objects.open().get(profile=factories.make_profile(made))
    assert "Nobody else holds the role" in page(signed_in(made.team), "task_delegate", alone.pk)
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", made[Role.LOCAL_EXPERT])
    gone = signed_in(made.team).get(url)
    assert (gone.status_code, gone["Location"]) == (302, reverse("task", args=[task.pk]))


def test_an_answer_is_not_handed_over(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    task = Task.objects.open().filter(profile=profile, owner=made[Role.STAKEHOLDER]).get()
    answer = signed_in(made.team).get(reverse("task_delegate", args=[task.pk]))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "An answer is personal" in answer.content.decode()


# Deadlines


def test_deadlines_are_changed_with_a_reason_and_told(made, drafted):
    client, url = signed_in(made.team), address("deadlines", drafted)
    first, second, third = Task.objects.open().filter(profile=drafted).order_by("pk")
    Task.objects.filter(pk=first.pk).update(reminded_at=timezone.now())
    day = timezone.localdate() + timedelta(days=100)
    given = {"tasks": [first.pk, second.pk], "due_on": day.isoformat(), "reason": "Ramadan."}
    assert client.post(url, given).status_code == HTTPStatus.FOUND
    first, second, untouched = (factories.fresh(one) for one in (first, second, third))
    assert first.due_at == second.due_at
    assert (first.due_at.date(), first.reminded_at) == (day, None)
    assert untouched.due_at == third.due_at
    (mail,) = OutboxJob.objects.filter(payload__kind="deadline_changed")
    assert mail.payload["user"] == made[Role.LOCAL_EXPERT].pk
    assert sorted(mail.payload["tasks"]) == [first.pk, second.pk]
    text = page(client, "history", drafted.slug)
    assert "Change the deadline" in text
    assert "Ramadan." in text


def test_only_deadlines_that_were_changed_are_counted(made, drafted, monkeypatch):
    first, second = Task.objects.open().filter(profile=drafted).order_by("pk")[:2]
    change = engine.change_deadlines

    def submitted_meanwhile(*args, **given):
        factories.write(first.section, "Text.")
        factories.move(factories.section(drafted, first.section.key), "submit", first.owner)
        return change(*args, **given)

    monkeypatch.setattr(engine, "change_deadlines", submitted_meanwhile)
    given = {"tasks": [first.pk, second.pk], "due_on": "2099-01-01", "reason": "Ramadan."}
    client, url = signed_in(made.team), address("deadlines", drafted)
    text = client.post(url, given, follow=True).content.decode()
    assert "1 task has another deadline; its owner gets a mail." in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tasks": []}, "Choose at least one task."),
        ({"due_on": "2020-01-01"}, "This day is over already in the city."),
        ({"due_on": "9999-12-31"}, "Ensure this value is less than or equal to"),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_a_deadline_that_cannot_be_is_refused_beside_its_field(made, drafted, change, said):
    task = Task.objects.open().filter(profile=drafted).first()
    given = {"tasks": [task.pk], "due_on": "2099-01-01", "reason": "Ramadan.", **change}
    answer = signed_in(made.team).post(address("deadlines", drafted), given)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert factories.fresh(task).due_at == task.due_at


def test_no_deadline_is_changed_on_hold_or_after_the_task(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    day = timezone.localdate() + timedelta(days=100)
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", made[Role.LOCAL_EXPERT])
    given = {"due_on": day, "by": made.team, "at": timezone.now(), "reason": "Ramadan."}
    with pytest.raises(NotNow, match="None of these tasks"):
        engine.change_deadlines(drafted, [task], **given)
    factories.move(drafted, "hold", made.team, reason="Elections.")
    with pytest.raises(NotNow, match="on hold"):
        engine.change_deadlines(drafted, [task], **given)


# Moves beside the tasks


def test_a_move_says_what_it_does_and_how_it_is_undone(made, drafted):
    text = page(signed_in(made.team), "profile_move", drafted.slug, "hold")
    assert "“Resume” undoes it." in text


def test_a_submitted_section_is_taken_back_from_its_task(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", made[Role.LOCAL_EXPERT])
    client = signed_in(made[Role.LOCAL_EXPERT])
    url = address("section_move", drafted, "1", "take_back")
    assert url in page(client, "task", task.pk)
    assert url not in page(signed_in(made[Role.OBSERVER]), "task", task.pk)
    assert "Submit it again to undo it." in client.get(url).content.decode()
    no_reason = client.post(url, {"move": "take_back", "reason": ""})
    assert no_reason.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(url, {"move": "take_back", "reason": "A figure is wrong."})
    assert factories.section(drafted, "1").state == "drafting"
