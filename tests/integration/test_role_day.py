"""On which day roles count: one for everybody, whatever zone a person has chosen for himself."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow import days
from profile_workflow.errors import NotAllowed
from profile_workflow.models import Assignment, Profile, User
from profile_workflow.services import comments, evidence, people, priorities
from profile_workflow.states import CommentKind, ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in
from workflows import queries

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
TODAY = date(2026, 3, 10)
#: In the morning it is yesterday still in the west, in the evening tomorrow already in the east.
MORNING, EVENING = datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 20, tzinfo=UTC)
WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def lend(profile, made, role, *, starts_on, ends_on, zone):
    """Return who stands in for a role on some days and lives in a zone."""
    stand_in = factories.make_person("stand_in", time_zone=zone)
    part = profile.assignments.get(role=role, stands_in_for=None)
    given = {"starts_on": starts_on, "ends_on": ends_on, "by": made.team, "at": START}
    people.substitute(part, by_user=stand_in, **given)
    return stand_in


@pytest.mark.parametrize(
    ("now", "zone", "first", "opens"),
    [
        (MORNING, WEST, TODAY - timedelta(days=9), False),
        (EVENING, EAST, TODAY + timedelta(days=1), False),
        (MORNING, WEST, TODAY, True),
        (EVENING, EAST, TODAY, True),
    ],
)
def test_a_part_opens_the_profile_on_the_days_of_the_log(
    made, monkeypatch, now, zone, first, opens
):
    profile = factories.bring_to(factories.make_profile(made, at=START), S.DRAFTING, at=START)
    last = TODAY if opens else max(first, TODAY - timedelta(days=1))
    days_of = {"starts_on": first, "ends_on": last}
    stand_in = lend(profile, made, Role.LOCAL_EXPERT, **days_of, zone=zone)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client = signed_in(stand_in)
    with timezone.override(zone):
        assert timezone.localdate() != TODAY
        assert (Profile.objects.visible_to(stand_in).count() == 1) is opens
        assert bool(queries.inbox(stand_in, now).number) is opens
        assert bool(factories.fresh(profile).roles_of(stand_in)) is opens
    status = HTTPStatus.OK if opens else HTTPStatus.NOT_FOUND
    for name in ("profile", "section_edit"):
        where = reverse(name, args=[profile.slug, *(["1"] if name == "section_edit" else [])])
        assert client.get(where).status_code == status


def test_the_project_team_is_judged_on_the_same_day(made, monkeypatch):
    yesterday = TODAY - timedelta(days=1)
    Assignment.objects.filter(user=made.team).update(ends_on=yesterday)
    User.objects.filter(pk=made.team.pk).update(time_zone=WEST)
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    client = signed_in(made.team)
    assert client.get(reverse("board")).status_code == HTTPStatus.FORBIDDEN
    assert client.get(reverse("outbox")).status_code == HTTPStatus.FORBIDDEN
    assert reverse("board") not in client.get(reverse("tasks")).content.decode()


def write(profile, person, at):
    factories.write(factories.section(profile, "1"), "Text.", by=person, at=at)


def comment(profile, person, at):
    section = factories.section(profile, "1")
    comments.add_comment(section, kind=CommentKind.SUGGESTION, text="A word.", by=person, at=at)


def register(profile, person, at):
    evidence.add_source(profile, by=person, at=at, **SOURCE)


def prioritise(profile, person, at):
    priorities.set_priorities(profile, [], by=person, at=at)


SOURCE = {"key": "a-2026", "kind": "statistics", "authors": "A", "title": "A title"}


@pytest.mark.parametrize(
    ("act", "state", "role"),
    [
        (write, S.DRAFTING, Role.LOCAL_EXPERT),
        (register, S.DRAFTING, Role.LOCAL_EXPERT),
        (comment, S.CONSULTATION, Role.FOCAL_POINT),
        (prioritise, S.PRIORITY_SETTING, Role.FOCAL_POINT),
    ],
)
def test_what_is_written_is_judged_at_its_moment(made, act, state, role):
    """Not when the words arrive, nor in the zone in force: a part of March holds in March."""
    profile = factories.bring_to(factories.make_profile(made, at=START), state, at=START)
    given = {"starts_on": TODAY, "ends_on": TODAY}
    stand_in = lend(profile, made, role, **given, zone=EAST)
    for zone in (WEST, EAST):
        with timezone.override(zone):
            for at in (MORNING - timedelta(days=1), EVENING + timedelta(days=1)):
                with pytest.raises(NotAllowed):
                    act(profile, stand_in, at)
    act(profile, stand_in, MORNING)


def test_a_moment_of_any_zone_has_the_day_of_the_log():
    in_the_west = datetime(2026, 3, 9, 22, tzinfo=UTC).astimezone(timezone.get_fixed_timezone(-600))
    assert days.role_day(in_the_west) == date(2026, 3, 9)
    late = timezone.make_aware(datetime(2026, 3, 9, 22), timezone.get_fixed_timezone(-600))  # noqa: DTZ001
    assert days.role_day(late) == TODAY
