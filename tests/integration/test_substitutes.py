"""Who stands in for whom: naming a substitute, what he may do, and how it ends."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.utils import timezone

from profile_workflow.errors import MadeAlready, NotAllowed, NotNow
from profile_workflow.models import Assignment, Event, SignOff, User
from profile_workflow.queries import history
from profile_workflow.services import people
from profile_workflow.services.log import broken_links, head_of
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import address, page, signed_in
from workflows import deadlines, engine, letters
from workflows.letters import MailKind
from workflows.models import OutboxJob, Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

REASON = "She has moved to another city."


def part_of(profile, user, role):
    return Assignment.objects.get(profile=profile, user=user, role=role)


# Naming


def test_a_substitute_is_named_by_the_team_and_by_the_person_himself(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    part = part_of(drafted, expert, Role.LOCAL_EXPERT)
    stand_in = factories.make_person("stand_in")
    today = timezone.localdate()
    given = {"email": stand_in.email, "starts_on": today, "ends_on": today + timedelta(days=9)}
    url = address("people_substitute", drafted, part.pk)
    assert signed_in(expert).post(url, given).status_code == HTTPStatus.FOUND
    made_one = Assignment.objects.get(user=stand_in)
    assert (made_one.stands_in_for_id, made_one.starts_on) == (part.pk, today)
    text = page(signed_in(made.team), "people", drafted.slug)
    assert f"{stand_in.full_name} stands in from" in text
    assert url in page(signed_in(expert), "people", drafted.slug)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person": "nobody@example.org"}, "has an account"),
        ({"ends_on": "2020-01-01"}, "The last day is before the first."),
        ({"ends_on": "soon"}, "Enter a valid date."),
    ],
)
def test_a_substitute_that_cannot_be_is_refused_beside_its_field(made, drafted, change, said):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    stand_in = factories.make_person("stand_in")
    given = {"person": stand_in.email, "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    url = address("people_substitute", drafted, part.pk)
    answer = signed_in(made.team).post(url, {**given, **change})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    judge = made[Role.INTERNATIONAL_EXPERT]
    refused = signed_in(made.team).post(url, {**given, "person": judge.full_name})
    assert "cannot judge it too" in refused.content.decode()
    assert not Assignment.objects.filter(stands_in_for=part).exists()


def test_two_people_of_one_name_are_told_apart_by_their_address(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    twins = [factories.make_person("twin") for _ in range(2)]
    User.objects.filter(pk__in=[one.pk for one in twins]).update(full_name="Sami Twin")
    given = {"person": "Sami Twin", "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    answer = signed_in(made.team).post(address("people_substitute", drafted, part.pk), given)
    assert "Several people are called" in answer.content.decode()


def given_until(days, person):
    today = timezone.now().date()
    return {
        "person": person.email,
        "email": person.email,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=days)).isoformat(),
    }


def test_the_holder_does_not_learn_whether_an_address_has_an_account(made, drafted):
    expert, free = made[Role.LOCAL_EXPERT], factories.make_person()
    closed = factories.make_person(is_active=False)
    url = address("people_substitute", drafted, part_of(drafted, expert, Role.LOCAL_EXPERT).pk)
    client, today = signed_in(expert), timezone.localdate()
    days = {"starts_on": today + timedelta(days=1), "ends_on": today + timedelta(days=9)}
    judge = made[Role.INTERNATIONAL_EXPERT]
    addresses = ["nobody@example.org", judge.email, closed.email, free.email]
    answers = set()
    for email in addresses:
        answer = client.post(url, {"email": email, **days}, follow=True)
        token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
        answers.add((answer.redirect_chain[0], token.sub("", answer.content.decode())))
    assert len(answers) == 1
    assert [one.user for one in Assignment.objects.filter(stands_in_for__user=expert)] == [free]
    told = OutboxJob.objects.filter(payload__kind=MailKind.SUBSTITUTE).order_by("pk")
    readers = [job.payload["user"] for job in told]
    assert readers == [*[made.team.pk] * 3, free.pk, made.team.pk]
    words = [letters.compose(job.payload).text for job in told]
    assert ["nobody could be named" in " ".join(one.split()) for one in words] == [
        *[True] * 3, False, False,
    ]  # fmt: skip
    assert f"You stand in for {expert.full_name}" in words[3]
    assert f"{free.full_name} stands in for {expert.full_name}" in " ".join(words[4].split())
    assert not [one for one in addresses if one in "".join(words)]
    assert client.post(url, {"email": addresses[0], **days}).status_code == HTTPStatus.FOUND
    often = client.post(url, {"email": addresses[0], **days})
    assert often.status_code == HTTPStatus.CONFLICT
    assert "Too many attempts" in often.content.decode()


def test_the_number_of_a_part_does_not_tell_whether_it_is_there(made, drafted):
    expert, now = made[Role.LOCAL_EXPERT], timezone.now()
    part, client = part_of(drafted, expert, Role.LOCAL_EXPERT), signed_in(expert)
    first = now.date() + timedelta(days=3)
    days = {"starts_on": first, "ends_on": first}
    engine.ask_for_substitute(part, email=factories.make_person().email, **days, by=expert, at=now)
    lent = part.substitutes.get()
    others = part_of(drafted, made[Role.INTERNATIONAL_EXPERT], Role.INTERNATIONAL_EXPERT)
    # Whose part it is stands on the page of the people; only what is lent is not told at once.
    of_nobody, hidden = [lent.pk, lent.pk + 1], [lent.pk, lent.pk + 1, others.pk]
    asked = {"people_substitute": hidden, "people_end": hidden, "people_ask": of_nobody}
    for name, numbers in asked.items():
        told = set()
        for number in numbers:
            answer = client.post(address(name, drafted, number))
            bare = re.sub(r'value="[^"]+"|/\d+/', "", answer.content.decode())
            told.add((answer.status_code, bare))
            read = client.get(address(name, drafted, number))
            assert read.status_code == answer.status_code or name == "people_ask"
        ((status, _page),) = told
        assert status == HTTPStatus.NOT_FOUND
    seen = signed_in(made.team).get(address("people_end", drafted, lent.pk))
    assert seen.status_code == HTTPStatus.OK


def history_of(profile, viewer, *, since=0):
    """Return what a reader's history tells beyond the numbers and seals, oldest first."""
    numbers = list(history.events_of(profile, history.Wanted(), viewer=viewer))
    told = history.lines(profile, numbers, viewer=viewer)
    return [
        (one.what, one.about, one.who, one.role, one.to_label, one.reason)
        for one in reversed(told)
        if one.event.seq > since
    ]


def test_the_history_does_not_tell_whether_an_address_has_an_account(made, drafted):
    expert, free, now = made[Role.LOCAL_EXPERT], factories.make_person(), timezone.now()
    part = part_of(drafted, expert, Role.LOCAL_EXPERT)
    today = now.date()
    days = {"starts_on": today + timedelta(days=1), "ends_on": today + timedelta(days=9)}
    before, _seal = head_of(drafted)

    def asked(email, at=now):
        engine.ask_for_substitute(part, email=email, **days, by=expert, at=at)

    for email in ("nobody@example.org", made[Role.INTERNATIONAL_EXPERT].email, free.email):
        asked(email)
        with pytest.raises(MadeAlready):
            asked(email)
        # A quarter of an hour later it is no second click any more.
        asked(email, now + timedelta(minutes=16))
    told = history_of(drafted, expert, since=before)
    assert len(told) == head_of(drafted)[0] - before == 6
    (line,) = set(told)
    assert line[:3] == ("Name a substitute", expert.full_name, expert.full_name)
    assert history_of(drafted, made[Role.OBSERVER], since=before) == told
    of_team = history_of(drafted, made.team, since=before)
    assert [one[1] for one in of_team].count(free.full_name) == 1
    lent = part.substitutes.get()
    later = factories.fresh(drafted)
    later.moment = now + timedelta(days=1)
    assert history_of(later, expert, since=before) == of_team
    # Nor does taking the wish back tell it, whoever does so.
    number, _seal = head_of(drafted)
    engine.end_part(part, by=expert, at=now, reason=REASON)
    assert factories.fresh(lent).ends_on < today
    engine.end_part(part, by=expert, at=now, reason=REASON)
    ended = history_of(drafted, expert, since=number)
    assert len(ended) == head_of(drafted)[0] - number == 2
    assert ended[0] == ended[1]
    assert ended[0][0] == "End the substitution"
    assert history_of(later, expert, since=before)[:6] == told


def test_the_end_of_a_substitution_that_never_began_is_told_to_the_team_alone(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    now, number = timezone.now(), head_of(drafted)[0]
    for first in (0, 3):
        days = {"starts_on": now.date() + timedelta(days=first)}
        days["ends_on"] = days["starts_on"] + timedelta(days=5)
        stand_in = factories.make_person()
        lent = people.substitute(part, by_user=stand_in, **days, by=made.team, at=now)
        engine.end_part(lent, by=made.team, at=now, reason=REASON)
    found = {
        viewer: [one[0] for one in history_of(drafted, viewer, since=number)]
        for viewer in (made.team, made[Role.LOCAL_EXPERT])
    }
    named, taken = "Name a substitute", "Take the part back"
    assert found[made.team] == [named, taken, named, taken]
    assert found[made[Role.LOCAL_EXPERT]] == [named, taken, named]


def test_the_holder_names_by_address_not_by_name(made, drafted):
    expert, free = made[Role.LOCAL_EXPERT], factories.make_person()
    url = address("people_substitute", drafted, part_of(drafted, expert, Role.LOCAL_EXPERT).pk)
    text = signed_in(expert).get(url).content.decode()
    assert 'type="email"' in text
    assert "<datalist" not in text
    given = {**given_until(9, free), "email": free.full_name}
    assert signed_in(expert).post(url, given).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    wrong = {**given_until(9, free), "ends_on": "2020-01-01"}
    refused = signed_in(expert).post(url, wrong)
    assert "The last day is before the first." in refused.content.decode()
    assert not Assignment.objects.filter(user=free).exists()


def test_who_had_a_part_does_not_lend_it_to_himself_again(made, drafted):
    focal_point, now = made[Role.FOCAL_POINT], timezone.now()
    part = part_of(drafted, focal_point, Role.FOCAL_POINT)
    people.assign(drafted, [people.Part(focal_point, Role.OBSERVER)], by=made.team, at=now)
    url, client = address("people_substitute", drafted, part.pk), signed_in(focal_point)
    before = Assignment.objects.count()
    itself = client.post(url, given_until(9, focal_point))
    assert itself.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Nobody stands in for himself" in itself.content.decode()
    engine.end_part(part, by=made.team, at=now, reason=REASON)
    for somebody in (focal_point, factories.make_person()):
        for closed in (client.get(url), client.post(url, given_until(9, somebody))):
            assert closed.status_code == HTTPStatus.CONFLICT
            assert "This part has ended already." in closed.content.decode()
    assert Assignment.objects.count() == before
    assert factories.fresh(drafted).roles_of(focal_point) == {Role.OBSERVER}


def test_a_part_ended_while_the_page_was_open_is_not_lent(made, drafted):
    part = part_of(drafted, made[Role.FOCAL_POINT], Role.FOCAL_POINT)
    now = timezone.now()
    engine.end_part(part, by=made.team, at=now, reason=REASON)
    part.ends_on = None
    days = {"starts_on": now.date(), "ends_on": now.date()}
    with pytest.raises(NotNow):
        people.substitute(
            part, by_user=factories.make_person(), **days, by=made[Role.FOCAL_POINT], at=now
        )


def test_a_substitute_lends_nothing_on_and_is_seen_after_the_part_has_ended(made, drafted):
    part = part_of(drafted, made[Role.FOCAL_POINT], Role.FOCAL_POINT)
    stand_in = factories.make_person("stand_in")
    team = signed_in(made.team)
    team.post(address("people_substitute", drafted, part.pk), given_until(5, stand_in))
    lent = Assignment.objects.get(user=stand_in)
    url = address("people_substitute", drafted, lent.pk)
    for client in (signed_in(stand_in), team):
        closed = client.post(url, given_until(365, factories.make_person()))
        assert closed.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "A substitute has no substitute himself" in closed.content.decode()
    assert not Assignment.objects.filter(stands_in_for=lent).exists()
    assert url not in page(team, "people", drafted.slug)
    # As rows of before could be: the part is over, who stands in for it is still there.
    Assignment.objects.filter(pk=part.pk).update(ends_on="2026-01-01")
    text = page(team, "people", drafted.slug)
    assert address("people_end", drafted, lent.pk) in text
    assert url not in text


def test_neither_a_substitute_nor_who_has_no_part_any_more_is_asked_late(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    late, stand_in, now = factories.make_person(), factories.make_person(), timezone.now()
    given = [people.Part(late, Role.STAKEHOLDER, "academia")]
    (part,) = people.assign(profile, given, by=made.team, at=now)
    days = {"starts_on": now.date(), "ends_on": now.date()}
    lent = people.substitute(part, by_user=stand_in, **days, by=made.team, at=now)
    client = signed_in(made.team)
    text = page(client, "people", profile.slug)
    assert address("people_ask", profile, part.pk) in text
    assert address("people_ask", profile, lent.pk) not in text
    for old in (lent, part):
        if old == part:
            engine.end_part(part, by=made.team, at=now, reason=REASON)
            assert address("people_ask", profile, old.pk) not in page(
                client, "people", profile.slug
            )
        told = client.post(address("people_ask", profile, old.pk), follow=True).content.decode()
        assert "The part has ended, or is that of a substitute" in told
        # As it stood on a page that was opened before.
        with pytest.raises(NotNow):
            engine.add_stakeholder(old, by=made.team, at=now)
    assert not SignOff.objects.filter(round__profile=profile, person__in=[late, stand_in]).exists()


SEVERAL = (Role.OBSERVER, Role.TRANSLATOR, Role.STAKEHOLDER, Role.CITY_AUTHORITY)


def test_the_part_that_is_lent_is_on_record_and_protects_a_stakeholder(made):
    member, now = factories.make_person("member"), timezone.now()
    profile = factories.make_profile(made)
    category = {Role.STAKEHOLDER: "academia"}
    given = [people.Part(member, role, category.get(role, "")) for role in SEVERAL]
    parts = people.assign(profile, given, by=made.team, at=now)
    days = {"starts_on": now.date(), "ends_on": now.date()}
    for by in (member, made.team):
        for part in parts:
            stand_in = factories.make_person()
            lent = people.substitute(part, by_user=stand_in, **days, by=by, at=now)
            event = Event.objects.get(profile=profile, document=f"assignment:{lent.pk}")
            assert event.role == (part.role if by == member else Role.PROJECT_TEAM)
            (line,) = history.lines(profile, [event.seq], viewer=made[Role.OBSERVER])
            is_hidden = by == member and part.role == Role.STAKEHOLDER
            assert (line.who == by.full_name) is not is_hidden


@pytest.mark.parametrize("role", [Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM])
def test_a_task_is_handed_over_in_the_role_that_allows_it(made, role):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    now, by, other = timezone.now(), made[role], factories.make_person()
    # In the alphabet before and after the roles that matter.
    given = [people.Part(by, Role.CITY_AUTHORITY), people.Part(by, Role.TRANSLATOR)]
    given.append(people.Part(other, Role.INTERNATIONAL_EXPERT))
    people.assign(profile, given, by=made.team, at=now)
    task = Task.objects.open().get(section__profile=profile, section__key="1")
    engine.delegate(task, to=other, by=by, at=now, reason=REASON)
    event = Event.objects.get(profile=profile, document=f"task:{task.pk}", move="delegate")
    assert event.role == role


# What he takes on, and leaves


def taken_over(made, profile):
    """Return the substitution of somebody who has taken the task of section 1, and that task."""
    expert = made[Role.LOCAL_EXPERT]
    part = part_of(profile, expert, Role.LOCAL_EXPERT)
    stand_in, now = factories.make_person("stand_in"), timezone.now()
    days = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=1)}
    lent = people.substitute(part, by_user=stand_in, **days, by=made.team, at=now)
    task = Task.objects.open().get(section__profile=profile, section__key="1")
    engine.release(task, by=expert, at=now)
    engine.claim(task, by=stand_in, at=now)
    assert factories.section(profile, "1").author == stand_in
    return lent, task


def test_a_substitution_ends_and_the_task_waits_for_the_role_again(made, drafted):
    lent, task = taken_over(made, drafted)
    expert, now = made[Role.LOCAL_EXPERT], timezone.now()
    assert engine.end_part(lent, by=made.team, at=now, reason=REASON) == 1
    assert (factories.fresh(task).owner, factories.section(drafted, "1").author) == (None, None)
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", expert)


def test_a_part_ends_and_its_substitute_keeps_nothing(made, drafted):
    _lent, task = taken_over(made, drafted)
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    assert engine.end_part(part, by=made.team, at=timezone.now(), reason=REASON) == 3
    assert (factories.fresh(task).owner, factories.section(drafted, "1").author) == (None, None)


def test_what_a_substitute_has_taken_waits_again_when_his_days_are_over(made, drafted):
    lent, task = taken_over(made, drafted)
    Task.objects.update(due_at=None)
    now = timezone.now()
    last, after = now + timedelta(days=1), now + timedelta(days=2)
    assert deadlines.sweep(at=last) == 0
    assert factories.fresh(task).owner == lent.user
    assert deadlines.sweep(at=after) == 1
    assert (factories.fresh(task).owner, factories.section(drafted, "1").author) == (None, None)
    assert Task.objects.open().filter(owner=made[Role.LOCAL_EXPERT]).count() == 2
    told = Event.objects.get(profile=drafted, document=f"task:{task.pk}", at=after)
    assert (told.move, told.actor) == ("release", None)
    assert list(broken_links(factories.fresh(drafted))) == []
    assert engine.substitutions_to_clear_up(after) == []
    assert deadlines.sweep(at=after) == 0


def test_who_has_a_part_of_his_own_by_then_keeps_what_he_has_taken(made, drafted):
    lent, task = taken_over(made, drafted)
    Task.objects.update(due_at=None)
    own = [people.Part(lent.user, Role.CO_AUTHOR)]
    people.assign(drafted, own, by=made.team, at=timezone.now())
    assert deadlines.sweep(at=timezone.now() + timedelta(days=2)) == 0
    assert factories.fresh(task).owner == factories.section(drafted, "1").author == lent.user


def test_a_substitute_of_a_co_author_writes_his_sections_and_no_others(made, drafted):
    now, (author, stand_in) = timezone.now(), (factories.make_person() for _ in range(2))
    (part,) = people.assign(drafted, [people.Part(author, Role.CO_AUTHOR)], by=made.team, at=now)
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    engine.delegate(task, to=author, by=made.team, at=now)
    days = {"starts_on": now.date(), "ends_on": now.date()}
    people.substitute(part, by_user=stand_in, **days, by=author, at=now)
    factories.write(factories.section(drafted, "1"), "Text.", by=stand_in)
    with pytest.raises(NotAllowed):
        factories.write(factories.section(drafted, "2"), "Text.", by=stand_in)
    tomorrow = now + timedelta(days=1)
    with pytest.raises(NotAllowed):
        factories.write(factories.section(drafted, "1"), "Text.", by=stand_in, at=tomorrow)
    factories.move(factories.section(drafted, "1"), "submit", stand_in)


def test_a_substitution_ends_alone(made, drafted):
    part = part_of(drafted, made[Role.LOCAL_EXPERT], Role.LOCAL_EXPERT)
    today = timezone.localdate()
    lent = people.substitute(
        part,
        by_user=factories.make_person(),
        starts_on=today,
        ends_on=today + timedelta(days=9),
        by=made.team,
        at=timezone.now(),
    )
    assert engine.end_part(lent, by=made.team, at=timezone.now(), reason=REASON) == 0
    assert factories.fresh(lent).ends_on < today
    assert factories.fresh(part).ends_on is None
