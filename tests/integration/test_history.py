"""The history: what its filters find, what they must not tell, and the file of it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, Event, Profile, User
from profile_workflow.queries import history
from profile_workflow.queries.history import Subject, Wanted
from profile_workflow.states import Attribution, ProfileState, Role
from reports.models import Build
from tests import factories
from workflows.queries import timeline

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def profile(made):
    """A profile that is consulted about, with a remark and a PDF of every kind of person."""
    profile = factories.make_profile(made, at=START)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION, at=START + timedelta(days=1))
    profile = factories.promise_unsealed(profile, Attribution.CHATHAM_HOUSE)
    for number, role in enumerate((Role.STAKEHOLDER, Role.FOCAL_POINT)):
        at = START + timedelta(days=2 + number)
        factories.comment_on(factories.section(profile, "1"), made[role], at=at)
    for role in (Role.STAKEHOLDER, Role.TRANSLATOR):
        build(profile, made[role], at=START + timedelta(days=5))
    factories.move(
        factories.asked(profile)[0], "approve", factories.asked(profile)[0].person,
        at=START + timedelta(days=6),
    )  # fmt: skip
    return profile


def build(profile, by, *, at, kind=Build.Kind.CONSULTATION, **fields):
    return Build.objects.create(
        profile=profile, language="en", kind=kind, requested_by=by,
        created_at=at, **{"digest": "d" * 64, **fields},
    )  # fmt: skip


def found(profile, viewer, **wanted):
    profile = Profile.objects.get(pk=profile.pk)
    places = list(timeline.places(profile, Wanted(**wanted), viewer=viewer))
    return timeline.happenings(profile, places, viewer=viewer)


def page(user, profile, **query):
    client = Client()
    client.force_login(user)
    response = client.get(reverse("history", args=[profile.slug]), query)
    assert response.status_code == HTTPStatus.OK
    return response


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Africa/Tunis", "America/Lima"])
def test_days_that_are_no_moments_everywhere_leave_nothing_out(made, profile, day, zone):
    User.objects.filter(pk=made.team.pk).update(time_zone=zone)
    for name in ("since", "until"):
        text = page(made.team, profile, **{name: day}).content.decode()
        assert "Ensure this value is" in text
        assert "Nominate" in text


def test_everything_is_there_once_and_newest_first(made, profile):
    all_of_it = found(profile, made.team)
    assert len(all_of_it) == Event.objects.filter(profile=profile).count() + 2
    moments = [one.at for one in all_of_it]
    assert moments == sorted(moments, reverse=True)
    parts = [found(profile, made.team, kind=subject) for subject in Subject]
    assert sum(map(len, parts)) == len(all_of_it)
    nothing_of = {subject for subject, part in zip(Subject, parts, strict=True) if not part}
    silent = {Subject.FIGURES, Subject.QUALITY, Subject.REQUESTS, Subject.WORKSHOP}
    assert nothing_of == silent


def test_days_are_those_of_the_reader(made, profile):
    one_day = (START + timedelta(days=2)).date()
    inside = found(profile, made.team, since=one_day, until=one_day)
    assert [one.line.event.move for one in inside] == ["make"]
    late = found(profile, made.team, since=(START + timedelta(days=6)).date())
    assert {one.at for one in late} == {START + timedelta(days=6)}
    early = found(profile, made.team, until=START.date())
    assert len(early) + len(found(profile, made.team, since=START.date() + timedelta(days=1))) == (
        len(found(profile, made.team))
    )
    with timezone.override("Pacific/Kiritimati"):
        shifted = found(profile, made.team, since=one_day, until=one_day)
        assert [one.day for one in shifted] == [one_day] * len(shifted)


@pytest.mark.repeats
@pytest.mark.any_database
def test_the_person_filter_tells_nothing_that_the_page_does_not_show(made, profile):
    """For every reader and every person: what is found under a name is shown under that name.

    Of who may not be shown, in what is told of each subject too.
    """
    hidden = made[Role.STAKEHOLDER]
    for role in Role:
        viewer = made[role]
        for person in User.objects.filter(assignments__profile=profile).distinct():
            for subject in ("", *Subject) if person == hidden else ("",):
                for one in found(profile, viewer, person=person.pk, kind=subject):
                    shown = one.line.who if one.line else one.build.by
                    assert shown == person.full_name, (role, person, subject)


def test_who_is_not_shown_cannot_be_chosen(made, profile):
    hidden = made[Role.STAKEHOLDER]
    for role in set(Role) - {Role.PROJECT_TEAM, Role.STAKEHOLDER}:
        names = timeline.people_in(Profile.objects.get(pk=profile.pk), viewer=made[role])
        assert hidden not in names, role
        text = page(made[role], profile, person=hidden.pk).content.decode()
        assert hidden.full_name not in text, role
        answer = page(made[role], profile, output="csv").content.decode()
        assert hidden.full_name not in answer, role
    for viewer in (made.team, hidden):
        chosen = timeline.people_in(Profile.objects.get(pk=profile.pk), viewer=viewer)
        assert hidden in chosen
        assert len(found(profile, viewer, person=hidden.pk)) >= 2
        assert hidden.full_name in page(viewer, profile).content.decode()


def test_what_hides_a_name_would_be_seen(made, profile):
    """The two tests above can fail: with answers by name the filter finds the remark."""
    Profile.objects.filter(pk=profile.pk).update(attribution=Attribution.NAMED)
    Comment.objects.update(attribution=Attribution.NAMED)
    text = page(made[Role.OBSERVER], profile).content.decode()
    assert made[Role.STAKEHOLDER].full_name in text


def test_a_hidden_act_has_a_day_but_no_time_in_the_file(made, profile):
    answer = page(made[Role.OBSERVER], profile, kind="comment", output="csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "private, no-store" in answer["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["When"] for row in rows] == ["2026-03-05", "2026-03-04"]
    assert {row["Who"] for row in rows} == {"A participant"}
    exact = page(made.team, profile, kind="comment", output="csv").content.decode()
    assert "2026-03-04 09:00" in exact


def test_what_one_person_sent_at_once_does_not_stand_together(made, profile):
    """Nor is it numbered, for whom it has no name and no time; whoever sees names sees the log."""
    at = START + timedelta(days=8)
    for person in (made[Role.STAKEHOLDER], made[Role.FOCAL_POINT]):
        for section in factories.sections(profile):
            factories.comment_on(section, person, at=at)
    observer, told = made[Role.OBSERVER], {}
    for viewer in (made.team, observer):
        day = found(profile, viewer, since=at.date(), until=at.date())
        told[viewer] = [one.line.event for one in day]
    sent = [one.seq for one in told[made.team]]
    assert sent == sorted(sent, reverse=True)
    mixed = [one.hash for one in told[observer]]
    assert mixed == sorted(mixed)
    assert {one.hash for one in told[made.team]} == set(mixed)
    text = page(observer, profile).content.decode()
    rows = page(observer, profile, output="csv").content.decode("utf-8-sig").splitlines()
    for number in sent:
        assert f'id="e{number}"' not in text
        assert f'number={number}"' not in text
        assert not [row for row in rows if row.startswith(f"{number},")]
        assert found(profile, observer, number=number) == []
        assert len(found(profile, made.team, number=number)) == 1
    assert f'id="e{sent[0]}"' in page(made.team, profile).content.decode()


@pytest.mark.any_database
def test_what_is_told_by_its_day_is_what_shows_no_name(made, profile):
    """The order of the list follows the words of its lines, for every reader."""
    numbers = list(Event.objects.filter(profile=profile).values_list("seq", flat=True))
    found_some = set()
    for attribution in Attribution:
        Profile.objects.filter(pk=profile.pk).update(attribution=attribution)
        Comment.objects.filter(author=made[Role.STAKEHOLDER]).update(attribution=attribution)
        for role in Role:
            fresh = Profile.objects.get(pk=profile.pk)
            by_day = history.told_by_day(fresh, viewer=made[role])
            told = set(Event.objects.filter(by_day, profile=fresh).values_list("seq", flat=True))
            shown = history.lines(fresh, numbers, viewer=made[role])
            assert told == {one.event.seq for one in shown if not one.exact}
            found_some.add(bool(told))
    assert found_some == {True, False}


@pytest.mark.any_database
def test_a_day_that_is_told_alone_is_the_citys_wherever_the_reader_says_he_is(made, profile):
    """By moving his own zone he would find out at what time it was."""
    # 23:30 in Tunis; elsewhere it is the next day, or still the afternoon.
    at, day = datetime(2026, 4, 2, 22, 30, tzinfo=UTC), date(2026, 4, 2)
    factories.comment_on(factories.section(profile, "2"), made[Role.STAKEHOLDER], at=at)
    late = Event.objects.filter(profile=profile).latest("seq")
    for zone in ("Africa/Tunis", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        reader = made[Role.LOCAL_EXPERT]
        User.objects.filter(pk=reader.pk).update(time_zone=zone)
        with timezone.override(zone):
            told = [one for one in found(profile, reader) if one.line and not one.line.exact]
            assert day in {one.day for one in told}
            within = found(profile, reader, since=day, until=day)
            assert late.hash in {one.line.event.hash for one in within if one.line}
            for near in (day - timedelta(days=1), day + timedelta(days=1)):
                beside = found(profile, reader, since=near, until=near)
                assert late.hash not in {one.line.event.hash for one in beside if one.line}
        client = Client()
        client.force_login(reader)
        table = client.get(reverse("responses_file", args=[profile.slug, "csv"]))
        assert "2026-04-02" in b"".join(table).decode("utf-8-sig")
        review = client.get(reverse("section_review", args=[profile.slug, "2"])).content.decode()
        assert '<time datetime="2026-04-02">' in review


def test_the_file_holds_what_the_filter_leaves_and_no_formula(made, profile):
    factories.move(profile, "hold", made.team, reason="=1+1")
    rows = list(
        csv.reader(io.StringIO(page(made.team, profile, output="csv").content.decode("utf-8-sig")))
    )
    assert len(rows) == len(found(profile, made.team)) + 1
    assert any("'=1+1" in row for row in rows)
    only = page(made.team, profile, kind="build", output="csv").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(only)))) == 3


def test_an_event_has_an_address_of_its_own(made, profile):
    number = Event.objects.get(profile=profile, move="submit_draft").seq
    text = page(made.team, profile, number=number).content.decode()
    assert f"Event No. {number}" in text
    assert text.count('id="e') - text.count('id="e"') == 1
    assert "Nothing has happened" in page(made.team, profile, number=99_999).content.decode()


def test_working_text_is_not_told_of_to_whom_it_is_closed(made, profile):
    build(profile, made.team, at=START + timedelta(days=7), kind=Build.Kind.PREVIEW)
    assert len(found(profile, made.team, kind="build")) == 3
    assert len(found(profile, made[Role.STAKEHOLDER], kind="build")) == 2


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"since": "9999-12-31", "until": "0001-01-01"},
        {"until": "9999-12-31"},
        {"kind": "nonsense", "section": "nowhere", "person": "x"},
        {"number": "-1"},
        {"number": "9" * 40},
        {"page": "NaN", "output": "exe"},
        {"person": "\x00"},
    ],
)
def test_no_address_is_an_error(made, profile, query):
    page(made.team, profile, **query)


def test_what_cannot_be_read_is_said_and_leaves_the_rest(made, profile):
    text = page(made.team, profile, since="yesterday", kind="comment").content.decode()
    assert "Enter a valid date." in text
    assert "2 events, newest first" in text
